/** @file offer/judge.c  Answering: what can be agreed of a peer's offer. */
#include "offer/describe.h"
#include "offer/lines.h"
#include "offer/local.h"
#include "offer/peer.h"

/* "savp", the default, is what devices expect that offered RTP/AVP with a=crypto. */
static enum sdp_profile answer_profile(enum sdp_profile offered, const struct offer_policy *policy)
{
	if (policy->answer_profile_mirror)
		return offered;
	if (offered == SDP_PROFILE_RTP_AVP)
		return SDP_PROFILE_RTP_SAVP;
	return offered == SDP_PROFILE_RTP_AVPF ? SDP_PROFILE_RTP_SAVPF : offered;
}

static void stream_refuse(struct offer_stream *s, enum failure why)
{
	s->accepted = false;
	s->why = why;
	explicit_bzero(&s->rx, sizeof(s->rx));
}

static void sdes_accept(
	struct offer_stream *s, const struct sdes_line *line, const struct offer_policy *policy)
{
	s->profile = answer_profile(s->profile, policy);
	peer_line(s, line, policy);
}

static void stream_judge(
	struct offer_stream *s, const struct sdp_media *m, const struct offer_policy *policy)
{
	struct decision decision;
	struct formats formats;
	struct sdes_line line;
	enum offer_keying keying;

	peer_stream(s, m);
	if (m->port == 0) { /* the peer refuses it itself */
		stream_refuse(s, FAILURE_sdp_no_audio);
		return;
	}
	formats_filter(&formats, m, policy);
	keying = lines_choose(&line, m, policy);
	decision = offer_decide(OFFER_ANSWERING, policy->encrypted_media,
		offer_transport_of(m->profile), keying, policy);
	if (!decision.accepted) {
		stream_refuse(s, decision.why);
	} else if (formats.count == 0) {
		stream_refuse(s, FAILURE_no_common_codec);
	} else {
		s->accepted = true;
		s->security = decision.security;
		if (s->security == MEDIA_SDES)
			sdes_accept(s, &line, policy);
	}
	sdes_wipe(&line);
}

/* The two-m-line form: one stream described twice, for those that know SRTP and those that do not.
 * Where the secure line is accepted, the other is not a second stream. */
static void twins_refuse(struct offer_streams *out, const struct sdp *offer)
{
	for (size_t i = 0; i < out->count; i++) {
		if (!out->stream[i].accepted || !sdp_profile_is_secure(offer->media[i].profile))
			continue;
		for (size_t j = 0; j < out->count; j++)
			if (out->stream[j].accepted && out->stream[j].kind == out->stream[i].kind &&
				!sdp_profile_is_secure(offer->media[j].profile))
				stream_refuse(&out->stream[j], FAILURE_stream_not_relayed);
	}
}

/* The reason told is that of the line which tried hardest to be acceptable. */
static enum failure overall(const struct offer_streams *s)
{
	enum failure why = FAILURE_sdp_no_audio;

	for (size_t i = 0; i < s->count; i++) {
		enum failure w = s->stream[i].why;
		bool is_audio = s->stream[i].kind == SDP_KIND_AUDIO;

		if (w == FAILURE_t38_on_encrypted_leg && why == FAILURE_sdp_no_audio)
			why = w;
		if (!is_audio || w == FAILURE_sdp_no_audio || w == FAILURE_none)
			continue;
		if (why == FAILURE_sdp_no_audio || why == FAILURE_t38_on_encrypted_leg ||
			why == FAILURE_srtp_required_not_offered)
			why = w;
	}
	return why;
}

enum failure offer_judge(
	const struct sdp *offer, const struct offer_policy *policy, struct offer_streams *out)
{
	enum failure why;

	*out = (struct offer_streams){ .count = offer->media_count };
	for (size_t i = 0; i < out->count; i++)
		stream_judge(&out->stream[i], &offer->media[i], policy);
	twins_refuse(out, offer);
	if (offer_streams_audio(out))
		return FAILURE_none;
	why = overall(out);
	streams_refuse(out);
	return why;
}
