/** @file crypto/aes_gcm.c  As aes_ctr.c: the key is set once, each message sets its IV alone. */
#include "crypto/aes_gcm.h"

#include <openssl/evp.h>

enum direction {
	OPEN,
	SEAL,
};

static const EVP_CIPHER *cipher_for(size_t key_len)
{
	switch (key_len) {
	case 16: return EVP_aes_128_gcm();
	case 24: return EVP_aes_192_gcm();
	case 32: return EVP_aes_256_gcm();
	}
	return NULL;
}

sotto_err aes_gcm_init(struct aes_gcm *g, const uint8_t *key, size_t key_len)
{
	const EVP_CIPHER *cipher = cipher_for(key_len);

	*g = (struct aes_gcm){ 0 };
	if (!cipher)
		return SOTTO_EKEYLEN;
	g->evp = EVP_CIPHER_CTX_new();
	if (!g->evp)
		return SOTTO_ENOMEM;
	if (EVP_EncryptInit_ex2(g->evp, cipher, key, NULL, NULL) != 1) {
		aes_gcm_deinit(g);
		return SOTTO_ECRYPTO;
	}
	return SOTTO_OK;
}

sotto_err aes_gcm_rekey(struct aes_gcm *g, const uint8_t *key)
{
	return EVP_EncryptInit_ex2(g->evp, NULL, key, NULL, NULL) == 1 ? SOTTO_OK : SOTTO_ECRYPTO;
}

void aes_gcm_deinit(struct aes_gcm *g)
{
	EVP_CIPHER_CTX_free(g->evp); /* wipes the key schedule */
	*g = (struct aes_gcm){ 0 };
}

/** `out` NULL: associated data. */
static bool feed(struct aes_gcm *g, uint8_t *out, const uint8_t *in, size_t n)
{
	int done = 0;

	return n == 0 ||
	       (EVP_CipherUpdate(g->evp, out, &done, in, (int)n) == 1 && (size_t)done == n);
}

static bool run(struct aes_gcm *g, const struct aes_gcm_message *m, enum direction direction)
{
	return EVP_CipherInit_ex2(g->evp, NULL, NULL, m->iv, (int)direction, NULL) == 1 &&
	       feed(g, NULL, (const uint8_t *)m->aad[0].p, m->aad[0].n) &&
	       feed(g, NULL, (const uint8_t *)m->aad[1].p, m->aad[1].n) &&
	       feed(g, m->out, m->in, m->n);
}

sotto_err aes_gcm_seal(
	struct aes_gcm *g, const struct aes_gcm_message *m, uint8_t *tag, size_t tag_len)
{
	uint8_t none[AES_GCM_TAG_MAX];
	int done = 0;

	if (!run(g, m, SEAL) || EVP_CipherFinal_ex(g->evp, none, &done) != 1)
		return SOTTO_ECRYPTO;
	return EVP_CIPHER_CTX_ctrl(g->evp, EVP_CTRL_AEAD_GET_TAG, (int)tag_len, tag) == 1
		       ? SOTTO_OK
		       : SOTTO_ECRYPTO;
}

sotto_err aes_gcm_open(
	struct aes_gcm *g, const struct aes_gcm_message *m, const uint8_t *tag, size_t tag_len)
{
	uint8_t want[AES_GCM_TAG_MAX], none[AES_GCM_TAG_MAX];
	int done = 0;

	if (tag_len > sizeof(want))
		return SOTTO_ECRYPTO;
	memcpy(want, tag, tag_len); /* OpenSSL takes it without const */
	if (!run(g, m, OPEN) ||
		EVP_CIPHER_CTX_ctrl(g->evp, EVP_CTRL_AEAD_SET_TAG, (int)tag_len, want) != 1)
		return SOTTO_ECRYPTO;
	/* the comparison is OpenSSL's, in constant time */
	return EVP_CipherFinal_ex(g->evp, none, &done) == 1 ? SOTTO_OK : SOTTO_EAUTH;
}
