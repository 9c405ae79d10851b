/**
 * @file edge/call/fork.c  One INVITE of ours, answered by several: proxies beyond us fork
 * (RFC 3261 §13.2.2.4). One answerer has the call; others are thanked and released.
 */
#include "edge/call/step.h"

/** As the leg's was before it heard anything, one CSeq spent: that of the INVITE. */
static sotto_err make_dialog(struct leg *l, const struct sip_msg *msg, struct dialog **out)
{
	struct edge *e = l->call->edge;
	struct sip_out unused;
	uint32_t cseq;
	sotto_err err;

	TRY(dialog_create_uac(out, dialog_call_id(l->dialog), dialog_local_party(l->dialog),
		span_of(l->tag.text), dialog_remote_party(l->dialog),
		span_of(l->call->route.target)));
	sip_out_init(&unused, e->message, sizeof(e->message));
	dialog_write_request(*out, &unused, SIP_METHOD_INVITE, SPAN("-"), &cseq);
	err = dialog_on_response(*out, msg);
	if (err) {
		dialog_destroy(*out);
		*out = NULL;
	}
	return err;
}

sotto_err fork_take(struct leg *l, const struct sip_msg *msg)
{
	struct dialog *d;

	TRY(make_dialog(l, msg, &d));
	dialog_destroy(l->dialog);
	l->dialog = NULL;
	return leg_set_dialog(l, d);
}

void fork_drop(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct dialog *own = l->dialog, *other;

	if (msg->cseq.number != 1 || make_dialog(l, msg, &other))
		return; /* without memory he hangs up himself, unacknowledged */
	l->dialog = other;
	leg_ack(l, msg->cseq.number);
	leg_send_bye(l, SPAN_NONE, now);
	l->dialog = own;
	dialog_destroy(other);
}
