/**
 * @file srtp/transform.h  What a suite's row chooses: how a packet is enciphered and how it is
 * signed. A further suite is a row in crypto/suite.c, and here at most one more set of operations.
 */
#pragma once
#include "crypto/aes_f8.h"
#include "crypto/aes_gcm.h"
#include "crypto/hmac_sha1.h"
#include "crypto/suite.h"
#include "srtp/kdf.h"

#define SRTP_AUTH_KEY_MAX 20 /* bytes, RFC 3711 §5.2: n_a */

struct srtp_cipher_ops;
struct srtp_auth_ops;
struct srtp_derived;

/** How packets are treated under a suite and its session parameters: RTP, or RTCP. */
struct srtp_kind {
	const struct srtp_cipher_ops *cipher;
	const struct srtp_auth_ops *auth;
	size_t key_len, tag_len; /* bytes */
	bool is_clear;           /* nothing is enciphered, whatever the suite (RFC 4568 §6.3.2) */
};

/** Session keys. A secret. */
struct srtp_keys {
	bool is_set;
	uint64_t r; /* the block of indexes that they are for (RFC 3711 §4.3.1) */
	union {
		struct aes_ctr cm;
		struct aes_f8 f8;
		struct aes_gcm gcm;
	} aes; /* the cipher's own */
	struct hmac_sha1 hmac;
	uint8_t salt[SRTP_SALT_MAX];
};

/** A packet on its way through. The enciphered part ends where the trailer begins. */
struct srtp_frame {
	const struct srtp_kind *kind;
	struct srtp_derived *derived; /* where its session keys come from */
	struct srtp_keys *keys;
	uint8_t *packet;
	bool is_rtcp;
	size_t clear_len;  /* bytes before the enciphered part */
	size_t cipher_len; /* bytes of it */
	size_t signed_len; /* bytes that HMAC signs, from the packet's first on */
	size_t index_at, mki_at, tag_at,
		end; /* offsets in the trailer; an absent part has no bytes */
	uint32_t ssrc;
	uint64_t index;  /* rollover counter and sequence number, or SRTCP index */
	uint8_t word[4]; /* RTP: the rollover counter. RTCP: the E flag and the index */
};

struct srtp_cipher_ops {
	/** Also on keys that are held: they are replaced, and nothing is allocated. */
	SOTTO_MUST_USE sotto_err (*init)(struct srtp_keys *k, const uint8_t *key, size_t key_len);
	void (*deinit)(struct srtp_keys *k);
	/** In place, either way. */
	SOTTO_MUST_USE sotto_err (*crypt)(const struct srtp_frame *f);
};

struct srtp_auth_ops {
	size_t key_len; /* bytes; 0: it has no key of its own */
	/** As the cipher's. */
	SOTTO_MUST_USE sotto_err (*init)(struct srtp_keys *k, const uint8_t *key, size_t key_len);
	void (*deinit)(struct srtp_keys *k);
	/** Writes the tag in its place. */
	SOTTO_MUST_USE sotto_err (*sign)(const struct srtp_frame *f);
	/** SOTTO_EAUTH: another tag, and the packet is as it was. */
	SOTTO_MUST_USE sotto_err (*check)(const struct srtp_frame *f);
	/** The tag ends what is enciphered, and the rest of the trailer follows (RFC 7714 §8.2,
	 * §9.2); false: the tag comes last (RFC 3711 §3.1, §3.4). */
	bool is_aead;
	bool is_proof; /* false: anybody can make packets that pass */
};

const struct srtp_cipher_ops *srtp_cipher_ops(enum srtp_cipher cipher);
const struct srtp_auth_ops *srtp_auth_ops(enum srtp_auth auth);

/** One for each kind; transform.c chooses. */
extern const struct srtp_cipher_ops srtp_cipher_null, srtp_cipher_cm, srtp_cipher_f8,
	srtp_cipher_gcm;
extern const struct srtp_auth_ops srtp_auth_null, srtp_auth_hmac_sha1, srtp_auth_aead;

/** For those that have no key, or nothing to do at one of the steps. */
sotto_err srtp_init_none(struct srtp_keys *k, const uint8_t *key, size_t key_len);
void srtp_deinit_none(struct srtp_keys *k);
sotto_err srtp_step_none(const struct srtp_frame *f);
