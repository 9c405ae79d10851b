/**
 * @file base/arena.h  A bump allocator with one lifetime and a named maximum.
 * For the message being handled: everything goes at once with arena_reset.
 */
#pragma once
#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* bytes handed out since the last reset */
	size_t max;                 /* bound on `used` */
};

/** An empty arena that will hand out at most `max` bytes. Allocates nothing yet. */
void arena_init(struct arena *a, size_t max);

/** Frees all blocks; the arena is as after arena_init. */
void arena_deinit(struct arena *a);

/** Forgets what was handed out; keeps the first block for the next message. */
void arena_reset(struct arena *a);

/** `n` zeroed bytes, aligned for any object; NULL at the maximum or out of memory. */
SOTTO_MUST_USE void *arena_alloc(struct arena *a, size_t n);

/** A copy of `s` in the arena. */
SOTTO_MUST_USE sotto_err arena_copy(struct arena *a, struct span s, struct span *out);
