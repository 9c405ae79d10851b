/**
 * @file offer/policy.h  What one leg's connection allows, as values: the only thing that
 * negotiation knows of settings. Immutable for a call.
 */
#pragma once
#include "crypto/suite.h"
#include "sdp/sdp.h"

enum encrypted_media { /* SPEC §2.3 */
	ENCRYPTED_MEDIA_OFF,
	ENCRYPTED_MEDIA_SRTP, /* required */
	ENCRYPTED_MEDIA_OPTIONAL,
};

#define OFFER_CODECS_MAX 16

struct offer_policy {
	enum encrypted_media encrypted_media;
	enum srtp_suite suites[SRTP_SUITE_COUNT]; /* allowed, in order of preference */
	size_t suite_count;
	bool suite_choice_theirs;   /* follow the offer's order; else ours */
	bool answer_profile_mirror; /* answer crypto in the offer's profile; else RTP/SAVP */
	bool offer_profile_avp;     /* SRTP offered as RTP/AVP + crypto; else RTP/SAVP */
	bool osrtp_decline_rtp; /* off or optional, RTP/AVP offered, no common suite: answer RTP */
	bool lenient_tag;       /* an answer's unknown tag is taken if one offered suite fits */
	bool require_tls;       /* SDES over clear signalling is refused */
	bool signalling_is_secure; /* this leg's keys cannot be read on the path */
	bool signalling_is_udp;    /* an offer has at most OFFER_SUITES_UDP suites (SPEC T13),
				    AES_CM_128_HMAC_SHA1_80 among them if it is listed */
	struct span codecs[OFFER_CODECS_MAX]; /* names, in order; codec_count 0: any, as offered */
	size_t codec_count;
	/** The leg's agreed suite (offer_local.agreed), for judging a later offer: chosen again if
	 * it is offered, so that the stream goes on. SRTP_SUITE_NONE in a first offer. */
	enum srtp_suite agreed;
};

#define OFFER_SUITES_UDP 4

/** SPEC §2.1's default order (suites that are built only), everything else off. */
void offer_policy_default(struct offer_policy *p);

/**
 * Narrows the codec list of the leg that will be offered to by that of the leg that offers, so that
 * the far party cannot choose what the near one does not allow.
 * @return false: nothing is left (`to` is unchanged): no_common_codec
 */
SOTTO_MUST_USE bool offer_policy_narrow(struct offer_policy *to, const struct offer_policy *by);

/** Place of the suite in the policy's list; `suite_count` if it is not allowed or not built. */
size_t offer_policy_rank(const struct offer_policy *p, enum srtp_suite suite);

/** SDES keys must not be sent or taken: require_tls is on and the signalling can be read. */
bool offer_policy_forbids_keys(const struct offer_policy *p);
