/**
 * @file media/pipeline.h  The relay without I/O: packets and `now` in, packets out. A media
 * worker's thread drives it over sockets, the simulator over a virtual network and a false clock.
 *
 * One thread; no function may be called from within a callback. On the path of packets nothing is
 * allocated, locked or logged.
 */
#pragma once
#include "base/rng.h"
#include "media/io.h"
#include "media/media.h"

struct pipeline;

struct pipeline_params {
	uint32_t legs_max; /* 1..MEDIA_LEGS_MAX */
	struct rng *rng;   /* [borrowed] for SSRCs */
	void *ctx;
	/**
	 * Packets to send, 1..MEDIA_BATCH of them: `port_id` to send from, `peer` to send to. They
	 * are only lent.
	 */
	void (*send)(void *ctx, const struct media_packet *packets, size_t n);
	/** False: no room now; asked again soon. A MEDIA_CLOSED must be taken. */
	bool (*event)(void *ctx, const struct media_event *event);
};

/** SOTTO_ENOMEM; SOTTO_EINVAL: legs_max. */
SOTTO_MUST_USE sotto_err pipeline_create(
	struct pipeline **out, const struct pipeline_params *params);

/** Legs that are still open vanish without an event. NULL is legal. */
void pipeline_destroy(struct pipeline *p);

/**
 * Enters a leg under a handle that the caller made (base/handle.h; its slot must be free here).
 * @return SOTTO_OK; SOTTO_ELIMIT: a slot beyond legs_max; SOTTO_EEXIST: it is not free;
 * SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err pipeline_open(struct pipeline *p, handle_t leg, uint64_t owner);

/** The `port_id` of the leg's RTP packets; RTCP's is the next. */
uint32_t pipeline_port_id(handle_t leg);

/** As media_port's set. Also what srtp_create says of a key: nothing passes that way then. */
SOTTO_MUST_USE sotto_err pipeline_set(
	struct pipeline *p, handle_t leg, const struct media_leg_params *params, instant_t now);

/** As media_port's link. SOTTO_EINVAL: a leg with itself. */
SOTTO_MUST_USE sotto_err pipeline_link(
	struct pipeline *p, handle_t leg, enum media_peer kind, handle_t peer, instant_t now);

/** Ends with MEDIA_CLOSED, before it returns. Harmless if there is no such leg. */
void pipeline_close(struct pipeline *p, handle_t leg);

/** SOTTO_ENOENT. */
SOTTO_MUST_USE sotto_err pipeline_stats(
	const struct pipeline *p, handle_t leg, struct media_leg_stats *out);

/**
 * Packets that came: `port_id` says to which port, `peer` from where; `cap` should leave
 * MEDIA_TAILROOM behind `len`. They are changed in place and handed to `send`.
 */
void pipeline_on_packets(struct pipeline *p, struct media_packet *packets, size_t n, instant_t now);

/** INSTANT_NEVER: no deadline. */
instant_t pipeline_next_deadline(const struct pipeline *p);
void pipeline_run_timers(struct pipeline *p, instant_t now);
