/** @file edge/call/invite.c  A new INVITE: whose it is, whether it may, and where it goes. */
#include "edge/call/exchange.h"
#include "edge/call/media.h"
#include "edge/call/step.h"
#include "edge/request.h"

#define RETRY_AFTER_S 5

static bool has_room(struct edge *e, struct reply *refusal)
{
	if (e->is_stopping)
		*refusal = (struct reply){ .failure = FAILURE_edge_stopping,
			.retry_after_s = RETRY_AFTER_S };
	else if (e->call_count >= e->settings.calls_max)
		*refusal = (struct reply){ .failure = FAILURE_edge_busy,
			.retry_after_s = RETRY_AFTER_S };
	else
		return true;
	return false;
}

static struct reply refusal_of(sotto_err err)
{
	if (err == SOTTO_EEXIST) /* §8.2.2.2 */
		return (struct reply){ .failure = FAILURE_loop_detected };
	if (err == SOTTO_ELIMIT)
		return (struct reply){ .failure = FAILURE_edge_busy,
			.retry_after_s = RETRY_AFTER_S };
	if (err == SOTTO_ETOOBIG || err == SOTTO_EMISSING || err == SOTTO_ESYNTAX)
		return (struct reply){ .failure = FAILURE_message_malformed };
	return (struct reply){ .failure = FAILURE_internal_error };
}

static enum failure open_caller(struct call *c)
{
	bool is_sdes = !c->exchange.is_offerless &&
		       c->exchange.judged.stream[c->stream].security == MEDIA_SDES;

	return leg_media_open(c->caller, is_sdes);
}

/** SPEC §2.3: the offer is judged before any far leg is dialled. */
static enum failure start(struct call *c, const struct sip_msg *msg, instant_t now)
{
	enum failure why = leg_count(c->caller);

	if (!why)
		why = exchange_begin(c, c->caller, message_sdp(msg));
	if (!why && c->caller->is_sips && !sip_transport_is_secure(c->caller->hop.transport))
		why = FAILURE_sips_needs_tls; /* SPEC T11: his own leg too */
	if (!why)
		why = route_find(c->edge, c->directory, &msg->uri, &c->route);
	if (!why && !c->route.is_test && c->max_forwards == 0) /* §16.3: not ours to relay */
		why = FAILURE_too_many_hops;
	if (!why)
		why = open_caller(c);
	if (why)
		return why;
	return c->route.is_test ? test_answer(c, now) : branch_start(c, now);
}

static void begin(struct call *c, const struct sip_msg *msg, instant_t now)
{
	struct reply trying = { .status = 100 };
	enum failure why;

	leg_log(c->caller, "in", msg->method_name, 0);
	if (leg_respond(c->caller, &trying, now)) {
		call_fail(c, FAILURE_internal_error, now);
		return;
	}
	why = start(c, msg, now);
	if (why)
		call_fail(c, why, now);
}

void call_on_invite(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct admission who;
	struct reply refusal;
	struct call *c;
	sotto_err err;

	if (!admit_request(e, msg, from, ADMIT_ANY, now, &who, &refusal) ||
		!has_room(e, &refusal)) {
		reply_to_stranger(e, server, msg, from, &refusal, now); /* no room: nor here */
		return;
	}
	err = call_create(&c, e, server, msg, from, &who, now);
	if (err) {
		refusal = refusal_of(err);
		reply_or_log(e, server, msg, from, &refusal, now);
		return;
	}
	begin(c, msg, now);
}
