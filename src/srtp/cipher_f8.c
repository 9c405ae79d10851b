/** @file srtp/cipher_f8.c  AES in f8 mode (RFC 3711 §4.1.2). */
#include "srtp/transform.h"

static sotto_err f8_init(struct srtp_keys *k, const uint8_t *key, size_t key_len)
{
	if (k->aes.f8.stream)
		return aes_f8_rekey(&k->aes.f8, key, key_len, k->salt, SRTP_SALT_MAX);
	return aes_f8_init(&k->aes.f8, key, key_len, k->salt, SRTP_SALT_MAX);
}

static void f8_deinit(struct srtp_keys *k)
{
	aes_f8_deinit(&k->aes.f8);
}

/**
 * RFC 3711 §4.1.2.2: 0x00 || M || PT || SEQ || TS || SSRC || ROC
 * RFC 3711 §4.1.2.3: 0..0 || E || SRTCP index || V || P || RC || PT || length || SSRC
 */
static void f8_iv(uint8_t iv[AES_BLOCK], const struct srtp_frame *f)
{
	memset(iv, 0, AES_BLOCK);
	if (f->is_rtcp) {
		memcpy(iv + 4, f->word, 4);
		memcpy(iv + 8, f->packet, 8);
	} else {
		memcpy(iv + 1, f->packet + 1, 11);
		memcpy(iv + 12, f->word, 4);
	}
}

static sotto_err f8_crypt(const struct srtp_frame *f)
{
	uint8_t iv[AES_BLOCK];

	f8_iv(iv, f);
	return aes_f8_crypt(&f->keys->aes.f8, iv, f->packet + f->clear_len, f->cipher_len);
}

const struct srtp_cipher_ops srtp_cipher_f8 = { f8_init, f8_deinit, f8_crypt };
