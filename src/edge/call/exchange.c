/** @file edge/call/exchange.c */
#include "edge/call/exchange.h"

#include "edge/call/media.h"

static enum failure parse(struct edge *e, struct span text, const struct sdp **out)
{
	struct sdp *sdp = arena_alloc(&e->arena, sizeof(*sdp));
	sotto_err err = sdp ? sdp_parse(sdp, &e->arena, text) : SOTTO_ENOMEM;

	*out = err ? NULL : sdp;
	if (err == SOTTO_ENOMEM)
		return FAILURE_internal_error;
	return err ? FAILURE_sdp_malformed : FAILURE_none;
}

/** The m-line that is relayed: the first audio that is accepted, and then the same for good. */
static enum failure choose_stream(struct call *c, const struct offer_streams *judged)
{
	for (size_t i = 0; i < judged->count && !c->has_stream; i++) {
		c->has_stream =
			judged->stream[i].accepted && judged->stream[i].kind == SDP_KIND_AUDIO;
		if (c->has_stream)
			c->stream = i;
	}
	if (!c->has_stream || c->stream >= judged->count)
		return FAILURE_sdp_no_audio;
	if (judged->stream[c->stream].accepted)
		return FAILURE_none;
	return judged->stream[c->stream].why ? judged->stream[c->stream].why : FAILURE_sdp_no_audio;
}

static enum failure judge(struct call *c, struct leg *from, struct span text)
{
	struct exchange *x = &c->exchange;
	const struct sdp *sdp;
	enum failure why = parse(c->edge, text, &sdp);

	if (!why && secret_text_set(&x->offer, text))
		why = FAILURE_internal_error;
	from->media.policy.agreed = from->media.local.agreed; /* a later offer keeps its suite */
	if (!why)
		why = offer_judge(sdp, &from->media.policy, &x->judged);
	return why ? why : choose_stream(c, &x->judged);
}

enum failure exchange_begin(struct call *c, struct leg *from, struct span sdp)
{
	enum failure why = FAILURE_none;

	c->exchange.from = from;
	c->exchange.is_offerless = sdp.n == 0;
	if (sdp.n)
		why = judge(c, from, sdp);
	else
		c->has_stream = true; /* ours will be the first m-line, or is what it was */
	if (why)
		exchange_abandon(c);
	return why;
}

void exchange_abandon(struct call *c)
{
	struct exchange *x = &c->exchange;

	secret_text_wipe(&x->offer);
	secret_text_wipe(&x->answer);
	offer_streams_wipe(&x->judged);
	*x = (struct exchange){ .from = NULL };
}

void exchange_finish(struct call *c)
{
	exchange_abandon(c);
}

static struct buf scratch(struct edge *e)
{
	return buf_over(e->sdp, sizeof(e->sdp));
}

enum failure exchange_offer(struct call *c, struct leg *to, struct span *out)
{
	struct edge *e = c->edge;
	struct leg_media *m = &to->media;
	const struct sdp *source = NULL;
	struct buf b = scratch(e);
	enum failure why = FAILURE_none;

	*out = SPAN_NONE;
	if (!c->exchange.is_offerless)
		why = parse(e, secret_text_span(&c->exchange.offer), &source);
	if (!why)
		why = offer_write(&b, source, &m->policy, &m->local, e->env.rng, &m->made);
	if (!why)
		*out = buf_span(&b);
	return why;
}

/** "111 opus/48000/2" → 48000. */
static uint32_t clock_rate(const struct sdp_media *m)
{
	const struct sdp_attribute *a;
	struct span rest, word;
	uint64_t rate;

	for (size_t n = 0;
		(a = sdp_attribute(m->attributes, m->attribute_count, SPAN("rtpmap"), n)); n++) {
		rest = a->value;
		if (!span_word(&rest, &word) || !m->format_count || !span_eq(word, m->formats[0]) ||
			!span_take(&rest, '/', &word) || !span_take(&rest, '/', &word) ||
			span_u64(span_trim(word), UINT32_MAX, &rate))
			continue;
		return (uint32_t)rate;
	}
	return 0;
}

/** What the stream's first codec means for its packets. */
static void read_codec(struct leg *l, const struct sdp *sdp)
{
	const struct sdp_media *m = &sdp->media[l->call->stream];
	uint64_t type;

	if (l->call->stream >= sdp->media_count || m->format_count == 0)
		return;
	l->media.clock_rate = clock_rate(m);
	if (!span_u64(m->formats[0], 127, &type))
		l->media.payload_type = (uint8_t)type;
}

/** What is agreed replaces what was; the peer's text is kept to speak from to the other leg. */
static enum failure agree(struct leg *l, struct offer_streams *agreed, struct span text)
{
	sotto_err err = secret_text_set(&l->media.description, text);

	if (!err) {
		l->media.streams = *agreed;
		err = leg_media_apply(l);
	}
	offer_streams_wipe(agreed);
	return err ? FAILURE_internal_error : FAILURE_none;
}

static void warn_if_lenient(const struct leg *l, const struct offer_stream *s)
{
	if (s->tag_was_lenient)
		log_warn(l->call->edge->env.log, call, "answer_tag_lenient",
			LOG_STR("call", l->call->record.call_id), LOG_STR("leg", leg_name(l)));
}

enum failure exchange_accept(struct call *c, struct leg *to, struct span text)
{
	const struct sdp *sdp;
	struct offer_streams agreed;
	const struct offer_stream *s = &agreed.stream[c->stream];
	enum failure why = text.n ? parse(c->edge, text, &sdp) : FAILURE_sdp_missing;

	if (why)
		return why;
	why = offer_accept(&to->media.made, sdp, &to->media.policy, &to->media.local, &agreed);
	if (!why && (c->stream >= agreed.count || !s->accepted))
		why = FAILURE_sdp_no_audio;
	if (!why) {
		warn_if_lenient(to, s);
		read_codec(to, sdp);
	}
	if (!why)
		why = agree(to, &agreed, text);
	offer_streams_wipe(&agreed);
	return why;
}

static enum failure write_answer(struct call *c, struct leg *far, struct span info, struct buf *b)
{
	struct exchange *x = &c->exchange;
	struct leg_media *m = &x->from->media;
	const struct sdp *offer, *source = NULL;
	enum failure why = parse(c->edge, secret_text_span(&x->offer), &offer);

	if (!why && far)
		why = parse(c->edge, secret_text_span(&far->media.description), &source);
	if (!why)
		why = offer_write_answer(b, offer, &x->judged, source, &m->policy, &m->local,
			c->edge->env.rng, info);
	if (!why)
		why = parse(c->edge, buf_span(b), &source); /* which codec it came to */
	if (!why)
		read_codec(x->from, source);
	return why;
}

enum failure exchange_answer(struct call *c, struct leg *far, struct span info)
{
	struct exchange *x = &c->exchange;
	struct buf b = scratch(c->edge);
	enum failure why = write_answer(c, far, info, &b);

	if (!why && secret_text_set(&x->answer, buf_span(&b)))
		why = FAILURE_internal_error;
	explicit_bzero(c->edge->sdp, b.n);
	return why ? why : agree(x->from, &x->judged, secret_text_span(&x->offer));
}

enum failure exchange_offer_in_2xx(struct call *c, struct leg *far)
{
	struct exchange *x = &c->exchange;
	struct leg_media *m = &x->from->media;
	const struct sdp *source = NULL;
	struct buf b = scratch(c->edge);
	enum failure why = FAILURE_none;

	if (far)
		why = parse(c->edge, secret_text_span(&far->media.description), &source);
	if (!why)
		why = offer_write(&b, source, &m->policy, &m->local, c->edge->env.rng, &m->made);
	if (!why && secret_text_set(&x->answer, buf_span(&b)))
		why = FAILURE_internal_error;
	explicit_bzero(c->edge->sdp, b.n);
	return why;
}
