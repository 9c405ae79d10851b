/** @file offer/decide.c */
#include "offer/decide.h"

/* Each column is a set of bits; a row applies where all its columns do. */
#define BIT(n)          (1u << (n))

#define OFF             BIT(ENCRYPTED_MEDIA_OFF)
#define SRTP            BIT(ENCRYPTED_MEDIA_SRTP)
#define OPTIONAL        BIT(ENCRYPTED_MEDIA_OPTIONAL)
#define ANY             (OFF | SRTP | OPTIONAL)

#define AVP             BIT(OFFER_AVP)
#define SAVP            BIT(OFFER_SAVP)
#define DTLS            BIT(OFFER_DTLS)
#define T38             BIT(OFFER_T38)
#define OTHER           BIT(OFFER_OTHER)

#define NONE            BIT(KEYING_NONE)
#define FINGERPRINT     BIT(KEYING_FINGERPRINT)
#define COMMON          BIT(KEYING_COMMON)
#define NO_SUITE        BIT(KEYING_NO_SUITE)
#define UNUSABLE        BIT(KEYING_UNUSABLE)
#define UNSUPPORTED     BIT(KEYING_UNSUPPORTED)
#define ONE_FITS        BIT(KEYING_ONE_FITS)
#define BAD_CRYPTO      (NO_SUITE | UNUSABLE | UNSUPPORTED)
#define CRYPTO          (COMMON | BAD_CRYPTO | ONE_FITS)
#define WHATEVER        (NONE | FINGERPRINT | CRYPTO)

#define CLEAR           true, MEDIA_CLEAR, FAILURE_none
#define SDES            true, MEDIA_SDES, FAILURE_none
#define REFUSE(failure) false, MEDIA_CLEAR, FAILURE_##failure

enum when { /* a further condition */
	ALWAYS,
	OSRTP_DECLINE,
	LENIENT_TAG,
	KEYS_FORBIDDEN, /* require_tls on, signalling clear (SPEC T10) */
};

struct row {
	unsigned settings, transports, keyings;
	enum when when;
	struct decision decision;
};

/* clang-format off */
static const struct row answering[] = {
	/* DTLS-SRTP is to be honoured whatever the setting. Not built yet: these two rows become
	 * acceptances with it. Under UDP/TLS the fingerprint counts and a=crypto does not. */
	{ ANY, DTLS, WHATEVER, ALWAYS,
		{ REFUSE(dtls_not_built), "UDP/TLS/RTP/SAVP is DTLS-SRTP" } },
	{ ANY, SAVP, FINGERPRINT, ALWAYS,
		{ REFUSE(dtls_not_built), "RTP/SAVP with a fingerprint alone is DTLS-SRTP" } },
	/* not RTP */
	{ SRTP, T38, WHATEVER, ALWAYS,
		{ REFUSE(t38_on_encrypted_leg), "T.38 cannot be encrypted" } },
	{ OFF | OPTIONAL, T38, WHATEVER, ALWAYS,
		{ REFUSE(stream_not_relayed), "T.38 is not relayed yet" } },
	{ ANY, OTHER, WHATEVER, ALWAYS, { REFUSE(stream_not_relayed), "not RTP" } },
	/* keys that anybody on the path has read */
	{ ANY, AVP | SAVP, CRYPTO, KEYS_FORBIDDEN,
		{ REFUSE(srtp_keys_exposed), "crypto over clear signalling with require_tls" } },
	/* off; optional is as off. A fingerprint under RTP/AVP invites to DTLS (RFC 8643 §3.1),
	 * and an answer without one declines. */
	{ OFF | OPTIONAL, AVP, NONE | FINGERPRINT, ALWAYS, { CLEAR, "off, no crypto, RTP/AVP" } },
	{ OFF | OPTIONAL, AVP | SAVP, COMMON, ALWAYS,
		{ SDES, "off, crypto: what is offered is honoured" } },
	{ OFF | OPTIONAL, SAVP, NONE, ALWAYS,
		{ REFUSE(srtp_profile_without_crypto), "off, RTP/SAVP without crypto" } },
	/* SRTP */
	{ SRTP, AVP, NONE | FINGERPRINT, ALWAYS,
		{ REFUSE(srtp_required_not_offered), "SRTP, no crypto" } },
	{ SRTP, SAVP, NONE, ALWAYS,
		{ REFUSE(srtp_profile_without_crypto), "SRTP, RTP/SAVP without crypto" } },
	{ SRTP, AVP | SAVP, COMMON, ALWAYS, { SDES, "SRTP, crypto, a common suite" } },
	/* crypto, none in common. RFC 8643 §3.2: to decline is to answer without crypto; else
	 * "if the SRTP key management fails for any reason, the media session MUST fail". */
	{ OFF | OPTIONAL, AVP, BAD_CRYPTO, OSRTP_DECLINE,
		{ CLEAR, "off, RTP/AVP, none in common, osrtp_decline: rtp" } },
	{ ANY, AVP | SAVP, NO_SUITE, ALWAYS,
		{ REFUSE(srtp_no_common_suite), "crypto, none in common" } },
	{ ANY, AVP | SAVP, UNUSABLE, ALWAYS,
		{ REFUSE(srtp_line_unusable), "crypto, no usable line" } },
	{ ANY, AVP | SAVP, UNSUPPORTED, ALWAYS,
		{ REFUSE(srtp_parameter_unsupported), "crypto with an unsupported parameter" } },
};

static const struct row offering[] = {
	{ ANY, T38 | OTHER, WHATEVER, ALWAYS,
		{ REFUSE(sdp_malformed), "an answer keeps the transport (RFC 3264 §6)" } },
	/* off: no crypto was offered */
	{ OFF, AVP, NONE | FINGERPRINT, ALWAYS, { CLEAR, "off, no crypto" } },
	{ OFF, AVP, CRYPTO, ALWAYS,
		{ REFUSE(srtp_answer_uninvited), "off, crypto in the answer" } },
	{ OFF, SAVP | DTLS, WHATEVER, ALWAYS,
		{ REFUSE(srtp_answer_uninvited), "off, a secure profile in the answer" } },
	/* SRTP or optional: SDES was offered, never DTLS */
	{ SRTP | OPTIONAL, DTLS, WHATEVER, ALWAYS,
		{ REFUSE(srtp_answer_missing), "DTLS in the answer to SDES" } },
	{ SRTP | OPTIONAL, AVP | SAVP, CRYPTO, KEYS_FORBIDDEN,
		{ REFUSE(srtp_keys_exposed), "crypto over clear signalling with require_tls" } },
	{ SRTP | OPTIONAL, AVP | SAVP, COMMON, ALWAYS, { SDES, "SRTP, one valid crypto" } },
	{ SRTP | OPTIONAL, AVP | SAVP, ONE_FITS, LENIENT_TAG,
		{ SDES, "SRTP, unknown tag, one suite fits, lenient_tag" } },
	{ SRTP | OPTIONAL, AVP | SAVP, ONE_FITS | NO_SUITE, ALWAYS,
		{ REFUSE(srtp_answer_bad_tag), "SRTP, unknown tag or suite" } },
	{ SRTP | OPTIONAL, AVP | SAVP, UNUSABLE, ALWAYS,
		{ REFUSE(srtp_line_unusable), "SRTP, bad key" } },
	{ SRTP | OPTIONAL, AVP | SAVP, UNSUPPORTED, ALWAYS,
		{ REFUSE(srtp_parameter_unsupported), "SRTP, unsupported parameter" } },
	{ SRTP, AVP | SAVP, NONE | FINGERPRINT, ALWAYS,
		{ REFUSE(srtp_answer_missing), "SRTP, no crypto" } },
	{ OPTIONAL, AVP, NONE | FINGERPRINT, ALWAYS, { CLEAR, "optional, no crypto" } },
	{ OPTIONAL, SAVP, NONE | FINGERPRINT, ALWAYS,
		{ REFUSE(srtp_profile_without_crypto), "optional, RTP/SAVP without crypto" } },
};
/* clang-format on */

enum offer_transport offer_transport_of(enum sdp_profile profile)
{
	if (sdp_profile_is_dtls(profile))
		return OFFER_DTLS;
	if (sdp_profile_is_secure(profile))
		return OFFER_SAVP;
	if (sdp_profile_is_rtp(profile))
		return OFFER_AVP;
	return profile == SDP_PROFILE_UDPTL ? OFFER_T38 : OFFER_OTHER;
}

static bool holds(enum when when, const struct offer_policy *p)
{
	switch (when) {
	case ALWAYS: return true;
	case OSRTP_DECLINE: return p->osrtp_decline_rtp;
	case LENIENT_TAG: return p->lenient_tag;
	case KEYS_FORBIDDEN: return offer_policy_forbids_keys(p);
	}
	return false;
}

struct decision offer_decide(enum offer_role role, enum encrypted_media setting,
	enum offer_transport transport, enum offer_keying keying, const struct offer_policy *policy)
{
	const struct row *rows = role == OFFER_ANSWERING ? answering : offering;
	size_t n = role == OFFER_ANSWERING ? ARRAY_LEN(answering) : ARRAY_LEN(offering);

	for (size_t i = 0; i < n; i++)
		if ((rows[i].settings & BIT(setting)) && (rows[i].transports & BIT(transport)) &&
			(rows[i].keyings & BIT(keying)) && holds(rows[i].when, policy))
			return rows[i].decision;
	return (struct decision){ REFUSE(internal_error), "no row" };
}
