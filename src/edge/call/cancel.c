/** @file edge/call/cancel.c  A CANCEL of the peer's INVITE (RFC 3261 §9.2): 200 is out already. */
#include "edge/call/exchange.h"
#include "edge/call/step.h"
#include "edge/request.h"

static void cancel_call(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct call_release why = {
		.failure = FAILURE_caller_cancelled,
		.reason = message_reason(msg),
		.by = "caller",
	};

	call_end(l->call, &why, now);
}

/**
 * A re-INVITE: the far leg is asked to give it up, and its answer decides. So both legs always
 * agree on whether it happened.
 */
static void cancel_reinvite(struct leg *l, instant_t now)
{
	struct leg *far = call_other(l->call, l);

	if (far && far->client)
		txn_client_cancel(l->call->edge->txns, far->client, SPAN_NONE, now);
}

void cancel_on_event(struct leg *l, const struct txn_event *ev)
{
	leg_log(l, "in", SPAN("CANCEL"), 0);
	if (l->state == LEG_INVITING)
		cancel_call(l, ev->msg, ev->now);
	else if (l->state == LEG_UP)
		cancel_reinvite(l, ev->now);
}
