/** @file media/outbound.c  From an accepted packet to the wire. Without a key nothing leaves. */
#include "media/batch.h"
#include "rtp/bytes.h"

static const struct ssrcs no_ssrcs;

/** Gives the packet the SSRCs under which the far side knows, or shall know, its sources. */
static void map_ssrcs(struct batch_entry *e)
{
	uint8_t *p = e->packet->payload;

	if (e->is_rtcp)
		ssrcs_rewrite_rtcp(
			e->from ? &e->from->ssrcs : &no_ssrcs, &e->to->ssrcs, p, e->packet->len);
	else if (e->to->ssrcs.count)
		write_u32(p + 8, ssrcs_out(&e->to->ssrcs, e->source));
}

/** Addresses the packet; `to` becomes NULL if it cannot go. */
static void address(struct batch_entry *e)
{
	struct leg *to = e->to;
	bool on_rtp_port = !e->is_rtcp || to->params.rtcp_mux;

	if (!leg_target(to, e->is_rtcp, &e->packet->peer)) {
		e->to = NULL;
		return;
	}
	e->packet->port_id = to->port_id + (on_rtp_port ? 0 : 1);
	map_ssrcs(e);
}

static void queue_item(struct batch *b, struct batch_entry *e)
{
	b->items[b->item_count] = (struct srtp_item){
		.srtp = e->to->tx.srtp,
		.packet = e->packet->payload,
		.len = e->packet->len,
		.cap = e->packet->cap,
		.is_rtcp = e->is_rtcp,
	};
	b->item_of[b->item_count++] = e;
}

static void count_sent(struct batch_entry *e, size_t plain_len)
{
	if (e->is_rtcp) {
		e->to->stats.tx_rtcp++;
	} else {
		e->to->stats.tx_packets++;
		e->to->stats.tx_bytes += plain_len;
	}
}

/** After protecting; `to` becomes NULL if it must not go. */
static void finish(struct batch_entry *e, const struct srtp_item *item, struct rng *rng)
{
	if (item->status == SOTTO_OK) {
		count_sent(e, e->packet->len);
		e->packet->len = item->len;
		if (!e->is_rtcp)
			ssrcs_on_sent(&e->to->ssrcs, e->source);
		return;
	}
	if (item->status == SOTTO_EREPLAY && !e->is_rtcp)
		ssrcs_on_refused(&e->to->ssrcs, e->source, read_u16(e->packet->payload + 2), rng);
	e->to = NULL;
}

size_t batch_send(struct batch *b, struct rng *rng, instant_t now)
{
	size_t n = 0;

	b->item_count = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct batch_entry *e = &b->entries[i];

		if (e->to)
			address(e);
		if (!e->to)
			continue;
		if (leg_sends(e->to) == LEG_SECURE) {
			queue_item(b, e);
		} else {
			leg_on_clear(e->to, now);
			count_sent(e, e->packet->len);
		}
	}
	srtp_protect(b->items, b->item_count);
	for (size_t i = 0; i < b->item_count; i++)
		finish(b->item_of[i], &b->items[i], rng);
	for (size_t i = 0; i < b->n; i++)
		if (b->entries[i].to)
			b->out[n++] = *b->entries[i].packet;
	return n;
}
