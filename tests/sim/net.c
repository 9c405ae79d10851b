/** @file sim/net.c */
#include "sim/net.h"

#include <stdlib.h>

#include "sim/world.h"

/** A SIP message under way. */
struct net_message {
	struct errand errand;
	struct phone *phone;
	bool is_to_edge;
	struct sip_hop hop;
	char *bytes;
	size_t n;
};

struct net_gone {
	struct errand errand;
	handle_t flow;
};

struct net_lookup {
	struct errand errand;
	char host[128];
	uint16_t port;
	uint64_t cookie;
};

void net_init(struct net *n, struct world *w)
{
	*n = (struct net){ .world = w };
	handle_table_init(&n->handles, 1024);
}

void net_deinit(struct net *n)
{
	for (struct net_flow *f = n->flows, *next; f; f = next) {
		next = f->next;
		free(f);
	}
	handle_table_deinit(&n->handles);
}

void net_label(struct span message, char out[32])
{
	struct span line = message, word;

	memset(out, 0, 32);
	if (span_strip(&line, SPAN("SIP/2.0 ")))
		word = (struct span){ line.p, line.n < 3 ? line.n : 3 };
	else if (!span_word(&line, &word))
		return;
	memcpy(out, word.p, word.n < 31 ? word.n : 31);
}

int net_listener(const struct net *n, enum sip_transport transport, enum ip_family family)
{
	for (size_t i = 0; i < n->listener_count; i++)
		if (n->listeners[i].transport == transport && n->listeners[i].bind.family == family)
			return (int)i;
	return -1;
}

int net_listener_at(
	const struct net *n, enum sip_transport transport, const struct netaddr *address)
{
	for (size_t i = 0; i < n->listener_count; i++)
		if (n->listeners[i].transport == transport &&
			netaddr_eq(&n->listeners[i].advertise, address))
			return (int)i;
	return -1;
}

/** The same port of the address `to` that stands beside `from` in a listener. */
static struct netaddr net_translate(const struct net *n, const struct netaddr *a, bool is_outward)
{
	struct netaddr out = *a;

	for (size_t i = 0; i < n->listener_count; i++) {
		const struct transport_listener *l = &n->listeners[i];
		const struct netaddr *from = is_outward ? &l->media_bind : &l->media_advertise;
		if (!netaddr_eq_ip(from, a))
			continue;
		out = is_outward ? l->media_advertise : l->media_bind;
		out.port = a->port;
		break;
	}
	return out;
}

struct netaddr net_outside(const struct net *n, const struct netaddr *inside)
{
	return net_translate(n, inside, true);
}

struct netaddr net_inside(const struct net *n, const struct netaddr *outside)
{
	return net_translate(n, outside, false);
}

/* -- time and chance ---------------------------------------------------------------------- */

static bool net_chance(struct world *w, unsigned percent)
{
	return percent && rng_u32(&w->net_rng.rng) % 100 < percent;
}

static instant_t net_delayed(struct world *w, struct net_conditions *c)
{
	uint64_t spread = c->delay_max_us - c->delay_min_us;
	instant_t at =
		w->now + c->delay_min_us + (spread ? rng_u32(&w->net_rng.rng) % (spread + 1) : 0);

	if (!c->reorder && at < c->latest)
		at = c->latest;
	if (at > c->latest)
		c->latest = at;
	return at;
}

unsigned net_transit(struct world *w, struct net_conditions *c, instant_t at[2])
{
	if (net_chance(w, c->loss))
		return 0;
	at[0] = net_delayed(w, c);
	if (!net_chance(w, c->duplicate))
		return 1;
	at[1] = net_delayed(w, c);
	return 2;
}

static bool net_dropped(struct net *n, const struct phone *p, bool is_from_phone, const char *label)
{
	for (size_t i = 0; i < n->drop_count; i++) {
		struct net_drop *d = &n->drops[i];
		if (d->left && d->phone == p && d->is_from_phone == is_from_phone &&
			strcmp(d->label, label) == 0) {
			d->left--;
			return true;
		}
	}
	return false;
}

const struct net_drop *net_unused_drop(const struct net *n)
{
	for (size_t i = 0; i < n->drop_count; i++)
		if (n->drops[i].left)
			return &n->drops[i];
	return NULL;
}

/* -- messages under way ------------------------------------------------------------------- */

static struct net_flow *flow_find(const struct net *n, handle_t flow)
{
	struct net_flow *f = flow ? handle_find(&n->handles, flow) : NULL;

	return f && f->is_open ? f : NULL;
}

static void message_drop(struct errand *e)
{
	free(container_of(e, struct net_message, errand)->bytes);
}

static void message_run(struct errand *e)
{
	struct net_message *m = container_of(e, struct net_message, errand);
	struct world *w = e->world;

	if (m->hop.flow && (!flow_find(&w->net, m->hop.flow) ||
				   (!m->is_to_edge && m->phone->flow != m->hop.flow)))
		return; /* the connection broke while it was under way */
	if (m->is_to_edge) {
		struct transport_events ev = edge_transport_events(w->edge);
		ev.on_message(ev.ctx, m->bytes, m->n, &m->hop, w->now);
	} else if (!m->phone->is_unreachable) {
		phone_on_message(m->phone, (struct span){ m->bytes, m->n }, m->hop.listener);
	}
}

static void message_post(struct world *w, struct phone *p, bool is_to_edge,
	const struct sip_hop *hop, struct span bytes, instant_t at)
{
	struct net_message *m = must_alloc(sizeof(*m));

	m->errand.run = message_run;
	m->errand.drop = message_drop;
	m->phone = p;
	m->is_to_edge = is_to_edge;
	m->hop = *hop;
	m->bytes = must_alloc(bytes.n + 1);
	memcpy(m->bytes, bytes.p, bytes.n);
	m->n = bytes.n;
	world_later(w, &m->errand, at);
}

/** Lets chance and the scenario decide, shows it on the ladder, and posts it. */
static void message_send(struct world *w, struct phone *p, bool is_to_edge,
	const struct sip_hop *hop, struct span bytes)
{
	struct net_conditions *c = is_to_edge ? &p->from : &p->to;
	const bool is_stream = sip_transport_is_reliable(hop->transport);
	instant_t at[2] = { 0 };
	unsigned copies = 0;
	char label[32];

	net_label(bytes, label);
	if (!net_dropped(&w->net, p, is_to_edge, label) &&
		(is_to_edge || !p->is_unreachable || is_stream)) {
		copies = is_stream ? 1 : net_transit(w, c, at);
		if (is_stream) {
			const bool reorder = c->reorder;
			c->reorder = false;
			at[0] = net_delayed(w, c);
			c->reorder = reorder;
		}
	}
	ladder_message(&w->ladder, world_elapsed(w), is_to_edge ? LADDER_TO_EDGE : LADDER_FROM_EDGE,
		p->index, label,
		copies == 0   ? "lost"
		: copies == 2 ? "twice"
			      : "",
		bytes);
	for (unsigned i = 0; i < copies; i++)
		message_post(w, p, is_to_edge, hop, bytes, at[i]);
}

/* -- connections -------------------------------------------------------------------------- */

static struct net_flow *flow_add(struct net *n, enum sip_transport transport, struct phone *p,
	const struct netaddr *remote, uint16_t listener)
{
	struct net_flow *f = must_alloc(sizeof(*f));

	*f = (struct net_flow){ .next = n->flows,
		.transport = transport,
		.phone = p,
		.remote = *remote,
		.listener = listener,
		.is_open = true };
	if (handle_add(&n->handles, f, &f->handle))
		abort();
	n->flows = f;
	return f;
}

static void gone_run(struct errand *e)
{
	struct net_gone *g = container_of(e, struct net_gone, errand);
	struct transport_events ev = edge_transport_events(e->world->edge);
	struct net_flow *f = flow_find(&e->world->net, g->flow);

	if (f)
		f->is_open = false;
	ev.on_flow_gone(ev.ctx, g->flow, e->world->now);
}

/** The edge hears of it behind what was sent before; the phone hears nothing any more. */
static void flow_close(struct net *n, struct net_flow *f, instant_t at)
{
	struct net_gone *g = must_alloc(sizeof(*g));

	if (f->phone && f->phone->flow == f->handle)
		f->phone->flow = 0;
	f->phone = NULL;
	g->errand.run = gone_run;
	g->flow = f->handle;
	world_later(n->world, &g->errand, at);
}

void net_disconnect(struct net *n, struct phone *p)
{
	struct net_flow *f = flow_find(n, p->flow);

	world_note(n->world, "%s disconnects", p->name);
	if (f)
		flow_close(n, f, n->world->now);
}

void net_from_phone(struct net *n, struct phone *p, size_t listener, struct span message)
{
	const struct transport_listener *l = &n->listeners[listener];
	struct sip_hop hop = { .transport = p->transport,
		.remote = p->seen,
		.local = l->bind,
		.listener = (uint16_t)listener };
	struct net_flow *f = flow_find(n, p->flow);

	if (sip_transport_is_reliable(p->transport)) {
		if (!f) {
			struct netaddr from = p->seen;
			from.port = (uint16_t)(from.port + p->dialled++);
			f = flow_add(n, p->transport, p, &from, (uint16_t)listener);
			p->flow = f->handle;
		}
		hop.remote = f->remote;
		hop.flow = f->handle;
		hop.listener = f->listener;
		hop.local = n->listeners[f->listener].bind;
	}
	message_send(n->world, p, true, &hop, message);
}

/* -- the edge's port ---------------------------------------------------------------------- */

static struct phone *net_phone_at(
	struct world *w, enum sip_transport transport, const struct netaddr *address)
{
	for (unsigned i = 0; i < w->phone_count; i++)
		if (w->phones[i]->transport == transport &&
			netaddr_eq(&w->phones[i]->seen, address))
			return w->phones[i];
	return NULL;
}

static struct net_flow *flow_to(struct net *n, const struct sip_hop *hop)
{
	for (struct net_flow *f = n->flows; f; f = f->next)
		if (f->is_open && f->transport == hop->transport &&
			netaddr_eq(&f->remote, &hop->remote))
			return f;
	return NULL;
}

static const struct transport_listener *port_listener(void *ctx, struct sip_hop *hop)
{
	struct net *n = ctx;
	struct net_flow *f = flow_find(n, hop->flow);
	int i;

	if (f) {
		hop->listener = f->listener;
		return &n->listeners[f->listener];
	}
	if (hop->local.family != IP_NONE)
		for (size_t at = 0; at < n->listener_count; at++)
			if (n->listeners[at].transport == hop->transport &&
				netaddr_eq_ip(&n->listeners[at].bind, &hop->local)) {
				hop->listener = (uint16_t)at;
				return &n->listeners[at];
			}
	i = net_listener(n, hop->transport, hop->remote.family);
	if (i < 0)
		return NULL;
	hop->listener = (uint16_t)i;
	return &n->listeners[i];
}

/** A new connection from the edge: refused if nobody listens, or the certificate has another name.
 */
static struct net_flow *flow_dial(struct net *n, struct sip_hop *hop)
{
	struct phone *p = net_phone_at(n->world, hop->transport, &hop->remote);
	struct net_flow *f;

	if (!port_listener(n, hop))
		return NULL;
	if (p && (p->is_unreachable || (hop->transport == SIP_TRANSPORT_TLS && p->tls_name[0] &&
					       strcmp(p->tls_name, hop->tls_name) != 0)))
		p = NULL;
	f = flow_add(n, hop->transport, p, &hop->remote, hop->listener);
	if (p) {
		p->flow = f->handle;
		world_note(n->world, "the edge connects to %s", p->name);
	} else {
		world_note(n->world, "the edge's connection is refused");
		flow_close(n, f, n->world->now);
	}
	return f;
}

static sotto_err port_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct net *n = ctx;
	struct phone *p = NULL;
	struct net_flow *f;

	if (!sip_transport_is_reliable(hop->transport)) {
		p = net_phone_at(n->world, hop->transport, &hop->remote);
		if (!p) {
			char to[NETADDR_TEXT_MAX], label[32];
			net_label(message, label);
			world_note(n->world, "%s to %s: nobody is there", label,
				netaddr_text(&hop->remote, to));
			return SOTTO_OK; /* as UDP is */
		}
		message_send(n->world, p, false, hop, message);
		return SOTTO_OK;
	}
	f = hop->flow ? flow_find(n, hop->flow) : flow_to(n, hop);
	if (!f && hop->flow)
		return SOTTO_ECLOSED;
	if (!f && !(f = flow_dial(n, hop)))
		return SOTTO_EIO;
	hop->flow = f->handle;
	hop->listener = f->listener;
	if (f->phone)
		message_send(n->world, f->phone, false, hop, message);
	return SOTTO_OK;
}

static bool port_security(void *ctx, handle_t flow, struct transport_security *out)
{
	struct net_flow *f = flow_find(ctx, flow);

	*out = (struct transport_security){ 0 };
	if (!f)
		return false;
	if (sip_transport_is_secure(f->transport)) {
		struct buf cipher = buf_over(out->tls_cipher, sizeof(out->tls_cipher) - 1);
		struct buf version = buf_over(out->tls_version, sizeof(out->tls_version) - 1);
		buf_lit(&version, "TLSv1.3");
		buf_lit(&cipher, "TLS_AES_256_GCM_SHA384");
	}
	return true;
}

static void lookup_run(struct errand *e)
{
	struct net_lookup *l = container_of(e, struct net_lookup, errand);
	struct transport_events ev = edge_transport_events(e->world->edge);
	struct netaddr found[TRANSPORT_ADDRESSES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < e->world->net.name_count && !count; i++) {
		const struct net_name *name = &e->world->net.names[i];
		if (!span_eq_nocase(span_of(name->host), span_of(l->host)))
			continue;
		for (; count < name->count; count++) {
			found[count] = name->addresses[count];
			found[count].port = l->port;
		}
	}
	world_note(e->world, "%s resolves to %zu addresses", l->host, count);
	ev.on_resolved(ev.ctx, l->cookie, found, count, e->world->now);
}

static sotto_err port_resolve(void *ctx, struct span host, uint16_t port, uint64_t cookie)
{
	struct net *n = ctx;
	struct net_lookup *l = must_alloc(sizeof(*l));

	if (span_cstr(host, l->host, sizeof(l->host))) {
		free(l);
		return SOTTO_ETOOBIG;
	}
	l->errand.run = lookup_run;
	l->port = port;
	l->cookie = cookie;
	world_later(n->world, &l->errand, n->world->now);
	return SOTTO_OK;
}

struct transport_port net_transport(struct net *n)
{
	return (struct transport_port){ n, port_send, port_listener, port_security, port_resolve };
}
