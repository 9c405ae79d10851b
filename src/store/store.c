/** @file store/store.c  Opening, closing, and the thread that alone talks to the file then. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/private.h"
#include "store/schema.h"

#define STORE_QUEUE_MAX 4096 /* requests that wait: a minute of ends of calls at 68 a second */
#define STORE_BATCH_MAX 64   /* records of one transaction: one fsync for all */

struct store_request {
	struct call_record *record; /* ours; NULL: run */
	void (*run)(struct store *s, void *ctx);
	void *ctx;
};

sotto_err store_refuse(struct store *s, sotto_err err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, args);
	va_end(args);
	return err;
}

const char *store_why(const struct store *s)
{
	return s->why;
}

sotto_err store_prepare(struct store *s, struct buf *sql, sqlite3_stmt **out)
{
	*out = NULL;
	buf_putc(sql, '\0');
	TRY(buf_err(sql));
	return db_prepare(&s->db, sql->p, out);
}

/** The realm is part of every HA1: under another one nobody could log in any more. */
static sotto_err check_realm(struct store *s, const char *path)
{
	sqlite3_stmt *stmt = NULL;
	bool row = false;
	sotto_err err = db_prepare(&s->db,
		"INSERT INTO setting(key, value) VALUES('realm', ?) ON CONFLICT DO NOTHING", &stmt);

	if (!err) {
		db_bind_span(stmt, 1, span_of(s->realm));
		err = db_run(&s->db, stmt);
	}
	sqlite3_finalize(stmt);
	TRY(err);
	err = db_prepare(&s->db, "SELECT value FROM setting WHERE key='realm'", &stmt);
	if (!err)
		err = db_step(&s->db, stmt, &row);
	if (!err && !span_eq(db_span(stmt, 0), span_of(s->realm))) {
		log_error(s->log, store, "store_realm_differs", LOG_STR("path", path),
			LOG_SPAN("store", db_span(stmt, 0)), LOG_STR("configured", s->realm),
			LOG_STR("remedy", "passwords are stored under the realm: set it back, or "
					  "begin a new store"));
		err = SOTTO_EREFUSED;
	}
	sqlite3_finalize(stmt);
	return err;
}

static void wake(void *ctx)
{
	struct store *s = ctx;

	pthread_mutex_lock(&s->lock);
	s->is_woken = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

sotto_err store_open(struct store **out, const char *path, struct span realm, const struct log *log)
{
	struct store *s = calloc(1, sizeof(*s));
	sotto_err err;

	*out = NULL;
	if (!s)
		return SOTTO_ENOMEM;
	s->db.lock_fd = -1;
	s->log = log;
	s->rng = rng_system();
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	s->box = mailbox_create(sizeof(struct store_request), STORE_QUEUE_MAX, wake, s);
	err = s->box ? SOTTO_OK : SOTTO_ENOMEM;
	if (!err)
		err = span_cstr(realm, s->realm, sizeof(s->realm)) ? SOTTO_EINVAL : SOTTO_OK;
	if (!err)
		err = db_open(&s->db, path, log);
	if (!err)
		err = schema_migrate(&s->db, path);
	if (!err)
		err = check_realm(s, path);
	if (err)
		store_close(s);
	else
		*out = s;
	return err;
}

static void record_lost(struct store *s, const struct call_record *r, sotto_err err)
{
	log_error(s->log, store, "record_lost", LOG_STR("call", r->call_id),
		LOG_STR("reason", err_text(err)));
}

/** All at once; if that fails, one by one, so that a bad one costs only itself. */
static void write_batch(struct store *s, struct call_record **records, size_t n)
{
	if (n > 0 && store_record_add_all(s, records, n)) {
		for (size_t i = 0; i < n; i++) {
			sotto_err err = store_record_add(s, records[i]);
			if (err)
				record_lost(s, records[i], err);
		}
	}
	for (size_t i = 0; i < n; i++)
		free(records[i]);
}

static void drain(struct store *s)
{
	struct call_record *batch[STORE_BATCH_MAX];
	struct store_request req;
	size_t n = 0;

	while (mailbox_receive(s->box, &req)) {
		if (req.record) {
			batch[n++] = req.record;
			if (n < STORE_BATCH_MAX)
				continue;
		}
		write_batch(s, batch, n); /* in order: what was sent before `run` is there */
		n = 0;
		if (req.run)
			req.run(s, req.ctx);
	}
	write_batch(s, batch, n);
}

static void *thread_main(void *ctx)
{
	struct store *s = ctx;
	bool stop;

	do {
		pthread_mutex_lock(&s->lock);
		while (!s->is_woken && !s->is_stopping)
			pthread_cond_wait(&s->wake, &s->lock);
		s->is_woken = false;
		stop = s->is_stopping;
		pthread_mutex_unlock(&s->lock);
		drain(s);
	} while (!stop);
	return NULL;
}

sotto_err store_start(struct store *s)
{
	if (pthread_create(&s->thread, NULL, thread_main, s))
		return SOTTO_EIO;
	pthread_setname_np(s->thread, "store");
	s->has_thread = true;
	return SOTTO_OK;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->has_thread) {
		pthread_mutex_lock(&s->lock);
		s->is_stopping = true;
		pthread_cond_signal(&s->wake);
		pthread_mutex_unlock(&s->lock);
		pthread_join(s->thread, NULL);
	} else if (s->box) {
		drain(s);
	}
	db_close(&s->db);
	mailbox_destroy(s->box);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

sotto_err store_send_record(struct store *s, const struct call_record *r)
{
	struct store_request req = { .record = malloc(sizeof(*r)) };
	sotto_err err = SOTTO_ENOMEM;

	if (req.record) {
		*req.record = *r;
		err = mailbox_send(s->box, &req);
	}
	if (err) {
		free(req.record);
		record_lost(s, r, err);
	}
	return err;
}

sotto_err store_send(struct store *s, void (*run)(struct store *s, void *ctx), void *ctx)
{
	struct store_request req = { .run = run, .ctx = ctx };

	return mailbox_send(s->box, &req);
}
