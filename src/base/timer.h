/**
 * @file base/timer.h  Deadlines in a binary heap. Reads no clock: the owner asks for the next
 * deadline and says when it has come. Equal deadlines fire in the order in which they were set.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/time.h"

struct timer;
typedef void timer_fn(struct timer *t, instant_t now);

/** Lies inside the object that it belongs to (see container_of). All zero: not set. */
struct timer {
	instant_t at;
	uint64_t order;
	size_t slot; /* place in the heap + 1; 0: not set */
	timer_fn *fire;
};

struct timer_heap {
	struct timer **heap;
	size_t n, cap;
	uint64_t order;
};

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

void timer_heap_init(struct timer_heap *h);

/** Every timer still set is forgotten, not fired. */
void timer_heap_deinit(struct timer_heap *h);

/**
 * Makes room for `n` timers in all, so that timer_set cannot fail for them: an object reserves when
 * it is created.
 */
SOTTO_MUST_USE sotto_err timer_heap_reserve(struct timer_heap *h, size_t n);

/** Sets, or moves, `t` to `at`. SOTTO_ENOMEM: not set (only beyond what was reserved). */
SOTTO_MUST_USE sotto_err timer_set(
	struct timer_heap *h, struct timer *t, instant_t at, timer_fn *fire);

/** Harmless if it is not set. */
void timer_stop(struct timer_heap *h, struct timer *t);

static inline bool timer_is_set(const struct timer *t)
{
	return t->slot != 0;
}

/** The next deadline, or INSTANT_NEVER. */
instant_t timer_heap_next(const struct timer_heap *h);

/** Fires, in order, all that are due at `now`, also those that a firing timer sets to be due. */
void timer_heap_run(struct timer_heap *h, instant_t now);
