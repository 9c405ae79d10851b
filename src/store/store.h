/**
 * @file store/store.h  Everything that outlives the process. One SQLite file (WAL, STRICT tables),
 * one thread that talks to it; others send it requests. Calls never wait for it.
 */
#pragma once
#include "base/log.h"
#include "store/directory.h"
#include "store/record.h"

struct store;

/** Opens or makes the file, runs migrations, checks it. Boot only: blocks.
 * @param realm [in, copied] of the HA1s; another one than the file's is SOTTO_EREFUSED */
SOTTO_MUST_USE sotto_err store_open(
	struct store **out, const char *path, struct span realm, const struct log *log);

/** Waits for requests sent before, then closes. */
void store_close(struct store *s);

/** Starts the thread. Before it, and in tests, the functions below may be called directly. */
SOTTO_MUST_USE sotto_err store_start(struct store *s);

/* The blocking operations: on the store's own thread, or before store_start. All are one
 * transaction each, durable when they return. SOTTO_ESTORE: refused by the disk or the file; see
 * the log. */
SOTTO_MUST_USE sotto_err store_connection_put(struct store *s, struct connection *c, bool is_new);
SOTTO_MUST_USE sotto_err store_connection_remove(struct store *s, struct span id);
SOTTO_MUST_USE sotto_err store_credential_put(
	struct store *s, struct span connection_id, struct span user, struct span password);
SOTTO_MUST_USE sotto_err store_number_put(
	struct store *s, struct span digits, struct span connection_id);
SOTTO_MUST_USE sotto_err store_number_remove(struct store *s, struct span digits);
SOTTO_MUST_USE sotto_err store_record_add(struct store *s, const struct call_record *r);
/** A fresh snapshot of all. The caller owns the reference. */
SOTTO_MUST_USE sotto_err store_directory(struct store *s, struct directory **out);

/** From any thread: a record to be written. SOTTO_ELIMIT: the queue is full (counted and logged).
 */
SOTTO_MUST_USE sotto_err store_send_record(struct store *s, const struct call_record *r);

/** From any thread: `run` is called on the store's thread, after what was sent before. */
SOTTO_MUST_USE sotto_err store_send(
	struct store *s, void (*run)(struct store *s, void *ctx), void *ctx);
