/** @file edge/policy.h  A connection's settings as values that negotiation understands. */
#pragma once
#include "edge/core.h"

enum policy_side {       /* the customer's point of view */
	POLICY_INBOUND,  /* we call the customer */
	POLICY_OUTBOUND, /* the customer calls us */
};

/** @param hop [in] the leg's way: what it exposes, and whether it has room for many suites */
void policy_make(struct offer_policy *out, const struct connection *c, enum policy_side side,
	const struct sip_hop *hop);
