/** @file unit/sip/nameaddr_test.c  Tests sip/nameaddr.h. */
#include "sip/nameaddr.h"

#include "sip/param.h"
#include "unit/test.h"

static const struct {
	const char *label, *in, *display, *uri, *params;
	const char *tag; /* NULL: none */
} good[] = {
	{ "brackets", "<sip:a@h>", "", "sip:a@h", "", NULL },
	{ "display and tag", "Bob <sip:a@h>;tag=x1", "Bob", "sip:a@h", ";tag=x1", "x1" },
	{ "no blank (RFC 4475 §3.1.1.6)", "caller<sip:a@h>;tag=323", "caller", "sip:a@h",
		";tag=323", "323" },
	{ "quoted", "\"Smith, John\" <sip:a@h;lr>", "\"Smith, John\"", "sip:a@h;lr", "", NULL },
	{ "escaped quote", "\"J \\\\\\\"\"   <sip:a@h>  ;\t tag = y", "\"J \\\\\\\"\"", "sip:a@h",
		"  ;\t tag = y", "y" },
	{ "empty quotes", "\"\" <sip:a@h>", "\"\"", "sip:a@h", "", NULL },
	{ "brackets within quotes", "\"<sip:x@y>\" <sip:a@h>", "\"<sip:x@y>\"", "sip:a@h", "",
		NULL },
	{ "several words", "A. B-c d! <sip:a@h>", "A. B-c d!", "sip:a@h", "", NULL },
	{ "UTF-8, not quoted [field]", "J\xc3\xb6rg <sip:a@h>", "J\xc3\xb6rg", "sip:a@h", "",
		NULL },
	{ "address as display [field]", "a@h <sip:a@h>", "a@h", "sip:a@h", "", NULL },
	{ "bare: parameters are the header's (§20.10)", "sip:a@h;tag=z;user=phone", "", "sip:a@h",
		";tag=z;user=phone", "z" },
	{ "bare, blanks", "  sip:a@h ;  tag = 19  ", "", "sip:a@h", ";  tag = 19", "19" },
	{ "bare, quoted parameter with brackets", "sip:a@h;+sip.instance=\"<urn:uuid:1>\"", "",
		"sip:a@h", ";+sip.instance=\"<urn:uuid:1>\"", NULL },
	{ "bracketed: the URI keeps its own", "<sip:a@h;x=1?Route=%3Csip:b%3E>;q=0.5", "",
		"sip:a@h;x=1?Route=%3Csip:b%3E", ";q=0.5", NULL },
	{ "blanks within brackets (RFC 4475 §3.1.2.14)", "\"W\" < sip:t@example.org >", "\"W\"",
		"sip:t@example.org", "", NULL },
	{ "tel", "<tel:+123>;tag=1", "", "tel:+123", ";tag=1", "1" },
	{ "other scheme, bare", "isbn:2983792873", "", "isbn:2983792873", "", NULL },
	{ "outbound", "<sip:a@h;ob>;reg-id=1;expires=3600", "", "sip:a@h;ob",
		";reg-id=1;expires=3600", NULL },
	{ "IPv6", "<sip:[2001:db8::1]:5060>", "", "sip:[2001:db8::1]:5060", "", NULL },
	{ "tag in upper case", "<sip:a@h>;TAG=q", "", "sip:a@h", ";TAG=q", "q" },
	{ "tag with an at sign [field]", "<sip:a@h>;tag=1@10.0.0.1", "", "sip:a@h",
		";tag=1@10.0.0.1", "1@10.0.0.1" },
};

static void nameaddrs_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct sip_nameaddr a;
		ROW(good[i].label);
		CHECK_OK(sip_nameaddr_parse(&a, span_of(good[i].in)));
		CHECK_SPAN(good[i].display, a.display);
		CHECK_SPAN(good[i].uri, a.uri.text);
		CHECK_SPAN(good[i].params, a.params);
		CHECK_INT(good[i].tag == NULL, a.tag.p == NULL);
		if (good[i].tag)
			CHECK_SPAN(good[i].tag, a.tag);
		CHECK(!a.is_star);
	}
}

static void star_stands_alone(void **state)
{
	struct sip_nameaddr a;

	(void)state;
	CHECK_OK(sip_nameaddr_parse(&a, SPAN(" * ")));
	CHECK(a.is_star && a.uri.text.p == NULL);
	CHECK_INT(SOTTO_ESYNTAX, sip_nameaddr_parse(&a, SPAN("*;expires=0")));
	CHECK(!a.is_star);
}

static void malformed_nameaddrs_are_refused(void **state)
{
	static const struct {
		const char *label, *in;
	} rows[] = {
		{ "empty", "" },
		{ "blanks", "   " },
		{ "no URI", "\"Bob\"" },
		{ "no URI in brackets", "Bob <>" },
		{ "quotes and no bracket", "Bob \"x\"" },
		{ "open bracket", "Bob <sip:a@h" },
		{ "two brackets", "<<sip:a@h>>" },
		{ "open quote (RFC 4475 §3.1.2.6)", "\"Mr. J. User <sip:j.user@example.com>" },
		{ "text behind quotes", "\"Bob\" x <sip:a@h>" },
		{ "quote within display", "Bo\"b\" <sip:a@h>" },
		{ "comma in display (RFC 4475 §3.1.2.15)", "Bell, Alexander <sip:a@h>" },
		{ "control byte in display", "Bo\001b <sip:a@h>" },
		{ "backslash in display", "Bo\\b <sip:a@h>" },
		{ "text behind brackets", "<sip:a@h> x" },
		{ "comma behind brackets", "<sip:a@h>, <sip:b@h>" },
		{ "empty parameters", "<sip:a@h>;;;;" },
		{ "bare, headers (RFC 4475 §3.1.2.13)", "sip:user@example.com?Route=%3Csip:x%3E" },
		{ "bare, comma", "sip:a,b@h" },
		{ "bare, blank", "sip:a@h x" },
		{ "bare, no scheme", "alan@jasomi.com" },
		{ "empty tag", "<sip:a@h>;tag=" },
		{ "tag without value", "<sip:a@h>;tag" },
		{ "quoted tag", "<sip:a@h>;tag=\"x\"" },
		{ "bad URI", "<sip:@h>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_nameaddr a;
		ROW(rows[i].label);
		memset(&a, 0x77, sizeof(a));
		CHECK_INT(SOTTO_ESYNTAX, sip_nameaddr_parse(&a, span_of(rows[i].in)));
		CHECK(a.text.p == NULL && a.uri.text.p == NULL && a.tag.p == NULL);
	}
}

static void header_parameters_end_at_their_maximum(void **state)
{
	char text[7 + 2 * (SIP_PARAMS_MAX + 1)] = "<sip:h>";
	struct sip_nameaddr a;

	(void)state;
	for (size_t i = 7; i < sizeof(text); i += 2)
		memcpy(text + i, ";a", 2);
	CHECK_OK(sip_nameaddr_parse(&a, (struct span){ text, sizeof(text) - 2 }));
	CHECK_INT(SOTTO_ETOOBIG, sip_nameaddr_parse(&a, (struct span){ text, sizeof(text) }));
	CHECK(a.text.p == NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nameaddrs_are_taken_apart),
		cmocka_unit_test(star_stands_alone),
		cmocka_unit_test(malformed_nameaddrs_are_refused),
		cmocka_unit_test(header_parameters_end_at_their_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
