/**
 * @file daemon/control.h  The control socket: a Unix socket, one JSON request per line, one answer
 * per line (daemon/command.h). Only root and our own user may ask; others hear why and are closed.
 * Lives on its loop's thread; the requests run on the store's.
 */
#pragma once
#include "daemon/command.h"
#include "io/loop.h"

#define CONTROL_REQUEST_MAX 65536 /* bytes of a line */
#define CONTROL_CLIENTS_MAX 32

struct control;

/**
 * Makes the socket, mode 0600; one that nobody answers on any more is replaced.
 * @param env  [in] borrowed; used on the store's thread only from now on
 * The loop is woken when control_run is due.
 * @param why  [out] one sentence if it fails
 * @return SOTTO_OK; SOTTO_EADDRINUSE: somebody answers there; SOTTO_EIO; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err control_create(struct control **out, struct loop *loop, const char *path,
	struct command_env *env, struct buf *why);

/** Hands finished answers to their clients: call it on the loop's wake. */
void control_run(struct control *c);

/** Removes the socket and closes every client; requests that run are still finished. */
void control_stop(struct control *c);

/** After control_stop, a turn of the loop, and the end of the store. NULL is legal. */
void control_destroy(struct control *c);

/** Whether a peer of that user may ask. */
bool control_allows(unsigned uid, unsigned own_uid);
