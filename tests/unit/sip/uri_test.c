/** @file unit/sip/uri_test.c  Tests sip/uri.h. */
#include "sip/uri.h"

#include "sip/grammar.h"
#include "sip/param.h"
#include "unit/test.h"

static const struct {
	const char *label, *in;
	enum sip_scheme scheme;
	const char *user, *host;
	unsigned port;
	const char *params, *headers;
} good[] = {
	{ "plain", "sip:alice@example.com", SIP_SCHEME_SIP, "alice", "example.com", 0, "", "" },
	{ "all of it",
		"sips:a:pw@h.example:5071;transport=tcp;lr?subject=x&priority=", SIP_SCHEME_SIPS,
		"a", "h.example", 5071, ";transport=tcp;lr", "subject=x&priority=" },
	{ "no user", "sip:192.0.2.4:65535", SIP_SCHEME_SIP, "", "192.0.2.4", 65535, "", "" },
	{ "odd case", "SIP:Bob@EXAMPLE.com", SIP_SCHEME_SIP, "Bob", "EXAMPLE.com", 0, "", "" },
	{ "IPv6", "sip:[2001:db8::10:5070]", SIP_SCHEME_SIP, "", "[2001:db8::10:5070]", 0, "", "" },
	{ "IPv6 and port", "sip:x@[::1]:5070;lr", SIP_SCHEME_SIP, "x", "[::1]", 5070, ";lr", "" },
	{ "three colons (RFC 5118 §4.10)", "sip:[2001:db8:::192.0.2.1]", SIP_SCHEME_SIP, "",
		"[2001:db8:::192.0.2.1]", 0, "", "" },
	{ "semicolon and escape in user", "sip:user;par=u%40e.net@example.com", SIP_SCHEME_SIP,
		"user;par=u%40e.net", "example.com", 0, "", "" },
	{ "unescaped # in user [field]", "sip:*21#@pbx.example", SIP_SCHEME_SIP, "*21#",
		"pbx.example", 0, "", "" },
	{ "underscore in host [field]", "sip:a@my_pbx", SIP_SCHEME_SIP, "a", "my_pbx", 0, "", "" },
	{ "number as host [field]", "sip:5551234", SIP_SCHEME_SIP, "", "5551234", 0, "", "" },
	{ "trailing dot", "sip:a@example.com.", SIP_SCHEME_SIP, "a", "example.com.", 0, "", "" },
	{ "escaped NUL", "sip:%00@h", SIP_SCHEME_SIP, "%00", "h", 0, "", "" },
	{ "IPv6 in maddr", "sip:h;maddr=[::1];ttl=1", SIP_SCHEME_SIP, "", "h", 0,
		";maddr=[::1];ttl=1", "" },
	{ "tel", "tel:+1-201-555-0123", SIP_SCHEME_TEL, "+1-201-555-0123", "", 0, "", "" },
	{ "tel, local", "tel:7042;phone-context=example.com", SIP_SCHEME_TEL, "7042", "", 0,
		";phone-context=example.com", "" },
	{ "other scheme", "http://www.example.com/?a=b", SIP_SCHEME_OTHER, "", "", 0, "", "" },
	{ "urn", "urn:service:sos", SIP_SCHEME_OTHER, "", "", 0, "", "" },
};

static void uris_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct sip_uri u;
		ROW(good[i].label);
		CHECK_OK(sip_uri_parse(&u, span_of(good[i].in)));
		CHECK_INT(good[i].scheme, u.scheme);
		CHECK_SPAN(good[i].in, u.text);
		CHECK_SPAN(good[i].user, u.user);
		CHECK_SPAN(good[i].host, u.host);
		CHECK_INT(good[i].port, u.port);
		CHECK_SPAN(good[i].params, u.params);
		CHECK_SPAN(good[i].headers, u.headers);
	}
}

static void password_may_be_empty_or_absent(void **state)
{
	struct sip_uri u;

	(void)state;
	CHECK_OK(sip_uri_parse(&u, SPAN("sip:a:b@h")));
	CHECK_SPAN("b", u.password);
	CHECK_OK(sip_uri_parse(&u, SPAN("sip:a:@h")));
	CHECK(u.password.p != NULL && u.password.n == 0);
	CHECK_OK(sip_uri_parse(&u, SPAN("sip:a@h")));
	CHECK(u.password.p == NULL);
}

static void malformed_uris_are_refused(void **state)
{
	static const struct {
		const char *label, *in;
	} rows[] = {
		{ "empty", "" },
		{ "no scheme", "alice@example.com" },
		{ "scheme alone", "sip:" },
		{ "other scheme alone", "urn:" },
		{ "scheme begins with a digit", "1sip:a@b" },
		{ "odd byte in the scheme", "si_p:a@b" },
		{ "IPv6, far too long",
			"sip:[2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0001]" },
		{ "text behind the host", "sip:example.com/x" },
		{ "empty user", "sip:@example.com" },
		{ "empty user, password", "sip::pw@example.com" },
		{ "no host", "sip:alice@" },
		{ "angle brackets", "<sip:alice@example.com>" },
		{ "blank in user", "sip:al ice@example.com" },
		{ "blank before parameter", "sip:alice@example.com; lr" },
		{ "blank before the port", "sip:[::1] :50" },
		{ "tab behind the colon", "sip:h:\t50" },
		{ "trailing blank", "sip:alice@example.com " },
		{ "two at signs", "sip:a@b@c" },
		{ "broken escape in user", "sip:a%4@example.com" },
		{ "escape of no digits", "sip:a%zz@example.com" },
		{ "quote in user", "sip:a\"b@example.com" },
		{ "UTF-8 in user", "sip:\xc3\xa4@example.com" },
		{ "IPv6 without brackets", "sip:2001:db8::10" },
		{ "IPv6, no end", "sip:[::1" },
		{ "IPv6, empty", "sip:[]" },
		{ "IPv6, a name", "sip:[example]" },
		{ "IPv6 with a zone", "sip:[fe80::1%25eth0]" },
		{ "IPv6, four colons", "sip:[2001:db8::::1]" },
		{ "IPv6, three colons twice", "sip:[2001:::db8:::1]" },
		{ "text behind IPv6", "sip:[::1]x" },
		{ "empty port", "sip:example.com:" },
		{ "port 0", "sip:example.com:0" },
		{ "port 65536", "sip:example.com:65536" },
		{ "port of letters", "sip:example.com:sip" },
		{ "port and more", "sip:example.com:5060x" },
		{ "leading dot", "sip:.example.com" },
		{ "two dots", "sip:example..com" },
		{ "empty parameter", "sip:example.com;" },
		{ "two semicolons", "sip:example.com;;lr" },
		{ "quoted parameter", "sip:example.com;a=\"b\"" },
		{ "header without value sign", "sip:example.com?subject" },
		{ "no header", "sip:example.com?" },
		{ "trailing ampersand", "sip:example.com?a=b&" },
		{ "header without name", "sip:example.com?=b" },
		{ "broken escape in header", "sip:example.com?a=%" },
		{ "NUL follows", "sip:example.com\r\n" },
		{ "tel without digits", "tel:+" },
		{ "tel with letters", "tel:+1-800-FLOWERS" },
		{ "tel with headers behind parameters", "tel:+1;ext=2?a=b" },
		{ "tel with headers", "tel:+1?a=b" },
		{ "other scheme with a blank", "http://a b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_uri u;
		ROW(rows[i].label);
		memset(&u, 0x77, sizeof(u));
		CHECK_INT(SOTTO_ESYNTAX, sip_uri_parse(&u, span_of(rows[i].in)));
		CHECK(u.text.p == NULL && u.host.p == NULL && u.port == 0);
	}
}

static void host_names_end_at_their_maximum(void **state)
{
	char text[4 + SIP_HOST_MAX + 1] = "sip:";
	struct sip_uri u;

	(void)state;
	memset(text + 4, 'a', SIP_HOST_MAX + 1);
	CHECK_OK(sip_uri_parse(&u, (struct span){ text, 4 + SIP_HOST_MAX }));
	CHECK_INT(SIP_HOST_MAX, u.host.n);
	CHECK_INT(SOTTO_ESYNTAX, sip_uri_parse(&u, (struct span){ text, 4 + SIP_HOST_MAX + 1 }));
}

static void uri_lists_end_at_their_maximum(void **state)
{
	char params[5 + 2 * (SIP_PARAMS_MAX + 1)] = "sip:h";
	char headers[5 + 4 * (SIP_PARAMS_MAX + 1)] = "sip:h";
	struct sip_uri u;

	(void)state;
	for (size_t i = 5; i < sizeof(params); i += 2)
		memcpy(params + i, ";a", 2);
	for (size_t i = 5; i < sizeof(headers); i += 4)
		memcpy(headers + i, "&a=b", 4);
	headers[5] = '?';
	CHECK_OK(sip_uri_parse(&u, (struct span){ params, sizeof(params) - 2 }));
	CHECK_INT(SOTTO_ETOOBIG, sip_uri_parse(&u, (struct span){ params, sizeof(params) }));
	CHECK(u.text.p == NULL);
	CHECK_OK(sip_uri_parse(&u, (struct span){ headers, sizeof(headers) - 4 }));
	CHECK_INT(SOTTO_ETOOBIG, sip_uri_parse(&u, (struct span){ headers, sizeof(headers) }));
}

static void uris_equal_as_the_rfc_says(void **state)
{
	static const struct {
		const char *a, *b;
		bool want;
	} rows[] = {
		/* RFC 3261 §19.1.4's own examples */
		{ "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp",
			true },
		{ "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true },
		{ "sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true },
		{ "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
			"sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
			true },
		{ "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
			"sip:alice@atlanta.com?priority=urgent&subject=project%20x", true },
		{ "SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP",
			false },
		{ "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false },
		{ "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false },
		{ "sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp", false },
		{ "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false },
		{ "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false },
		{ "sip:carol@chicago.com;security=off", "sip:carol@chicago.com;security=on",
			false },
		/* ours */
		{ "sip:a@h", "sips:a@h", false },
		{ "sip:a%40b@h", "sip:a%40b@h", true },
		{ "sip:a%3bb@h", "sip:a;b@h", false }, /* reserved: not the same escaped */
		{ "sip:%00@h", "sip:%00%00@h", false },
		{ "sip:a:b@h", "sip:a@h", false },
		{ "sip:a:@h", "sip:a@h", false },
		{ "sip:h", "sip:a@h", false },
		{ "sip:a@h;maddr=x", "sip:a@h", false },
		{ "sip:a@h;%75ser=phone", "sip:a@h;user=phone", true },
		{ "sip:a@h;lr", "sip:a@h", true },
		{ "sip:a@[2001:DB8::1]", "sip:a@[2001:db8:0::1]", true },
		{ "sip:a@[2001:db8::1]", "sip:a@[2001:db8::2]", false },
		{ "tel:+1-201-555-0123", "tel:+1(201)5550123", true },
		{ "tel:+12015550123", "tel:+12015550124", false },
		{ "tel:+1201", "tel:+12015", false },
		{ "tel:704;phone-context=a", "tel:704;phone-context=A", true },
		{ "tel:704;phone-context=a", "tel:704", false },
		{ "urn:service:sos", "urn:service:sos", true },
		{ "sip:a@h;x=1;x=2", "sip:a@h;x=1", true }, /* the first counts */
		{ "sip:a@h;x=1;x=2", "sip:a@h;x=2", false },
		{ "urn:service:sos", "urn:service:SOS", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_uri a, b;
		ROW(rows[i].a);
		CHECK_OK(sip_uri_parse(&a, span_of(rows[i].a)));
		CHECK_OK(sip_uri_parse(&b, span_of(rows[i].b)));
		CHECK_INT(rows[i].want, sip_uri_eq(&a, &b));
		CHECK_INT(rows[i].want, sip_uri_eq(&b, &a));
		CHECK(sip_uri_eq(&a, &a) && sip_uri_eq(&b, &b));
	}
}

static void address_is_that_of_the_host(void **state)
{
	static const struct {
		const char *in, *want; /* NULL: a name */
	} rows[] = {
		{ "sip:a@192.0.2.1:5070", "192.0.2.1:5070" },
		{ "sip:192.0.2.1", "192.0.2.1" },
		{ "sip:[2001:db8::1]:1", "[2001:db8::1]:1" },
		{ "sip:[2001:db8:::192.0.2.1]", "[2001:db8::c000:201]" },
		{ "sip:[::ffff:192.0.2.1]", "192.0.2.1" },
		{ "sip:example.com", NULL },
		{ "sip:1.2.3.256", NULL },
		{ "sip:1.2.3", NULL },
		{ "tel:12", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[NETADDR_TEXT_MAX];
		struct netaddr a;
		struct sip_uri u;
		ROW(rows[i].in);
		CHECK_OK(sip_uri_parse(&u, span_of(rows[i].in)));
		CHECK_INT(rows[i].want != NULL, sip_uri_address(&u, &a));
		if (rows[i].want)
			CHECK_SPAN(rows[i].want, span_of(netaddr_text(&a, text)));
		else
			CHECK_INT(IP_NONE, a.family);
	}
}

static void escapes_are_undone_within_bounds(void **state)
{
	static const struct {
		const char *label, *in;
		size_t cap;
		sotto_err err;
		size_t n;
		const char *want;
	} rows[] = {
		{ "none", "abc", 3, SOTTO_OK, 3, "abc" },
		{ "two", "%61b%43", 3, SOTTO_OK, 3, "abC" },
		{ "NUL is a byte", "a%00b", 3, SOTTO_OK, 3, "a\0b" },
		{ "empty", "", 0, SOTTO_OK, 0, "" },
		{ "one too many", "abcd", 3, SOTTO_ENOSPACE, 0, "" },
		{ "cut off", "ab%4", 8, SOTTO_ESYNTAX, 0, "" },
		{ "percent alone", "%", 8, SOTTO_ESYNTAX, 0, "" },
		{ "no digits", "%g0", 8, SOTTO_ESYNTAX, 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char out[8];
		size_t n;
		ROW(rows[i].label);
		CHECK_INT(rows[i].err, sip_unescape(span_of(rows[i].in), out, rows[i].cap, &n));
		CHECK_INT(rows[i].n, n);
		CHECK(memcmp(out, rows[i].want, n) == 0);
	}
}

static void user_parts_are_escaped_to_be_read_again(void **state)
{
	char all[256], text[1024] = "sip:", back[256];
	struct buf b = buf_over(text, sizeof(text));
	struct sip_uri u;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	b.n = 4;
	sip_write_user(&b, (struct span){ all, sizeof(all) });
	buf_lit(&b, "@h");
	CHECK_OK(buf_err(&b));
	CHECK_OK(sip_uri_parse(&u, buf_span(&b)));
	CHECK_OK(sip_unescape(u.user, back, sizeof(back), &n));
	CHECK_INT(sizeof(all), n);
	CHECK(memcmp(all, back, n) == 0);
	b.n = 0;
	sip_write_user(&b, SPAN("+1 (2)#@:"));
	CHECK_SPAN("+1%20(2)%23%40%3A", buf_span(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uris_are_taken_apart),
		cmocka_unit_test(password_may_be_empty_or_absent),
		cmocka_unit_test(malformed_uris_are_refused),
		cmocka_unit_test(host_names_end_at_their_maximum),
		cmocka_unit_test(uri_lists_end_at_their_maximum),
		cmocka_unit_test(uris_equal_as_the_rfc_says),
		cmocka_unit_test(address_is_that_of_the_host),
		cmocka_unit_test(escapes_are_undone_within_bounds),
		cmocka_unit_test(user_parts_are_escaped_to_be_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
