/** @file media/track.h  Loss and jitter of a received stream (RFC 3550 §6.4.1, A.1, A.3, A.8).
 * Pure. */
#pragma once
#include "base/time.h"
#include "rtp/rtp.h"

#define TRACK_DROPOUT  3000 /* a leap ahead of less is loss, of more a new start */
#define TRACK_MISORDER 100  /* a leap back of less is disorder */

struct track {
	bool any;
	uint32_t ssrc;
	uint64_t first, highest; /* extended sequence numbers of this run */
	uint64_t received;       /* packets of this run */
	uint64_t lost_before;    /* by the runs before it */
	bool has_transit;
	uint8_t payload_type;
	uint32_t timestamp, transit; /* of the last packet, in timestamp units */
	uint32_t jitter;             /* times 16, in timestamp units */
};

/** One accepted packet. */
void track_on_packet(
	struct track *t, const struct rtp_header *h, uint32_t clock_rate, instant_t now);

/** Packets that never came, as far as the sequence numbers tell. */
uint64_t track_lost(const struct track *t);

uint32_t track_jitter_us(const struct track *t, uint32_t clock_rate);
