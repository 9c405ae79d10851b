/**
 * @file crypto/aes_gcm.h  AES in Galois/counter mode with a key that is set once (OpenSSL EVP):
 * what is under SRTP's AEAD suites (RFC 5116, RFC 7714). One object belongs to one thread.
 */
#pragma once
#include "base/span.h"

#define AES_GCM_IV      12
#define AES_GCM_TAG_MAX 16

struct aes_gcm {                       /* a secret: deinit wipes it */
	struct evp_cipher_ctx_st *evp; /* [owned] */
};

/** What is sealed or opened. The associated data are two parts, because SRTCP's are. */
struct aes_gcm_message {
	const uint8_t *iv; /* AES_GCM_IV bytes, never the same twice for one key */
	struct span aad[2];
	const uint8_t *in;
	uint8_t *out; /* may be `in` */
	size_t n;     /* bytes of both, INT_MAX at most */
};

/**
 * @param key_len 16, 24 or 32
 * @return SOTTO_OK; SOTTO_EKEYLEN; SOTTO_ENOMEM; SOTTO_ECRYPTO. On failure nothing is held.
 */
SOTTO_MUST_USE sotto_err aes_gcm_init(struct aes_gcm *g, const uint8_t *key, size_t key_len);

/** Another key of the same length; nothing is allocated. SOTTO_ECRYPTO: only deinit is legal. */
SOTTO_MUST_USE sotto_err aes_gcm_rekey(struct aes_gcm *g, const uint8_t *key);

/** Legal on an object that is all zero. */
void aes_gcm_deinit(struct aes_gcm *g);

/**
 * Enciphers, and signs both parts.
 * @param tag     [out] tag_len bytes
 * @param tag_len 4..AES_GCM_TAG_MAX
 * @return SOTTO_OK; SOTTO_ECRYPTO: the bytes are not to be used
 */
SOTTO_MUST_USE sotto_err aes_gcm_seal(
	struct aes_gcm *g, const struct aes_gcm_message *m, uint8_t *tag, size_t tag_len);

/**
 * Deciphers, and checks the tag.
 * @return SOTTO_OK; SOTTO_EAUTH: another tag, and what `out` holds is not to be used; SOTTO_ECRYPTO
 */
SOTTO_MUST_USE sotto_err aes_gcm_open(
	struct aes_gcm *g, const struct aes_gcm_message *m, const uint8_t *tag, size_t tag_len);
