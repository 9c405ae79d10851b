/** @file store/load.c  All tables into one snapshot. */
#include <stdlib.h>

#include "store/private.h"

/** The rows being read. Both arrays of the ip addresses come ordered by id, so one pass joins them.
 */
struct loaded {
	struct connection *connections;
	struct credential *credentials;
	struct number *numbers;
	struct directory_rows rows;
};

static sotto_err make_room(struct store *s, const char *sql, size_t size, void **out)
{
	int64_t n;

	*out = NULL;
	TRY(db_number(&s->db, sql, &n));
	*out = calloc(n ? (size_t)n : 1, size);
	return *out ? SOTTO_OK : SOTTO_ENOMEM;
}

/** Calls `read` for each row of `sql`. */
static sotto_err each_row(struct store *s, const char *sql,
	sotto_err (*read)(sqlite3_stmt *stmt, struct loaded *l), struct loaded *l)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	sotto_err err = db_prepare(&s->db, sql, &stmt);

	while (!err) {
		err = db_step(&s->db, stmt, &row);
		if (err || !row)
			break;
		err = read(stmt, l);
		if (err == SOTTO_ESTORE)
			log_error(s->log, store, "store_row_unreadable", LOG_STR("sql", sql),
				LOG_SPAN("row", db_span(stmt, 0)));
	}
	sqlite3_finalize(stmt);
	return err;
}

static sotto_err read_connection(sqlite3_stmt *stmt, struct loaded *l)
{
	return column_read(stmt, 0, connection_columns, connection_column_count,
		&l->connections[l->rows.connection_count++]);
}

static sotto_err load_connections(struct store *s, struct loaded *l)
{
	char text[STORE_SQL_MAX];
	struct buf sql = buf_over(text, sizeof(text) - 1);
	void *p;

	memset(text, 0, sizeof(text));
	buf_lit(&sql, "SELECT ");
	column_write_names(&sql, connection_columns, connection_column_count);
	buf_lit(&sql, " FROM connection ORDER BY id");
	TRY(buf_err(&sql));
	TRY(make_room(s, "SELECT count(*) FROM connection", sizeof(*l->connections), &p));
	l->connections = p;
	return each_row(s, text, read_connection, l);
}

static int compare_id(const void *key, const void *connection)
{
	return strcmp(key, ((const struct connection *)connection)->id);
}

static sotto_err read_address(sqlite3_stmt *stmt, struct loaded *l)
{
	struct connection *c = bsearch(sqlite3_column_text(stmt, 0), l->connections,
		l->rows.connection_count, sizeof(*c), compare_id);
	struct connection_address *a;
	int prefix = sqlite3_column_int(stmt, 2);

	if (!c || c->address_count == CONNECTION_ADDRESSES_MAX || prefix < 0 || prefix > 128)
		return SOTTO_ESTORE;
	a = &c->addresses[c->address_count++];
	a->prefix = (uint8_t)prefix;
	return netaddr_parse(db_span(stmt, 1), &a->address) ? SOTTO_ESTORE : SOTTO_OK;
}

static sotto_err read_credential(sqlite3_stmt *stmt, struct loaded *l)
{
	struct credential *c = &l->credentials[l->rows.credential_count++];
	struct span md5 = db_span(stmt, 2), sha256 = db_span(stmt, 3);

	if (md5.n != sizeof(c->ha1.md5) || sha256.n != sizeof(c->ha1.sha256))
		return SOTTO_ESTORE;
	memcpy(c->ha1.md5, md5.p, md5.n);
	memcpy(c->ha1.sha256, sha256.p, sha256.n);
	if (span_cstr(db_span(stmt, 0), c->user, sizeof(c->user)) ||
		span_cstr(db_span(stmt, 1), c->connection_id, sizeof(c->connection_id)))
		return SOTTO_ESTORE;
	return SOTTO_OK;
}

static sotto_err read_number(sqlite3_stmt *stmt, struct loaded *l)
{
	struct number *n = &l->numbers[l->rows.number_count++];

	if (span_cstr(db_span(stmt, 0), n->digits, sizeof(n->digits)) ||
		span_cstr(db_span(stmt, 1), n->connection_id, sizeof(n->connection_id)))
		return SOTTO_ESTORE;
	return SOTTO_OK;
}

static sotto_err load_all(struct store *s, struct loaded *l)
{
	void *p;

	TRY(load_connections(s, l));
	TRY(each_row(s,
		"SELECT connection_id, address, prefix FROM connection_address"
		" ORDER BY connection_id, position",
		read_address, l));
	TRY(make_room(s, "SELECT count(*) FROM credential", sizeof(*l->credentials), &p));
	l->credentials = p;
	TRY(each_row(s,
		"SELECT user, connection_id, ha1_md5, ha1_sha256 FROM credential ORDER BY user",
		read_credential, l));
	TRY(make_room(s, "SELECT count(*) FROM number", sizeof(*l->numbers), &p));
	l->numbers = p;
	return each_row(
		s, "SELECT digits, connection_id FROM number ORDER BY digits", read_number, l);
}

sotto_err store_directory(struct store *s, struct directory **out)
{
	struct loaded l = { 0 };
	sotto_err err;

	*out = NULL;
	TRY(db_exec(&s->db, "BEGIN"));
	err = db_end(&s->db, load_all(s, &l));
	if (!err) {
		l.rows.connections = l.connections;
		l.rows.credentials = l.credentials;
		l.rows.numbers = l.numbers;
		err = directory_create(out, &l.rows, s->rng);
	}
	if (l.credentials)
		explicit_bzero(l.credentials, l.rows.credential_count * sizeof(*l.credentials));
	free(l.connections);
	free(l.credentials);
	free(l.numbers);
	return err;
}
