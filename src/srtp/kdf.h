/** @file srtp/kdf.h  Session keys from the master key (RFC 3711 §4.3, RFC 6188 §3). */
#pragma once
#include "base/span.h"
#include "crypto/aes_ctr.h"

#define SRTP_SALT_MAX 14

/** RFC 3711 §4.3.1 and §4.3.2. */
enum srtp_label {
	SRTP_LABEL_RTP_KEY,
	SRTP_LABEL_RTP_AUTH,
	SRTP_LABEL_RTP_SALT,
	SRTP_LABEL_RTCP_KEY,
	SRTP_LABEL_RTCP_AUTH,
	SRTP_LABEL_RTCP_SALT,
};

/**
 * Fills `out` with the key stream of the PRF for `label`.
 * @param prf  AES in counter mode under the master key
 * @param salt the master salt; one of 12 bytes has two zero bytes behind it (RFC 7714 §11)
 * @param r    index DIV key derivation rate; 0 at a rate of 0
 */
SOTTO_MUST_USE sotto_err srtp_derive(struct aes_ctr *prf, const uint8_t salt[SRTP_SALT_MAX],
	enum srtp_label label, uint64_t r, uint8_t *out, size_t n);
