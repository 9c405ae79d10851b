/** @file offer/write.c  Writes our offers and answers. */
#include "offer/describe.h"
#include "offer/local.h"

/* ---- what an offer says of keys: the same for each of its streams ---- */

struct plan {
	bool is_required; /* a clear answer will be refused */
	bool in_avp;      /* RTP/AVP + crypto (RFC 8643), else RTP/SAVP */
	struct {
		uint32_t tag;
		enum srtp_suite suite;
	} crypto[SRTP_SUITE_COUNT];
	unsigned flags; /* session parameters of an agreement that goes on */
	size_t count;
};

static void plan_add(struct plan *plan, enum srtp_suite suite, uint32_t tag)
{
	plan->crypto[plan->count].suite = suite;
	plan->crypto[plan->count++].tag = tag;
}

static void plan_suites(
	struct plan *plan, const struct offer_policy *policy, const struct offer_local *local)
{
	/* SPEC T13: over UDP a long list makes fragments */
	size_t max = policy->signalling_is_udp ? OFFER_SUITES_UDP : SRTP_SUITE_COUNT;
	/* RFC 4568 §6.2.1: mandatory to implement */
	size_t mandatory = offer_policy_rank(policy, SRTP_AES_CM_128_HMAC_SHA1_80);

	if (offer_policy_rank(policy, local->agreed) < policy->suite_count) {
		plan_add(plan, local->agreed, local->agreed_tag); /* the stream goes on */
		plan->flags = local->agreed_flags;
		return;
	}
	for (size_t i = 0; i < policy->suite_count && plan->count < max; i++) {
		if (offer_policy_rank(policy, policy->suites[i]) != i) /* not built, or a repeat */
			continue;
		if (plan->count + 1 == max && i < mandatory && mandatory < policy->suite_count)
			i = mandatory; /* the last place is for the one that every peer has */
		plan_add(plan, policy->suites[i], (uint32_t)plan->count + 1);
	}
}

/*
 * A leg that is off, but came to SRTP because its peer offered it, goes on so in our offers: they
 * must not take a stream out of encryption that nobody asked to be clear.
 */
static enum encrypted_media setting_of(
	const struct offer_policy *policy, const struct offer_local *local)
{
	if (policy->encrypted_media == ENCRYPTED_MEDIA_OFF && local->agreed != SRTP_SUITE_NONE)
		return ENCRYPTED_MEDIA_SRTP;
	return policy->encrypted_media;
}

static enum failure plan_make(
	struct plan *plan, const struct offer_policy *policy, const struct offer_local *local)
{
	enum encrypted_media setting = setting_of(policy, local);

	*plan = (struct plan){ .is_required = setting == ENCRYPTED_MEDIA_SRTP };
	if (setting == ENCRYPTED_MEDIA_OFF)
		return FAILURE_none;
	if (offer_policy_forbids_keys(policy)) /* optional: without keys, as RTP */
		return plan->is_required ? FAILURE_srtp_keys_exposed : FAILURE_none;
	plan->in_avp = setting == ENCRYPTED_MEDIA_OPTIONAL || policy->offer_profile_avp;
	plan_suites(plan, policy, local);
	return plan->count || !plan->is_required ? FAILURE_none : FAILURE_srtp_no_common_suite;
}

/* A browser's feedback profile stays on its leg; a phone's goes along, RTCP being relayed. */
static enum sdp_profile plan_profile(const struct plan *plan, enum sdp_profile source)
{
	bool has_feedback = source == SDP_PROFILE_RTP_AVPF || source == SDP_PROFILE_RTP_SAVPF;

	if (plan->count == 0 || plan->in_avp)
		return has_feedback ? SDP_PROFILE_RTP_AVPF : SDP_PROFILE_RTP_AVP;
	return has_feedback ? SDP_PROFILE_RTP_SAVPF : SDP_PROFILE_RTP_SAVP;
}

/* ---- offers ---- */

struct offering {
	struct describe describe;
	struct plan plan;
	const struct offer_policy *policy;
	struct offer_local *local;
	struct rng *rng;
	struct offer_made *made;
	bool codecs_ran_out; /* a stream was refused for its codecs */
};

static bool has_port(const struct netaddr *a)
{
	return a->family != IP_NONE && a->port != 0;
}

static enum failure crypto_offer(struct offering *o, size_t index)
{
	for (size_t i = 0; i < o->plan.count; i++) {
		const struct offer_key *key =
			local_key(o->local, o->rng, index, o->plan.crypto[i].suite);

		if (!key)
			return FAILURE_internal_error;
		local_crypto_write(
			&o->describe.body, key, o->plan.crypto[i].tag, o->plan.flags, SPAN_NONE);
		o->made->media[index].crypto[i].tag = o->plan.crypto[i].tag;
		o->made->media[index].crypto[i].suite = o->plan.crypto[i].suite;
		o->made->media[index].crypto[i].flags = o->plan.flags;
	}
	o->made->media[index].crypto_count = o->plan.count;
	return FAILURE_none;
}

static enum failure stream_offer(struct offering *o, size_t index, const struct sdp_media *source)
{
	enum sdp_profile profile = plan_profile(&o->plan, source->profile);
	const struct netaddr *rtp = &o->local->rtp[index];
	struct formats formats = { .count = 0 };
	bool is_relayed = source->port && sdp_profile_is_rtp(source->profile) && has_port(rtp);

	if (is_relayed)
		formats_filter(&formats, source, o->policy);
	o->made->media[index].kind = source->kind;
	if (formats.count == 0) {
		o->codecs_ran_out = o->codecs_ran_out || is_relayed;
		describe_refused(&o->describe, source->kind_name, source->profile_name,
			source->formats, source->format_count);
		return FAILURE_none;
	}
	o->made->media[index].profile = profile;
	o->made->media[index].was_offered = true;
	describe_stream(&o->describe, source, profile, &formats, rtp, false);
	describe_direction(&o->describe, source->direction);
	return crypto_offer(o, index);
}

/* An m-line of an earlier description, or one before ours, that has nothing to say now. */
static void stream_fill(struct offering *o, size_t index)
{
	enum sdp_kind kind =
		index < o->local->line_count ? o->local->line_kind[index] : SDP_KIND_AUDIO;
	struct span name = sdp_kind_name(kind);

	o->made->media[index].kind = kind;
	describe_refused(
		&o->describe, name.n ? name : SPAN("application"), SPAN("RTP/AVP"), NULL, 0);
}

static enum failure streams_offer(struct offering *o, const struct sdp *source)
{
	size_t count = source->media_count;
	enum failure f;

	/* RFC 3264 §8: never fewer m-lines than before */
	o->made->count = count > o->local->line_count ? count : o->local->line_count;
	for (size_t i = 0; i < o->made->count; i++) {
		if (i >= count || source->media[i].kind_name.n == 0) {
			stream_fill(o, i);
			continue;
		}
		f = stream_offer(o, i, &source->media[i]);
		if (f)
			return f;
	}
	return FAILURE_none;
}

static bool offers_audio(const struct offer_made *made)
{
	for (size_t i = 0; i < made->count; i++)
		if (made->media[i].was_offered && made->media[i].kind == SDP_KIND_AUDIO)
			return true;
	return false;
}

static void lines_remember(struct offer_local *local, const struct offer_made *made)
{
	local->line_count = made->count;
	for (size_t i = 0; i < made->count; i++)
		local->line_kind[i] = made->media[i].kind;
}

static enum failure offer_make(struct offering *o, struct buf *b, const struct sdp *source)
{
	enum failure f = plan_make(&o->plan, o->policy, o->local);

	if (f)
		return f;
	o->made->srtp_is_required = o->plan.is_required;
	describe_begin(&o->describe, o->local, SPAN_NONE, source);
	f = streams_offer(o, source);
	if (f)
		return f;
	if (!offers_audio(o->made))
		return o->codecs_ran_out ? FAILURE_no_common_codec : FAILURE_sdp_no_audio;
	f = describe_end(&o->describe, b, o->local);
	if (f == FAILURE_none)
		lines_remember(o->local, o->made);
	return f;
}

/* An offer out of nothing, on the first m-line that has a port. */
static void own_source(
	struct sdp *out, struct sdp_attribute attributes[4], const struct offer_local *local)
{
	static const struct sdp_attribute ours[4] = {
		{ SPAN_INIT("rtpmap"), SPAN_INIT("0 PCMU/8000") },
		{ SPAN_INIT("rtpmap"), SPAN_INIT("8 PCMA/8000") },
		{ SPAN_INIT("rtpmap"), SPAN_INIT("101 telephone-event/8000") },
		{ SPAN_INIT("fmtp"), SPAN_INIT("101 0-15") },
	};
	struct sdp_media *m;
	size_t at = 0;

	while (at + 1 < OFFER_STREAMS_MAX && !has_port(&local->rtp[at]))
		at++;
	memset(out, 0, sizeof(*out));
	memcpy(attributes, ours, sizeof(ours));
	out->media_count = at + 1;
	m = &out->media[at];
	m->kind = SDP_KIND_AUDIO;
	m->kind_name = SPAN("audio");
	m->profile = SDP_PROFILE_RTP_AVP;
	m->profile_name = SPAN("RTP/AVP");
	m->port = 9;
	m->formats[0] = SPAN("0");
	m->formats[1] = SPAN("8");
	m->formats[2] = SPAN("101");
	m->format_count = 3;
	m->attributes = attributes;
	m->attribute_count = 4;
}

enum failure offer_write(struct buf *b, const struct sdp *source, const struct offer_policy *policy,
	struct offer_local *local, struct rng *rng, struct offer_made *made)
{
	struct offering o = { .policy = policy, .local = local, .rng = rng, .made = made };
	struct sdp_attribute attributes[4];
	struct sdp own;
	enum failure f;

	*made = (struct offer_made){ .count = 0 };
	if (!source) {
		own_source(&own, attributes, local);
		source = &own;
	}
	f = offer_make(&o, b, source);
	explicit_bzero(&o, sizeof(o));
	if (f)
		*made = (struct offer_made){ .count = 0 };
	return f;
}

/* ---- answers ---- */

struct answering {
	struct describe describe;
	const struct sdp *offer;
	const struct sdp *source; /* the far answer, or NULL */
	const struct offer_policy *policy;
	struct offer_local *local;
	struct rng *rng;
};

/* What the far party says of the stream; NULL: nothing, or no. */
static const struct sdp_media *far_stream(const struct answering *a, size_t index)
{
	const struct sdp_media *far;

	if (!a->source)
		return &a->offer->media[index];
	if (index >= a->source->media_count)
		return NULL;
	far = &a->source->media[index];
	if (far->port == 0 || !span_eq_nocase(far->kind_name, a->offer->media[index].kind_name))
		return NULL;
	return far;
}

/* Payload types are relayed as they are, so those of the far answer that the peer offered. */
static void answer_formats(struct formats *out, const struct answering *a,
	const struct sdp_media *far, const struct sdp_media *offered)
{
	formats_filter(out, far, a->policy);
	if (a->source)
		formats_keep(out, offered);
	else
		formats_keep_own(out, offered);
}

static enum failure key_answer(struct answering *a, struct offer_stream *s, size_t index)
{
	const struct offer_key *key;

	if (s->security != MEDIA_SDES)
		return FAILURE_none;
	if (s->rx.suite != a->local->agreed || s->rx.flags != a->local->agreed_flags)
		local_forget(a->local, index);
	key = local_key(a->local, a->rng, index, s->rx.suite);
	if (!key)
		return FAILURE_internal_error;
	local_media_key(&s->tx, key);
	s->tx.flags = s->rx.flags; /* RFC 4568 §6.3.2, §6.3.3: negotiated, so for both directions */
	if (stream_is_reflected(s)) /* RFC 4568 §6.1: keys are unique */
		return FAILURE_srtp_line_unusable;
	/* RFC 4568 §5.1.2: the answer has the tag, the suite and the negotiated parameters of the
	 * chosen line, and our key */
	local_crypto_write(&a->describe.body, key, s->tag, s->tx.flags, span_of(s->suite_name));
	return FAILURE_none;
}

static enum failure stream_refused(
	struct answering *a, struct offer_stream *s, size_t index, enum failure why)
{
	const struct sdp_media *offered = &a->offer->media[index];

	if (s->accepted) {
		s->accepted = false;
		s->why = why;
		explicit_bzero(&s->rx, sizeof(s->rx));
	}
	describe_refused(&a->describe, offered->kind_name, offered->profile_name, offered->formats,
		offered->format_count);
	return FAILURE_none;
}

static enum failure stream_answer(struct answering *a, struct offer_stream *s, size_t index)
{
	const struct sdp_media *offered = &a->offer->media[index], *far = far_stream(a, index);
	struct formats formats;

	if (!s->accepted || !far || !has_port(&a->local->rtp[index]))
		return stream_refused(a, s, index, FAILURE_stream_not_relayed);
	answer_formats(&formats, a, far, offered);
	if (formats.count == 0)
		return stream_refused(a, s, index, FAILURE_no_common_codec);
	describe_stream(&a->describe, far, s->profile, &formats, &a->local->rtp[index], !a->source);
	describe_direction(&a->describe,
		direction_answer(offered->direction, a->source ? far->direction : SDP_SENDRECV));
	if (s->rtcp_mux) /* RFC 5761 §5.1.1: only where it was offered */
		buf_lit(&a->describe.body, "a=rtcp-mux\r\n");
	return key_answer(a, s, index);
}

static enum failure reason(const struct offer_streams *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->stream[i].kind == SDP_KIND_AUDIO &&
			s->stream[i].why == FAILURE_no_common_codec)
			return FAILURE_no_common_codec;
	return FAILURE_stream_not_relayed;
}

static enum failure answer_make(
	struct answering *a, struct buf *b, struct offer_streams *judged, struct span info)
{
	enum failure f;

	if (judged->count != a->offer->media_count)
		return FAILURE_internal_error;
	describe_begin(&a->describe, a->local, info, a->source);
	for (size_t i = 0; i < judged->count; i++) {
		f = stream_answer(a, &judged->stream[i], i);
		if (f)
			return f;
	}
	if (!offer_streams_audio(judged))
		return reason(judged);
	f = describe_end(&a->describe, b, a->local);
	if (f)
		return f;
	a->local->line_count = judged->count;
	for (size_t i = 0; i < judged->count; i++)
		a->local->line_kind[i] = judged->stream[i].kind;
	local_agree(a->local, judged);
	return FAILURE_none;
}

enum failure offer_write_answer(struct buf *b, const struct sdp *offer,
	struct offer_streams *judged, const struct sdp *source, const struct offer_policy *policy,
	struct offer_local *local, struct rng *rng, struct span info)
{
	struct answering a = {
		.offer = offer, .source = source, .policy = policy, .local = local, .rng = rng
	};
	struct offer_streams before = *judged;
	enum failure f = answer_make(&a, b, judged, info);

	if (f) /* another far answer may be tried */
		*judged = before;
	explicit_bzero(&before, sizeof(before));
	explicit_bzero(&a, sizeof(a));
	return f;
}
