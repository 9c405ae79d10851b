/** @file edge/limit.c */
#include "edge/limit.h"

#include <stdlib.h>

struct usage {
	char connection_id[CONNECTION_ID_MAX];
	uint32_t calls;
};

static sotto_err get(struct edge *e, const struct connection *c, struct usage **out)
{
	struct usage *u = map_find(&e->usage, span_of(c->id));
	sotto_err err;

	*out = u;
	if (u)
		return SOTTO_OK;
	u = calloc(1, sizeof(*u));
	if (!u)
		return SOTTO_ENOMEM;
	memcpy(u->connection_id, c->id, sizeof(u->connection_id));
	err = map_add(&e->usage, span_of(u->connection_id), u);
	if (err)
		free(u);
	else
		*out = u;
	return err;
}

sotto_err limit_take(struct edge *e, const struct connection *c)
{
	struct usage *u;

	if (c->channel_limit && limit_used(e, c) >= c->channel_limit)
		return SOTTO_ELIMIT;
	TRY(get(e, c, &u));
	u->calls++;
	return SOTTO_OK;
}

void limit_give_back(struct edge *e, const struct connection *c)
{
	struct usage *u = map_find(&e->usage, span_of(c->id));

	if (!u || --u->calls)
		return;
	map_remove(&e->usage, span_of(u->connection_id));
	free(u);
}

uint32_t limit_used(const struct edge *e, const struct connection *c)
{
	const struct usage *u = map_find(&e->usage, span_of(c->id));

	return u ? u->calls : 0;
}
