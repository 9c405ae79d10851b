/** @file sim/vmedia.c */
#include "sim/vmedia.h"

#include <stdlib.h>

#include "media/io.h"
#include "media/pipeline.h"
#include "media/ports.h"
#include "sim/world.h"

#define VMEDIA_LEGS_MAX   256
#define VMEDIA_PORT_FIRST 20000
#define VMEDIA_PAIRS      1024

struct vleg {
	handle_t handle;
	struct netaddr local; /* of RTP; RTCP is on the next port */
	bool must_encrypt, sends_encrypted;
};

struct vmedia {
	struct world *world;
	struct pipeline *pipeline;
	struct handle_table handles;
	struct port_pool ports;
	struct vleg *by_pair[VMEDIA_PAIRS]; /* who has a pair of ports */
	size_t legs;
};

static struct vleg **pair_of(struct vmedia *v, uint16_t port)
{
	const size_t i = (size_t)(port - VMEDIA_PORT_FIRST) / 2;

	return port >= VMEDIA_PORT_FIRST && i < VMEDIA_PAIRS ? &v->by_pair[i] : NULL;
}

/* -- out ------------------------------------------------------------------------------------- */

/** A packet on its way to a phone. */
struct vpacket {
	struct errand errand;
	struct call *call;
	bool is_rtcp;
	struct netaddr from;
	uint8_t bytes[MEDIA_PAYLOAD_MAX + MEDIA_TAILROOM];
	size_t n;
};

static void vpacket_run(struct errand *e)
{
	struct vpacket *p = container_of(e, struct vpacket, errand);

	media_end_receive(&p->call->media, p->call, &p->from, p->bytes, p->n, p->is_rtcp);
}

/** Whose media address that is. With rtcp-mux or not, RTCP is told by its payload type. */
static struct call *call_at(struct world *w, const struct netaddr *to)
{
	for (unsigned i = 0; i < w->phone_count; i++)
		for (size_t k = 0; k < w->phones[i]->call_count; k++) {
			struct call *c = &w->phones[i]->calls[k];
			struct netaddr rtp = c->media.seen;
			rtp.port = to->port & 0xfffe;
			if (netaddr_eq(&rtp, &c->media.seen) && netaddr_eq_ip(&rtp, to))
				return c;
		}
	return NULL;
}

static void packet_send(struct vmedia *v, const struct vleg *leg, const struct media_packet *m)
{
	struct world *w = v->world;
	struct call *c = call_at(w, &m->peer);
	const bool is_rtcp_port = m->port_id != pipeline_port_id(leg->handle);
	instant_t at[2];
	unsigned copies;

	if (leg->must_encrypt && !leg->sends_encrypted)
		world_fail(w, "a packet left a leg that must be encrypted and has no key");
	if (!c)
		return; /* nobody is there */
	copies = net_transit(w, &c->phone->to, at);
	for (unsigned i = 0; i < copies; i++) {
		struct vpacket *p = must_alloc(sizeof(*p));
		p->errand.run = vpacket_run;
		p->call = c;
		p->is_rtcp = m->len > 1 && m->payload[1] >= 192 && m->payload[1] <= 223;
		p->from = net_outside(&w->net, &leg->local);
		p->from.port = (uint16_t)(p->from.port + is_rtcp_port);
		p->n = m->len < sizeof(p->bytes) ? m->len : sizeof(p->bytes);
		memcpy(p->bytes, m->payload, p->n);
		world_later(w, &p->errand, at[i]);
	}
}

static struct vleg *leg_of_port(struct vmedia *v, uint32_t port_id)
{
	for (size_t i = 0; i < VMEDIA_PAIRS; i++)
		if (v->by_pair[i] && (pipeline_port_id(v->by_pair[i]->handle) | 1) == (port_id | 1))
			return v->by_pair[i];
	return NULL;
}

static void on_send(void *ctx, const struct media_packet *packets, size_t n)
{
	struct vmedia *v = ctx;

	for (size_t i = 0; i < n; i++) {
		const struct vleg *leg = leg_of_port(v, packets[i].port_id);
		if (leg)
			packet_send(v, leg, &packets[i]);
		else
			world_fail(v->world, "a packet left a leg that is closed");
	}
}

/* -- events ------------------------------------------------------------------------------------ */

/** As by the daemon's mailbox: the edge hears of it later, never from within its own call. */
struct vevent {
	struct errand errand;
	struct media_event event;
};

static void vevent_run(struct errand *e)
{
	struct vevent *v = container_of(e, struct vevent, errand);

	edge_on_media(e->world->edge, &v->event, e->world->now);
}

static bool on_event(void *ctx, const struct media_event *event)
{
	struct vmedia *v = ctx;
	struct vevent *e;

	if (!v->world->edge)
		return true; /* the world is being taken down */
	e = must_alloc(sizeof(*e));
	e->errand.run = vevent_run;
	e->event = *event;
	world_later(v->world, &e->errand, v->world->now);
	return true;
}

/* -- the edge's port --------------------------------------------------------------------------- */

static sotto_err port_open(
	void *ctx, const struct media_open *req, handle_t *out, struct netaddr *local)
{
	struct vmedia *v = ctx;
	struct vleg *leg;
	uint16_t port;

	*out = 0;
	*local = (struct netaddr){ 0 };
	TRY(port_pool_take(&v->ports, &port));
	leg = must_alloc(sizeof(*leg));
	leg->local = req->bind;
	leg->local.port = port;
	if (handle_add(&v->handles, leg, &leg->handle) ||
		pipeline_open(v->pipeline, leg->handle, req->owner)) {
		handle_remove(&v->handles, leg->handle);
		port_pool_give(&v->ports, port);
		free(leg);
		return SOTTO_ELIMIT;
	}
	*pair_of(v, port) = leg;
	v->legs++;
	*out = leg->handle;
	*local = leg->local;
	return SOTTO_OK;
}

static sotto_err port_set(void *ctx, handle_t h, const struct media_leg_params *params)
{
	struct vmedia *v = ctx;
	struct vleg *leg = handle_find(&v->handles, h);

	if (!leg)
		return SOTTO_ENOENT;
	leg->must_encrypt = params->must_encrypt;
	leg->sends_encrypted = params->tx.suite != SRTP_SUITE_NONE;
	return pipeline_set(v->pipeline, h, params, v->world->now);
}

static sotto_err port_link(void *ctx, handle_t leg, enum media_peer kind, handle_t peer)
{
	struct vmedia *v = ctx;

	return pipeline_link(v->pipeline, leg, kind, peer, v->world->now);
}

static void port_close(void *ctx, handle_t h)
{
	struct vmedia *v = ctx;
	struct vleg *leg = handle_find(&v->handles, h);

	if (!leg)
		return;
	pipeline_close(v->pipeline, h);
	handle_remove(&v->handles, h);
	*pair_of(v, leg->local.port) = NULL;
	port_pool_give(&v->ports, leg->local.port);
	v->legs--;
	free(leg);
}

struct media_port vmedia_port(struct vmedia *v)
{
	return (struct media_port){ v, port_open, port_set, port_link, port_close };
}

/* -- in ---------------------------------------------------------------------------------------- */

void vmedia_deliver(struct vmedia *v, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *bytes, size_t n)
{
	static const size_t room = MEDIA_HEADROOM + MEDIA_PAYLOAD_MAX + MEDIA_TAILROOM;
	const struct netaddr inside = net_inside(&v->world->net, to);
	struct vleg **pair = pair_of(v, to->port), *leg = pair ? *pair : NULL;
	uint8_t *memory;
	struct media_packet packet;

	if (!leg || n > MEDIA_PAYLOAD_MAX || !netaddr_eq_ip(&leg->local, &inside))
		return; /* nobody is there */
	memory = must_alloc(room);
	packet = (struct media_packet){ .port_id = pipeline_port_id(leg->handle) +
						   (uint32_t)(to->port % 2),
		.peer = *from,
		.payload = memory + MEDIA_HEADROOM,
		.len = n,
		.cap = room - MEDIA_HEADROOM };
	memcpy(packet.payload, bytes, n);
	pipeline_on_packets(v->pipeline, &packet, 1, v->world->now);
	free(memory);
}

instant_t vmedia_next(const struct vmedia *v)
{
	return pipeline_next_deadline(v->pipeline);
}

void vmedia_run(struct vmedia *v, instant_t now)
{
	if (pipeline_next_deadline(v->pipeline) <= now)
		pipeline_run_timers(v->pipeline, now);
}

size_t vmedia_legs(const struct vmedia *v)
{
	return v->legs;
}

struct vmedia *vmedia_create(struct world *w)
{
	struct vmedia *v = must_alloc(sizeof(*v));
	const struct pipeline_params params = { .legs_max = VMEDIA_LEGS_MAX,
		.rng = &w->net_rng.rng,
		.ctx = v,
		.send = on_send,
		.event = on_event };

	v->world = w;
	handle_table_init(&v->handles, VMEDIA_LEGS_MAX);
	if (pipeline_create(&v->pipeline, &params) ||
		port_pool_init(
			&v->ports, VMEDIA_PORT_FIRST, VMEDIA_PORT_FIRST + 2 * VMEDIA_PAIRS - 1, 0))
		abort();
	return v;
}

void vmedia_destroy(struct vmedia *v)
{
	pipeline_destroy(v->pipeline);
	for (size_t i = 0; i < VMEDIA_PAIRS; i++)
		free(v->by_pair[i]);
	port_pool_deinit(&v->ports);
	handle_table_deinit(&v->handles);
	free(v);
}
