/** @file unit/io/tls_verify_test.c  Tests io/tls_verify.h: RFC 5922 §7. */
#include "io/tls_verify.h"

#include "unit/io/ca.h"
#include "unit/test.h"

static const struct {
	const char *label, *common_name, *alt_names, *host;
	bool wildcard, want;
} rows[] = {
	{ "DNS name", "x", "DNS:a.example.com", "a.example.com", false, true },
	{ "without case", "x", "DNS:A.Example.COM", "a.eXample.com", false, true },
	{ "another name", "x", "DNS:a.example.com", "b.example.com", false, false },
	{ "a suffix is no match (§7.2)", "x", "DNS:example.com", "a.example.com", false, false },
	{ "nor is a prefix", "x", "DNS:a.example.com", "a.example", false, false },
	{ "second of two", "x", "DNS:a.example.com,DNS:b.example.com", "b.example.com", false,
		true },
	{ "URI of scheme sip", "x", "URI:sip:example.com", "example.com", false, true },
	{ "the scheme has no case", "x", "URI:SIP:example.com", "example.com", false, true },
	{ "URI with port and parameter", "x", "URI:sip:example.com:5061;transport=tls",
		"example.com", false, true },
	{ "URI with a user names no domain", "x", "URI:sip:bob@example.com", "example.com", false,
		false },
	{ "URI of another scheme", "x", "URI:https://example.com", "example.com", false, false },
	{ "sips is another scheme", "x", "URI:sips:example.com", "example.com", false, false },
	{ "a sip URI beats DNS names (§7.1)", "x", "URI:sip:example.com,DNS:b.example.com",
		"b.example.com", false, false },
	{ "a URI with a user does not", "x", "URI:sip:bob@example.com,DNS:b.example.com",
		"b.example.com", false, true },
	{ "common name, no alternative", "a.example.com", NULL, "a.example.com", false, true },
	{ "common name beside alternatives", "a.example.com", "DNS:b.example.com", "a.example.com",
		false, false },
	{ "common name beside an address", "a.example.com", "IP:192.0.2.1", "a.example.com", false,
		false },
	{ "wildcard, not allowed", "x", "DNS:*.example.com", "a.example.com", false, false },
	{ "wildcard, allowed", "x", "DNS:*.example.com", "a.example.com", true, true },
	{ "wildcard matches one label", "x", "DNS:*.example.com", "a.b.example.com", true, false },
	{ "and not none", "x", "DNS:*.example.com", "example.com", true, false },
	{ "and not an empty one", "x", "DNS:*.example.com", ".example.com", true, false },
	{ "no wildcard for a whole top level", "x", "DNS:*.com", "example.com", true, false },
	{ "no wildcard inside", "x", "DNS:a*.example.com", "ab.example.com", true, false },
	{ "an empty host", "x", "DNS:a.example.com", "", true, false },
};

static void a_certificate_names_a_host(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct cert c = cert_make(&(struct cert_spec){
			.name = rows[i].common_name, .alt_names = rows[i].alt_names });
		ROW(rows[i].label);
		CHECK_INT(rows[i].want,
			tls_cert_has_host(c.x509, span_of(rows[i].host), rows[i].wildcard));
		cert_free(&c);
	}
}

static void a_certificate_names_an_address(void **state)
{
	static const struct {
		const char *label, *alt_names, *ip;
		bool want;
	} ips[] = {
		{ "IPv4", "IP:192.0.2.1", "192.0.2.1", true },
		{ "another", "IP:192.0.2.1", "192.0.2.2", false },
		{ "IPv6", "DNS:x,IP:2001:db8::1", "2001:db8::1", true },
		{ "an address as a DNS name", "DNS:192.0.2.1", "192.0.2.1", false },
		{ "no alternative", NULL, "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(ips); i++) {
		struct cert c = cert_make(
			&(struct cert_spec){ .name = "192.0.2.1", .alt_names = ips[i].alt_names });
		struct netaddr ip;

		ROW(ips[i].label);
		CHECK_OK(netaddr_parse_ip(span_of(ips[i].ip), &ip));
		CHECK_INT(ips[i].want, tls_cert_has_ip(c.x509, &ip));
		cert_free(&c);
	}
}

static void a_pin_is_of_the_key_not_of_the_certificate(void **state)
{
	struct cert a = cert_make(&(struct cert_spec){ .name = "a" });
	struct cert b = cert_make(&(struct cert_spec){ .name = "b" });
	uint8_t pin_a[32], pin_b[32], again[32];

	(void)state;
	CHECK_OK(tls_cert_pin(a.x509, pin_a));
	CHECK_OK(tls_cert_pin(b.x509, pin_b));
	CHECK(memcmp(pin_a, pin_b, 32) != 0);
	X509_set_pubkey(b.x509, a.key);
	CHECK_OK(tls_cert_pin(b.x509, again));
	CHECK(memcmp(pin_a, again, 32) == 0);
	cert_free(&a);
	cert_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_names_a_host),
		cmocka_unit_test(a_certificate_names_an_address),
		cmocka_unit_test(a_pin_is_of_the_key_not_of_the_certificate),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
