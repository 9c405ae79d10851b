/** @file base/rng.c */
#include "base/rng.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void system_fill(struct rng *r, void *out, size_t n)
{
	char *p = out;

	(void)r;
	while (n) {
		ssize_t got = getrandom(p, n, 0);
		if (got < 0 && errno != EINTR)
			abort(); /* without randomness every key would be a lie */
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
}

struct rng *rng_system(void)
{
	static const struct rng the_system = { system_fill };

	return (struct rng *)(uintptr_t)&the_system; /* never written to */
}

static void seeded_fill(struct rng *r, void *out, size_t n)
{
	struct rng_seeded *s = (struct rng_seeded *)(void *)r; /* rng is the first member */
	char *p = out;

	while (n) {
		uint64_t z = (s->state += 0x9e3779b97f4a7c15u);
		size_t take = n < sizeof(z) ? n : sizeof(z);
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		z ^= z >> 31;
		memcpy(p, &z, take);
		p += take;
		n -= take;
	}
}

void rng_seeded_init(struct rng_seeded *r, uint64_t seed)
{
	*r = (struct rng_seeded){ { seeded_fill }, seed };
}

void rng_token(struct rng *r, char *out, size_t n)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	for (size_t i = 0; i < n;) {
		uint8_t b[32];
		rng_fill(r, b, sizeof(b));
		for (size_t j = 0; j < sizeof(b) && i < n; j++)
			if (b[j] < 252) /* 7 * 36: no bias */
				out[i++] = digits[b[j] % 36];
	}
	out[n] = 0;
}
