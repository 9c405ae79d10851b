/**
 * @file store/column.h  A table's columns as rows {name, type, place in the struct}: one list
 * writes the SQL, binds a struct and reads it back.
 */
#pragma once
#include "base/buf.h"
#include "store/db.h"
#include "store/names.h"

enum column_type {
	COLUMN_TEXT,    /* char[size], NUL-terminated */
	COLUMN_BOOL,    /* bool */
	COLUMN_U16,     /* uint16_t */
	COLUMN_U32,     /* uint32_t, unsigned */
	COLUMN_U64,     /* uint64_t, at most INT64_MAX */
	COLUMN_WALL,    /* wall_t */
	COLUMN_NAME,    /* an enum, by its words */
	COLUMN_FAILURE, /* enum failure */
	COLUMN_ADDRESS, /* struct netaddr; none: empty */
	COLUMN_SUITE,   /* enum srtp_suite */
	COLUMN_SUITES,  /* the list in struct connection_media, separated by ':' */
};

struct column {
	const char *name;
	enum column_type type;
	size_t offset;
	size_t size;              /* COLUMN_TEXT */
	const struct name *names; /* COLUMN_NAME */
};

/** "a, b, c". */
void column_write_names(struct buf *b, const struct column *columns, size_t n);
/** "?, ?, ?". */
void column_write_marks(struct buf *b, size_t n);
/** "a=?, b=?, c=?". */
void column_write_sets(struct buf *b, const struct column *columns, size_t n);

/** Binds all of `object` from parameter `first` (from 1) on. */
void column_bind(
	sqlite3_stmt *stmt, int first, const struct column *columns, size_t n, const void *object);

/** Fills `object` from result column `first` (from 0) on. SOTTO_ESTORE: a value is none of ours. */
SOTTO_MUST_USE sotto_err column_read(
	sqlite3_stmt *stmt, int first, const struct column *columns, size_t n, void *object);

/* The tables of structs: struct connection without its addresses, struct call_record without its
 * legs, struct leg_record without `exists`. Also what the control socket's JSON follows. */
extern const struct column connection_columns[]; /* the first is the id */
extern const size_t connection_column_count;
extern const struct column call_columns[];
extern const size_t call_column_count;
extern const struct column leg_columns[];
extern const size_t leg_column_count;
