/** @file daemon/signalling.c */
#include "daemon/signalling.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mailbox.h"
#include "edge/edge.h"
#include "media/io_sockets.h"
#include "media/worker.h"
#include "transport/sip_server.h"

#define INBOX_MAX     64
#define FAREWELL_MS   500 /* for the answers to our BYEs, and what is queued on streams */
#define LEGS_PER_CALL 4   /* two, and room for forks */

enum inbox_kind {
	INBOX_DIRECTORY,
	INBOX_STOP,
};

struct inbox_message {
	enum inbox_kind kind;
	struct directory *directory; /* a reference of its own */
};

struct signalling {
	struct loop *loop;
	struct sip_server *server;
	struct edge *edge;
	struct io_sockets *sockets;
	struct media_worker *media;
	struct mailbox *inbox;
	struct store *store;
	const struct log *log;
	void (*ended)(void *ctx);
	void *ctx;

	pthread_t thread;
	bool has_thread;
	bool is_stopping;
	struct timer farewell, give_up; /* while stopping */
	bool is_farewell_over;

	/* for other threads */
	atomic_uint_least64_t calls, dialogs, transactions, bindings, flows;
};

static void on_record(void *ctx, const struct call_record *r)
{
	struct signalling *s = ctx;

	sotto_err err = store_send_record(s->store, r);

	(void)err; /* a record that is lost is logged there; a call never waits for the store */
}

static wall_t on_wall(void *ctx)
{
	(void)ctx;
	return clock_wall();
}

static void tell_counts(struct signalling *s)
{
	struct edge_counts n = edge_count(s->edge);

	atomic_store_explicit(&s->calls, n.calls, memory_order_relaxed);
	atomic_store_explicit(&s->dialogs, n.dialogs, memory_order_relaxed);
	atomic_store_explicit(&s->transactions, n.transactions, memory_order_relaxed);
	atomic_store_explicit(&s->bindings, n.bindings, memory_order_relaxed);
	atomic_store_explicit(&s->flows, sip_server_flow_count(s->server), memory_order_relaxed);
}

static void on_turn_end(void *ctx)
{
	struct signalling *s = ctx;
	struct edge_counts n = edge_count(s->edge);

	tell_counts(s);
	if (s->is_stopping && s->is_farewell_over && n.calls == 0 && n.dialogs == 0)
		loop_stop(s->loop);
}

static void on_farewell(struct timer *t, instant_t now)
{
	struct signalling *s = container_of(t, struct signalling, farewell);

	(void)now;
	s->is_farewell_over = true;
}

static void on_give_up(struct timer *t, instant_t now)
{
	struct signalling *s = container_of(t, struct signalling, give_up);

	(void)now;
	log_warn(s->log, daemon, "calls_dropped", LOG_INT("calls", edge_count(s->edge).calls),
		LOG_STR("reason", "a party did not answer our BYE in time"));
	loop_stop(s->loop);
}

static void stop(struct signalling *s)
{
	instant_t now = clock_now();
	bool has_calls = edge_count(s->edge).calls > 0;

	if (s->is_stopping)
		return;
	s->is_stopping = true;
	s->is_farewell_over = !has_calls;
	edge_stop(s->edge, now);
	/* room was reserved for both */
	if (has_calls && (timer_set(loop_timers(s->loop), &s->farewell,
				  instant_add(now, FAREWELL_MS), on_farewell) ||
				 timer_set(loop_timers(s->loop), &s->give_up,
					 instant_add(now, SIGNALLING_DRAIN_MS), on_give_up)))
		loop_stop(s->loop);
}

static void on_wake(void *ctx)
{
	struct signalling *s = ctx;
	struct inbox_message m;
	struct media_event e;

	while (mailbox_receive(s->inbox, &m)) {
		switch (m.kind) {
		case INBOX_DIRECTORY:
			edge_set_directory(s->edge, m.directory);
			directory_release(m.directory);
			break;
		case INBOX_STOP: stop(s); break;
		}
	}
	while (media_worker_receive(s->media, &e))
		edge_on_media(s->edge, &e, clock_now());
}

static sotto_err create_server(struct signalling *s, const struct config *c, struct buf *why)
{
	struct sip_server_settings *settings = calloc(1, sizeof(*settings));
	sotto_err err;

	if (!settings)
		return SOTTO_ENOMEM;
	for (size_t i = 0; i < c->listener_count; i++) {
		const struct config_listener *l = &c->listeners[i];
		settings->listeners[i] = (struct sip_listener_settings){
			.transport = l->transport,
			.bind = l->bind,
			.advertise = l->advertise,
			.media_bind = l->media_bind,
			.media_advertise = l->media_advertise,
			.tls = { l->certificate, l->key },
		};
	}
	settings->listener_count = c->listener_count;
	settings->flows_max = c->flows_max;
	settings->source_flows_max = c->source_flows_max;
	settings->tls_client = (struct tls_client_settings){
		.verify = TLS_VERIFY_STRICT,
		.ca_file = c->tls_ca[0] ? c->tls_ca : NULL,
		.uses_system_cas = c->tls_system_cas,
		.allows_wildcard = true,
	};
	err = sip_server_create(&s->server, s->loop, settings, s->log, why);
	free(settings);
	return err;
}

static sotto_err create_media(struct signalling *s, const struct config *c, struct buf *why)
{
	uint32_t legs = c->calls_max * LEGS_PER_CALL;
	struct media_worker_params params = {
		.port_first = c->media_ports.first,
		.port_last = c->media_ports.last,
		.legs_max = legs < MEDIA_LEGS_MAX ? legs : MEDIA_LEGS_MAX,
		.rng = rng_system(),
		.log = s->log,
		.wake = loop_wake,
		.ctx = s->loop,
	};
	sotto_err err = io_sockets_create(&s->sockets);

	if (!err) {
		params.io = io_sockets_io(s->sockets);
		err = media_worker_create(&s->media, &params);
	}
	if (err)
		buf_printf(why, "the media worker cannot start: %s", err_text(err));
	return err;
}

static void fill_settings(struct edge_settings *out, const struct config *c)
{
	edge_settings_default(out);
	memcpy(out->realm, c->realm, sizeof(out->realm));
	memcpy(out->test_destination, c->test_destination, sizeof(out->test_destination));
	out->digest_algorithms = c->digest_algorithms;
	snprintf(out->user_agent, sizeof(out->user_agent), "Sotto/%s", SOTTO_VERSION);
	out->calls_max = c->calls_max;
	out->register_expires_min_s = c->expires_min_s;
	out->register_expires_max_s = c->expires_max_s;
	out->timeout_1xx_s = c->timeout_1xx_s;
	out->timeout_2xx_s = c->timeout_2xx_s;
	out->media_silence_s = c->media_silence_s;
	out->call_max_s = c->call_max_s;
	out->media_dscp = (uint8_t)c->media_dscp;
}

static sotto_err create_edge(
	struct signalling *s, const struct signalling_params *params, struct buf *why)
{
	struct edge_settings settings;
	struct edge_env env = {
		.transport = sip_server_port(s->server),
		.media = media_worker_port(s->media),
		.record = on_record,
		.record_ctx = s,
		.wall = on_wall,
		.timers = loop_timers(s->loop),
		.rng = rng_system(),
		.log = s->log,
	};
	struct transport_events events;
	sotto_err err;

	fill_settings(&settings, params->config);
	err = timer_heap_reserve(loop_timers(s->loop), 2);
	if (!err)
		err = edge_create(&s->edge, &env, &settings, params->directory);
	if (!err) {
		events = edge_transport_events(s->edge);
		err = sip_server_start(s->server, &events);
	}
	if (err)
		buf_printf(why, "the edge cannot start: %s", err_text(err));
	return err;
}

static sotto_err create_parts(
	struct signalling *s, const struct signalling_params *params, struct buf *why)
{
	if (loop_create(&s->loop)) {
		buf_lit(why, "the signalling loop cannot be made");
		return SOTTO_EIO;
	}
	s->inbox = mailbox_create(sizeof(struct inbox_message), INBOX_MAX, loop_wake, s->loop);
	if (!s->inbox) {
		buf_lit(why, "out of memory");
		return SOTTO_ENOMEM;
	}
	TRY(create_server(s, params->config, why));
	TRY(create_media(s, params->config, why));
	TRY(create_edge(s, params, why));
	loop_on_wake(s->loop, on_wake, s);
	loop_on_turn_end(s->loop, on_turn_end, s);
	return SOTTO_OK;
}

sotto_err signalling_create(
	struct signalling **out, const struct signalling_params *params, struct buf *why)
{
	struct signalling *s = calloc(1, sizeof(*s));
	sotto_err err;

	*out = NULL;
	if (!s)
		return SOTTO_ENOMEM;
	s->store = params->store;
	s->log = params->log;
	s->ended = params->ended;
	s->ctx = params->ctx;
	err = create_parts(s, params, why);
	if (err)
		signalling_destroy(s);
	else
		*out = s;
	return err;
}

static void *thread_main(void *ctx)
{
	struct signalling *s = ctx;

	loop_run(s->loop);
	s->ended(s->ctx);
	return NULL;
}

sotto_err signalling_start(struct signalling *s)
{
	if (pthread_create(&s->thread, NULL, thread_main, s))
		return SOTTO_EIO;
	pthread_setname_np(s->thread, "signalling");
	s->has_thread = true;
	return SOTTO_OK;
}

sotto_err signalling_set_directory(struct signalling *s, struct directory *d)
{
	struct inbox_message m = { INBOX_DIRECTORY, directory_retain(d) };
	sotto_err err = mailbox_send(s->inbox, &m);

	if (err)
		directory_release(d);
	return err;
}

void signalling_stop(struct signalling *s)
{
	struct inbox_message m = { .kind = INBOX_STOP };

	if (mailbox_send(s->inbox, &m))
		loop_stop(s->loop); /* then without goodbye */
}

void signalling_status(struct signalling *s, struct command_status *out)
{
	out->calls = atomic_load_explicit(&s->calls, memory_order_relaxed);
	out->dialogs = atomic_load_explicit(&s->dialogs, memory_order_relaxed);
	out->transactions = atomic_load_explicit(&s->transactions, memory_order_relaxed);
	out->bindings = atomic_load_explicit(&s->bindings, memory_order_relaxed);
	out->flows = atomic_load_explicit(&s->flows, memory_order_relaxed);
}

void signalling_join(struct signalling *s)
{
	if (s && s->has_thread)
		pthread_join(s->thread, NULL);
	if (s)
		s->has_thread = false;
}

void signalling_destroy(struct signalling *s)
{
	struct inbox_message m;

	if (!s)
		return;
	signalling_join(s);
	if (s->loop) {
		loop_on_turn_end(s->loop, NULL, NULL);
		timer_stop(loop_timers(s->loop), &s->farewell);
		timer_stop(loop_timers(s->loop), &s->give_up);
	}
	sip_server_destroy(s->server);
	edge_destroy(s->edge);
	media_worker_destroy(s->media);
	io_sockets_destroy(s->sockets);
	while (s->inbox && mailbox_receive(s->inbox, &m))
		directory_release(m.directory);
	loop_destroy(s->loop);
	mailbox_destroy(s->inbox);
	free(s);
}
