/**
 * @file base/rng.h  Where random bytes come from: the system in the daemon, a seed in the
 * simulator.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct rng {
	void (*fill)(struct rng *r, void *out, size_t n); /* never fails: the system one aborts */
};

static inline void rng_fill(struct rng *r, void *out, size_t n)
{
	r->fill(r, out, n);
}

static inline uint32_t rng_u32(struct rng *r)
{
	uint32_t v;

	rng_fill(r, &v, sizeof(v));
	return v;
}

/** The kernel's generator (getrandom). One object may serve many threads. */
struct rng *rng_system(void);

/** A repeatable generator for tests: splitmix64 from `seed`. Never for keys of real calls. */
struct rng_seeded {
	struct rng rng;
	uint64_t state;
};
void rng_seeded_init(struct rng_seeded *r, uint64_t seed);

/** `n` characters of [0-9a-z], and a NUL: `out` has n + 1 bytes. */
void rng_token(struct rng *r, char *out, size_t n);
