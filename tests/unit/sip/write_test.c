/** @file unit/sip/write_test.c  Tests sip/write.h. */
#include "sip/write.h"

#include "unit/test.h"

static void a_request_is_written(void **state)
{
	char memory[512];
	struct span message;
	struct sip_out o;

	(void)state;
	sip_out_init(&o, memory, sizeof(memory));
	sip_out_request_line(&o, SPAN("INVITE"), SPAN("sip:b@h"));
	sip_out_header(&o, SIP_HEADER_CALL_ID, SPAN("x"));
	sip_out_header_named(&o, SPAN("X-Y"), SPAN(""));
	sip_out_header_u64(&o, SIP_HEADER_MAX_FORWARDS, 70);
	sip_out_headerf(&o, SIP_HEADER_CSEQ, "%u %s", 4u, "INVITE");
	sip_out_body(&o, SPAN("application/sdp"), SPAN("v=0\r\n"));
	CHECK_OK(sip_out_done(&o, &message));
	CHECK_SPAN("INVITE sip:b@h SIP/2.0\r\nCall-ID: x\r\nX-Y: \r\nMax-Forwards: 70\r\n"
		   "CSeq: 4 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\n"
		   "v=0\r\n",
		message);
	sip_out_init(&o, memory, sizeof(memory));
	sip_out_status_line(&o, 486, SPAN("Busy Here"));
	sip_out_body(&o, SPAN("text/plain"), SPAN(""));
	CHECK_OK(sip_out_done(&o, &message));
	CHECK_SPAN("SIP/2.0 486 Busy Here\r\nContent-Length: 0\r\n\r\n", message);
}

/* ---- nothing that comes in can become a line of its own ---- */

#define EVIL "x\r\nEvil: y"

static void inject_value(struct sip_out *o)
{
	sip_out_header(o, SIP_HEADER_SUBJECT, SPAN(EVIL));
}

static void inject_lone_lf(struct sip_out *o)
{
	sip_out_header(o, SIP_HEADER_SUBJECT, SPAN("a\nb"));
}

static void inject_lone_cr(struct sip_out *o)
{
	sip_out_header(o, SIP_HEADER_SUBJECT, SPAN("a\rb"));
}

static void inject_fold(struct sip_out *o)
{
	sip_out_header(o, SIP_HEADER_SUBJECT, SPAN("a\r\n b"));
}

static void inject_name(struct sip_out *o)
{
	sip_out_header_named(o, SPAN("A: b\r\nC"), SPAN("d"));
}

static void inject_name_colon(struct sip_out *o)
{
	sip_out_header_named(o, SPAN("A: b"), SPAN("d"));
}

static void inject_no_name(struct sip_out *o)
{
	sip_out_header(o, SIP_HEADER_OTHER, SPAN("d"));
}

static void inject_formatted(struct sip_out *o)
{
	sip_out_headerf(o, SIP_HEADER_SUBJECT, "%s", EVIL);
}

static void inject_method(struct sip_out *o)
{
	sip_out_request_line(o, SPAN("INVITE x"), SPAN("sip:h"));
}

static void inject_uri(struct sip_out *o)
{
	sip_out_request_line(o, SPAN("INVITE"), SPAN("sip:h SIP/2.0\r\nX: y"));
}

static void inject_uri_blank(struct sip_out *o)
{
	sip_out_request_line(o, SPAN("INVITE"), SPAN("sip:h x"));
}

static void inject_uri_empty(struct sip_out *o)
{
	sip_out_request_line(o, SPAN("INVITE"), SPAN(""));
}

static void inject_reason(struct sip_out *o)
{
	sip_out_status_line(o, 200, SPAN(EVIL));
}

static void inject_status_low(struct sip_out *o)
{
	sip_out_status_line(o, 99, SPAN("x"));
}

static void inject_status_high(struct sip_out *o)
{
	sip_out_status_line(o, 700, SPAN("x"));
}

static void inject_type(struct sip_out *o)
{
	sip_out_body(o, SPAN(EVIL), SPAN("body"));
}

static void no_line_can_be_slipped_in(void **state)
{
	static const struct {
		const char *label;
		void (*inject)(struct sip_out *o);
	} rows[] = {
		{ "value", inject_value },
		{ "lone LF", inject_lone_lf },
		{ "lone CR", inject_lone_cr },
		{ "fold", inject_fold },
		{ "name", inject_name },
		{ "colon in a name", inject_name_colon },
		{ "no name", inject_no_name },
		{ "formatted value", inject_formatted },
		{ "method", inject_method },
		{ "request URI", inject_uri },
		{ "blank in the request URI", inject_uri_blank },
		{ "empty request URI", inject_uri_empty },
		{ "reason phrase", inject_reason },
		{ "status 99", inject_status_low },
		{ "status 700", inject_status_high },
		{ "content type", inject_type },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char memory[256];
		struct span message = SPAN("x");
		struct sip_out o;
		ROW(rows[i].label);
		sip_out_init(&o, memory, sizeof(memory));
		rows[i].inject(&o);
		CHECK(o.bad);
		CHECK_INT(SOTTO_EINVAL, sip_out_done(&o, &message));
		CHECK(message.p == NULL);
	}
}

static void a_body_may_hold_line_breaks(void **state)
{
	char memory[256];
	struct span message;
	struct sip_out o;

	(void)state;
	sip_out_init(&o, memory, sizeof(memory));
	sip_out_status_line(&o, 200, SPAN("OK"));
	sip_out_body(&o, SPAN("a/b"), SPAN(EVIL));
	CHECK_OK(sip_out_done(&o, &message));
}

static sotto_err write_into(size_t cap, struct span *message)
{
	static char memory[SIP_MESSAGE_MAX + 1], body[SIP_MESSAGE_MAX];
	static const char head[] =
		"SIP/2.0 200 OK\r\nContent-Type: a/b\r\nContent-Length: 65000\r\n\r\n";
	struct sip_out o;

	memset(body, 'x', sizeof(body));
	sip_out_init(&o, memory, cap < sizeof(memory) ? cap : sizeof(memory));
	sip_out_status_line(&o, 200, SPAN("OK"));
	sip_out_body(&o, SPAN("a/b"), (struct span){ body, cap - sizeof(head) + 1 });
	return sip_out_done(&o, message);
}

static void messages_end_at_their_maximum(void **state)
{
	struct span message;

	(void)state;
	CHECK_OK(write_into(SIP_MESSAGE_MAX, &message));
	CHECK_INT(SIP_MESSAGE_MAX, message.n);
	CHECK_INT(SOTTO_ENOSPACE, write_into(SIP_MESSAGE_MAX + 1, &message));
	CHECK(message.p == NULL);
}

static void a_full_buffer_is_told_at_the_end(void **state)
{
	static const char whole[] = "SIP/2.0 200 OK\r\nSubject: hello\r\nContent-Length: 0\r\n\r\n";
	char memory[sizeof(whole)];
	struct span message = SPAN_NONE;

	(void)state;
	for (size_t cap = 0; cap <= sizeof(whole); cap++) {
		struct sip_out o;
		sip_out_init(&o, memory, cap);
		sip_out_status_line(&o, 200, SPAN("OK"));
		sip_out_headerf(&o, SIP_HEADER_SUBJECT, "hel%s", "lo");
		sip_out_body(&o, SPAN(""), SPAN(""));
		CHECK_INT(cap < sizeof(whole) - 1 ? SOTTO_ENOSPACE : SOTTO_OK,
			sip_out_done(&o, &message));
	}
	CHECK_SPAN(whole, message);
}

/* ---- responses ---- */

#define REQUEST(method, to)                                                                     \
	method " sip:b@h SIP/2.0\r\nv: SIP/2.0/UDP pc;rport;branch=z9hG4bK1,SIP/2.0/TCP p2\r\n" \
	       "Via: SIP/2.0/TLS p3\r\nRecord-Route: <sip:r1;lr>,\r\n <sip:r2;lr>\r\n"          \
	       "f: <sip:a@h>;tag=1\r\nt: " to "\r\ni: c\r\nCSeq: 1 " method                     \
	       "\r\nTimestamp: 54\r\nRecord-Route: <sip:r3;lr>\r\n\r\n"

#define VIAS                                                                                   \
	"Via: SIP/2.0/UDP pc;branch=z9hG4bK1;rport=5062;received=192.0.2.7,SIP/2.0/TCP p2\r\n" \
	"Via: SIP/2.0/TLS p3\r\n"
#define ROUTES   "Record-Route: <sip:r1;lr>,   <sip:r2;lr>\r\nRecord-Route: <sip:r3;lr>\r\n"
#define TAIL(to) "From: <sip:a@h>;tag=1\r\nTo: " to "\r\nCall-ID: c\r\nCSeq: 1 "

static void responses_take_what_they_must_from_the_request(void **state)
{
	static const struct {
		const char *label, *request;
		unsigned status;
		const char *tag, *want;
	} rows[] = {
		{ "2xx makes a dialog", REQUEST("INVITE", "<sip:b@h>"), 200, "9",
			VIAS ROUTES TAIL("<sip:b@h>;tag=9") "INVITE\r\n" },
		{ "so does 180", REQUEST("INVITE", "sip:b@h"), 180, "9",
			VIAS ROUTES TAIL("sip:b@h;tag=9") "INVITE\r\n" },
		{ "100 copies the Timestamp", REQUEST("INVITE", "<sip:b@h>"), 100, "",
			VIAS TAIL("<sip:b@h>") "INVITE\r\nTimestamp: 54\r\n" },
		{ "a refusal makes none", REQUEST("INVITE", "<sip:b@h>"), 486, "9",
			VIAS TAIL("<sip:b@h>;tag=9") "INVITE\r\n" },
		{ "OPTIONS makes none", REQUEST("OPTIONS", "<sip:b@h>"), 200, "9",
			VIAS TAIL("<sip:b@h>;tag=9") "OPTIONS\r\n" },
		{ "a tag that is there stays", REQUEST("BYE", "<sip:b@h>;tag=2"), 200, "9",
			VIAS TAIL("<sip:b@h>;tag=2") "BYE\r\n" },
	};
	struct netaddr source;

	(void)state;
	CHECK_OK(netaddr_parse(SPAN("192.0.2.7:5062"), &source));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char in[1024], memory[1024], want[1024];
		struct sip_fault fault;
		struct span message;
		struct arena a;
		struct sip_msg m;
		struct sip_out o;
		ROW(rows[i].label);
		arena_init(&a, 8192);
		memcpy(in, rows[i].request, strlen(rows[i].request));
		CHECK_OK(sip_msg_parse(&m, &a, in, strlen(rows[i].request), &fault));
		sip_out_init(&o, memory, sizeof(memory));
		sip_out_response(&o, &m, &source, rows[i].status, SPAN("R"), span_of(rows[i].tag));
		CHECK_OK(sip_out_done(&o, &message));
		snprintf(want, sizeof(want), "SIP/2.0 %u R\r\n%s", rows[i].status, rows[i].want);
		CHECK_SPAN(want, message);
		arena_deinit(&a);
	}
}

static void refused_requests_are_answered_with_what_there_is(void **state)
{
	static const struct {
		const char *label, *request, *want;
	} rows[] = {
		{ "nothing but a Via",
			"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7\r\n\r\n",
			"Via: SIP/2.0/UDP 192.0.2.7\r\n" },
		{ "a Via without its broken end",
			"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;;\r\nTo: \"x\r\nCSeq: x\r\n\r\n",
			"Via: SIP/2.0/UDP 192.0.2.7\r\nTo: \"x\r\nCSeq: x\r\n" },
	};
	struct netaddr source;

	(void)state;
	CHECK_OK(netaddr_parse(SPAN("192.0.2.7:5062"), &source));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char in[1024], memory[1024], want[1024];
		struct sip_fault fault;
		struct span message;
		struct arena a;
		struct sip_msg m;
		struct sip_out o;
		ROW(rows[i].label);
		arena_init(&a, 8192);
		memcpy(in, rows[i].request, strlen(rows[i].request));
		CHECK(sip_msg_parse(&m, &a, in, strlen(rows[i].request), &fault) != SOTTO_OK);
		CHECK_INT(400, fault.status);
		sip_out_init(&o, memory, sizeof(memory));
		sip_out_response(&o, &m, &source, fault.status, span_of(fault.reason), SPAN("9"));
		CHECK_OK(sip_out_done(&o, &message));
		snprintf(want, sizeof(want), "SIP/2.0 400 %s\r\n%s", fault.reason, rows[i].want);
		CHECK_SPAN(want, message);
		arena_deinit(&a);
	}
}

static void a_tag_cannot_break_the_line(void **state)
{
	char in[] = REQUEST("BYE", "<sip:b@h>"), memory[1024];
	struct netaddr none = { .family = IP_NONE };
	struct sip_fault fault;
	struct sip_msg m;
	struct sip_out o;
	struct arena a;

	(void)state;
	arena_init(&a, 8192);
	CHECK_OK(sip_msg_parse(&m, &a, in, strlen(in), &fault));
	sip_out_init(&o, memory, sizeof(memory));
	sip_out_response(&o, &m, &none, 200, SPAN("OK"), SPAN(EVIL));
	CHECK(o.bad);
	arena_deinit(&a);
}

static void every_status_has_a_phrase(void **state)
{
	static const struct {
		unsigned status;
		const char *want;
	} rows[] = {
		{ 100, "Trying" },
		{ 200, "OK" },
		{ 488, "Not Acceptable Here" },
		{ 505, "Version Not Supported" },
		{ 199, "Early Dialog Terminated" },
		{ 150, "Provisional" },
		{ 299, "Success" },
		{ 399, "Redirection" },
		{ 499, "Request Failure" },
		{ 599, "Server Failure" },
		{ 699, "Global Failure" },
		{ 99, "Unknown" },
		{ 700, "Unknown" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].want);
		CHECK_SPAN(rows[i].want, sip_reason_phrase(rows[i].status));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_written),
		cmocka_unit_test(no_line_can_be_slipped_in),
		cmocka_unit_test(a_body_may_hold_line_breaks),
		cmocka_unit_test(messages_end_at_their_maximum),
		cmocka_unit_test(a_full_buffer_is_told_at_the_end),
		cmocka_unit_test(responses_take_what_they_must_from_the_request),
		cmocka_unit_test(refused_requests_are_answered_with_what_there_is),
		cmocka_unit_test(a_tag_cannot_break_the_line),
		cmocka_unit_test(every_status_has_a_phrase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
