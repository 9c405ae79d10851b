/** @file daemon/config_keys.c  Every key that there is: one row each. */
#include "daemon/config_keys.h"

#include <stddef.h>

#include "edge/edge.h"
#include "transport/sip_server.h"

#define PLACE(type_, member) \
	.offset = offsetof(struct type_, member), .size = sizeof(((struct type_ *)NULL)->member)
#define AT(member)      PLACE(config, member)
#define ITEM_AT(member) PLACE(config_listener, member)

#define DAY             (24 * 3600)

static const struct name transports[] = {
	{ "udp", SIP_TRANSPORT_UDP },
	{ "tcp", SIP_TRANSPORT_TCP },
	{ "tls", SIP_TRANSPORT_TLS },
	{ NULL, 0 },
};
static const struct name algorithms[] = {
	{ "md5", AUTH_MD5 },
	{ "sha256", AUTH_SHA256 },
	{ "both", AUTH_MD5 | AUTH_SHA256 },
	{ NULL, 0 },
};
static const struct name formats[] = {
	{ "text", LOG_FORMAT_TEXT },
	{ "json", LOG_FORMAT_JSON },
	{ NULL, 0 },
};
static const struct name levels[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warn", LOG_LEVEL_WARN },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
	{ NULL, 0 },
};

#define KEY(path_, type_, place_, text_, ...)                                     \
	{                                                                         \
		.path = (path_), .type = CONFIG_##type_, place_, .text = (text_), \
		.reload = CONFIG_AT_RESTART, ##__VA_ARGS__                        \
	}
#define LEVEL(area)                                                                  \
	KEY("log.levels." #area, WORD, AT(log_levels[LOG_AREA_##area]),              \
		"How much is logged of this area. As `log.level` unless it is set.", \
		.names = levels)

const struct config_key config_keys[] = {
	KEY("realm", TEXT, AT(realm),
		"Our own domain, and the realm of digest authentication. Passwords "
		"are kept as digests under it, so a store keeps its realm for good.",
		.max = 127, .is_required = true),
	KEY("authentication.algorithms", WORD, AT(digest_algorithms),
		"The digest algorithms that phones may answer with. `both` offers SHA-256 "
		"first (RFC 8760), but many phones give up at an algorithm that they do not "
		"know, so it is for those who know their phones. Inside TLS nobody on the "
		"path sees a digest.",
		.names = algorithms, .standard = "md5"),
	KEY("test_destination", TEXT, AT(test_destination),
		"The user part that reaches the test destination: it answers, plays "
		"one second of tone (440 Hz in the clear, 880 Hz with SRTP) and "
		"echoes. None unless it is set.",
		.max = 63),
	KEY("call_max", DURATION, AT(call_max_s), "A call ends after this time.", .min = 60,
		.max = 7 * DAY, .standard = "4h"),
	KEY("listeners[].name", TEXT, ITEM_AT(name), "What the log calls it.", .max = 31),
	KEY("listeners[].transport", WORD, ITEM_AT(transport), "What is spoken there.",
		.names = transports, .is_required = true),
	KEY("listeners[].bind", ADDRESS, ITEM_AT(bind),
		"The local address. The port is 5060, or 5061 for TLS, unless it is "
		"given.",
		.is_required = true),
	KEY("listeners[].advertise", ADDRESS, ITEM_AT(advertise),
		"The address that peers see, behind a 1:1 NAT: it stands in Via, "
		"Contact and SDP. As `bind` unless it is set; needed where `bind` "
		"is 0.0.0.0 or ::."),
	KEY("listeners[].certificate", PATH, ITEM_AT(certificate),
		"TLS: a PEM file with our certificate, then its intermediates in "
		"issuing order, without the root."),
	KEY("listeners[].key", PATH, ITEM_AT(key),
		"TLS: the PEM file of the certificate's private key, not encrypted."),
	KEY("listeners[].media_bind", IP, ITEM_AT(media_bind),
		"The local address of the media of calls that use this listener. As "
		"`bind` unless it is set."),
	KEY("listeners[].media_advertise", IP, ITEM_AT(media_advertise),
		"The address that stands in SDP. As `advertise` unless it is set."),
	KEY("media.ports", PORTS, AT(media_ports),
		"The UDP ports of media. Each leg takes a pair of them, so a call "
		"takes four.",
		.min = 1024, .max = 65535, .standard = "30000-39999"),
	KEY("media.dscp", NUMBER, AT(media_dscp), "The DSCP of media packets; 46 is EF.", .max = 63,
		.standard = "46"),
	KEY("media.silence_timeout", DURATION, AT(media_silence_s),
		"A call ends when a party that may send has sent nothing for this "
		"time; 0: never.",
		.max = DAY, .standard = "60s"),
	KEY("tls.ca", PATH, AT(tls_ca),
		"A PEM file of roots to trust where we connect to others by TLS."),
	KEY("tls.system_cas", BOOL, AT(tls_system_cas),
		"Whether the system's roots are trusted there too.", .standard = "true"),
	KEY("store.path", PATH, AT(store_path),
		"The file of connections, numbers and call records. Its folder must "
		"exist.",
		.standard = "/var/lib/sotto/sotto.db"),
	KEY("control.socket", PATH, AT(control_socket),
		"The Unix socket of `sotto ctl`: open to root and to the user of "
		"the daemon.",
		.standard = CONFIG_SOCKET),
	KEY("log.format", WORD, AT(log_format), "One line per event, as text or as JSON.",
		.names = formats, .standard = "text"),
	KEY("log.level", WORD, AT(log_level), "How much is logged.", .names = levels,
		.standard = "info"),
#define X(area) LEVEL(area),
	LOG_AREAS(X)
#undef X
		KEY("limits.calls", NUMBER, AT(calls_max),
			"Calls at a time; above, a new one gets 503.", .min = 1,
			.max = EDGE_CALLS_MAX, .standard = "2000"),
	KEY("limits.connections", NUMBER, AT(flows_max), "TCP and TLS connections at a time.",
		.min = 1, .max = SIP_SERVER_FLOWS_MAX, .standard = "4096"),
	KEY("limits.connections_per_source", NUMBER, AT(source_flows_max),
		"TCP and TLS connections at a time from one IPv4 address or IPv6 /64: more where "
		"many phones stand behind one NAT.",
		.min = 1, .max = SIP_SERVER_FLOWS_MAX, .standard = "256"),
	KEY("registrar.expires_min", DURATION, AT(expires_min_s),
		"A shorter registration is refused (423).", .min = 10, .max = 3600,
		.standard = "60s"),
	KEY("registrar.expires_max", DURATION, AT(expires_max_s),
		"A longer registration is cut to this.", .min = 60, .max = DAY, .standard = "1h"),
	KEY("timeouts.provisional", DURATION, AT(timeout_1xx_s),
		"How long we wait for any answer of a party that we call.", .min = 1, .max = 60,
		.standard = "5s"),
	KEY("timeouts.answer", DURATION, AT(timeout_2xx_s), "How long it may ring.", .min = 5,
		.max = 600, .standard = "3m"),
};
const size_t config_key_count = ARRAY_LEN(config_keys);

bool config_key_is_listeners(const struct config_key *k)
{
	struct span path = span_of(k->path);

	return span_strip(&path, SPAN(CONFIG_LIST "[]."));
}
