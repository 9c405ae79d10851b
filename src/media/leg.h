/**
 * @file media/leg.h  One leg: a port pair, what signalling said of it, its keys, and what was seen.
 * Rules of SPEC §2.5 and §2.3 that need no batch live here.
 */
#pragma once
#include "base/timer.h"
#include "media/latch.h"
#include "media/media.h"
#include "media/ssrcs.h"
#include "media/test_peer.h"
#include "media/track.h"
#include "srtp/srtp.h"

/** A master key and what came of it. A secret. */
struct leg_key {
	struct srtp_keying crypto;
	struct srtp *srtp; /* [owned] NULL: none was made, or making it failed */
	bool is_on;        /* false: the leg is clear in this direction now */
};

struct leg {
	handle_t handle;
	uint64_t owner;
	uint32_t port_id; /* of RTP; RTCP's is the next */
	bool is_set;
	struct media_leg_params params; /* without the keys */
	struct leg_key rx, tx;
	struct latch latch;
	struct track track;
	struct ssrcs ssrcs; /* outgoing */
	enum media_peer peer_kind;
	struct leg *peer; /* its peer is this leg; NULL unless MEDIA_PEER_LEG */
	struct test_peer test;
	struct media_leg_stats stats;
	uint64_t clear_us;
	instant_t clear_at, heard_at; /* of the last clear packet, and of the last accepted one */
	bool has_been_clear, is_silent;
	struct timer silence, tone;
	struct pipeline *pipeline; /* [borrowed] for the timers */
};

/** NULL if out of memory. */
SOTTO_MUST_USE struct leg *relay_leg_create(handle_t handle, uint64_t owner, uint32_t port_id);

/** Wipes it. Timers must be stopped, the peer unlinked. NULL is legal. */
void relay_leg_destroy(struct leg *leg);

/**
 * Takes what signalling says. A key that is the same as before goes on with its counters.
 * @return SOTTO_OK, or why a key cannot be used (SOTTO_ENOMEM, _ECRYPTO, _EUNSUPPORTED): the leg
 * has the rest of `params`, and passes nothing in the direction that has no key
 */
SOTTO_MUST_USE sotto_err leg_set(
	struct leg *leg, const struct media_leg_params *params, instant_t now);

/** How a packet that comes in is to be taken. */
enum leg_admission {
	LEG_REFUSES, /* clear, where only encrypted ones may come */
	LEG_CLEAR,
	LEG_SECURE,
};

enum leg_admission leg_receives(const struct leg *leg);

/** How packets go out; LEG_REFUSES: not at all. Says nothing of direction or address. */
enum leg_admission leg_sends(const struct leg *leg);

/** Where a packet goes to now; false: nowhere. RTP also needs may_send. */
SOTTO_MUST_USE bool leg_target(const struct leg *leg, bool is_rtcp, struct netaddr *out);

/** A clear packet was sent or accepted. */
void leg_on_clear(struct leg *leg, instant_t now);

/** An RTP packet was accepted. */
void leg_on_rtp(struct leg *leg, const struct rtp_header *h, size_t len, const struct netaddr *from,
	instant_t now);

struct media_leg_stats leg_stats(const struct leg *leg);
