/**
 * @file unit/sip/torture_test.c  The messages of RFC 4475 and RFC 5118, each with its verdict
 * (tests/data/rfc4475, tests/data/rfc5118), and what the accepted ones hold.
 */
#include <dirent.h>

#include "data/rfc4475/verdicts.h"
#include "data/rfc5118/verdicts.h"
#include "sip/digest.h"
#include "sip/frame.h"
#include "sip/hop.h"
#include "sip/write.h"
#include "unit/test.h"

static struct {
	struct arena arena;
	char bytes[8192];
	size_t n;
	struct sip_msg msg;
	struct sip_fault fault;
} t;

static int set_up(void **state)
{
	(void)state;
	arena_init(&t.arena, 64 * 1024);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_deinit(&t.arena);
	return 0;
}

static void load(const char *folder, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s.dat", TEST_DATA_DIR, folder, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	t.n = fread(t.bytes, 1, sizeof(t.bytes), f);
	fclose(f);
	assert_true(t.n > 0 && t.n < sizeof(t.bytes));
}

static sotto_err parse(const char *folder, const char *name)
{
	load(folder, name);
	arena_reset(&t.arena);
	return sip_msg_parse(&t.msg, &t.arena, t.bytes, t.n, &t.fault);
}

/** A refused request must be answerable if its fault says so. */
static void check_answer(void)
{
	struct netaddr source;
	char memory[8192];
	struct span message;
	struct sip_out o;

	if (t.fault.status == 0)
		return;
	CHECK_OK(netaddr_parse(SPAN("192.0.2.99:5060"), &source));
	sip_out_init(&o, memory, sizeof(memory));
	sip_out_response(&o, &t.msg, &source, t.fault.status, span_of(t.fault.reason), SPAN("x"));
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	CHECK_OK(sip_out_done(&o, &message));
}

static void check_verdicts(const char *folder, const struct torture_verdict *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ROW(verdicts[i].file);
		CHECK_INT(verdicts[i].err, parse(folder, verdicts[i].file));
		CHECK_INT(verdicts[i].status, t.fault.status);
		CHECK_SPAN(verdicts[i].reason ? verdicts[i].reason : "", span_of(t.fault.reason));
		if (verdicts[i].layer == TORTURE_PARSER)
			CHECK_INT(verdicts[i].final, t.fault.status);
		else
			CHECK_OK(verdicts[i].err); /* others judge only what was accepted */
		check_answer();
	}
}

static bool has_verdict(const char *name, const struct torture_verdict *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(name, verdicts[i].file, strlen(name) - 4) == 0 &&
			strlen(verdicts[i].file) == strlen(name) - 4)
			return true;
	return false;
}

static void check_complete(const char *folder, const struct torture_verdict *verdicts, size_t count)
{
	char path[512];
	struct dirent *e;
	size_t files = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", TEST_DATA_DIR, folder);
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name);
		if (n < 5 || strcmp(e->d_name + n - 4, ".dat") != 0)
			continue;
		ROW(e->d_name);
		CHECK(has_verdict(e->d_name, verdicts, count));
		files++;
	}
	closedir(d);
	CHECK_INT(count, files);
}

static void rfc4475_messages_get_the_verdict_of_the_rfc(void **state)
{
	(void)state;
	check_complete("rfc4475", rfc4475_verdicts, ARRAY_LEN(rfc4475_verdicts));
	check_verdicts("rfc4475", rfc4475_verdicts, ARRAY_LEN(rfc4475_verdicts));
}

static void rfc5118_messages_get_the_verdict_of_the_rfc(void **state)
{
	(void)state;
	check_complete("rfc5118", rfc5118_verdicts, ARRAY_LEN(rfc5118_verdicts));
	check_verdicts("rfc5118", rfc5118_verdicts, ARRAY_LEN(rfc5118_verdicts));
}

/* ---- what they hold ---- */

static struct span get_method(const struct sip_msg *m)
{
	return m->method_name;
}

static struct span get_user(const struct sip_msg *m)
{
	return m->uri.user;
}

static struct span get_password(const struct sip_msg *m)
{
	return m->uri.password;
}

static struct span get_host(const struct sip_msg *m)
{
	return m->uri.host;
}

static struct span get_scheme(const struct sip_msg *m)
{
	return m->uri.scheme_name;
}

static struct span get_uri_params(const struct sip_msg *m)
{
	return m->uri.params;
}

static struct span get_reason(const struct sip_msg *m)
{
	return m->reason;
}

static struct span get_call_id(const struct sip_msg *m)
{
	return m->call_id;
}

static struct span get_from_display(const struct sip_msg *m)
{
	return m->from.display;
}

static struct span get_from_user(const struct sip_msg *m)
{
	return m->from.uri.user;
}

static struct span get_from_tag(const struct sip_msg *m)
{
	return m->from.tag;
}

static struct span get_to_tag(const struct sip_msg *m)
{
	return m->to.tag;
}

static struct span get_to_uri(const struct sip_msg *m)
{
	return m->to.uri.text;
}

static struct span get_to_params(const struct sip_msg *m)
{
	return m->to.params;
}

static struct span get_transport(const struct sip_msg *m)
{
	return m->via.transport;
}

static struct span get_via_host(const struct sip_msg *m)
{
	return m->via.host;
}

static struct span get_branch(const struct sip_msg *m)
{
	return m->via.branch;
}

static struct span get_received(const struct sip_msg *m)
{
	return m->via.received;
}

static struct span get_contact(const struct sip_msg *m)
{
	return sip_msg_value(m, SIP_HEADER_CONTACT);
}

static struct span get_require(const struct sip_msg *m)
{
	return sip_msg_value(m, SIP_HEADER_REQUIRE);
}

static struct span get_type(const struct sip_msg *m)
{
	return sip_msg_value(m, SIP_HEADER_CONTENT_TYPE);
}

static struct span get_accept(const struct sip_msg *m)
{
	return sip_msg_value(m, SIP_HEADER_ACCEPT);
}

static struct span get_newfangled(const struct sip_msg *m)
{
	return sip_msg_value_named(m, SPAN("newfangledheader"));
}

static struct span get_body_start(const struct sip_msg *m)
{
	return (struct span){ m->body.p, m->body.n < 3 ? m->body.n : 3 };
}

static const struct {
	const char *folder, *file;
	struct span (*get)(const struct sip_msg *m);
	const char *want;
} fields[] = {
	{ "rfc4475", "wsinv", get_uri_params, ";unknownparam" },
	{ "rfc4475", "wsinv", get_to_uri, "sip:vivekg@chair-dnrc.example.com" },
	{ "rfc4475", "wsinv", get_to_tag, "1918181833n" },
	{ "rfc4475", "wsinv", get_from_display, "\"J Rosenberg \\\\\\\"\"" },
	{ "rfc4475", "wsinv", get_from_tag, "98asjd8" },
	{ "rfc4475", "wsinv", get_transport, "UDP" },
	{ "rfc4475", "wsinv", get_via_host, "192.0.2.2" },
	{ "rfc4475", "wsinv", get_branch, "390skdjuw" },
	{ "rfc4475", "wsinv", get_newfangled, "newfangled value   continued newfangled value" },
	{ "rfc4475", "wsinv", get_body_start, "v=0" },
	{ "rfc4475", "intmeth", get_method, "!interesting-Method0123456789_*+`.%indeed'~" },
	{ "rfc4475", "intmeth", get_user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*" },
	{ "rfc4475", "intmeth", get_password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)" },
	{ "rfc4475", "intmeth", get_host, "example.com" },
	{ "rfc4475", "intmeth", get_from_display, "token1~` token2'+_ token3*%!.-" },
	{ "rfc4475", "intmeth", get_from_tag, "_token~1'+`*%!-." },
	{ "rfc4475", "intmeth", get_call_id, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{" },
	{ "rfc4475", "esc01", get_user, "sips%3Auser%40example.com" },
	{ "rfc4475", "esc01", get_from_user, "I%20have%20spaces" },
	{ "rfc4475", "esc02", get_method, "RE%47IST%45R" },
	{ "rfc4475", "lwsdisp", get_from_display, "caller" },
	{ "rfc4475", "dblreq", get_method, "REGISTER" },
	{ "rfc4475", "dblreq", get_body_start, "" },
	{ "rfc4475", "semiuri", get_user, "user;par=u%40example.net" },
	{ "rfc4475", "semiuri", get_uri_params, "" },
	{ "rfc4475", "noreason", get_reason, "" },
	{ "rfc4475", "badaspec", get_to_uri, "sip:t.watson@example.org" },
	{ "rfc4475", "badbranch", get_branch, "z9hG4bK" },
	{ "rfc4475", "unkscm", get_scheme, "nobodyKnowsThisScheme" },
	{ "rfc4475", "novelsc", get_scheme, "soap.beep" },
	{ "rfc4475", "unksm2", get_to_uri, "isbn:2983792873" },
	{ "rfc4475", "bext01", get_require, "nothingSupportsThis, nothingSupportsThisEither" },
	{ "rfc4475", "invut", get_type, "application/unknownformat" },
	{ "rfc4475", "sdp01", get_accept, "text/nobodyKnowsThis" },
	{ "rfc4475", "inv2543", get_to_params, ";user=phone" },
	{ "rfc4475", "inv2543", get_branch, "" },
	{ "rfc4475", "inv2543", get_from_tag, "" },
	{ "rfc4475", "regescrt", get_contact,
		"<sip:user@example.com?Route=%3Csip:sip.example.com%3E>" },
	{ "rfc5118", "port-ambiguous", get_host, "[2001:db8::10:5070]" },
	{ "rfc5118", "port-unambiguous", get_host, "[2001:db8::10]" },
	{ "rfc5118", "via-received-param-with-delim", get_received, "2001:db8::9:255" },
	{ "rfc5118", "via-received-param-no-delim", get_received, "2001:db8::9:255" },
	{ "rfc5118", "ipv4-mapped-ipv6", get_via_host, "[::ffff:192.0.2.10]" },
	{ "rfc5118", "ipv6-good", get_via_host, "[2001:db8::9:1]" },
	{ "rfc5118", "mult-ip-in-sdp", get_body_start, "v=0" },
};

static void accepted_messages_hold_what_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		ROW(fields[i].file);
		CHECK_OK(parse(fields[i].folder, fields[i].file));
		CHECK_SPAN(fields[i].want, fields[i].get(&t.msg));
	}
}

static void accepted_numbers_are_right(void **state)
{
	(void)state;
	CHECK_OK(parse("rfc4475", "wsinv"));
	CHECK_INT(68, t.msg.max_forwards);
	CHECK_INT(9, t.msg.cseq.number);
	CHECK_INT(150, t.msg.body.n);
	CHECK_OK(parse("rfc4475", "intmeth"));
	CHECK_INT(255, t.msg.max_forwards);
	CHECK_INT(SIP_METHOD_OTHER, t.msg.method);
	CHECK_INT(139122385, t.msg.cseq.number);
	CHECK_OK(parse("rfc4475", "unreason"));
	CHECK_INT(200, t.msg.status);
	CHECK_OK(parse("rfc4475", "noreason"));
	CHECK_INT(100, t.msg.status);
	CHECK_OK(parse("rfc4475", "zeromf"));
	CHECK(t.msg.has_max_forwards && t.msg.max_forwards == 0);
	CHECK_OK(parse("rfc4475", "inv2543"));
	CHECK(!t.msg.has_max_forwards && !t.msg.has_content_length);
	CHECK_OK(parse("rfc4475", "mpart01"));
	CHECK_INT(553, t.msg.body.n);
	CHECK_OK(parse("rfc5118", "port-unambiguous"));
	CHECK_INT(5070, t.msg.uri.port);
	CHECK_OK(parse("rfc5118", "port-ambiguous"));
	CHECK_INT(0, t.msg.uri.port);
}

static unsigned count(enum sip_header_id id)
{
	struct sip_values it = sip_msg_values(&t.msg, id);
	struct span value;
	unsigned n = 0;

	while (sip_values_next(&it, &value))
		n++;
	return n;
}

static void values_are_counted_across_lines(void **state)
{
	(void)state;
	CHECK_OK(parse("rfc4475", "longreq"));
	CHECK_INT(34, count(SIP_HEADER_VIA));
	CHECK_OK(parse("rfc4475", "wsinv"));
	CHECK_INT(3, count(SIP_HEADER_VIA));
	CHECK_OK(parse("rfc4475", "transports"));
	CHECK_INT(5, count(SIP_HEADER_VIA));
	CHECK_OK(parse("rfc4475", "semiuri"));
	CHECK_INT(6, count(SIP_HEADER_ACCEPT));
	CHECK_OK(parse("rfc4475", "bcast"));
	CHECK_INT(2, count(SIP_HEADER_VIA)); /* a UAC drops a response that has two */
	CHECK_OK(parse("rfc4475", "esc02"));
	CHECK_INT(2, count(SIP_HEADER_CONTACT)); /* "C%6Fntact" is none */
	CHECK_OK(parse("rfc5118", "mult-ip-in-header"));
	CHECK_INT(3, count(SIP_HEADER_VIA));
}

static void contacts_are_judged_when_they_are_read(void **state)
{
	static const struct {
		const char *file;
		sotto_err err;
		const char *user, *uri_params, *params;
	} rows[] = {
		{ "regbadct", SOTTO_ESYNTAX, "", "", "" },
		{ "cparam01", SOTTO_OK, "+19725552222", "", ";unknownparam" },
		{ "cparam02", SOTTO_OK, "+19725552222", ";unknownparam", "" },
		{ "regescrt", SOTTO_OK, "user", "", "" },
		{ "escnull", SOTTO_OK, "%00", "", "" },
		{ "esc01", SOTTO_OK, "cal%6Cer", ";%6C%72;n%61me=v%61lue%25%34%31", "" },
		{ "wsinv", SOTTO_OK, "jdrosen", "",
			" ; newparam =        newvalue ;    secondparam ; q = 0.33" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_nameaddr a;
		ROW(rows[i].file);
		CHECK_OK(parse("rfc4475", rows[i].file));
		CHECK_INT(rows[i].err,
			sip_nameaddr_parse(&a, sip_msg_value(&t.msg, SIP_HEADER_CONTACT)));
		CHECK_SPAN(rows[i].user, a.uri.user);
		CHECK_SPAN(rows[i].uri_params, a.uri.params);
		CHECK_SPAN(rows[i].params, a.params);
	}
}

static void escaped_nuls_make_two_different_bindings(void **state)
{
	struct sip_nameaddr a, b;
	struct sip_values it;
	struct span value;

	(void)state;
	CHECK_OK(parse("rfc4475", "escnull"));
	it = sip_msg_values(&t.msg, SIP_HEADER_CONTACT);
	CHECK(sip_values_next(&it, &value));
	CHECK_OK(sip_nameaddr_parse(&a, value));
	CHECK(sip_values_next(&it, &value));
	CHECK_OK(sip_nameaddr_parse(&b, value));
	CHECK(!sip_uri_eq(&a.uri, &b.uri));
}

static void escaped_user_equals_the_bare_one(void **state)
{
	struct sip_uri u;

	(void)state;
	CHECK_OK(parse("rfc4475", "esc01"));
	CHECK_OK(sip_uri_parse(&u, SPAN("sip:user@example.com")));
	CHECK(sip_uri_eq(&u, &t.msg.to.uri));
}

static void unknown_authentication_scheme_is_told(void **state)
{
	struct sip_credentials c;

	(void)state;
	CHECK_OK(parse("rfc4475", "regaut01"));
	CHECK_INT(SOTTO_EUNSUPPORTED,
		sip_credentials_parse(&c, sip_msg_value(&t.msg, SIP_HEADER_AUTHORIZATION)));
}

static void both_spellings_of_the_ipv6_reference_mean_one_address(void **state)
{
	struct netaddr a, b;

	(void)state;
	CHECK_OK(parse("rfc5118", "ipv6-bug-abnf-3-colons"));
	CHECK(sip_uri_address(&t.msg.uri, &a));
	CHECK_OK(parse("rfc5118", "ipv6-correct-abnf-2-colons"));
	CHECK(sip_uri_address(&t.msg.uri, &b));
	CHECK(netaddr_eq(&a, &b));
}

static void streams_frame_them_by_content_length(void **state)
{
	static const struct {
		const char *file;
		enum sip_frame_kind want;
	} rows[] = {
		{ "wsinv", SIP_FRAME_MESSAGE },
		{ "clerr", SIP_FRAME_MORE }, /* a stream waits for what was promised */
		{ "ncl", SIP_FRAME_NO_LENGTH },
		{ "mcl01", SIP_FRAME_NO_LENGTH },
		{ "inv2543", SIP_FRAME_NO_LENGTH },
		{ "dblreq", SIP_FRAME_MESSAGE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_frame f = { .searched = 0 };
		size_t length;
		ROW(rows[i].file);
		load("rfc4475", rows[i].file);
		CHECK_INT(rows[i].want, sip_frame_next(&f, t.bytes, t.n, &length));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc4475_messages_get_the_verdict_of_the_rfc),
		cmocka_unit_test(rfc5118_messages_get_the_verdict_of_the_rfc),
		cmocka_unit_test(accepted_messages_hold_what_they_say),
		cmocka_unit_test(accepted_numbers_are_right),
		cmocka_unit_test(values_are_counted_across_lines),
		cmocka_unit_test(contacts_are_judged_when_they_are_read),
		cmocka_unit_test(escaped_nuls_make_two_different_bindings),
		cmocka_unit_test(escaped_user_equals_the_bare_one),
		cmocka_unit_test(unknown_authentication_scheme_is_told),
		cmocka_unit_test(both_spellings_of_the_ipv6_reference_mean_one_address),
		cmocka_unit_test(streams_frame_them_by_content_length),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
