/** @file sip/via.h  One Via value (RFC 3261 §20.42, RFC 3581). */
#pragma once
#include "base/netaddr.h"

struct sip_via {
	struct span text;      /* the whole value */
	struct span transport; /* any token: sip_transport_parse says whether we know it */
	struct span host;
	uint16_t port; /* 0: none given */
	struct span params;
	struct span branch; /* p NULL: none (RFC 2543) */
	struct span
		received; /* p NULL: none; an IPv6 address has lost its brackets (RFC 5118 §4.5) */
	bool has_rport;
	uint16_t rport; /* 0: asked for and not filled in */
	bool has_ttl;
};

#define SIP_BRANCH_COOKIE "z9hG4bK"

/**
 * One value, no comma. SOTTO_ESYNTAX; SOTTO_EVERSION: not SIP/2.0; SOTTO_ETOOBIG: more than
 * SIP_PARAMS_MAX parameters.
 */
SOTTO_MUST_USE sotto_err sip_via_parse(struct sip_via *out, struct span text);

/**
 * What of a malformed value suffices to answer its sender: transport and sent-by, no parameters.
 * False if these are malformed themselves.
 */
bool sip_via_salvage(struct sip_via *out, struct span text);

/** Writes `v` with received and rport filled in for a message that came from `source` (§18.2.1). */
void sip_via_write_received(struct buf *b, const struct sip_via *v, const struct netaddr *source);
