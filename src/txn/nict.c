/** @file txn/nict.c  The non-INVITE client transaction (RFC 3261 §17.1.2). */
#include "txn/machine.h"

sotto_err nict_start(struct txn_layer *l, struct span request, struct span branch,
	struct span method, const struct sip_hop *hop, const struct txn_user *user, instant_t now,
	handle_t *out)
{
	struct txn *t;
	sotto_err err;

	TRY(txn_create(l, &nict_machine, txn_client_key(l, branch, method), hop, &t));
	err = txn_set_message(t, request);
	if (err) {
		txn_destroy(t);
		return err;
	}
	t->state = TXN_TRYING;
	t->user = *user;
	*out = t->handle;
	txn_end_after(t, TXN_TIMEOUT_MS, now); /* timer F */
	if (!txn_is_reliable(t))
		txn_resend_after(t, TXN_T1, now); /* timer E */
	txn_send(t, now);
	return SOTTO_OK;
}

/** Timer E: doubled up to T2; T2 at once when a provisional response has come (§17.1.2.2). */
static void on_resend(struct txn *t, instant_t now)
{
	ms_t next = t->interval * 2;

	txn_send(t, now);
	if (t->state == TXN_PROCEEDING || next > TXN_T2)
		next = TXN_T2;
	txn_resend_after(t, next, now);
}

static void on_message(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	if (t->state == TXN_COMPLETED)
		return; /* a repeat: that is what Completed is for */
	if (msg->status < 200) {
		t->state = TXN_PROCEEDING;
	} else {
		t->state = TXN_COMPLETED;
		txn_stop_resend(t);
		txn_end_after(t, txn_is_reliable(t) ? 0 : TXN_T4, now); /* timer K */
	}
	txn_tell(t, TXN_RESPONSE, msg, from, now);
}

/** Timers F and K. */
static void on_end(struct txn *t, instant_t now)
{
	if (t->state == TXN_COMPLETED)
		txn_destroy(t);
	else
		txn_tell_last(t, TXN_TIMEOUT, now);
}

static void on_failure(struct txn *t, instant_t now)
{
	if (t->state == TXN_COMPLETED)
		return; /* an answer came in the same moment */
	txn_tell_last(t, TXN_TRANSPORT_ERROR, now);
}

const struct txn_machine nict_machine = {
	.on_message = on_message,
	.on_resend = on_resend,
	.on_end = on_end,
	.on_failure = on_failure,
};
