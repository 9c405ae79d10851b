/** @file edge/call/indialog.c  Requests within a dialog (RFC 3261 §12.2.2), by method. */
#include "edge/admit.h"
#include "edge/call/flow.h"
#include "edge/call/step.h"
#include "edge/options.h"

static void refuse(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, struct reply r, instant_t now)
{
	r.to_tag = span_of(l->tag.text);
	reply_or_log(l->call->edge, server, msg, from, &r, now);
	leg_log(l, "out", sip_reason_phrase(reply_status(&r)), reply_status(&r));
}

/** UPDATE (RFC 3311) only as a sign of life; a new offer belongs into a re-INVITE. */
static struct reply update_reply(const struct sip_msg *msg)
{
	return (struct reply){ .status = msg->body.n ? 488 : 200 };
}

static void dispatch(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	switch (msg->method) {
	case SIP_METHOD_INVITE: reinvite_on_request(l, server, msg, from, now); break;
	case SIP_METHOD_BYE: bye_on_request(l, server, msg, from, now); break;
	case SIP_METHOD_OPTIONS:
		options_on_request(l->call->edge, server, msg, from, span_of(l->tag.text), now);
		break;
	case SIP_METHOD_UPDATE: refuse(l, server, msg, from, update_reply(msg), now); break;
	case SIP_METHOD_ACK:
	case SIP_METHOD_CANCEL:
	case SIP_METHOD_REGISTER:
	case SIP_METHOD_PRACK:
	case SIP_METHOD_SUBSCRIBE:
	case SIP_METHOD_NOTIFY:
	case SIP_METHOD_PUBLISH:
	case SIP_METHOD_INFO:
	case SIP_METHOD_REFER:
	case SIP_METHOD_MESSAGE:
	case SIP_METHOD_OTHER:
		refuse(l, server, msg, from, (struct reply){ .status = 405, .allow = true }, now);
		break;
	}
}

/** §12.2.2: its number and its Contact, then what it wants. */
static void follow_dialog(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	sotto_err err = dialog_on_request(l->dialog, msg);
	struct reply out_of_order = { .status = 500 };
	struct reply bad_contact = { .failure = FAILURE_message_malformed };

	if (!err)
		dispatch(l, server, msg, from, now);
	else if (err == SOTTO_ESYNTAX || err == SOTTO_ETOOBIG)
		refuse(l, server, msg, from, bad_contact, now);
	else
		refuse(l, server, msg, from, out_of_order, now);
}

/** Anybody may hang up who knows the dialog's tags; to change it takes more. */
static bool may_act(
	struct leg *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	return flow_on_request(l, msg, from, now) || msg->method == SIP_METHOD_BYE ||
	       msg->method == SIP_METHOD_OPTIONS;
}

static struct reply stranger_reply(const struct leg *l)
{
	if (l->connection->kind == CONNECTION_CREDENTIAL)
		return (struct reply){ .status = 401, .challenge = true };
	return (struct reply){ .status = 403 };
}

void call_on_request(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	handle_t owner;
	struct dialog *d = dialog_table_find(e->dialogs, msg, &owner);
	struct leg *l = d ? handle_find(&e->legs, owner) : NULL;
	struct reply none = { .status = 481 };

	if (msg->method == SIP_METHOD_ACK) {
		if (l && flow_may_carry(l, from))
			ack_on_request(l, msg, now);
		return;
	}
	if (!l) { /* §12.2.2 */
		reply_to_stranger(e, server, msg, from, &none, now);
		return;
	}
	leg_log(l, "in", msg->method_name, 0);
	if (!may_act(l, msg, from, now))
		refuse(l, server, msg, from, stranger_reply(l), now);
	else
		follow_dialog(l, server, msg, from, now);
}
