/** @file edge/call/bye.c  A party hangs up (RFC 3261 §15.1.2). */
#include "edge/call/step.h"
#include "edge/request.h"

static void answer(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct reply ok = { .status = 200, .to_tag = span_of(l->tag.text) };

	reply_or_log(l->call->edge, server, msg, from, &ok, now);
	leg_log(l, "out", sip_reason_phrase(200), 200);
}

/** §15.1.2: an INVITE of his that is still pending gets 487. */
static void refuse_pending(struct leg *l, instant_t now)
{
	struct reply r = { .status = 487 };

	if (!l->server)
		return;
	if (l->state == LEG_INVITING)
		l->call->record.sip_status = l->record.sip_status = 487;
	leg_refuse(l, &r, now);
}

void bye_on_request(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct call *c = l->call;
	struct call_release why = {
		.failure = c->is_answered ? FAILURE_none : FAILURE_caller_cancelled,
		.reason = message_reason(msg),
		.by = leg_name(l),
	};

	answer(l, server, msg, from, now);
	refuse_pending(l, now);
	leg_down(l, now);
	call_end(c, &why, now);
}
