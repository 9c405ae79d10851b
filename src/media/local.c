/** @file media/local.c */
#include "media/local.h"

#include <stdlib.h>

#include "media/events.h"
#include "media/pipeline.h"

struct media_local {
	struct media_local_params params;
	struct lease_table leases;
	struct media_events events;
	struct pipeline *pipeline;
	struct netaddr *local_of; /* [owned] by the leg's slot: the address with the RTP port */
	uint8_t buffer[MEDIA_PAYLOAD_MAX + MEDIA_TAILROOM];
};

static void on_send(void *ctx, const struct media_packet *packets, size_t n)
{
	struct media_local *l = ctx;

	for (size_t i = 0; i < n; i++) {
		struct netaddr from = l->local_of[packets[i].port_id / 2];

		from.port = (uint16_t)(from.port + packets[i].port_id % 2);
		l->params.send(
			l->params.ctx, &from, &packets[i].peer, packets[i].payload, packets[i].len);
	}
}

static bool on_event(void *ctx, const struct media_event *event)
{
	struct media_local *l = ctx;

	return media_events_send(&l->events, event);
}

static sotto_err start(struct media_local *l)
{
	const struct media_local_params *p = &l->params;
	struct pipeline_params pipeline = {
		.legs_max = p->legs_max,
		.rng = p->rng,
		.ctx = l,
		.send = on_send,
		.event = on_event,
	};

	TRY(pipeline_create(&l->pipeline, &pipeline));
	TRY(lease_table_init(&l->leases, p->port_first, p->port_last, p->legs_max, p->rng));
	TRY(media_events_init(&l->events, p->legs_max, NULL, NULL));
	l->local_of = calloc(p->legs_max, sizeof(*l->local_of));
	return l->local_of ? SOTTO_OK : SOTTO_ENOMEM;
}

sotto_err media_local_create(struct media_local **out, const struct media_local_params *params)
{
	struct media_local *l = calloc(1, sizeof(*l));
	sotto_err err;

	*out = NULL;
	if (!l)
		return SOTTO_ENOMEM;
	l->params = *params;
	err = start(l);
	if (err) {
		media_local_destroy(l);
		return err;
	}
	*out = l;
	return SOTTO_OK;
}

void media_local_destroy(struct media_local *l)
{
	if (!l)
		return;
	pipeline_destroy(l->pipeline);
	lease_table_deinit(&l->leases);
	media_events_deinit(&l->events);
	free(l->local_of);
	free(l);
}

static sotto_err on_open(
	void *ctx, const struct media_open *req, handle_t *leg, struct netaddr *local)
{
	struct media_local *l = ctx;
	struct media_lease *lease;
	sotto_err err;

	*leg = 0;
	*local = (struct netaddr){ 0 };
	TRY(lease_take(&l->leases, &req->bind, req->owner, &lease));
	err = pipeline_open(l->pipeline, lease->leg, req->owner);
	if (err) {
		lease_give(&l->leases, lease->leg);
		return err;
	}
	*leg = lease->leg;
	*local = lease->local;
	l->local_of[pipeline_port_id(lease->leg) / 2] = lease->local;
	return SOTTO_OK;
}

/** As the worker does, with one local address. */
static void turn_away_from_us(
	const struct media_local *l, const struct media_lease *lease, struct netaddr *remote)
{
	if (port_pool_has(&l->leases.pool, remote->port) && netaddr_eq_ip(&lease->local, remote))
		*remote = (struct netaddr){ 0 };
}

static sotto_err on_set(void *ctx, handle_t leg, const struct media_leg_params *params)
{
	struct media_local *l = ctx;

	const struct media_lease *lease = lease_find(&l->leases, leg);
	struct media_leg_params c = *params;
	sotto_err err;

	if (!lease)
		return SOTTO_ENOENT;
	turn_away_from_us(l, lease, &c.remote_rtp);
	turn_away_from_us(l, lease, &c.remote_rtcp);
	err = pipeline_set(l->pipeline, leg, &c, l->params.now(l->params.ctx));
	explicit_bzero(&c, sizeof(c));
	return err;
}

static sotto_err on_link(void *ctx, handle_t leg, enum media_peer kind, handle_t peer)
{
	struct media_local *l = ctx;

	if (!lease_find(&l->leases, leg))
		return SOTTO_ENOENT;
	return pipeline_link(l->pipeline, leg, kind, peer, l->params.now(l->params.ctx));
}

static void on_close(void *ctx, handle_t leg)
{
	struct media_local *l = ctx;
	struct media_lease *lease = lease_find(&l->leases, leg);

	if (!lease)
		return;
	lease->is_closing = true;
	pipeline_close(l->pipeline, leg);
}

struct media_port media_local_port(struct media_local *l)
{
	return (struct media_port){ l, on_open, on_set, on_link, on_close };
}

void media_local_on_packet(struct media_local *l, const struct netaddr *to,
	const struct netaddr *from, const uint8_t *packet, size_t n)
{
	const struct media_lease *lease = lease_at(&l->leases, to);
	struct media_packet one = {
		.peer = *from,
		.payload = l->buffer,
		.len = n,
		.cap = sizeof(l->buffer),
	};

	if (!lease || n > MEDIA_PAYLOAD_MAX)
		return;
	one.port_id = pipeline_port_id(lease->leg) + (to->port - lease->local.port);
	memcpy(l->buffer, packet, n);
	pipeline_on_packets(l->pipeline, &one, 1, l->params.now(l->params.ctx));
}

bool media_local_receive(struct media_local *l, struct media_event *out)
{
	return media_events_receive(&l->events, &l->leases, out);
}

instant_t media_local_next_deadline(const struct media_local *l)
{
	return pipeline_next_deadline(l->pipeline);
}

void media_local_run_timers(struct media_local *l)
{
	pipeline_run_timers(l->pipeline, l->params.now(l->params.ctx));
}

sotto_err media_local_stats(const struct media_local *l, handle_t leg, struct media_leg_stats *out)
{
	return pipeline_stats(l->pipeline, leg, out);
}
