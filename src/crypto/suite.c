/** @file crypto/suite.c */
#include "crypto/suite.h"

#define CM  SRTP_CIPHER_AES_CM
#define F8  SRTP_CIPHER_AES_F8
#define GCM SRTP_CIPHER_AES_GCM
#define NUL SRTP_CIPHER_NULL
#define SHA SRTP_AUTH_HMAC_SHA1

/* SPEC §2.1: key, salt, tag, SRTCP tag, built. An SRTCP tag of HMAC is 80 bits whatever SRTP's is
 * (RFC 4568 §6.2, RFC 6188 §4); AEAD has one length for both (RFC 7714 §14.2). */
/* clang-format off */
static const struct srtp_suite_info suites[SRTP_SUITE_COUNT] = {
	[SRTP_SUITE_NONE] = { "", NULL, NUL, SRTP_AUTH_NULL, 0, 0, 0, 0, false },
	[SRTP_AEAD_AES_256_GCM_8] = { "AEAD_AES_256_GCM_8", NULL, GCM, SRTP_AUTH_AEAD, 32, 12, 8, 8,
		true },
	[SRTP_AEAD_AES_128_GCM_8] = { "AEAD_AES_128_GCM_8", NULL, GCM, SRTP_AUTH_AEAD, 16, 12, 8, 8,
		true },
	[SRTP_AES_256_CM_HMAC_SHA1_80] = { "AES_256_CM_HMAC_SHA1_80", "AES_CM_256_HMAC_SHA1_80", CM,
		SHA, 32, 14, 10, 10, true },
	[SRTP_AES_192_CM_HMAC_SHA1_80] = { "AES_192_CM_HMAC_SHA1_80", "AES_CM_192_HMAC_SHA1_80", CM,
		SHA, 24, 14, 10, 10, true },
	[SRTP_AES_CM_128_HMAC_SHA1_80] = { "AES_CM_128_HMAC_SHA1_80", NULL, CM, SHA, 16, 14, 10, 10,
		true },
	[SRTP_AES_256_CM_HMAC_SHA1_32] = { "AES_256_CM_HMAC_SHA1_32", "AES_CM_256_HMAC_SHA1_32", CM,
		SHA, 32, 14, 4, 10, true },
	[SRTP_AES_192_CM_HMAC_SHA1_32] = { "AES_192_CM_HMAC_SHA1_32", "AES_CM_192_HMAC_SHA1_32", CM,
		SHA, 24, 14, 4, 10, true },
	[SRTP_AES_CM_128_HMAC_SHA1_32] = { "AES_CM_128_HMAC_SHA1_32", NULL, CM, SHA, 16, 14, 4, 10,
		true },
	[SRTP_AES_CM_128_NULL_AUTH] = { "AES_CM_128_NULL_AUTH", NULL, CM, SRTP_AUTH_NULL, 16, 14, 0,
		0, true },
	[SRTP_AEAD_AES_256_GCM] = { "AEAD_AES_256_GCM", NULL, GCM, SRTP_AUTH_AEAD, 32, 12, 16, 16,
		true },
	[SRTP_AEAD_AES_128_GCM] = { "AEAD_AES_128_GCM", NULL, GCM, SRTP_AUTH_AEAD, 16, 12, 16, 16,
		true },
	[SRTP_F8_128_HMAC_SHA1_80] = { "F8_128_HMAC_SHA1_80", NULL, F8, SHA, 16, 14, 10, 10,
		true },
	[SRTP_NULL_HMAC_SHA1_80] = { "NULL_HMAC_SHA1_80", NULL, NUL, SHA, 16, 14, 10, 10, true },
	[SRTP_NULL_HMAC_SHA1_32] = { "NULL_HMAC_SHA1_32", NULL, NUL, SHA, 16, 14, 4, 10, true },
};
/* clang-format on */

const struct srtp_suite_info *srtp_suite_info(enum srtp_suite suite)
{
	return &suites[suite < SRTP_SUITE_COUNT ? suite : SRTP_SUITE_NONE];
}

enum srtp_suite srtp_suite_parse(struct span name)
{
	if (name.n == 0)
		return SRTP_SUITE_NONE;
	for (unsigned i = SRTP_SUITE_NONE + 1; i < SRTP_SUITE_COUNT; i++)
		if (span_eq_nocase(name, span_of(suites[i].name)) ||
			span_eq_nocase(name, span_of(suites[i].alias)))
			return (enum srtp_suite)i;
	return SRTP_SUITE_NONE;
}

bool srtp_suite_protects(enum srtp_suite suite)
{
	const struct srtp_suite_info *s = srtp_suite_info(suite);

	return s->cipher != SRTP_CIPHER_NULL && s->auth != SRTP_AUTH_NULL;
}
