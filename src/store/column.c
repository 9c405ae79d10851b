/** @file store/column.c */
#include "store/column.h"

#include "store/directory.h"

#define SUITES_TEXT_MAX 512

void column_write_names(struct buf *b, const struct column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s", i ? ", " : "", columns[i].name);
}

void column_write_marks(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s?", i ? ", " : "");
}

void column_write_sets(struct buf *b, const struct column *columns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%s%s=?", i ? ", " : "", columns[i].name);
}

static void bind_suites(sqlite3_stmt *stmt, int at, const struct connection_media *m)
{
	char text[SUITES_TEXT_MAX];
	struct buf b = buf_over(text, sizeof(text));

	for (size_t i = 0; i < m->suite_count; i++)
		buf_printf(&b, "%s%s", i ? ":" : "", srtp_suite_info(m->suites[i])->name);
	db_bind_span(stmt, at, buf_span(&b));
}

static void bind_address(sqlite3_stmt *stmt, int at, const struct netaddr *a)
{
	char text[NETADDR_TEXT_MAX] = "";

	if (a->family != IP_NONE)
		netaddr_text(a, text);
	db_bind_span(stmt, at, span_of(text));
}

static int64_t integer_of(const struct column *c, const void *p)
{
	union {
		bool b;
		uint16_t u16;
		uint32_t u32;
		uint64_t u64;
		wall_t wall;
	} v = { 0 };

	memcpy(&v, p,
		c->type == COLUMN_BOOL  ? sizeof(bool)
		: c->type == COLUMN_U16 ? 2
		: c->type == COLUMN_U32 ? 4
					: 8);
	switch (c->type) {
	case COLUMN_BOOL: return v.b;
	case COLUMN_U16: return v.u16;
	case COLUMN_U32: return v.u32;
	case COLUMN_U64: return v.u64 > INT64_MAX ? INT64_MAX : (int64_t)v.u64;
	case COLUMN_WALL:
	case COLUMN_TEXT:
	case COLUMN_NAME:
	case COLUMN_FAILURE:
	case COLUMN_ADDRESS:
	case COLUMN_SUITE:
	case COLUMN_SUITES: break;
	}
	return v.wall;
}

static int enum_of(const void *p)
{
	int value;

	memcpy(&value, p, sizeof(value)); /* every enum of ours is an int wide */
	return value;
}

static void bind_one(sqlite3_stmt *stmt, int at, const struct column *c, const void *p)
{
	switch (c->type) {
	case COLUMN_TEXT: db_bind_span(stmt, at, (struct span){ p, strnlen(p, c->size) }); break;
	case COLUMN_BOOL:
	case COLUMN_U16:
	case COLUMN_U32:
	case COLUMN_U64:
	case COLUMN_WALL: sqlite3_bind_int64(stmt, at, integer_of(c, p)); break;
	case COLUMN_NAME: db_bind_span(stmt, at, span_of(name_text(c->names, enum_of(p)))); break;
	case COLUMN_FAILURE:
		db_bind_span(stmt, at, span_of(failure_info((enum failure)enum_of(p))->name));
		break;
	case COLUMN_ADDRESS: bind_address(stmt, at, p); break;
	case COLUMN_SUITE:
		db_bind_span(stmt, at, span_of(srtp_suite_info((enum srtp_suite)enum_of(p))->name));
		break;
	case COLUMN_SUITES: bind_suites(stmt, at, p); break;
	}
}

void column_bind(
	sqlite3_stmt *stmt, int first, const struct column *columns, size_t n, const void *object)
{
	for (size_t i = 0; i < n; i++)
		bind_one(stmt, first + (int)i, &columns[i],
			(const char *)object + columns[i].offset);
}

static sotto_err read_suites(struct span text, struct connection_media *m)
{
	struct span name;

	m->suite_count = 0;
	while (span_take(&text, ':', &name)) {
		enum srtp_suite suite = srtp_suite_parse(name);
		if (suite == SRTP_SUITE_NONE || m->suite_count == SRTP_SUITE_COUNT)
			return SOTTO_ESTORE;
		m->suites[m->suite_count++] = suite;
	}
	return SOTTO_OK;
}

static sotto_err read_integer(const struct column *c, int64_t v, void *p)
{
	uint16_t u16 = (uint16_t)v;
	uint32_t u32 = (uint32_t)v;
	bool b = v != 0;

	switch (c->type) {
	case COLUMN_BOOL: memcpy(p, &b, sizeof(b)); return SOTTO_OK;
	case COLUMN_U16: memcpy(p, &u16, 2); return v == u16 ? SOTTO_OK : SOTTO_ESTORE;
	case COLUMN_U32: memcpy(p, &u32, 4); return v == u32 ? SOTTO_OK : SOTTO_ESTORE;
	case COLUMN_U64:
	case COLUMN_WALL:
	case COLUMN_TEXT:
	case COLUMN_NAME:
	case COLUMN_FAILURE:
	case COLUMN_ADDRESS:
	case COLUMN_SUITE:
	case COLUMN_SUITES: break;
	}
	memcpy(p, &v, 8);
	return SOTTO_OK;
}

static sotto_err read_enum(const struct column *c, struct span text, void *p)
{
	enum failure failure;
	int value = 0;
	sotto_err err = SOTTO_OK;

	if (c->type == COLUMN_NAME) {
		err = name_parse(c->names, text, &value);
	} else if (c->type == COLUMN_FAILURE) {
		err = failure_parse(text, &failure);
		value = (int)failure;
	} else if (text.n) {
		value = (int)srtp_suite_parse(text);
		err = value == SRTP_SUITE_NONE ? SOTTO_ENOENT : SOTTO_OK;
	}
	memcpy(p, &value, sizeof(value));
	return err ? SOTTO_ESTORE : SOTTO_OK;
}

static sotto_err read_one(sqlite3_stmt *stmt, int at, const struct column *c, void *p)
{
	struct span text;

	switch (c->type) {
	case COLUMN_BOOL:
	case COLUMN_U16:
	case COLUMN_U32:
	case COLUMN_U64:
	case COLUMN_WALL: return read_integer(c, sqlite3_column_int64(stmt, at), p);
	case COLUMN_TEXT: return span_cstr(db_span(stmt, at), p, c->size) ? SOTTO_ESTORE : SOTTO_OK;
	case COLUMN_NAME:
	case COLUMN_FAILURE:
	case COLUMN_SUITE: return read_enum(c, db_span(stmt, at), p);
	case COLUMN_SUITES: return read_suites(db_span(stmt, at), p);
	case COLUMN_ADDRESS:
		text = db_span(stmt, at);
		if (text.n == 0)
			return SOTTO_OK;
		return netaddr_parse(text, p) ? SOTTO_ESTORE : SOTTO_OK;
	}
	return SOTTO_ESTORE;
}

sotto_err column_read(
	sqlite3_stmt *stmt, int first, const struct column *columns, size_t n, void *object)
{
	for (size_t i = 0; i < n; i++)
		TRY(read_one(
			stmt, first + (int)i, &columns[i], (char *)object + columns[i].offset));
	return SOTTO_OK;
}
