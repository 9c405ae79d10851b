/** @file base/log.c */
#include "base/log.h"

#include <time.h>
#include <unistd.h>

#define LOG_LINE_MAX 4096

const char *log_area_name(enum log_area area)
{
	static const char *const names[] = {
#define X(name) #name,
		LOG_AREAS(X)
#undef X
	};
	return area < LOG_AREA_COUNT ? names[area] : "?";
}

static const char *const level_names[] = { "error", "warn", "info", "debug" };

const char *log_level_name(enum log_level level)
{
	return level <= LOG_LEVEL_DEBUG ? level_names[level] : "?";
}

static void stderr_sink(void *ctx, struct span line)
{
	(void)ctx;
	/* one write per record: lines of several threads do not mix */
	if (write(STDERR_FILENO, line.p, line.n) < 0)
		return; /* nowhere left to complain */
}

static wall_t system_wall(void *clock)
{
	(void)clock;
	return clock_wall();
}

void log_init_stderr(struct log *log)
{
	*log = (struct log){ .sink = stderr_sink, .wall = system_wall };
	log_set_level(log, LOG_LEVEL_INFO);
}

void log_set_level(struct log *log, enum log_level level)
{
	for (size_t i = 0; i < LOG_AREA_COUNT; i++)
		log->levels[i] = level;
}

/** Bytes of the UTF-8 character at the front of `s`; 0 if it is none (RFC 3629 §4). */
static size_t utf8_len(struct span s)
{
	uint8_t c = (uint8_t)s.p[0], c1 = s.n > 1 ? (uint8_t)s.p[1] : 0;
	size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : 4;

	if ((c >= 0x80 && c < 0xc2) || c > 0xf4 || n > s.n)
		return 0;
	if ((c == 0xe0 && c1 < 0xa0) || (c == 0xed && c1 > 0x9f) || (c == 0xf0 && c1 < 0x90) ||
		(c == 0xf4 && c1 > 0x8f))
		return 0;
	for (size_t i = 1; i < n; i++)
		if (((uint8_t)s.p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static void json_char(struct buf *b, struct span *s)
{
	size_t n = utf8_len(*s);
	uint8_t c = (uint8_t)s->p[0];

	if (n == 0)
		buf_lit(b, "\\ufffd");
	else if (n == 1 && (c == '"' || c == '\\'))
		buf_printf(b, "\\%c", c);
	else if (n == 1 && (c < 0x20 || c == 0x7f))
		buf_printf(b, "\\u%04x", c);
	else
		buf_put(b, (struct span){ s->p, n });
	n += n == 0;
	s->p += n;
	s->n -= n;
}

void json_write_string(struct buf *b, struct span s)
{
	buf_putc(b, '"');
	while (s.n)
		json_char(b, &s);
	buf_putc(b, '"');
}

static bool needs_quotes(struct span s)
{
	if (s.n == 0)
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '=' || s.p[i] == '\\' ||
			s.p[i] > '~')
			return true;
	return false;
}

static void write_span(struct buf *b, struct span s, enum log_format format)
{
	if (format == LOG_FORMAT_JSON || needs_quotes(s))
		json_write_string(b, s);
	else
		buf_put(b, s);
}

static void write_value(struct buf *b, const struct log_field *f, enum log_format format)
{
	char text[NETADDR_TEXT_MAX];

	switch (f->type) {
	case LOG_FIELD_SPAN: write_span(b, f->v.span, format); break;
	case LOG_FIELD_ADDR: write_span(b, span_of(netaddr_text(f->v.addr, text)), format); break;
	case LOG_FIELD_INT: buf_printf(b, "%lld", (long long)f->v.i); break;
	case LOG_FIELD_BOOL: buf_put(b, f->v.i ? SPAN("true") : SPAN("false")); break;
	}
}

static void write_time(struct buf *b, wall_t at)
{
	time_t seconds = (time_t)(at / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
		tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(at % 1000));
}

static void write_text_head(struct buf *b, const struct log *log, const char *area,
	enum log_level level, const char *event)
{
	if (log->wall) {
		write_time(b, log->wall(log->clock));
		buf_putc(b, ' ');
	}
	buf_printf(b, "%s %s %s", log_level_name(level), area, event);
}

static void write_json_head(struct buf *b, const struct log *log, const char *area,
	enum log_level level, const char *event)
{
	buf_putc(b, '{');
	if (log->wall) {
		buf_lit(b, "\"time\":\"");
		write_time(b, log->wall(log->clock));
		buf_lit(b, "\",");
	}
	buf_printf(b, "\"level\":\"%s\",\"area\":\"%s\",\"event\":\"%s\"", log_level_name(level),
		area, event);
}

/** Writes one field, or nothing if it does not fit: a line is never cut in mid-value. */
static void write_field(struct buf *b, const struct log_field *f, enum log_format format)
{
	struct buf before = *b;

	if (format == LOG_FORMAT_JSON)
		buf_printf(b, ",\"%s\":", f->name);
	else
		buf_printf(b, " %s=", f->name);
	write_value(b, f, format);
	if (b->overflow)
		*b = before;
}

void log_write(const struct log *log, enum log_area area, enum log_level level, const char *event,
	const struct log_field *fields, size_t n)
{
	char line[LOG_LINE_MAX];
	struct buf b = buf_over(line, sizeof(line) - 2);

	if (log->format == LOG_FORMAT_JSON)
		write_json_head(&b, log, log_area_name(area), level, event);
	else
		write_text_head(&b, log, log_area_name(area), level, event);
	for (size_t i = 0; i < n; i++)
		write_field(&b, &fields[i], log->format);
	b.cap = sizeof(line); /* the two bytes kept back */
	if (log->format == LOG_FORMAT_JSON)
		buf_putc(&b, '}');
	buf_putc(&b, '\n');
	log->sink(log->ctx, buf_span(&b));
}
