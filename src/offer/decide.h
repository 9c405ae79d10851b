/**
 * @file offer/decide.h  The decision table of SPEC §2.3: what one m-line comes to. All that decides
 * between clear, SRTP and refusal is in its rows.
 * Pure: no I/O, no clock, no allocation; any thread.
 */
#pragma once
#include "offer/offer.h"

enum offer_role {
	OFFER_ANSWERING, /* the peer's offer is judged */
	OFFER_OFFERING,  /* the peer's answer to ours is judged */
};

/** What the m-line's profile says about encryption. */
enum offer_transport {
	OFFER_AVP,  /* RTP/AVP, RTP/AVPF */
	OFFER_SAVP, /* RTP/SAVP, RTP/SAVPF */
	OFFER_DTLS, /* UDP/TLS/RTP/SAVP, …F */
	OFFER_T38,
	OFFER_OTHER,
	OFFER_TRANSPORT_COUNT
};

/** What the m-line's attributes say about keys. */
enum offer_keying {
	KEYING_NONE,
	KEYING_FINGERPRINT, /* a=fingerprint without a=crypto */
	KEYING_COMMON,      /* a usable line: allowed here; in an answer: as we offered it */
	KEYING_NO_SUITE, /* none allowed here; in an answer: tag or suite that we did not offer */
	KEYING_UNUSABLE, /* malformed, or a key of the wrong length */
	KEYING_UNSUPPORTED, /* asks for what the SRTP core does not have */
	KEYING_ONE_FITS,    /* in an answer: a tag that we did not offer, but exactly one line whose
			       suite we did */
	KEYING_COUNT
};

struct decision {
	bool accepted;
	enum media_security security; /* if accepted */
	enum failure why;             /* if not */
	const char *rule;             /* the row's name, for tests and people */
};

enum offer_transport offer_transport_of(enum sdp_profile profile);

/**
 * Looks the first row up that applies; a case without a row is refused.
 * @param setting [in] answering: the policy's; offering: what was offered (off: no crypto)
 * @param policy  [in] for osrtp_decline_rtp, lenient_tag, require_tls
 */
struct decision offer_decide(enum offer_role role, enum encrypted_media setting,
	enum offer_transport transport, enum offer_keying keying,
	const struct offer_policy *policy);
