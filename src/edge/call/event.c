/** @file edge/call/event.c  What transactions and media tell a leg, by what the leg waits for. */
#include "edge/call/flow.h"
#include "edge/call/step.h"

/** Timers B and the transport, on our INVITE. */
static void on_client_failure(struct leg *l, enum failure why, instant_t now)
{
	if (l->state == LEG_CANCELLED) {
		leg_down(l, now); /* nobody is there to be told */
	} else if (l->state == LEG_INVITING) {
		answer_on_failure(l, why, now);
	} else {
		reinvite_on_failure(l, why, now);
	}
}

static void on_client_response(struct leg *l, const struct txn_event *ev)
{
	if (l->state == LEG_INVITING || l->state == LEG_CANCELLED)
		answer_on_response(l, ev);
	else if (l->state == LEG_UP)
		reinvite_on_response(l, ev);
}

static void on_client_event(struct leg *l, const struct txn_event *ev)
{
	switch (ev->kind) {
	case TXN_RESPONSE: on_client_response(l, ev); break;
	case TXN_TIMEOUT: on_client_failure(l, FAILURE_far_timeout, ev->now); break;
	case TXN_TRANSPORT_ERROR: on_client_failure(l, FAILURE_route_unreachable, ev->now); break;
	case TXN_CANCELLED:
	case TXN_NO_ACK: break; /* of server transactions */
	}
}

/** §13.2.2.4: each 2xx that comes again is acknowledged again; another fork's is dropped. */
static void on_success_again(struct leg *l, const struct txn_event *ev)
{
	if (l->state != LEG_UP || ev->kind != TXN_RESPONSE || ev->msg->status / 100 != 2)
		return;
	if (span_eq(ev->msg->to.tag, dialog_remote_tag(l->dialog)))
		leg_ack(l, ev->msg->cseq.number);
	else
		fork_drop(l, ev->msg, ev->now);
}

/** The peer's own INVITE waits for our answer. */
static void on_server_event(struct leg *l, const struct txn_event *ev)
{
	struct call_release gone = { .failure = FAILURE_flow_gone, .by = leg_name(l) };

	if (ev->kind == TXN_CANCELLED)
		cancel_on_event(l, ev);
	else if (ev->kind == TXN_TRANSPORT_ERROR && l->state == LEG_INVITING)
		call_end(l->call, &gone, ev->now);
}

/** §13.3.1.4: no ACK in 64*T1: the dialog is ended by BYE. */
static void on_unacked_event(struct leg *l, const struct txn_event *ev)
{
	if (ev->kind != TXN_NO_ACK)
		return;
	l->unacked = 0;
	l->is_ack_due = false;
	if (l->state == LEG_RELEASING)
		leg_bye(l, span_of(l->reason), ev->now);
	else
		call_fail(l->call, FAILURE_ack_missing, ev->now);
}

void call_on_event(void *ctx, handle_t leg, const struct txn_event *ev)
{
	struct edge *e = ctx;
	struct leg *l = handle_find(&e->legs, leg);

	if (!l)
		return;
	if (!ev->msg) /* a timer's */
		edge_begin_turn(e);
	if (ev->txn == l->client)
		on_client_event(l, ev);
	else if (l->server && ev->txn == kept_server(l->server))
		on_server_event(l, ev);
	else if (ev->txn == l->unacked)
		on_unacked_event(l, ev);
	else
		on_success_again(l, ev);
}

void call_on_stray_response(
	struct edge *e, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	handle_t owner;
	struct dialog *d = dialog_table_find(e->dialogs, msg, &owner);
	struct leg *l = d ? handle_find(&e->legs, owner) : NULL;

	(void)from;
	(void)now;
	if (l && l->state == LEG_UP && msg->cseq.method == SIP_METHOD_INVITE &&
		msg->status / 100 == 2 && msg->cseq.number <= l->accepted_cseq)
		leg_ack(l, msg->cseq.number);
}

void call_on_media(struct edge *e, const struct media_event *event, instant_t now)
{
	struct leg *l = handle_find(&e->legs, event->owner);

	if (!l || l->media.handle != event->leg)
		return;
	record_leg_stats(l, &event->stats);
	switch (event->kind) {
	case MEDIA_SILENT: call_fail(l->call, FAILURE_media_silent, now); break;
	case MEDIA_CLOSED:
		l->media.handle = 0;
		if (!l->call->is_ended) /* the worker gave up: nothing can be heard any more */
			call_fail(l->call, FAILURE_internal_error, now);
		call_settle(l->call, now);
		break;
	}
}
