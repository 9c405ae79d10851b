/** @file srtp/auth_hmac.c  HMAC-SHA1 (RFC 3711 §4.2.1). */
#include "srtp/transform.h"

static sotto_err sha1_init(struct srtp_keys *k, const uint8_t *key, size_t key_len)
{
	return k->hmac.evp ? hmac_sha1_rekey(&k->hmac, key, key_len)
			   : hmac_sha1_init(&k->hmac, key, key_len);
}

static void sha1_deinit(struct srtp_keys *k)
{
	hmac_sha1_deinit(&k->hmac);
}

/** RFC 3711 §4.2: of RTP the rollover counter is signed too, though it does not travel. */
static sotto_err code_of(const struct srtp_frame *f, uint8_t code[HMAC_SHA1_LEN])
{
	struct span packet = { (const char *)f->packet, f->signed_len };
	struct span counter = { (const char *)f->word, f->is_rtcp ? 0 : sizeof(f->word) };

	return hmac_sha1_sign(&f->keys->hmac, packet, counter, code);
}

static sotto_err sha1_sign(const struct srtp_frame *f)
{
	uint8_t code[HMAC_SHA1_LEN];

	TRY(code_of(f, code));
	memcpy(f->packet + f->tag_at, code, f->kind->tag_len);
	return SOTTO_OK;
}

static sotto_err sha1_check(const struct srtp_frame *f)
{
	uint8_t code[HMAC_SHA1_LEN];

	TRY(code_of(f, code));
	return secret_eq(code, f->packet + f->tag_at, f->kind->tag_len) ? SOTTO_OK : SOTTO_EAUTH;
}

const struct srtp_auth_ops srtp_auth_hmac_sha1 = {
	.key_len = SRTP_AUTH_KEY_MAX,
	.init = sha1_init,
	.deinit = sha1_deinit,
	.sign = sha1_sign,
	.check = sha1_check,
	.is_proof = true,
};
