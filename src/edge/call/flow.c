/** @file edge/call/flow.c */
#include "edge/call/flow.h"

#include "edge/wire.h"

/** A phone that registered or called cannot be dialled back (SPEC T9); a trunk can. */
static bool can_be_dialled(const struct leg *l)
{
	return l->connection && l->connection->kind != CONNECTION_CREDENTIAL;
}

/**
 * The route set over UDP. A Contact that is private where the peer is not stands behind a NAT: its
 * source address is better (SPEC T12). Names would need a look-up in mid-dialog: the address that
 * worked so far is as good.
 */
static void refresh_udp(struct leg *l)
{
	struct sip_uri uri;
	struct netaddr to;

	if (!can_be_dialled(l) || !dialog_is_confirmed(l->dialog) ||
		sip_uri_parse(&uri, dialog_next_hop_uri(l->dialog)) || !sip_uri_address(&uri, &to))
		return;
	if (to.family != l->hop.remote.family || !netaddr_is_unicast(&to) ||
		(netaddr_is_private(&to) && !netaddr_is_private(&l->hop.remote)))
		return;
	l->hop.remote = to;
	if (to.port == 0)
		l->hop.remote.port = sip_transport_port(SIP_TRANSPORT_UDP);
}

sotto_err flow_refresh(struct leg *l)
{
	if (l->hop.transport == SIP_TRANSPORT_UDP) {
		refresh_udp(l);
		return SOTTO_OK;
	}
	if (wire_is_alive(l->call->edge, &l->hop))
		return SOTTO_OK;
	if (!can_be_dialled(l) || l->dialled.family == IP_NONE)
		return SOTTO_ECLOSED;
	l->hop.flow = 0; /* SPEC T12: over the same class of transport */
	l->hop.remote = l->dialled;
	return SOTTO_OK;
}

static bool is_same_way(const struct leg *l, const struct sip_hop *from)
{
	if (from->transport != l->hop.transport)
		return false;
	if (from->flow && from->flow == l->hop.flow)
		return true;
	return netaddr_eq_ip(&from->remote, &l->hop.remote);
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

bool flow_on_request(
	struct leg *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	const struct call *c = l->call;

	/* a call that began over TLS does not go on in the clear, whoever asks */
	if (sip_transport_is_secure(l->hop.transport) && !sip_transport_is_secure(from->transport))
		return false;
	if (!is_same_way(l, from) &&
		!admit_is_of(c->edge, c->directory, l->connection, msg, from, now))
		return false;
	follow(l, from);
	return true;
}
