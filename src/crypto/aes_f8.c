/**
 * @file crypto/aes_f8.c  S(j) = E(k, IV' XOR j XOR S(j-1)) is what CBC makes of the blocks
 * IV' XOR j, so that OpenSSL runs many blocks in one call.
 */
#include "crypto/aes_f8.h"

#include <openssl/evp.h>

#define CHUNK   (16 * AES_BLOCK) /* bytes of key stream at a time */
#define KEY_MAX 32

static const EVP_CIPHER *cipher_for(size_t key_len)
{
	switch (key_len) {
	case 16: return EVP_aes_128_cbc();
	case 24: return EVP_aes_192_cbc();
	case 32: return EVP_aes_256_cbc();
	}
	return NULL;
}

static bool set_key(struct evp_cipher_ctx_st *evp, const EVP_CIPHER *cipher, const uint8_t *key)
{
	return EVP_EncryptInit_ex2(evp, cipher, key, NULL, NULL) == 1 &&
	       EVP_CIPHER_CTX_set_padding(evp, 0) == 1;
}

/** RFC 3711 §4.1.2.1: m = salt || 0x555..5 */
static void mask_apply(uint8_t masked[KEY_MAX], const uint8_t *key, size_t key_len,
	const uint8_t *salt, size_t salt_len)
{
	for (size_t i = 0; i < key_len; i++)
		masked[i] = key[i] ^ (i < salt_len ? salt[i] : 0x55);
}

sotto_err aes_f8_rekey(
	struct aes_f8 *f, const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len)
{
	const EVP_CIPHER *cipher = cipher_for(key_len);
	uint8_t masked[KEY_MAX];
	bool ok;

	if (!cipher || salt_len > key_len)
		return SOTTO_EKEYLEN;
	mask_apply(masked, key, key_len, salt, salt_len);
	ok = set_key(f->stream, cipher, key) && set_key(f->mask, cipher, masked);
	explicit_bzero(masked, sizeof(masked));
	return ok ? SOTTO_OK : SOTTO_ECRYPTO;
}

sotto_err aes_f8_init(
	struct aes_f8 *f, const uint8_t *key, size_t key_len, const uint8_t *salt, size_t salt_len)
{
	sotto_err err = SOTTO_ENOMEM;

	f->stream = EVP_CIPHER_CTX_new();
	f->mask = EVP_CIPHER_CTX_new();
	if (f->stream && f->mask)
		err = aes_f8_rekey(f, key, key_len, salt, salt_len);
	if (err)
		aes_f8_deinit(f);
	return err;
}

void aes_f8_deinit(struct aes_f8 *f)
{
	EVP_CIPHER_CTX_free(f->stream); /* wipes the key schedule */
	EVP_CIPHER_CTX_free(f->mask);
	*f = (struct aes_f8){ 0 };
}

static bool rewind_cbc(struct evp_cipher_ctx_st *evp)
{
	static const uint8_t zero[AES_BLOCK] = { 0 };

	return EVP_EncryptInit_ex2(evp, NULL, NULL, zero, NULL) == 1;
}

static bool cbc(struct evp_cipher_ctx_st *evp, uint8_t *out, const uint8_t *in, size_t n)
{
	int done = 0;

	return EVP_EncryptUpdate(evp, out, &done, in, (int)n) == 1 && (size_t)done == n;
}

/** IV' XOR j, for the blocks from `j` on. */
static void blocks_fill(uint8_t out[CHUNK], const uint8_t iv[AES_BLOCK], uint64_t j)
{
	for (uint8_t *block = out; block < out + CHUNK; block += AES_BLOCK, j++) {
		memcpy(block, iv, AES_BLOCK);
		for (unsigned i = 0; i < 8; i++)
			block[8 + i] ^= (uint8_t)(j >> (56 - 8 * i));
	}
}

static sotto_err crypt(
	struct aes_f8 *f, const uint8_t iv[AES_BLOCK], uint8_t stream[CHUNK], uint8_t *p, size_t n)
{
	if (!rewind_cbc(f->stream))
		return SOTTO_ECRYPTO;
	for (size_t at = 0; at < n; at += CHUNK) {
		size_t left = n - at < CHUNK ? n - at : CHUNK;
		size_t whole = (left + AES_BLOCK - 1) / AES_BLOCK * AES_BLOCK;

		blocks_fill(stream, iv, at / AES_BLOCK);
		if (!cbc(f->stream, stream, stream, whole))
			return SOTTO_ECRYPTO;
		for (size_t i = 0; i < left; i++)
			p[at + i] ^= stream[i];
	}
	return SOTTO_OK;
}

sotto_err aes_f8_crypt(struct aes_f8 *f, const uint8_t iv[AES_BLOCK], uint8_t *p, size_t n)
{
	uint8_t masked_iv[AES_BLOCK], stream[CHUNK]; /* IV' = E(k XOR m, IV) */
	sotto_err err = SOTTO_ECRYPTO;

	if (rewind_cbc(f->mask) && cbc(f->mask, masked_iv, iv, AES_BLOCK))
		err = crypt(f, masked_iv, stream, p, n);
	explicit_bzero(stream, sizeof(stream));
	explicit_bzero(masked_iv, sizeof(masked_iv));
	return err;
}
