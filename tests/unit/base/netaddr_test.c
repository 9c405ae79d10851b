/** @file unit/base/netaddr_test.c  Tests base/netaddr.h. */
#include "unit/test.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include "base/netaddr.h"

static void netaddr_parse_reads_what_it_writes(void **state)
{
	static const struct {
		const char *label, *in;
		sotto_err want;
		const char *out;
	} rows[] = {
		{ "v4", "192.0.2.1", SOTTO_OK, "192.0.2.1" },
		{ "v4 and port", "192.0.2.1:5060", SOTTO_OK, "192.0.2.1:5060" },
		{ "largest port", "192.0.2.1:65535", SOTTO_OK, "192.0.2.1:65535" },
		{ "port too large", "192.0.2.1:65536", SOTTO_ETOOBIG, "-" },
		{ "empty port", "192.0.2.1:", SOTTO_ESYNTAX, "-" },
		{ "v6 bare", "2001:db8::1", SOTTO_OK, "[2001:db8::1]" },
		{ "v6 in brackets", "[2001:db8::1]", SOTTO_OK, "[2001:db8::1]" },
		{ "v6 and port", "[2001:DB8::1]:5061", SOTTO_OK, "[2001:db8::1]:5061" },
		{ "v6, empty port", "[::1]:", SOTTO_ESYNTAX, "-" },
		{ "v6, junk behind", "[::1]5061", SOTTO_ESYNTAX, "-" },
		{ "v6, no end", "[::1", SOTTO_ESYNTAX, "-" },
		{ "any", "0.0.0.0", SOTTO_OK, "0.0.0.0" },
		{ "a name", "example.com", SOTTO_ESYNTAX, "-" },
		{ "three parts", "192.0.2", SOTTO_ESYNTAX, "-" },
		{ "octet too large", "192.0.2.256", SOTTO_ESYNTAX, "-" },
		{ "empty", "", SOTTO_ESYNTAX, "-" },
		{ "v4 mapped into v6", "::ffff:192.0.2.1", SOTTO_OK, "192.0.2.1" },
		{ "mapped, and port", "[::FFFF:c000:201]:9", SOTTO_OK, "192.0.2.1:9" },
		{ "v4 in brackets", "[192.0.2.1]", SOTTO_ESYNTAX, "-" },
		{ "a zone that is not here", "fe80::1%no-such-if0", SOTTO_ESYNTAX, "-" },
		{ "a zone of 16 bytes", "fe80::1%0123456789abcdef", SOTTO_ESYNTAX, "-" },
		{ "an empty zone", "fe80::1%", SOTTO_ESYNTAX, "-" },
		{ "three colons (RFC 5118)", "2001:db8:::192.0.2.1", SOTTO_ESYNTAX, "-" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[NETADDR_TEXT_MAX];
		struct netaddr a = { .family = IP_V6 };
		ROW(rows[i].label);
		CHECK_INT(rows[i].want, netaddr_parse(span_of(rows[i].in), &a));
		CHECK_SPAN(rows[i].out, span_of(netaddr_text(&a, text)));
	}
	CHECK_INT(SOTTO_ESYNTAX,
		netaddr_parse_ip((struct span){ "1.2.3.4\0x", 9 }, &(struct netaddr){ 0 }));
}

static void netaddr_parse_finds_the_zone(void **state)
{
	char name[IF_NAMESIZE], text[64];
	struct netaddr a;

	(void)state;
	if (!if_indextoname(1, name))
		skip(); /* a host without any interface */
	snprintf(text, sizeof(text), "[fe80::1%%%s]:5060", name);
	CHECK_OK(netaddr_parse(span_of(text), &a));
	CHECK_INT(1, a.scope);
	CHECK_INT(5060, a.port);
}

static struct netaddr ip(const char *text)
{
	struct netaddr a;

	CHECK_OK(netaddr_parse(span_of(text), &a));
	return a;
}

static void netaddr_knows_what_kind_it_is(void **state)
{
	static const struct {
		const char *ip;
		bool is_private, is_unicast;
	} rows[] = {
		{ "10.255.0.1", true, true },
		{ "11.0.0.1", false, true },
		{ "172.15.255.255", false, true },
		{ "172.16.0.0", true, true },
		{ "172.31.255.255", true, true },
		{ "172.32.0.0", false, true },
		{ "192.168.1.1", true, true },
		{ "100.64.0.1", true, true },
		{ "100.128.0.1", false, true },
		{ "127.0.0.1", true, true },
		{ "8.8.8.8", false, true },
		{ "255.255.255.255", false, false },
		{ "224.0.0.1", false, false },
		{ "239.255.255.255", false, false },
		{ "0.0.0.0", false, false },
		{ "::", false, false },
		{ "::1", true, true },
		{ "fd00::1", true, true },
		{ "fe80::1", true, true },
		{ "2001:db8::1", false, true },
		{ "ff02::1", false, false },
		{ "::ffff:224.0.0.1", false, false },
		{ "::ffff:10.0.0.1", true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct netaddr a = ip(rows[i].ip);
		ROW(rows[i].ip);
		CHECK_INT(rows[i].is_private, netaddr_is_private(&a));
		CHECK_INT(rows[i].is_unicast, netaddr_is_unicast(&a));
	}
}

static void netaddr_in_compares_leading_bits(void **state)
{
	static const struct {
		const char *a, *net;
		unsigned bits;
		bool want;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.0", 24, true },
		{ "192.0.3.1", "192.0.2.0", 24, false },
		{ "192.0.3.1", "192.0.2.0", 23, true },
		{ "192.0.2.1", "192.0.2.1", 32, true },
		{ "192.0.2.2", "192.0.2.1", 32, false },
		{ "203.0.113.1", "0.0.0.0", 0, true },
		{ "192.0.2.1", "192.0.2.1", 33, false },
		{ "2001:db8::1", "2001:db8::", 32, true },
		{ "2001:db9::1", "2001:db8::", 32, false },
		{ "2001:db8::1", "2001:db8::1", 128, true },
		{ "192.0.2.1", "::", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct netaddr a = ip(rows[i].a), net = ip(rows[i].net);
		ROW(rows[i].a);
		CHECK_INT(rows[i].want, netaddr_in(&a, &net, rows[i].bits));
	}
}

static void netaddr_survives_the_kernels_form(void **state)
{
	static const char *const rows[] = { "192.0.2.1:5060", "[2001:db8::1]:5061" };
	struct sockaddr_storage ss;
	struct netaddr back, a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		a = ip(rows[i]);
		netaddr_to_sockaddr(&a, &ss);
		netaddr_from_sockaddr(&back, (struct sockaddr *)&ss);
		CHECK(netaddr_eq(&a, &back));
	}
	/* what a dual-stack socket reports */
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
	CHECK_INT(1, inet_pton(AF_INET6, "::ffff:192.0.2.7", &in6.sin6_addr));
	netaddr_from_sockaddr(&back, (struct sockaddr *)&in6);
	a = ip("192.0.2.7:9");
	CHECK(netaddr_eq(&a, &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(netaddr_parse_reads_what_it_writes),
		cmocka_unit_test(netaddr_parse_finds_the_zone),
		cmocka_unit_test(netaddr_knows_what_kind_it_is),
		cmocka_unit_test(netaddr_in_compares_leading_bits),
		cmocka_unit_test(netaddr_survives_the_kernels_form),
	};

	return cmocka_run_group_tests_name("base.netaddr", tests, NULL, NULL);
}
