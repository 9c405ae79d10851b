/** @file txn/ist.c  The INVITE server transaction (RFC 3261 §17.2.1, §13.3.1.4, RFC 6026 §8.5). */
#include "txn/machine.h"

/** A repeated INVITE. Accepted and Confirmed absorb it without an answer (RFC 6026 §7.1). */
static void on_repeat(struct txn *t, instant_t now)
{
	if (t->message && (t->state == TXN_PROCEEDING || t->state == TXN_COMPLETED))
		txn_send(t, now);
}

static void on_ack(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	const struct txn_env *env = &t->layer->env;

	if (t->state == TXN_COMPLETED) {
		t->state = TXN_CONFIRMED;
		txn_stop_resend(t);
		txn_end_after(t, txn_is_reliable(t) ? 0 : TXN_T4, now); /* timer I */
	} else if (t->state == TXN_ACCEPTED) {
		/* RFC 6026 §7.1: passed on, whatever its branch. Its dialog calls txn_server_acked
		 */
		env->on_request(env->ctx, 0, msg, from, now);
	}
}

static void on_message(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	if (msg->method == SIP_METHOD_ACK)
		on_ack(t, msg, from, now);
	else if (msg->method != SIP_METHOD_CANCEL)
		on_repeat(t, now);
	else if (t->state == TXN_PROCEEDING && !t->cancel_wanted) {
		t->cancel_wanted = true; /* told once */
		txn_tell(t, TXN_CANCELLED, msg, from, now);
	}
}

static void begin_accepted(struct txn *t, instant_t now)
{
	t->state = TXN_ACCEPTED;
	txn_end_after(t, TXN_TIMEOUT_MS, now); /* timer L */
	/* §13.3.1.4: also over reliable transports, since the next hop may not be */
	txn_resend_after(t, TXN_T1, now);
}

static void begin_completed(struct txn *t, instant_t now)
{
	t->state = TXN_COMPLETED;
	txn_end_after(t, TXN_TIMEOUT_MS, now); /* timer H */
	if (!txn_is_reliable(t))
		txn_resend_after(t, TXN_T1, now); /* timer G */
}

static sotto_err respond(struct txn *t, unsigned status, struct span response, instant_t now)
{
	if (t->state != TXN_PROCEEDING)
		return SOTTO_ESTATE;
	TRY(txn_set_message(t, response));
	if (status >= 300)
		begin_completed(t, now);
	else if (status >= 200)
		begin_accepted(t, now);
	txn_send(t, now);
	return SOTTO_OK;
}

/** Timer G, and the repeats of a 2xx: doubled up to T2. */
static void on_resend(struct txn *t, instant_t now)
{
	ms_t next = t->interval * 2;

	txn_send(t, now);
	txn_resend_after(t, next > TXN_T2 ? TXN_T2 : next, now);
}

/** Timers H, I and L; or nobody was there to answer. */
static void on_end(struct txn *t, instant_t now)
{
	if (t->state == TXN_COMPLETED || (t->state == TXN_ACCEPTED && !t->is_acked))
		txn_tell_last(t, TXN_NO_ACK, now);
	else
		txn_destroy(t);
}

/** RFC 6026 §7.1: the machine stays as it is, to absorb repeats of the request. */
static void on_failure(struct txn *t, instant_t now)
{
	if (t->failure_told)
		return;
	t->failure_told = true;
	txn_tell(t, TXN_TRANSPORT_ERROR, NULL, NULL, now);
}

static void on_forget(struct txn *t, instant_t now)
{
	if (t->state == TXN_PROCEEDING && !timer_is_set(&t->end))
		txn_end_after(t, TXN_TIMEOUT_MS, now);
}

const struct txn_machine ist_machine = {
	.is_server = true,
	.is_invite = true,
	.on_message = on_message,
	.respond = respond,
	.on_resend = on_resend,
	.on_end = on_end,
	.on_failure = on_failure,
	.on_forget = on_forget,
};
