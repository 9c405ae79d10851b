/**
 * @file media/ssrcs.h  Sources that began anew. A source that falls back in its sequence numbers
 * cannot be protected under its own SSRC again (SPEC §2.5): no (SSRC, index) is used twice under a
 * key. It goes on under a fresh outgoing SSRC; reports are rewritten to match. Pure.
 *
 * A repeat is refused too, and is no new beginning: that takes SSRC_PROOF refused packets in
 * sequence, with none that passes between them.
 */
#pragma once
#include "base/rng.h"
#include "base/span.h"

#define SSRC_MAPPINGS_MAX 8 /* of one leg; a new one replaces the oldest */
#define SSRC_PROOF        4

/** All zero: every source goes out as it is. */
struct ssrcs {
	struct {
		uint32_t source, out;
	} maps[SSRC_MAPPINGS_MAX];
	size_t count, oldest;
	struct {
		uint32_t ssrc;
		uint16_t seq;
		unsigned count;
	} refused;
};

/** The SSRC under which `source` goes out. */
uint32_t ssrcs_out(const struct ssrcs *s, uint32_t source);

/** The inverse, for what the receiver reports about it. */
uint32_t ssrcs_source(const struct ssrcs *s, uint32_t out);

/** A packet of `source` was protected. */
void ssrcs_on_sent(struct ssrcs *s, uint32_t source);

/** A packet of `source` was refused as used before: after SSRC_PROOF in sequence it is mapped anew.
 */
void ssrcs_on_refused(struct ssrcs *s, uint32_t source, uint16_t seq, struct rng *rng);

/**
 * Rewrites the SSRCs of a compound RTCP packet that is relayed from one leg to another: of senders
 * by `to`, of those whom reports are about by `from`. The inside of XR and APP blocks stays.
 */
void ssrcs_rewrite_rtcp(const struct ssrcs *from, const struct ssrcs *to, uint8_t *p, size_t n);
