/**
 * @file io/resolver.h  Host names to addresses (A and AAAA, and the hosts file), over c-ares on the
 * loop. Bounded in queries, in time and in addresses. SRV and NAPTR are not asked for.
 */
#pragma once
#include "base/netaddr.h"
#include "io/loop.h"

#define RESOLVER_QUERIES_MAX   256  /* under way at once */
#define RESOLVER_ADDRESSES_MAX 8    /* of one answer; the rest is dropped */
#define RESOLVER_HOST_MAX      253  /* bytes of a name (RFC 1035 §2.3.4, without the last dot) */
#define RESOLVER_TRY_MS        2000 /* until the next server is asked; doubles */
#define RESOLVER_TRIES         3

struct resolver;

/** n 0: no such name, or no server answered. In the order to try them in. */
typedef void resolver_fn(void *ctx, uint64_t cookie, const struct netaddr *addresses, size_t n);

/** `fn` gets every answer. SOTTO_ENOMEM, SOTTO_EIO. */
SOTTO_MUST_USE sotto_err resolver_create(
	struct resolver **out, struct loop *l, resolver_fn *fn, void *ctx);

/** Queries under way are dropped without an answer. NULL is legal. */
void resolver_destroy(struct resolver *r);

/** Asks this name server in place of those of the system. SOTTO_ENOMEM, SOTTO_EIO. */
SOTTO_MUST_USE sotto_err resolver_use_server(struct resolver *r, const struct netaddr *server);

/**
 * Asks. The answer follows, never from within this call. `host` may be an address literal.
 * @param port [in] for the addresses of the answer
 * @return SOTTO_OK; SOTTO_ELIMIT: RESOLVER_QUERIES_MAX are under way; SOTTO_ESYNTAX: no host name
 *         could be so; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err resolver_ask(
	struct resolver *r, struct span host, uint16_t port, uint64_t cookie);
