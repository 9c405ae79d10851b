/**
 * @file base/time.h  Two clocks and a duration, as types that are not mixed up.
 * Nothing in the core reads a clock: `now` comes in as an argument.
 */
#pragma once
#include <stdint.h>

typedef uint64_t instant_t; /* µs on a clock that never goes back; its origin means nothing */
typedef int64_t ms_t;       /* a duration in milliseconds */
typedef int64_t wall_t;     /* ms since 1970-01-01 UTC, for records, logs and certificates */

#define INSTANT_NEVER UINT64_MAX
#define SECONDS(n)    ((ms_t)(n)*1000)

static inline instant_t instant_add(instant_t at, ms_t d)
{
	return at + (uint64_t)(d * 1000);
}

/** From `from` to `to` in ms, rounded down; negative if `to` is earlier. */
static inline ms_t instant_diff(instant_t from, instant_t to)
{
	return (ms_t)(int64_t)(to - from) / 1000;
}

/** The system's monotonic and wall clocks. Only io/, media/'s worker and programs call these. */
instant_t clock_now(void);
wall_t clock_wall(void);
