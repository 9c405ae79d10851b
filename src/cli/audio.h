/**
 * @file cli/audio.h  The user agent's sound: one RTP session on the loop's thread that sends a tone
 * or samples in G.711, and keeps what comes back.
 */
#pragma once
#include "base/log.h"
#include "io/loop.h"
#include "offer/offer.h"

#define AUDIO_FRAME     160          /* samples: 20 ms */
#define AUDIO_HEARD_MAX (8000 * 600) /* samples kept: ten minutes */

struct audio_source {
	unsigned tone_hz;       /* if there are no samples */
	const int16_t *samples; /* borrowed; played once, then silence */
	size_t sample_count;
};

struct audio_counts {
	uint64_t sent, received; /* RTP packets */
	uint64_t auth_failed, replayed, malformed;
};

struct audio;

/** Binds an even port on `local` (whose port is ignored). SOTTO_EIO, SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err audio_open(struct audio **out, struct loop *loop,
	const struct netaddr *local, const struct audio_source *source, struct rng *rng,
	const struct log *log);

/** Stops, wipes the keys and frees. NULL is legal. */
void audio_close(struct audio *a);

/** Address and RTP port. */
const struct netaddr *audio_local(const struct audio *a);

/**
 * Begins, or changes, what was agreed.
 * @param payload_type 0 (PCMU) or 8 (PCMA); another: SOTTO_EUNSUPPORTED
 * @return SOTTO_OK; SOTTO_ENOMEM, SOTTO_ECRYPTO: nothing is sent any more
 */
SOTTO_MUST_USE sotto_err audio_set(
	struct audio *a, const struct offer_stream *stream, uint8_t payload_type);

const struct audio_counts *audio_counts(const struct audio *a);

/** What was heard so far, in order of arrival: borrowed until the next turn of the loop. */
const int16_t *audio_heard(const struct audio *a, size_t *samples);
