/**
 * @file fuzz/daemon/config_fuzz.c  Any bytes as a configuration file: it is accepted without a
 * word, or refused with lines that each name the file; what is accepted keeps the table's promises.
 */
#include <stdlib.h>

#include "daemon/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config_report report; /* too big for the stack of some fuzzers */
	static struct config c;
	struct span left, line;

	if (config_parse(&c, (struct span){ (const char *)data, size }, "f", &report)) {
		left = span_of(report.text);
		must(left.n > 0 && report.count > 0);
		while (span_take(&left, '\n', &line))
			must(line.n > 2 && line.p[0] == 'f' && line.p[1] == ':');
		return 0;
	}
	must(report.count == 0 && report.text[0] == '\0');
	must(c.realm[0] && c.listener_count >= 1 && c.listener_count <= TRANSPORT_LISTENERS_MAX);
	must(c.media_ports.first % 2 == 0 && c.media_ports.last > c.media_ports.first);
	must(c.expires_min_s <= c.expires_max_s);
	for (size_t i = 0; i < c.listener_count; i++) {
		const struct config_listener *l = &c.listeners[i];
		must(l->bind.family && l->bind.port && l->transport != SIP_TRANSPORT_WSS);
		must((l->transport == SIP_TRANSPORT_TLS) == (l->certificate[0] && l->key[0]));
		must(!netaddr_is_any(&l->bind) || l->advertise.family);
	}
	return 0;
}
