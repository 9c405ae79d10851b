/** @file unit/store/open_test.c  Files that are not a store, and a process that is killed. */
#include <signal.h>

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/schema.h"
#include "store/store.h"
#include "unit/store/folder.h"
#include "unit/test.h"

static int setup(void **state)
{
	struct folder *f = calloc(1, sizeof(*f));

	folder_make(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

/** The last error's line, without its time. */
struct sink {
	char line[512];
};

static void keep_line(void *ctx, struct span line)
{
	struct sink *s = ctx;

	snprintf(s->line, sizeof(s->line), "%.*s", (int)line.n, line.p);
}

static struct log log_to(struct sink *s)
{
	struct log log = { .sink = keep_line, .ctx = s };

	memset(s, 0, sizeof(*s));
	log_set_level(&log, LOG_LEVEL_WARN);
	return log;
}

static void sql(const char *path, const char *text)
{
	sqlite3 *db;

	CHECK_INT(SQLITE_OK, sqlite3_open(path, &db));
	CHECK_INT(SQLITE_OK, sqlite3_exec(db, text, NULL, NULL, NULL));
	CHECK_INT(SQLITE_OK, sqlite3_close(db));
}

static int64_t sql_number(const char *path, const char *text)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t n;

	CHECK_INT(SQLITE_OK, sqlite3_open(path, &db));
	CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(db, text, -1, &stmt, NULL));
	CHECK_INT(SQLITE_ROW, sqlite3_step(stmt));
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	CHECK_INT(SQLITE_OK, sqlite3_close(db));
	return n;
}

static void make_store(const struct folder *f)
{
	struct store *s;

	CHECK_OK(store_open(&s, f->store, SPAN("example.org"), NULL));
	store_close(s);
}

static void refused(
	const char *path, sotto_err want, const char *event, const char *reason, const char *remedy)
{
	struct sink sink;
	struct log log = log_to(&sink);
	struct store *s;
	char text[512];

	CHECK_INT(want, store_open(&s, path, SPAN("example.org"), &log));
	CHECK(!s);
	snprintf(text, sizeof(text), "error store %s path=%s reason=\"%s\" remedy=\"%s\"\n", event,
		path, reason, remedy);
	CHECK_SPAN(text, span_of(sink.line));
}

static void write_file(const char *path, size_t at, const char *bytes, size_t n)
{
	FILE *file = fopen(path, at ? "r+b" : "wb");

	CHECK(file != NULL);
	CHECK_INT(0, fseek(file, (long)at, SEEK_SET));
	CHECK_INT(n, fwrite(bytes, 1, n, file));
	fclose(file);
	CHECK_INT(0, chmod(path, 0600));
}

static void a_file_that_is_no_store_is_refused_in_plain_words(void **state)
{
	struct folder *f = *state;
	static const char junk[] = "listeners:\n  - transport: udp, and some more text of no use";

	ROW("text");
	write_file(f->store, 0, junk, sizeof(junk));
	refused(f->store, SOTTO_ESTORE, "store_open_failed", "file is not a database",
		"it is no store of sotto, or damaged: restore a copy, or move it away");
	ROW("another program's database");
	unlink(f->store);
	sql(f->store, "CREATE TABLE theirs(x)");
	CHECK_INT(0, chmod(f->store, 0600));
	refused(f->store, SOTTO_EREFUSED, "store_refused", "a database of another program",
		"give store.path another name");
	CHECK_INT(1, sql_number(f->store, "SELECT count(*) FROM sqlite_schema"));
	ROW("a folder");
	refused(f->path, SOTTO_EIO, "store_open_failed", "Is a directory",
		"make its folder, and let the user of this process write there");
	ROW("no such folder");
	refused("/nonexistent/sotto.db", SOTTO_EIO, "store_open_failed",
		"No such file or directory",
		"make its folder, and let the user of this process write there");
}

static void a_damaged_store_is_refused(void **state)
{
	struct folder *f = *state;
	struct sink sink;
	struct log log = log_to(&sink);
	struct store *s;
	char junk[4096];

	make_store(f);
	memset(junk, 0xa5, sizeof(junk));
	write_file(f->store, 4096, junk, sizeof(junk)); /* the second page */
	CHECK_INT(SOTTO_ESTORE, store_open(&s, f->store, SPAN("example.org"), &log));
	CHECK(!s);
	CHECK(strstr(sink.line, "restore a copy") != NULL);
}

static void a_store_of_a_newer_version_is_refused(void **state)
{
	struct folder *f = *state;

	make_store(f);
	sql(f->store, "PRAGMA user_version=9999");
	refused(f->store, SOTTO_EVERSION, "store_refused", "made by a newer version of sotto",
		"install that version, or restore an older copy");
}

static void a_store_under_another_realm_is_refused(void **state)
{
	struct folder *f = *state;
	struct sink sink;
	struct log log = log_to(&sink);
	struct store *s;

	make_store(f);
	CHECK_INT(SOTTO_EREFUSED, store_open(&s, f->store, SPAN("example.net"), &log));
	CHECK(strstr(sink.line, "store=example.org configured=example.net") != NULL);
}

static void a_store_in_use_is_refused(void **state)
{
	struct folder *f = *state;
	struct store *s;

	CHECK_OK(store_open(&s, f->store, SPAN("example.org"), NULL));
	refused(f->store, SOTTO_EREFUSED, "store_open_failed", "in use by another process",
		"end that process, or give store.path another name");
	store_close(s);
	make_store(f);
}

static void migration_brings_a_new_file_to_the_present_version(void **state)
{
	struct folder *f = *state;

	make_store(f);
	CHECK_INT(schema_version(), sql_number(f->store, "PRAGMA user_version"));
	CHECK_INT(SCHEMA_APPLICATION_ID, sql_number(f->store, "PRAGMA application_id"));
	make_store(f); /* a second time changes nothing */
	CHECK_INT(schema_version(), sql_number(f->store, "PRAGMA user_version"));
	CHECK_INT(0, sql_number(f->store, /* every table of ours checks its types */
			     "SELECT count(*) FROM sqlite_schema WHERE type='table' AND"
			     " name NOT LIKE 'sqlite_%' AND sql NOT LIKE '%STRICT%'"));
}

static void migration_that_was_cut_short_begins_again(void **state)
{
	struct folder *f = *state;

	/* as a step leaves it that was killed before its commit: an empty database of ours */
	sql(f->store, "PRAGMA application_id=0x534f5454");
	CHECK_INT(0, chmod(f->store, 0600));
	make_store(f);
	CHECK_INT(schema_version(), sql_number(f->store, "PRAGMA user_version"));
}

/** Rows 1 to `n` of a table, as fast as SQL makes them. */
static void fill(const char *path, int n, const char *insert)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%d) %s", n,
		insert);
	sql(path, text);
}

static void a_store_holds_its_maxima_and_not_one_more(void **state)
{
	struct folder *f = *state;
	struct connection c = { .name = "last" };
	struct directory *d;
	struct store *s;

	make_store(f);
	fill(f->store, DIRECTORY_CONNECTIONS_MAX - 1,
		"INSERT INTO connection SELECT 'cc_'||i, 'n'||i, 'credential', 1, 'off', '', 'off',"
		" '', 0, 0, 0, 0, 0, 0, 'udp', '', 0, '', 0, 0, 0 FROM n");
	fill(f->store, DIRECTORY_CREDENTIALS_MAX - 1,
		"INSERT INTO credential SELECT 'u'||i, 'cc_1', zeroblob(16), zeroblob(32) FROM n");
	fill(f->store, DIRECTORY_NUMBERS_MAX - 1, "INSERT INTO number SELECT i, 'cc_1' FROM n");
	CHECK_OK(store_open(&s, f->store, SPAN("example.org"), NULL));
	CHECK_OK(store_connection_put(s, &c, true));
	CHECK_OK(store_credential_put(s, span_of(c.id), SPAN("last"), SPAN("12345678")));
	CHECK_OK(store_number_put(s, SPAN("999999"), span_of(c.id)));
	CHECK_OK(store_directory(s, &d)); /* all of it can be read */
	CHECK_INT(DIRECTORY_CONNECTIONS_MAX, directory_count(d).connections);
	CHECK_INT(DIRECTORY_CREDENTIALS_MAX, directory_count(d).credentials);
	CHECK_INT(DIRECTORY_NUMBERS_MAX, directory_count(d).numbers);
	directory_release(d);
	CHECK_OK(store_credential_put(s, span_of(c.id), SPAN("last"), SPAN("a new one")));
	snprintf(c.name, sizeof(c.name), "one more");
	CHECK_INT(SOTTO_ELIMIT, store_connection_put(s, &c, true));
	CHECK_SPAN("a store holds at most 16384 connections", span_of(store_why(s)));
	CHECK_INT(SOTTO_ELIMIT,
		store_credential_put(s, SPAN("cc_1"), SPAN("more"), SPAN("12345678")));
	CHECK_SPAN("a store holds at most 65536 credentials", span_of(store_why(s)));
	CHECK_INT(SOTTO_ELIMIT, store_number_put(s, SPAN("999998"), SPAN("cc_1")));
	CHECK_SPAN("a store holds at most 262144 numbers", span_of(store_why(s)));
	store_close(s);
}

/** Writes connections and records for ever, and tells each by one byte once it is acknowledged. */
static _Noreturn void write_until_killed(const char *path, int fd, int round)
{
	struct store *s;

	if (store_open(&s, path, SPAN("example.org"), NULL))
		_exit(1);
	for (int i = 0;; i++) {
		struct connection c = { .kind = CONNECTION_CREDENTIAL };
		struct call_record r = { .caller = { .exists = true } };
		snprintf(c.name, sizeof(c.name), "%d-%d", round, i);
		snprintf(r.call_id, sizeof(r.call_id), "%d-%d", round, i);
		if (store_connection_put(s, &c, true) || store_record_add(s, &r))
			_exit(2);
		if (write(fd, "", 1) != 1)
			_exit(3);
	}
}

/** Kills the writer when it has acknowledged `after` rows; returns how many it had in the end. */
static int run_and_kill(const char *path, int round, int after)
{
	int fds[2], status, n = 0;
	char byte;
	pid_t pid;

	CHECK_INT(0, pipe(fds));
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0)
		write_until_killed(path, fds[1], round);
	close(fds[1]);
	while (n < after && read(fds[0], &byte, 1) == 1)
		n++;
	kill(pid, SIGKILL);
	while (read(fds[0], &byte, 1) == 1)
		n++;
	close(fds[0]);
	CHECK_INT(pid, waitpid(pid, &status, 0));
	CHECK(WIFSIGNALED(status));
	return n;
}

static void nothing_acknowledged_is_lost_by_kill_9(void **state)
{
	struct folder *f = *state;
	int64_t total = 0;
	char query[128];

	for (int round = 0; round < 8; round++) {
		int n = run_and_kill(f->store, round, rand() % 40);
		struct store *s;
		CHECK_OK(store_open(&s, f->store, SPAN("example.org"), NULL));
		store_close(s);
		snprintf(query, sizeof(query),
			"SELECT count(*) FROM call_record WHERE call_id LIKE '%d-%%'", round);
		CHECK(sql_number(f->store, query) >= n);
		total += n;
		CHECK(sql_number(f->store, "SELECT count(*) FROM connection") >= total);
		CHECK_INT(1, sql_number(f->store, "SELECT count(*)=1 AND max(integrity_check)='ok'"
						  " FROM pragma_integrity_check"));
		CHECK_INT(0, sql_number(f->store, "SELECT count(*) FROM pragma_foreign_key_check"));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_that_is_no_store_is_refused_in_plain_words),
		TEST(a_damaged_store_is_refused),
		TEST(a_store_of_a_newer_version_is_refused),
		TEST(a_store_under_another_realm_is_refused),
		TEST(a_store_in_use_is_refused),
		TEST(migration_brings_a_new_file_to_the_present_version),
		TEST(migration_that_was_cut_short_begins_again),
		TEST(a_store_holds_its_maxima_and_not_one_more),
		TEST(nothing_acknowledged_is_lost_by_kill_9),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
