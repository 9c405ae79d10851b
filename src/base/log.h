/**
 * @file base/log.h  Structured log records: an event name and typed fields, as text or JSON.
 * Safe from any thread: a record is formatted on the caller's stack and handed to the sink whole.
 * Never pass a key, a password or a token: there is no redaction to rely on.
 */
#pragma once
#include "base/netaddr.h"
#include "base/time.h"

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

enum log_format {
	LOG_FORMAT_TEXT,
	LOG_FORMAT_JSON,
};

/** One area per folder that an operator can name. */
#define LOG_AREAS(X) \
	X(daemon) X(config) X(store) X(transport) X(tls) X(sip) X(registrar) X(call) X(media) X(ctl)

enum log_area {
#define X(name) LOG_AREA_##name,
	LOG_AREAS(X)
#undef X
		LOG_AREA_COUNT
};

struct log {
	enum log_format format;
	enum log_level levels[LOG_AREA_COUNT];
	/** Takes one whole line, newline included. Called from any thread. */
	void (*sink)(void *ctx, struct span line);
	void *ctx;
	wall_t (*wall)(void *clock); /* stamps records; NULL: none are stamped */
	void *clock;
};

enum log_field_type {
	LOG_FIELD_SPAN,
	LOG_FIELD_INT,
	LOG_FIELD_BOOL,
	LOG_FIELD_ADDR,
};

struct log_field {
	const char *name;
	enum log_field_type type;
	union {
		struct span span;
		int64_t i;
		const struct netaddr *addr;
	} v;
};

#define LOG_SPAN(name, s) ((struct log_field){ (name), LOG_FIELD_SPAN, { .span = (s) } })
#define LOG_STR(name, cstr) \
	((struct log_field){ (name), LOG_FIELD_SPAN, { .span = span_of(cstr) } })
#define LOG_INT(name, n)  ((struct log_field){ (name), LOG_FIELD_INT, { .i = (int64_t)(n) } })
#define LOG_BOOL(name, b) ((struct log_field){ (name), LOG_FIELD_BOOL, { .i = (b) } })
#define LOG_ADDR(name, a) ((struct log_field){ (name), LOG_FIELD_ADDR, { .addr = (a) } })

/** Info and above, text, to stderr, stamped by the system's clock. */
void log_init_stderr(struct log *log);

/** Sets all areas. */
void log_set_level(struct log *log, enum log_level level);

static inline bool log_is_on(const struct log *log, enum log_area area, enum log_level level)
{
	return log && log->sink && level <= log->levels[area];
}

/** Use the macros. `event` is a stable snake_case name that greps to one line. */
void log_write(const struct log *log, enum log_area area, enum log_level level, const char *event,
	const struct log_field *fields, size_t n);

/**
 * log_info(log, call, "call_answered", LOG_SPAN("call", id), LOG_INT("status", 200));
 * `log` may be NULL. At least one field.
 */
#define log_at(log_, area_, level_, event_, ...)                                             \
	do {                                                                                 \
		if (log_is_on((log_), LOG_AREA_##area_, (level_))) {                         \
			const struct log_field log_fields_[] = { __VA_ARGS__ };              \
			log_write((log_), LOG_AREA_##area_, (level_), (event_), log_fields_, \
				ARRAY_LEN(log_fields_));                                     \
		}                                                                            \
	} while (0)
#define log_error(log, area, event, ...) log_at(log, area, LOG_LEVEL_ERROR, event, __VA_ARGS__)
#define log_warn(log, area, event, ...)  log_at(log, area, LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_info(log, area, event, ...)  log_at(log, area, LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_debug(log, area, event, ...) log_at(log, area, LOG_LEVEL_DEBUG, event, __VA_ARGS__)

const char *log_area_name(enum log_area area);
const char *log_level_name(enum log_level level);

/** Appends `s` as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void json_write_string(struct buf *b, struct span s);
