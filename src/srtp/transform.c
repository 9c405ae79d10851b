/** @file srtp/transform.c */
#include "srtp/transform.h"

#include "rtp/bytes.h"

static sotto_err aes_cm_init(struct srtp_keys *k, const uint8_t *key, size_t key_len)
{
	return aes_ctr_init(&k->aes, key, key_len);
}

static void aes_cm_deinit(struct srtp_keys *k)
{
	aes_ctr_deinit(&k->aes);
}

/** RFC 3711 §4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16) */
static void aes_cm_iv(
	uint8_t iv[AES_BLOCK], const uint8_t salt[SRTP_SALT_MAX], const struct srtp_frame *f)
{
	memcpy(iv, salt, SRTP_SALT_MAX);
	iv[14] = iv[15] = 0;
	for (unsigned i = 0; i < 4; i++)
		iv[4 + i] ^= (uint8_t)(f->ssrc >> (24 - 8 * i));
	for (unsigned i = 0; i < 6; i++)
		iv[8 + i] ^= (uint8_t)(f->index >> (40 - 8 * i));
}

static sotto_err aes_cm_crypt(struct srtp_keys *k, const struct srtp_frame *f)
{
	uint8_t iv[AES_BLOCK];

	aes_cm_iv(iv, k->salt, f);
	return aes_ctr_crypt(&k->aes, iv, f->packet + f->clear_len, f->cipher_len);
}

static const struct srtp_cipher_ops aes_cm = { aes_cm_init, aes_cm_deinit, aes_cm_crypt };

static sotto_err sha1_init(struct srtp_keys *k, const uint8_t *key, size_t key_len)
{
	return hmac_sha1_init(&k->hmac, key, key_len);
}

static void sha1_deinit(struct srtp_keys *k)
{
	hmac_sha1_deinit(&k->hmac);
}

static sotto_err sha1_sign(
	struct srtp_keys *k, const struct srtp_frame *f, uint8_t tag[SRTP_TAG_MAX])
{
	struct span packet = { (const char *)f->packet, f->signed_len };
	struct span roc = { (const char *)f->roc, f->signs_roc ? sizeof(f->roc) : 0 };

	return hmac_sha1_sign(&k->hmac, packet, roc, tag);
}

static const struct srtp_auth_ops hmac_sha1 = { SRTP_AUTH_KEY_MAX, sha1_init, sha1_deinit,
	sha1_sign };

const struct srtp_cipher_ops *srtp_cipher_ops(enum srtp_cipher cipher)
{
	switch (cipher) {
	case SRTP_CIPHER_AES_CM: return &aes_cm;
	case SRTP_CIPHER_NULL:
	case SRTP_CIPHER_AES_F8:
	case SRTP_CIPHER_AES_GCM: break;
	}
	return NULL;
}

const struct srtp_auth_ops *srtp_auth_ops(enum srtp_auth auth)
{
	switch (auth) {
	case SRTP_AUTH_HMAC_SHA1: return &hmac_sha1;
	case SRTP_AUTH_NULL:
	case SRTP_AUTH_AEAD: break;
	}
	return NULL;
}
