/** @file cli/ctl_print.c */
#include "cli/ctl_print.h"

#include <time.h>

#include "base/buf.h"

#define COLUMNS_MAX 12
#define CELL_MAX    160

/** Columns as wide as they must be: rows are collected, then printed. */
struct table {
	json_t *rows; /* arrays of strings */
	size_t width[COLUMNS_MAX];
};

/** Characters, not bytes: close enough for names. */
static size_t width_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((uint8_t)*text & 0xc0) != 0x80;
	return n;
}

static void print_clean(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc((uint8_t)*text < ' ' || *text == 0x7f ? '?' : *text, out);
}

static void table_add(struct table *t, const char *const *cells, size_t n)
{
	json_t *row = json_array();

	for (size_t i = 0; i < n; i++) {
		size_t width = width_of(cells[i]);
		if (width > t->width[i])
			t->width[i] = width;
		json_array_append_new(row, json_string(cells[i]));
	}
	json_array_append_new(t->rows, row);
}

static void table_begin(struct table *t, const char *const *headings, size_t n)
{
	*t = (struct table){ .rows = json_array() };
	table_add(t, headings, n);
}

static void table_end(struct table *t, FILE *out)
{
	for (size_t r = 0; r < json_array_size(t->rows); r++) {
		const json_t *row = json_array_get(t->rows, r);
		size_t n = json_array_size(row);
		for (size_t i = 0; i < n; i++) {
			const char *cell = json_string_value(json_array_get(row, i));
			print_clean(out, cell);
			if (i + 1 < n)
				fprintf(out, "%*s", (int)(t->width[i] - width_of(cell) + 2), "");
		}
		fputc('\n', out);
	}
	json_decref(t->rows);
}

/** A member as text; what is not there, or empty, is "-". */
static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text && *text ? text : "-";
}

static const char *join(const json_t *list, char out[CELL_MAX])
{
	struct buf b = buf_over(out, CELL_MAX - 1);

	memset(out, 0, CELL_MAX);
	for (size_t i = 0; i < json_array_size(list); i++)
		buf_printf(&b, "%s%s", i ? "," : "", json_string_value(json_array_get(list, i)));
	if (b.overflow)
		memcpy(out + CELL_MAX - 4, "...", 3);
	return *out ? out : "-";
}

/** Where it is: users, addresses, or a host. */
static const char *reach_of(const json_t *c, char out[CELL_MAX])
{
	if (*text_of(c, "host") != '-')
		return text_of(c, "host");
	if (json_array_size(json_object_get(c, "addresses")))
		return join(json_object_get(c, "addresses"), out);
	return join(json_object_get(c, "users"), out);
}

void ctl_print_connections(FILE *out, const json_t *data)
{
	static const char *const headings[] = { "ID", "NAME", "KIND", "USER, ADDRESS OR HOST",
		"TRANSPORT", "INBOUND", "OUTBOUND", "TLS", "ACTIVE", "NUMBERS" };
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	for (size_t i = 0; i < json_array_size(data); i++) {
		const json_t *c = json_array_get(data, i);
		char reach[CELL_MAX], numbers[CELL_MAX];
		const char *cells[] = { text_of(c, "id"), text_of(c, "name"), text_of(c, "kind"),
			reach_of(c, reach), text_of(c, "transport"), text_of(c, "inbound_media"),
			text_of(c, "outbound_media"),
			json_is_true(json_object_get(c, "require_tls")) ? "required" : "-",
			json_is_true(json_object_get(c, "is_active")) ? "yes" : "no",
			join(json_object_get(c, "numbers"), numbers) };
		table_add(&t, cells, ARRAY_LEN(cells));
	}
	table_end(&t, out);
}

static void print_member(FILE *out, const char *key, const json_t *value)
{
	char text[CELL_MAX];

	fprintf(out, "%-22s ", key);
	if (json_is_string(value))
		print_clean(out, *json_string_value(value) ? json_string_value(value) : "-");
	else if (json_is_array(value))
		print_clean(out, join(value, text));
	else if (json_is_integer(value))
		fprintf(out, "%lld", (long long)json_integer_value(value));
	else
		fputs(json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "-", out);
	fputc('\n', out);
}

static void print_members(FILE *out, const json_t *data)
{
	json_t *object = (json_t *)(uintptr_t)data; /* jansson's iterators take no const */
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) print_member(out, key, value);
}

void ctl_print_connection(FILE *out, const json_t *data)
{
	print_members(out, data);
}

void ctl_print_credential(FILE *out, const json_t *data)
{
	print_members(out, data);
}

void ctl_print_number(FILE *out, const json_t *data)
{
	print_members(out, data);
}

void ctl_print_status(FILE *out, const json_t *data)
{
	print_members(out, data);
}

void ctl_print_removed(FILE *out, const json_t *data)
{
	static const char *const keys[] = { "id", "user", "number" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (!json_object_get(data, keys[i]))
			continue;
		fputs("removed ", out);
		print_clean(out, text_of(data, keys[i]));
		fputc('\n', out);
		return;
	}
}

void ctl_print_numbers(FILE *out, const json_t *data)
{
	static const char *const headings[] = { "NUMBER", "CONNECTION", "ID" };
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	for (size_t i = 0; i < json_array_size(data); i++) {
		const json_t *n = json_array_get(data, i);
		const char *cells[] = { text_of(n, "number"), text_of(n, "connection_name"),
			text_of(n, "connection_id") };
		table_add(&t, cells, ARRAY_LEN(cells));
	}
	table_end(&t, out);
}

static const char *time_of(const json_t *r, const char *key, char out[CELL_MAX])
{
	json_int_t ms = json_integer_value(json_object_get(r, key));
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	if (ms == 0 || !gmtime_r(&seconds, &tm))
		return "-";
	strftime(out, CELL_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

static const char *duration_of(const json_t *r, char out[CELL_MAX])
{
	json_int_t from = json_integer_value(json_object_get(r, "answered_ms"));
	json_int_t to = json_integer_value(json_object_get(r, "ended_ms"));

	if (from == 0)
		return "-";
	snprintf(out, CELL_MAX, "%.1f", (double)(to - from) / 1000);
	return out;
}

/** "tls TLSv1.3, srtp AES_CM_128_HMAC_SHA1_80 protected". */
static const char *leg_of(const json_t *leg, char out[CELL_MAX])
{
	const char *version = json_string_value(json_object_get(leg, "tls_version"));
	bool is_srtp = json_is_true(json_object_get(leg, "is_srtp"));
	bool is_protected = json_is_true(json_object_get(leg, "is_protected"));
	bool keys_exposed = json_is_true(json_object_get(leg, "keys_exposed"));

	if (!json_is_object(leg))
		return "-";
	snprintf(out, CELL_MAX, "%s%s%s, %s %s%s", text_of(leg, "transport"),
		version && *version ? " " : "", version ? version : "", is_srtp ? "srtp" : "rtp",
		is_srtp ? text_of(leg, "suite") : "in the clear",
		is_protected   ? " protected"
		: keys_exposed ? " keys exposed"
			       : "");
	return out;
}

/** A call to the test destination has no second leg: what answers is inside the edge. */
static const char *callee_of(const json_t *r, char out[CELL_MAX])
{
	const json_t *leg = json_object_get(r, "callee_leg");

	if (!json_is_object(leg) && json_integer_value(json_object_get(r, "answered_ms")))
		return "inside the edge: test destination";
	return leg_of(leg, out);
}

static const char *result_of(const json_t *r, char out[CELL_MAX])
{
	json_int_t status = json_integer_value(json_object_get(r, "sip_status"));
	const char *failure = text_of(r, "failure");

	if (strcmp(failure, "none") == 0)
		failure = "";
	snprintf(out, CELL_MAX, "%lld%s%s", (long long)status, *failure ? " " : "", failure);
	return out;
}

void ctl_print_records(FILE *out, const json_t *data)
{
	static const char *const headings[] = { "STARTED", "SECONDS", "FROM", "TO", "RESULT",
		"CALLER'S LEG", "CALLEE'S LEG", "CALL" };
	struct table t;

	table_begin(&t, headings, ARRAY_LEN(headings));
	for (size_t i = 0; i < json_array_size(data); i++) {
		const json_t *r = json_array_get(data, i);
		char at[CELL_MAX], lasted[CELL_MAX], result[CELL_MAX];
		char caller[CELL_MAX], callee[CELL_MAX];
		const char *cells[] = { time_of(r, "started_ms", at), duration_of(r, lasted),
			text_of(r, "caller"), text_of(r, "callee"), result_of(r, result),
			leg_of(json_object_get(r, "caller_leg"), caller), callee_of(r, callee),
			text_of(r, "call_id") };
		table_add(&t, cells, ARRAY_LEN(cells));
	}
	table_end(&t, out);
}
