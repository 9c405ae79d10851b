/** @file offer/policy.c */
#include "offer/policy.h"

void offer_policy_default(struct offer_policy *p)
{
	/* SPEC §2.1: 192 last, since many peers derive its keys wrongly */
	static const enum srtp_suite order[] = {
		SRTP_AEAD_AES_256_GCM,
		SRTP_AEAD_AES_128_GCM,
		SRTP_AEAD_AES_256_GCM_8,
		SRTP_AEAD_AES_128_GCM_8,
		SRTP_AES_256_CM_HMAC_SHA1_80,
		SRTP_AES_CM_128_HMAC_SHA1_80,
		SRTP_AES_256_CM_HMAC_SHA1_32,
		SRTP_AES_CM_128_HMAC_SHA1_32,
		SRTP_AES_192_CM_HMAC_SHA1_80,
		SRTP_AES_192_CM_HMAC_SHA1_32,
	};

	*p = (struct offer_policy){ .encrypted_media = ENCRYPTED_MEDIA_OFF };
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (srtp_suite_info(order[i])->is_built)
			p->suites[p->suite_count++] = order[i];
}

static bool lists(const struct offer_policy *p, struct span codec)
{
	for (size_t i = 0; i < p->codec_count; i++)
		if (span_eq_nocase(p->codecs[i], codec))
			return true;
	return false;
}

bool offer_policy_narrow(struct offer_policy *to, const struct offer_policy *by)
{
	struct span left[OFFER_CODECS_MAX];
	size_t n = 0;

	if (by->codec_count == 0)
		return true;
	if (to->codec_count == 0) {
		memcpy(to->codecs, by->codecs, sizeof(to->codecs));
		to->codec_count = by->codec_count;
		return true;
	}
	for (size_t i = 0; i < to->codec_count; i++)
		if (lists(by, to->codecs[i]))
			left[n++] = to->codecs[i];
	if (n == 0)
		return false;
	memcpy(to->codecs, left, n * sizeof(left[0]));
	to->codec_count = n;
	return true;
}

size_t offer_policy_rank(const struct offer_policy *p, enum srtp_suite suite)
{
	if (suite == SRTP_SUITE_NONE || !srtp_suite_info(suite)->is_built)
		return p->suite_count;
	for (size_t i = 0; i < p->suite_count; i++)
		if (p->suites[i] == suite)
			return i;
	return p->suite_count;
}

bool offer_policy_forbids_keys(const struct offer_policy *p)
{
	return p->require_tls && !p->signalling_is_secure;
}
