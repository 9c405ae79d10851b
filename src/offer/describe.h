/**
 * @file offer/describe.h  The parts of a description that we write: which codecs and attributes
 * cross from one leg to the other, and the lines of both levels.
 * Pure: no I/O, no clock, no allocation; any thread.
 */
#pragma once
#include "offer/offer.h"

/* Attributes copied into one description; the rest of SDP_ATTRIBUTES_MAX is for our own, so that
 * whatever we write can be read again. */
#define DESCRIBE_COPIED_MAX (SDP_ATTRIBUTES_MAX / 2)

/** A description being written. */
struct describe {
	struct buf body;      /* all after the o= line; a secret */
	struct netaddr first; /* the session's c= */
	size_t copied;        /* attributes */
	char text[SDP_TEXT_MAX];
};

/** The payload types of a stream that are used, in order. */
struct formats {
	struct span pt[SDP_FORMATS_MAX];
	size_t count;
};

/** A stream's formats that the policy's codec list leaves, in its order; telephone-event and CN go
 * along with any codec. Of other kinds than audio, all. */
void formats_filter(
	struct formats *out, const struct sdp_media *m, const struct offer_policy *policy);

/** Of `f` only those that `m` has too. */
void formats_keep(struct formats *f, const struct sdp_media *m);

/** Of `f` only PCMU or PCMA, whichever stands first, and telephone-event. */
void formats_keep_own(struct formats *f, const struct sdp_media *m);

/** Begins the body; `local` has at least one address. */
void describe_begin(struct describe *d, const struct offer_local *local, struct span info,
	const struct sdp *source);

/** "m=… 0 …": `kind` and `profile` are words, never empty; of formats at least one is written. */
void describe_refused(struct describe *d, struct span kind, struct span profile,
	const struct span *formats, size_t count);

/** m=, c= if it is not the session's, b= and a=rtpmap, fmtp and what else may cross. */
void describe_stream(struct describe *d, const struct sdp_media *source, enum sdp_profile profile,
	const struct formats *f, const struct netaddr *rtp, bool codecs_only);

void describe_direction(struct describe *d, enum sdp_direction direction);

/**
 * Writes the whole description to `b` and wipes the body. The version is raised if it differs from
 * the last one (RFC 3264 §8).
 * @return FAILURE_none; sdp_malformed: more attributes than may be copied; internal_error: no room,
 *         and nothing was written
 */
enum failure describe_end(struct describe *d, struct buf *b, struct offer_local *local);

/** What we may say of a stream towards a peer that described `offered`, when the far party
 * described `far` (RFC 3264 §6.1). */
enum sdp_direction direction_answer(enum sdp_direction offered, enum sdp_direction far);
