/** @file srtp/window.c */
#include "srtp/window.h"

#define WORDS (SRTP_WINDOW / 64)

bool srtp_window_is_fresh(const struct srtp_window *w, uint64_t index)
{
	uint64_t back;

	if (!w->any || index > w->highest)
		return true;
	back = w->highest - index;
	return back < SRTP_WINDOW && !(w->used[back / 64] >> back % 64 & 1);
}

/** Moves every bit `by` places back. */
static void shift(uint64_t used[WORDS], uint64_t by)
{
	for (size_t i = WORDS; i-- > 0;) {
		uint64_t from = by / 64, word = 0;

		if (i >= from)
			word = used[i - from] << by % 64;
		if (i > from && by % 64)
			word |= used[i - from - 1] >> (64 - by % 64);
		used[i] = word;
	}
}

void srtp_window_use(struct srtp_window *w, uint64_t index)
{
	if (!w->any) {
		*w = (struct srtp_window){ .any = true, .highest = index };
	} else if (index > w->highest) {
		shift(w->used, index - w->highest);
		w->highest = index;
	}
	w->used[(w->highest - index) / 64] |= UINT64_C(1) << (w->highest - index) % 64;
}

struct srtp_window srtp_window_after(uint64_t highest)
{
	struct srtp_window w = { .any = true, .highest = highest };

	memset(w.used, 0xff, sizeof(w.used));
	return w;
}

sotto_err srtp_index_guess(const struct srtp_window *w, uint16_t seq, uint64_t *index)
{
	uint64_t roc = w->highest >> 16;
	uint16_t last = (uint16_t)w->highest;

	*index = 0;
	if (w->any && last < 0x8000 && seq - last > 0x8000) {
		if (roc == 0)
			return SOTTO_EREPLAY;
		roc--;
	} else if (w->any && last >= 0x8000 && last - 0x8000 > seq) {
		roc++;
	}
	if (roc >> 32)
		return SOTTO_ELIMIT;
	*index = roc << 16 | seq;
	return SOTTO_OK;
}
