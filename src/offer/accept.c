/** @file offer/accept.c  Offering: judges the peer's answer. */
#include "offer/lines.h"
#include "offer/local.h"
#include "offer/peer.h"

/* The stricter of what the policy says and what the offer promised. */
static enum encrypted_media setting_of(
	const struct offer_made *made, size_t index, const struct offer_policy *policy)
{
	if (policy->encrypted_media == ENCRYPTED_MEDIA_SRTP || made->srtp_is_required)
		return ENCRYPTED_MEDIA_SRTP;
	return made->media[index].crypto_count ? ENCRYPTED_MEDIA_OPTIONAL : ENCRYPTED_MEDIA_OFF;
}

static void sdes_agree(struct offer_stream *s, const struct sdes_line *line, size_t index,
	const struct offer_policy *policy, struct offer_local *local)
{
	const struct offer_key *key = local_key(local, NULL, index, line->suite);

	if (!key) { /* an earlier answer to this offer left the suite, and its key went */
		s->accepted = false;
		s->why = FAILURE_srtp_answer_bad_tag;
		return;
	}
	peer_line(s, line, policy);
	local_media_key(&s->tx, key);
	s->tx.flags = s->rx.flags;    /* those that we offered: lines_match saw to it */
	if (stream_is_reflected(s)) { /* RFC 4568 §6.1: keys are unique */
		s->accepted = false;
		s->why = FAILURE_srtp_line_unusable;
		explicit_bzero(&s->rx, sizeof(s->rx));
		explicit_bzero(&s->tx, sizeof(s->tx));
	}
}

static void stream_accept(struct offer_stream *s, const struct offer_made *made, size_t index,
	const struct sdp_media *m, const struct offer_policy *policy, struct offer_local *local)
{
	struct decision decision;
	struct sdes_line line;
	enum offer_keying keying;

	peer_stream(s, m);
	s->rtcp_mux = m->rtcp_mux && made->media[index].rtcp_mux; /* RFC 5761 §5.1.1 */
	if (m->rtcp_mux && !s->rtcp_mux) /* uninvited: RTCP goes to its own port */
		peer_rtcp_apart(s, m);
	if (!made->media[index].was_offered || m->port == 0) {
		s->why = made->media[index].was_offered ? FAILURE_answer_without_audio
							: FAILURE_stream_not_relayed;
		return;
	}
	keying = lines_match(&line, m, made, index);
	decision = offer_decide(OFFER_OFFERING, setting_of(made, index, policy),
		offer_transport_of(m->profile), keying, policy);
	s->accepted = decision.accepted;
	s->why = decision.why;
	s->security = decision.security;
	if (s->accepted && s->security == MEDIA_SDES) {
		s->tag_was_lenient = keying == KEYING_ONE_FITS;
		sdes_agree(s, &line, index, policy, local);
	}
	sdes_wipe(&line);
}

/* RFC 3264 §6: as many m-lines as the offer, in its order. Fewer are borne: devices leave refused
 * ones at the end out, and what is missing is refused. */
static bool lines_agree(const struct offer_made *made, const struct sdp *answer)
{
	if (answer->media_count > made->count)
		return false;
	for (size_t i = 0; i < answer->media_count; i++)
		if (answer->media[i].kind != made->media[i].kind)
			return false;
	return true;
}

/* A line whose security was refused tells more than one that the peer did not want. */
static enum failure overall(const struct offer_streams *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->stream[i].kind == SDP_KIND_AUDIO &&
			s->stream[i].why != FAILURE_answer_without_audio &&
			s->stream[i].why != FAILURE_stream_not_relayed)
			return s->stream[i].why;
	return FAILURE_answer_without_audio;
}

enum failure offer_accept(const struct offer_made *made, const struct sdp *answer,
	const struct offer_policy *policy, struct offer_local *local, struct offer_streams *out)
{
	enum failure why;

	*out = (struct offer_streams){ .count = made->count };
	if (!lines_agree(made, answer)) {
		out->count = 0;
		return FAILURE_sdp_malformed;
	}
	for (size_t i = 0; i < made->count; i++) {
		if (i < answer->media_count) {
			stream_accept(&out->stream[i], made, i, &answer->media[i], policy, local);
			continue;
		}
		out->stream[i].kind = made->media[i].kind;
		out->stream[i].why = FAILURE_answer_without_audio;
	}
	if (offer_streams_audio(out)) {
		local_agree(local, out);
		return FAILURE_none;
	}
	why = overall(out);
	streams_refuse(out);
	return why;
}
