/** @file srtp/srtp.c  Contexts: made from a master key, wiped when they go. */
#include "srtp/srtp.h"

#include <stdlib.h>

#include "srtp/context.h"

/** What to derive for RTP, and for RTCP. */
struct labels {
	enum srtp_label key, auth, salt;
};

static const struct labels rtp_labels = { SRTP_LABEL_RTP_KEY, SRTP_LABEL_RTP_AUTH,
	SRTP_LABEL_RTP_SALT };
static const struct labels rtcp_labels = { SRTP_LABEL_RTCP_KEY, SRTP_LABEL_RTCP_AUTH,
	SRTP_LABEL_RTCP_SALT };

static sotto_err cipher_start(struct srtp_keys *k, struct aes_ctr *prf, const uint8_t *salt,
	enum srtp_label label, size_t key_len)
{
	uint8_t key[SRTP_KEY_SALT_MAX];
	sotto_err err = srtp_derive(prf, salt, label, key, key_len);

	if (!err)
		err = k->cipher->init(k, key, key_len);
	explicit_bzero(key, sizeof(key));
	return err;
}

static sotto_err auth_start(
	struct srtp_keys *k, struct aes_ctr *prf, const uint8_t *salt, enum srtp_label label)
{
	uint8_t key[SRTP_AUTH_KEY_MAX];
	sotto_err err = srtp_derive(prf, salt, label, key, k->auth->key_len);

	if (!err)
		err = k->auth->init(k, key, k->auth->key_len);
	explicit_bzero(key, sizeof(key));
	return err;
}

/** The caller deinits `k` on failure too. */
static sotto_err keys_init(struct srtp_keys *k, const struct srtp_suite_info *suite,
	struct aes_ctr *prf, const uint8_t *salt, const struct labels *labels)
{
	k->cipher = srtp_cipher_ops(suite->cipher);
	k->auth = srtp_auth_ops(suite->auth);
	if (!k->cipher || !k->auth)
		return SOTTO_EUNSUPPORTED;
	TRY(srtp_derive(prf, salt, labels->salt, k->salt, sizeof(k->salt)));
	TRY(cipher_start(k, prf, salt, labels->key, suite->key_len));
	return auth_start(k, prf, salt, labels->auth);
}

static void keys_deinit(struct srtp_keys *k)
{
	if (k->cipher)
		k->cipher->deinit(k);
	if (k->auth)
		k->auth->deinit(k);
}

static sotto_err start(
	struct srtp *s, const struct srtp_suite_info *suite, const struct srtp_params *params)
{
	const uint8_t *salt = params->key + suite->key_len;
	struct aes_ctr prf;
	sotto_err err = aes_ctr_init(&prf, params->key, suite->key_len);

	if (!err)
		err = keys_init(&s->rtp, suite, &prf, salt, &rtp_labels);
	if (!err)
		err = keys_init(&s->rtcp, suite, &prf, salt, &rtcp_labels);
	s->rtp.tag_len = suite->tag_len;
	s->rtcp.tag_len = suite->rtcp_tag_len;
	aes_ctr_deinit(&prf);
	return err;
}

sotto_err srtp_create(
	struct srtp **out, enum srtp_direction direction, const struct srtp_params *params)
{
	const struct srtp_suite_info *suite = srtp_suite_info(params->suite);
	struct srtp *s;
	sotto_err err;

	*out = NULL;
	if (!suite->is_built || suite->salt_len != SRTP_SALT_MAX)
		return SOTTO_EUNSUPPORTED;
	if (params->key_len != (size_t)suite->key_len + suite->salt_len)
		return SOTTO_EKEYLEN;
	s = calloc(1, sizeof(*s));
	if (!s)
		return SOTTO_ENOMEM;
	s->direction = direction;
	err = start(s, suite, params);
	if (err) {
		srtp_destroy(s);
		return err;
	}
	*out = s;
	return SOTTO_OK;
}

void srtp_destroy(struct srtp *s)
{
	if (!s)
		return;
	keys_deinit(&s->rtp);
	keys_deinit(&s->rtcp);
	explicit_bzero(s, sizeof(*s));
	free(s);
}
