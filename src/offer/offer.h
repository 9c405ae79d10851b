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
#include "crypto/keying.h"
#include "offer/policy.h"
#include "sdp/sdes.h"

#define OFFER_STREAMS_MAX SDP_MEDIA_MAX

enum media_security {
	MEDIA_CLEAR,
	MEDIA_SDES,
	MEDIA_DTLS,
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
	struct srtp_keying rx;    /* the peer's key: we receive with it */
	struct srtp_keying tx;    /* ours: filled in by offer_accept and offer_write_answer */
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

/** The first accepted audio stream: the one that is relayed; NULL if there is none. */
struct offer_stream *offer_streams_audio(struct offer_streams *s);

#define OFFER_KEYS_MAX 32 /* transmit keys of one leg: streams times suites offered */

/** The transmit key of one stream under one suite. A secret. */
struct offer_key {
	uint8_t stream;
	enum srtp_suite suite;
	uint8_t bytes[SRTP_KEY_SALT_MAX];
};

/**
 * Our own side of one leg: addresses, o= line and transmit keys, kept by the leg for all its offers
 * and answers. Keys are made once per stream, suite and leg and never copied to another leg: no two
 * in a description are equal (RFC 4568 §6.1). A stream whose suite changes gets new ones. A secret:
 * offer_local_wipe.
 */
struct offer_local {
	struct netaddr
		rtp[OFFER_STREAMS_MAX]; /* advertised address and RTP port of each m-line that can
					   be relayed; family IP_NONE: refuse that m-line */
	uint64_t session_id;
	uint64_t version; /* raised by each description written that differs from the last */
	struct offer_key keys[OFFER_KEYS_MAX];
	size_t key_count;
	enum srtp_suite agreed; /* after the first agreement: later offers name this suite only */
	uint32_t agreed_tag;
	unsigned agreed_flags; /* session parameters of it, of enum srtp_flag */
	enum sdp_kind line_kind[OFFER_STREAMS_MAX]; /* m-lines of the last description: a later */
	size_t line_count;                          /* one never has fewer (RFC 3264 §8) */
	uint64_t text_hash;                         /* of the last description, keyed by … */
	uint64_t hash_secret[2];
};

void offer_local_init(struct offer_local *l, struct rng *rng);
void offer_local_wipe(struct offer_local *l);

/**
 * Answering: what can be agreed of the peer's offer, m-line by m-line (SPEC §2.3, "answering").
 * For a later offer of the same leg set policy->agreed. Of the two-m-line form (RTP/SAVP beside
 * RTP/AVP) the secure line is accepted. All RTP lines are judged; which are relayed the caller says
 * with offer_local.rtp: for now the stream of offer_streams_audio, and IP_NONE for the others.
 * @param out [out] one stream per m-line; tx keys are not filled in yet; no keys on failure
 * @return FAILURE_none if at least one audio line is accepted, else the reason for 488
 */
enum failure offer_judge(
	const struct sdp *offer, const struct offer_policy *policy, struct offer_streams *out);

/** What we offered on one leg, kept until its answer comes. */
struct offer_made {
	bool srtp_is_required; /* whatever the policy says later, a clear answer breaks this offer
				*/
	struct {
		enum sdp_kind kind;
		enum sdp_profile profile;
		struct {
			uint32_t tag;
			enum srtp_suite suite;
			unsigned flags; /* of enum srtp_flag */
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
 * @return FAILURE_none; no_common_codec; sdp_no_audio; srtp_keys_exposed: SRTP is required and the
 *         signalling is clear; srtp_no_common_suite: SRTP is required and no allowed suite is
 *         built; sdp_malformed: too many attributes; internal_error: `b` is too small. On failure
 *         nothing is written.
 */
enum failure offer_write(struct buf *b, const struct sdp *source, const struct offer_policy *policy,
	struct offer_local *local, struct rng *rng, struct offer_made *made);

/**
 * Offering: judges the peer's answer to what we offered (SPEC §2.3, "offering").
 * @param out [out] agreed streams with rx and tx keys; no keys on failure
 * @return FAILURE_none if at least one audio line is agreed, else the reason
 */
enum failure offer_accept(const struct offer_made *made, const struct sdp *answer,
	const struct offer_policy *policy, struct offer_local *local, struct offer_streams *out);

/**
 * Writes our answer to `offer`.
 * @param judged [in, out] of offer_judge; the tx keys are filled in; streams that turn out not to
 *               be relayed (no local address, refused by `source`) lose `accepted`
 * @param source [in] the far leg's answer, whose codecs and directions are carried over; NULL: our
 *               own (the test destination): PCMU or PCMA and telephone-event, as offered
 * @param info   [in] an i= line, or SPAN_NONE
 * @return FAILURE_none; no_common_codec; stream_not_relayed: no audio line is left;
 *         srtp_line_unusable: the peer offered our own key; sdp_malformed; internal_error. On
 *         failure nothing is written and `judged` is as before: another far answer may be tried.
 */
enum failure offer_write_answer(struct buf *b, const struct sdp *offer,
	struct offer_streams *judged, const struct sdp *source, const struct offer_policy *policy,
	struct offer_local *local, struct rng *rng, struct span info);
