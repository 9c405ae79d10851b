/** @file edge/options.h  OPTIONS (RFC 3261 §11): the same answer for everybody and every number. */
#pragma once
#include "edge/reply.h"

void options_on_request(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, struct span to_tag, instant_t now);
