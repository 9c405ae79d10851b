/** @file media/inbound.c  From the wire to an accepted packet. Nothing is believed before its time.
 */
#include "media/batch.h"

static bool is_rtcp_port(const struct batch_entry *e)
{
	return e->packet->port_id != e->from->port_id;
}

/** RFC 7983: by the first byte; RFC 5761: RTCP may come on RTP's port. */
static bool is_media(struct batch_entry *e)
{
	enum packet_kind kind = packet_classify(e->packet->payload, e->packet->len);

	e->is_rtcp = kind == PACKET_RTCP;
	return kind == PACKET_RTCP || (kind == PACKET_RTP && !is_rtcp_port(e));
}

static void queue_item(struct batch *b, struct batch_entry *e)
{
	b->items[b->item_count] = (struct srtp_item){
		.srtp = e->from->rx.srtp,
		.packet = e->packet->payload,
		.len = e->packet->len,
		.cap = e->packet->cap,
		.is_rtcp = e->is_rtcp,
	};
	b->item_of[b->item_count++] = e;
}

/** True if the packet is what it says; then its header is known. */
static bool parses(struct batch_entry *e)
{
	struct rtcp_header rtcp;

	if (e->is_rtcp)
		return rtcp_parse(&rtcp, e->packet->payload, e->packet->len) == SOTTO_OK;
	return rtp_parse(&e->rtp, e->packet->payload, e->packet->len) == SOTTO_OK;
}

static void admit(struct batch_entry *e, instant_t now)
{
	struct leg *leg = e->from;

	e->is_accepted = true;
	e->source = e->rtp.ssrc;
	leg->heard_at = now;
	if (e->is_rtcp)
		leg->stats.rx_rtcp++;
	else
		leg_on_rtp(leg, &e->rtp, e->packet->len, &e->packet->peer, now);
}

static void take_clear(struct batch_entry *e, instant_t now)
{
	struct leg *leg = e->from;
	const struct netaddr *peer = &e->packet->peer;

	if (!parses(e)) {
		leg->stats.rx_malformed++;
	} else if (e->is_rtcp ? !latch_clear_rtcp(&leg->latch, &leg->params, peer)
			      : !latch_clear_rtp(&leg->latch, &leg->params, peer, &e->rtp, now)) {
		leg->stats.rx_unexpected_source++;
	} else {
		leg_on_clear(leg, now);
		admit(e, now);
	}
}

static void count_failure(struct leg *leg, sotto_err status)
{
	if (status == SOTTO_ESYNTAX)
		leg->stats.rx_malformed++;
	else if (status == SOTTO_EREPLAY)
		leg->stats.rx_replayed++;
	else
		leg->stats.rx_auth_failed++;
}

static void take_secure(struct batch_entry *e, const struct srtp_item *item, instant_t now)
{
	struct leg *leg = e->from;

	if (item->status != SOTTO_OK) {
		count_failure(leg, item->status);
		return;
	}
	e->packet->len = item->len;
	if (leg->tx.srtp)
		srtp_follow(leg->tx.srtp, leg->rx.srtp);
	if (!srtp_keying_authenticates(&leg->rx.crypto, e->is_rtcp))
		; /* it says nothing of its source */
	else if (e->is_rtcp)
		latch_authentic_rtcp(&leg->latch, &leg->params, &e->packet->peer);
	else
		latch_authentic_rtp(&leg->latch, &leg->params, &e->packet->peer);
	if (parses(e))
		admit(e, now);
	else
		leg->stats.rx_malformed++;
}

static void sort_in(struct batch *b, struct batch_entry *e, instant_t now)
{
	struct leg *leg = e->from;

	if (!is_media(e)) {
		leg->stats.rx_malformed++;
		return;
	}
	if (!leg->is_set) { /* nobody knows yet what may come */
		leg->stats.rx_unexpected_source++;
		return;
	}
	switch (leg_receives(leg)) {
	case LEG_SECURE:
		if (srtp_keying_authenticates(&leg->rx.crypto, e->is_rtcp) ||
			latch_unproven(&leg->params, &e->packet->peer, e->is_rtcp))
			queue_item(b, e);
		else
			leg->stats.rx_unexpected_source++;
		break;
	case LEG_CLEAR: take_clear(e, now); break;
	case LEG_REFUSES: leg->stats.rx_clear_dropped++; break;
	}
}

void batch_receive(struct batch *b, instant_t now)
{
	b->item_count = 0;
	for (size_t i = 0; i < b->n; i++)
		if (b->entries[i].from)
			sort_in(b, &b->entries[i], now);
	srtp_unprotect(b->items, b->item_count);
	for (size_t i = 0; i < b->item_count; i++)
		take_secure(b->item_of[i], &b->items[i], now);
}
