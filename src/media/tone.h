/** @file media/tone.h  Tones: made, and found again in what was heard. Pure. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define TONE_AMPLITUDE 8000 /* of 32767: about -12 dBFS */

struct tone {
	double phase, step; /* radians, and radians a sample */
};

void tone_init(struct tone *t, unsigned hz, unsigned rate);

/** The next `n` samples; goes on where the last call ended. */
void tone_fill(struct tone *t, int16_t *samples, size_t n);

struct tone_found {
	unsigned hz;  /* the strongest of the candidates; 0: silence, or no candidate */
	double share; /* of all power, 0..1: above 0.5 the tone is what one hears */
};

/**
 * Which of `hz` dominates (Goertzel). Candidates that lie nearer than rate / n are not told apart.
 * @param rate samples a second
 */
struct tone_found tone_find(
	const int16_t *samples, size_t n, unsigned rate, const unsigned *hz, size_t candidates);
