/** @file store/connection.c  Connections and their addresses as rows. */
#include "store/check.h"
#include "store/private.h"

#define FIELD(type_, name_, member)                                        \
	{                                                                  \
		name_, type_, offsetof(struct connection, member), 0, NULL \
	}
#define TEXT(name_, member)                                               \
	{                                                                 \
		name_, COLUMN_TEXT, offsetof(struct connection, member),  \
			sizeof(((struct connection *)NULL)->member), NULL \
	}
#define NAME(name_, member, names)                                                \
	{                                                                         \
		name_, COLUMN_NAME, offsetof(struct connection, member), 0, names \
	}

const struct column connection_columns[] = {
	TEXT("id", id), /* first: an update skips it */
	TEXT("name", name),
	NAME("kind", kind, names_connection_kind),
	FIELD(COLUMN_BOOL, "is_active", is_active),
	NAME("inbound_media", inbound.encrypted_media, names_encrypted_media),
	FIELD(COLUMN_SUITES, "inbound_suites", inbound),
	NAME("outbound_media", outbound.encrypted_media, names_encrypted_media),
	FIELD(COLUMN_SUITES, "outbound_suites", outbound),
	FIELD(COLUMN_BOOL, "suite_choice_theirs", suite_choice_theirs),
	FIELD(COLUMN_BOOL, "answer_profile_mirror", answer_profile_mirror),
	FIELD(COLUMN_BOOL, "offer_profile_avp", offer_profile_avp),
	FIELD(COLUMN_BOOL, "osrtp_decline_rtp", osrtp_decline_rtp),
	FIELD(COLUMN_BOOL, "lenient_tag", lenient_tag),
	FIELD(COLUMN_BOOL, "require_tls", require_tls),
	NAME("transport", transport, names_transport),
	TEXT("host", host),
	FIELD(COLUMN_U16, "port", port),
	TEXT("tls_name", tls_name),
	FIELD(COLUMN_U32, "timeout_1xx_secs", timeout_1xx_secs),
	FIELD(COLUMN_U32, "timeout_2xx_secs", timeout_2xx_secs),
	FIELD(COLUMN_U32, "channel_limit", channel_limit),
};
const size_t connection_column_count = ARRAY_LEN(connection_columns);

static sotto_err insert(struct store *s, const struct connection *c)
{
	char text[STORE_SQL_MAX];
	struct buf sql = buf_over(text, sizeof(text));
	sqlite3_stmt *stmt = NULL;
	sotto_err err;

	buf_lit(&sql, "INSERT INTO connection(");
	column_write_names(&sql, connection_columns, connection_column_count);
	buf_lit(&sql, ") VALUES(");
	column_write_marks(&sql, connection_column_count);
	buf_lit(&sql, ")");
	err = store_prepare(s, &sql, &stmt);
	if (!err) {
		column_bind(stmt, 1, connection_columns, connection_column_count, c);
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	return err;
}

static sotto_err update(struct store *s, const struct connection *c)
{
	char text[STORE_SQL_MAX];
	struct buf sql = buf_over(text, sizeof(text));
	size_t n = connection_column_count - 1;
	sqlite3_stmt *stmt = NULL;
	sotto_err err;

	buf_lit(&sql, "UPDATE connection SET ");
	column_write_sets(&sql, connection_columns + 1, n);
	buf_lit(&sql, " WHERE id=?");
	err = store_prepare(s, &sql, &stmt);
	if (!err) {
		column_bind(stmt, 1, connection_columns + 1, n, c);
		db_bind_span(stmt, (int)n + 1, span_of(c->id));
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	if (!err && sqlite3_changes(s->db.sqlite) == 0)
		err = store_refuse(s, SOTTO_ENOENT, "no connection has the id %s", c->id);
	return err;
}

static sotto_err clear_addresses(struct store *s, const struct connection *c)
{
	sqlite3_stmt *stmt = NULL;
	sotto_err err =
		db_prepare(&s->db, "DELETE FROM connection_address WHERE connection_id=?", &stmt);

	if (!err) {
		db_bind_span(stmt, 1, span_of(c->id));
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	return err;
}

/** A request from there could then belong to two connections (SPEC §4: refused here, not later). */
static sotto_err check_source(struct store *s, const struct connection *c,
	const struct connection_address *a, struct span net)
{
	char ip[NETADDR_TEXT_MAX];
	struct buf b = buf_over(ip, sizeof(ip) - 1);
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	sotto_err err = db_prepare(&s->db,
		"SELECT c.name FROM connection_address a JOIN connection c ON c.id=a.connection_id"
		" WHERE a.net=? AND c.id<>?",
		&stmt);

	memset(ip, 0, sizeof(ip));
	netaddr_write_ip(&b, &a->address);
	if (!err) {
		sqlite3_bind_blob(stmt, 1, net.p, (int)net.n, SQLITE_STATIC);
		db_bind_span(stmt, 2, span_of(c->id));
		err = db_step(&s->db, stmt, &row);
	}
	if (!err && row)
		err = store_refuse(s, SOTTO_EEXIST,
			"address: connection \"%.*s\" has the source %s/%u already",
			SPAN_FMT(db_span(stmt, 0)), ip, a->prefix);
	sqlite3_finalize(stmt);
	return err;
}

static sotto_err insert_address(struct store *s, const struct connection *c, size_t position)
{
	const struct connection_address *a = &c->addresses[position];
	uint8_t net[DIRECTORY_SOURCE_KEY_LEN];
	char text[NETADDR_TEXT_MAX];
	sqlite3_stmt *stmt = NULL;
	sotto_err err;

	source_key_write(net, &a->address, a->prefix);
	TRY(check_source(s, c, a, (struct span){ (const char *)net, sizeof(net) }));
	err = db_prepare(&s->db,
		"INSERT INTO connection_address(connection_id, position, address, prefix, net)"
		" VALUES(?,?,?,?,?)",
		&stmt);
	if (!err) {
		db_bind_span(stmt, 1, span_of(c->id));
		sqlite3_bind_int64(stmt, 2, (int64_t)position);
		db_bind_span(stmt, 3, span_of(netaddr_text(&a->address, text)));
		sqlite3_bind_int(stmt, 4, a->prefix);
		sqlite3_bind_blob(stmt, 5, net, sizeof(net), SQLITE_STATIC);
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	return err;
}

static sotto_err put(struct store *s, struct connection *c, bool is_new)
{
	sotto_err err = is_new ? insert(s, c) : update(s, c);

	if (err == SOTTO_EEXIST)
		return store_refuse(
			s, err, "name: another connection is called \"%s\" already", c->name);
	TRY(err);
	TRY(clear_addresses(s, c));
	for (size_t i = 0; i < c->address_count; i++)
		TRY(insert_address(s, c, i));
	return SOTTO_OK;
}

static sotto_err check_room(struct store *s)
{
	int64_t n;

	TRY(db_number(&s->db, "SELECT count(*) FROM connection", &n));
	if (n >= DIRECTORY_CONNECTIONS_MAX)
		return store_refuse(s, SOTTO_ELIMIT, "a store holds at most %d connections",
			DIRECTORY_CONNECTIONS_MAX);
	return SOTTO_OK;
}

sotto_err store_connection_put(struct store *s, struct connection *c, bool is_new)
{
	char id[CONNECTION_ID_MAX] = "cc_";
	struct buf why = buf_over(s->why, sizeof(s->why) - 1);
	sotto_err err;

	memset(s->why, 0, sizeof(s->why));
	TRY(connection_check(c, &why));
	if (is_new) {
		rng_token(s->rng, id + 3, 20);
		memcpy(c->id, id, sizeof(id));
	}
	TRY(db_exec(&s->db, "BEGIN IMMEDIATE"));
	err = is_new ? check_room(s) : SOTTO_OK;
	if (!err)
		err = put(s, c, is_new);
	err = db_end(&s->db, err);
	if (err && is_new)
		memset(c->id, 0, sizeof(c->id));
	return err;
}

sotto_err store_connection_remove(struct store *s, struct span id)
{
	sqlite3_stmt *stmt = NULL;
	sotto_err err = db_prepare(&s->db, "DELETE FROM connection WHERE id=?", &stmt);

	if (!err) {
		db_bind_span(stmt, 1, id);
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	if (!err && sqlite3_changes(s->db.sqlite) == 0)
		err = store_refuse(s, SOTTO_ENOENT, "no connection has the id %.*s", SPAN_FMT(id));
	return err;
}
