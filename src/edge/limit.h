/**
 * @file edge/limit.h  How many calls a connection has: its channel limit (SPEC §4). Counted only
 * for who is authenticated, or is called.
 */
#pragma once
#include "edge/core.h"

/** One call more. SOTTO_ELIMIT: it has its full number; SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err limit_take(struct edge *e, const struct connection *c);

/** One less: once for each success of limit_take. */
void limit_give_back(struct edge *e, const struct connection *c);

/** Its calls now. */
uint32_t limit_used(const struct edge *e, const struct connection *c);
