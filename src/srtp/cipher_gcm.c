/**
 * @file srtp/cipher_gcm.c  AES-GCM (RFC 7714): one pass enciphers and signs, so all is done where
 * others only sign, and nothing where they encipher.
 */
#include "rtp/bytes.h"
#include "srtp/srtp.h"
#include "srtp/transform.h"

static sotto_err gcm_init(struct srtp_keys *k, const uint8_t *key, size_t key_len)
{
	return k->aes.gcm.evp ? aes_gcm_rekey(&k->aes.gcm, key)
			      : aes_gcm_init(&k->aes.gcm, key, key_len);
}

static void gcm_deinit(struct srtp_keys *k)
{
	aes_gcm_deinit(&k->aes.gcm);
}

/**
 * RFC 7714 §8.1: 00 00 || SSRC || ROC || SEQ, XOR the salt
 * RFC 7714 §9.1: 00 00 || SSRC || 00 00 || 0 || SRTCP index, XOR the salt
 */
static void gcm_iv(uint8_t iv[AES_GCM_IV], const struct srtp_frame *f)
{
	memset(iv, 0, AES_GCM_IV);
	write_u32(iv + 2, f->ssrc);
	for (unsigned i = 0; i < 6; i++) /* 48 bits, or 31 behind zeros */
		iv[6 + i] = (uint8_t)(f->index >> (40 - 8 * i));
	for (unsigned i = 0; i < AES_GCM_IV; i++)
		iv[i] ^= f->keys->salt[i];
}

/** RFC 7714 §8.2, §9.2, §9.3: what is not enciphered is associated; of SRTCP the E flag and the
 * index too. */
static struct aes_gcm_message message_of(const struct srtp_frame *f, uint8_t iv[AES_GCM_IV])
{
	gcm_iv(iv, f);
	return (struct aes_gcm_message){
		.iv = iv,
		.aad = { { (const char *)f->packet, f->clear_len },
			{ (const char *)f->word, f->is_rtcp ? sizeof(f->word) : 0 } },
		.in = f->packet + f->clear_len,
		.out = f->packet + f->clear_len,
		.n = f->cipher_len,
	};
}

static sotto_err gcm_seal(const struct srtp_frame *f)
{
	uint8_t iv[AES_GCM_IV];
	struct aes_gcm_message m = message_of(f, iv);

	return aes_gcm_seal(&f->keys->aes.gcm, &m, f->packet + f->tag_at, f->kind->tag_len);
}

static sotto_err gcm_open(const struct srtp_frame *f)
{
	uint8_t iv[AES_GCM_IV], plain[SRTP_PACKET_MAX];
	struct aes_gcm_message m = message_of(f, iv);
	sotto_err err;

	if (f->cipher_len > sizeof(plain))
		return SOTTO_EAUTH;
	m.out = plain; /* a packet that fails may be tried again with another counter */
	err = aes_gcm_open(&f->keys->aes.gcm, &m, f->packet + f->tag_at, f->kind->tag_len);
	if (!err)
		memcpy(f->packet + f->clear_len, plain, f->cipher_len);
	return err;
}

const struct srtp_cipher_ops srtp_cipher_gcm = { gcm_init, gcm_deinit, srtp_step_none };

const struct srtp_auth_ops srtp_auth_aead = {
	.init = srtp_init_none,
	.deinit = srtp_deinit_none,
	.sign = gcm_seal,
	.check = gcm_open,
	.is_aead = true,
	.is_proof = true,
};
