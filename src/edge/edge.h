/**
 * @file edge/edge.h  One signalling worker's edge: registrar, routing, policy and calls as a B2BUA.
 * Logic without I/O: messages, media events and `now` in; messages, media commands and records out
 * by the ports in edge_env. The simulator and the daemon run the same code.
 */
#pragma once
#include "base/log.h"
#include "base/rng.h"
#include "base/timer.h"
#include "media/media.h"
#include "store/directory.h"
#include "store/record.h"
#include "transport/transport.h"

#define EDGE_CALLS_MAX         16384 /* of one worker, whatever the settings say */
#define EDGE_BINDINGS_MAX      65536
#define EDGE_BINDINGS_PER_USER 10

struct edge_settings {
	char realm[128];            /* digest realm, and our own domain */
	unsigned digest_algorithms; /* of enum auth_algorithm */
	char test_destination[64];  /* user part that reaches the test destination; empty: none */
	char user_agent[64];        /* Server and User-Agent */
	uint32_t calls_max;         /* 1..EDGE_CALLS_MAX: above, 503 */
	uint32_t register_expires_min_s, register_expires_max_s; /* 60, 3600 */
	uint32_t timeout_1xx_s, timeout_2xx_s;                   /* no provisional; no answer */
	uint32_t media_silence_s;                                /* 0: never ends a call */
	uint32_t call_max_s;                                     /* 14400 */
	uint8_t media_dscp;                                      /* 46 */
};

/** Sensible values for all of it. */
void edge_settings_default(struct edge_settings *s);

struct edge_env {
	struct transport_port transport;
	struct media_port media;
	/** Takes a copy of a call's record when it has ended; exactly one per call. */
	void (*record)(void *ctx, const struct call_record *r);
	void *record_ctx;
	wall_t (*wall)(void *ctx); /* wall clock, for records */
	void *wall_ctx;
	struct timer_heap *timers; /* the worker's: its owner runs it */
	struct rng *rng;
	const struct log *log;
	unsigned worker; /* 0..SIP_WORKER_MAX */
};

struct edge;

/** @param directory [in, retained] */
SOTTO_MUST_USE sotto_err edge_create(struct edge **out, const struct edge_env *env,
	const struct edge_settings *settings, struct directory *directory);

/** Calls that live are dropped without a word: edge_stop first. */
void edge_destroy(struct edge *e);

/** For new calls and registrations from now on. Calls keep the snapshot that they began with. */
void edge_set_directory(struct edge *e, struct directory *directory);

/** What to hand to the transport. */
struct transport_events edge_transport_events(struct edge *e);

void edge_on_media(struct edge *e, const struct media_event *event, instant_t now);

/** No new calls (503); those that live are released with BYE or CANCEL. */
void edge_stop(struct edge *e, instant_t now);

/** What lives: for tests of growth, for the drain, for metrics. */
struct edge_counts {
	size_t calls, dialogs, transactions, bindings;
};
struct edge_counts edge_count(const struct edge *e);
