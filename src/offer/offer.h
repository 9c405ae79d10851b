/**
 * @file offer/offer.h  Offer and answer (RFC 3264, 4568, 8643) as pure functions: descriptions and
 * a policy in, an agreement or a failure with its code out. SPEC §2.3 is the table that they
 * follow.
 *
 * A call between two legs uses them in this order:
 *   offer_judge(A's offer, A's policy)     refuse before any far leg is dialled
 *   offer_write(A's description, B's …)    our offer to B
 *   offer_accept(what we offered, B's answer, B's policy)
 *   offer_write_answer(A's offer, judgement, B's agreement …)  our answer to A
 */
#pragma once
#include "base/failure.h"
#include "base/rng.h"
#include "offer/policy.h"
#include "sdp/sdes.h"

#define OFFER_STREAMS_MAX SDP_MEDIA_MAX

enum media_security {
	MEDIA_CLEAR,
	MEDIA_SDES,
	MEDIA_DTLS,
};

/** One direction's master key. A secret. */
struct media_key {
	enum srtp_suite suite; /* SRTP_SUITE_NONE: clear */
	uint8_t bytes[SRTP_KEY_SALT_MAX];
	uint64_t mki;
	uint32_t mki_len; /* 0: none */
};

/** What the description of one m-line came to. Secrets: offer_streams_wipe. */
struct offer_stream {
	bool accepted;    /* false: port 0 in the answer */
	enum failure why; /* if not accepted */
	enum sdp_kind kind;
	enum sdp_profile profile; /* of the answer */
	enum media_security security;
	uint32_t tag;             /* SDES: of the chosen line */
	char suite_name[32];      /* SDES: as the peer spelled it, echoed */
	struct media_key rx;      /* the peer's key: we receive with it */
	struct media_key tx;      /* ours: filled in by offer_accept and offer_write_answer */
	struct netaddr rtp, rtcp; /* where the peer wants packets; family IP_NONE: nowhere yet */
	bool rtcp_mux;
	enum sdp_direction direction; /* as the peer described it */
	bool keys_exposed;            /* SDES over clear signalling (SPEC T10) */
	bool tag_was_lenient;         /* accepted only by lenient_tag: warn */
};

struct offer_streams {
	struct offer_stream stream[OFFER_STREAMS_MAX];
	size_t count;
};

void offer_streams_wipe(struct offer_streams *s);

/**
 * Our own side of one leg: addresses, o= line and transmit keys, kept by the leg for all its offers
 * and answers. Keys are made once per suite, leg and direction and never copied to another leg. A
 * secret: offer_local_wipe.
 */
struct offer_local {
	struct netaddr
		rtp[OFFER_STREAMS_MAX]; /* advertised address and RTP port of each m-line that can
					   be relayed; family IP_NONE: refuse that m-line */
	uint64_t session_id;
	uint64_t version; /* raised by each description written that differs from the last */
	uint8_t keys[SRTP_SUITE_COUNT][SRTP_KEY_SALT_MAX];
	bool key_made[SRTP_SUITE_COUNT];
	enum srtp_suite agreed; /* after the first agreement: later offers name this suite only */
	uint32_t agreed_tag;
};

void offer_local_init(struct offer_local *l, struct rng *rng);
void offer_local_wipe(struct offer_local *l);

/**
 * Answering: what can be agreed of the peer's offer, m-line by m-line (SPEC §2.3, "answering").
 * @param out [out] one stream per m-line; tx keys are not filled in yet
 * @return FAILURE_none if at least one m-line is accepted, else the reason for 488
 */
enum failure offer_judge(
	const struct sdp *offer, const struct offer_policy *policy, struct offer_streams *out);

/** What we offered on one leg, kept until its answer comes. */
struct offer_made {
	struct {
		enum sdp_kind kind;
		enum sdp_profile profile;
		struct {
			uint32_t tag;
			enum srtp_suite suite;
		} crypto[SRTP_SUITE_COUNT];
		size_t crypto_count;
		bool was_offered; /* port not 0 */
		bool rtcp_mux;
	} media[OFFER_STREAMS_MAX];
	size_t count;
};

/**
 * Writes our offer to a leg from what the other leg described (its offer): codecs filtered by
 * `policy`, directions, bandwidths and attributes that may cross; never what SPEC §4 lists. m-lines
 * that cannot be relayed keep their place with port 0.
 *
 * @param source [in] the other leg's description; NULL: an offer of our own, PCMU, PCMA and
 *               telephone-event (an offerless INVITE, `sotto call`)
 * @param local  [in, out] keys and version
 * @param made   [out] for offer_accept
 * @return FAILURE_none; no_common_codec; sdp_no_audio; internal_error: `b` is too small
 */
enum failure offer_write(struct buf *b, const struct sdp *source, const struct offer_policy *policy,
	struct offer_local *local, struct rng *rng, struct offer_made *made);

/**
 * Offering: judges the peer's answer to what we offered (SPEC §2.3, "offering").
 * @param out [out] agreed streams with rx and tx keys
 */
enum failure offer_accept(const struct offer_made *made, const struct sdp *answer,
	const struct offer_policy *policy, struct offer_local *local, struct offer_streams *out);

/**
 * Writes our answer to `offer`.
 * @param judged [in, out] of offer_judge; the tx keys are filled in
 * @param source [in] the far leg's answer, whose codecs and directions are carried over; NULL: our
 *               own (the test destination): PCMU or PCMA and telephone-event, as offered
 * @param info   [in] an i= line, or SPAN_NONE
 * @return FAILURE_none; no_common_codec; internal_error
 */
enum failure offer_write_answer(struct buf *b, const struct sdp *offer,
	struct offer_streams *judged, const struct sdp *source, const struct offer_policy *policy,
	struct offer_local *local, struct rng *rng, struct span info);
