/** @file daemon/row_json.c */
#include "daemon/row_json.h"

static json_t *suites_to_json(const struct connection_media *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->suite_count; i++)
		json_array_append_new(list, json_string(srtp_suite_info(m->suites[i])->name));
	return list;
}

static json_t *address_to_json(const struct netaddr *a)
{
	char text[NETADDR_TEXT_MAX];

	return a->family == IP_NONE ? json_string("") : json_string(netaddr_text(a, text));
}

/** A text of the store is UTF-8, one of a call record need not be. */
static json_t *text_to_json(const char *p, size_t size)
{
	char safe[512];
	size_t n = strnlen(p, size < sizeof(safe) ? size : sizeof(safe) - 1);
	json_t *text = json_stringn(p, n);

	if (text)
		return text;
	for (size_t i = 0; i < n; i++)
		safe[i] = (uint8_t)p[i] < 0x80 ? p[i] : '?';
	return json_stringn(safe, n);
}

static json_t *integer_to_json(const struct column *c, const void *p)
{
	uint16_t u16;
	uint32_t u32;
	int64_t i64;

	if (c->type == COLUMN_U16) {
		memcpy(&u16, p, sizeof(u16));
		return json_integer(u16);
	}
	if (c->type == COLUMN_U32) {
		memcpy(&u32, p, sizeof(u32));
		return json_integer(u32);
	}
	memcpy(&i64, p, sizeof(i64));
	return json_integer(i64);
}

static json_t *member_to_json(const struct column *c, const void *p)
{
	int value;

	switch (c->type) {
	case COLUMN_TEXT: return text_to_json(p, c->size);
	case COLUMN_BOOL: return json_boolean(*(const bool *)p);
	case COLUMN_U16:
	case COLUMN_U32:
	case COLUMN_U64:
	case COLUMN_WALL: return integer_to_json(c, p);
	case COLUMN_ADDRESS: return address_to_json(p);
	case COLUMN_SUITES: return suites_to_json(p);
	case COLUMN_NAME:
	case COLUMN_FAILURE:
	case COLUMN_SUITE: break;
	}
	memcpy(&value, p, sizeof(value));
	if (c->type == COLUMN_NAME)
		return json_string(name_text(c->names, value));
	if (c->type == COLUMN_FAILURE)
		return json_string(failure_info((enum failure)value)->name);
	return json_string(srtp_suite_info((enum srtp_suite)value)->name);
}

json_t *row_to_json(const struct column *columns, size_t n, const void *object)
{
	json_t *out = json_object();

	for (size_t i = 0; i < n; i++) {
		const void *p = (const char *)object + columns[i].offset;
		if (json_object_set_new(out, columns[i].name, member_to_json(&columns[i], p))) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static void write_found(struct buf *b, const json_t *value)
{
	struct span text;

	switch (json_typeof(value)) {
	case JSON_STRING:
		text = (struct span){ json_string_value(value), json_string_length(value) };
		text.n = text.n > 64 ? 64 : text.n;
		json_write_string(b, text);
		break;
	case JSON_INTEGER: buf_printf(b, "%lld", (long long)json_integer_value(value)); break;
	case JSON_REAL: buf_printf(b, "%g", json_real_value(value)); break;
	case JSON_OBJECT: buf_lit(b, "an object"); break;
	case JSON_ARRAY: buf_lit(b, "a list"); break;
	case JSON_TRUE: buf_lit(b, "true"); break;
	case JSON_FALSE: buf_lit(b, "false"); break;
	case JSON_NULL: buf_lit(b, "nothing"); break;
	}
}

static void write_suites(struct buf *b)
{
	for (int i = 1; i < SRTP_SUITE_COUNT; i++) {
		const struct srtp_suite_info *info = srtp_suite_info((enum srtp_suite)i);
		if (info->is_built)
			buf_printf(b, "%s, ", info->name);
	}
	buf_lit(b, "each once");
}

static void write_allowed(struct buf *b, const struct column *c)
{
	switch (c->type) {
	case COLUMN_TEXT: buf_printf(b, "text of at most %zu bytes", c->size - 1); break;
	case COLUMN_BOOL: buf_lit(b, "true, false"); break;
	case COLUMN_U16: buf_lit(b, "a whole number from 0 to 65535"); break;
	case COLUMN_U32: buf_lit(b, "a whole number from 0 to 4294967295"); break;
	case COLUMN_SUITES: write_suites(b); break;
	case COLUMN_NAME:
		for (size_t i = 0; c->names[i].text; i++)
			buf_printf(b, "%s%s", i ? ", " : "", c->names[i].text);
		break;
	case COLUMN_U64:
	case COLUMN_WALL:
	case COLUMN_FAILURE:
	case COLUMN_ADDRESS:
	case COLUMN_SUITE: buf_lit(b, "nothing: it is not to be set"); break;
	}
}

static sotto_err set_suites(struct connection_media *m, const json_t *value)
{
	struct connection_media new = { .encrypted_media = m->encrypted_media };

	if (!json_is_array(value) || json_array_size(value) > SRTP_SUITE_COUNT)
		return SOTTO_EINVAL;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *name = json_string_value(json_array_get(value, i));
		enum srtp_suite suite = name ? srtp_suite_parse(span_of(name)) : SRTP_SUITE_NONE;
		if (suite == SRTP_SUITE_NONE || !srtp_suite_info(suite)->is_built)
			return SOTTO_EINVAL;
		new.suites[new.suite_count++] = suite;
	}
	*m = new;
	return SOTTO_OK;
}

static sotto_err set_integer(const struct column *c, void *p, const json_t *value)
{
	json_int_t v = json_integer_value(value);
	uint16_t u16 = (uint16_t)v;
	uint32_t u32 = (uint32_t)v;

	if (!json_is_integer(value) || v < 0 ||
		v > (c->type == COLUMN_U16 ? UINT16_MAX : UINT32_MAX))
		return SOTTO_EINVAL;
	if (c->type == COLUMN_U16)
		memcpy(p, &u16, sizeof(u16));
	else
		memcpy(p, &u32, sizeof(u32));
	return SOTTO_OK;
}

static sotto_err set_text(const struct column *c, char *p, const json_t *value)
{
	struct span text = { json_string_value(value), json_string_length(value) };

	if (!json_is_string(value) || span_has(text, '\0') || text.n >= c->size)
		return SOTTO_EINVAL;
	return span_cstr(text, p, c->size);
}

static sotto_err set_member(const struct column *c, void *p, const json_t *value)
{
	int word;

	switch (c->type) {
	case COLUMN_TEXT: return set_text(c, p, value);
	case COLUMN_BOOL:
		*(bool *)p = json_is_true(value);
		return json_is_boolean(value) ? SOTTO_OK : SOTTO_EINVAL;
	case COLUMN_U16:
	case COLUMN_U32: return set_integer(c, p, value);
	case COLUMN_SUITES: return set_suites(p, value);
	case COLUMN_NAME:
		if (!json_is_string(value) ||
			name_parse(c->names, span_of(json_string_value(value)), &word))
			return SOTTO_EINVAL;
		memcpy(p, &word, sizeof(word));
		return SOTTO_OK;
	case COLUMN_U64:
	case COLUMN_WALL:
	case COLUMN_FAILURE:
	case COLUMN_ADDRESS:
	case COLUMN_SUITE: break;
	}
	return SOTTO_EINVAL;
}

sotto_err row_set_json(const struct column *columns, size_t n, void *object, const char *name,
	const json_t *value, struct buf *why)
{
	for (size_t i = 0; i < n; i++) {
		const struct column *c = &columns[i];
		if (strcmp(c->name, name) != 0)
			continue;
		if (set_member(c, (char *)object + c->offset, value) == SOTTO_OK)
			return SOTTO_OK;
		buf_printf(why, "%s: found ", name);
		write_found(why, value);
		buf_lit(why, ", allowed: ");
		write_allowed(why, c);
		return SOTTO_EINVAL;
	}
	return SOTTO_ENOENT;
}

void connection_address_write(struct buf *b, const struct connection_address *a)
{
	bool is_whole = a->prefix == (a->address.family == IP_V4 ? 32 : 128);

	if (is_whole) {
		netaddr_write(b, &a->address);
		return;
	}
	netaddr_write_host(b, &a->address);
	buf_printf(b, "/%u", a->prefix);
	if (a->address.port)
		buf_printf(b, ":%u", a->address.port);
}

sotto_err connection_address_parse(struct span text, struct connection_address *out)
{
	struct span ip, bits;
	uint64_t v;

	memset(out, 0, sizeof(*out));
	if (!span_has(text, '/')) {
		TRY(netaddr_parse(text, &out->address));
		out->prefix = out->address.family == IP_V4 ? 32 : 128;
		return SOTTO_OK;
	}
	if (!span_take(&text, '/', &ip) || netaddr_parse_ip(ip, &out->address))
		return SOTTO_ESYNTAX;
	bool has_port = span_has(text, ':');
	if (!span_take(&text, ':', &bits) ||
		span_u64(bits, out->address.family == IP_V4 ? 32 : 128, &v))
		return SOTTO_ESYNTAX;
	out->prefix = (uint8_t)v;
	if (!has_port)
		return SOTTO_OK;
	if (span_u64(text, 65535, &v) || v == 0)
		return SOTTO_ESYNTAX;
	out->address.port = (uint16_t)v;
	return SOTTO_OK;
}
