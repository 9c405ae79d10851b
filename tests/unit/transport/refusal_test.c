/** @file unit/transport/refusal_test.c  Tests transport/refusal.h and transport/keepalive.h. */
#include "transport/refusal.h"

#include <stdlib.h>

#include "transport/keepalive.h"
#include "unit/alloc_fail.h"
#include "unit/test.h"

#define HEAD(line, cseq)                                                                          \
	line "\r\nVia: SIP/2.0/TCP host.example.com;branch=z9hG4bK1\r\n"                          \
	     "Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\n" \
	     "Call-ID: one\r\nCSeq: 1 " cseq "\r\n"

static const struct netaddr source = { IP_V4, { 192, 0, 2, 1 }, 5060, 0 };

static const struct {
	const char *label, *head;
	unsigned status;
	sotto_err want;
	const char *begins;
} rows[] = {
	{ "no length", HEAD("MESSAGE sip:b@example.com SIP/2.0", "MESSAGE") "\r\n", 400, SOTTO_OK,
		"SIP/2.0 400 Content-Length Missing or Bad\r\n"
		"Via: SIP/2.0/TCP host.example.com;branch=z9hG4bK1;received=192.0.2.1\r\n" },
	{ "too large",
		HEAD("MESSAGE sip:b@example.com SIP/2.0",
			"MESSAGE") "Content-Length: 99999\r\n\r\n",
		513, SOTTO_OK, "SIP/2.0 513 " },
	{ "an ACK is not answered", HEAD("ACK sip:b@example.com SIP/2.0", "ACK") "\r\n", 400,
		SOTTO_ENOENT, "" },
	{ "nor a response", HEAD("SIP/2.0 200 OK", "INVITE") "\r\n", 400, SOTTO_ENOENT, "" },
	{ "nor what cannot be addressed", "MESSAGE sip:b@example.com SIP/2.0\r\n\r\n", 400,
		SOTTO_ENOENT, "" },
	{ "nor what is no SIP", "GET / HTTP/1.1\r\n\r\n", 400, SOTTO_ENOENT, "" },
};

static sotto_err refuse(size_t row, struct buf *out)
{
	size_t n = strlen(rows[row].head);
	char *head = malloc(n);
	sotto_err err;

	assert_non_null(head);
	memcpy(head, rows[row].head, n);
	err = refusal_write(out, head, n, &source, rows[row].status);
	free(head);
	return err;
}

static void only_requests_that_can_be_answered_are(void **state)
{
	static char text[REFUSAL_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf out = buf_over(text, sizeof(text));

		ROW(rows[i].label);
		CHECK_INT(rows[i].want, refuse(i, &out));
		CHECK(out.n >= strlen(rows[i].begins));
		CHECK(memcmp(text, rows[i].begins, strlen(rows[i].begins)) == 0);
		CHECK(!rows[i].begins[0] || memmem(text, out.n, "\r\n\r\n", 4));
	}
}

static void an_answer_that_does_not_fit_is_not_given(void **state)
{
	char text[100];
	struct buf out = buf_over(text, sizeof(text));

	(void)state;
	CHECK_INT(SOTTO_ENOSPACE, refuse(0, &out));
	CHECK_INT(0, out.n);
}

static void write_once(void *ctx)
{
	static char text[REFUSAL_MAX], head[512];
	struct buf out = buf_over(text, sizeof(text));
	size_t n = strlen(rows[0].head);

	(void)ctx;
	memcpy(head, rows[0].head, n);
	if (refusal_write(&out, head, n, &source, 400))
		CHECK_INT(0, out.n);
}

static void it_survives_want_of_memory(void **state)
{
	(void)state;
	alloc_fail_sweep(write_once, NULL);
}

static void keep_alives_are_no_sip(void **state)
{
	static const struct {
		const char *label;
		struct span in;
		bool want;
		size_t left;
	} datagrams[] = {
		{ "nothing", SPAN_INIT(""), false, 0 },
		{ "CRLF CRLF", SPAN_INIT("\r\n\r\n"), false, 0 },
		{ "zeroes", SPAN_INIT("\0\0\0\0"), false, 4 },
		{ "jaK", SPAN_INIT("jaK"), false, 3 },
		{ "one byte too short", SPAN_INIT("OPTIONS sip:a.b SIP/2.0"), false, 23 },
		{ "just long enough", SPAN_INIT("OPTIONS sip:a.bc SIP/2.0"), true, 24 },
		{ "blank lines before it", SPAN_INIT("\r\n\r\nOPTIONS sip:a.bc SIP/2.0"), true,
			24 },
		{ "many zeroes", SPAN_INIT("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
			false, 24 },
		{ "no token", SPAN_INIT("(OPTIONS sip:a.b SIP/2.0"), false, 24 },
		{ "an odd method", SPAN_INIT("~OPTIONS sip:a.b SIP/2.0"), true, 24 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(datagrams); i++) {
		char bytes[64], *p = bytes;
		size_t n = datagrams[i].in.n;

		ROW(datagrams[i].label);
		memcpy(bytes, datagrams[i].in.p, n);
		CHECK_INT(datagrams[i].want, datagram_may_be_sip(&p, &n));
		CHECK_INT(datagrams[i].left, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_requests_that_can_be_answered_are),
		cmocka_unit_test(an_answer_that_does_not_fit_is_not_given),
		cmocka_unit_test(it_survives_want_of_memory),
		cmocka_unit_test(keep_alives_are_no_sip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
