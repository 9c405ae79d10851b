/** @file edge/call/ack.c  The ACK of a 2xx of ours (RFC 3261 §13.3.1.4). */
#include "edge/call/exchange.h"
#include "edge/call/step.h"
#include "edge/request.h"

static void take_answer(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct call *c = l->call;
	enum failure why = exchange_accept(c, l, message_sdp(msg));

	l->has_offered_in_2xx = false;
	if (!why)
		return;
	log_warn(c->edge->env.log, call, "answer_refused", LOG_STR("call", c->record.call_id),
		LOG_STR("leg", leg_name(l)), LOG_STR("failure", failure_info(why)->name));
	call_fail(c, why, now); /* there is no answer to an ACK: BYE says why */
}

void ack_on_request(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	if (!l->unacked || msg->cseq.number != l->unacked_cseq)
		return; /* a repeat */
	leg_log(l, "in", SPAN("ACK"), 0);
	txn_server_acked(l->call->edge->txns, l->unacked);
	txn_forget(l->call->edge->txns, l->unacked);
	l->unacked = 0;
	l->is_ack_due = false;
	if (l->state == LEG_RELEASING)
		leg_bye(l, span_of(l->reason), now);
	else if (l->has_offered_in_2xx)
		take_answer(l, msg, now);
}
