/**
 * @file sip/ident.h  The branches, tags and Call-IDs that we make. Each carries the number of the
 * signalling worker that made it, so that any answer finds its owner without a shared table.
 */
#pragma once
#include "base/rng.h"
#include "base/span.h"

#define SIP_WORKER_MAX 255
#define SIP_IDENT_MAX  48 /* bytes with the NUL */

struct sip_ident {
	char text[SIP_IDENT_MAX]; /* NUL-terminated */
};

/** "z9hG4bK-w00-…", "w00-…", "w00-…": 96 random bits each. */
struct sip_ident sip_ident_branch(unsigned worker, struct rng *rng);
struct sip_ident sip_ident_tag(unsigned worker, struct rng *rng);
struct sip_ident sip_ident_call_id(unsigned worker, struct rng *rng);

/** The worker that made it; -1 if we did not. */
int sip_ident_worker(struct span ident);
