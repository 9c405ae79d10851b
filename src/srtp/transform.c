/** @file srtp/transform.c  Which operations a suite has; those that do nothing. */
#include "srtp/transform.h"

sotto_err srtp_init_none(struct srtp_keys *k, const uint8_t *key, size_t key_len)
{
	(void)k;
	(void)key;
	(void)key_len;
	return SOTTO_OK;
}

void srtp_deinit_none(struct srtp_keys *k)
{
	(void)k;
}

sotto_err srtp_step_none(const struct srtp_frame *f)
{
	(void)f;
	return SOTTO_OK;
}

/** RFC 3711 §4.1.3 */
const struct srtp_cipher_ops srtp_cipher_null = { srtp_init_none, srtp_deinit_none,
	srtp_step_none };

const struct srtp_auth_ops srtp_auth_null = {
	.init = srtp_init_none,
	.deinit = srtp_deinit_none,
	.sign = srtp_step_none,
	.check = srtp_step_none,
};

const struct srtp_cipher_ops *srtp_cipher_ops(enum srtp_cipher cipher)
{
	switch (cipher) {
	case SRTP_CIPHER_NULL: return &srtp_cipher_null;
	case SRTP_CIPHER_AES_CM: return &srtp_cipher_cm;
	case SRTP_CIPHER_AES_F8: return &srtp_cipher_f8;
	case SRTP_CIPHER_AES_GCM: return &srtp_cipher_gcm;
	}
	return NULL;
}

const struct srtp_auth_ops *srtp_auth_ops(enum srtp_auth auth)
{
	switch (auth) {
	case SRTP_AUTH_NULL: return &srtp_auth_null;
	case SRTP_AUTH_HMAC_SHA1: return &srtp_auth_hmac_sha1;
	case SRTP_AUTH_AEAD: return &srtp_auth_aead;
	}
	return NULL;
}
