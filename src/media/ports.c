/** @file media/ports.c */
#include "media/ports.h"

#include <assert.h>
#include <stdlib.h>

sotto_err port_pool_init(struct port_pool *p, uint16_t first, uint16_t last, uint32_t start)
{
	uint32_t from = (first + 1u) & ~1u, end = (last + 1u) & ~1u; /* `end` is not included */

	*p = (struct port_pool){ 0 };
	if (first == 0 || end <= from)
		return SOTTO_EINVAL;
	p->first = (uint16_t)from;
	p->pairs = (end - from) / 2;
	p->next = start % p->pairs;
	p->taken = calloc((p->pairs + 63) / 64, sizeof(*p->taken));
	return p->taken ? SOTTO_OK : SOTTO_ENOMEM;
}

void port_pool_deinit(struct port_pool *p)
{
	free(p->taken);
	*p = (struct port_pool){ 0 };
}

static bool is_taken(const struct port_pool *p, uint32_t pair)
{
	return p->taken[pair / 64] >> pair % 64 & 1;
}

sotto_err port_pool_take(struct port_pool *p, uint16_t *rtp)
{
	*rtp = 0;
	for (uint32_t i = 0; i < p->pairs; i++) {
		uint32_t pair = (p->next + i) % p->pairs;

		if (is_taken(p, pair))
			continue;
		p->taken[pair / 64] |= UINT64_C(1) << pair % 64;
		p->next = (pair + 1) % p->pairs;
		*rtp = (uint16_t)(p->first + 2 * pair);
		return SOTTO_OK;
	}
	return SOTTO_ELIMIT;
}

bool port_pool_has(const struct port_pool *p, uint16_t port)
{
	return port >= p->first && (uint32_t)(port - p->first) / 2 < p->pairs;
}

void port_pool_give(struct port_pool *p, uint16_t rtp)
{
	uint32_t pair = (uint32_t)(rtp - p->first) / 2;

	assert(rtp >= p->first && pair < p->pairs && is_taken(p, pair));
	p->taken[pair / 64] &= ~(UINT64_C(1) << pair % 64);
}
