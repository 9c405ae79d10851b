/**
 * @file crypto/suite.h  The SRTP crypto suites as rows (SPEC §2.1; RFC 4568 §6.2, 6188, 7714).
 * Read by the SDES lines, the offer and the SRTP core alike, so that a suite is one row.
 */
#pragma once
#include "base/span.h"

enum srtp_cipher {
	SRTP_CIPHER_NULL,
	SRTP_CIPHER_AES_CM,
	SRTP_CIPHER_AES_F8,
	SRTP_CIPHER_AES_GCM,
};

enum srtp_auth {
	SRTP_AUTH_NULL,
	SRTP_AUTH_HMAC_SHA1,
	SRTP_AUTH_AEAD, /* the cipher's own tag */
};

enum srtp_suite {
	SRTP_SUITE_NONE,
	SRTP_AEAD_AES_256_GCM_8,
	SRTP_AEAD_AES_128_GCM_8,
	SRTP_AES_256_CM_HMAC_SHA1_80,
	SRTP_AES_192_CM_HMAC_SHA1_80,
	SRTP_AES_CM_128_HMAC_SHA1_80,
	SRTP_AES_256_CM_HMAC_SHA1_32,
	SRTP_AES_192_CM_HMAC_SHA1_32,
	SRTP_AES_CM_128_HMAC_SHA1_32,
	SRTP_AES_CM_128_NULL_AUTH,
	SRTP_AEAD_AES_256_GCM,
	SRTP_AEAD_AES_128_GCM,
	SRTP_F8_128_HMAC_SHA1_80,
	SRTP_NULL_HMAC_SHA1_80,
	SRTP_NULL_HMAC_SHA1_32,
	SRTP_SUITE_COUNT
};

#define SRTP_KEY_SALT_MAX 46 /* bytes: AES-256 key and a CM salt */

struct srtp_suite_info {
	const char *name;  /* as we write it */
	const char *alias; /* other spelling that we accept and echo; NULL: none */
	enum srtp_cipher cipher;
	enum srtp_auth auth;
	uint8_t key_len, salt_len; /* master key and salt, bytes; the session's are the same */
	uint8_t tag_len;           /* SRTP, bytes */
	uint8_t rtcp_tag_len;      /* SRTCP, bytes */
	bool is_built; /* the SRTP core has it: only such suites are offered or accepted */
};

/** The row; never NULL (SRTP_SUITE_NONE has an empty one). */
const struct srtp_suite_info *srtp_suite_info(enum srtp_suite suite);

/** By name or alias, case-insensitive (RFC 4568 §9.2); SRTP_SUITE_NONE: unknown. */
enum srtp_suite srtp_suite_parse(struct span name);

/** Encrypts and authenticates. */
bool srtp_suite_protects(enum srtp_suite suite);
