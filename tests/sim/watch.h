/**
 * @file sim/watch.h  What must hold in every scenario: everything the edge sends is well-formed,
 * and nothing of one leg is told on another.
 */
#pragma once
#include "sip/msg.h"

struct world;
struct phone;

#define WATCH_SECRETS_MAX 4096

enum watch_kind {
	WATCH_ADDRESS,
	WATCH_CALL_ID,
	WATCH_TAG,
	WATCH_BRANCH,
	WATCH_KEY,
	WATCH_PASSWORD,
};

/** A text that belongs to one phone's leg. */
struct watch_secret {
	enum watch_kind kind;
	const struct phone *phone;
	char text[128];
};

struct watch {
	struct watch_secret secrets[WATCH_SECRETS_MAX];
	size_t count;
};

/** Enters a text of `phone`'s leg; too short ones mean nothing and are left out. */
void watch_secret(
	struct world *w, const struct phone *phone, enum watch_kind kind, struct span text);

/** Call-ID, tags, branch and keys of a message on `phone`'s leg. */
void watch_learn(struct world *w, const struct phone *phone, const struct sip_msg *msg);

/** Judges one message from the edge to `phone`; `raw` are the bytes before they were parsed. */
void watch_message(
	struct world *w, const struct phone *phone, const struct sip_msg *msg, struct span raw);

/** No key and no password may stand in the log. */
void watch_log(struct world *w, struct span line);
