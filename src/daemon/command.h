/**
 * @file daemon/command.h  What the control socket can ask for: one JSON object in, one out.
 *
 *   {"command":"connection.add","args":{"name":"office","kind":"credential"}}
 *   {"ok":true,"data":{…}}   or   {"ok":false,"error":{"code":"invalid","title":…,"detail":…}}
 *
 * All of it runs on the store's thread (or before it starts).
 */
#pragma once
#include <jansson.h>

#include "store/store.h"

/** What runs, beside what the store knows. */
struct command_status {
	uint64_t uptime_s;
	uint64_t calls, dialogs, transactions, bindings, flows;
};

struct command_env {
	struct store *store;
	struct directory *directory; /* the newest; its own reference */
	/** After a change, with the new snapshot (borrowed: retain it). May be NULL. */
	void (*publish)(void *ctx, struct directory *d);
	/** From the store's thread. May be NULL. */
	void (*status)(void *ctx, struct command_status *out);
	void *ctx;
	const struct log *log;
};

/** Reads the first snapshot. */
SOTTO_MUST_USE sotto_err command_env_init(struct command_env *env);
void command_env_deinit(struct command_env *env);

/**
 * Runs one request.
 * @return the answer, one line with its end, to be freed; NULL: out of memory
 */
SOTTO_MUST_USE char *command_run(struct command_env *env, struct span request);

/** An answer that refuses, for what cannot even be run. */
SOTTO_MUST_USE char *command_refusal(const char *code, const char *title, const char *detail);
