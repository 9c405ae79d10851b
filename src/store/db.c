/** @file store/db.c */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DB_BUSY_MS 5000 /* somebody copies the file with sqlite3(1) */

static sotto_err open_failed(
	struct db *db, const char *path, const char *reason, const char *remedy, sotto_err err)
{
	log_error(db->log, store, "store_open_failed", LOG_STR("path", path),
		LOG_STR("reason", reason), LOG_STR("remedy", remedy));
	return err;
}

/** Takes the lock and sees to the mode before SQLite looks at the file. */
static sotto_err open_lock(struct db *db, const char *path)
{
	struct stat st;

	db->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (db->lock_fd < 0)
		return open_failed(db, path, strerror(errno),
			"make its folder, and let the user of this process write there", SOTTO_EIO);
	if (fstat(db->lock_fd, &st) || !S_ISREG(st.st_mode))
		return open_failed(
			db, path, "not a regular file", "give store.path another name", SOTTO_EIO);
	if (flock(db->lock_fd, LOCK_EX | LOCK_NB))
		return open_failed(db, path, "in use by another process",
			"end that process, or give store.path another name", SOTTO_EREFUSED);
	if (st.st_mode & 077) {
		log_warn(db->log, store, "store_mode_tightened", LOG_STR("path", path),
			LOG_STR("reason", "others could read the credentials"));
		if (fchmod(db->lock_fd, 0600))
			return open_failed(db, path, strerror(errno), "chmod 600", SOTTO_EIO);
	}
	return SOTTO_OK;
}

/** The first look into the file: fails if it is no database. */
static sotto_err configure(struct db *db, const char *path)
{
	/* secure_delete: a removed HA1 is overwritten in the file */
	static const char settings[] = "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON;"
				       "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON";

	sqlite3_extended_result_codes(db->sqlite, 1);
	sqlite3_busy_timeout(db->sqlite, DB_BUSY_MS);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (sqlite3_exec(db->sqlite, settings, NULL, NULL, NULL) == SQLITE_OK)
		return SOTTO_OK;
	return open_failed(db, path, sqlite3_errmsg(db->sqlite),
		"it is no store of sotto, or damaged: restore a copy, or move it away",
		SOTTO_ESTORE);
}

/** SOTTO_ESTORE with the reason in the log: pages or rows of the file contradict each other. */
static sotto_err check_pages(struct db *db, const char *path)
{
	sqlite3_stmt *stmt = NULL;
	sotto_err err = db_prepare(db, "PRAGMA quick_check(1)", &stmt);
	bool row = false;

	if (!err)
		err = db_step(db, stmt, &row);
	if (err || !row)
		err = open_failed(db, path, sqlite3_errmsg(db->sqlite),
			"it is no store of sotto, or damaged: restore a copy, or move it away",
			SOTTO_ESTORE);
	else if (!span_eq(db_span(stmt, 0), SPAN("ok")))
		err = open_failed(db, path, (const char *)sqlite3_column_text(stmt, 0),
			"the file is damaged: restore a copy", SOTTO_ESTORE);
	sqlite3_finalize(stmt);
	return err;
}

sotto_err db_open(struct db *db, const char *path, const struct log *log)
{
	sotto_err err;

	*db = (struct db){ .lock_fd = -1, .log = log };
	err = open_lock(db, path);
	if (!err && sqlite3_open_v2(path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK)
		err = open_failed(db, path,
			db->sqlite ? sqlite3_errmsg(db->sqlite) : "out of memory", "see the reason",
			SOTTO_EIO);
	if (!err)
		err = configure(db, path);
	if (!err)
		err = check_pages(db, path);
	if (err)
		db_close(db);
	return err;
}

void db_close(struct db *db)
{
	sqlite3_close(db->sqlite);
	/* after SQLite: closing any descriptor of a file drops SQLite's own locks on it */
	if (db->lock_fd >= 0)
		close(db->lock_fd);
	*db = (struct db){ .lock_fd = -1 };
}

static sotto_err failed(struct db *db, const char *sql)
{
	log_error(db->log, store, "store_failed", LOG_STR("reason", sqlite3_errmsg(db->sqlite)),
		LOG_STR("sql", sql ? sql : ""));
	return SOTTO_ESTORE;
}

sotto_err db_exec(struct db *db, const char *sql)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? SOTTO_OK
									    : failed(db, sql);
}

sotto_err db_prepare(struct db *db, const char *sql, sqlite3_stmt **out)
{
	*out = NULL;
	return sqlite3_prepare_v2(db->sqlite, sql, -1, out, NULL) == SQLITE_OK ? SOTTO_OK
									       : failed(db, sql);
}

sotto_err db_step(struct db *db, sqlite3_stmt *stmt, bool *row)
{
	int rc = sqlite3_step(stmt);

	*row = rc == SQLITE_ROW;
	switch (rc) {
	case SQLITE_ROW:
	case SQLITE_DONE: return SOTTO_OK;
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY: return SOTTO_EEXIST;
	case SQLITE_CONSTRAINT_FOREIGNKEY: return SOTTO_ENOENT;
	default: return failed(db, sqlite3_sql(stmt));
	}
}

sotto_err db_run(struct db *db, sqlite3_stmt *stmt)
{
	bool row;

	return db_step(db, stmt, &row);
}

sotto_err db_number(struct db *db, const char *sql, int64_t *out)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	sotto_err err = db_prepare(db, sql, &stmt);

	*out = 0;
	if (!err)
		err = db_step(db, stmt, &row);
	if (!err && row)
		*out = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return err;
}

sotto_err db_end(struct db *db, sotto_err err)
{
	if (!err)
		err = db_exec(db, "COMMIT");
	if (err && !sqlite3_get_autocommit(db->sqlite))
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
	return err;
}

void db_bind_span(sqlite3_stmt *stmt, int at, struct span text)
{
	/* a bind fails only for a wrong index, which is our bug, and then the step fails too */
	sqlite3_bind_text(stmt, at, text.p ? text.p : "", (int)text.n, SQLITE_TRANSIENT);
}

struct span db_span(sqlite3_stmt *stmt, int column)
{
	const char *p = (const char *)sqlite3_column_text(stmt, column);

	return (struct span){ p, p ? (size_t)sqlite3_column_bytes(stmt, column) : 0 };
}
