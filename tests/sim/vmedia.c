/** @file sim/vmedia.c */
#include "sim/vmedia.h"

#include <stdlib.h>

#include "media/local.h"
#include "sim/world.h"

#define VMEDIA_LEGS_MAX   256
#define VMEDIA_PORT_FIRST 20000
#define VMEDIA_PORT_LAST  22047

/** What is remembered of an open leg. */
struct vleg {
	handle_t handle;
	struct netaddr local; /* of RTP; RTCP is on the next port */
	bool must_encrypt, sends_encrypted;
};

struct vmedia {
	struct world *world;
	struct media_local *local;
	struct media_port port; /* the real one */
	struct vleg legs[VMEDIA_LEGS_MAX];
	size_t count;
};

static struct vleg *leg_find(struct vmedia *v, handle_t handle)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->legs[i].handle == handle)
			return &v->legs[i];
	return NULL;
}

static struct vleg *leg_at(struct vmedia *v, const struct netaddr *local)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->legs[i].local.port == (local->port & 0xfffe) &&
			netaddr_eq_ip(&v->legs[i].local, local))
			return &v->legs[i];
	return NULL;
}

/* -- out ------------------------------------------------------------------------------------- */

/** A packet on its way to a phone. */
struct vpacket {
	struct errand errand;
	struct call *call;
	bool is_rtcp;
	struct netaddr from;
	uint8_t bytes[2048];
	size_t n;
};

static void vpacket_run(struct errand *e)
{
	struct vpacket *p = container_of(e, struct vpacket, errand);

	media_end_receive(&p->call->media, p->call, &p->from, p->bytes, p->n, p->is_rtcp);
}

/** Whose media address that is: RTP's, or RTCP's beside it. */
static struct call *call_at(struct world *w, const struct netaddr *to)
{
	for (unsigned i = 0; i < w->phone_count; i++)
		for (size_t k = 0; k < w->phones[i]->call_count; k++) {
			struct call *c = &w->phones[i]->calls[k];
			if (netaddr_eq_ip(&c->media.seen, to) &&
				c->media.seen.port == (to->port & 0xfffe))
				return c;
		}
	return NULL;
}

static void packet_post(struct world *w, struct call *c, const struct netaddr *from,
	const uint8_t *bytes, size_t n, instant_t at)
{
	struct vpacket *p = must_alloc(sizeof(*p));

	p->errand.run = vpacket_run;
	p->call = c;
	p->is_rtcp = n > 1 && bytes[1] >= 192 && bytes[1] <= 223; /* RFC 5761 §4 */
	p->from = net_outside(&w->net, from);
	p->n = n < sizeof(p->bytes) ? n : sizeof(p->bytes);
	memcpy(p->bytes, bytes, p->n);
	world_later(w, &p->errand, at);
}

static void on_send(void *ctx, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *bytes, size_t n)
{
	struct vmedia *v = ctx;
	const struct vleg *leg = leg_at(v, from);
	struct call *c = call_at(v->world, to);
	instant_t at[2];
	unsigned copies;

	if (!leg)
		world_fail(v->world, "a packet left a leg that is closed");
	else if (leg->must_encrypt && !leg->sends_encrypted)
		world_fail(v->world, "a packet left a leg that must be encrypted and has no key");
	if (!c)
		return; /* nobody is there */
	copies = net_transit(v->world, &c->phone->to, at);
	for (unsigned i = 0; i < copies; i++)
		packet_post(v->world, c, from, bytes, n, at[i]);
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

static void events_post(struct vmedia *v)
{
	struct media_event event;

	while (media_local_receive(v->local, &event)) {
		struct vevent *e = must_alloc(sizeof(*e));
		e->errand.run = vevent_run;
		e->event = event;
		world_later(v->world, &e->errand, v->world->now);
	}
}

/* -- the edge's port: the real one, watched ------------------------------------------------------
 */

static sotto_err port_open(
	void *ctx, const struct media_open *req, handle_t *leg, struct netaddr *local)
{
	struct vmedia *v = ctx;

	TRY(v->port.open(v->port.ctx, req, leg, local));
	v->legs[v->count++] = (struct vleg){ .handle = *leg, .local = *local };
	return SOTTO_OK;
}

static sotto_err port_set(void *ctx, handle_t h, const struct media_leg_params *params)
{
	struct vmedia *v = ctx;
	struct vleg *leg = leg_find(v, h);

	if (leg) {
		leg->must_encrypt = params->must_encrypt;
		leg->sends_encrypted = params->tx.suite != SRTP_SUITE_NONE;
	}
	return v->port.set(v->port.ctx, h, params);
}

static sotto_err port_link(void *ctx, handle_t leg, enum media_peer kind, handle_t peer)
{
	struct vmedia *v = ctx;

	return v->port.link(v->port.ctx, leg, kind, peer);
}

static void port_close(void *ctx, handle_t h)
{
	struct vmedia *v = ctx;
	struct vleg *leg = leg_find(v, h);

	v->port.close(v->port.ctx, h);
	if (leg)
		*leg = v->legs[--v->count];
	events_post(v);
}

struct media_port vmedia_port(struct vmedia *v)
{
	return (struct media_port){ v, port_open, port_set, port_link, port_close };
}

/* -- in ---------------------------------------------------------------------------------------- */

void vmedia_deliver(struct vmedia *v, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *bytes, size_t n)
{
	const struct netaddr inside = net_inside(&v->world->net, to);

	media_local_on_packet(v->local, &inside, from, bytes, n);
	events_post(v);
}

instant_t vmedia_next(const struct vmedia *v)
{
	return media_local_next_deadline(v->local);
}

void vmedia_run(struct vmedia *v, instant_t now)
{
	if (media_local_next_deadline(v->local) <= now)
		media_local_run_timers(v->local);
	events_post(v);
}

size_t vmedia_legs(const struct vmedia *v)
{
	return v->count;
}

static instant_t vmedia_now(void *ctx)
{
	const struct vmedia *v = ctx;

	return v->world->now;
}

struct vmedia *vmedia_create(struct world *w)
{
	struct vmedia *v = must_alloc(sizeof(*v));
	const struct media_local_params params = { .port_first = VMEDIA_PORT_FIRST,
		.port_last = VMEDIA_PORT_LAST,
		.legs_max = VMEDIA_LEGS_MAX,
		.rng = &w->net_rng.rng,
		.ctx = v,
		.now = vmedia_now,
		.send = on_send };

	v->world = w;
	if (media_local_create(&v->local, &params))
		abort();
	v->port = media_local_port(v->local);
	return v;
}

void vmedia_destroy(struct vmedia *v)
{
	media_local_destroy(v->local);
	free(v);
}
