/** @file edge/call/step.h  The steps of a call, one file per request: what they call of each other.
 */
#pragma once
#include "edge/call/leg.h"

/* outgoing.c */
/** A branch to the call's route: dialled at once, or when its name is resolved. */
SOTTO_MUST_USE enum failure branch_start(struct call *c, instant_t now);

/* answer.c: responses to the INVITE of a branch */
void answer_on_response(struct leg *l, const struct txn_event *ev);
/** It cannot be sent, or nobody answers. */
void answer_on_failure(struct leg *l, enum failure why, instant_t now);
/** Our 2xx to the caller. */
SOTTO_MUST_USE enum failure answer_caller(struct call *c, struct leg *far, instant_t now);

/* fork.c */
/** The INVITE was answered by somebody else than a 1xx had told: a dialog with him instead. */
SOTTO_MUST_USE sotto_err fork_take(struct leg *l, const struct sip_msg *msg);
/** A second 2xx, by somebody else than the one who has the call: ACK and BYE (§13.2.2.4). */
void fork_drop(struct leg *l, const struct sip_msg *msg, instant_t now);

/* ack.c */
void ack_on_request(struct leg *l, const struct sip_msg *msg, instant_t now);

/* bye.c */
void bye_on_request(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now);

/* cancel.c */
void cancel_on_event(struct leg *l, const struct txn_event *ev);

/* reinvite.c */
void reinvite_on_request(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now);
void reinvite_on_response(struct leg *l, const struct txn_event *ev);
void reinvite_on_failure(struct leg *l, enum failure why, instant_t now);

/* test_destination.c */
SOTTO_MUST_USE enum failure test_answer(struct call *c, instant_t now);
/** Our answer to a later offer of its caller. */
SOTTO_MUST_USE enum failure test_answer_again(struct call *c);
