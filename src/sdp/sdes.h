/**
 * @file sdp/sdes.h  SRTP keys in SDP: the a=crypto attribute in full (RFC 4568 §9).
 * Pure: no I/O, no clock, no allocation; any thread.
 */
#pragma once
#include "base/buf.h"
#include "crypto/suite.h"

#define SDES_KEYS_MAX    4    /* inline keys of one line */
#define SDES_MKI_LEN_MAX 128  /* bytes (§6.1) */
#define SDES_LINE_MAX    1024 /* bytes that a line we read or write may have */

enum sdes_param { /* session parameters (§6.3), a set of bits */
	SDES_KDR = 1,
	SDES_UNENCRYPTED_SRTP = 2,
	SDES_UNENCRYPTED_SRTCP = 4,
	SDES_UNAUTHENTICATED_SRTP = 8,
	SDES_FEC_ORDER = 16,
	SDES_FEC_KEY = 32,
	SDES_WSH = 64,
	SDES_UNKNOWN_OPTIONAL = 128, /* a parameter with a leading '-' that we ignored (§6.3.7) */
};

/** One inline key. A secret. */
struct sdes_key {
	uint8_t bytes[SRTP_KEY_SALT_MAX]; /* master key, then master salt */
	size_t len;
	uint64_t lifetime; /* packets; 0: not signalled */
	uint64_t mki;      /* value; only with mki_len */
	uint32_t mki_len;  /* bytes in each packet; 0: no MKI */
};

/** One a=crypto line. Holds secrets: sdes_wipe when done. Nothing prints it. */
struct sdes_line {
	uint32_t tag; /* 0..999999999 */
	enum srtp_suite suite;
	struct span suite_name; /* as the peer spelled it: to echo. Points into the input */
	struct sdes_key keys[SDES_KEYS_MAX];
	size_t key_count;
	unsigned params; /* of enum sdes_param */
	uint8_t kdr;     /* 0..24: key derivation rate 2^kdr */
	uint16_t wsh;    /* window size hint, 64.. */
};

/**
 * Parses the text after "a=crypto:" (§9.1).
 *
 * @param out   [out]          zeroed first; holds keys only on SOTTO_OK
 * @param value [in, borrowed] without the line ending
 * @return SOTTO_OK
 *         SOTTO_ESYNTAX       not the grammar: the line is unusable
 *         SOTTO_EUNSUPPORTED  unknown suite, key method or mandatory session parameter, or an MKI
 *                             above 64 bits: skip the line
 *         SOTTO_EKEYLEN       key and salt are not the suite's length (§6.2): skip the line
 *         SOTTO_ETOOBIG       more keys or bytes than the maxima above
 *         Whatever fails, the tag and the spelling of the suite stay readable if they were
 *         well-formed.
 */
SOTTO_MUST_USE sotto_err sdes_parse(struct sdes_line *out, struct span value);

/** Appends "tag suite inline:…" with padded base64. Uses suite_name, or the table's name if it is
 * empty. FEC parameters and unknown ones are not written: we never send them. */
void sdes_write(struct buf *b, const struct sdes_line *line);

void sdes_wipe(struct sdes_line *line);
