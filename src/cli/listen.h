/** @file cli/listen.h  What a person would have heard: tones, one after another. Pure. */
#pragma once
#include "base/span.h"

#define LISTEN_TONES_MAX 8   /* candidates, and runs that are kept */
#define LISTEN_WINDOW    800 /* samples judged at once: 100 ms */
#define LISTEN_RUN_MIN   3   /* windows: shorter runs are no tone */

struct listen_run {
	unsigned hz;
	unsigned ms;
};

struct listen_report {
	struct listen_run runs[LISTEN_TONES_MAX]; /* in the order heard; silence is left out */
	size_t run_count;
};

/** Finds the runs of `hz` candidates in `samples` at 8,000 a second. */
void listen_judge(struct listen_report *out, const int16_t *samples, size_t count,
	const unsigned *hz, size_t candidates);

/** Milliseconds of `hz` in all. */
unsigned listen_ms(const struct listen_report *r, unsigned hz);
