/** @file media/lease.c */
#include "media/lease.h"

#include <stdlib.h>

sotto_err lease_table_init(
	struct lease_table *t, uint16_t first, uint16_t last, uint32_t max, struct rng *rng)
{
	sotto_err err;

	*t = (struct lease_table){ 0 };
	if (max == 0)
		return SOTTO_EINVAL;
	err = port_pool_init(&t->pool, first, last, rng_u32(rng));
	if (err)
		return err;
	handle_table_init(&t->handles, max);
	t->by_pair = calloc(t->pool.pairs, sizeof(struct media_lease *));
	if (t->by_pair)
		return SOTTO_OK;
	lease_table_deinit(t);
	return SOTTO_ENOMEM;
}

void lease_table_deinit(struct lease_table *t)
{
	for (uint32_t i = 0; t->by_pair && i < t->pool.pairs; i++)
		free(t->by_pair[i]);
	free(t->by_pair);
	handle_table_deinit(&t->handles);
	port_pool_deinit(&t->pool);
	*t = (struct lease_table){ 0 };
}

static struct media_lease **place_of(const struct lease_table *t, uint16_t port)
{
	uint32_t pair = (uint32_t)(port - t->pool.first) / 2;

	return port_pool_has(&t->pool, port) ? &t->by_pair[pair] : NULL;
}

sotto_err lease_take(
	struct lease_table *t, const struct netaddr *bind, uint64_t owner, struct media_lease **out)
{
	struct media_lease *lease = calloc(1, sizeof(*lease));
	sotto_err err;

	*out = NULL;
	if (!lease)
		return SOTTO_ENOMEM;
	lease->owner = owner;
	lease->local = *bind;
	err = port_pool_take(&t->pool, &lease->local.port);
	if (err) {
		free(lease);
		return err;
	}
	err = handle_add(&t->handles, lease, &lease->leg);
	if (err) {
		port_pool_give(&t->pool, lease->local.port);
		free(lease);
		return err;
	}
	*place_of(t, lease->local.port) = lease;
	*out = lease;
	return SOTTO_OK;
}

struct media_lease *lease_find(const struct lease_table *t, handle_t leg)
{
	struct media_lease *lease = handle_find(&t->handles, leg);

	return lease && !lease->is_closing ? lease : NULL;
}

struct media_lease *lease_at(const struct lease_table *t, const struct netaddr *local)
{
	struct media_lease **place = place_of(t, local->port);

	return place && *place && netaddr_eq_ip(&(*place)->local, local) ? *place : NULL;
}

void lease_give(struct lease_table *t, handle_t leg)
{
	struct media_lease *lease = handle_find(&t->handles, leg);

	if (!lease)
		return;
	handle_remove(&t->handles, leg);
	*place_of(t, lease->local.port) = NULL;
	port_pool_give(&t->pool, lease->local.port);
	free(lease);
}
