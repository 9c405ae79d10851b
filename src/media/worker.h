/**
 * @file media/worker.h  A thread that owns a pipeline and its sockets. Signalling talks to it
 * through a media_port, by value; events come back the same way.
 */
#pragma once
#include "base/log.h"
#include "base/rng.h"
#include "media/io.h"
#include "media/media.h"

struct media_worker;

struct media_worker_params {
	struct media_io io;             /* outlives the worker */
	uint16_t port_first, port_last; /* both included; RTP takes the even ones */
	uint32_t legs_max;              /* 1..MEDIA_LEGS_MAX */
	struct rng *rng;                /* [borrowed] serves both threads: rng_system() */
	const struct log *log;          /* [borrowed] may be NULL */
	/** There is an event to receive. Called by the worker's thread. May be NULL. */
	void (*wake)(void *ctx);
	void *ctx;
};

/** Starts the thread. SOTTO_ENOMEM; SOTTO_EINVAL: no pair of ports, or legs_max; SOTTO_EIO. */
SOTTO_MUST_USE sotto_err media_worker_create(
	struct media_worker **out, const struct media_worker_params *params);

/** Stops and joins the thread; legs that are open vanish. Signalling's thread. NULL is legal. */
void media_worker_destroy(struct media_worker *w);

/** What signalling calls, on its one thread; valid as long as `w`. */
struct media_port media_worker_port(struct media_worker *w);

/** The next event; false: there is none. Signalling's thread. Ports are free after MEDIA_CLOSED. */
bool media_worker_receive(struct media_worker *w, struct media_event *out);
