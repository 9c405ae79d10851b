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
#include "crypto/suite.h"

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

struct srtp_params {
	enum srtp_suite suite; /* is_built */
	const uint8_t *key;    /* [borrowed] master key, then master salt */
	size_t key_len;        /* key_len + salt_len of the suite, or SOTTO_EKEYLEN */
};

/** All that a context needs is allocated here, nothing later. SOTTO_ENOMEM, _ECRYPTO, _EKEYLEN,
 * _EUNSUPPORTED */
SOTTO_MUST_USE sotto_err srtp_create(
	struct srtp **out, enum srtp_direction direction, const struct srtp_params *params);

/** NULL is legal. */
void srtp_destroy(struct srtp *s);

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
