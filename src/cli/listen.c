/** @file cli/listen.c */
#include "cli/listen.h"

#include "media/g711.h"
#include "media/tone.h"

#define WINDOW_MS (LISTEN_WINDOW * 1000 / G711_RATE)

static unsigned window_tone(const int16_t *samples, const unsigned *hz, size_t candidates)
{
	struct tone_found f = tone_find(samples, LISTEN_WINDOW, G711_RATE, hz, candidates);

	return f.share > 0.5 ? f.hz : 0;
}

static void end_run(struct listen_report *out, unsigned hz, unsigned windows)
{
	if (!hz || windows < LISTEN_RUN_MIN || out->run_count == LISTEN_TONES_MAX)
		return;
	out->runs[out->run_count++] = (struct listen_run){ hz, windows * WINDOW_MS };
}

void listen_judge(struct listen_report *out, const int16_t *samples, size_t count,
	const unsigned *hz, size_t candidates)
{
	unsigned now = 0, windows = 0;

	*out = (struct listen_report){ .run_count = 0 };
	for (size_t i = 0; i + LISTEN_WINDOW <= count; i += LISTEN_WINDOW) {
		unsigned heard = window_tone(samples + i, hz, candidates);
		if (heard != now) {
			end_run(out, now, windows);
			now = heard;
			windows = 0;
		}
		windows++;
	}
	end_run(out, now, windows);
}

unsigned listen_ms(const struct listen_report *r, unsigned hz)
{
	unsigned ms = 0;

	for (size_t i = 0; i < r->run_count; i++)
		if (r->runs[i].hz == hz)
			ms += r->runs[i].ms;
	return ms;
}
