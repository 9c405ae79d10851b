/**
 * @file store/db.h  The few calls of SQLite that the store makes, with our errors. One thread at a
 * time.
 */
#pragma once
#include <sqlite3.h>

#include "base/log.h"
#include "base/span.h"

struct db {
	sqlite3 *sqlite;
	int lock_fd; /* the file itself, under flock: a second daemon is kept out */
	const struct log *log;
};

/**
 * Opens or makes the file, mode 0600. Logs the reason of a failure.
 * @return SOTTO_OK; SOTTO_EIO: the system refuses; SOTTO_EREFUSED: another process has it;
 *         SOTTO_ESTORE: it is no database, or damaged
 */
SOTTO_MUST_USE sotto_err db_open(struct db *db, const char *path, const struct log *log);
void db_close(struct db *db);

/** One or more statements without parameters or results. */
SOTTO_MUST_USE sotto_err db_exec(struct db *db, const char *sql);

/** The caller finalizes `*out`, also NULL, by sqlite3_finalize. */
SOTTO_MUST_USE sotto_err db_prepare(struct db *db, const char *sql, sqlite3_stmt **out);

/**
 * @param row [out] true: a row can be read; false: done
 * @return SOTTO_OK; SOTTO_EEXIST: a row with such a key is there; SOTTO_ENOENT: what the row refers
 *         to is not; SOTTO_ESTORE: all else, logged
 */
SOTTO_MUST_USE sotto_err db_step(struct db *db, sqlite3_stmt *stmt, bool *row);

/** A statement that gives no rows. */
SOTTO_MUST_USE sotto_err db_run(struct db *db, sqlite3_stmt *stmt);

/** The first column of the first row as a number; 0 if there is no row. */
SOTTO_MUST_USE sotto_err db_number(struct db *db, const char *sql, int64_t *out);

/** Commits if `err` is SOTTO_OK, else takes the transaction back. Returns the first error. */
SOTTO_MUST_USE sotto_err db_end(struct db *db, sotto_err err);

void db_bind_span(sqlite3_stmt *stmt, int at, struct span text);
/** Points into the statement until its next step. */
struct span db_span(sqlite3_stmt *stmt, int column);
