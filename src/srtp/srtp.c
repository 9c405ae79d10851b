/** @file srtp/srtp.c  Contexts: made from master keys, wiped when they go. */
#include "srtp/srtp.h"

#include <stdlib.h>

#include "srtp/context.h"

static sotto_err kind_init(struct srtp_kind *kind, const struct srtp_suite_info *suite,
	bool is_unauthenticated, bool is_clear, size_t tag_len)
{
	*kind = (struct srtp_kind){
		.cipher = srtp_cipher_ops(suite->cipher),
		.auth = is_unauthenticated ? &srtp_auth_null : srtp_auth_ops(suite->auth),
		.key_len = suite->key_len,
		.tag_len = is_unauthenticated ? 0 : tag_len,
		.is_clear = is_clear,
	};
	/* RFC 7714 §10: an AEAD's tag is no option */
	if (!kind->cipher || !kind->auth || (is_unauthenticated && suite->auth == SRTP_AUTH_AEAD))
		return SOTTO_EUNSUPPORTED;
	return SOTTO_OK;
}

static sotto_err kinds_init(
	struct srtp *s, const struct srtp_suite_info *suite, const struct srtp_params *params)
{
	TRY(kind_init(&s->rtp, suite, params->flags & SRTP_UNAUTHENTICATED_RTP,
		params->flags & SRTP_UNENCRYPTED_RTP, suite->tag_len));
	return kind_init(
		&s->rtcp, suite, false, params->flags & SRTP_UNENCRYPTED_RTCP, suite->rtcp_tag_len);
}

/** @param salt suite->salt_len bytes; the rest of a longer one is zero (RFC 7714 §11) */
static sotto_err derived_init(struct srtp *s, struct srtp_derived *d, struct span key,
	const uint8_t *salt, size_t salt_len)
{
	struct srtp_frame f = { .derived = d };
	uint64_t block = UINT64_C(1) << s->kdr;

	memcpy(d->salt, salt, salt_len);
	TRY(aes_ctr_init(&d->prf, (const uint8_t *)key.p, key.n));
	/* both places have their contexts from now on, though the second may never be used */
	for (; f.index <= (s->kdr ? block : 0); f.index += block) {
		for (unsigned is_rtcp = 0; is_rtcp < 2; is_rtcp++) {
			f.is_rtcp = is_rtcp;
			f.kind = srtp_kind_of(s, is_rtcp);
			TRY(srtp_frame_keys(s, &f));
		}
	}
	return SOTTO_OK;
}

/** libsrtp before 2.7 took 46 bytes, key, salt and zeros, for an AES-256 key and its salt. */
static sotto_err old_192_init(struct srtp *s, struct srtp_derived *d, const uint8_t key[38])
{
	return derived_init(s, d, (struct span){ (const char *)key, 32 }, key + 32, 6);
}

static sotto_err master_init(
	struct srtp *s, size_t index, const struct srtp_suite_info *suite, const uint8_t *key)
{
	struct srtp_derived *d = s->masters[index].derived;

	TRY(derived_init(s, &d[SRTP_DERIVATION_RFC],
		(struct span){ (const char *)key, suite->key_len }, key + suite->key_len,
		suite->salt_len));
	return s->derivation_count > 1 ? old_192_init(s, &d[SRTP_DERIVATION_OLD_LIBSRTP], key)
				       : SOTTO_OK;
}

static sotto_err start(
	struct srtp *s, const struct srtp_suite_info *suite, const struct srtp_params *params)
{
	s->kdr = params->kdr;
	s->mki_len = (uint8_t)params->mki_len;
	s->master_count = (uint8_t)params->master_count;
	s->derivation_count = suite->cipher == SRTP_CIPHER_AES_CM && suite->key_len == 24 ? 2 : 1;
	TRY(kinds_init(s, suite, params));
	for (size_t i = 0; i < params->master_count; i++) {
		if (params->mki_len)
			memcpy(s->masters[i].mki, params->masters[i].mki, params->mki_len);
		TRY(master_init(s, i, suite, params->masters[i].key));
	}
	return SOTTO_OK;
}

struct srtp_params srtp_params_of(enum srtp_suite suite, const uint8_t *key)
{
	const struct srtp_suite_info *info = srtp_suite_info(suite);

	return (struct srtp_params){
		.suite = suite,
		.key_len = (size_t)info->key_len + info->salt_len,
		.masters = { { .key = key } },
		.master_count = 1,
	};
}

/** RFC 4568 §6.1: big-endian in the packets, in as many bytes as were signalled. */
static void mki_write(uint8_t out[SRTP_MKI_MAX], uint64_t mki, size_t len)
{
	memset(out, 0, SRTP_MKI_MAX);
	for (size_t i = 0; i < len && i < sizeof(mki); i++)
		out[len - 1 - i] = (uint8_t)(mki >> (8 * i));
}

sotto_err srtp_create_keyed(
	struct srtp **out, enum srtp_direction direction, const struct srtp_keying *keying)
{
	struct srtp_params params = srtp_params_of(keying->suite, keying->bytes);
	uint8_t mki[SRTP_MASTERS_MAX][SRTP_MKI_MAX];

	*out = NULL;
	if (keying->mki_len > SRTP_MKI_MAX || keying->more_count >= SRTP_MASTERS_MAX)
		return SOTTO_EINVAL;
	params.mki_len = keying->mki_len;
	params.flags = keying->flags;
	params.kdr = (uint8_t)keying->kdr;
	params.master_count = 1 + keying->more_count;
	for (size_t i = 0; i < params.master_count; i++) {
		mki_write(mki[i], i ? keying->more[i - 1].mki : keying->mki, keying->mki_len);
		params.masters[i].key = i ? keying->more[i - 1].bytes : keying->bytes;
		params.masters[i].mki = mki[i];
	}
	return srtp_create(out, direction, &params);
}

static sotto_err params_check(const struct srtp_params *params, const struct srtp_suite_info *suite)
{
	if (!suite->is_built)
		return SOTTO_EUNSUPPORTED;
	if (params->key_len != (size_t)suite->key_len + suite->salt_len)
		return SOTTO_EKEYLEN;
	if (params->master_count == 0 || params->master_count > SRTP_MASTERS_MAX ||
		(params->master_count > 1 && params->mki_len == 0) ||
		params->mki_len > SRTP_MKI_MAX || params->kdr > SRTP_KDR_MAX)
		return SOTTO_EINVAL;
	return SOTTO_OK;
}

sotto_err srtp_create(
	struct srtp **out, enum srtp_direction direction, const struct srtp_params *params)
{
	const struct srtp_suite_info *suite = srtp_suite_info(params->suite);
	struct srtp *s;
	sotto_err err;

	*out = NULL;
	TRY(params_check(params, suite));
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

static void keys_deinit(const struct srtp_kind *kind, struct srtp_keys keys[2])
{
	for (size_t i = 0; kind->cipher && kind->auth && i < 2; i++) {
		kind->cipher->deinit(&keys[i]);
		kind->auth->deinit(&keys[i]);
	}
}

static void derived_deinit(const struct srtp *s, struct srtp_derived *d)
{
	aes_ctr_deinit(&d->prf);
	keys_deinit(&s->rtp, d->rtp);
	keys_deinit(&s->rtcp, d->rtcp);
}

void srtp_destroy(struct srtp *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SRTP_MASTERS_MAX; i++)
		for (size_t j = 0; j < SRTP_DERIVATION_COUNT; j++)
			derived_deinit(s, &s->masters[i].derived[j]);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

void srtp_follow(struct srtp *send, const struct srtp *receive)
{
	if (receive->derivation_is_known && send->derivation_count > 1 &&
		receive->derivation_count > 1)
		send->derivation = receive->derivation;
}

void srtp_use_master(struct srtp *s, size_t index)
{
	if (index < s->master_count)
		s->current = (uint8_t)index;
}
