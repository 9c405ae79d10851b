/** @file base/map.c  Open addressing with linear probing; SipHash-2-4 (Aumasson, Bernstein 2012).
 */
#include "base/map.h"

#include <stdlib.h>

struct map_entry {
	uint64_t hash;
	struct span key;
	void *value; /* NULL and key.p NULL: never used; NULL and key.p set: removed */
};

static const char tomb[1];

static uint64_t rotl(uint64_t x, int b)
{
	return x << b | x >> (64 - b);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t m)
{
	v[3] ^= m;
	sip_round(v);
	sip_round(v);
	v[0] ^= m;
}

uint64_t siphash(const uint64_t secret[2], struct span s)
{
	uint64_t v[4] = { secret[0] ^ 0x736f6d6570736575u, secret[1] ^ 0x646f72616e646f6du,
		secret[0] ^ 0x6c7967656e657261u, secret[1] ^ 0x7465646279746573u };
	uint64_t m;
	size_t whole = s.n & ~(size_t)7;

	for (size_t i = 0; i < whole; i += 8) {
		memcpy(&m, s.p + i, 8);
		sip_word(v, m);
	}
	m = (uint64_t)s.n << 56;
	for (size_t i = whole; i < s.n; i++)
		m |= (uint64_t)(uint8_t)s.p[i] << (8 * (i - whole));
	sip_word(v, m);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void map_init(struct map *m, struct rng *rng, size_t max)
{
	*m = (struct map){ .max = max };
	rng_fill(rng, m->secret, sizeof(m->secret));
}

void map_deinit(struct map *m)
{
	free(m->entries);
	m->entries = NULL;
	m->cap = m->count = m->tombs = 0;
}

static struct map_entry *seek(const struct map *m, uint64_t hash, struct span key)
{
	if (!m->cap)
		return NULL;
	for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
		struct map_entry *e = &m->entries[i];
		if (!e->value && !e->key.p)
			return NULL;
		if (e->value && e->hash == hash && span_eq(e->key, key))
			return e;
	}
}

static void insert(struct map *m, struct map_entry entry)
{
	size_t i = entry.hash & (m->cap - 1);

	while (m->entries[i].value)
		i = (i + 1) & (m->cap - 1);
	if (m->entries[i].key.p)
		m->tombs--;
	m->entries[i] = entry;
	m->count++;
}

/** Grows, or sweeps removed entries out, so that a quarter at least stays unused. */
static sotto_err make_room(struct map *m)
{
	struct map old = *m;
	size_t cap = m->cap ? m->cap : 64;

	if ((m->count + m->tombs + 1) * 4 <= m->cap * 3)
		return SOTTO_OK;
	if ((m->count + 1) * 2 > cap)
		cap *= 2;
	m->entries = calloc(cap, sizeof(*m->entries));
	if (!m->entries) {
		*m = old;
		return SOTTO_ENOMEM;
	}
	m->cap = cap;
	m->count = m->tombs = 0;
	for (size_t i = 0; i < old.cap; i++)
		if (old.entries[i].value)
			insert(m, old.entries[i]);
	free(old.entries);
	return SOTTO_OK;
}

sotto_err map_add(struct map *m, struct span key, void *value)
{
	uint64_t hash = siphash(m->secret, key);

	if (seek(m, hash, key))
		return SOTTO_EEXIST;
	if (m->count >= m->max)
		return SOTTO_ELIMIT;
	TRY(make_room(m));
	insert(m, (struct map_entry){ hash, { key.p ? key.p : tomb, key.n }, value });
	return SOTTO_OK;
}

void *map_find(const struct map *m, struct span key)
{
	struct map_entry *e = seek(m, siphash(m->secret, key), key);

	return e ? e->value : NULL;
}

void *map_remove(struct map *m, struct span key)
{
	struct map_entry *e = seek(m, siphash(m->secret, key), key);
	void *value;

	if (!e)
		return NULL;
	value = e->value;
	*e = (struct map_entry){ .key = { tomb, 0 } };
	m->count--;
	m->tombs++;
	return value;
}

void map_each(struct map *m, void (*fn)(void *value, void *ctx), void *ctx)
{
	for (size_t i = 0; i < m->cap; i++)
		if (m->entries[i].value)
			fn(m->entries[i].value, ctx);
}
