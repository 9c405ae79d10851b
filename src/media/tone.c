/** @file media/tone.c */
#include "media/tone.h"

#include <math.h>

#define TURN 6.283185307179586

void tone_init(struct tone *t, unsigned hz, unsigned rate)
{
	*t = (struct tone){ .step = TURN * hz / rate };
}

void tone_fill(struct tone *t, int16_t *samples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		samples[i] = (int16_t)lrint(TONE_AMPLITUDE * sin(t->phase));
		t->phase = fmod(t->phase + t->step, TURN);
	}
}

/** The power at `hz`, on the scale of the sum of all squares. */
static double power_at(const int16_t *samples, size_t n, unsigned rate, unsigned hz)
{
	double coefficient = 2 * cos(TURN * hz / rate), s1 = 0, s2 = 0;

	for (size_t i = 0; i < n; i++) {
		double s = samples[i] + coefficient * s1 - s2;

		s2 = s1;
		s1 = s;
	}
	return (s1 * s1 + s2 * s2 - coefficient * s1 * s2) * 2 / (double)n;
}

struct tone_found tone_find(
	const int16_t *samples, size_t n, unsigned rate, const unsigned *hz, size_t candidates)
{
	struct tone_found found = { 0 };
	double all = 0, best = 0;

	for (size_t i = 0; i < n; i++)
		all += (double)samples[i] * samples[i];
	if (all <= 0)
		return found;
	for (size_t i = 0; i < candidates; i++) {
		double power = power_at(samples, n, rate, hz[i]);

		if (power > best) {
			best = power;
			found.hz = hz[i];
		}
	}
	found.share = best / all < 1 ? best / all : 1;
	return found;
}
