/** @file store/records.c  Call records: written once, read newest first. */
#include "store/private.h"

#define CALL(type_, name_, member)                                          \
	{                                                                   \
		name_, type_, offsetof(struct call_record, member), 0, NULL \
	}
#define CALL_TEXT(name_, member)                                           \
	{                                                                  \
		name_, COLUMN_TEXT, offsetof(struct call_record, member),  \
			sizeof(((struct call_record *)NULL)->member), NULL \
	}
#define LEG(type_, member)                                                   \
	{                                                                    \
#member, type_, offsetof(struct leg_record, member), 0, NULL \
	}
#define LEG_TEXT(member)                                                   \
	{                                                                  \
#member, COLUMN_TEXT, offsetof(struct leg_record, member), \
			sizeof(((struct leg_record *)NULL)->member), NULL  \
	}

const struct column call_columns[] = {
	CALL_TEXT("call_id", call_id),
	CALL_TEXT("caller", from),
	CALL_TEXT("callee", to),
	CALL(COLUMN_WALL, "started_ms", started),
	CALL(COLUMN_WALL, "answered_ms", answered),
	CALL(COLUMN_WALL, "ended_ms", ended),
	CALL(COLUMN_FAILURE, "failure", failure),
	CALL(COLUMN_U32, "sip_status", sip_status),
	CALL(COLUMN_U32, "q850_cause", q850_cause),
	CALL_TEXT("ended_by", ended_by),
};
const size_t call_column_count = ARRAY_LEN(call_columns);

const struct column leg_columns[] = {
	LEG_TEXT(connection_id),
	{ "transport", COLUMN_NAME, offsetof(struct leg_record, transport), 0, names_transport },
	LEG(COLUMN_ADDRESS, remote),
	LEG_TEXT(tls_version),
	LEG_TEXT(tls_cipher),
	LEG_TEXT(tls_peer),
	LEG(COLUMN_BOOL, is_srtp),
	LEG(COLUMN_SUITE, suite),
	LEG_TEXT(key_exchange),
	LEG(COLUMN_BOOL, keys_exposed),
	LEG(COLUMN_BOOL, is_protected),
	LEG(COLUMN_U32, sip_status),
	LEG(COLUMN_ADDRESS, media_remote),
	LEG(COLUMN_U64, rx_packets),
	LEG(COLUMN_U64, tx_packets),
	LEG(COLUMN_U64, rx_bytes),
	LEG(COLUMN_U64, tx_bytes),
	LEG(COLUMN_U64, rx_lost),
	LEG(COLUMN_U64, auth_failed),
	LEG(COLUMN_U64, replayed),
	LEG(COLUMN_U32, jitter_us),
	LEG(COLUMN_U64, clear_ms),
};
const size_t leg_column_count = ARRAY_LEN(leg_columns);

static sotto_err insert_call(struct store *s, const struct call_record *r)
{
	char text[STORE_SQL_MAX];
	struct buf sql = buf_over(text, sizeof(text));
	sqlite3_stmt *stmt = NULL;
	sotto_err err;

	buf_lit(&sql, "INSERT INTO call_record(");
	column_write_names(&sql, call_columns, ARRAY_LEN(call_columns));
	buf_lit(&sql, ") VALUES(");
	column_write_marks(&sql, ARRAY_LEN(call_columns));
	buf_lit(&sql, ")");
	err = store_prepare(s, &sql, &stmt);
	if (!err) {
		column_bind(stmt, 1, call_columns, ARRAY_LEN(call_columns), r);
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	return err;
}

static sotto_err insert_leg(
	struct store *s, int64_t record, const char *side, const struct leg_record *leg)
{
	char text[STORE_SQL_MAX];
	struct buf sql = buf_over(text, sizeof(text));
	sqlite3_stmt *stmt = NULL;
	sotto_err err;

	if (!leg->exists)
		return SOTTO_OK;
	buf_lit(&sql, "INSERT INTO leg_record(record, side, ");
	column_write_names(&sql, leg_columns, ARRAY_LEN(leg_columns));
	buf_lit(&sql, ") VALUES(?, ?, ");
	column_write_marks(&sql, ARRAY_LEN(leg_columns));
	buf_lit(&sql, ")");
	err = store_prepare(s, &sql, &stmt);
	if (!err) {
		sqlite3_bind_int64(stmt, 1, record);
		db_bind_span(stmt, 2, span_of(side));
		column_bind(stmt, 3, leg_columns, ARRAY_LEN(leg_columns), leg);
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	return err;
}

static sotto_err add(struct store *s, const struct call_record *r)
{
	int64_t id;

	TRY(insert_call(s, r));
	id = sqlite3_last_insert_rowid(s->db.sqlite);
	TRY(insert_leg(s, id, "caller", &r->caller));
	return insert_leg(s, id, "callee", &r->callee);
}

sotto_err store_record_add_all(struct store *s, struct call_record *const *records, size_t n)
{
	sotto_err err = db_exec(&s->db, "BEGIN IMMEDIATE");

	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++)
		err = add(s, records[i]);
	return db_end(&s->db, err);
}

sotto_err store_record_add(struct store *s, const struct call_record *r)
{
	struct call_record copy = *r, *one = &copy;

	return store_record_add_all(s, &one, 1);
}

/** Fills the leg of `side`; leaves it not existing if there is no row. */
static sotto_err read_leg(struct store *s, sqlite3_stmt *stmt, int64_t record, const char *side,
	struct leg_record *leg)
{
	bool row;

	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, record);
	db_bind_span(stmt, 2, span_of(side));
	TRY(db_step(&s->db, stmt, &row));
	if (!row)
		return SOTTO_OK;
	leg->exists = true;
	return column_read(stmt, 0, leg_columns, ARRAY_LEN(leg_columns), leg);
}

static sotto_err read_record(
	struct store *s, sqlite3_stmt *calls, sqlite3_stmt *legs, struct call_record *r, bool *row)
{
	int64_t id;

	*r = (struct call_record){ 0 };
	TRY(db_step(&s->db, calls, row));
	if (!*row)
		return SOTTO_OK;
	id = sqlite3_column_int64(calls, (int)ARRAY_LEN(call_columns));
	TRY(column_read(calls, 0, call_columns, ARRAY_LEN(call_columns), r));
	TRY(read_leg(s, legs, id, "caller", &r->caller));
	return read_leg(s, legs, id, "callee", &r->callee);
}

static sotto_err prepare_reads(struct store *s, sqlite3_stmt **calls, sqlite3_stmt **legs)
{
	char text[STORE_SQL_MAX];
	struct buf sql = buf_over(text, sizeof(text));

	buf_lit(&sql, "SELECT ");
	column_write_names(&sql, call_columns, ARRAY_LEN(call_columns));
	buf_lit(&sql, ", id FROM call_record ORDER BY id DESC LIMIT ?");
	TRY(store_prepare(s, &sql, calls));
	sql = buf_over(text, sizeof(text));
	buf_lit(&sql, "SELECT ");
	column_write_names(&sql, leg_columns, ARRAY_LEN(leg_columns));
	buf_lit(&sql, " FROM leg_record WHERE record=? AND side=?");
	return store_prepare(s, &sql, legs);
}

sotto_err store_record_list(struct store *s, size_t limit,
	void (*each)(void *ctx, const struct call_record *r), void *ctx)
{
	sqlite3_stmt *calls = NULL, *legs = NULL;
	struct call_record r;
	bool row = false;
	sotto_err err = prepare_reads(s, &calls, &legs);

	if (!err)
		sqlite3_bind_int64(calls, 1, (int64_t)limit);
	while (!err) {
		err = read_record(s, calls, legs, &r, &row);
		if (err || !row)
			break;
		each(ctx, &r);
	}
	sqlite3_finalize(calls);
	sqlite3_finalize(legs);
	return err;
}

sotto_err store_record_count(struct store *s, uint64_t *out)
{
	int64_t n;
	sotto_err err = db_number(&s->db, "SELECT count(*) FROM call_record", &n);

	*out = (uint64_t)n;
	return err;
}
