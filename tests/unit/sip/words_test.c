/**
 * @file unit/sip/words_test.c  Tests sip/method.h, sip/header.h, sip/hop.h, sip/ident.h and
 * sip/param.h.
 */
#include "sip/header.h"
#include "sip/hop.h"
#include "sip/ident.h"
#include "sip/method.h"
#include "sip/param.h"
#include "unit/test.h"

/* ---- method.h ---- */

static void methods_are_found_by_their_exact_name(void **state)
{
	static const struct {
		const char *name;
		enum sip_method want;
	} rows[] = {
		{ "INVITE", SIP_METHOD_INVITE },
		{ "ACK", SIP_METHOD_ACK },
		{ "UPDATE", SIP_METHOD_UPDATE },
		{ "invite", SIP_METHOD_OTHER }, /* RFC 3261 §7.1: case-sensitive */
		{ "INVITEX", SIP_METHOD_OTHER },
		{ "INVIT", SIP_METHOD_OTHER },
		{ "", SIP_METHOD_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].name);
		CHECK_INT(rows[i].want, sip_method_parse(span_of(rows[i].name)));
	}
#define X(name) CHECK_SPAN(#name, sip_method_name(SIP_METHOD_##name));
	SIP_METHODS(X)
#undef X
	CHECK_SPAN("", sip_method_name(SIP_METHOD_OTHER));
}

/* ---- header.h ---- */

static void check_header(enum sip_header_id id, const char *name, const char *compact)
{
	char other[64];
	size_t n = strlen(name);

	ROW(name);
	CHECK_INT(id, sip_header_parse(span_of(name)));
	CHECK_SPAN(name, sip_header_name(id));
	for (size_t i = 0; i <= n; i++)
		other[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 32
								   : ascii_lower(name[i]));
	CHECK_INT(id, sip_header_parse(span_of(other)));
	other[n] = 'z';
	CHECK_INT(SIP_HEADER_OTHER, sip_header_parse((struct span){ other, n + 1 }));
	if (!compact[0])
		return;
	CHECK_INT(id, sip_header_parse(span_of(compact)));
	other[0] = (char)(compact[0] - 32);
	CHECK_INT(id, sip_header_parse((struct span){ other, 1 }));
}

static void headers_are_found_in_every_spelling(void **state)
{
	(void)state;
#define X(id, name, compact) check_header(SIP_HEADER_##id, name, compact);
	SIP_HEADERS(X)
#undef X
}

static void header_table_is_in_order(void **state)
{
	(void)state;
	for (unsigned i = 2; i < SIP_HEADER_COUNT; i++) {
		struct span a = sip_header_name((enum sip_header_id)(i - 1));
		struct span b = sip_header_name((enum sip_header_id)i);
		ROW(b.p);
		CHECK(strcasecmp(a.p, b.p) < 0); /* the lookup bisects */
	}
}

static void unknown_headers_are_other(void **state)
{
	static const char *const rows[] = { "", "z", "h", "X-Whatever", "C%6Fntact", "Vi", "Viaa",
		"Aa", "zzz", "\xff\xff", "Call_ID" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i]);
		CHECK_INT(SIP_HEADER_OTHER, sip_header_parse(span_of(rows[i])));
	}
	CHECK_SPAN("", sip_header_name(SIP_HEADER_OTHER));
}

/* ---- hop.h ---- */

static void transports_are_read_in_any_case(void **state)
{
	static const struct {
		const char *name;
		sotto_err err;
		enum sip_transport want;
	} rows[] = {
		{ "UDP", SOTTO_OK, SIP_TRANSPORT_UDP },
		{ "tcp", SOTTO_OK, SIP_TRANSPORT_TCP },
		{ "Tls", SOTTO_OK, SIP_TRANSPORT_TLS },
		{ "WSS", SOTTO_OK, SIP_TRANSPORT_WSS },
		{ "SCTP", SOTTO_EUNSUPPORTED, SIP_TRANSPORT_UDP },
		{ "", SOTTO_EUNSUPPORTED, SIP_TRANSPORT_UDP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum sip_transport t;
		ROW(rows[i].name);
		CHECK_INT(rows[i].err, sip_transport_parse(span_of(rows[i].name), &t));
		CHECK_INT(rows[i].want, t);
		if (!rows[i].err)
			CHECK(span_eq_nocase(sip_transport_name(t), span_of(rows[i].name)));
	}
	CHECK(!sip_transport_is_reliable(SIP_TRANSPORT_UDP));
	CHECK(sip_transport_is_secure(SIP_TRANSPORT_WSS) &&
		!sip_transport_is_secure(SIP_TRANSPORT_TCP));
	CHECK_INT(5061, sip_transport_port(SIP_TRANSPORT_TLS));
}

/* ---- ident.h ---- */

static void idents_name_their_worker(void **state)
{
	static const unsigned workers[] = { 0, 1, 0x7f, SIP_WORKER_MAX };
	struct rng_seeded r;

	(void)state;
	rng_seeded_init(&r, 1);
	for (size_t i = 0; i < ARRAY_LEN(workers); i++) {
		struct sip_ident branch = sip_ident_branch(workers[i], &r.rng);
		struct sip_ident tag = sip_ident_tag(workers[i], &r.rng);
		struct sip_ident call_id = sip_ident_call_id(workers[i], &r.rng);
		CHECK_INT(workers[i], sip_ident_worker(span_of(branch.text)));
		CHECK_INT(workers[i], sip_ident_worker(span_of(tag.text)));
		CHECK_INT(workers[i], sip_ident_worker(span_of(call_id.text)));
		CHECK(strncmp(branch.text, "z9hG4bK-w", 9) == 0);
		CHECK(strcmp(tag.text, call_id.text) != 0);
		CHECK(strlen(branch.text) < SIP_IDENT_MAX);
	}
}

static void foreign_idents_have_no_worker(void **state)
{
	static const char *const rows[] = { "", "z9hG4bK", "z9hG4bK-", "w", "w00-",
		"z9hG4bK-524287-1---abcdef", "w00-0123456789abcdef0123456",
		"w00-0123456789abcdef012345678", "w0g-0123456789abcdef01234567",
		"w00_0123456789abcdef01234567", "w00-0123456789abcdef0123456z",
		"x00-0123456789abcdef01234567" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i]);
		CHECK_INT(-1, sip_ident_worker(span_of(rows[i])));
	}
	ROW("ours");
	CHECK_INT(0xfe, sip_ident_worker(SPAN("wfe-0123456789abcdef01234567")));
}

/* ---- param.h ---- */

static void params_are_taken_one_by_one(void **state)
{
	static const struct {
		const char *label, *in;
		sotto_err err;
		const char *name, *value; /* NULL: no '=' */
	} rows[] = {
		{ "flag", ";lr", SOTTO_OK, "lr", NULL },
		{ "value", ";transport=tls;x", SOTTO_OK, "transport", "tls" },
		{ "blanks around all", " ; q \t= \t0.5 ; x", SOTTO_OK, "q", "0.5" },
		{ "quoted, with a semicolon", ";x=\"a;b\\\"c\"", SOTTO_OK, "x", "\"a;b\\\"c\"" },
		{ "empty value", ";x=;y", SOTTO_OK, "x", "" },
		{ "IPv6 without brackets", ";received=2001:db8::1", SOTTO_OK, "received",
			"2001:db8::1" },
		{ "base64 in a tag", ";tag=a/b+c==", SOTTO_OK, "tag", "a/b+c==" },
		{ "escaped name", ";%6C%72", SOTTO_OK, "%6C%72", NULL },
		{ "nothing left", "  ", SOTTO_ENOENT, "", NULL },
		{ "no semicolon", "lr", SOTTO_ESYNTAX, "", NULL },
		{ "no name", ";", SOTTO_ESYNTAX, "", NULL },
		{ "no name, but a value", ";=x", SOTTO_ESYNTAX, "", NULL },
		{ "two semicolons", ";;lr", SOTTO_ESYNTAX, "", NULL },
		{ "a comma", ";lr,", SOTTO_ESYNTAX, "", NULL },
		{ "open quote", ";x=\"abc", SOTTO_ESYNTAX, "", NULL },
		{ "quote ends in a backslash", ";x=\"abc\\", SOTTO_ESYNTAX, "", NULL },
		{ "something behind the quotes", ";x=\"abc\"d", SOTTO_ESYNTAX, "", NULL },
		{ "blank within a value", ";x=a b", SOTTO_ESYNTAX, "", NULL },
		{ "a quote within a value", ";x=a\"b\"", SOTTO_ESYNTAX, "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span params = span_of(rows[i].in), name, value;
		ROW(rows[i].label);
		CHECK_INT(rows[i].err, sip_param_next(&params, &name, &value));
		CHECK_SPAN(rows[i].name, name);
		CHECK_INT(rows[i].value == NULL, value.p == NULL);
		if (rows[i].value)
			CHECK_SPAN(rows[i].value, value);
	}
}

static void params_are_found_and_checked(void **state)
{
	struct span list = SPAN(";a=1;LR;b=\"x\";a=2"), value;

	(void)state;
	CHECK(sip_param_find(list, SPAN("A"), &value));
	CHECK_SPAN("1", value); /* the first counts */
	CHECK(sip_param_find(list, SPAN("lr"), &value));
	CHECK(value.p == NULL);
	CHECK(sip_param_find(list, SPAN("b"), &value));
	CHECK_SPAN("x", sip_unquote(value));
	CHECK(!sip_param_find(list, SPAN("c"), &value));
	CHECK(value.p == NULL);
	CHECK_OK(sip_params_check(list));
	CHECK_OK(sip_params_check(SPAN("")));
	CHECK_INT(SOTTO_ESYNTAX, sip_params_check(SPAN(";a;;b")));
	CHECK_INT(SOTTO_ESYNTAX, sip_params_check(SPAN(";a;b=\"")));
}

static void params_end_at_their_maximum(void **state)
{
	char list[2 * (SIP_PARAMS_MAX + 1)];

	(void)state;
	for (size_t i = 0; i < sizeof(list); i += 2)
		memcpy(list + i, ";a", 2);
	CHECK_OK(sip_params_check((struct span){ list, 2 * SIP_PARAMS_MAX }));
	CHECK_INT(SOTTO_ETOOBIG, sip_params_check((struct span){ list, sizeof(list) }));
}

static void unquote_takes_whole_quotes_only(void **state)
{
	(void)state;
	CHECK_SPAN("a\\\"b", sip_unquote(SPAN("\"a\\\"b\"")));
	CHECK_SPAN("", sip_unquote(SPAN("\"\"")));
	CHECK_SPAN("\"", sip_unquote(SPAN("\"")));
	CHECK_SPAN("ab\"", sip_unquote(SPAN("ab\"")));
	CHECK_SPAN("", sip_unquote(SPAN_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods_are_found_by_their_exact_name),
		cmocka_unit_test(headers_are_found_in_every_spelling),
		cmocka_unit_test(header_table_is_in_order),
		cmocka_unit_test(unknown_headers_are_other),
		cmocka_unit_test(transports_are_read_in_any_case),
		cmocka_unit_test(idents_name_their_worker),
		cmocka_unit_test(foreign_idents_have_no_worker),
		cmocka_unit_test(params_are_taken_one_by_one),
		cmocka_unit_test(params_are_found_and_checked),
		cmocka_unit_test(params_end_at_their_maximum),
		cmocka_unit_test(unquote_takes_whole_quotes_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
