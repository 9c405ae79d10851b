/** @file edge/call/flow.h  Which way a leg's requests go (SPEC T9, T12). */
#pragma once
#include "edge/call/leg.h"

/**
 * Brings l->hop up to date before a request: the flow while it lives; a trunk's flow is made anew;
 * a phone's is not: SOTTO_ECLOSED.
 */
SOTTO_MUST_USE sotto_err flow_refresh(struct leg *l);

/** A response came by `from`. */
void flow_on_response(struct leg *l, const struct sip_hop *from);

/** False for a message in the clear on a leg over TLS, whoever sends it (SPEC T11, T12). */
bool flow_may_carry(const struct leg *l, const struct sip_hop *from);

/**
 * A request of the peer came by `from`: may it change the dialog? It may if it came the same way
 * as before, or proves whose it is; then the dialog follows it.
 */
bool flow_on_request(
	struct leg *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now);
