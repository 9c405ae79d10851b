/**
 * @file auth/nonce.h  Nonces that need no memory until they are used: worker, time and random bytes
 * under an HMAC (RFC 7616 §5.4, §5.5). Then the highest count of each is kept, so that no answer to
 * one counts twice.
 */
#pragma once
#include "auth/digest_server.h"
#include "base/list.h"

#define NONCE_MAC_LEN  16
#define NONCE_BODY_LEN 17 /* worker 1, time 8, random 8 */
#define NONCE_RAW_LEN  (NONCE_BODY_LEN + NONCE_MAC_LEN)
#define NONCE_TEXT_LEN (2 * NONCE_RAW_LEN)

struct nonces {
	struct rng *rng;
	uint8_t worker;
	uint8_t secret[32];
	uint64_t skew; /* hides how long the machine has been up */
	size_t max;
	struct map used;   /* struct nonce_use by its body */
	struct list order; /* the same, oldest use first */
	instant_t floor; /* what was made before it and is not in `used` may have been forgotten */
};

/** A nonce that we made: its body, and when. */
struct nonce {
	uint8_t body[NONCE_BODY_LEN];
	instant_t made;
};

void nonces_init(struct nonces *ns, struct rng *rng, unsigned worker, size_t max);
void nonces_deinit(struct nonces *ns);

/** NONCE_TEXT_LEN digits. SOTTO_ECRYPTO. */
SOTTO_MUST_USE sotto_err nonce_make(struct nonces *ns, instant_t now, char out[NONCE_TEXT_LEN]);

/** SOTTO_OK; SOTTO_EAUTH: not ours; SOTTO_ETIMEOUT: over its life; SOTTO_ECRYPTO. */
SOTTO_MUST_USE sotto_err nonce_read(
	const struct nonces *ns, struct span text, instant_t now, struct nonce *out);

/**
 * Uses the nonce with count `nc`; without qop (`has_count` false) it serves once.
 * @return SOTTO_OK; SOTTO_EREPLAY: the count is not above the highest seen, or we may have
 *         forgotten it; SOTTO_ENOMEM: cannot be remembered, so it must not count
 */
SOTTO_MUST_USE sotto_err nonce_use(
	struct nonces *ns, const struct nonce *n, bool has_count, uint32_t nc, instant_t now);
