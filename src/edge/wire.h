/** @file edge/wire.h  Our own addresses in messages, and messages that no transaction sends. */
#pragma once
#include "edge/core.h"

#define WIRE_VALUE_MAX 256 /* bytes of a Via or Contact that we write */

/** Topmost Via of a request to `hop` (RFC 3261 §8.1.1.7, RFC 3581). SOTTO_ENOENT: no listener. */
SOTTO_MUST_USE sotto_err wire_via(
	struct edge *e, struct sip_hop *hop, const struct sip_ident *branch, struct buf *out);

/**
 * Contact of ours towards `hop`: "<sip:TOKEN@advertised;transport=tls>". `token` carries the
 * worker. A dialog that began with sips gets a sips Contact (SPEC T11, RFC 5630 §5.1.2).
 */
SOTTO_MUST_USE sotto_err wire_contact(
	struct edge *e, struct sip_hop *hop, struct span token, bool is_sips, struct buf *out);

/** "192.0.2.1:5060", as we are known towards `hop`. */
SOTTO_MUST_USE sotto_err wire_host(struct edge *e, struct sip_hop *hop, struct buf *out);

/** Hands one message to the transport. */
SOTTO_MUST_USE sotto_err wire_send(struct edge *e, struct sip_hop *hop, struct span message);

/** False if `hop` names a flow that is gone. */
bool wire_is_alive(const struct edge *e, const struct sip_hop *hop);
