/** @file edge/call/outgoing.c  A branch: our INVITE to the callee. */
#include "edge/call/exchange.h"
#include "edge/call/media.h"
#include "edge/call/step.h"
#include "edge/policy.h"
#include "edge/wire.h"

#define PARTY_MAX (2 * CALL_PARTY_MAX + NETADDR_TEXT_MAX + ROUTE_URI_MAX)

/** Only the host: parties are names, not ways (topology hiding). */
static sotto_err put_our_host(struct leg *l, struct buf *b)
{
	struct edge *e = l->call->edge;
	const struct transport_listener *listener =
		e->env.transport.listener(e->env.transport.ctx, &l->hop);

	if (!listener)
		return SOTTO_ENOENT;
	netaddr_write_host(b, &listener->advertise);
	return SOTTO_OK;
}

/** The caller's name and number under our own host. */
static sotto_err write_from(struct leg *l, struct buf *b)
{
	const struct call *c = l->call;

	/* §25.1: in quotes; what is taken without them need not be words of the grammar */
	if (c->from_display[0])
		buf_printf(b, c->from_display[0] == '"' ? "%s " : "\"%s\" ", c->from_display);
	buf_put(b, l->is_sips ? SPAN("<sips:") : SPAN("<sip:"));
	buf_put(b, c->from_user[0] ? span_of(c->from_user) : SPAN("anonymous"));
	buf_putc(b, '@');
	TRY(put_our_host(l, b));
	buf_putc(b, '>');
	return buf_err(b);
}

/** The number that was called, at its connection's host, or at ours for a registered phone. */
static sotto_err write_to(struct leg *l, struct buf *b)
{
	const struct route *r = &l->call->route;
	struct sip_uri target;

	TRY(sip_uri_parse(&target, span_of(r->target)));
	buf_put(b, l->is_sips ? SPAN("<sips:") : SPAN("<sip:"));
	sip_write_user(b, span_of(r->user));
	buf_putc(b, '@');
	if (l->connection->kind == CONNECTION_CREDENTIAL)
		TRY(put_our_host(l, b));
	else
		buf_put(b, target.host);
	buf_putc(b, '>');
	return buf_err(b);
}

static sotto_err make_dialog(struct leg *l)
{
	struct edge *e = l->call->edge;
	struct sip_ident id = sip_ident_call_id(e->env.worker, e->env.rng);
	char from_text[PARTY_MAX], to_text[PARTY_MAX];
	struct buf from = buf_over(from_text, sizeof(from_text));
	struct buf to = buf_over(to_text, sizeof(to_text));
	struct dialog *d;

	TRY(write_from(l, &from));
	TRY(write_to(l, &to));
	TRY(dialog_create_uac(&d, span_of(id.text), buf_span(&from), span_of(l->tag.text),
		buf_span(&to), span_of(l->call->route.target)));
	return leg_set_dialog(l, d);
}

static enum failure send_invite(struct leg *l, struct span sdp, instant_t now)
{
	sotto_err err;

	dialog_set_max_forwards(l->dialog, l->call->max_forwards - 1); /* RFC 7332 §5: loops end */
	err = leg_invite(l, sdp, now);
	dialog_set_max_forwards(l->dialog, 70);
	if (err == SOTTO_ECLOSED)
		return FAILURE_flow_gone;
	if (err == SOTTO_ENOENT)
		return FAILURE_route_unreachable;
	return err ? FAILURE_internal_error : FAILURE_none;
}

static enum failure dial(struct leg *l, instant_t now)
{
	struct call *c = l->call;
	struct span sdp;
	enum failure why;

	policy_make(&l->media.policy, l->connection, POLICY_INBOUND, &l->hop);
	why = leg_media_open(l, false);
	if (why)
		return why;
	if (make_dialog(l))
		return FAILURE_internal_error;
	why = exchange_offer(c, l, &sdp);
	if (!why)
		why = send_invite(l, sdp, now);
	explicit_bzero(c->edge->sdp, sizeof(c->edge->sdp));
	if (!why)
		l->state = LEG_INVITING;
	record_leg_signalling(l);
	return why;
}

static void set_deadlines(struct call *c, instant_t now)
{
	const struct connection *to = c->route.connection;
	const struct edge_settings *s = &c->edge->settings;
	uint32_t progress = to->timeout_1xx_secs ? to->timeout_1xx_secs : s->timeout_1xx_s;
	uint32_t answer = to->timeout_2xx_secs ? to->timeout_2xx_secs : s->timeout_2xx_s;

	if (progress)
		call_set_deadline(c, DEADLINE_PROGRESS, instant_add(now, SECONDS(progress)));
	if (answer)
		call_set_deadline(c, DEADLINE_ANSWER, instant_add(now, SECONDS(answer)));
}

static enum failure resolve(struct leg *l)
{
	const struct transport_port *t = &l->call->edge->env.transport;
	const struct connection *to = l->connection;
	uint16_t port = to->port ? to->port : sip_transport_port(to->transport);

	return t->resolve(t->ctx, span_of(to->host), port, l->self) ? FAILURE_route_unreachable
								    : FAILURE_none;
}

enum failure branch_start(struct call *c, instant_t now)
{
	struct leg *l;
	enum failure why;

	if (c->branch_count == CALL_BRANCHES_MAX || leg_create(&l, c, LEG_CALLEE))
		return FAILURE_internal_error;
	c->branches[c->branch_count++] = l;
	l->connection = c->route.connection;
	l->hop = c->route.hop;
	l->dialled = c->route.hop.remote;
	l->is_sips = c->caller->is_sips;
	why = leg_count(l);
	if (why)
		return why;
	set_deadlines(c, now);
	return c->route.must_resolve ? resolve(l) : dial(l, now);
}

/** The first address that a listener of ours can reach: there may be no IPv6, or no TLS. */
static bool take_address(struct leg *l, const struct netaddr *addresses, size_t n)
{
	const struct transport_port *t = &l->call->edge->env.transport;

	for (size_t i = 0; i < n; i++) {
		l->hop.remote = l->dialled = addresses[i];
		if (netaddr_is_unicast(&addresses[i]) && t->listener(t->ctx, &l->hop))
			return true;
	}
	return false;
}

void call_on_resolved(
	struct edge *e, handle_t leg, const struct netaddr *addresses, size_t n, instant_t now)
{
	struct leg *l = handle_find(&e->legs, leg);
	enum failure why;

	if (!l || l->state != LEG_NEW || l->call->is_ended)
		return;
	why = take_address(l, addresses, n) ? dial(l, now) : FAILURE_route_unreachable;
	if (why)
		answer_on_failure(l, why, now);
}
