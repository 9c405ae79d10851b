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
	bool signalling_is_udp;    /* an offer has at most OFFER_SUITES_UDP suites (SPEC T13) */
	struct span codecs[OFFER_CODECS_MAX]; /* names, in order; codec_count 0: any, as offered */
	size_t codec_count;
};

#define OFFER_SUITES_UDP 4

/** SPEC §2.1's default order (suites that are built only), everything else off. */
void offer_policy_default(struct offer_policy *p);
