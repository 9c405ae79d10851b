/**
 * @file srtp/srtp.h  SRTP and SRTCP (RFC 3711), by batch. One context is one direction under one
 * master key, with a stream for each SSRC seen. Engine without I/O; a context belongs to one
 * thread.
 *
 * Rules (SPEC §2.5): receiving, nothing changes before a packet is authenticated, and a packet
 * passes once; sending, no (SSRC, index) is used twice under one key.
 */
#pragma once
#include "base/err.h"
#include "crypto/keying.h"

#define SRTP_STREAMS_MAX 16   /* SSRCs with a window; a new authenticated one retires the idlest */
#define SRTP_SSRCS_MAX   128  /* SSRCs under one key, retired ones included */
#define SRTP_WINDOW      128  /* packets: replay window */
#define SRTP_PACKET_MAX  2048 /* bytes of a packet, trailer included */
#define SRTP_TRAILER_MAX 160  /* bytes that protecting may add: tag, SRTCP index, MKI */

struct srtp; /* holds keys: wiped when destroyed */

enum srtp_direction {
	SRTP_RECEIVE,
	SRTP_SEND,
};

#define SRTP_MKI_MAX 128 /* bytes (RFC 4568 §6.1) */
#define SRTP_KDR_MAX 24

struct srtp_master {
	const uint8_t *key; /* [borrowed] key_len bytes: master key, then master salt */
	const uint8_t *mki; /* [borrowed] mki_len bytes, other ones for each; NULL: mki_len is 0 */
};

struct srtp_params {
	enum srtp_suite suite; /* is_built */
	size_t key_len;        /* key_len + salt_len of the suite, or SOTTO_EKEYLEN */
	struct srtp_master masters[SRTP_MASTERS_MAX]; /* sending begins with the first */
	size_t master_count;                          /* without MKIs only one */
	size_t mki_len; /* bytes of an MKI in each packet; 0: none (RFC 3711 §3.1) */
	unsigned flags; /* of enum srtp_flag */
	uint8_t kdr;    /* key derivation rate 2^kdr; 0: keys are derived once */
};

/** One master key without an MKI, and no session parameters. */
struct srtp_params srtp_params_of(enum srtp_suite suite, const uint8_t *key);

/**
 * All that a context needs is allocated here, nothing later.
 * @return SOTTO_OK; SOTTO_ENOMEM; SOTTO_ECRYPTO; SOTTO_EKEYLEN; SOTTO_EUNSUPPORTED: no such suite,
 *         or an AEAD that shall not authenticate; SOTTO_EINVAL: counts or lengths beyond the maxima
 */
SOTTO_MUST_USE sotto_err srtp_create(
	struct srtp **out, enum srtp_direction direction, const struct srtp_params *params);

/** The same with the keys of an a=crypto line. */
SOTTO_MUST_USE sotto_err srtp_create_keyed(
	struct srtp **out, enum srtp_direction direction, const struct srtp_keying *keying);

/** NULL is legal. */
void srtp_destroy(struct srtp *s);

/**
 * Sends with another master key from now on: rollover counters and indexes go on (RFC 3711 §3.2.1).
 * @param index below master_count
 */
void srtp_use_master(struct srtp *s, size_t index);

/**
 * Sends in the way in which the peer derives its keys, as far as `receive` knows by now: of AES-192
 * there are two, RFC 6188's and that of older libsrtp. Cheap: for each packet that was accepted.
 */
void srtp_follow(struct srtp *send, const struct srtp *receive);

/** One packet of a batch. */
struct srtp_item {
	struct srtp *srtp;
	uint8_t *packet; /* in place */
	size_t len;      /* [in, out] bytes */
	size_t cap;      /* bytes at `packet`: protect needs SRTP_TRAILER_MAX more than len */
	bool is_rtcp;
	sotto_err status; /* [out] */
};

/**
 * Authenticates, then deciphers, each item. Items of one context are handled in order.
 * status: SOTTO_OK      len is the plain packet's
 *         SOTTO_ESYNTAX not RTP or RTCP, or too short
 *         SOTTO_EAUTH   forged or foreign: the context is bit for bit as before
 *         SOTTO_EREPLAY seen before, or too old for the window
 *         SOTTO_ELIMIT  an SSRC beyond SRTP_SSRCS_MAX
 *         SOTTO_ECRYPTO the crypto library failed
 * Only with SOTTO_OK may the bytes be used.
 */
void srtp_unprotect(struct srtp_item *items, size_t n);

/**
 * Enciphers, then signs, each item.
 * status: SOTTO_OK       len is the protected packet's
 *         SOTTO_EREPLAY  that (SSRC, index) was used before: not sent
 *         SOTTO_ENOSPACE cap is too small
 *         SOTTO_ELIMIT   the key's lifetime is used up (2^48 SRTP, 2^31 SRTCP, SRTP_SSRCS_MAX):
 *                        re-key
 *         SOTTO_ESYNTAX  not RTP or RTCP
 *         SOTTO_ECRYPTO  the crypto library failed
 * Only with SOTTO_OK may the bytes be sent.
 */
void srtp_protect(struct srtp_item *items, size_t n);
