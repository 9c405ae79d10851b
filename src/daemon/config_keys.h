/** @file daemon/config_keys.h  The table of keys and what each type of value means. */
#pragma once
#include "daemon/config.h"
#include "store/names.h"

enum config_type {
	CONFIG_TEXT,     /* char[size]; 1 to `max` bytes */
	CONFIG_PATH,     /* char[size]; relative ones: of the file's folder */
	CONFIG_BOOL,     /* bool */
	CONFIG_NUMBER,   /* uint32_t, `min` to `max` */
	CONFIG_DURATION, /* uint32_t seconds, `min` to `max` */
	CONFIG_WORD,     /* an enum, one of `names` */
	CONFIG_PORTS,    /* struct config_ports, within `min` to `max` */
	CONFIG_ADDRESS,  /* struct netaddr, with or without a port */
	CONFIG_IP,       /* struct netaddr, without a port */
};

enum config_reload {
	CONFIG_AT_RESTART, /* a change counts after a restart */
	CONFIG_LIVE,
};

struct config_key {
	const char *path; /* "media.ports", "listeners[].bind" */
	enum config_type type;
	size_t offset; /* in struct config, or in struct config_listener below "listeners[]." */
	size_t size;
	uint32_t min, max;
	const struct name *names;
	const char *standard; /* its default as one would write it; NULL: none */
	bool is_required;
	enum config_reload reload;
	const char *text; /* what it is, for the reference */
};

#define CONFIG_LIST "listeners"

extern const struct config_key config_keys[];
extern const size_t config_key_count;

/** Below "listeners[]." */
bool config_key_is_listeners(const struct config_key *k);

/** What may stand there, for people: "udp, tcp, tls". */
void config_value_write_allowed(struct buf *b, const struct config_key *k);

/**
 * Reads `text` into the member of `object`.
 * @param folder [in] for relative paths; empty: as they are
 * @return SOTTO_OK; SOTTO_ESYNTAX: not allowed (config_value_write_allowed says what is)
 */
SOTTO_MUST_USE sotto_err config_value_set(
	const struct config_key *k, void *object, struct span text, struct span folder);
