/** @file edge/call/record.c  What is kept of a call (SPEC §5): filled in as it goes, sent once. */
#include "edge/call/leg.h"

void record_leg_signalling(struct leg *l)
{
	const struct transport_port *t = &l->call->edge->env.transport;
	struct transport_security s;
	struct leg_record *r = &l->record;

	r->exists = true;
	if (l->connection)
		memcpy(r->connection_id, l->connection->id, sizeof(r->connection_id));
	r->transport = l->hop.transport;
	r->remote = l->hop.remote;
	if (!l->hop.flow || !t->security(t->ctx, l->hop.flow, &s))
		return;
	memcpy(r->tls_version, s.tls_version, sizeof(r->tls_version));
	memcpy(r->tls_cipher, s.tls_cipher, sizeof(r->tls_cipher));
	memcpy(r->tls_peer, s.peer_name, sizeof(r->tls_peer));
}

void record_leg_media(struct leg *l)
{
	const struct offer_stream *s = &l->media.streams.stream[l->call->stream];
	struct leg_record *r = &l->record;

	r->is_srtp = s->security != MEDIA_CLEAR;
	r->suite = r->is_srtp ? s->rx.suite : SRTP_SUITE_NONE;
	r->media_was_weak |= r->is_srtp && !srtp_keying_protects(&s->rx);
	memset(r->key_exchange, 0, sizeof(r->key_exchange));
	memcpy(r->key_exchange, r->is_srtp ? "sdes" : "none", 4);
	r->keys_exposed |= r->is_srtp && s->keys_exposed; /* once read, always read */
	r->media_remote = s->rtp;
}

void record_leg_stats(struct leg *l, const struct media_leg_stats *s)
{
	struct leg_record *r = &l->record;

	r->rx_packets = s->rx_packets;
	r->tx_packets = s->tx_packets;
	r->rx_bytes = s->rx_bytes;
	r->tx_bytes = s->tx_bytes;
	r->rx_lost = s->rx_lost;
	r->auth_failed = s->rx_auth_failed;
	r->replayed = s->rx_replayed;
	r->jitter_us = s->jitter_us;
	r->clear_ms = s->clear_ms;
	if (s->source.family != IP_NONE)
		r->media_remote = s->source;
}

/** SPEC §2.1: encrypted and authenticated, all the time, with keys that nobody could read. */
static void judge_protection(struct leg_record *r)
{
	r->is_protected = r->is_srtp && !r->media_was_weak && !r->keys_exposed && !r->clear_ms;
}

/** The branch that answered, else the last one tried. */
static const struct leg *told_callee(const struct call *c)
{
	if (c->callee)
		return c->callee;
	return c->branch_count ? c->branches[c->branch_count - 1] : NULL;
}

static void log_leg(const struct call *c, const char *name, const struct leg_record *r)
{
	if (!r->exists)
		return;
	log_info(c->edge->env.log, call, "leg_ended", LOG_STR("call", c->record.call_id),
		LOG_STR("leg", name), LOG_STR("connection", r->connection_id),
		LOG_SPAN("transport", sip_transport_name(r->transport)),
		LOG_STR("tls", r->tls_version), LOG_STR("cipher", r->tls_cipher),
		LOG_STR("suite", r->is_srtp ? srtp_suite_info(r->suite)->name : "none"),
		LOG_BOOL("protected", r->is_protected), LOG_BOOL("keys_exposed", r->keys_exposed),
		LOG_INT("rx_packets", r->rx_packets), LOG_INT("tx_packets", r->tx_packets),
		LOG_INT("lost", r->rx_lost), LOG_INT("auth_failed", r->auth_failed),
		LOG_INT("replayed", r->replayed), LOG_INT("clear_ms", r->clear_ms));
}

void record_send(struct call *c)
{
	const struct leg *callee = told_callee(c);
	struct call_record *r = &c->record;

	r->caller = c->caller->record;
	if (callee)
		r->callee = callee->record;
	judge_protection(&r->caller);
	judge_protection(&r->callee);
	log_leg(c, "caller", &r->caller);
	log_leg(c, "callee", &r->callee);
	log_info(c->edge->env.log, call, "call_ended", LOG_STR("call", r->call_id),
		LOG_STR("by", r->ended_by), LOG_STR("failure", failure_info(r->failure)->name),
		LOG_INT("status", r->sip_status), LOG_INT("cause", r->q850_cause),
		LOG_INT("answered_ms", r->answered ? r->ended - r->answered : 0));
	c->edge->env.record(c->edge->env.record_ctx, r);
}
