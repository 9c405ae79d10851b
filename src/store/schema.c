/** @file store/schema.c */
#include "store/schema.h"

#include "base/buf.h"

#define LEG_COLUMNS                                                                        \
	" transport TEXT NOT NULL, remote TEXT NOT NULL, connection_id TEXT NOT NULL,"     \
	" tls_version TEXT NOT NULL, tls_cipher TEXT NOT NULL, tls_peer TEXT NOT NULL,"    \
	" is_srtp INTEGER NOT NULL, suite TEXT NOT NULL, key_exchange TEXT NOT NULL,"      \
	" keys_exposed INTEGER NOT NULL, is_protected INTEGER NOT NULL,"                   \
	" sip_status INTEGER NOT NULL, media_remote TEXT NOT NULL,"                        \
	" rx_packets INTEGER NOT NULL, tx_packets INTEGER NOT NULL,"                       \
	" rx_bytes INTEGER NOT NULL, tx_bytes INTEGER NOT NULL, rx_lost INTEGER NOT NULL," \
	" auth_failed INTEGER NOT NULL, replayed INTEGER NOT NULL,"                        \
	" jitter_us INTEGER NOT NULL, clear_ms INTEGER NOT NULL"

#define MEDIA_WORDS "('off','srtp','optional')"

static const char version_1[] =
	"CREATE TABLE setting("
	" key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

	"CREATE TABLE connection("
	" id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
	" kind TEXT NOT NULL CHECK(kind IN('credential','ip','fqdn')),"
	" is_active INTEGER NOT NULL,"
	" inbound_media TEXT NOT NULL CHECK(inbound_media IN" MEDIA_WORDS "),"
	" inbound_suites TEXT NOT NULL,"
	" outbound_media TEXT NOT NULL CHECK(outbound_media IN" MEDIA_WORDS "),"
	" outbound_suites TEXT NOT NULL,"
	" suite_choice_theirs INTEGER NOT NULL, answer_profile_mirror INTEGER NOT NULL,"
	" offer_profile_avp INTEGER NOT NULL, osrtp_decline_rtp INTEGER NOT NULL,"
	" lenient_tag INTEGER NOT NULL, require_tls INTEGER NOT NULL,"
	" transport TEXT NOT NULL CHECK(transport IN('udp','tcp','tls')),"
	" host TEXT NOT NULL, port INTEGER NOT NULL, tls_name TEXT NOT NULL,"
	" timeout_1xx_secs INTEGER NOT NULL, timeout_2xx_secs INTEGER NOT NULL,"
	" channel_limit INTEGER NOT NULL) STRICT;"

	/* net: source_key_write of address and prefix */
	"CREATE TABLE connection_address("
	" connection_id TEXT NOT NULL REFERENCES connection(id) ON DELETE CASCADE,"
	" position INTEGER NOT NULL, address TEXT NOT NULL, prefix INTEGER NOT NULL,"
	" net BLOB NOT NULL, PRIMARY KEY(connection_id, position)) STRICT;"
	"CREATE INDEX connection_address_net ON connection_address(net);"

	"CREATE TABLE credential("
	" user TEXT PRIMARY KEY,"
	" connection_id TEXT NOT NULL REFERENCES connection(id) ON DELETE CASCADE,"
	" ha1_md5 BLOB NOT NULL CHECK(length(ha1_md5)=16),"
	" ha1_sha256 BLOB NOT NULL CHECK(length(ha1_sha256)=32)) STRICT;"
	"CREATE INDEX credential_connection ON credential(connection_id);"

	"CREATE TABLE number("
	" digits TEXT PRIMARY KEY,"
	" connection_id TEXT NOT NULL REFERENCES connection(id) ON DELETE CASCADE) STRICT;"
	"CREATE INDEX number_connection ON number(connection_id);"

	"CREATE TABLE call_record("
	" id INTEGER PRIMARY KEY, call_id TEXT NOT NULL UNIQUE,"
	" caller TEXT NOT NULL, callee TEXT NOT NULL,"
	" started_ms INTEGER NOT NULL, answered_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
	" failure TEXT NOT NULL, sip_status INTEGER NOT NULL, q850_cause INTEGER NOT NULL,"
	" ended_by TEXT NOT NULL) STRICT;"
	"CREATE INDEX call_record_ended ON call_record(ended_ms);"

	"CREATE TABLE leg_record("
	" record INTEGER NOT NULL REFERENCES call_record(id) ON DELETE CASCADE,"
	" side TEXT NOT NULL CHECK(side IN('caller','callee'))," LEG_COLUMNS ","
	" PRIMARY KEY(record, side)) STRICT, WITHOUT ROWID;";

/** Row n makes version n + 1 out of version n. */
static const char *const steps[] = {
	version_1,
};

unsigned schema_version(void)
{
	return ARRAY_LEN(steps);
}

static sotto_err refuse(
	struct db *db, const char *path, const char *reason, const char *remedy, sotto_err err)
{
	log_error(db->log, store, "store_refused", LOG_STR("path", path), LOG_STR("reason", reason),
		LOG_STR("remedy", remedy));
	return err;
}

/** An empty file may become ours; a foreign one is left as it is. */
static sotto_err check_identity(struct db *db, const char *path, int64_t *version)
{
	int64_t id, tables;

	TRY(db_number(db, "PRAGMA application_id", &id));
	TRY(db_number(db, "PRAGMA user_version", version));
	TRY(db_number(db, "SELECT count(*) FROM sqlite_schema", &tables));
	if (id != SCHEMA_APPLICATION_ID && (id || tables))
		return refuse(db, path, "a database of another program",
			"give store.path another name", SOTTO_EREFUSED);
	if (*version < 0 || *version > schema_version())
		return refuse(db, path, "made by a newer version of sotto",
			"install that version, or restore an older copy", SOTTO_EVERSION);
	return SOTTO_OK;
}

static sotto_err run_step(struct db *db, int64_t from)
{
	char sql[128];
	struct buf b = buf_over(sql, sizeof(sql) - 1);
	sotto_err err;

	memset(sql, 0, sizeof(sql));
	buf_printf(&b, "PRAGMA application_id=%d; PRAGMA user_version=%lld", SCHEMA_APPLICATION_ID,
		(long long)from + 1);
	TRY(buf_err(&b));
	TRY(db_exec(db, "BEGIN IMMEDIATE"));
	err = db_exec(db, steps[from]);
	if (!err)
		err = db_exec(db, sql);
	err = db_end(db, err);
	if (!err)
		log_info(db->log, store, "store_migrated", LOG_INT("version", from + 1));
	return err;
}

sotto_err schema_migrate(struct db *db, const char *path)
{
	int64_t version;

	TRY(check_identity(db, path, &version));
	TRY(db_exec(db, "PRAGMA journal_mode=WAL"));
	for (; version < schema_version(); version++)
		TRY(run_step(db, version));
	return SOTTO_OK;
}
