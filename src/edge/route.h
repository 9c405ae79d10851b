/**
 * @file edge/route.h  Where a call goes: number → connection → hop (SPEC §4). Only our own numbers
 * and the test destination: Sotto is no open relay.
 */
#pragma once
#include "edge/core.h"

#define ROUTE_URI_MAX 640

struct route {
	bool is_test;
	const struct connection *connection; /* the callee's; NULL: the test destination */
	struct sip_hop hop;
	bool must_resolve;          /* fqdn: `host` first, which fills in hop.remote */
	char target[ROUTE_URI_MAX]; /* request URI */
	char user[NUMBER_MAX];      /* as it was called */
};

/**
 * @param uri [in] of the request; its user part is the number
 * @return FAILURE_none; number_unknown; connection_disabled; not_registered; sips_needs_tls;
 *         route_unreachable: the connection has no address
 */
enum failure route_find(
	struct edge *e, const struct directory *d, const struct sip_uri *uri, struct route *out);
