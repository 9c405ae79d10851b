/**
 * @file unit/media/rig.h  A relay without sockets, a false clock, and peers that speak RTP or SRTP:
 * what the tests of the pipeline stand on.
 */
#pragma once
#include "media/local.h"
#include "rtp/rtp.h"
#include "srtp/srtp.h"

#define RIG_SENT_MAX 256
#define RIG_BYTES    512

struct rig_packet {
	struct netaddr from, to;
	uint8_t bytes[RIG_BYTES];
	size_t len;
};

struct rig {
	struct media_local *local;
	struct media_port port;
	struct rng_seeded rng;
	instant_t now;
	struct rig_packet sent[RIG_SENT_MAX]; /* by the relay, since rig_forget */
	size_t count;
};

/** One party at the far end of a leg. */
struct rig_peer {
	struct rig *rig;
	handle_t leg;
	struct netaddr local; /* of the relay: RTP port */
	struct netaddr at;    /* of the peer: RTP port */
	struct media_leg_params params;
	struct srtp *send, *receive; /* NULL: clear */
	uint32_t ssrc, timestamp;
	uint16_t seq;
};

void rig_start(struct rig *r);
void rig_stop(struct rig *r);
void rig_forget(struct rig *r);

/** Lets `ms` pass, timers running when they are due. */
void rig_pass(struct rig *r, ms_t ms);

/** Opens a leg for a peer at 198.51.100.`host`:`port`, and sets it: SRTP if `key` is not 0. */
void rig_peer_open(struct rig *r, struct rig_peer *p, uint8_t host, uint16_t port, uint8_t key);
void rig_peer_close(struct rig_peer *p);

/** Tells the relay p->params again. */
void rig_peer_set(struct rig_peer *p);

/** Parameters for SRTP under the key that `key` stands for, in both directions. */
void rig_secure(struct media_leg_params *params, uint8_t key);

/** The next RTP packet as it goes onto the wire; and one of given numbers. */
struct rig_packet rig_rtp(struct rig_peer *p);
struct rig_packet rig_rtp_of(struct rig_peer *p, uint32_t ssrc, uint16_t seq);
/** A sender report, with one report block about `about`. */
struct rig_packet rig_rtcp(struct rig_peer *p, uint32_t about);

/** Gives it to the relay: from where it says, or from elsewhere. */
void rig_deliver(struct rig *r, const struct rig_packet *packet);
void rig_deliver_from(struct rig *r, struct rig_packet packet, const struct netaddr *from);

/** How many packets the relay sent to `to`. */
size_t rig_sent_to(const struct rig *r, const struct netaddr *to);

/** Deciphers what the relay sent to `p`, in place; false: it is not for it, or forged, or a replay.
 */
bool rig_open(struct rig_peer *p, struct rig_packet *packet, bool is_rtcp);

struct media_leg_stats rig_stats(const struct rig_peer *p);

struct netaddr rig_addr(uint8_t host, uint16_t port);
