/** @file unit/sip/msg_test.c  Tests sip/msg.h. */
#include "sip/msg.h"

#include "unit/alloc_fail.h"
#include "unit/test.h"

#define ARENA_MAX (64 * 1024)

/* A request in pieces, so that a row can leave one out or change it. */
#define LINE      "OPTIONS sip:b@h SIP/2.0\r\n"
#define VIA       "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
#define FROM      "From: <sip:a@h>;tag=1\r\n"
#define TO        "To: <sip:b@h>\r\n"
#define ID        "Call-ID: c@h\r\n"
#define CSEQ      "CSeq: 1 OPTIONS\r\n"
#define FIVE      VIA FROM TO ID CSEQ
#define END       "\r\n"
#define REPLY     "SIP/2.0 200 OK\r\n"

static struct {
	struct arena arena;
	char bytes[2 * SIP_MESSAGE_MAX];
	struct sip_msg msg;
	struct sip_fault fault;
} t;

static int set_up(void **state)
{
	(void)state;
	arena_init(&t.arena, ARENA_MAX);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_deinit(&t.arena);
	return 0;
}

static sotto_err parse_bytes(const void *bytes, size_t n)
{
	assert_true(n <= sizeof(t.bytes));
	memcpy(t.bytes, bytes, n);
	arena_reset(&t.arena);
	return sip_msg_parse(&t.msg, &t.arena, t.bytes, n, &t.fault);
}

static sotto_err parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void a_request_is_indexed(void **state)
{
	static const char text[] =
		"INVITE sip:bob@h:5070;lr SIP/2.0\r\n"
		"v: SIP/2.0/TLS a.example;branch=z9hG4bKx , SIP/2.0/UDP b\r\n"
		"f: \"A\" <sip:a@h>;tag=11\r\nt: sip:b@h\r\ni: id@h\r\nCSeq: 7 INVITE\r\n"
		"Max-Forwards: 0069\r\nX-Mine: \t a  b \r\nSubject:\r\nl : 4\r\n\r\nbody, and more";
	const struct sip_msg *m = &t.msg;

	(void)state;
	CHECK_OK(parse(text));
	CHECK_INT(0, t.fault.status);
	CHECK(m->is_request && m->status == 0);
	CHECK_INT(SIP_METHOD_INVITE, m->method);
	CHECK_SPAN("INVITE", m->method_name);
	CHECK_SPAN("sip:bob@h:5070;lr", m->uri.text);
	CHECK_SPAN("SIP/2.0/TLS a.example;branch=z9hG4bKx", m->via.text);
	CHECK_SPAN("11", m->from.tag);
	CHECK(m->to.tag.p == NULL);
	CHECK_SPAN("id@h", m->call_id);
	CHECK_INT(7, m->cseq.number);
	CHECK_INT(SIP_METHOD_INVITE, m->cseq.method);
	CHECK(m->has_max_forwards && m->has_content_length);
	CHECK_INT(69, m->max_forwards);
	CHECK_SPAN("body", m->body); /* §18.3: the rest of the datagram is dropped */
	CHECK_INT(9, m->field_count);
	CHECK_INT(SIP_HEADER_VIA, m->fields[0].id);
	CHECK_SPAN("v", m->fields[0].name);
	CHECK_INT(SIP_HEADER_OTHER, m->fields[6].id);
	CHECK_SPAN("a  b", sip_msg_value_named(m, SPAN("x-MINE")));
	CHECK_SPAN("id@h", sip_msg_value_named(m, SPAN("Call-ID")));
	CHECK(sip_msg_value_named(m, SPAN("X-Other")).p == NULL);
	CHECK(sip_msg_field(m, SIP_HEADER_SUBJECT) != NULL);
	CHECK_INT(0, sip_msg_value(m, SIP_HEADER_SUBJECT).n);
	CHECK(sip_msg_field(m, SIP_HEADER_CONTACT) == NULL);
	CHECK(sip_msg_value(m, SIP_HEADER_CONTACT).p == NULL);
}

static void a_response_is_indexed(void **state)
{
	static const struct {
		const char *line;
		unsigned status;
		const char *reason;
	} rows[] = {
		{ "SIP/2.0 100 Trying\r\n", 100, "Trying" }, { "SIP/2.0 699 \r\n", 699, "" },
		{ "sip/2.0 200 OK  now\r\n", 200, "OK  now" },
		{ "SIP/2.0 486\r\n", 486, "" }, /* [field] no blank behind the code */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[512];
		ROW(rows[i].line);
		snprintf(text, sizeof(text), "%s%s", rows[i].line, FIVE END);
		CHECK_OK(parse(text));
		CHECK(!t.msg.is_request);
		CHECK_INT(rows[i].status, t.msg.status);
		CHECK_SPAN(rows[i].reason, t.msg.reason);
		CHECK_INT(SIP_METHOD_OPTIONS, t.msg.cseq.method);
	}
}

static const struct {
	const char *label, *text;
	sotto_err err;
	unsigned status;
	const char *reason;
} faults[] = {
	{ "whole", LINE FIVE END, SOTTO_OK, 0, NULL },
	{ "blank lines before it (§7.5)", "\r\n\r\n" LINE FIVE END, SOTTO_OK, 0, NULL },
	{ "the datagram's end ends the head", LINE FIVE, SOTTO_OK, 0, NULL },

	{ "nothing", "", SOTTO_ESYNTAX, 0, "No End Of Head" },
	{ "a blank line", "\r\n", SOTTO_ESYNTAX, 0, "No End Of Head" },
	{ "cut off in a line", LINE VIA "From", SOTTO_ESYNTAX, 0, "No End Of Head" },
	{ "no CR behind the start line", "OPTIONS sip:b@h SIP/2.0\n" FIVE END, SOTTO_ESYNTAX, 0,
		"Not A SIP Message" },
	{ "CR within the start line", "OPTIONS sip:b@h\r SIP/2.0\r\n" FIVE END, SOTTO_ESYNTAX, 0,
		"Not A SIP Message" },
	{ "one word", "hello\r\n\r\n", SOTTO_ESYNTAX, 0, "Bad Request Line" },
	{ "no token", "{\"a\": 1}\r\n\r\n", SOTTO_ESYNTAX, 0, "Not A SIP Message" },
	{ "HTTP", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", SOTTO_ESYNTAX, 0, "Bad Request Line" },

	{ "no version", "OPTIONS sip:b@h\r\n" FIVE END, SOTTO_ESYNTAX, 400, "Bad Request Line" },
	{ "version 3.0", "OPTIONS sip:b@h SIP/3.0\r\n" FIVE END, SOTTO_EVERSION, 505,
		"Version Not Supported" },
	{ "version 2.00", "OPTIONS sip:b@h SIP/2.00\r\n" FIVE END, SOTTO_EVERSION, 505,
		"Version Not Supported" },
	{ "bad URI", "OPTIONS sip:@h SIP/2.0\r\n" FIVE END, SOTTO_ESYNTAX, 400, "Bad Request-URI" },
	{ "two blanks", "OPTIONS  sip:b@h SIP/2.0\r\n" FIVE END, SOTTO_ESYNTAX, 400,
		"Bad Request Line" },
	{ "trailing blank", "OPTIONS sip:b@h SIP/2.0 \r\n" FIVE END, SOTTO_ESYNTAX, 400,
		"Bad Request Line" },
	{ "headers in the URI", "OPTIONS sip:b@h?a=b SIP/2.0\r\n" FIVE END, SOTTO_ESYNTAX, 400,
		"Headers In Request-URI" },

	{ "header without colon", LINE FIVE "X\r\n" END, SOTTO_ESYNTAX, 400, "Bad Header Line" },
	{ "header without name", LINE FIVE ": x\r\n" END, SOTTO_ESYNTAX, 400, "Bad Header Line" },
	{ "blank in a name", LINE FIVE "X Y: x\r\n" END, SOTTO_ESYNTAX, 400, "Bad Header Line" },
	{ "fold behind the start line", LINE " X: y\r\n" FIVE END, SOTTO_ESYNTAX, 400,
		"Bad Header Line" },
	{ "lone LF in a value", LINE FIVE "X: a\nY: b\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad Header Line" },
	{ "lone CR in a value", LINE FIVE "X: a\rY: b\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad Header Line" },

	{ "no Via", LINE FROM TO ID CSEQ END, SOTTO_EMISSING, 0, "Missing Via" },
	{ "no From", LINE VIA TO ID CSEQ END, SOTTO_EMISSING, 400, "Missing From" },
	{ "no To", LINE VIA FROM ID CSEQ END, SOTTO_EMISSING, 400, "Missing To" },
	{ "no Call-ID", LINE VIA FROM TO CSEQ END, SOTTO_EMISSING, 400, "Missing Call-ID" },
	{ "no CSeq", LINE VIA FROM TO ID END, SOTTO_EMISSING, 400, "Missing CSeq" },

	{ "Via that cannot be answered", LINE "Via: SIP/2.0/UDP\r\n" FROM TO ID CSEQ END,
		SOTTO_ESYNTAX, 0, "Bad Via" },
	{ "Via that can", LINE "Via: SIP/2.0/UDP h;;\r\n" FROM TO ID CSEQ END, SOTTO_ESYNTAX, 400,
		"Bad Via" },
	{ "Via of commas", LINE "Via: ,,\r\n" FROM TO ID CSEQ END, SOTTO_ESYNTAX, 0, "Bad Via" },
	{ "Via of another version", LINE "Via: SIP/3.0/UDP h\r\n" FROM TO ID CSEQ END,
		SOTTO_EVERSION, 505, "Bad Via" },
	{ "From *", LINE VIA "From: *\r\n" TO ID CSEQ END, SOTTO_ESYNTAX, 400, "Bad From" },
	{ "two Tos in one line", LINE VIA FROM "To: <sip:a@h>, <sip:b@h>\r\n" ID CSEQ END,
		SOTTO_ESYNTAX, 400, "Bad To" },
	{ "empty Call-ID", LINE VIA FROM TO "Call-ID:\r\n" CSEQ END, SOTTO_ESYNTAX, 400,
		"Bad Call-ID" },
	{ "blank in Call-ID", LINE VIA FROM TO "Call-ID: a b\r\n" CSEQ END, SOTTO_ESYNTAX, 400,
		"Bad Call-ID" },
	{ "semicolon in Call-ID", LINE VIA FROM TO "Call-ID: a;b\r\n" CSEQ END, SOTTO_ESYNTAX, 400,
		"Bad Call-ID" },
	{ "comma in Call-ID", LINE VIA FROM TO "Call-ID: a,b\r\n" CSEQ END, SOTTO_ESYNTAX, 400,
		"Bad Call-ID" },
	{ "base64 in Call-ID [field]", LINE VIA FROM TO "Call-ID: a/b+c==@h@[::1]\r\n" CSEQ END,
		SOTTO_OK, 0, NULL },
	{ "CSeq without method", LINE VIA FROM TO ID "CSeq: 1\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad CSeq" },
	{ "CSeq without number", LINE VIA FROM TO ID "CSeq: OPTIONS\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad CSeq" },
	{ "CSeq with more", LINE VIA FROM TO ID "CSeq: 1 OPTIONS x\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad CSeq" },
	{ "CSeq method is no token", LINE VIA FROM TO ID "CSeq: 1 OPT<IONS\r\n" END, SOTTO_ESYNTAX,
		400, "Bad CSeq" },
	{ "negative CSeq", LINE VIA FROM TO ID "CSeq: -1 OPTIONS\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad CSeq" },
	{ "CSeq at the maximum", LINE VIA FROM TO ID "CSeq: 2147483647 OPTIONS\r\n" END, SOTTO_OK,
		0, NULL },
	{ "CSeq one above", LINE VIA FROM TO ID "CSeq: 2147483648 OPTIONS\r\n" END, SOTTO_ESYNTAX,
		400, "Bad CSeq" },
	{ "CSeq of another method", LINE VIA FROM TO ID "CSeq: 1 INVITE\r\n" END, SOTTO_ESYNTAX,
		400, "CSeq Method Mismatch" },
	{ "CSeq in lower case", LINE VIA FROM TO ID "CSeq: 1 options\r\n" END, SOTTO_ESYNTAX, 400,
		"CSeq Method Mismatch" },
	{ "the same, unknown method", "OPTION sip:b@h SIP/2.0\r\n" FIVE END, SOTTO_ESYNTAX, 501,
		"CSeq Method Mismatch" },
	{ "Max-Forwards at the maximum", LINE FIVE "Max-Forwards: 255\r\n" END, SOTTO_OK, 0, NULL },
	{ "Max-Forwards one above", LINE FIVE "Max-Forwards: 256\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad Max-Forwards" },
	{ "negative Max-Forwards", LINE FIVE "Max-Forwards: -1\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad Max-Forwards" },
	{ "negative Content-Length", LINE FIVE "l: -1\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad Content-Length" },
	{ "Content-Length of 30 digits", LINE FIVE "l: 999999999999999999999999999999\r\n" END,
		SOTTO_ESYNTAX, 400, "Bad Content-Length" },
	{ "empty Content-Length", LINE FIVE "l:\r\n" END, SOTTO_ESYNTAX, 400,
		"Bad Content-Length" },
	{ "body as long as it says", LINE FIVE "l: 2\r\n" END "ab", SOTTO_OK, 0, NULL },
	{ "body one byte short", LINE FIVE "l: 3\r\n" END "ab", SOTTO_ESYNTAX, 400,
		"Body Shorter Than Content-Length" },

	{ "two Froms", LINE FIVE FROM END, SOTTO_ESYNTAX, 400, "Duplicate From" },
	{ "two Tos", LINE FIVE "t: <sip:b@h>\r\n" END, SOTTO_ESYNTAX, 400, "Duplicate To" },
	{ "two Call-IDs", LINE FIVE "I: c@h\r\n" END, SOTTO_ESYNTAX, 400, "Duplicate Call-ID" },
	{ "two CSeqs", LINE FIVE CSEQ END, SOTTO_ESYNTAX, 400, "Duplicate CSeq" },
	{ "two Max-Forwards", LINE FIVE "Max-Forwards: 1\r\nMax-Forwards: 1\r\n" END, SOTTO_ESYNTAX,
		400, "Duplicate Max-Forwards" },
	{ "two equal Content-Lengths", LINE FIVE "l: 0\r\nContent-Length: 0\r\n" END, SOTTO_ESYNTAX,
		400, "Duplicate Content-Length" },
	{ "two Vias", LINE FIVE VIA END, SOTTO_OK, 0, NULL },

	/* §18.3, §17.1.1.3: nobody waits for an answer */
	{ "fault in an ACK", "ACK sip:b@h SIP/2.0\r\n" FIVE END, SOTTO_ESYNTAX, 0,
		"CSeq Method Mismatch" },
	{ "fault in a response", REPLY VIA FROM TO ID END, SOTTO_EMISSING, 0, "Missing CSeq" },
	{ "status 99", "SIP/2.0 099 x\r\n" FIVE END, SOTTO_ESYNTAX, 0, "Bad Status Line" },
	{ "status 700", "SIP/2.0 700 x\r\n" FIVE END, SOTTO_ESYNTAX, 0, "Bad Status Line" },
	{ "status of two digits", "SIP/2.0 20 x\r\n" FIVE END, SOTTO_ESYNTAX, 0,
		"Bad Status Line" },
	{ "status of four digits", "SIP/2.0 2000 x\r\n" FIVE END, SOTTO_ESYNTAX, 0,
		"Bad Status Line" },
	{ "no status", "SIP/2.0\r\n" FIVE END, SOTTO_ESYNTAX, 0, "Bad Status Line" },
	{ "response of version 3.0", "SIP/3.0 200 OK\r\n" FIVE END, SOTTO_EVERSION, 0,
		"Version Not Supported" },
	{ "response, body too short", REPLY FIVE "l: 9\r\n" END, SOTTO_ESYNTAX, 0,
		"Body Shorter Than Content-Length" },
};

static void each_fault_has_its_answer(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		ROW(faults[i].label);
		CHECK_INT(faults[i].err, parse(faults[i].text));
		CHECK_INT(faults[i].status, t.fault.status);
		CHECK_SPAN(faults[i].reason ? faults[i].reason : "", span_of(t.fault.reason));
	}
}

static void what_can_be_read_is_kept_for_the_answer(void **state)
{
	(void)state;
	CHECK_INT(SOTTO_ESYNTAX,
		parse("INVITE sip:@ SIP/2.0\r\n" VIA FROM TO ID "CSeq: 4 INVITE\r\n" END));
	CHECK_SPAN("z9hG4bK1", t.msg.via.branch);
	CHECK_SPAN("1", t.msg.from.tag);
	CHECK_SPAN("<sip:b@h>", t.msg.to.text);
	CHECK_SPAN("c@h", t.msg.call_id);
	CHECK_INT(4, t.msg.cseq.number);
	CHECK_INT(SIP_METHOD_INVITE, t.msg.method);
	CHECK_INT(5, t.msg.field_count);
}

static void folds_become_blanks(void **state)
{
	(void)state;
	CHECK_OK(parse("OPTIONS sip:b@h SIP/2.0\r\nVia:\r\n SIP/2.0/UDP h\r\n\t;branch=x\r\n" FROM
		       "To\t :\r\n <sip:b@h>\r\n" ID "CSeq:\r\n 1\r\n  OPTIONS\r\n"
		       "Subject: a\r\n \r\n\tb\r\n  \r\n" END));
	CHECK_SPAN("SIP/2.0/UDP h  \t;branch=x", t.msg.via.text);
	CHECK_SPAN("x", t.msg.via.branch);
	CHECK_SPAN("<sip:b@h>", t.msg.to.text);
	CHECK_INT(1, t.msg.cseq.number);
	CHECK_SPAN("a     \tb", sip_msg_value(&t.msg, SIP_HEADER_SUBJECT));
}

static void body_without_length_is_the_rest(void **state)
{
	(void)state;
	CHECK_OK(parse(LINE FIVE END "a\r\n\r\nb"));
	CHECK(!t.msg.has_content_length);
	CHECK_SPAN("a\r\n\r\nb", t.msg.body);
	CHECK_OK(parse(LINE FIVE "l: 0\r\n" END "a"));
	CHECK_INT(0, t.msg.body.n);
}

/** LINE FIVE and `lines` lines "X: y". */
static size_t write_headers(char *out, size_t lines)
{
	size_t n = strlen(LINE FIVE);

	memcpy(out, LINE FIVE, n);
	for (size_t i = 0; i < lines; i++) {
		memcpy(out + n, "X: y\r\n", 6);
		n += 6;
	}
	memcpy(out + n, END, 2);
	return n + 2;
}

static void header_lines_end_at_their_maximum(void **state)
{
	static char text[8192];

	(void)state;
	CHECK_OK(parse_bytes(text, write_headers(text, SIP_HEADERS_MAX - 5)));
	CHECK_INT(SIP_HEADERS_MAX, t.msg.field_count);
	CHECK_INT(SOTTO_ETOOBIG, parse_bytes(text, write_headers(text, SIP_HEADERS_MAX - 4)));
	CHECK_INT(513, t.fault.status);
	CHECK_SPAN("Too Many Headers", span_of(t.fault.reason));
	CHECK_INT(SIP_HEADERS_MAX, t.msg.field_count);
	CHECK_SPAN("c@h", t.msg.call_id);
}

static void messages_end_at_their_maximum(void **state)
{
	static char text[SIP_MESSAGE_MAX + 1];
	size_t n = write_headers(text, 0);

	(void)state;
	memset(text + n, 'x', sizeof(text) - n);
	CHECK_OK(parse_bytes(text, SIP_MESSAGE_MAX));
	CHECK_INT(SIP_MESSAGE_MAX - n, t.msg.body.n);
	CHECK_INT(SOTTO_ETOOBIG, parse_bytes(text, SIP_MESSAGE_MAX + 1));
	CHECK_INT(513, t.fault.status);
	CHECK_SPAN("c@h", t.msg.call_id);
}

static void arena_without_room_is_no_answer(void **state)
{
	char text[] = LINE FIVE END;
	struct arena small;

	(void)state;
	arena_init(&small, 5 * sizeof(struct sip_field) - 1);
	CHECK_INT(SOTTO_ENOMEM, sip_msg_parse(&t.msg, &small, text, strlen(text), &t.fault));
	CHECK_INT(0, t.fault.status);
	arena_deinit(&small);
	arena_init(&small, 5 * sizeof(struct sip_field) + 16);
	CHECK_OK(sip_msg_parse(&t.msg, &small, text, strlen(text), &t.fault));
	arena_deinit(&small);
}

static void parse_once(void *ctx)
{
	char text[] = LINE FIVE END;
	struct arena a;
	sotto_err err;

	(void)ctx;
	arena_init(&a, ARENA_MAX);
	err = sip_msg_parse(&t.msg, &a, text, strlen(text), &t.fault);
	CHECK_INT(alloc_fail_hit() ? SOTTO_ENOMEM : SOTTO_OK, err);
	arena_deinit(&a);
}

static void failing_allocations_are_survived(void **state)
{
	(void)state;
	alloc_fail_sweep(parse_once, NULL);
}

/* ---- walking values ---- */

static void values_are_split_at_commas_that_separate(void **state)
{
	static const char *const want[] = { "<sip:a,b@h>", "\"x, \\\", y\" <sip:c@h>;q=\",\"",
		"<sip:d@h>", "sip:e@h", "\"open, quote" };
	struct sip_values it;
	struct span value;
	size_t n = 0;

	(void)state;
	CHECK_OK(parse(LINE FIVE "Contact: <sip:a,b@h> , \"x, \\\", y\" <sip:c@h>;q=\",\" ,, ,\r\n"
				 "Contact:\r\nRoute: <sip:r@h>\r\nm: <sip:d@h>,sip:e@h\r\n"
				 "Contact: \"open, quote\r\n" END));
	it = sip_msg_values(&t.msg, SIP_HEADER_CONTACT);
	for (; sip_values_next(&it, &value); n++) {
		assert_true(n < ARRAY_LEN(want));
		CHECK_SPAN(want[n], value);
	}
	CHECK_INT(ARRAY_LEN(want), n);
	CHECK(value.p == NULL);
	CHECK(!sip_values_next(&it, &value));
	it = sip_msg_values(&t.msg, SIP_HEADER_PATH);
	CHECK(!sip_values_next(&it, &value));
}

static size_t count_values(size_t in_line)
{
	static char text[4096];
	struct sip_values it;
	struct span value;
	size_t n = strlen(LINE FIVE "Allow: "), count = 0;

	memcpy(text, LINE FIVE "Allow: ", n);
	for (size_t i = 0; i < in_line; i++) {
		memcpy(text + n, "A,", 2);
		n += 2;
	}
	memcpy(text + n, "\r\nAllow: B\r\n\r\n", 15);
	CHECK_OK(parse(text));
	it = sip_msg_values(&t.msg, SIP_HEADER_ALLOW);
	while (sip_values_next(&it, &value))
		count++;
	CHECK(sip_msg_lists(&t.msg, SIP_HEADER_ALLOW, SPAN("B")));
	return count;
}

static void values_of_a_line_end_at_their_maximum(void **state)
{
	(void)state;
	CHECK_INT(SIP_VALUES_MAX + 1, count_values(SIP_VALUES_MAX));
	CHECK_INT(SIP_VALUES_MAX + 1, count_values(SIP_VALUES_MAX + 1));
}

static void tokens_of_a_list_are_found(void **state)
{
	(void)state;
	CHECK_OK(parse(LINE FIVE "Require: 100rel ,Timer\r\nRequire: path\r\nk: gruu\r\n" END));
	CHECK(sip_msg_lists(&t.msg, SIP_HEADER_REQUIRE, SPAN("timer")));
	CHECK(sip_msg_lists(&t.msg, SIP_HEADER_REQUIRE, SPAN("path")));
	CHECK(sip_msg_lists(&t.msg, SIP_HEADER_SUPPORTED, SPAN("GRUU")));
	CHECK(!sip_msg_lists(&t.msg, SIP_HEADER_REQUIRE, SPAN("100re")));
	CHECK(!sip_msg_lists(&t.msg, SIP_HEADER_REQUIRE, SPAN("gruu")));
}

static void numbers_are_read_up_to_their_parameters(void **state)
{
	static const struct {
		const char *label, *value;
		sotto_err err;
		uint32_t want;
	} rows[] = {
		{ "plain", "3600", SOTTO_OK, 3600 },
		{ "zero", "0", SOTTO_OK, 0 },
		{ "maximum", "4294967295", SOTTO_OK, UINT32_MAX },
		{ "one above", "4294967296", SOTTO_ESYNTAX, 0 },
		{ "parameter", "1800 ;refresher=uac", SOTTO_OK, 1800 },
		{ "comment", "120 (in a meeting)", SOTTO_OK, 120 },
		{ "nothing", "", SOTTO_ESYNTAX, 0 },
		{ "negative", "-1", SOTTO_ESYNTAX, 0 },
		{ "letters", "12a", SOTTO_ESYNTAX, 0 },
		{ "two numbers", "1 2", SOTTO_ESYNTAX, 0 },
		{ "a date (RFC 2543)", "Thu, 01 Dec 1994 16:00:00 GMT", SOTTO_ESYNTAX, 0 },
	};
	uint32_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[512];
		ROW(rows[i].label);
		snprintf(text, sizeof(text), "%sExpires: %s\r\n\r\n", LINE FIVE, rows[i].value);
		CHECK_OK(parse(text));
		v = 77;
		CHECK_INT(rows[i].err, sip_msg_u32(&t.msg, SIP_HEADER_EXPIRES, &v));
		CHECK_INT(rows[i].want, v);
	}
	CHECK_INT(SOTTO_ENOENT, sip_msg_u32(&t.msg, SIP_HEADER_MIN_EXPIRES, &v));
	CHECK_INT(0, v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_indexed),
		cmocka_unit_test(a_response_is_indexed),
		cmocka_unit_test(each_fault_has_its_answer),
		cmocka_unit_test(what_can_be_read_is_kept_for_the_answer),
		cmocka_unit_test(folds_become_blanks),
		cmocka_unit_test(body_without_length_is_the_rest),
		cmocka_unit_test(header_lines_end_at_their_maximum),
		cmocka_unit_test(messages_end_at_their_maximum),
		cmocka_unit_test(arena_without_room_is_no_answer),
		cmocka_unit_test(failing_allocations_are_survived),
		cmocka_unit_test(values_are_split_at_commas_that_separate),
		cmocka_unit_test(values_of_a_line_end_at_their_maximum),
		cmocka_unit_test(tokens_of_a_list_are_found),
		cmocka_unit_test(numbers_are_read_up_to_their_parameters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
