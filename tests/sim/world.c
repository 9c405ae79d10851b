/** @file sim/world.c */
#include "sim/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "txn/txn.h"

#define LOGGED_MAX (1024 * 1024)

void *must_alloc(size_t n)
{
	void *p = calloc(1, n);

	if (!p)
		abort();
	return p;
}

static wall_t world_wall(void *ctx)
{
	const struct world *w = ctx;

	return WORLD_WALL + instant_diff(WORLD_START, w->now);
}

static void world_log(void *ctx, struct span line)
{
	struct world *w = ctx;

	buf_put(&w->logged, line);
	watch_log(w, line);
	ladder_note(&w->ladder, world_elapsed(w), LADDER_LOG, span_trim(line));
}

static void world_record(void *ctx, const struct call_record *r)
{
	struct world *w = ctx;

	for (size_t i = 0; i < w->record_count; i++)
		if (strcmp(w->records[i].call_id, r->call_id) == 0)
			world_fail(w, "call %s was recorded twice", r->call_id);
	if (w->record_count == WORLD_RECORDS_MAX) {
		world_fail(w, "more than %d records", WORLD_RECORDS_MAX);
		return;
	}
	w->records[w->record_count++] = *r;
	world_note(w, "record: %s, %u, ended by %s", failure_info(r->failure)->name, r->sip_status,
		r->ended_by[0] ? r->ended_by : "nobody");
}

struct world *world_create(const char *path, uint64_t seed)
{
	struct world *w = must_alloc(sizeof(*w));

	w->path = path;
	w->now = w->mark = WORLD_START;
	timer_heap_init(&w->timers);
	list_init(&w->errands);
	rng_seeded_init(&w->edge_rng, seed);
	rng_seeded_init(&w->net_rng, seed ^ 0x6e6574);
	rng_seeded_init(&w->phone_rng, seed ^ 0x70686f6e65);
	w->logged = buf_over(must_alloc(LOGGED_MAX), LOGGED_MAX);
	w->log = (struct log){ .sink = world_log, .ctx = w };
	log_set_level(&w->log, LOG_LEVEL_DEBUG);
	site_init(&w->site);
	net_init(&w->net, w);
	w->media = vmedia_create(w);
	return w;
}

static void errands_drop(struct world *w)
{
	list_each(at, &w->errands)
	{
		struct errand *e = container_of(at, struct errand, link);
		list_remove(at);
		timer_stop(&w->timers, &e->timer);
		if (e->drop)
			e->drop(e);
		free(e);
	}
}

void world_destroy(struct world *w)
{
	if (w->edge)
		edge_destroy(w->edge);
	vmedia_destroy(w->media);
	directory_release(w->directory);
	errands_drop(w);
	for (unsigned i = 0; i < w->phone_count; i++)
		phone_destroy(w->phones[i]);
	net_deinit(&w->net);
	ladder_free(&w->ladder);
	timer_heap_deinit(&w->timers);
	free(w->logged.p);
	free(w);
}

bool world_apply(struct world *w)
{
	const struct directory_rows rows = { w->site.connections, w->site.connection_count,
		w->site.credentials, w->site.credential_count, w->site.numbers,
		w->site.number_count };
	const struct edge_env env = { .transport = net_transport(&w->net),
		.media = vmedia_port(w->media),
		.record = world_record,
		.record_ctx = w,
		.wall = world_wall,
		.wall_ctx = w,
		.timers = &w->timers,
		.rng = &w->edge_rng.rng,
		.log = &w->log };
	struct directory *old = w->directory;
	sotto_err err = SOTTO_OK;

	if (w->edge && !w->site.changed)
		return true;
	w->site.changed = false;
	if (directory_create(&w->directory, &rows, &w->edge_rng.rng))
		return world_fail(w, "the connections and numbers contradict each other");
	if (w->edge)
		edge_set_directory(w->edge, w->directory);
	else
		err = edge_create(&w->edge, &env, &w->site.settings, w->directory);
	directory_release(old);
	return err == SOTTO_OK || world_fail(w, "the edge does not start: %s", err_text(err));
}

bool world_fail(struct world *w, const char *fmt, ...)
{
	va_list args;

	if (w->failed)
		return false;
	w->failed = true;
	va_start(args, fmt);
	vsnprintf(w->failure, sizeof(w->failure), fmt, args);
	va_end(args);
	world_note(w, "FAILED HERE: %s", w->failure);
	return false;
}

void world_note(struct world *w, const char *fmt, ...)
{
	char text[1200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ladder_note(&w->ladder, world_elapsed(w), LADDER_NOTE, span_of(text));
}

instant_t world_elapsed(const struct world *w)
{
	return w->now - WORLD_START;
}

static instant_t world_next(struct world *w)
{
	instant_t a = timer_heap_next(&w->timers), b = vmedia_next(w->media);

	return a < b ? a : b;
}

bool world_run_while(struct world *w, instant_t limit, bool (*waiting)(void *ctx), void *ctx)
{
	while (!w->failed && waiting(ctx)) {
		instant_t next = world_next(w);
		if (next > limit) {
			w->now = limit > w->now ? limit : w->now;
			break;
		}
		w->now = next > w->now ? next : w->now;
		/* media first: a packet that has come counts before a timer that waits for it */
		vmedia_run(w->media, w->now);
		timer_heap_run(&w->timers, w->now);
	}
	return !w->failed;
}

static bool always(void *ctx)
{
	(void)ctx;
	return true;
}

bool world_run_until(struct world *w, instant_t at)
{
	return world_run_while(w, at, always, NULL);
}

struct phone *world_phone(struct world *w, struct span name)
{
	for (unsigned i = 0; i < w->phone_count; i++)
		if (span_eq(name, span_of(w->phones[i]->name)))
			return w->phones[i];
	return NULL;
}

static void errand_fire(struct timer *t, instant_t now)
{
	struct errand *e = container_of(t, struct errand, timer);

	(void)now;
	list_remove(&e->link);
	e->run(e);
	if (e->drop)
		e->drop(e);
	free(e);
}

void world_later(struct world *w, struct errand *e, instant_t at)
{
	e->world = w;
	list_add(&w->errands, &e->link);
	if (timer_set(&w->timers, &e->timer, at, errand_fire))
		abort();
}

static bool inboxes_are_empty(struct world *w)
{
	for (unsigned i = 0; i < w->phone_count; i++) {
		const struct message *m = phone_peek(w->phones[i]);
		if (m)
			return world_fail(w, "%s got %s at %.3f s, and no step expects it",
				w->phones[i]->name, m->label, (double)(m->at - WORLD_START) / 1e6);
	}
	return true;
}

/** Whatever a call may still wait for ends within 64*T1 (RFC 3261 §17: timers B, D, F, H, J). */
static bool all_is_at_rest(struct world *w)
{
	struct edge_counts c;

	if (!world_run_until(w, instant_add(w->now, 64 * TXN_T1 + 100)))
		return false;
	c = edge_count(w->edge);
	if (c.calls || c.dialogs || c.transactions || vmedia_legs(w->media))
		return world_fail(w,
			"64*T1 after the end there are left: %zu calls, %zu dialogs, "
			"%zu transactions, %zu media legs",
			c.calls, c.dialogs, c.transactions, vmedia_legs(w->media));
	return inboxes_are_empty(w);
}

bool world_finish(struct world *w)
{
	const struct net_drop *unused = net_unused_drop(&w->net);

	if (w->failed || !world_apply(w) || !inboxes_are_empty(w) || !all_is_at_rest(w))
		return false;
	if (unused)
		return world_fail(w, "nothing came that `drop next … %s %s` could drop",
			unused->phone->name, unused->label);
	if (w->record_next != w->record_count)
		return world_fail(w, "%zu records were written, and the scenario expects %zu",
			w->record_count, w->record_next);
	/* no registration outlives the longest time that one may ask for */
	if (!world_run_until(w,
		    instant_add(w->now, SECONDS(w->site.settings.register_expires_max_s) + 1000)))
		return false;
	if (edge_count(w->edge).bindings)
		return world_fail(w, "a registration outlives its time");
	return inboxes_are_empty(w);
}
