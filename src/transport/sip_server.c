/** @file transport/sip_server.c  Listeners and the table of flows. */
#include "transport/sip_server.h"

#include <errno.h>
#include <stdlib.h>

#include "base/map.h"
#include "io/resolver.h"
#include "io/tcp.h"
#include "io/udp.h"
#include "transport/flow.h"
#include "transport/keepalive.h"

struct listener {
	struct sip_server *server;
	uint16_t index;
	struct udp_socket *udp;
	struct tcp_listener *tcp; /* NULL: outgoing only */
	struct tls_context *tls;
};

struct sip_server {
	struct loop *loop;
	struct loop_task task; /* burial */
	const struct log *log;
	struct transport_events events;
	struct listener listeners[TRANSPORT_LISTENERS_MAX];
	struct transport_listener views[TRANSPORT_LISTENERS_MAX]; /* as the edge sees them */
	size_t listener_count;
	struct tls_context *tls_client;
	struct flow_owner flow_owner;
	struct handle_table flows;
	uint32_t source_flows_max;
	struct map by_remote; /* flow_key to flow, for new requests */
	struct resolver *resolver;
};

/* Flows */

static void forget_flow(struct sip_server *s, struct flow *f)
{
	struct span key = { f->key, f->key_len };

	handle_remove(&s->flows, f->handle);
	if (f->key_len && map_find(&s->by_remote, key) == f)
		map_remove(&s->by_remote, key);
}

static void on_flow_over(void *ctx, struct flow *f)
{
	struct sip_server *s = ctx;
	handle_t handle = f->handle;

	forget_flow(s, f);
	flow_close(f);
	s->events.on_flow_gone(s->events.ctx, handle, clock_now());
}

static void on_flow_message(void *ctx, struct flow *f, char *bytes, size_t n)
{
	struct sip_server *s = ctx;
	struct sip_hop hop = { .transport = f->transport,
		.remote = f->remote,
		.local = f->local,
		.listener = f->listener,
		.flow = f->handle };

	s->events.on_message(s->events.ctx, bytes, n, &hop, clock_now());
}

/** Enters `f` under its handle and, if it may be found, under its remote address. */
static sotto_err enter_flow(struct sip_server *s, struct flow *f, const struct sip_hop *key)
{
	TRY(handle_add(&s->flows, f, &f->handle));
	if (!key)
		return SOTTO_OK;
	f->key_len = flow_key(f->key, key);
	if (map_add(&s->by_remote, (struct span){ f->key, f->key_len }, f))
		f->key_len = 0; /* an older one has the name, or no memory: works all the same */
	return SOTTO_OK;
}

struct source_count {
	const struct netaddr *source;
	uint32_t flows;
};

static void count_source(void *object, void *ctx)
{
	const struct flow *f = object;
	struct source_count *c = ctx;

	/* whoever has one IPv6 address has its whole /64 */
	if (!f->is_ours && netaddr_in(&f->remote, c->source, f->remote.family == IP_V4 ? 32 : 64))
		c->flows++;
}

/** NULL: it is welcome. */
static const char *why_not_welcome(struct sip_server *s, const struct netaddr *remote)
{
	struct source_count c = { .source = remote };

	if (s->flows.count >= s->flows.max)
		return "the limit of connections is reached";
	handle_each(&s->flows, count_source, &c);
	return c.flows < s->source_flows_max ? NULL : "the limit of its address is reached";
}

static void on_accept(void *ctx, struct tcp_conn *conn)
{
	struct listener *l = ctx;
	struct sip_server *s = l->server;
	struct sip_hop key = { .transport = SIP_TRANSPORT_TCP, .remote = *tcp_remote(conn) };
	const char *why = why_not_welcome(s, &key.remote);
	struct flow *f;

	if (why) {
		log_warn(s->log, transport, "connection_refused", LOG_ADDR("remote", &key.remote),
			LOG_STR("why", why));
		tcp_close(conn);
		return;
	}
	if (flow_accept(&f, &s->flow_owner, conn, l->tls))
		return;
	f->listener = l->index;
	/* a TLS peer that we have not verified must not be taken for a name (SPEC T5) */
	if (enter_flow(s, f, l->tls ? NULL : &key))
		flow_close(f);
}

/* The port: what the edge calls */

static bool fits(const struct sip_server *s, size_t i, const struct sip_hop *hop)
{
	return i < s->listener_count && s->views[i].transport == hop->transport &&
	       s->views[i].bind.family == hop->remote.family;
}

static const struct transport_listener *port_listener(void *ctx, struct sip_hop *hop)
{
	struct sip_server *s = ctx;
	struct flow *f = hop->flow ? handle_find(&s->flows, hop->flow) : NULL;

	if (f)
		hop->listener = f->listener;
	if (f || fits(s, hop->listener, hop))
		return &s->views[hop->listener];
	for (size_t i = 0; i < s->listener_count; i++) {
		if (fits(s, i, hop)) {
			hop->listener = (uint16_t)i;
			return &s->views[i];
		}
	}
	return NULL;
}

/** A datagram that is lost here is one lost on its way: transactions send it again. */
static sotto_err send_udp(struct sip_server *s, struct sip_hop *hop, struct span message)
{
	sotto_err err;

	if (!port_listener(s, hop))
		return SOTTO_EIO;
	err = udp_send(s->listeners[hop->listener].udp, &hop->remote, &hop->local, message);
	return err == SOTTO_ELIMIT ? SOTTO_OK : err;
}

static sotto_err open_flow(struct sip_server *s, struct sip_hop *hop, struct flow **out)
{
	const struct transport_listener *l = port_listener(s, hop);
	bool is_tls = hop->transport == SIP_TRANSPORT_TLS;
	sotto_err err;

	*out = NULL;
	if (!l)
		return SOTTO_EIO;
	if (s->flows.count >= s->flows.max)
		return SOTTO_ELIMIT;
	if (flow_connect(out, &s->flow_owner, hop, is_tls ? s->tls_client : NULL, &l->bind))
		return SOTTO_EIO;
	(*out)->listener = hop->listener;
	err = enter_flow(s, *out, hop);
	if (err) {
		flow_close(*out);
		*out = NULL;
	}
	return err ? SOTTO_ELIMIT : SOTTO_OK;
}

static sotto_err find_flow(struct sip_server *s, struct sip_hop *hop, struct flow **out)
{
	char key[FLOW_KEY_MAX];

	if (hop->flow) {
		*out = handle_find(&s->flows, hop->flow);
		return *out ? SOTTO_OK : SOTTO_ECLOSED;
	}
	*out = map_find(&s->by_remote, (struct span){ key, flow_key(key, hop) });
	if (!*out || (*out)->state >= FLOW_FAILING) {
		if (*out) /* its name is free for the new one */
			map_remove(&s->by_remote, (struct span){ (*out)->key, (*out)->key_len });
		TRY(open_flow(s, hop, out));
	}
	hop->flow = (*out)->handle;
	hop->listener = (*out)->listener;
	return SOTTO_OK;
}

static sotto_err port_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct sip_server *s = ctx;
	struct flow *f;

	switch (hop->transport) {
	case SIP_TRANSPORT_UDP: return send_udp(s, hop, message);
	case SIP_TRANSPORT_TCP:
	case SIP_TRANSPORT_TLS: TRY(find_flow(s, hop, &f)); return flow_send(f, message);
	case SIP_TRANSPORT_WSS: break;
	}
	return SOTTO_EIO;
}

static bool port_security(void *ctx, handle_t flow, struct transport_security *out)
{
	struct sip_server *s = ctx;
	struct flow *f = handle_find(&s->flows, flow);
	struct tls_info info;

	memset(out, 0, sizeof(*out));
	if (!f)
		return false;
	if (flow_tls_info(f, &info)) {
		memcpy(out->tls_version, info.version, sizeof(out->tls_version));
		memcpy(out->tls_cipher, info.cipher, sizeof(out->tls_cipher));
		memcpy(out->peer_name, info.peer_name, sizeof(out->peer_name));
	}
	return true;
}

static sotto_err port_resolve(void *ctx, struct span host, uint16_t port, uint64_t cookie)
{
	struct sip_server *s = ctx;

	return resolver_ask(s->resolver, host, port, cookie);
}

struct transport_port sip_server_port(struct sip_server *s)
{
	return (struct transport_port){ .ctx = s,
		.send = port_send,
		.listener = port_listener,
		.security = port_security,
		.resolve = port_resolve };
}

static void on_resolved(void *ctx, uint64_t cookie, const struct netaddr *addresses, size_t n)
{
	struct sip_server *s = ctx;

	s->events.on_resolved(s->events.ctx, cookie, addresses, n, clock_now());
}

/* Listeners */

static void on_datagram(
	void *ctx, char *bytes, size_t n, const struct netaddr *remote, const struct netaddr *local)
{
	struct listener *l = ctx;
	struct sip_server *s = l->server;
	struct sip_hop hop = { .transport = SIP_TRANSPORT_UDP,
		.remote = *remote,
		.local = *local,
		.listener = l->index };

	/* port 0 cannot be answered; SIP_MESSAGE_MAX is more than a datagram carries */
	if (remote->port && n <= SIP_MESSAGE_MAX && datagram_may_be_sip(&bytes, &n))
		s->events.on_message(s->events.ctx, bytes, n, &hop, clock_now());
}

static struct netaddr without_port(struct netaddr a)
{
	a.port = 0;
	return a;
}

/** What the edge sees, from the settings and the address as bound. */
static void make_view(struct transport_listener *v, const struct sip_listener_settings *settings,
	const struct netaddr *bound)
{
	*v = (struct transport_listener){ .transport = settings->transport, .bind = *bound };
	v->advertise = settings->advertise.family ? settings->advertise : v->bind;
	if (!v->advertise.port)
		v->advertise.port = v->bind.port;
	v->media_bind = without_port(settings->media_bind.family ? settings->media_bind : v->bind);
	v->media_advertise = without_port(
		settings->media_advertise.family ? settings->media_advertise : v->advertise);
}

static sotto_err explain(struct buf *why, const struct sip_listener_settings *settings,
	const struct netaddr *bind, sotto_err err)
{
	char text[NETADDR_TEXT_MAX];
	int saved = errno;

	if (why && why->n == 0) /* TLS has named its file already */
		buf_printf(why, "%.*s listener on %s: %s",
			SPAN_FMT(sip_transport_name(settings->transport)), netaddr_text(bind, text),
			err == SOTTO_EIO && saved ? strerror(saved) : err_text(err));
	return err;
}

static sotto_err bind_stream(struct listener *l, const struct sip_listener_settings *settings,
	struct netaddr *bound, struct buf *why)
{
	if (settings->is_outgoing_only)
		return SOTTO_OK;
	if (settings->transport == SIP_TRANSPORT_TLS)
		TRY(tls_context_create_server(&l->tls, &settings->tls, why));
	TRY(tcp_listener_open(&l->tcp, l->server->loop, &settings->bind));
	*bound = *tcp_listener_local(l->tcp);
	return SOTTO_OK;
}

static sotto_err bind_listener(struct listener *l, const struct sip_listener_settings *settings,
	struct netaddr *bound, struct buf *why)
{
	*bound = settings->bind;
	if (settings->bind.family == IP_NONE)
		return SOTTO_EINVAL;
	switch (settings->transport) {
	case SIP_TRANSPORT_UDP:
		TRY(udp_open(&l->udp, l->server->loop, &settings->bind, l->server->log));
		*bound = *udp_local(l->udp);
		return SOTTO_OK;
	case SIP_TRANSPORT_TCP:
	case SIP_TRANSPORT_TLS: return bind_stream(l, settings, bound, why);
	case SIP_TRANSPORT_WSS: break;
	}
	return SOTTO_EUNSUPPORTED;
}

static sotto_err bind_all(
	struct sip_server *s, const struct sip_server_settings *settings, struct buf *why)
{
	struct netaddr bound;

	for (size_t i = 0; i < settings->listener_count; i++) {
		struct listener *l = &s->listeners[s->listener_count];
		sotto_err err;

		*l = (struct listener){ .server = s, .index = (uint16_t)i };
		s->listener_count++;
		errno = 0;
		err = bind_listener(l, &settings->listeners[i], &bound, why);
		if (err)
			return explain(
				why, &settings->listeners[i], &settings->listeners[i].bind, err);
		make_view(&s->views[i], &settings->listeners[i], &bound);
	}
	return SOTTO_OK;
}

static sotto_err start_listener(struct sip_server *s, struct listener *l)
{
	sotto_err err = SOTTO_OK;

	if (l->udp)
		err = udp_start(l->udp, on_datagram, l);
	else if (l->tcp)
		err = tcp_listener_start(l->tcp, on_accept, l);
	if (err)
		return err;
	log_info(s->log, transport, "listening",
		LOG_SPAN("transport", sip_transport_name(s->views[l->index].transport)),
		LOG_ADDR("bind", &s->views[l->index].bind),
		LOG_ADDR("advertise", &s->views[l->index].advertise),
		LOG_BOOL("outgoing_only", !l->udp && !l->tcp));
	return SOTTO_OK;
}

sotto_err sip_server_start(struct sip_server *s, const struct transport_events *events)
{
	s->events = *events;
	for (size_t i = 0; i < s->listener_count; i++)
		TRY(start_listener(s, &s->listeners[i]));
	return SOTTO_OK;
}

const struct transport_listener *sip_server_listeners(const struct sip_server *s, size_t *n)
{
	*n = s->listener_count;
	return s->views;
}

/* The server's life */

static ms_t ms_or(ms_t set, ms_t otherwise)
{
	return set ? set : otherwise;
}

static void set_limits(struct sip_server *s, const struct sip_server_settings *settings)
{
	uint32_t flows = settings->flows_max ? settings->flows_max : SIP_SERVER_FLOWS;

	s->source_flows_max =
		settings->source_flows_max ? settings->source_flows_max : SIP_SERVER_SOURCE_FLOWS;

	s->flow_owner = (struct flow_owner){ .loop = s->loop,
		.log = s->log,
		.connect_ms = ms_or(settings->connect_ms, SIP_SERVER_CONNECT_MS),
		.handshake_ms = ms_or(settings->handshake_ms, SIP_SERVER_HANDSHAKE_MS),
		.message_ms = ms_or(settings->message_ms, SIP_SERVER_MESSAGE_MS),
		.first_ms = ms_or(settings->first_ms, SIP_SERVER_FIRST_MS),
		.on_message = on_flow_message,
		.on_over = on_flow_over,
		.ctx = s };
	handle_table_init(&s->flows, flows);
	map_init(&s->by_remote, rng_system(), flows);
}

static sotto_err set_up(
	struct sip_server *s, const struct sip_server_settings *settings, struct buf *why)
{
	TRY(tls_context_create_client(&s->tls_client, &settings->tls_client, why));
	TRY(resolver_create(&s->resolver, s->loop, on_resolved, s));
	return bind_all(s, settings, why);
}

sotto_err sip_server_create(struct sip_server **out, struct loop *loop,
	const struct sip_server_settings *settings, const struct log *log, struct buf *why)
{
	struct sip_server *s;
	sotto_err err;

	*out = NULL;
	if (settings->listener_count > TRANSPORT_LISTENERS_MAX ||
		settings->flows_max > SIP_SERVER_FLOWS_MAX)
		return SOTTO_EINVAL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return SOTTO_ENOMEM;
	s->loop = loop;
	s->log = log;
	set_limits(s, settings);
	err = set_up(s, settings, why);
	if (err) {
		sip_server_destroy(s);
		return err;
	}
	*out = s;
	return SOTTO_OK;
}

size_t sip_server_flow_count(const struct sip_server *s)
{
	return s->flows.count;
}

void sip_server_close_flow(struct sip_server *s, handle_t flow)
{
	struct flow *f = handle_find(&s->flows, flow);

	if (f)
		flow_fail(f, "closed by us");
}

static void close_each(void *object, void *ctx)
{
	(void)ctx;
	flow_close(object);
}

static void bury(struct loop_task *t)
{
	free(container_of(t, struct sip_server, task));
}

void sip_server_destroy(struct sip_server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->listener_count; i++) {
		udp_close(s->listeners[i].udp);
		tcp_listener_close(s->listeners[i].tcp);
		tls_context_destroy(s->listeners[i].tls); /* sessions keep theirs */
	}
	handle_each(&s->flows, close_each, NULL);
	handle_table_deinit(&s->flows);
	map_deinit(&s->by_remote);
	resolver_destroy(s->resolver);
	tls_context_destroy(s->tls_client);
	loop_later(s->loop, &s->task, bury);
}
