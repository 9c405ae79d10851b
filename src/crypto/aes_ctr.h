/**
 * @file crypto/aes_ctr.h  AES in counter mode with a key that is set once (OpenSSL EVP): what is
 * under SRTP's AES-CM (RFC 3711 §4.1.1, RFC 6188). One object belongs to one thread.
 */
#pragma once
#include "base/span.h"

#define AES_BLOCK 16

struct aes_ctr {                       /* a secret: deinit wipes it */
	struct evp_cipher_ctx_st *evp; /* [owned] */
};

/**
 * Expands the key, once for all packets to come.
 * @param key_len 16, 24 or 32
 * @return SOTTO_OK; SOTTO_EKEYLEN; SOTTO_ENOMEM; SOTTO_ECRYPTO. On failure nothing is held.
 */
SOTTO_MUST_USE sotto_err aes_ctr_init(struct aes_ctr *a, const uint8_t *key, size_t key_len);

/**
 * Another key of the same length; nothing is allocated.
 * @return SOTTO_OK; SOTTO_ECRYPTO: only deinit is legal
 */
SOTTO_MUST_USE sotto_err aes_ctr_rekey(struct aes_ctr *a, const uint8_t *key);

/** Legal on an object that is all zero. */
void aes_ctr_deinit(struct aes_ctr *a);

/**
 * Enciphers or deciphers `n` bytes in place. The counter is the whole of `iv`, big-endian; SRTP
 * leaves its last 16 bits zero, so that a packet (n < 2^20) never carries out of them.
 * @return SOTTO_OK; SOTTO_ECRYPTO: the bytes are not to be used; SOTTO_EINVAL: n over INT_MAX
 */
SOTTO_MUST_USE sotto_err aes_ctr_crypt(
	struct aes_ctr *a, const uint8_t iv[AES_BLOCK], uint8_t *p, size_t n);
