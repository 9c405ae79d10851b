/** @file unit/daemon/config_test.c */
#include "daemon/config.h"

#include <stdio.h>
#include <unistd.h>

#include "unit/alloc_fail.h"
#include "unit/test.h"

/* a row of a table: clang-format 14 tears bare ones apart */
#define LINE(...)           \
	{                   \
		__VA_ARGS__ \
	}

#define HEAD     "realm: example.org\n"
#define LISTENER "listeners:\n  - transport: udp\n    bind: 192.0.2.1:5060\n"

static void a_short_file_gets_the_defaults(void **state)
{
	struct config_report report;
	struct config c;
	char text[NETADDR_TEXT_MAX];

	(void)state;
	CHECK_OK(config_parse(&c, SPAN(HEAD LISTENER), "sotto.yaml", &report));
	CHECK_SPAN("", span_of(report.text));
	CHECK_SPAN("example.org", span_of(c.realm));
	CHECK_INT(1, c.listener_count);
	CHECK_INT(SIP_TRANSPORT_UDP, c.listeners[0].transport);
	CHECK_SPAN("192.0.2.1:5060", span_of(netaddr_text(&c.listeners[0].bind, text)));
	CHECK_SPAN("192.0.2.1:5060", span_of(c.listeners[0].name));
	CHECK_INT(IP_NONE, c.listeners[0].advertise.family);
	CHECK_INT(30000, c.media_ports.first);
	CHECK_INT(39999, c.media_ports.last);
	CHECK_INT(46, c.media_dscp);
	CHECK_INT(60, c.media_silence_s);
	CHECK_SPAN("/var/lib/sotto/sotto.db", span_of(c.store_path));
	CHECK_SPAN("/run/sotto/control.sock", span_of(c.control_socket));
	CHECK_INT(LOG_FORMAT_TEXT, c.log_format);
	for (size_t i = 0; i < LOG_AREA_COUNT; i++)
		CHECK_INT(LOG_LEVEL_INFO, c.log_levels[i]);
	CHECK_INT(2000, c.calls_max);
	CHECK_INT(60, c.expires_min_s);
	CHECK_INT(3600, c.expires_max_s);
	CHECK_INT(14400, c.call_max_s);
	CHECK_SPAN("", span_of(c.test_destination));
	CHECK(c.tls_system_cas);
}

static void every_key_is_read(void **state)
{
	static const char text[] =
		"# all of it\n"
		"realm: \"example.org\"\n"
		"test_destination: echo\n"
		"call_max: 90m\n"
		"listeners:\n"
		"  - {name: lan, transport: udp, bind: 0.0.0.0, advertise: 198.51.100.7:5070,\n"
		"     media_bind: 10.0.0.1, media_advertise: 198.51.100.8}\n"
		"  - transport: tls\n"
		"    bind: '[2001:db8::1]'\n"
		"    certificate: tls/chain.pem\n"
		"    key: /etc/key.pem\n"
		"media: {ports: 10000-10003, dscp: 0, silence_timeout: 0}\n"
		"tls:\n  ca: roots.pem\n  system_cas: false\n"
		"store:\n  path: here.db\n"
		"control:\n  socket: ctl.sock\n"
		"log:\n  format: json\n  level: warn\n  levels:\n    sip: debug\n"
		"limits: {calls: 16384, connections: 1, connections_per_source: 3}\n"
		"registrar: {expires_min: 1m, expires_max: 24h}\n"
		"timeouts: {provisional: 4, answer: 30s}\n";
	struct config_report report;
	char addr[NETADDR_TEXT_MAX];
	struct config c;

	(void)state;
	CHECK_INT(SOTTO_OK, config_parse(&c, SPAN(text), "/etc/sotto/sotto.yaml", &report));
	CHECK_SPAN("", span_of(report.text));
	CHECK_SPAN("echo", span_of(c.test_destination));
	CHECK_INT(5400, c.call_max_s);
	CHECK_INT(2, c.listener_count);
	CHECK_SPAN("lan", span_of(c.listeners[0].name));
	CHECK_SPAN("0.0.0.0:5060", span_of(netaddr_text(&c.listeners[0].bind, addr)));
	CHECK_SPAN("198.51.100.7:5070", span_of(netaddr_text(&c.listeners[0].advertise, addr)));
	CHECK_SPAN("10.0.0.1", span_of(netaddr_text(&c.listeners[0].media_bind, addr)));
	CHECK_SPAN("198.51.100.8", span_of(netaddr_text(&c.listeners[0].media_advertise, addr)));
	CHECK_SPAN("[2001:db8::1]:5061", span_of(netaddr_text(&c.listeners[1].bind, addr)));
	CHECK_SPAN("/etc/sotto/tls/chain.pem", span_of(c.listeners[1].certificate));
	CHECK_SPAN("/etc/key.pem", span_of(c.listeners[1].key));
	CHECK_INT(10000, c.media_ports.first);
	CHECK_INT(10003, c.media_ports.last);
	CHECK_INT(0, c.media_dscp);
	CHECK_INT(0, c.media_silence_s);
	CHECK_SPAN("/etc/sotto/roots.pem", span_of(c.tls_ca));
	CHECK(!c.tls_system_cas);
	CHECK_SPAN("/etc/sotto/here.db", span_of(c.store_path));
	CHECK_SPAN("/etc/sotto/ctl.sock", span_of(c.control_socket));
	CHECK_INT(LOG_FORMAT_JSON, c.log_format);
	CHECK_INT(LOG_LEVEL_DEBUG, c.log_levels[LOG_AREA_sip]);
	CHECK_INT(LOG_LEVEL_WARN, c.log_levels[LOG_AREA_media]);
	CHECK_INT(16384, c.calls_max);
	CHECK_INT(1, c.flows_max);
	CHECK_INT(3, c.source_flows_max);
	CHECK_INT(86400, c.expires_max_s);
	CHECK_INT(4, c.timeout_1xx_s);
	CHECK_INT(30, c.timeout_2xx_s);
}

static void wrong_files_are_told_where_and_what(void **state)
{
	static const struct {
		const char *label, *text, *want;
	} rows[] = {
		LINE("nothing", "",
			"sotto.yaml: realm: missing, allowed: 1 to 127 characters\n"
			"sotto.yaml: listeners: missing, allowed: 1 to 32 listeners\n"),
		LINE("a word", "hello\n",
			"sotto.yaml:1: found \"hello\", allowed: a block of keys\n"
			"sotto.yaml: realm: missing, allowed: 1 to 127 characters\n"
			"sotto.yaml: listeners: missing, allowed: 1 to 32 listeners\n"),
		LINE("no YAML", HEAD "listeners: [\n",
			"sotto.yaml:3: not valid YAML: did not find expected node content, while "
			"parsing a flow node\n"),
		LINE("a tab", HEAD LISTENER "media:\n\tports: 1\n",
			"sotto.yaml:6: not valid YAML: found character that cannot start any token, "
			"while scanning for the next token\n"),
		LINE("two documents", HEAD LISTENER "---\nrealm: b\n",
			"sotto.yaml:5: found a second document ('---'), allowed: one\n"),
		LINE("a wrong word",
			HEAD LISTENER "  - name: two\n    transport: tsl\n    bind: 192.0.2.2\n",
			"sotto.yaml:6: listeners[1].transport: found \"tsl\", allowed: udp, tcp, tls\n"),
		LINE("an unknown key", HEAD LISTENER "medai:\n  ports: 1\n",
			"sotto.yaml:5: medai: unknown key, allowed: realm, authentication, "
			"test_destination, call_max, listeners, media, tls, store, control, log, "
			"limits, registrar, timeouts\n"),
		LINE("an unknown key in a section", HEAD LISTENER "media:\n  port: 1\n",
			"sotto.yaml:6: media.port: unknown key, allowed: ports, dscp, silence_timeout\n"),
		LINE("an unknown key in a listener", HEAD LISTENER "    cert: x\n",
			"sotto.yaml:5: listeners[0].cert: unknown key, allowed: name, transport, bind, "
			"advertise, certificate, key, media_bind, media_advertise\n"),
		LINE("a path as a key", HEAD LISTENER "media.ports: 1\n",
			"sotto.yaml:5: media.ports: unknown key, allowed: realm, authentication, "
			"test_destination, call_max, listeners, media, tls, store, control, log, limits, registrar, "
			"timeouts\n"),
		LINE("a key twice", HEAD LISTENER "realm: b\n",
			"sotto.yaml:5: realm: stands there a second time, allowed: once (first in line "
			"1)\n"),
		LINE("a section twice", HEAD LISTENER "media:\nmedia:\n  dscp: 1\n",
			"sotto.yaml:6: media: stands there a second time, allowed: once (first in line "
			"5)\n"),
		LINE("no value", "realm:\n" LISTENER,
			"sotto.yaml:1: realm: found nothing, allowed: 1 to 127 characters\n"),
		LINE("a list for a value", "realm: [a, [b]]\n" LISTENER,
			"sotto.yaml:1: realm: found a list, allowed: 1 to 127 characters\n"),
		LINE("a block for a value", "realm: {a: {b: c}}\n" LISTENER,
			"sotto.yaml:1: realm: found a block of keys, allowed: 1 to 127 characters\n"),
		LINE("a value for a section", HEAD LISTENER "media: 5\n",
			"sotto.yaml:5: media: found \"5\", allowed: a block of keys\n"),
		LINE("a value for the list", HEAD "listeners: udp\n",
			"sotto.yaml:2: listeners: found \"udp\", allowed: a list, each item beginning "
			"with '-'\n"
			"sotto.yaml:2: listeners: found none, allowed: 1 to 32 listeners\n"),
		LINE("an empty list", HEAD "listeners: []\n",
			"sotto.yaml:2: listeners: found none, allowed: 1 to 32 listeners\n"),
		LINE("a word in the list", HEAD "listeners: [udp]\n",
			"sotto.yaml:2: listeners[0]: found \"udp\", allowed: a block of keys\n"
			"sotto.yaml:2: listeners: found none, allowed: 1 to 32 listeners\n"),
		LINE("an alias", "realm: &a b\ntest_destination: *a\n" LISTENER,
			"sotto.yaml:2: test_destination: found an alias, allowed: 1 to 63 characters\n"),
		LINE("a listener without its needs", HEAD "listeners:\n  - name: x\n",
			"sotto.yaml:3: listeners[0].transport: missing, allowed: udp, tcp, tls\n"
			"sotto.yaml:3: listeners[0].bind: missing, allowed: an IP address with or "
			"without a port, such as 192.0.2.1:5060 or [2001:db8::1]:5060\n"),
		LINE("a bind that is a name",
			HEAD "listeners:\n  - transport: udp\n    bind: localhost\n",
			"sotto.yaml:4: listeners[0].bind: found \"localhost\", allowed: an IP address "
			"with or without a port, such as 192.0.2.1:5060 or [2001:db8::1]:5060\n"),
		LINE("tls without certificate",
			HEAD "listeners:\n  - transport: tls\n    bind: 192.0.2.1\n",
			"sotto.yaml:3: listeners[0].certificate: missing, allowed: a PEM file: "
			"transport is tls\n"
			"sotto.yaml:3: listeners[0].key: missing, allowed: a PEM file: transport is "
			"tls\n"),
		LINE("a certificate for udp", HEAD LISTENER "    certificate: a.pem\n",
			"sotto.yaml:5: listeners[0].certificate: found one, allowed: only where "
			"transport is tls\n"),
		LINE("every address and none to tell",
			HEAD "listeners:\n  - transport: udp\n    bind: '[::]:5060'\n",
			"sotto.yaml:3: listeners[0].advertise: missing, allowed: an IP address; bind is "
			"every address, and a peer must be told one\n"),
		LINE("advertising nobody", HEAD LISTENER "    advertise: 0.0.0.0\n",
			"sotto.yaml:5: listeners[0].advertise: found an address of nobody, allowed: "
			"one that peers can reach\n"),
		LINE("a media address with a port", HEAD LISTENER "    media_bind: 192.0.2.1:1\n",
			"sotto.yaml:5: listeners[0].media_bind: found \"192.0.2.1:1\", allowed: an IP "
			"address without a port, such as 192.0.2.1 or 2001:db8::1\n"),
		LINE("media of the other family", HEAD LISTENER "    media_bind: 2001:db8::1\n",
			"sotto.yaml:3: listeners[0].media_advertise: missing, allowed: an IP address "
			"of the family of media_bind\n"),
		LINE("an address twice",
			HEAD LISTENER "  - transport: udp\n    bind: 192.0.2.1\n"
				      "  - transport: tcp\n    bind: 192.0.2.1\n",
			"sotto.yaml:6: listeners[1].bind: found the address of listeners[0], allowed: "
			"another one\n"),
		LINE("ports the wrong way round", HEAD LISTENER "media:\n  ports: 40000-30000\n",
			"sotto.yaml:6: media.ports: found \"40000-30000\", allowed: two ports from 1024 "
			"to 65535, the first even, such as 30000-39999\n"),
		LINE("an odd first port", HEAD LISTENER "media:\n  ports: 30001-30010\n",
			"sotto.yaml:6: media.ports: found \"30001-30010\", allowed: two ports from 1024 "
			"to 65535, the first even, such as 30000-39999\n"),
		LINE("one port", HEAD LISTENER "media:\n  ports: 30000\n",
			"sotto.yaml:6: media.ports: found \"30000\", allowed: two ports from 1024 to "
			"65535, the first even, such as 30000-39999\n"),
		LINE("a port too high", HEAD LISTENER "media:\n  ports: 30000-65536\n",
			"sotto.yaml:6: media.ports: found \"30000-65536\", allowed: two ports from 1024 "
			"to 65535, the first even, such as 30000-39999\n"),
		LINE("a number too high", HEAD LISTENER "media: {dscp: 64}\n",
			"sotto.yaml:5: media.dscp: found \"64\", allowed: a whole number from 0 to 63\n"),
		LINE("a number too low", HEAD LISTENER "limits: {calls: 0}\n",
			"sotto.yaml:5: limits.calls: found \"0\", allowed: a whole number from 1 to "
			"16384\n"),
		LINE("a negative number", HEAD LISTENER "limits: {calls: -1}\n",
			"sotto.yaml:5: limits.calls: found \"-1\", allowed: a whole number from 1 to "
			"16384\n"),
		LINE("a time without a unit that we know", HEAD LISTENER "call_max: 4 hours\n",
			"sotto.yaml:5: call_max: found \"4 hours\", allowed: a time from 1m to 168h, "
			"such as 90s, 5m or 1h\n"),
		LINE("a time that overflows", HEAD LISTENER "call_max: 99999999999h\n",
			"sotto.yaml:5: call_max: found \"99999999999h\", allowed: a time from 1m to "
			"168h, such as 90s, 5m or 1h\n"),
		LINE("yes is not true", HEAD LISTENER "tls: {system_cas: yes}\n",
			"sotto.yaml:5: tls.system_cas: found \"yes\", allowed: true, false\n"),
		LINE("expiries that cross",
			HEAD LISTENER "registrar:\n  expires_max: 2m\n  expires_min: 3m\n",
			"sotto.yaml:7: registrar.expires_min: found 180s, allowed: at most "
			"registrar.expires_max, which is 120s\n"),
		LINE("a control character", "realm: \"a\\nb\"\n" LISTENER,
			"sotto.yaml:1: realm: found \"a\\u000ab\", allowed: 1 to 127 characters\n"),
		LINE("a zero byte", "realm: \"a\\0b\"\n" LISTENER,
			"sotto.yaml:1: realm: found \"a\\u0000b\", allowed: 1 to 127 characters\n"),
		LINE("a list as a key", HEAD LISTENER "? [a]\n: b\n",
			"sotto.yaml:5: found a list, allowed: a key\n"),
		LINE("an area that is none", HEAD LISTENER "log: {levels: {sips: info}}\n",
			"sotto.yaml:5: log.levels.sips: unknown key, allowed: daemon, config, store, "
			"transport, tls, sip, registrar, call, media, ctl\n"),
		LINE("several at once",
			"realm: ''\nlisteners:\n  - transport: sctp\n    bind: here\nmedia:\n  dscp: x\n",
			"sotto.yaml:1: realm: found \"\", allowed: 1 to 127 characters\n"
			"sotto.yaml:3: listeners[0].transport: found \"sctp\", allowed: udp, tcp, tls\n"
			"sotto.yaml:4: listeners[0].bind: found \"here\", allowed: an IP address with "
			"or without a port, such as 192.0.2.1:5060 or [2001:db8::1]:5060\n"
			"sotto.yaml:6: media.dscp: found \"x\", allowed: a whole number from 0 to 63\n"),
	};
	struct config_report report;
	struct config c;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		CHECK_INT(SOTTO_ESYNTAX,
			config_parse(&c, span_of(rows[i].text), "sotto.yaml", &report));
		CHECK_SPAN(rows[i].want, span_of(report.text));
	}
}

static void listeners_are_32_at_most(void **state)
{
	struct config_report report;
	struct config c;
	char text[8192] = "";
	struct buf b;

	(void)state;
	for (int n = 32; n <= 33; n++) {
		b = buf_over(text, sizeof(text));
		buf_lit(&b, HEAD "listeners:\n");
		for (int i = 0; i < n; i++)
			buf_printf(&b, "  - {transport: udp, bind: 192.0.2.%d}\n", i);
		if (n == 32)
			CHECK_OK(config_parse(&c, buf_span(&b), "sotto.yaml", &report));
	}
	CHECK_INT(SOTTO_ESYNTAX, config_parse(&c, buf_span(&b), "sotto.yaml", &report));
	CHECK_SPAN("sotto.yaml:35: listeners: found more than 32, allowed: 1 to 32\n",
		span_of(report.text));
}

static void errors_beyond_50_are_counted(void **state)
{
	struct config_report report;
	struct config c;
	char text[8192];
	struct buf b = buf_over(text, sizeof(text));

	(void)state;
	buf_lit(&b, HEAD LISTENER);
	for (int i = 0; i < 52; i++)
		buf_printf(&b, "k%d: 1\n", i);
	CHECK_INT(SOTTO_ESYNTAX, config_parse(&c, buf_span(&b), "sotto.yaml", &report));
	CHECK_INT(52, report.count);
	CHECK(strstr(report.text, "k49:") != NULL);
	CHECK(strstr(report.text, "k50:") == NULL);
	CHECK(strstr(report.text, "sotto.yaml: and 2 errors more\n") != NULL);
}

static void a_file_that_cannot_be_read_says_why(void **state)
{
	char path[] = "/tmp/sotto-config-XXXXXX", want[128];
	struct config_report report;
	struct config c;
	int fd = mkstemp(path);

	(void)state;
	CHECK(fd >= 0);
	ROW("256 KiB");
	CHECK(write(fd, HEAD LISTENER "#", strlen(HEAD LISTENER "#")) > 0);
	CHECK_INT(0, ftruncate(fd, 0));
	for (size_t n = 0; n < CONFIG_SIZE_MAX; n += 64)
		CHECK_INT(64,
			pwrite(fd,
				"###############################################################\n",
				64, (off_t)n));
	CHECK(pwrite(fd, HEAD LISTENER "#", strlen(HEAD LISTENER "#"), 0) > 0);
	CHECK_OK(config_load(&c, path, &report));
	ROW("one byte more");
	CHECK_INT(1, pwrite(fd, "#", 1, CONFIG_SIZE_MAX));
	CHECK_INT(SOTTO_ESYNTAX, config_load(&c, path, &report));
	snprintf(want, sizeof(want), "%s: found more than 256 KiB, allowed: less\n", path);
	CHECK_SPAN(want, span_of(report.text));
	close(fd);
	unlink(path);
	ROW("gone");
	CHECK_INT(SOTTO_ESYNTAX, config_load(&c, "/nonexistent/sotto.yaml", &report));
	CHECK_SPAN("/nonexistent/sotto.yaml: No such file or directory\n", span_of(report.text));
}

static void parse_once(void *ctx)
{
	struct config_report report;
	struct config c;
	sotto_err err = config_parse(&c, SPAN(HEAD LISTENER), "sotto.yaml", &report);

	(void)ctx;
	CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
}

static void config_survives_every_failed_allocation(void **state)
{
	(void)state;
	alloc_fail_sweep(parse_once, NULL);
}

static void reference_page_is_up_to_date(void **state)
{
	char want[32768], got[32768];
	struct buf b = buf_over(want, sizeof(want));
	FILE *f = fopen(TEST_DATA_DIR "/../../docs/configuration.md", "r");

	(void)state;
	config_write_reference(&b);
	CHECK_OK(buf_err(&b));
	if (!f)
		fail_msg("docs/configuration.md: sotto serve --print-config-reference makes it");
	size_t n = fread(got, 1, sizeof(got), f);
	fclose(f);
	if (!span_eq(buf_span(&b), (struct span){ got, n }))
		fail_msg("docs/configuration.md is old: sotto serve --print-config-reference");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_file_gets_the_defaults),
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(wrong_files_are_told_where_and_what),
		cmocka_unit_test(listeners_are_32_at_most),
		cmocka_unit_test(errors_beyond_50_are_counted),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
		cmocka_unit_test(config_survives_every_failed_allocation),
		cmocka_unit_test(reference_page_is_up_to_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
