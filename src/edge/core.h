/**
 * @file edge/core.h  What the files of the edge share: its state and its scratch memory. Private to
 * edge/.
 *
 * One event at a time: a message, a timer, a media event. The arena and the scratch buffers belong
 * to the event that is being handled, and nothing that lives longer may point into them.
 */
#pragma once
#include "auth/digest_server.h"
#include "base/arena.h"
#include "base/list.h"
#include "dialog/dialog.h"
#include "edge/edge.h"
#include "txn/txn.h"

#define EDGE_ARENA_MAX (1024 * 1024) /* indexes of the message and descriptions of one event */

struct registrar;

struct edge {
	struct edge_env env;
	struct edge_settings settings;
	struct directory *directory; /* for what is new; a call keeps the one it began with */
	struct txn_layer *txns;
	struct dialog_table *dialogs; /* owner: handle of the leg */
	struct auth_server *auth;
	struct registrar *registrar;
	struct handle_table legs; /* of all calls */
	struct list calls;        /* struct call */
	size_t call_count;
	struct map usage;   /* calls of each connection: limit.h */
	struct map invites; /* INVITEs that made a call, to find merged ones (§8.2.2.2) */
	uint64_t tag_secret[2];
	bool is_stopping;
	/* of the event that is being handled */
	bool has_message; /* the arena holds its index */
	struct arena arena;
	char message[SIP_MESSAGE_MAX];
	char sdp[SDP_TEXT_MAX]; /* holds keys: wiped by who fills it */
};

/** Begins an event that brings no message: what the last one left in the arena goes. */
static inline void edge_begin_turn(struct edge *e)
{
	if (!e->has_message) /* ports may call back from within a message's handling */
		arena_reset(&e->arena);
}

/** For txn_server_set_user and client transactions that nobody waits for. */
#define TXN_NOBODY ((struct txn_user){ 0 })
