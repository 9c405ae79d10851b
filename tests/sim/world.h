/**
 * @file sim/world.h  One run of one scenario: the edge, its false clock, the virtual network, the
 * phones and what was recorded. Everything happens on one thread, in an order that the seed fixes.
 */
#pragma once
#include "base/list.h"
#include "edge/edge.h"
#include "sim/ladder.h"
#include "sim/net.h"
#include "sim/phone.h"
#include "sim/scenario.h"
#include "sim/site.h"
#include "sim/vmedia.h"
#include "sim/watch.h"

#define WORLD_PHONES_MAX  LADDER_COLUMNS_MAX
#define WORLD_RECORDS_MAX 256
#define WORLD_START       ((instant_t)1000 * 1000000) /* an origin that is not 0 */
#define WORLD_WALL        1767225600000 /* 2026-01-01, ms: the wall clock at WORLD_START */

struct world {
	const char *path; /* the scenario's file, for failures */
	unsigned line;    /* the step at work */
	instant_t now;
	instant_t mark; /* what `at` counts from */
	struct timer_heap timers;
	struct list errands;
	struct rng_seeded edge_rng, net_rng, phone_rng;
	struct ladder ladder;
	struct log log;
	struct buf logged; /* all lines, for `log has` */
	struct site site;
	struct directory *directory;
	struct edge *edge;
	struct net net;
	struct vmedia *media;
	struct watch watch;
	struct phone *phones[WORLD_PHONES_MAX];
	unsigned phone_count;
	struct call_record records[WORLD_RECORDS_MAX];
	size_t record_count, record_next;
	bool is_chaotic; /* phones do senseless things: `chaos` */
	bool failed;
	char failure[1024];
};

struct world *world_create(const char *path, uint64_t seed);
void world_destroy(struct world *w);

/** Starts the edge, or hands it a new snapshot, if the configuration has changed since. */
bool world_apply(struct world *w);

/** The scenario has failed; the first reason stays. Returns false, for `return world_fail(…)`. */
bool world_fail(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void world_note(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Since the run's start. */
instant_t world_elapsed(const struct world *w);

/** Runs everything that is due up to `at`, and stands there. False if the scenario failed. */
bool world_run_until(struct world *w, instant_t at);

/** Runs until `done` says so, at most to `limit`. False if the scenario failed. */
bool world_run_while(struct world *w, instant_t limit, bool (*waiting)(void *ctx), void *ctx);

/** The end of a scenario: everything must come to rest, and be gone. */
bool world_finish(struct world *w);

struct phone *world_phone(struct world *w, struct span name);

/** One thing that will happen: lies at the front of an allocation that is freed when it has. */
struct errand {
	struct timer timer;
	struct list link;
	struct world *world;
	void (*run)(struct errand *e);
	void (*drop)(struct errand *e); /* frees what it holds, ran or not */
};

/** Takes `e` over. */
void world_later(struct world *w, struct errand *e, instant_t at);

/** calloc that does not fail. */
void *must_alloc(size_t n);
