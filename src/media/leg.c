/** @file media/leg.c */
#include "media/leg.h"

#include <stdlib.h>

#define CLEAR_GAP_US   1000000 /* clear packets nearer than this are one stretch of clear time */
#define CLEAR_FRAME_US 20000   /* what one alone counts for */
#define DEFAULT_CLOCK  8000

struct leg *relay_leg_create(handle_t handle, uint64_t owner, uint32_t port_id)
{
	struct leg *leg = calloc(1, sizeof(*leg));

	if (!leg)
		return NULL;
	leg->handle = handle;
	leg->owner = owner;
	leg->port_id = port_id;
	return leg;
}

void relay_leg_destroy(struct leg *leg)
{
	if (!leg)
		return;
	srtp_destroy(leg->rx.srtp);
	srtp_destroy(leg->tx.srtp);
	explicit_bzero(leg, sizeof(*leg));
	free(leg);
}

/**
 * A new key is a new context, whose rollover counter is zero (RFC 4568 §7.1.4). The same key must
 * keep its context, or indexes would be used twice; also across a time without one.
 */
static sotto_err set_key(
	struct leg_key *k, enum srtp_direction direction, const struct srtp_keying *crypto)
{
	k->is_on = crypto->suite != SRTP_SUITE_NONE;
	if (!k->is_on || (k->srtp && srtp_keying_eq(&k->crypto, crypto)))
		return SOTTO_OK;
	srtp_destroy(k->srtp);
	k->crypto = *crypto;
	return srtp_create_keyed(&k->srtp, direction, crypto);
}

sotto_err leg_set(struct leg *leg, const struct media_leg_params *params, instant_t now)
{
	sotto_err rx, tx;

	latch_set(&leg->latch, &leg->params, params, now);
	leg->is_set = true;
	leg->params = *params;
	explicit_bzero(&leg->params.rx, sizeof(leg->params.rx)); /* kept in one place only */
	explicit_bzero(&leg->params.tx, sizeof(leg->params.tx));
	rx = set_key(&leg->rx, SRTP_RECEIVE, &params->rx);
	tx = set_key(&leg->tx, SRTP_SEND, &params->tx);
	return rx ? rx : tx;
}

enum leg_admission leg_receives(const struct leg *leg)
{
	if (leg->rx.is_on)
		return leg->rx.srtp ? LEG_SECURE : LEG_REFUSES;
	return leg->params.must_encrypt ? LEG_REFUSES : LEG_CLEAR;
}

enum leg_admission leg_sends(const struct leg *leg)
{
	if (leg->tx.is_on)
		return leg->tx.srtp ? LEG_SECURE : LEG_REFUSES;
	return leg->params.must_encrypt || leg->rx.is_on ? LEG_REFUSES : LEG_CLEAR;
}

bool leg_target(const struct leg *leg, bool is_rtcp, struct netaddr *out)
{
	*out = (struct netaddr){ 0 };
	if (!leg->is_set || leg_sends(leg) == LEG_REFUSES)
		return false;
	if (is_rtcp) /* RFC 3264 §5.1: RTCP flows whatever the direction of the media */
		return latch_rtcp_target(&leg->latch, &leg->params, out);
	return leg->params.may_send && latch_rtp_target(&leg->latch, &leg->params, out);
}

void leg_on_clear(struct leg *leg, instant_t now)
{
	uint64_t since = now - leg->clear_at;

	leg->clear_us += leg->has_been_clear && since < CLEAR_GAP_US ? since : CLEAR_FRAME_US;
	leg->has_been_clear = true;
	leg->clear_at = now;
}

static uint32_t clock_rate(const struct leg *leg)
{
	return leg->params.clock_rate ? leg->params.clock_rate : DEFAULT_CLOCK;
}

void leg_on_rtp(struct leg *leg, const struct rtp_header *h, size_t len, const struct netaddr *from,
	instant_t now)
{
	track_on_packet(&leg->track, h, clock_rate(leg), now);
	leg->stats.rx_packets++;
	leg->stats.rx_bytes += len;
	leg->stats.source = *from;
}

struct media_leg_stats leg_stats(const struct leg *leg)
{
	struct media_leg_stats stats = leg->stats;

	stats.rx_lost = track_lost(&leg->track);
	stats.jitter_us = track_jitter_us(&leg->track, clock_rate(leg));
	stats.clear_ms = (leg->clear_us + 999) / 1000; /* any clear packet at all shows */
	return stats;
}
