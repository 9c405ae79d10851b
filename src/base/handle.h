/**
 * @file base/handle.h  Names for objects that may be gone: slot and generation in 64 bits.
 * The owner keeps the object; all others keep the handle and look it up each time.
 */
#pragma once
#include "base/span.h"

typedef uint64_t handle_t; /* 0 names nothing */

struct handle_slot;

struct handle_table {
	struct handle_slot *slots;
	uint32_t cap, count, max;
	uint32_t free_head; /* index + 1; 0: none */
};

/** An empty table for at most `max` objects (1..2^24). Allocates nothing yet. */
void handle_table_init(struct handle_table *t, uint32_t max);
void handle_table_deinit(struct handle_table *t);

/** Enters `object` (not NULL). SOTTO_ELIMIT at `max`, SOTTO_ENOMEM; `*out` is 0 then. */
SOTTO_MUST_USE sotto_err handle_add(struct handle_table *t, void *object, handle_t *out);

/** The object, or NULL if it is gone or the handle names nothing. */
void *handle_find(const struct handle_table *t, handle_t h);

/** Makes `h` name nothing from now on. */
void handle_remove(struct handle_table *t, handle_t h);

/** Calls `fn` for each live object; `fn` may remove the one it is called with. */
void handle_each(struct handle_table *t, void (*fn)(void *object, void *ctx), void *ctx);
