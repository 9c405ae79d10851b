/**
 * @file media/local.h  struct media_port over a pipeline in the caller's thread, without sockets:
 * what the simulator puts under the edge. Ports come from a range, packets go to a callback.
 */
#pragma once
#include "base/rng.h"
#include "media/media.h"

struct media_local;

struct media_local_params {
	uint16_t port_first, port_last; /* both included; RTP takes the even ones */
	uint32_t legs_max;              /* 1..MEDIA_LEGS_MAX */
	struct rng *rng;                /* [borrowed] */
	void *ctx;
	instant_t (*now)(void *ctx); /* a false clock's time */
	/** A packet leaves the local address `from`. The bytes are only lent. */
	void (*send)(void *ctx, const struct netaddr *from, const struct netaddr *to,
		const uint8_t *packet, size_t n);
};

/** SOTTO_ENOMEM; SOTTO_EINVAL: no pair of ports in the range, or legs_max. */
SOTTO_MUST_USE sotto_err media_local_create(
	struct media_local **out, const struct media_local_params *params);

/** NULL is legal. */
void media_local_destroy(struct media_local *l);

/** What signalling calls; valid as long as `l`. */
struct media_port media_local_port(struct media_local *l);

/** A datagram for `to` came from `from`. Up to MEDIA_PAYLOAD_MAX bytes; others are dropped. */
void media_local_on_packet(struct media_local *l, const struct netaddr *to,
	const struct netaddr *from, const uint8_t *packet, size_t n);

/** The next event for signalling; false: there is none. After packets, timers and close. */
bool media_local_receive(struct media_local *l, struct media_event *out);

/** INSTANT_NEVER: no deadline. */
instant_t media_local_next_deadline(const struct media_local *l);
void media_local_run_timers(struct media_local *l);

/** The leg's statistics by now. SOTTO_ENOENT. */
SOTTO_MUST_USE sotto_err media_local_stats(
	const struct media_local *l, handle_t leg, struct media_leg_stats *out);
