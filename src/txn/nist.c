/** @file txn/nist.c  The non-INVITE server transaction (RFC 3261 §17.2.2). */
#include "txn/machine.h"

static void on_message(
	struct txn *t, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	(void)msg;
	(void)from;
	if (t->message) /* Proceeding, Completed: the last response again; Trying: nothing */
		txn_send(t, now);
}

static sotto_err respond(struct txn *t, unsigned status, struct span response, instant_t now)
{
	if (t->state == TXN_COMPLETED)
		return SOTTO_ESTATE;
	TRY(txn_set_message(t, response));
	if (status >= 200) {
		t->state = TXN_COMPLETED;
		txn_end_after(t, txn_is_reliable(t) ? 0 : TXN_TIMEOUT_MS, now); /* timer J */
	} else {
		t->state = TXN_PROCEEDING;
	}
	txn_send(t, now);
	return SOTTO_OK;
}

/** Timer J; or no answer was made while the client still waited (RFC 4320 §4.2: nor may be). */
static void on_end(struct txn *t, instant_t now)
{
	(void)now;
	txn_destroy(t);
}

static void on_failure(struct txn *t, instant_t now)
{
	txn_tell_last(t, TXN_TRANSPORT_ERROR, now);
}

const struct txn_machine nist_machine = {
	.is_server = true,
	.on_message = on_message,
	.respond = respond,
	.on_end = on_end,
	.on_failure = on_failure,
};
