/**
 * @file media/lease.h  What signalling's side of media knows of each leg: its handle and its ports.
 * A lease ends when MEDIA_CLOSED is received, so that neither is used anew before. One thread.
 */
#pragma once
#include "base/handle.h"
#include "base/netaddr.h"
#include "base/rng.h"
#include "media/ports.h"

struct media_lease {
	handle_t leg;
	uint64_t owner;
	struct netaddr local; /* with the RTP port */
	bool is_closing;
};

struct lease_table {
	struct handle_table handles;
	struct port_pool pool;
	struct media_lease **by_pair; /* [owned] NULL: free */
};

/** SOTTO_EINVAL: no pair in the range, or `max` is 0; SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err lease_table_init(
	struct lease_table *t, uint16_t first, uint16_t last, uint32_t max, struct rng *rng);
void lease_table_deinit(struct lease_table *t);

/** At `bind` with a free pair of ports. SOTTO_ELIMIT: no pair or no handle; SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err lease_take(struct lease_table *t, const struct netaddr *bind,
	uint64_t owner, struct media_lease **out);

/** NULL: there is none, or it is closing. */
struct media_lease *lease_find(const struct lease_table *t, handle_t leg);

/** The lease of a local RTP or RTCP port, or NULL. */
struct media_lease *lease_at(const struct lease_table *t, const struct netaddr *local);

/** Ends it, if there is one. */
void lease_give(struct lease_table *t, handle_t leg);
