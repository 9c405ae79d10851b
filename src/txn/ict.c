/** @file txn/ict.c  The INVITE client transaction (RFC 3261 §17.1.1, RFC 6026 §8.4). */
#include <stdlib.h>

#include "txn/machine.h"

sotto_err ict_start(struct txn_layer *l, struct span request, struct span branch,
	const struct sip_hop *hop, const struct txn_user *user, instant_t now, handle_t *out)
{
	struct txn *t;
	sotto_err err;

	TRY(txn_create(l, &ict_machine, txn_client_key(l, branch, SPAN("INVITE")), hop, &t));
	err = txn_set_message(t, request);
	if (!err)
		err = txn_invite_read(t, branch);
	if (err) {
		txn_destroy(t);
		return err;
	}
	t->state = TXN_CALLING;
	t->user = *user;
	*out = t->handle;
	txn_end_after(t, TXN_TIMEOUT_MS, now); /* timer B */
	if (!txn_is_reliable(t))
		txn_resend_after(t, TXN_T1, now); /* timer A */
	txn_send(t, now);
	return SOTTO_OK;
}

/** Timer A: doubled without a bound but timer B's (§17.1.1.2). */
static void on_resend(struct txn *t, instant_t now)
{
	txn_send(t, now);
	txn_resend_after(t, t->interval * 2, now);
}

static void send_cancel(struct txn *t, instant_t now)
{
	struct txn_layer *l = t->layer;
	struct sip_hop hop = t->hop;
	struct txn_user nobody = { 0 };
	struct span message;
	handle_t cancel;

	t->cancel_sent = true;
	/* §9.1: no final answer within 64*T1 of the CANCEL, and the INVITE counts as cancelled */
	txn_end_after(t, TXN_TIMEOUT_MS, now);
	if (txn_write_cancel(t, &message)) {
		free(t->reason); /* too long, or a line break in it */
		t->reason = NULL;
		if (txn_write_cancel(t, &message))
			return;
	}
	/* without memory for its transaction it goes out once: better than not at all */
	if (nict_start(l, message, t->invite.branch, SPAN("CANCEL"), &hop, &nobody, now, &cancel))
		(void)!l->env.send(l->env.ctx, &hop, message);
}

static void on_provisional(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	if (t->state == TXN_CALLING) {
		t->state = TXN_PROCEEDING;
		txn_stop_resend(t);
		txn_stop_end(t);
	}
	if (t->state != TXN_PROCEEDING)
		return;
	if (t->cancel_wanted && !t->cancel_sent) /* §9.1: held back until now */
		send_cancel(t, now);
	else if (!t->user.on_event && !timer_is_set(&t->end))
		txn_end_after(t, TXN_TIMEOUT_MS, now); /* nobody would ever end it */
	txn_tell(t, TXN_RESPONSE, msg, from, now);
}

static void on_success(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	struct txn_env *env = &t->layer->env;

	if (t->state == TXN_CALLING || t->state == TXN_PROCEEDING) {
		t->state = TXN_ACCEPTED;
		txn_stop_resend(t);
		txn_end_after(t, TXN_TIMEOUT_MS, now); /* timer M, RFC 6026 §8.4 */
	}
	/* each 2xx needs an ACK of its dialog's, and perhaps a BYE: somebody must hear of it */
	if (t->state == TXN_ACCEPTED && t->user.on_event)
		txn_tell(t, TXN_RESPONSE, msg, from, now);
	else
		env->on_stray_response(env->ctx, msg, from, now);
}

static void on_refusal(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	bool is_first = t->state == TXN_CALLING || t->state == TXN_PROCEEDING;
	struct span ack;

	if (!is_first && t->state != TXN_COMPLETED)
		return; /* Accepted: nothing but 2xx counts any more */
	t->state = TXN_COMPLETED;
	if (is_first) {
		txn_stop_resend(t);
		txn_end_after(t, txn_is_reliable(t) ? 0 : TXN_TIMEOUT_MS, now); /* timer D */
	}
	/* §17.1.1.2: an ACK for each, by the same way as the INVITE */
	if (txn_write_ack(t, msg->to.text, &ack))
		txn_fail_soon(t, now);
	else
		txn_send_other(t, ack, now);
	if (is_first)
		txn_tell(t, TXN_RESPONSE, msg, from, now);
}

static void on_message(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	if (msg->status < 200)
		on_provisional(t, msg, from, now);
	else if (msg->status < 300)
		on_success(t, msg, from, now);
	else
		on_refusal(t, msg, from, now);
}

/** Timers B, D and M, and the wait behind a CANCEL. */
static void on_end(struct txn *t, instant_t now)
{
	if (t->state == TXN_CALLING || t->state == TXN_PROCEEDING)
		txn_tell_last(t, TXN_TIMEOUT, now);
	else
		txn_destroy(t);
}

static void on_failure(struct txn *t, instant_t now)
{
	if (t->state == TXN_ACCEPTED)
		return; /* an answer came in the same moment */
	txn_tell_last(t, TXN_TRANSPORT_ERROR, now);
}

static void on_forget(struct txn *t, instant_t now)
{
	if (t->state == TXN_PROCEEDING && !timer_is_set(&t->end))
		txn_end_after(t, TXN_TIMEOUT_MS, now);
}

void ict_cancel(struct txn *t, struct span reason, instant_t now)
{
	if (t->cancel_wanted || (t->state != TXN_CALLING && t->state != TXN_PROCEEDING))
		return;
	t->cancel_wanted = true;
	if (reason.n)
		t->reason = strndup(reason.p, reason.n); /* NULL: CANCEL goes without */
	if (t->state == TXN_PROCEEDING)
		send_cancel(t, now);
}

const struct txn_machine ict_machine = {
	.is_invite = true,
	.on_message = on_message,
	.on_resend = on_resend,
	.on_end = on_end,
	.on_failure = on_failure,
	.on_forget = on_forget,
};
