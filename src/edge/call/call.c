/** @file edge/call/call.c */
#include "edge/call/call.h"

#include <stdlib.h>

#include "edge/call/exchange.h"
#include "edge/call/leg.h"
#include "edge/call/media.h"
#include "edge/policy.h"
#include "edge/request.h"
#include "sip/param.h"

/* twice: a CANCEL may wait 64*T1 for a provisional answer, and its effect as long again */
#define LINGER (2 * 64 * TXN_T1)

static void copy_text(char *out, size_t cap, struct span s)
{
	if (s.n >= cap)
		s.n = cap - 1;
	if (s.n)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
}

/* ---- creation ---- */

static void begin_record(struct call *c, const struct sip_msg *invite)
{
	struct edge *e = c->edge;
	struct sip_ident id = sip_ident_call_id(e->env.worker, e->env.rng);

	copy_text(c->record.call_id, sizeof(c->record.call_id), span_of(id.text));
	copy_text(c->record.from, sizeof(c->record.from), invite->from.uri.user);
	copy_text(c->record.to, sizeof(c->record.to), invite->uri.user);
	c->record.started = e->env.wall(e->env.wall_ctx);
}

/**
 * The caller as the callee will see him, or nothing where it is too long to be a name, or no text:
 * an escaped character of a quoted name may be anything, NUL too.
 */
static void copy_party(struct call *c, const struct sip_msg *invite)
{
	struct span display = invite->from.display;

	if (span_cstr(invite->from.uri.user, c->from_user, sizeof(c->from_user)))
		c->from_user[0] = '\0';
	if (text_has_control(display) ||
		span_cstr(display, c->from_display, sizeof(c->from_display)))
		c->from_display[0] = '\0';
}

/** §8.2.2.2: what two copies of one request, come by two ways, have in common. */
static sotto_err set_merge_key(struct call *c, const struct sip_msg *invite)
{
	size_t n = invite->call_id.n + invite->from.tag.n + 16;
	char *text = malloc(n);
	struct buf b = buf_over(text, n);

	if (!text)
		return SOTTO_ENOMEM;
	buf_printf(&b, "%u ", invite->cseq.number);
	buf_put(&b, invite->from.tag);
	buf_putc(&b, ' ');
	buf_put(&b, invite->call_id);
	buf_putc(&b, '\0');
	TRY(buf_err(&b));
	c->merge_key = text;
	return map_add(&c->edge->invites, span_of(text), c);
}

/** Where a trunk that calls can be dialled: the host that it calls from, at the port set for it. */
static struct netaddr trunk_address(const struct connection *c, const struct sip_hop *from)
{
	struct netaddr to = from->remote;

	if (c->kind == CONNECTION_CREDENTIAL || c->address_count == 0)
		return (struct netaddr){ .family = IP_NONE };
	to.port = 0;
	for (size_t i = 0; i < c->address_count && to.port == 0; i++)
		if (netaddr_eq_ip(&c->addresses[i].address, &to))
			to.port = c->addresses[i].address.port;
	if (to.port == 0)
		to.port = sip_transport_port(from->transport);
	return to;
}

static sotto_err begin_caller(struct call *c, handle_t server, const struct sip_msg *invite,
	const struct sip_hop *from, const struct admission *who)
{
	struct edge *e = c->edge;
	struct dialog *d;
	struct leg *l;
	struct txn_user user;

	TRY(leg_create(&c->caller, c, LEG_CALLER));
	l = c->caller;
	l->hop = *from;
	l->connection = who->connection;
	l->is_sips = invite->uri.scheme == SIP_SCHEME_SIPS;
	policy_make(&l->media.policy, l->connection, POLICY_OUTBOUND, from);
	l->dialled = trunk_address(l->connection, from);
	TRY(dialog_create_uas(&d, invite, span_of(l->tag.text), from));
	TRY(leg_set_dialog(l, d));
	TRY(kept_create(&l->server, e, server, invite, from));
	user = leg_user(l);
	txn_server_set_user(e->txns, server, &user);
	l->state = LEG_INVITING;
	record_leg_signalling(l);
	return SOTTO_OK;
}

static sotto_err begin(struct call *c, handle_t server, const struct sip_msg *invite,
	const struct sip_hop *from, const struct admission *who, instant_t now)
{
	begin_record(c, invite);
	copy_party(c, invite);
	c->max_forwards = invite->has_max_forwards ? invite->max_forwards : 70;
	TRY(set_merge_key(c, invite));
	TRY(call_timer_start(c, now));
	return begin_caller(c, server, invite, from, who);
}

sotto_err call_create(struct call **out, struct edge *e, handle_t server,
	const struct sip_msg *invite, const struct sip_hop *from, const struct admission *who,
	instant_t now)
{
	struct call *c = calloc(1, sizeof(*c));
	sotto_err err;

	*out = NULL;
	if (!c)
		return SOTTO_ENOMEM;
	c->edge = e;
	c->directory = directory_retain(e->directory);
	list_add(&e->calls, &c->of_edge);
	e->call_count++;
	err = begin(c, server, invite, from, who, now);
	if (err) {
		call_destroy(c);
		return err;
	}
	log_info(e->env.log, call, "call_started", LOG_STR("call", c->record.call_id),
		LOG_STR("from", c->record.from), LOG_STR("to", c->record.to),
		LOG_STR("connection", who->connection->id),
		LOG_SPAN("transport", sip_transport_name(from->transport)),
		LOG_ADDR("peer", &from->remote), LOG_SPAN("sip_call_id", invite->call_id));
	*out = c;
	return SOTTO_OK;
}

void call_destroy(struct call *c)
{
	struct edge *e = c->edge;

	timer_stop(e->env.timers, &c->timer);
	/* a merged INVITE has the same key as the call that it is a copy of */
	if (c->merge_key && map_find(&e->invites, span_of(c->merge_key)) == c)
		map_remove(&e->invites, span_of(c->merge_key));
	free(c->merge_key);
	exchange_abandon(c);
	for (size_t i = 0; i < c->branch_count; i++)
		leg_destroy(c->branches[i]);
	leg_destroy(c->caller);
	directory_release(c->directory);
	list_remove(&c->of_edge);
	e->call_count--;
	free(c);
}

struct leg *call_other(const struct call *c, const struct leg *l)
{
	return l == c->caller ? c->callee : c->caller;
}

/* ---- the end ---- */

static void write_reason(struct buf *b, const struct call_release *why)
{
	if (why->reason.n)
		buf_put(b, why->reason);
	else
		reason_write(b, failure_info(why->failure)->q850_cause);
	if (b->overflow)
		b->n = 0;
}

/** §15.1.2: what is still pending in the dialog is answered before it goes. */
static void refuse_pending(struct leg *l, instant_t now)
{
	struct reply r = { .status = 487 };

	if (l->server)
		leg_refuse(l, &r, now);
}

static void release_up(struct leg *l, struct span reason, instant_t now)
{
	refuse_pending(l, now);
	if (!l->is_ack_due) {
		leg_bye(l, reason, now);
		return;
	}
	l->state = LEG_RELEASING;
	copy_text(l->reason, sizeof(l->reason), reason);
}

static void refuse_caller(struct leg *l, const struct call_release *why, instant_t now)
{
	struct reply r = { .status = why->status, .failure = why->failure, .reason = why->reason };

	l->call->record.sip_status = reply_status(&r);
	l->record.sip_status = reply_status(&r);
	leg_refuse(l, &r, now);
	leg_down(l, now);
}

static void release_leg(
	struct leg *l, const struct call_release *why, struct span reason, instant_t now)
{
	switch (l->state) {
	case LEG_NEW: leg_down(l, now); break;
	case LEG_INVITING:
		if (l->side == LEG_CALLER) {
			refuse_caller(l, why, now);
			break;
		}
		l->state = LEG_CANCELLED;
		leg_log(l, "out", SPAN("CANCEL"), 0);
		txn_client_cancel(l->call->edge->txns, l->client, reason, now);
		break;
	case LEG_UP: release_up(l, reason, now); break;
	case LEG_CANCELLED:
	case LEG_RELEASING:
	case LEG_DOWN: break;
	}
}

/** The cause in a Reason of the peer's ("Q.850;cause=17"), else the failure's; 16: normal. */
static unsigned release_cause(const struct call_release *why)
{
	struct span params = why->reason, protocol, text;
	uint64_t cause;

	if (span_take(&params, ';', &protocol) &&
		span_eq_nocase(span_trim(protocol), SPAN("Q.850"))) {
		params = (struct span){ protocol.p + protocol.n, why->reason.n - protocol.n };
		if (sip_param_find(params, SPAN("cause"), &text) && !span_u64(text, 127, &cause))
			return (unsigned)cause;
	}
	return why->failure ? failure_info(why->failure)->q850_cause : 16;
}

static void end_record(struct call *c, const struct call_release *why)
{
	c->record.ended = c->edge->env.wall(c->edge->env.wall_ctx);
	c->record.failure = why->failure;
	c->record.q850_cause = release_cause(why);
	copy_text(c->record.ended_by, sizeof(c->record.ended_by), span_of(why->by));
}

void call_end(struct call *c, const struct call_release *why, instant_t now)
{
	char text[REASON_MAX];
	struct buf reason = buf_over(text, sizeof(text));

	if (c->is_ended)
		return;
	c->is_ended = true;
	end_record(c, why);
	write_reason(&reason, why);
	for (unsigned i = 0; i < DEADLINE_COUNT; i++)
		call_set_deadline(c, (enum call_deadline)i, INSTANT_NEVER);
	call_set_deadline(c, DEADLINE_LINGER, instant_add(now, LINGER));
	exchange_abandon(c);
	for (size_t i = 0; i < c->branch_count; i++) {
		release_leg(c->branches[i], why, buf_span(&reason), now);
		leg_media_close(c->branches[i]);
	}
	release_leg(c->caller, why, buf_span(&reason), now);
	leg_media_close(c->caller);
	call_settle(c, now);
}

void call_fail(struct call *c, enum failure failure, instant_t now)
{
	struct call_release why = { .failure = failure, .by = "edge" };

	call_end(c, &why, now);
}

static bool is_settled(const struct leg *l)
{
	return l->state == LEG_DOWN && !l->media.handle;
}

void call_settle(struct call *c, instant_t now)
{
	if (!c->is_ended || !is_settled(c->caller))
		return;
	for (size_t i = 0; i < c->branch_count; i++)
		if (!is_settled(c->branches[i]))
			return;
	call_set_deadline(c, DEADLINE_REAP, now);
}
