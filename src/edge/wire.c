/** @file edge/wire.c */
#include "edge/wire.h"

sotto_err wire_host(struct edge *e, struct sip_hop *hop, struct buf *out)
{
	const struct transport_listener *l = e->env.transport.listener(e->env.transport.ctx, hop);

	if (!l)
		return SOTTO_ENOENT;
	netaddr_write(out, &l->advertise);
	return buf_err(out);
}

sotto_err wire_via(
	struct edge *e, struct sip_hop *hop, const struct sip_ident *branch, struct buf *out)
{
	buf_lit(out, "SIP/2.0/");
	buf_put(out, sip_transport_name(hop->transport));
	buf_putc(out, ' ');
	TRY(wire_host(e, hop, out));
	buf_printf(out, ";branch=%s;rport", branch->text);
	return buf_err(out);
}

static const char *transport_param(enum sip_transport t)
{
	switch (t) {
	case SIP_TRANSPORT_UDP: return "";
	case SIP_TRANSPORT_TCP: return ";transport=tcp";
	case SIP_TRANSPORT_TLS: return ";transport=tls";
	case SIP_TRANSPORT_WSS: return ";transport=ws";
	}
	return "";
}

sotto_err wire_contact(
	struct edge *e, struct sip_hop *hop, struct span token, bool is_sips, struct buf *out)
{
	buf_put(out, is_sips ? SPAN("<sips:") : SPAN("<sip:"));
	buf_put(out, token);
	buf_putc(out, '@');
	TRY(wire_host(e, hop, out));
	if (!is_sips)
		buf_put(out, span_of(transport_param(hop->transport)));
	buf_putc(out, '>');
	return buf_err(out);
}

sotto_err wire_send(struct edge *e, struct sip_hop *hop, struct span message)
{
	return e->env.transport.send(e->env.transport.ctx, hop, message);
}

bool wire_is_alive(const struct edge *e, const struct sip_hop *hop)
{
	struct transport_security unused;

	return hop->flow == 0 ||
	       e->env.transport.security(e->env.transport.ctx, hop->flow, &unused);
}
