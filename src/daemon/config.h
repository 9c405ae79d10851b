/**
 * @file daemon/config.h  The configuration file: YAML, checked against one table of keys
 * (config_keys.c), which also gives the defaults and docs/configuration.md.
 * No I/O but in config_load.
 */
#pragma once
#include "base/log.h"
#include "transport/transport.h"

#define CONFIG_SIZE_MAX   (256 * 1024) /* bytes of the file */
#define CONFIG_PATH_MAX   256
#define CONFIG_SOCKET_MAX 108 /* sun_path */
#define CONFIG_ERRORS_MAX 50  /* told one by one; more are only counted */
#define CONFIG_SOCKET     "/run/sotto/control.sock"

struct config_listener {
	char name[32];
	enum sip_transport transport;
	struct netaddr bind;                        /* with its port */
	struct netaddr advertise;                   /* IP_NONE: as bind; port 0: bind's */
	struct netaddr media_bind, media_advertise; /* IP_NONE: as bind, as advertise */
	char certificate[CONFIG_PATH_MAX], key[CONFIG_PATH_MAX];
};

struct config_ports {
	uint16_t first, last;
};

struct config {
	char realm[128];
	unsigned digest_algorithms; /* of enum auth_algorithm */
	char test_destination[64];  /* empty: none */
	uint32_t call_max_s;
	struct config_listener listeners[TRANSPORT_LISTENERS_MAX];
	size_t listener_count;
	struct config_ports media_ports;
	uint32_t media_dscp;
	uint32_t media_silence_s; /* 0: never */
	char tls_ca[CONFIG_PATH_MAX];
	bool tls_system_cas;
	char store_path[CONFIG_PATH_MAX];
	char control_socket[CONFIG_SOCKET_MAX];
	enum log_format log_format;
	enum log_level log_level;
	enum log_level log_levels[LOG_AREA_COUNT];
	uint32_t calls_max, flows_max, source_flows_max;
	uint32_t expires_min_s, expires_max_s;
	uint32_t timeout_1xx_s, timeout_2xx_s;
};

/** What is wrong, a line each: "sotto.yaml:12: listeners[1].transport: found "tsl", allowed: …". */
struct config_report {
	char text[16384];
	struct buf lines;
	unsigned count;
};

void config_report_init(struct config_report *r);

/**
 * Reads all of `text` and reports every error in it, not only the first.
 * @param file   [in] stands before each error; relative paths in it mean its folder
 * @param out    [out] defaults where nothing is said; meaningless on failure
 * @param report [out] initialised here
 * @return SOTTO_OK; SOTTO_ESYNTAX: see the report
 */
SOTTO_MUST_USE sotto_err config_parse(
	struct config *out, struct span text, const char *file, struct config_report *report);

/** As config_parse, of the file itself. One that cannot be read is an error in the report. */
SOTTO_MUST_USE sotto_err config_load(
	struct config *out, const char *file, struct config_report *report);

/** Every key with what is allowed, its default and its meaning, as Markdown. */
void config_write_reference(struct buf *b);

/** Format and levels of `log`; its sink stays. */
void config_apply_log(const struct config *c, struct log *log);
