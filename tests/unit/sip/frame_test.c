/** @file unit/sip/frame_test.c  Tests sip/frame.h. */
#include "sip/frame.h"

#include "unit/test.h"

#define HEAD(length) "OPTIONS sip:b@h SIP/2.0\r\nContent-Length: " length "\r\n\r\n"

static const struct {
	const char *label, *in;
	enum sip_frame_kind want;
	int length; /* -1: all of `in` */
} rows[] = {
	{ "nothing", "", SIP_FRAME_MORE, 0 },
	{ "half a CRLF", "\r", SIP_FRAME_MORE, 0 },
	{ "pong", "\r\n", SIP_FRAME_PONG, 2 },
	{ "three quarters of a ping", "\r\n\r", SIP_FRAME_PONG, 2 },
	{ "ping (RFC 5626 §4.4.1)", "\r\n\r\n", SIP_FRAME_PING, 4 },
	{ "ping, then more", "\r\n\r\n" HEAD("0"), SIP_FRAME_PING, 4 },
	{ "blank line before a message (§7.5)", "\r\n" HEAD("0"), SIP_FRAME_PONG, 2 },
	{ "no body", HEAD("0"), SIP_FRAME_MESSAGE, -1 },
	{ "body", HEAD("5") "hello", SIP_FRAME_MESSAGE, -1 },
	{ "body incomplete", HEAD("5") "hell", SIP_FRAME_MORE, 0 },
	{ "head incomplete", "OPTIONS sip:b@h SIP/2.0\r\nContent-Length: 0\r\n\r", SIP_FRAME_MORE,
		0 },
	{ "compact and folded", "X\r\nl :\r\n 2\r\nY: z\r\n\r\nab", SIP_FRAME_MESSAGE, -1 },
	{ "empty line only in the body", HEAD("4") "\r\n\r\n", SIP_FRAME_MESSAGE, -1 },
	{ "largest message", HEAD("65485"), SIP_FRAME_MORE, 0 },
	{ "one byte too many", HEAD("65486"), SIP_FRAME_TOO_BIG, -1 },
	{ "30 digits", HEAD("999999999999999999999999999999"), SIP_FRAME_TOO_BIG, -1 },
	{ "no Content-Length", "OPTIONS sip:b@h SIP/2.0\r\nTo: x\r\n\r\n", SIP_FRAME_NO_LENGTH,
		-1 },
	{ "negative (RFC 4475 §3.1.2.3)", HEAD("-999"), SIP_FRAME_NO_LENGTH, -1 },
	{ "empty", HEAD(""), SIP_FRAME_NO_LENGTH, -1 },
	{ "given twice (RFC 4475 §3.3.9)", "X\r\nl: 0\r\nContent-Length: 0\r\n\r\n",
		SIP_FRAME_NO_LENGTH, -1 },
	{ "only in the folded part of another", "X\r\nSubject: a\r\n l: 3\r\n\r\n",
		SIP_FRAME_NO_LENGTH, -1 },
	{ "HTTP", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", SIP_FRAME_NO_LENGTH, -1 },
	{ "CR without LF at the front", "\rX\r\nl: 0\r\n\r\n", SIP_FRAME_MESSAGE, -1 },
};

static void a_stream_is_cut_into_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_frame f = { .searched = 0 };
		size_t n = strlen(rows[i].in), length = 77;
		ROW(rows[i].label);
		CHECK_INT(rows[i].want, sip_frame_next(&f, rows[i].in, n, &length));
		CHECK_INT(rows[i].length < 0 ? (long long)n : rows[i].length, length);
	}
}

/** Feeds `in` byte by byte; writes one letter per frame, and M's length. */
static void frames_of_slow_input(const char *in, char *out, size_t cap)
{
	static const char letters[] = { [SIP_FRAME_MESSAGE] = 'M',
		[SIP_FRAME_PING] = 'i',
		[SIP_FRAME_PONG] = 'o',
		[SIP_FRAME_NO_LENGTH] = 'N',
		[SIP_FRAME_TOO_BIG] = 'B' };
	struct sip_frame f = { .searched = 0 };
	struct buf b = buf_over(out, cap - 1);
	size_t start = 0, length;

	for (size_t end = 1; end <= strlen(in); end++) {
		enum sip_frame_kind kind = sip_frame_next(&f, in + start, end - start, &length);
		if (kind == SIP_FRAME_MORE)
			continue;
		buf_putc(&b, letters[kind]);
		if (kind == SIP_FRAME_MESSAGE)
			buf_put_u64(&b, length);
		start += length;
	}
	out[b.n] = 0;
}

static void slow_input_gives_the_same_messages_and_pings(void **state)
{
	static const struct {
		const char *label, *in, *want;
	} slow[] = {
		{ "messages back to back", HEAD("0") HEAD("3") "abc" HEAD("0"), "M46M49M46" },
		{ "a ping between, in two halves", HEAD("0") "\r\n\r\n" HEAD("0"), "M46oiM46" },
		{ "three blank lines: one ping", "\r\n\r\n\r\n" HEAD("0"), "oioM46" },
		{ "four blank lines: two pings", "\r\n\r\n\r\n\r\n" HEAD("0"), "oioiM46" },
		{ "two lone CRLFs with a message between", "\r\n" HEAD("0") "\r\n", "oM46o" },
		{ "no length", "X\r\n\r\n", "N" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(slow); i++) {
		char got[64];
		ROW(slow[i].label);
		frames_of_slow_input(slow[i].in, got, sizeof(got));
		CHECK_SPAN(slow[i].want, span_of(got));
	}
}

static void endless_head_is_cut_at_the_maximum(void **state)
{
	static char bytes[SIP_MESSAGE_MAX + 4];
	struct sip_frame f = { .searched = 0 };
	size_t length;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	CHECK_INT(SIP_FRAME_MORE, sip_frame_next(&f, bytes, SIP_MESSAGE_MAX - 1, &length));
	CHECK_INT(SIP_FRAME_TOO_BIG, sip_frame_next(&f, bytes, SIP_MESSAGE_MAX, &length));
	CHECK_INT(0, length);
}

static void largest_message_is_taken_whole(void **state)
{
	static char bytes[SIP_MESSAGE_MAX + 10];
	struct sip_frame f = { .searched = 0 };
	size_t length;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	memcpy(bytes, HEAD("65485"), 50);
	CHECK_INT(50, strlen(HEAD("65485")));
	CHECK_INT(SIP_FRAME_MORE, sip_frame_next(&f, bytes, SIP_MESSAGE_MAX - 1, &length));
	CHECK_INT(SIP_FRAME_MESSAGE, sip_frame_next(&f, bytes, sizeof(bytes), &length));
	CHECK_INT(SIP_MESSAGE_MAX, length);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_is_cut_into_frames),
		cmocka_unit_test(slow_input_gives_the_same_messages_and_pings),
		cmocka_unit_test(endless_head_is_cut_at_the_maximum),
		cmocka_unit_test(largest_message_is_taken_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
