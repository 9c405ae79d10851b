/** @file media/worker.c */
#include "media/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "media/events.h"
#include "media/pipeline.h"

#define COMMANDS_MAX 1024  /* a power of two */
#define WAIT_MAX     60000 /* ms */
#define BUFFER       (MEDIA_HEADROOM + MEDIA_PAYLOAD_MAX + MEDIA_TAILROOM)

enum command_kind {
	COMMAND_OPEN,
	COMMAND_SET,
	COMMAND_LINK,
};

struct command { /* a secret: it carries keys */
	enum command_kind kind;
	handle_t leg;
	union {
		struct {
			uint64_t owner;
			int rtp, rtcp;
		} open;
		struct media_leg_params set;
		struct {
			enum media_peer kind;
			handle_t peer;
		} link;
	} u;
};

struct media_worker {
	struct media_worker_params params;
	pthread_t thread;
	bool is_running;
	atomic_bool is_stopping;
	/* Closing must not fail, so it has a box of its own, with room for every leg. */
	struct mailbox *commands, *closes;
	struct media_events events;
	struct lease_table leases; /* signalling's */
	struct pipeline *pipeline; /* from here on the thread's */
	struct media_packet packets[MEDIA_BATCH];
	uint8_t buffers[MEDIA_BATCH][BUFFER];
};

/* ---- the worker's thread ---- */

static void on_send(void *ctx, const struct media_packet *packets, size_t n)
{
	struct media_worker *w = ctx;

	w->params.io.tx(w->params.io.ctx, packets, n);
}

static bool on_event(void *ctx, const struct media_event *event)
{
	struct media_worker *w = ctx;

	return media_events_send(&w->events, event);
}

static sotto_err add_ports(struct media_worker *w, const struct command *c)
{
	const struct media_io *io = &w->params.io;
	uint32_t id = pipeline_port_id(c->leg);
	sotto_err err = io->add_port(io->ctx, c->u.open.rtp, id, 0);

	if (err) {
		io->unbind(io->ctx, c->u.open.rtp);
		io->unbind(io->ctx, c->u.open.rtcp);
		return err;
	}
	err = io->add_port(io->ctx, c->u.open.rtcp, id + 1, 0);
	if (err) {
		io->remove_port(io->ctx, id);
		io->unbind(io->ctx, c->u.open.rtcp);
	}
	return err;
}

/** What fails here was promised already: the leg ends as if it had been closed. */
static void open_leg(struct media_worker *w, const struct command *c)
{
	const struct media_io *io = &w->params.io;
	struct media_event gone = {
		.kind = MEDIA_CLOSED,
		.leg = c->leg,
		.owner = c->u.open.owner,
	};
	sotto_err err = pipeline_open(w->pipeline, c->leg, c->u.open.owner);

	if (err) {
		io->unbind(io->ctx, c->u.open.rtp);
		io->unbind(io->ctx, c->u.open.rtcp);
		(void)media_events_send(&w->events, &gone);
	} else {
		err = add_ports(w, c);
		if (err)
			pipeline_close(w->pipeline, c->leg);
	}
	if (err)
		log_error(w->params.log, media, "leg_open_failed", LOG_STR("error", err_text(err)),
			LOG_INT("owner", c->u.open.owner));
}

static void set_leg(struct media_worker *w, const struct command *c, instant_t now)
{
	const struct media_io *io = &w->params.io;
	uint32_t id = pipeline_port_id(c->leg);
	sotto_err err = pipeline_set(w->pipeline, c->leg, &c->u.set, now);

	if (err == SOTTO_ENOENT) /* it ended meanwhile, and its ports may be another leg's */
		return;
	if (err)
		log_error(w->params.log, media, "leg_set_failed", LOG_STR("error", err_text(err)));
	io->set_dscp(io->ctx, id, c->u.set.dscp);
	io->set_dscp(io->ctx, id + 1, c->u.set.dscp);
}

static void obey(struct media_worker *w, const struct command *c, instant_t now)
{
	switch (c->kind) {
	case COMMAND_OPEN: open_leg(w, c); break;
	case COMMAND_SET: set_leg(w, c, now); break;
	case COMMAND_LINK:
		/* a leg that ended meanwhile needs no link */
		(void)!pipeline_link(w->pipeline, c->leg, c->u.link.kind, c->u.link.peer, now);
		break;
	}
}

static void obey_all(struct media_worker *w, instant_t now)
{
	struct command c;

	while (mailbox_receive(w->commands, &c)) {
		obey(w, &c, now);
		explicit_bzero(&c, sizeof(c));
	}
}

/** A close finds all that was said to its leg before, the opening above all, already done. */
static void close_all(struct media_worker *w, instant_t now)
{
	const struct media_io *io = &w->params.io;
	handle_t leg;

	while (mailbox_receive(w->closes, &leg)) {
		struct media_leg_stats stats;

		obey_all(w, now);
		if (pipeline_stats(w->pipeline, leg, &stats) != SOTTO_OK)
			continue; /* its opening failed */
		io->remove_port(io->ctx, pipeline_port_id(leg));
		io->remove_port(io->ctx, pipeline_port_id(leg) + 1);
		pipeline_close(w->pipeline, leg);
	}
}

static int wait_until(instant_t deadline)
{
	instant_t now = clock_now();
	ms_t wait;

	if (deadline == INSTANT_NEVER)
		return -1;
	if (deadline <= now)
		return 0;
	wait = instant_diff(now, deadline) + 1; /* rounded up: not too early */
	return wait > WAIT_MAX ? WAIT_MAX : (int)wait;
}

static size_t receive(struct media_worker *w)
{
	const struct media_io *io = &w->params.io;

	for (size_t i = 0; i < MEDIA_BATCH; i++)
		w->packets[i] = (struct media_packet){
			.payload = w->buffers[i] + MEDIA_HEADROOM,
			.cap = BUFFER - MEDIA_HEADROOM,
		};
	return io->rx(
		io->ctx, w->packets, MEDIA_BATCH, wait_until(pipeline_next_deadline(w->pipeline)));
}

static void *run(void *ctx)
{
	struct media_worker *w = ctx;

	while (!atomic_load(&w->is_stopping)) {
		size_t n = receive(w);
		instant_t now = clock_now();

		obey_all(w, now); /* what was said before a packet came counts for it */
		if (n)
			pipeline_on_packets(w->pipeline, w->packets, n, now);
		close_all(w, now);
		pipeline_run_timers(w->pipeline, now);
	}
	return NULL;
}

/* ---- signalling's thread ---- */

static sotto_err bind_pair(struct media_worker *w, const struct netaddr *local, int *rtp, int *rtcp)
{
	const struct media_io *io = &w->params.io;
	struct netaddr next = *local;
	sotto_err err = io->bind(io->ctx, local, rtp);

	*rtcp = -1;
	if (err)
		return err;
	next.port++;
	err = io->bind(io->ctx, &next, rtcp);
	if (err)
		io->unbind(io->ctx, *rtp);
	return err;
}

/** A pair that another program has is passed over; each is tried once. */
static sotto_err take_ports(struct media_worker *w, const struct media_open *req,
	struct media_lease **lease, int *rtp, int *rtcp)
{
	for (uint32_t i = 0; i < w->leases.pool.pairs; i++) {
		sotto_err err;

		TRY(lease_take(&w->leases, &req->bind, req->owner, lease));
		err = bind_pair(w, &(*lease)->local, rtp, rtcp);
		if (err == SOTTO_OK)
			return SOTTO_OK;
		lease_give(&w->leases, (*lease)->leg);
		if (err != SOTTO_EADDRINUSE)
			return err;
	}
	return SOTTO_ELIMIT;
}

static sotto_err on_open(
	void *ctx, const struct media_open *req, handle_t *leg, struct netaddr *local)
{
	struct command c = { .kind = COMMAND_OPEN, .u.open.owner = req->owner };
	struct media_worker *w = ctx;
	struct media_lease *lease;
	sotto_err err;

	*leg = 0;
	*local = (struct netaddr){ 0 };
	TRY(take_ports(w, req, &lease, &c.u.open.rtp, &c.u.open.rtcp));
	c.leg = lease->leg;
	err = mailbox_send(w->commands, &c);
	if (err) {
		w->params.io.unbind(w->params.io.ctx, c.u.open.rtp);
		w->params.io.unbind(w->params.io.ctx, c.u.open.rtcp);
		lease_give(&w->leases, lease->leg);
		return err;
	}
	*leg = lease->leg;
	*local = lease->local;
	return SOTTO_OK;
}

/**
 * Who names one of our own ports in SDP could have a packet go round between two legs of his, as
 * fast as we can send. The whole range counts: the port may be a leg's tomorrow.
 */
static void turn_away_from_us(struct media_worker *w, struct netaddr *remote)
{
	const struct media_io *io = &w->params.io;

	if (!port_pool_has(&w->leases.pool, remote->port) || !io->is_local(io->ctx, remote))
		return;
	log_warn(w->params.log, media, "media_names_us", LOG_ADDR("remote", remote));
	*remote = (struct netaddr){ 0 };
}

static sotto_err on_set(void *ctx, handle_t leg, const struct media_leg_params *params)
{
	struct command c = { .kind = COMMAND_SET, .leg = leg, .u.set = *params };
	struct media_worker *w = ctx;
	sotto_err err = SOTTO_ENOENT;

	turn_away_from_us(w, &c.u.set.remote_rtp);
	turn_away_from_us(w, &c.u.set.remote_rtcp);
	if (lease_find(&w->leases, leg))
		err = mailbox_send(w->commands, &c);
	explicit_bzero(&c, sizeof(c));
	return err;
}

static sotto_err on_link(void *ctx, handle_t leg, enum media_peer kind, handle_t peer)
{
	struct command c = { .kind = COMMAND_LINK, .leg = leg, .u.link = { kind, peer } };
	struct media_worker *w = ctx;

	if (!lease_find(&w->leases, leg) ||
		(kind == MEDIA_PEER_LEG && !lease_find(&w->leases, peer)))
		return SOTTO_ENOENT;
	if (kind == MEDIA_PEER_LEG && leg == peer)
		return SOTTO_EINVAL;
	return mailbox_send(w->commands, &c);
}

static void on_close(void *ctx, handle_t leg)
{
	struct media_worker *w = ctx;
	struct media_lease *lease = lease_find(&w->leases, leg);

	if (!lease)
		return;
	lease->is_closing = true;
	(void)!mailbox_send(w->closes, &leg); /* a leg is closed once: there is room for all */
}

struct media_port media_worker_port(struct media_worker *w)
{
	return (struct media_port){ w, on_open, on_set, on_link, on_close };
}

bool media_worker_receive(struct media_worker *w, struct media_event *out)
{
	return media_events_receive(&w->events, &w->leases, out);
}

/* ---- start and stop ---- */

static sotto_err prepare(struct media_worker *w)
{
	const struct media_worker_params *p = &w->params;
	struct pipeline_params pipeline = {
		.legs_max = p->legs_max,
		.rng = p->rng,
		.ctx = w,
		.send = on_send,
		.event = on_event,
	};
	size_t closes = 1;

	TRY(pipeline_create(&w->pipeline, &pipeline));
	TRY(lease_table_init(&w->leases, p->port_first, p->port_last, p->legs_max, p->rng));
	TRY(media_events_init(&w->events, p->legs_max, p->wake, p->ctx));
	while (closes < p->legs_max)
		closes *= 2;
	w->commands = mailbox_create(sizeof(struct command), COMMANDS_MAX, p->io.wake, p->io.ctx);
	w->closes = mailbox_create(sizeof(handle_t), closes, p->io.wake, p->io.ctx);
	return w->commands && w->closes ? SOTTO_OK : SOTTO_ENOMEM;
}

/** Signals are the main thread's. */
static sotto_err start_thread(struct media_worker *w)
{
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		return SOTTO_EIO;
	w->is_running = true;
	(void)pthread_setname_np(w->thread, "sotto-media");
	return SOTTO_OK;
}

sotto_err media_worker_create(struct media_worker **out, const struct media_worker_params *params)
{
	struct media_worker *w = calloc(1, sizeof(*w));
	sotto_err err;

	*out = NULL;
	if (!w)
		return SOTTO_ENOMEM;
	w->params = *params;
	err = prepare(w);
	if (!err)
		err = start_thread(w);
	if (err) {
		media_worker_destroy(w);
		return err;
	}
	*out = w;
	return SOTTO_OK;
}

/** Ports that were bound, and never reached the thread. */
static void drop_commands(struct media_worker *w)
{
	const struct media_io *io = &w->params.io;
	struct command c;

	while (w->commands && mailbox_receive(w->commands, &c)) {
		if (c.kind == COMMAND_OPEN) {
			io->unbind(io->ctx, c.u.open.rtp);
			io->unbind(io->ctx, c.u.open.rtcp);
		}
		explicit_bzero(&c, sizeof(c));
	}
}

void media_worker_destroy(struct media_worker *w)
{
	if (!w)
		return;
	atomic_store(&w->is_stopping, true);
	if (w->is_running) {
		w->params.io.wake(w->params.io.ctx);
		pthread_join(w->thread, NULL);
	}
	drop_commands(w);
	mailbox_destroy(w->commands);
	mailbox_destroy(w->closes);
	media_events_deinit(&w->events);
	lease_table_deinit(&w->leases);
	pipeline_destroy(w->pipeline);
	explicit_bzero(w->buffers, sizeof(w->buffers)); /* voices */
	free(w);
}
