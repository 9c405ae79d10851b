/**
 * @file base/map.h  A hash table from bytes to a pointer. The key lies in the object that owns it.
 * Hashed with a secret, so that a peer cannot choose keys that collide.
 */
#pragma once
#include "base/rng.h"
#include "base/span.h"

struct map_entry;

struct map {
	struct map_entry *entries; /* open addressing, a power of two */
	size_t cap, count, tombs, max;
	uint64_t secret[2];
};

/** An empty map of at most `max` entries. Allocates nothing yet. */
void map_init(struct map *m, struct rng *rng, size_t max);
void map_deinit(struct map *m);

/**
 * Enters `value` (not NULL) under `key`, whose bytes must stay until it is removed.
 * @return SOTTO_OK, SOTTO_EEXIST (unchanged), SOTTO_ELIMIT, SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err map_add(struct map *m, struct span key, void *value);

/** The value, or NULL. */
void *map_find(const struct map *m, struct span key);

/** Removes and returns the value, or NULL. */
void *map_remove(struct map *m, struct span key);

/** Calls `fn` for each value; `fn` may remove the one it is called with. */
void map_each(struct map *m, void (*fn)(void *value, void *ctx), void *ctx);

/** SipHash-2-4 of `s` under a 128-bit secret. */
uint64_t siphash(const uint64_t secret[2], struct span s);
