/**
 * @file srtp/transform.h  What a suite's row chooses: how a packet is enciphered and how it is
 * signed. A further suite is a row in crypto/suite.c, and here at most one more set of operations.
 */
#pragma once
#include "crypto/aes_ctr.h"
#include "crypto/hmac_sha1.h"
#include "crypto/suite.h"
#include "srtp/kdf.h"

#define SRTP_TAG_MAX      20 /* bytes, before it is cut to the suite's length */
#define SRTP_AUTH_KEY_MAX 20 /* bytes, RFC 3711 §5.2: n_a */

struct srtp_cipher_ops;
struct srtp_auth_ops;

/** The session keys for RTP, or for RTCP. A secret. */
struct srtp_keys {
	const struct srtp_cipher_ops *cipher;
	const struct srtp_auth_ops *auth;
	struct aes_ctr aes;
	struct hmac_sha1 hmac;
	uint8_t salt[SRTP_SALT_MAX];
	uint8_t tag_len;
};

/** A packet on its way through. */
struct srtp_frame {
	uint8_t *packet;
	size_t clear_len;  /* bytes before the enciphered part */
	size_t cipher_len; /* bytes of it */
	size_t signed_len; /* bytes that are signed, from the packet's first on */
	uint32_t ssrc;
	uint64_t index; /* rollover counter and sequence number, or SRTCP index */
	bool signs_roc; /* RTP: the rollover counter is signed too, though it does not travel */
	uint8_t roc[4];
};

struct srtp_cipher_ops {
	SOTTO_MUST_USE sotto_err (*init)(struct srtp_keys *k, const uint8_t *key, size_t key_len);
	void (*deinit)(struct srtp_keys *k);
	SOTTO_MUST_USE sotto_err (*crypt)(struct srtp_keys *k, const struct srtp_frame *f);
};

struct srtp_auth_ops {
	size_t key_len; /* bytes */
	SOTTO_MUST_USE sotto_err (*init)(struct srtp_keys *k, const uint8_t *key, size_t key_len);
	void (*deinit)(struct srtp_keys *k);
	SOTTO_MUST_USE sotto_err (*sign)(
		struct srtp_keys *k, const struct srtp_frame *f, uint8_t tag[SRTP_TAG_MAX]);
};

/** NULL: not built. */
const struct srtp_cipher_ops *srtp_cipher_ops(enum srtp_cipher cipher);
const struct srtp_auth_ops *srtp_auth_ops(enum srtp_auth auth);
