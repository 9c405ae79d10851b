/** @file media/track.c */
#include "media/track.h"

static uint64_t lost_in_run(const struct track *t)
{
	uint64_t expected = t->highest - t->first + 1;

	return t->any && expected > t->received ? expected - t->received
						: 0; /* repeats count too */
}

uint64_t track_lost(const struct track *t)
{
	return t->lost_before + lost_in_run(t);
}

static void start_run(struct track *t, const struct rtp_header *h)
{
	t->lost_before = track_lost(t);
	t->any = true;
	t->ssrc = h->ssrc;
	t->first = t->highest = (UINT64_C(1) << 16) + h->seq; /* room for late ones before it */
	t->received = 1;
	t->has_transit = false;
}

static void count(struct track *t, const struct rtp_header *h)
{
	uint16_t ahead = (uint16_t)(h->seq - (uint16_t)t->highest);

	if (!t->any || t->ssrc != h->ssrc ||
		(ahead >= TRACK_DROPOUT && ahead <= UINT16_MAX - TRACK_MISORDER)) {
		start_run(t, h);
		return;
	}
	t->received++;
	if (ahead < TRACK_DROPOUT)
		t->highest += ahead;
}

/**
 * RFC 3550 §A.8. Packets of one timestamp are parts of one frame, or of one DTMF event (RFC 4733
 * §2.2.1), which are sent later than the timestamp says.
 */
static void measure(struct track *t, const struct rtp_header *h, uint32_t rate, instant_t now)
{
	uint32_t arrival = (uint32_t)(now * rate / 1000000), transit = arrival - h->timestamp;

	if (t->has_transit && h->timestamp == t->timestamp)
		return;
	if (t->has_transit && h->payload_type == t->payload_type) {
		int32_t d = (int32_t)(transit - t->transit);

		t->jitter += (uint32_t)(d < 0 ? -(int64_t)d : d) - ((t->jitter + 8) >> 4);
	}
	t->has_transit = true;
	t->payload_type = h->payload_type;
	t->timestamp = h->timestamp;
	t->transit = transit;
}

void track_on_packet(
	struct track *t, const struct rtp_header *h, uint32_t clock_rate, instant_t now)
{
	count(t, h);
	measure(t, h, clock_rate, now);
}

uint32_t track_jitter_us(const struct track *t, uint32_t clock_rate)
{
	uint64_t us = (uint64_t)(t->jitter >> 4) * 1000000 / clock_rate;

	return us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}
