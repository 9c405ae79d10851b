/**
 * @file unit/alloc_fail.h  Makes the Nth allocation of our own code fail (link with WRAP).
 * Libraries in shared objects keep the real allocator.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** Allocation number `nth` (1 is the next) fails, once; 0 switches failures off. */
void alloc_fail_at(size_t nth);

/** True if the failure set by alloc_fail_at has happened. */
bool alloc_fail_hit(void);

/**
 * Calls `run` with the 1st, 2nd, … allocation failing until a run needs no further one. `run` must
 * come back each time, with success or an error, and free what it took: leaks are ASan's to report.
 */
void alloc_fail_sweep(void (*run)(void *ctx), void *ctx);
