/** @file edge/call/flow.c */
#include "edge/call/flow.h"

#include "edge/wire.h"

/** A phone that registered or called cannot be dialled back (SPEC T9); a trunk can. */
static bool can_be_dialled(const struct leg *l)
{
	return l->connection && l->connection->kind != CONNECTION_CREDENTIAL;
}

/**
 * The route set's address (§12.2.1.1). False for a name, whose look-up in mid-dialog is not worth
 * it: the address that worked so far is as good; and for a private one where the peer's is not,
 * which stands behind a NAT (SPEC T12).
 */
static bool route_address(const struct leg *l, struct netaddr *out)
{
	struct sip_uri uri;

	if (!can_be_dialled(l) || !dialog_is_confirmed(l->dialog) ||
		sip_uri_parse(&uri, dialog_next_hop_uri(l->dialog)) || !sip_uri_address(&uri, out))
		return false;
	if (out->port == 0)
		out->port = sip_transport_port(l->hop.transport);
	return out->family == l->hop.remote.family && netaddr_is_unicast(out) &&
	       (!netaddr_is_private(out) || netaddr_is_private(&l->hop.remote));
}

/** SPEC T12: over the same class of transport, to the same name. */
static sotto_err dial_again(struct leg *l)
{
	const struct connection *c = l->connection;
	struct netaddr to;

	if (!route_address(l, &to))
		to = l->dialled;
	if (!can_be_dialled(l) || to.family == IP_NONE)
		return SOTTO_ECLOSED; /* SPEC T9: a phone is not dialled back */
	l->hop.flow = 0;
	l->hop.remote = to;
	if (l->hop.transport == SIP_TRANSPORT_TLS && !l->hop.tls_name[0])
		return span_cstr(span_of(c->tls_name[0] ? c->tls_name : c->host), l->hop.tls_name,
			sizeof(l->hop.tls_name));
	return SOTTO_OK;
}

sotto_err flow_refresh(struct leg *l)
{
	struct netaddr to;

	if (!wire_is_alive(l->call->edge, &l->hop))
		return dial_again(l);
	if (l->hop.transport == SIP_TRANSPORT_UDP && route_address(l, &to))
		l->hop.remote = to;
	return SOTTO_OK;
}

static bool is_same_way(const struct leg *l, const struct sip_hop *from)
{
	if (from->transport != l->hop.transport)
		return false;
	if (from->flow && from->flow == l->hop.flow)
		return true;
	return netaddr_eq_ip(&from->remote, &l->hop.remote) ||
	       netaddr_eq_ip(&from->remote, &l->dialled);
}

static void follow(struct leg *l, const struct sip_hop *from)
{
	struct sip_hop old = l->hop;

	l->hop = *from;
	memcpy(l->hop.tls_name, old.tls_name, sizeof(old.tls_name));
}

void flow_on_response(struct leg *l, const struct sip_hop *from)
{
	/* over UDP the answer's source may be a port that only sends */
	if (l->hop.transport != SIP_TRANSPORT_UDP && from->transport == l->hop.transport)
		follow(l, from);
}

bool flow_may_carry(const struct leg *l, const struct sip_hop *from)
{
	return !sip_transport_is_secure(l->hop.transport) ||
	       sip_transport_is_secure(from->transport);
}

bool flow_on_request(
	struct leg *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	const struct call *c = l->call;

	if (!flow_may_carry(l, from))
		return false;
	if (!is_same_way(l, from) &&
		!admit_is_of(c->edge, c->directory, l->connection, msg, from, now))
		return false;
	follow(l, from);
	return true;
}
