/**
 * @file media/latch.h  Where a leg's peer sends from, and so where to send to (symmetric RTP, RFC
 * 4961; SPEC §2.5). Pure.
 *
 * On an authenticated leg each authentic packet says it. On a clear one anybody can say it, so:
 * - a packet from the address in the SDP is believed at once, and in the window also after another
 *   source was learned: three packets are soon guessed;
 * - another source is learned only in the MEDIA_LEARN_WINDOW after a set, only if the SDP's address
 *   has not been heard, and only after LATCH_PROOF packets of one stream in sequence. One source is
 * on trial at a time, so that a second one cannot spoil the trial of the first;
 * - once learned, packets from elsewhere are refused until the next set. A set that names the same
 *   address keeps what was learned (and gives others a chance again until that one is heard); a set
 *   that names another forgets it.
 * RTCP comes too seldom for a trial: its source is the SDP's, or has the IP address of the RTP.
 */
#pragma once
#include "base/time.h"
#include "media/media.h"
#include "rtp/rtp.h"

#define LATCH_PROOF 3          /* packets in sequence */
#define LATCH_GAP   16         /* packets that may be lost between two of them */
#define LATCH_TRIAL SECONDS(1) /* a silent source is on trial no longer than this */

struct latch {
	struct netaddr rtp, rtcp; /* learned; IP_NONE: nothing yet */
	bool is_learning;
	instant_t learn_until;
	struct {
		struct netaddr from;
		uint32_t ssrc;
		uint16_t seq;
		unsigned count; /* 0: nobody is on trial */
		instant_t at;
	} trial;
};

/** A leg was told `params`; `before` was in force until now. */
void latch_set(struct latch *l, const struct media_leg_params *before,
	const struct media_leg_params *params, instant_t now);

/** A clear packet: true if it may be used. */
SOTTO_MUST_USE bool latch_clear_rtp(struct latch *l, const struct media_leg_params *params,
	const struct netaddr *from, const struct rtp_header *h, instant_t now);
SOTTO_MUST_USE bool latch_clear_rtcp(
	struct latch *l, const struct media_leg_params *params, const struct netaddr *from);

/**
 * A packet that nothing proves, on a leg whose suite does not authenticate (SPEC §2.5): true if it
 * comes from the address in the SDP. Nothing is learned from it.
 */
SOTTO_MUST_USE bool latch_unproven(
	const struct media_leg_params *params, const struct netaddr *from, bool is_rtcp);

/** An authenticated packet. */
void latch_authentic_rtp(
	struct latch *l, const struct media_leg_params *params, const struct netaddr *from);
void latch_authentic_rtcp(
	struct latch *l, const struct media_leg_params *params, const struct netaddr *from);

/** Where to send; false: nowhere yet. */
bool latch_rtp_target(
	const struct latch *l, const struct media_leg_params *params, struct netaddr *out);
bool latch_rtcp_target(
	const struct latch *l, const struct media_leg_params *params, struct netaddr *out);
