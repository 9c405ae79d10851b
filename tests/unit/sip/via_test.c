/** @file unit/sip/via_test.c  Tests sip/via.h. */
#include "sip/via.h"

#include "sip/param.h"
#include "unit/test.h"

#define BRANCH ";branch=z9hG4bK1"

static const struct {
	const char *label, *in, *transport, *host;
	unsigned port;
	const char *branch; /* NULL: none */
	bool has_rport;
	unsigned rport;
	const char *received;
} good[] = {
	{ "plain", "SIP/2.0/UDP h.example" BRANCH, "UDP", "h.example", 0, "z9hG4bK1", false, 0,
		NULL },
	{ "port", "SIP/2.0/TLS 192.0.2.1:5071" BRANCH, "TLS", "192.0.2.1", 5071, "z9hG4bK1", false,
		0, NULL },
	{ "blanks everywhere (RFC 4475 §3.1.1.1)",
		"SIP  / 2.0  / TCP     spindle.example.com  : 5060  ;  branch  =   z9hG4bK9ikj8  ",
		"TCP", "spindle.example.com", 5060, "z9hG4bK9ikj8", false, 0, NULL },
	{ "tabs", "SIP\t/\t2.0\t/\tUDP\th\t;\tbranch\t=\tx", "UDP", "h", 0, "x", false, 0, NULL },
	{ "IPv6", "SIP/2.0/UDP [2001:db8::9:1]:6050" BRANCH, "UDP", "[2001:db8::9:1]", 6050,
		"z9hG4bK1", false, 0, NULL },
	{ "asks for rport", "SIP/2.0/UDP h;rport" BRANCH, "UDP", "h", 0, "z9hG4bK1", true, 0,
		NULL },
	{ "empty rport [field]", "SIP/2.0/UDP h;rport=" BRANCH, "UDP", "h", 0, "z9hG4bK1", true, 0,
		NULL },
	{ "rport and received", "SIP/2.0/UDP h" BRANCH ";received=192.0.2.9;rport=65535", "UDP",
		"h", 0, "z9hG4bK1", true, 65535, "192.0.2.9" },
	{ "received IPv6", "SIP/2.0/UDP h;received=2001:db8::9", "UDP", "h", 0, NULL, false, 0,
		"2001:db8::9" },
	{ "received in brackets (RFC 5118 §4.5)", "SIP/2.0/UDP h;received=[2001:db8::9]", "UDP",
		"h", 0, NULL, false, 0, "2001:db8::9" },
	{ "unknown transport", "SIP/2.0/SCTP-X h", "SCTP-X", "h", 0, NULL, false, 0, NULL },
	{ "names in odd case", "sip/2.0/udp h;BRANCH=x;RPort", "udp", "h", 0, "x", true, 0, NULL },
	{ "the first branch counts", "SIP/2.0/UDP h;branch=a;branch=b", "UDP", "h", 0, "a", false,
		0, NULL },
	{ "WebSocket host (RFC 7118)", "SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56", "WSS",
		"df7jal23ls0d.invalid", 0, "z9hG4bK56", false, 0, NULL },
};

static void vias_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct sip_via v;
		ROW(good[i].label);
		CHECK_OK(sip_via_parse(&v, span_of(good[i].in)));
		CHECK_SPAN(good[i].transport, v.transport);
		CHECK_SPAN(good[i].host, v.host);
		CHECK_INT(good[i].port, v.port);
		CHECK_INT(good[i].branch == NULL, v.branch.p == NULL);
		if (good[i].branch)
			CHECK_SPAN(good[i].branch, v.branch);
		CHECK_INT(good[i].has_rport, v.has_rport);
		CHECK_INT(good[i].rport, v.rport);
		CHECK_INT(good[i].received == NULL, v.received.p == NULL);
		if (good[i].received)
			CHECK_SPAN(good[i].received, v.received);
	}
}

static void ttl_is_noticed(void **state)
{
	struct sip_via v;

	(void)state;
	CHECK_OK(sip_via_parse(&v, SPAN("SIP/2.0/UDP h;ttl=1")));
	CHECK(v.has_ttl);
	CHECK_OK(sip_via_parse(&v, SPAN("SIP/2.0/UDP h")));
	CHECK(!v.has_ttl);
}

static void malformed_vias_are_refused(void **state)
{
	static const struct {
		const char *label, *in;
		sotto_err want;
		bool salvaged;
	} rows[] = {
		{ "empty", "", SOTTO_ESYNTAX, false },
		{ "protocol alone", "SIP/2.0/UDP", SOTTO_ESYNTAX, false },
		{ "no host", "SIP/2.0/UDP ", SOTTO_ESYNTAX, false },
		{ "no host but parameters", "SIP/2.0/UDP ;branch=x", SOTTO_ESYNTAX, false },
		{ "no transport", "SIP/2.0 h", SOTTO_ESYNTAX, false },
		{ "no blank before host", "SIP/2.0/UDP[::1]", SOTTO_ESYNTAX, false },
		{ "bad port", "SIP/2.0/UDP h:0", SOTTO_ESYNTAX, false },
		{ "IPv6 without brackets", "SIP/2.0/UDP 2001:db8::1", SOTTO_ESYNTAX, false },
		{ "two hosts", "SIP/2.0/UDP h i", SOTTO_ESYNTAX, true },
		{ "a comma", "SIP/2.0/UDP h, SIP/2.0/UDP i", SOTTO_ESYNTAX, true },
		{ "empty parameters (RFC 4475 §3.1.2.1)", "SIP/2.0/UDP 192.0.2.15;;", SOTTO_ESYNTAX,
			true },
		{ "empty branch", "SIP/2.0/UDP h;branch=", SOTTO_ESYNTAX, true },
		{ "rport 0", "SIP/2.0/UDP h;rport=0", SOTTO_ESYNTAX, true },
		{ "rport 65536", "SIP/2.0/UDP h;rport=65536", SOTTO_ESYNTAX, true },
		{ "rport of letters", "SIP/2.0/UDP h;rport=x", SOTTO_ESYNTAX, true },
		{ "another version", "SIP/7.0/UDP h;branch=x", SOTTO_EVERSION, true },
		{ "another protocol", "HTTP/2.0/UDP h;branch=x", SOTTO_EVERSION, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_via v;
		ROW(rows[i].label);
		memset(&v, 0x77, sizeof(v));
		CHECK_INT(rows[i].want, sip_via_parse(&v, span_of(rows[i].in)));
		CHECK(v.host.p == NULL && v.branch.p == NULL && !v.has_rport);
		CHECK_INT(rows[i].salvaged, sip_via_salvage(&v, span_of(rows[i].in)));
		CHECK_INT(rows[i].salvaged, v.host.p != NULL);
		CHECK(v.params.p == NULL);
	}
}

static void via_parameters_end_at_their_maximum(void **state)
{
	char text[13 + 2 * (SIP_PARAMS_MAX + 1)] = "SIP/2.0/UDP h";
	struct sip_via v;

	(void)state;
	for (size_t i = 13; i < sizeof(text); i += 2)
		memcpy(text + i, ";a", 2);
	CHECK_OK(sip_via_parse(&v, (struct span){ text, sizeof(text) - 2 }));
	CHECK_INT(SOTTO_ETOOBIG, sip_via_parse(&v, (struct span){ text, sizeof(text) }));
	CHECK(v.host.p == NULL);
}

static void received_and_rport_tell_the_source(void **state)
{
	static const struct {
		const char *label, *in, *source, *want;
	} rows[] = {
		{ "sent-by is the source", "SIP/2.0/UDP 192.0.2.1:5060" BRANCH, "192.0.2.1:5060",
			"SIP/2.0/UDP 192.0.2.1:5060" BRANCH },
		{ "another address (§18.2.1)", "SIP/2.0/UDP 10.0.0.1" BRANCH, "192.0.2.1:5060",
			"SIP/2.0/UDP 10.0.0.1" BRANCH ";received=192.0.2.1" },
		{ "a name (§18.2.1)", "SIP/2.0/TCP pc" BRANCH, "192.0.2.1:1",
			"SIP/2.0/TCP pc" BRANCH ";received=192.0.2.1" },
		{ "rport asked for (RFC 3581 §4)", "SIP/2.0/UDP 192.0.2.1;rport" BRANCH,
			"192.0.2.1:9",
			"SIP/2.0/UDP 192.0.2.1" BRANCH ";rport=9;received=192.0.2.1" },
		{ "claims are replaced", "SIP/2.0/UDP pc;received=203.0.113.9;rport=7" BRANCH,
			"192.0.2.1:9", "SIP/2.0/UDP pc" BRANCH ";rport=9;received=192.0.2.1" },
		{ "received alone is replaced", "SIP/2.0/UDP 192.0.2.1;received=203.0.113.9",
			"192.0.2.1:9", "SIP/2.0/UDP 192.0.2.1" },
		{ "IPv6 without brackets (RFC 5118 §4.5)", "SIP/2.0/UDP pc", "[2001:db8::1]:5060",
			"SIP/2.0/UDP pc;received=2001:db8::1" },
		{ "IPv6 in another spelling", "SIP/2.0/UDP [2001:DB8:0::1]", "[2001:db8::1]:5060",
			"SIP/2.0/UDP [2001:DB8:0::1]" },
		{ "other parameters stay", "SIP/2.0/UDP 192.0.2.1;alias;x=\"q\";keep=1",
			"192.0.2.1:9", "SIP/2.0/UDP 192.0.2.1;alias;x=\"q\";keep=1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256];
		struct buf b = buf_over(text, sizeof(text));
		struct netaddr source;
		struct sip_via v;
		ROW(rows[i].label);
		CHECK_OK(netaddr_parse(span_of(rows[i].source), &source));
		CHECK_OK(sip_via_parse(&v, span_of(rows[i].in)));
		sip_via_write_received(&b, &v, &source);
		CHECK_SPAN(rows[i].want, buf_span(&b));
	}
}

static void unknown_source_leaves_a_via_alone(void **state)
{
	struct netaddr none = { .family = IP_NONE };
	char text[64];
	struct buf b = buf_over(text, sizeof(text));
	struct sip_via v;

	(void)state;
	CHECK_OK(sip_via_parse(&v, SPAN("SIP / 2.0 / UDP pc ; rport")));
	sip_via_write_received(&b, &v, &none);
	CHECK_SPAN("SIP / 2.0 / UDP pc ; rport", buf_span(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vias_are_taken_apart),
		cmocka_unit_test(ttl_is_noticed),
		cmocka_unit_test(malformed_vias_are_refused),
		cmocka_unit_test(via_parameters_end_at_their_maximum),
		cmocka_unit_test(received_and_rport_tell_the_source),
		cmocka_unit_test(unknown_source_leaves_a_via_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
