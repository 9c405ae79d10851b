/** @file srtp/stream.c */
#include "srtp/stream.h"

static struct srtp_stream *find_live(const struct srtp_streams *t, uint32_t ssrc)
{
	for (size_t i = 0; i < SRTP_STREAMS_MAX; i++)
		if (t->live[i].in_use && t->live[i].ssrc == ssrc)
			return (struct srtp_stream *)&t->live[i];
	return NULL;
}

static size_t find_retired(const struct srtp_streams *t, uint32_t ssrc)
{
	size_t i = 0;

	while (i < t->retired_count && t->retired[i].ssrc != ssrc)
		i++;
	return i; /* retired_count: not there */
}

static struct srtp_window window_before(uint64_t end)
{
	return end ? srtp_window_after(end - 1) : (struct srtp_window){ 0 };
}

static struct srtp_stream stream_of(const struct srtp_retired *r)
{
	return (struct srtp_stream){
		.in_use = true,
		.ssrc = r->ssrc,
		.rtp = window_before(r->rtp_end),
		.rtcp = window_before(r->rtcp_end),
	};
}

static struct srtp_retired retired_of(const struct srtp_stream *s)
{
	return (struct srtp_retired){
		.ssrc = s->ssrc,
		.rtp_end = s->rtp.any ? s->rtp.highest + 1 : 0,
		.rtcp_end = s->rtcp.any ? (uint32_t)(s->rtcp.highest + 1) : 0,
	};
}

struct srtp_stream srtp_stream_peek(const struct srtp_streams *t, uint32_t ssrc)
{
	const struct srtp_stream *live = find_live(t, ssrc);
	size_t i;

	if (live)
		return *live;
	i = find_retired(t, ssrc);
	return i < t->retired_count ? stream_of(&t->retired[i])
				    : (struct srtp_stream){ .ssrc = ssrc };
}

/** A free place, or the one of the idlest stream. */
static struct srtp_stream *place_for_one(struct srtp_streams *t)
{
	struct srtp_stream *idlest = &t->live[0];

	for (size_t i = 0; i < SRTP_STREAMS_MAX; i++) {
		if (!t->live[i].in_use)
			return &t->live[i];
		if (t->live[i].heard_at < idlest->heard_at)
			idlest = &t->live[i];
	}
	return idlest;
}

static struct srtp_stream *enter(struct srtp_streams *t, uint32_t ssrc)
{
	struct srtp_stream *place = place_for_one(t), fresh = { .in_use = true, .ssrc = ssrc };
	size_t i = find_retired(t, ssrc);

	if (i < t->retired_count) {
		fresh = stream_of(&t->retired[i]);
		t->retired[i] = t->retired[--t->retired_count];
	} else if (place->in_use && t->retired_count == SRTP_RETIRED_MAX) {
		return NULL;
	}
	if (place->in_use)
		t->retired[t->retired_count++] = retired_of(place);
	*place = fresh;
	return place;
}

struct srtp_stream *srtp_stream_hear(struct srtp_streams *t, uint32_t ssrc)
{
	struct srtp_stream *s = find_live(t, ssrc);

	if (!s)
		s = enter(t, ssrc);
	if (s)
		s->heard_at = ++t->clock;
	return s;
}
