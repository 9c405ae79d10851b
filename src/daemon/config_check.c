/** @file daemon/config_check.c */
#include "daemon/config_check.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/config_keys.h"

void config_report_init(struct config_report *r)
{
	r->lines = buf_over(r->text, sizeof(r->text) - 1);
	r->count = 0;
	memset(r->text, 0, sizeof(r->text));
}

static void add_line(struct config_report *r, const char *file, unsigned line, const char *key,
	const char *message)
{
	struct buf before = r->lines;

	if (r->count++ >= CONFIG_ERRORS_MAX)
		return;
	buf_put(&r->lines, span_of(file));
	if (line)
		buf_printf(&r->lines, ":%u", line);
	if (*key)
		buf_printf(&r->lines, ": %s", key);
	buf_printf(&r->lines, ": %s\n", message);
	if (r->lines.overflow) { /* whole lines only */
		memset(before.p + before.n, 0, before.cap - before.n);
		r->lines = before;
	}
}

void config_report_add(
	struct config_walked *w, unsigned line, const char *key, const char *fmt, ...)
{
	char message[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	add_line(w->report, w->file, line, key, message);
}

void config_set_defaults(struct config *c)
{
	sotto_err err;

	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		if (!k->standard)
			continue;
		err = config_value_set(k, c, span_of(k->standard), SPAN_NONE);
		assert(!err); /* the table's own defaults are allowed values */
	}
}

static size_t row_of(const char *path)
{
	size_t i = 0;

	while (i < config_key_count && strcmp(config_keys[i].path, path) != 0)
		i++;
	return i;
}

static void missing(struct config_walked *w, unsigned line, const char *prefix,
	const struct config_key *k, const char *leaf)
{
	char allowed[256] = "", shown[96];
	struct buf b = buf_over(allowed, sizeof(allowed) - 1);

	config_value_write_allowed(&b, k);
	snprintf(shown, sizeof(shown), "%s%s", prefix, leaf);
	config_report_add(w, line, shown, "missing, allowed: %s", allowed);
}

static void check_required(struct config_walked *w)
{
	struct config *c = w->config;
	char prefix[48];

	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		if (!k->is_required)
			continue;
		if (!config_key_is_listeners(k) && !w->lines[i])
			missing(w, 0, "", k, k->path);
		for (size_t n = 0; config_key_is_listeners(k) && n < c->listener_count; n++) {
			snprintf(prefix, sizeof(prefix), CONFIG_LIST "[%zu].", n);
			if (!w->listener_lines[n][i])
				missing(w, w->listener_line[n], prefix, k,
					k->path + strlen(CONFIG_LIST "[]."));
		}
	}
	if (c->listener_count == 0 && !w->list_line)
		config_report_add(w, 0, CONFIG_LIST, "missing, allowed: 1 to %d listeners",
			TRANSPORT_LISTENERS_MAX);
	else if (c->listener_count == 0)
		config_report_add(w, w->list_line, CONFIG_LIST,
			"found none, allowed: 1 to %d listeners", TRANSPORT_LISTENERS_MAX);
}

/** One listener and the names of its keys. */
struct item {
	struct config_walked *w;
	size_t n;
	struct config_listener *l;
};

static unsigned line_in(const struct item *i, const char *leaf)
{
	char path[64];

	snprintf(path, sizeof(path), CONFIG_LIST "[].%s", leaf);
	return i->w->listener_lines[i->n][row_of(path)];
}

static void complain(const struct item *i, const char *leaf, const char *message)
{
	unsigned line = line_in(i, leaf);
	char shown[64];

	snprintf(shown, sizeof(shown), CONFIG_LIST "[%zu].%s", i->n, leaf);
	config_report_add(i->w, line ? line : i->w->listener_line[i->n], shown, "%s", message);
}

static void check_tls(const struct item *i)
{
	static const char *const leaves[] = { "certificate", "key" };
	bool is_tls = i->l->transport == SIP_TRANSPORT_TLS;

	if (!line_in(i, "transport"))
		return; /* told already */
	for (size_t k = 0; k < ARRAY_LEN(leaves); k++) {
		bool has = line_in(i, leaves[k]) != 0;
		if (is_tls && !has)
			complain(i, leaves[k], "missing, allowed: a PEM file: transport is tls");
		if (!is_tls && has)
			complain(i, leaves[k], "found one, allowed: only where transport is tls");
	}
}

static void check_addresses(const struct item *i)
{
	const struct config_listener *l = i->l;

	if (l->bind.family && l->advertise.family == IP_NONE && netaddr_is_any(&l->bind))
		complain(i, "advertise",
			"missing, allowed: an IP address; bind is every address, and a peer must "
			"be told one");
	if (l->advertise.family && netaddr_is_any(&l->advertise))
		complain(i, "advertise",
			"found an address of nobody, allowed: one that peers can "
			"reach");
	if (l->media_advertise.family && netaddr_is_any(&l->media_advertise))
		complain(i, "media_advertise",
			"found an address of nobody, allowed: one that peers can reach");
	if (l->media_bind.family && !l->media_advertise.family && !l->advertise.family &&
		netaddr_is_any(&l->media_bind))
		complain(i, "media_advertise",
			"missing, allowed: an IP address; media_bind is every address");
	if (l->bind.family && l->media_bind.family && l->media_bind.family != l->bind.family &&
		!l->media_advertise.family)
		complain(i, "media_advertise",
			"missing, allowed: an IP address of the family of media_bind");
}

/** UDP and a stream may share a port; two streams, or two of UDP, may not. */
static void check_twice(const struct item *i)
{
	const struct config_listener *l = i->l;

	for (size_t k = 0; k < i->n; k++) {
		const struct config_listener *other = &i->w->config->listeners[k];
		char message[96];
		if (!l->bind.family || !l->bind.port || !netaddr_eq(&l->bind, &other->bind) ||
			(l->transport == SIP_TRANSPORT_UDP) !=
				(other->transport == SIP_TRANSPORT_UDP))
			continue;
		snprintf(message, sizeof(message),
			"found the address of " CONFIG_LIST "[%zu], allowed: another one", k);
		complain(i, "bind", message);
	}
}

/** Follows from other keys. */
static void complete(struct config_walked *w)
{
	struct config *c = w->config;

	for (size_t n = 0; n < c->listener_count; n++) {
		struct config_listener *l = &c->listeners[n];
		char bind[NETADDR_TEXT_MAX];
		if (l->bind.family && l->bind.port == 0)
			l->bind.port = sip_transport_port(l->transport);
		if (!l->name[0])
			snprintf(l->name, sizeof(l->name), "%.31s", netaddr_text(&l->bind, bind));
	}
	for (size_t a = 0; a < LOG_AREA_COUNT; a++) {
		char path[64];
		snprintf(path, sizeof(path), "log.levels.%s", log_area_name((enum log_area)a));
		if (!w->lines[row_of(path)])
			c->log_levels[a] = c->log_level;
	}
}

void config_check(struct config_walked *w)
{
	struct config *c = w->config;

	check_required(w);
	complete(w);
	for (size_t n = 0; n < c->listener_count; n++) {
		struct item item = { w, n, &c->listeners[n] };
		check_tls(&item);
		check_addresses(&item);
		check_twice(&item);
	}
	if (c->expires_min_s > c->expires_max_s)
		config_report_add(w, w->lines[row_of("registrar.expires_min")],
			"registrar.expires_min",
			"found %us, allowed: at most registrar.expires_max, which is %us",
			c->expires_min_s, c->expires_max_s);
	if (w->report->count > CONFIG_ERRORS_MAX) {
		unsigned more = w->report->count - CONFIG_ERRORS_MAX;
		buf_printf(&w->report->lines, "%s: and %u errors more\n", w->file, more);
	}
}

sotto_err config_load(struct config *out, const char *file, struct config_report *report)
{
	char *text = malloc(CONFIG_SIZE_MAX + 1);
	FILE *f = fopen(file, "rbe");
	sotto_err err = SOTTO_ESYNTAX;
	size_t n = 0;

	memset(out, 0, sizeof(*out));
	config_report_init(report);
	errno = f ? 0 : errno;
	if (f && text)
		n = fread(text, 1, CONFIG_SIZE_MAX + 1, f);
	if (!text)
		err = SOTTO_ENOMEM;
	else if (!f || ferror(f))
		add_line(report, file, 0, "", strerror(errno));
	else if (n > CONFIG_SIZE_MAX)
		add_line(report, file, 0, "", "found more than 256 KiB, allowed: less");
	else
		err = config_parse(out, (struct span){ text, n }, file, report);
	if (f)
		fclose(f);
	free(text);
	return err;
}

void config_apply_log(const struct config *c, struct log *log)
{
	log->format = c->log_format;
	memcpy(log->levels, c->log_levels, sizeof(log->levels));
}
