/** @file edge/call/answer.c  What a callee answers, and what the caller gets of it. */
#include "edge/call/exchange.h"
#include "edge/call/flow.h"
#include "edge/call/media.h"
#include "edge/call/step.h"
#include "edge/request.h"

static enum failure link_media(struct call *c, struct leg *far)
{
	if (c->is_linked)
		return FAILURE_none;
	c->is_linked = true;
	return leg_media_link(c->caller, far) ? FAILURE_internal_error : FAILURE_none;
}

/**
 * The callee's answer, in a 1xx or the 2xx. Until the 2xx it is a preview (§13.2.1) that the 2xx
 * repeats; where that differs, its addresses and keys count.
 */
static enum failure take_answer(struct call *c, struct leg *l, struct span sdp)
{
	enum failure why = exchange_accept(c, l, sdp);

	if (!why && !c->exchange.is_offerless && !c->exchange.answer.n)
		why = exchange_answer(c, l, SPAN_NONE);
	return why ? why : link_media(c, l);
}

/** SPEC §2.4: 503 where the far leg failed for encryption, the failure itself otherwise. */
static enum failure told_caller(enum failure why)
{
	static const enum failure of_encryption[] = {
		FAILURE_srtp_profile_without_crypto,
		FAILURE_srtp_no_common_suite,
		FAILURE_srtp_line_unusable,
		FAILURE_srtp_parameter_unsupported,
		FAILURE_srtp_answer_missing,
		FAILURE_srtp_answer_uninvited,
		FAILURE_srtp_answer_bad_tag,
		FAILURE_srtp_keys_exposed,
		FAILURE_dtls_not_built,
	};

	for (size_t i = 0; i < ARRAY_LEN(of_encryption); i++)
		if (why == of_encryption[i])
			return FAILURE_far_legs_failed_encryption;
	return why;
}

/** The callee's description breaks the table of SPEC §2.3: CANCEL, or BYE if it is up. */
static void break_off(struct leg *l, enum failure why, instant_t now)
{
	log_warn(l->call->edge->env.log, call, "answer_refused",
		LOG_STR("call", l->call->record.call_id), LOG_STR("leg", leg_name(l)),
		LOG_STR("failure", failure_info(why)->name));
	call_fail(l->call, told_caller(why), now);
}

/* ---- 1xx ---- */

static void tell_progress(struct call *c, unsigned status, instant_t now)
{
	struct reply r = { .status = status, .sdp = secret_text_span(&c->exchange.answer) };

	if (status == 183 && !r.sdp.n)
		r.status = 180; /* nothing can be heard yet: let the caller's phone ring */
	if (leg_respond(c->caller, &r, now))
		return; /* provisional: the next one will do */
	log_info(c->edge->env.log, call, "call_ringing", LOG_STR("call", c->record.call_id),
		LOG_INT("status", r.status), LOG_BOOL("early_media", r.sdp.n != 0));
}

static void on_provisional(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct call *c = l->call;
	struct span sdp = message_sdp(msg);
	enum failure why = FAILURE_none;

	call_set_deadline(c, DEADLINE_PROGRESS, INSTANT_NEVER);
	if (msg->status == 100 || dialog_on_response(l->dialog, msg))
		return; /* a fork's: only the first one's early media is heard */
	if (sdp.n && !c->exchange.is_offerless)
		why = take_answer(c, l, sdp);
	if (why)
		break_off(l, why, now);
	else
		tell_progress(c, msg->status, now);
}

/* ---- 2xx ---- */

enum failure answer_caller(struct call *c, struct leg *far, instant_t now)
{
	struct reply ok = { .status = 200 };
	enum failure why = FAILURE_none;

	if (c->exchange.is_offerless)
		why = exchange_offer_in_2xx(c, far);
	if (why)
		return why;
	ok.sdp = secret_text_span(&c->exchange.answer);
	if (leg_respond(c->caller, &ok, now))
		return FAILURE_internal_error;
	c->caller->state = LEG_UP;
	c->caller->is_ack_due = true;
	c->caller->has_offered_in_2xx = c->exchange.is_offerless;
	c->caller->record.sip_status = 200;
	dialog_confirm(c->caller->dialog);
	c->is_answered = true;
	c->record.sip_status = 200;
	c->record.answered = c->edge->env.wall(c->edge->env.wall_ctx);
	exchange_finish(c);
	call_set_deadline(c, DEADLINE_PROGRESS, INSTANT_NEVER);
	call_set_deadline(c, DEADLINE_ANSWER, INSTANT_NEVER);
	if (c->edge->settings.call_max_s)
		call_set_deadline(c, DEADLINE_DURATION,
			instant_add(now, SECONDS(c->edge->settings.call_max_s)));
	return FAILURE_none;
}

static void log_answered(const struct call *c, const struct leg *l)
{
	log_info(c->edge->env.log, call, "call_answered", LOG_STR("call", c->record.call_id),
		LOG_STR("connection", l->record.connection_id),
		LOG_BOOL("caller_srtp", c->caller->record.is_srtp),
		LOG_BOOL("callee_srtp", l->record.is_srtp));
}

/** A 200 without SDP stands for the answer that a 1xx has brought already. */
static enum failure agree_at_last(struct call *c, struct leg *l, struct span sdp)
{
	if (!sdp.n && c->is_linked)
		return FAILURE_none;
	return take_answer(c, l, sdp);
}

static void on_success(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct call *c = l->call;
	enum failure why;

	l->accepted = l->client;
	l->accepted_cseq = l->client_cseq;
	l->client = 0;
	l->state = LEG_UP;
	l->record.sip_status = msg->status;
	leg_ack(l, l->accepted_cseq); /* §13.2.2.4: at once, whatever comes of it */
	why = agree_at_last(c, l, message_sdp(msg));
	if (!why) {
		c->callee = l;
		why = answer_caller(c, l, now);
	}
	if (why)
		break_off(l, why, now);
	else
		log_answered(c, l);
}

/** §13.2.2.4: the 2xx may be another's than the 1xx was. */
static sotto_err take_dialog(struct leg *l, const struct sip_msg *msg)
{
	sotto_err err = dialog_on_response(l->dialog, msg);

	return err == SOTTO_ESTATE ? fork_take(l, msg) : err;
}

/** §9.1: the answer crossed the CANCEL. */
static void drop_success(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	if (take_dialog(l, msg))
		log_warn(l->call->edge->env.log, call, "late_answer_broken",
			LOG_STR("call", l->call->record.call_id));
	if (!l->dialog)
		return;
	leg_ack(l, l->client_cseq);
	leg_send_bye(l, SPAN_NONE, now);
}

static void on_first_success(struct leg *l, const struct txn_event *ev)
{
	struct call_release broken = {
		.failure = FAILURE_message_malformed, .status = 502, .by = "callee"
	};

	if (!take_dialog(l, ev->msg)) {
		on_success(l, ev->msg, ev->now);
		return;
	}
	/* no tag, no Contact: it can hardly be acknowledged, and not be talked to */
	if (l->dialog) {
		leg_ack(l, l->client_cseq);
		leg_send_bye(l, SPAN_NONE, ev->now);
	}
	l->client = 0;
	leg_down(l, ev->now);
	call_end(l->call, &broken, ev->now);
}

/* ---- refusals ---- */

/**
 * What the caller gets of a callee's status. Passed on where it speaks of the callee; statuses that
 * speak of our own request to him, or need headers of his, become ones of ours.
 */
static unsigned status_for_caller(unsigned status)
{
	if (status < 400) /* a redirection is refused: SPEC §4 */
		return 480;
	switch (status) {
	case 401:
	case 402:
	case 407: return 503; /* our credentials are our matter */
	case 400:
	case 405:
	case 406:
	case 413:
	case 414:
	case 415:
	case 416:
	case 420:
	case 421:
	case 422:
	case 423:
	case 481:
	case 489:
	case 493:
	case 494:
	case 505:
	case 513: return 502;
	default: return status;
	}
}

/** 488 and 606 to an offer that had to be encrypted. */
static bool is_about_encryption(const struct leg *l, unsigned status)
{
	return (status == 488 || status == 606) &&
	       l->media.policy.encrypted_media == ENCRYPTED_MEDIA_SRTP;
}

static void on_refusal(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct call *c = l->call;
	bool is_encryption = is_about_encryption(l, msg->status);
	struct call_release why = {
		.failure = is_encryption ? FAILURE_far_legs_failed_encryption : FAILURE_far_refused,
		.status = is_encryption ? 0 : status_for_caller(msg->status),
		.reason = is_encryption ? SPAN_NONE : message_reason(msg),
		.by = "callee",
	};

	l->record.sip_status = msg->status;
	l->client = 0;
	leg_down(l, now);
	call_end(c, &why, now);
}

void answer_on_failure(struct leg *l, enum failure why, instant_t now)
{
	struct call *c = l->call;

	l->client = 0;
	if (why == FAILURE_route_unreachable && l->connection->kind == CONNECTION_CREDENTIAL)
		why = FAILURE_flow_gone; /* SPEC T9: 480 */
	leg_down(l, now);
	call_fail(c, why, now);
}

/* ---- the whole ---- */

static void on_response_when_cancelled(struct leg *l, const struct txn_event *ev)
{
	if (ev->msg->status < 200)
		return;
	l->record.sip_status = ev->msg->status;
	if (ev->msg->status < 300)
		drop_success(l, ev->msg, ev->now);
	leg_down(l, ev->now);
}

void answer_on_response(struct leg *l, const struct txn_event *ev)
{
	leg_log(l, "in", sip_reason_phrase(ev->msg->status), ev->msg->status);
	flow_on_response(l, ev->from);
	record_leg_signalling(l);
	if (l->state == LEG_CANCELLED)
		on_response_when_cancelled(l, ev);
	else if (ev->msg->status < 200)
		on_provisional(l, ev->msg, ev->now);
	else if (ev->msg->status < 300)
		on_first_success(l, ev);
	else
		on_refusal(l, ev->msg, ev->now);
}
