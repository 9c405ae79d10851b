/**
 * @file crypto/keying.h  The keys of one direction of a stream, and how they are used: what an
 * a=crypto line comes to (RFC 4568). A value, handed from the offer to media and to the SRTP core.
 * Pure: no I/O, no clock, no allocation; any thread.
 */
#pragma once
#include "crypto/suite.h"

#define SRTP_MASTERS_MAX 4 /* master keys in force at once */

/** The session parameters of RFC 4568 §6.3 that change packets, as bits. */
enum srtp_flag {
	SRTP_UNENCRYPTED_RTP = 1,
	SRTP_UNENCRYPTED_RTCP = 2,
	SRTP_UNAUTHENTICATED_RTP = 4,
};

/** A secret. */
struct srtp_keying {
	enum srtp_suite suite;            /* SRTP_SUITE_NONE: clear */
	uint8_t bytes[SRTP_KEY_SALT_MAX]; /* master key, then master salt */
	uint64_t mki;                     /* of that key; only with mki_len */
	uint32_t mki_len;                 /* bytes in each packet, big-endian; 0: none */
	uint64_t lifetime;                /* packets, as signalled; 0: the suite's own */
	/** Further keys in force beside the first; only with MKIs. */
	struct {
		uint8_t bytes[SRTP_KEY_SALT_MAX];
		uint64_t mki;
	} more[SRTP_MASTERS_MAX - 1];
	size_t more_count;
	unsigned flags; /* of enum srtp_flag */
	unsigned kdr;   /* key derivation rate 2^kdr; 0: keys are derived once */
};

/** The same keys, used in the same way: a stream goes on. In constant time. */
bool srtp_keying_eq(const struct srtp_keying *a, const struct srtp_keying *b);

/** RTP and RTCP are encrypted and authenticated: what `protected` in a record means. */
bool srtp_keying_protects(const struct srtp_keying *k);

/** Whether a packet that passes proves where it came from. */
bool srtp_keying_authenticates(const struct srtp_keying *k, bool is_rtcp);
