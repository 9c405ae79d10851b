/**
 * @file srtp/window.h  Which packet indexes of one stream were used: the replay window (RFC 3711
 * §3.3.2), the same for receiving and sending, and the guess of an index from a sequence number
 * (§3.3.1). Pure.
 */
#pragma once
#include "base/span.h"
#include "srtp/srtp.h"

#define SRTP_INDEX_END  (UINT64_C(1) << 48) /* RFC 3711 §9.2: packets of one key */
#define SRTCP_INDEX_END (UINT64_C(1) << 31)

struct srtp_window {
	bool any; /* false: nothing was used yet, and all else is 0 */
	uint64_t highest;
	uint64_t used[SRTP_WINDOW / 64]; /* bit i: highest - i */
};

/** False if `index` was used, or lies too far back to know. */
bool srtp_window_is_fresh(const struct srtp_window *w, uint64_t index);

/** Remembers `index`, which is fresh. */
void srtp_window_use(struct srtp_window *w, uint64_t index);

/** A window that knows only that nothing up to `highest` may come again. */
struct srtp_window srtp_window_after(uint64_t highest);

/**
 * The index that `seq` most likely stands for.
 * @return SOTTO_OK; SOTTO_EREPLAY: it would lie before index 0; SOTTO_ELIMIT: at 2^48 or beyond
 */
SOTTO_MUST_USE sotto_err srtp_index_guess(
	const struct srtp_window *w, uint16_t seq, uint64_t *index);
