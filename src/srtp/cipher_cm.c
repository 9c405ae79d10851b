/** @file srtp/cipher_cm.c  AES in counter mode (RFC 3711 §4.1.1, RFC 6188). */
#include "srtp/transform.h"

static sotto_err cm_init(struct srtp_keys *k, const uint8_t *key, size_t key_len)
{
	return k->aes.cm.evp ? aes_ctr_rekey(&k->aes.cm, key)
			     : aes_ctr_init(&k->aes.cm, key, key_len);
}

static void cm_deinit(struct srtp_keys *k)
{
	aes_ctr_deinit(&k->aes.cm);
}

/** RFC 3711 §4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16) */
static void cm_iv(uint8_t iv[AES_BLOCK], const struct srtp_frame *f)
{
	memcpy(iv, f->keys->salt, SRTP_SALT_MAX);
	iv[14] = iv[15] = 0;
	for (unsigned i = 0; i < 4; i++)
		iv[4 + i] ^= (uint8_t)(f->ssrc >> (24 - 8 * i));
	for (unsigned i = 0; i < 6; i++)
		iv[8 + i] ^= (uint8_t)(f->index >> (40 - 8 * i));
}

static sotto_err cm_crypt(const struct srtp_frame *f)
{
	uint8_t iv[AES_BLOCK];

	cm_iv(iv, f);
	return aes_ctr_crypt(&f->keys->aes.cm, iv, f->packet + f->clear_len, f->cipher_len);
}

const struct srtp_cipher_ops srtp_cipher_cm = { cm_init, cm_deinit, cm_crypt };
