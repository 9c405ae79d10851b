/**
 * @file media/batch.h  The packets of one turn, on their way through the stages of the pipeline:
 * inbound.c (authenticate, accept, count), pipeline.c (to whom), outbound.c (protect, send).
 */
#pragma once
#include "media/io.h"
#include "media/leg.h"

struct batch_entry {
	struct media_packet *packet;
	struct leg *from; /* NULL: made here */
	struct leg *to;   /* NULL: goes nowhere */
	bool is_rtcp, is_accepted;
	struct rtp_header rtp; /* as it was received; of RTP only */
	uint32_t source;       /* its SSRC before mapping */
};

struct batch {
	struct batch_entry entries[MEDIA_BATCH];
	size_t n;
	struct srtp_item items[MEDIA_BATCH];
	struct batch_entry *item_of[MEDIA_BATCH];
	size_t item_count;
	struct media_packet out[MEDIA_BATCH];
};

/**
 * Authenticates and deciphers all; sets is_accepted and `rtp` of those that may be used, and counts
 * the others. Entries with `from` NULL belong to no leg.
 */
void batch_receive(struct batch *b, instant_t now);

/** Protects what has a `to`, counts it, and gathers it in `out`. Returns how many. */
size_t batch_send(struct batch *b, struct rng *rng, instant_t now);
