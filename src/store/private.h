/** @file store/private.h  What the files of this folder share. Not for others. */
#pragma once
#include <pthread.h>

#include "base/mailbox.h"
#include "store/column.h"
#include "store/db.h"
#include "store/store.h"

#define STORE_WHY_MAX 256
#define STORE_SQL_MAX 2048

struct store {
	struct db db;
	const struct log *log;
	struct rng *rng;
	char realm[128];
	char why[STORE_WHY_MAX]; /* of the last refusal */

	/* the thread and what is sent to it */
	struct mailbox *box;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* guards the two below */
	pthread_cond_t wake;
	bool is_woken, is_stopping;
};

/** Keeps the sentence for store_why; returns `err`. */
sotto_err store_refuse(struct store *s, sotto_err err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** A fixed text as an SQL string; `why` on overflow is our bug. */
SOTTO_MUST_USE sotto_err store_prepare(struct store *s, struct buf *sql, sqlite3_stmt **out);

/** Writes records in one transaction. */
SOTTO_MUST_USE sotto_err store_record_add_all(
	struct store *s, struct call_record *const *records, size_t n);
