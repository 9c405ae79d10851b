/**
 * @file edge/call/reinvite.c  A re-INVITE from either side: hold, resume, another codec, address or
 * key (RFC 3261 §14). It is carried to the other leg, whose answer decides; until then, and if it
 * fails, both legs go on as they were (§14.1).
 */
#include "edge/call/exchange.h"
#include "edge/call/flow.h"
#include "edge/call/step.h"
#include "edge/request.h"

/** §14.2: two at once. */
static bool is_free(struct leg *l, struct reply *refusal)
{
	const struct call *c = l->call;
	const struct leg *far = call_other(c, l);

	*refusal = (struct reply){ .status = 491 };
	if (l->client) /* ours is on its way to him: glare */
		return false;
	/* §14.1: nor may ours go where an INVITE is not over; he asks again in a while */
	if ((c->exchange.from && c->exchange.from != l) || (far && far->unacked))
		return false;
	*refusal = (struct reply){ .status = 500 };
	refusal->retry_after_s = 1 + rng_u32(c->edge->env.rng) % 10;
	return c->is_answered && !c->exchange.from && !l->server && !l->unacked;
}

static void refuse_new(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, struct reply *refusal, instant_t now)
{
	refusal->to_tag = span_of(l->tag.text);
	reply_or_log(l->call->edge, server, msg, from, refusal, now);
	leg_log(l, "out", sip_reason_phrase(reply_status(refusal)), reply_status(refusal));
}

static void give_up(struct leg *l, struct reply *r, instant_t now)
{
	log_info(l->call->edge->env.log, call, "reinvite_refused",
		LOG_STR("call", l->call->record.call_id), LOG_STR("leg", leg_name(l)),
		LOG_INT("status", reply_status(r)),
		LOG_STR("failure", failure_info(r->failure)->name));
	exchange_abandon(l->call);
	leg_refuse(l, r, now);
}

static void give_up_for(struct leg *l, enum failure why, instant_t now)
{
	struct reply r = { .failure = why };

	give_up(l, &r, now);
}

/** 200 to who asked: the exchange is over, or its ACK will bring the answer. */
static enum failure complete(struct leg *l, instant_t now)
{
	struct call *c = l->call;
	struct reply ok = { .status = 200, .sdp = secret_text_span(&c->exchange.answer) };

	if (leg_respond(l, &ok, now))
		return FAILURE_internal_error;
	l->has_offered_in_2xx = c->exchange.is_offerless;
	exchange_finish(c);
	return FAILURE_none;
}

/** The far leg agreed; a failure now leaves the two apart, so that the call cannot go on. */
static void complete_or_end(struct leg *l, enum failure why, instant_t now)
{
	if (!why)
		why = complete(l, now);
	if (why)
		call_fail(l->call, why, now);
}

/**
 * Without an offer: ours follows what the far leg has described before, and the far leg is not
 * troubled (a change in the answer is between us and who asked).
 */
static void answer_offerless(struct leg *l, struct leg *far, instant_t now)
{
	enum failure why = exchange_offer_in_2xx(l->call, far);

	if (!why)
		why = complete(l, now);
	if (why)
		give_up_for(l, why, now);
}

static void carry_over(struct leg *l, struct leg *far, instant_t now)
{
	struct call *c = l->call;
	struct span sdp;
	enum failure why = exchange_offer(c, far, &sdp);
	sotto_err err = why ? SOTTO_OK : leg_invite(far, sdp, now);

	explicit_bzero(c->edge->sdp, sizeof(c->edge->sdp));
	if (why)
		give_up_for(l, why, now);
	else if (err == SOTTO_ECLOSED) /* SPEC T12: he cannot be reached any more */
		call_fail(c, FAILURE_flow_gone, now);
	else if (err)
		give_up_for(l, FAILURE_internal_error, now);
}

static void begin(struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct call *c = l->call;
	struct leg *far = call_other(c, l);
	enum failure why = exchange_begin(c, l, message_sdp(msg));

	if (why) {
		give_up_for(l, why, now);
	} else if (c->exchange.is_offerless) {
		answer_offerless(l, far, now);
	} else if (!far) {
		complete_or_end(l, test_answer_again(c), now);
	} else {
		carry_over(l, far, now);
	}
}

void reinvite_on_request(struct leg *l, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct edge *e = l->call->edge;
	struct reply refusal, trying = { .status = 100 };
	struct txn_user user = leg_user(l);

	if (!is_free(l, &refusal)) {
		refuse_new(l, server, msg, from, &refusal, now);
		return;
	}
	if (kept_create(&l->server, e, server, msg, from)) {
		refusal = (struct reply){ .failure = FAILURE_internal_error };
		refuse_new(l, server, msg, from, &refusal, now);
		return;
	}
	txn_server_set_user(e->txns, server, &user);
	if (leg_respond(l, &trying, now))
		give_up_for(l, FAILURE_internal_error, now);
	else
		begin(l, msg, now);
}

/* ---- what the far leg says ---- */

static void on_success(struct leg *far, struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct call *c = far->call;
	enum failure why;

	far->accepted = far->client;
	far->accepted_cseq = far->client_cseq;
	far->client = 0;
	if (dialog_refresh_target(far->dialog, msg)) /* §12.2.1.2: before its ACK */
		log_info(c->edge->env.log, call, "contact_missing",
			LOG_STR("call", c->record.call_id), LOG_STR("leg", leg_name(far)));
	leg_ack(far, far->accepted_cseq);
	why = exchange_accept(c, far, message_sdp(msg));
	if (!why)
		why = exchange_answer(c, far, SPAN_NONE);
	complete_or_end(l, why, now);
}

/** §14.1, §12.2.1.2: 408 and 481 end the dialog; every other refusal leaves it as it was. */
static void on_refusal(struct leg *far, struct leg *l, const struct sip_msg *msg, instant_t now)
{
	struct reply r = { .status = msg->status, .reason = message_reason(msg) };

	far->client = 0;
	if (msg->status == 408 || msg->status == 481) {
		call_fail(far->call, FAILURE_far_timeout, now);
		return;
	}
	if (msg->status < 400 || msg->status == 401 || msg->status == 407 || msg->status == 420 ||
		msg->status == 415)
		r.status = 488; /* about a request that he has not made */
	give_up(l, &r, now);
}

void reinvite_on_response(struct leg *far, const struct txn_event *ev)
{
	struct leg *l = far->call->exchange.from;

	leg_log(far, "in", sip_reason_phrase(ev->msg->status), ev->msg->status);
	flow_on_response(far, ev->from);
	if (ev->msg->status < 200)
		return;
	if (l && ev->msg->status >= 300)
		on_refusal(far, l, ev->msg, ev->now);
	else if (l)
		on_success(far, l, ev->msg, ev->now);
	else if (ev->msg->status < 300) /* nobody asks any more: §13.2.2.4 all the same */
		leg_ack(far, far->client_cseq);
}

void reinvite_on_failure(struct leg *far, enum failure why, instant_t now)
{
	far->client = 0;
	call_fail(far->call, why, now);
}
