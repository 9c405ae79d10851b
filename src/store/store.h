/**
 * @file store/store.h  Everything that outlives the process. One SQLite file (WAL, STRICT tables),
 * one thread that talks to it; others send it requests. Calls never wait for it.
 */
#pragma once
#include "base/log.h"
#include "store/directory.h"
#include "store/record.h"

struct store;

/**
 * Opens or makes the file (mode 0600), runs migrations, checks it. Boot only: blocks. The reason of
 * a failure is logged, with what to do.
 * @param realm [in, copied] of the HA1s, 1..127 bytes
 * @return SOTTO_OK; SOTTO_EREFUSED: another realm than the file's, another process has it, or it is
 *         another program's; SOTTO_EVERSION: a newer sotto made it; SOTTO_ESTORE: damaged, or no
 *         database; SOTTO_EIO; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err store_open(
	struct store **out, const char *path, struct span realm, const struct log *log);

/** Waits for requests sent before, then closes. NULL is legal. */
void store_close(struct store *s);

/** Starts the thread. Before it, and in tests, the functions below may be called directly. */
SOTTO_MUST_USE sotto_err store_start(struct store *s);

/*
 * The blocking operations: on the store's own thread, or before store_start. All are one
 * transaction each, durable when they return, or without effect. Common answers:
 * SOTTO_EINVAL  a value is not allowed
 * SOTTO_EEXIST  it would be ambiguous: another row has that name, user, number or source
 * SOTTO_ENOENT  there is no such row, or no such connection
 * SOTTO_ELIMIT  the directory's maximum
 * SOTTO_ESTORE  refused by the disk or the file: see the log
 */

/** The sentence of the last of the first four answers above, for people; empty: none yet. */
const char *store_why(const struct store *s);

/** @param is_new the id is made here and written into `c`; else the row of that id is replaced */
SOTTO_MUST_USE sotto_err store_connection_put(struct store *s, struct connection *c, bool is_new);
/** Its credentials and numbers go with it. */
SOTTO_MUST_USE sotto_err store_connection_remove(struct store *s, struct span id);
/** A new user, or a new password for one of this connection. Only digests are kept. */
SOTTO_MUST_USE sotto_err store_credential_put(
	struct store *s, struct span connection_id, struct span user, struct span password);
SOTTO_MUST_USE sotto_err store_credential_remove(struct store *s, struct span user);
SOTTO_MUST_USE sotto_err store_number_put(
	struct store *s, struct span digits, struct span connection_id);
SOTTO_MUST_USE sotto_err store_number_remove(struct store *s, struct span digits);
/** SOTTO_EEXIST: that call has one. */
SOTTO_MUST_USE sotto_err store_record_add(struct store *s, const struct call_record *r);
/** The newest first, `limit` at most. */
SOTTO_MUST_USE sotto_err store_record_list(struct store *s, size_t limit,
	void (*each)(void *ctx, const struct call_record *r), void *ctx);
SOTTO_MUST_USE sotto_err store_record_count(struct store *s, uint64_t *out);
/** A fresh snapshot of all. The caller owns the reference. */
SOTTO_MUST_USE sotto_err store_directory(struct store *s, struct directory **out);

/** From any thread: a record to be written. SOTTO_ELIMIT: the queue is full (logged).
 */
SOTTO_MUST_USE sotto_err store_send_record(struct store *s, const struct call_record *r);

/** From any thread: `run` is called on the store's thread, after what was sent before. */
SOTTO_MUST_USE sotto_err store_send(
	struct store *s, void (*run)(struct store *s, void *ctx), void *ctx);
