/**
 * @file offer/lines.h  Which a=crypto line of an m-section counts (RFC 4568 §5.1.2, §5.1.3).
 * Pure: no I/O, no clock, no allocation; any thread.
 */
#pragma once
#include "offer/decide.h"

/**
 * Of an offer: the line that we answer with, by the policy's order or the offer's.
 * @param out [out] the line, with KEYING_COMMON only; holds keys then: sdes_wipe
 */
enum offer_keying lines_choose(
	struct sdes_line *out, const struct sdp_media *m, const struct offer_policy *policy);

/**
 * Of an answer: the line that accepts one of `made`'s lines (m-line `index`).
 * @param out [out] the line, with KEYING_COMMON and KEYING_ONE_FITS; holds keys then: sdes_wipe
 */
enum offer_keying lines_match(struct sdes_line *out, const struct sdp_media *m,
	const struct offer_made *made, size_t index);

/** The peer's key of a line, as it goes to media. */
void lines_key(struct srtp_keying *out, const struct sdes_line *line);
