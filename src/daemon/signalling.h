/**
 * @file daemon/signalling.h  The signalling worker: one thread with its loop, sockets, edge and the
 * media worker that serves it. Others send it messages; nobody else touches what it owns.
 */
#pragma once
#include "daemon/command.h"
#include "daemon/config.h"

/** How long calls have to say goodbye when we stop. */
#define SIGNALLING_DRAIN_MS SECONDS(5)

struct signalling;

struct signalling_params {
	const struct config *config; /* not kept */
	struct store *store;         /* borrowed: gets the records */
	struct directory *directory; /* retained */
	const struct log *log;       /* borrowed */
	/** From the worker's thread, when it has ended. */
	void (*ended)(void *ctx);
	void *ctx;
};

/** Binds everything; nothing runs yet. @param why [out] one sentence if it fails */
SOTTO_MUST_USE sotto_err signalling_create(
	struct signalling **out, const struct signalling_params *params, struct buf *why);

/** Starts the thread. SOTTO_EIO. */
SOTTO_MUST_USE sotto_err signalling_start(struct signalling *s);

/** Any thread: for new calls from now on. `d` is retained. SOTTO_ELIMIT: the mailbox is full. */
SOTTO_MUST_USE sotto_err signalling_set_directory(struct signalling *s, struct directory *d);

/** Any thread: releases every call, waits for them a while, and ends. */
void signalling_stop(struct signalling *s);

/** Any thread: what lives in the worker. uptime_s stays as it is. */
void signalling_status(struct signalling *s, struct command_status *out);

/** Waits for the thread, which must have been told to stop: no record comes any more. NULL is
 * legal, and one that was never started. */
void signalling_join(struct signalling *s);

/** When nobody can send to it any more; joins if need be. NULL is legal. */
void signalling_destroy(struct signalling *s);
