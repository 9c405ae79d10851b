/**
 * @file crypto/hmac_sha1.h  HMAC-SHA1 (RFC 2104) with a key that is set once (OpenSSL EVP): SRTP's
 * authentication (RFC 3711 §4.2.1). One object belongs to one thread.
 */
#pragma once
#include "base/span.h"

#define HMAC_SHA1_LEN 20

struct hmac_sha1 {                  /* a secret: deinit wipes it */
	struct evp_mac_ctx_st *evp; /* [owned] */
};

/**
 * @return SOTTO_OK; SOTTO_EKEYLEN: empty; SOTTO_ENOMEM; SOTTO_ECRYPTO. On failure nothing is held.
 */
SOTTO_MUST_USE sotto_err hmac_sha1_init(struct hmac_sha1 *h, const uint8_t *key, size_t key_len);

/** Another key. SOTTO_ECRYPTO: only deinit is legal. */
SOTTO_MUST_USE sotto_err hmac_sha1_rekey(struct hmac_sha1 *h, const uint8_t *key, size_t key_len);

/** Legal on an object that is all zero. */
void hmac_sha1_deinit(struct hmac_sha1 *h);

/**
 * The code of `head` followed by `tail`: two parts, because SRTP signs a packet and a counter that
 * does not travel in it. Either may be empty.
 * @param out zeroed on failure
 */
SOTTO_MUST_USE sotto_err hmac_sha1_sign(
	struct hmac_sha1 *h, struct span head, struct span tail, uint8_t out[HMAC_SHA1_LEN]);

/** memcmp == 0 in a time that does not depend on the bytes. */
bool secret_eq(const void *a, const void *b, size_t n);
