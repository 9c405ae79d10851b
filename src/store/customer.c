/** @file store/customer.c  What belongs to a connection by name: credentials and numbers. */
#include "store/check.h"
#include "store/private.h"

/** Runs `sql` with one or two texts bound. `*row`: it gave a row. */
static sotto_err ask(struct store *s, const char *sql, struct span a, struct span b, bool *row)
{
	sqlite3_stmt *stmt = NULL;
	sotto_err err = db_prepare(&s->db, sql, &stmt);

	*row = false;
	if (!err) {
		db_bind_span(stmt, 1, a);
		if (sqlite3_bind_parameter_count(stmt) > 1)
			db_bind_span(stmt, 2, b);
		err = db_step(&s->db, stmt, row);
	}
	sqlite3_finalize(stmt);
	return err;
}

static sotto_err check_room(struct store *s, const char *sql, int64_t max, const char *what)
{
	int64_t n;

	TRY(db_number(&s->db, sql, &n));
	return n < max ? SOTTO_OK
		       : store_refuse(s, SOTTO_ELIMIT, "a store holds at most %lld %s",
				 (long long)max, what);
}

static sotto_err no_connection(struct store *s, struct span id)
{
	return store_refuse(s, SOTTO_ENOENT, "no connection has the id %.*s", SPAN_FMT(id));
}

static sotto_err insert_credential(
	struct store *s, struct span connection_id, struct span user, const struct auth_ha1 *ha1)
{
	sqlite3_stmt *stmt = NULL;
	sotto_err err = db_prepare(&s->db,
		"INSERT INTO credential(user, connection_id, ha1_md5, ha1_sha256) VALUES(?1,?2,?3,?4)"
		" ON CONFLICT(user) DO UPDATE SET ha1_md5=?3, ha1_sha256=?4",
		&stmt);

	if (!err) {
		db_bind_span(stmt, 1, user);
		db_bind_span(stmt, 2, connection_id);
		sqlite3_bind_blob(stmt, 3, ha1->md5, sizeof(ha1->md5), SQLITE_STATIC);
		sqlite3_bind_blob(stmt, 4, ha1->sha256, sizeof(ha1->sha256), SQLITE_STATIC);
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	return err == SOTTO_ENOENT ? no_connection(s, connection_id) : err;
}

static sotto_err put_credential(
	struct store *s, struct span connection_id, struct span user, const struct auth_ha1 *ha1)
{
	bool taken, known;

	TRY(ask(s, "SELECT 1 FROM credential WHERE user=? AND connection_id<>?", user,
		connection_id, &taken));
	if (taken)
		return store_refuse(s, SOTTO_EEXIST,
			"user: another connection has the user \"%.*s\" already", SPAN_FMT(user));
	TRY(ask(s, "SELECT 1 FROM credential WHERE user=? AND connection_id=?", user, connection_id,
		&known));
	if (!known)
		TRY(check_room(s, "SELECT count(*) FROM credential", DIRECTORY_CREDENTIALS_MAX,
			"credentials"));
	return insert_credential(s, connection_id, user, ha1);
}

sotto_err store_credential_put(
	struct store *s, struct span connection_id, struct span user, struct span password)
{
	struct buf why = buf_over(s->why, sizeof(s->why) - 1);
	struct auth_ha1 ha1;
	sotto_err err;

	memset(s->why, 0, sizeof(s->why));
	TRY(credential_check(user, password, &why));
	TRY(auth_ha1_make(&ha1, user, span_of(s->realm), password));
	err = db_exec(&s->db, "BEGIN IMMEDIATE");
	if (!err)
		err = db_end(&s->db, put_credential(s, connection_id, user, &ha1));
	auth_ha1_wipe(&ha1);
	return err;
}

sotto_err store_credential_remove(struct store *s, struct span user)
{
	bool row;

	TRY(ask(s, "DELETE FROM credential WHERE user=?", user, SPAN_NONE, &row));
	if (sqlite3_changes(s->db.sqlite) > 0)
		return SOTTO_OK;
	return store_refuse(s, SOTTO_ENOENT, "no credential has the user %.*s", SPAN_FMT(user));
}

static sotto_err put_number(struct store *s, struct span digits, struct span connection_id)
{
	bool row;
	sotto_err err;

	TRY(check_room(s, "SELECT count(*) FROM number", DIRECTORY_NUMBERS_MAX, "numbers"));
	err = ask(s, "INSERT INTO number(digits, connection_id) VALUES(?,?)", digits, connection_id,
		&row);
	if (err == SOTTO_EEXIST)
		return store_refuse(
			s, err, "number: %.*s belongs to a connection already", SPAN_FMT(digits));
	return err == SOTTO_ENOENT ? no_connection(s, connection_id) : err;
}

sotto_err store_number_put(struct store *s, struct span digits, struct span connection_id)
{
	struct buf why = buf_over(s->why, sizeof(s->why) - 1);

	memset(s->why, 0, sizeof(s->why));
	TRY(number_check(digits, &why));
	span_strip(&digits, SPAN("+"));
	TRY(db_exec(&s->db, "BEGIN IMMEDIATE"));
	return db_end(&s->db, put_number(s, digits, connection_id));
}

sotto_err store_number_remove(struct store *s, struct span digits)
{
	bool row;

	span_strip(&digits, SPAN("+"));
	TRY(ask(s, "DELETE FROM number WHERE digits=?", digits, SPAN_NONE, &row));
	if (sqlite3_changes(s->db.sqlite) > 0)
		return SOTTO_OK;
	return store_refuse(s, SOTTO_ENOENT, "no connection has the number %.*s", SPAN_FMT(digits));
}
