/** @file rtp/rtp.h  RTP and RTCP headers (RFC 3550), and what kind of packet a datagram is (RFC
 * 7983). */
#pragma once
#include "base/err.h"
#include "base/span.h"

enum packet_kind {
	PACKET_STUN,
	PACKET_DTLS,
	PACKET_RTP,
	PACKET_RTCP, /* RFC 5761 §4: payload type 64..95 */
	PACKET_OTHER,
};

/** By the first two bytes. */
enum packet_kind packet_classify(const uint8_t *p, size_t n);

#define RTP_HEADER_MIN 12

struct rtp_header {
	bool padding, extension, marker;
	uint8_t csrc_count, payload_type;
	uint16_t seq;
	uint32_t timestamp, ssrc;
	size_t len; /* bytes up to the payload: CSRCs and extension included */
};

/** SOTTO_ESYNTAX: shorter than it says, or not version 2. */
SOTTO_MUST_USE sotto_err rtp_parse(struct rtp_header *out, const uint8_t *p, size_t n);

/** Writes the 12 fixed bytes. */
void rtp_write(uint8_t out[RTP_HEADER_MIN], const struct rtp_header *h);

#define RTCP_HEADER_MIN 8

enum rtcp_type {
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	RTCP_BYE = 203,
	RTCP_APP = 204,
};

struct rtcp_header {
	uint8_t type, count;
	uint32_t ssrc;
};

/** The first packet of a compound one; lengths of all are checked. SOTTO_ESYNTAX. */
SOTTO_MUST_USE sotto_err rtcp_parse(struct rtcp_header *out, const uint8_t *p, size_t n);

/** One packet of a compound one. */
struct rtcp_part {
	uint8_t type, count;
	uint8_t *p; /* [borrowed] from its header on */
	size_t len; /* bytes, header included */
};

/**
 * The packet after `part` (all zero: the first) of the compound packet of `n` bytes at `p`; false
 * at its end, or where the lengths do not add up.
 */
bool rtcp_next(struct rtcp_part *part, uint8_t *p, size_t n);
