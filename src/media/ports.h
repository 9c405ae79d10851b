/**
 * @file media/ports.h  Pairs of ports from a range: RTP even, RTCP the next (RFC 3550 §11). Pure.
 * Pairs go round, so that one that was just given back rests as long as can be: late packets of the
 * last call must not reach the next.
 */
#pragma once
#include "base/span.h"

struct port_pool {
	uint16_t first;       /* even */
	uint32_t pairs, next; /* `next`: where to look first */
	uint64_t *taken;      /* [owned] a bit for each pair */
};

/**
 * @param first,last the range, both included: an odd first and an even last port are left out
 * @param start      where to begin, so that ports are not guessed from the number of calls
 * @return SOTTO_OK; SOTTO_EINVAL: no pair in the range; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err port_pool_init(
	struct port_pool *p, uint16_t first, uint16_t last, uint32_t start);
void port_pool_deinit(struct port_pool *p);

/** SOTTO_ELIMIT: all are taken, and `*rtp` is 0. */
SOTTO_MUST_USE sotto_err port_pool_take(struct port_pool *p, uint16_t *rtp);

/** True if `port` is one of the range's, RTP or RTCP, taken or not. */
bool port_pool_has(const struct port_pool *p, uint16_t port);

/** `rtp` came from port_pool_take. */
void port_pool_give(struct port_pool *p, uint16_t rtp);
