/** @file sip/nameaddr.h  From, To, Contact, Route and their kind (RFC 3261 §20.10, §20.20, §20.30).
 */
#pragma once
#include "sip/uri.h"

struct sip_nameaddr {
	struct span text;    /* the whole value */
	struct span display; /* as received, quotes kept; empty: none */
	struct sip_uri uri;
	struct span params; /* the header's own, behind '>' or behind a bare URI */
	struct span tag;    /* p NULL: none */
	bool is_star;       /* Contact: * */
};

/**
 * One value, no comma outside quotes and <>. A bare URI's parameters are the header's (§20.10).
 * SOTTO_ESYNTAX; SOTTO_ETOOBIG: more than SIP_PARAMS_MAX parameters.
 */
SOTTO_MUST_USE sotto_err sip_nameaddr_parse(struct sip_nameaddr *out, struct span text);
