/**
 * @file crypto/aes_f8.h  AES in f8 mode with a key that is set once (RFC 3711 §4.1.2, OpenSSL EVP).
 * One object belongs to one thread.
 */
#pragma once
#include "crypto/aes_ctr.h"

struct aes_f8 {                           /* a secret: deinit wipes it */
	struct evp_cipher_ctx_st *stream; /* [owned] under the key */
	struct evp_cipher_ctx_st *mask;   /* [owned] under the key XOR the mask */
};

/**
 * @param key_len  16, 24 or 32
 * @param salt     what the mask begins with, at most key_len bytes
 * @return SOTTO_OK; SOTTO_EKEYLEN; SOTTO_ENOMEM; SOTTO_ECRYPTO. On failure nothing is held.
 */
SOTTO_MUST_USE sotto_err aes_f8_init(
	struct aes_f8 *f, const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len);

/** Another key and salt of the same lengths; nothing is allocated. SOTTO_ECRYPTO: only deinit is
 * legal. */
SOTTO_MUST_USE sotto_err aes_f8_rekey(
	struct aes_f8 *f, const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len);

/** Legal on an object that is all zero. */
void aes_f8_deinit(struct aes_f8 *f);

/**
 * Enciphers or deciphers `n` bytes in place.
 * @return SOTTO_OK; SOTTO_ECRYPTO: the bytes are not to be used
 */
SOTTO_MUST_USE sotto_err aes_f8_crypt(
	struct aes_f8 *f, const uint8_t iv[AES_BLOCK], uint8_t *p, size_t n);
