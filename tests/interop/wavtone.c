/**
 * @file interop/wavtone.c  wavtone FILE HZ: prints for how many milliseconds HZ dominates in a WAV
 * file of 8,000 Hz mono, judged as `sotto call` judges. Exit status 0 if that is a second at least.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/listen.h"
#include "cli/wav.h"

#define ENOUGH_MS 1000

int main(int argc, char **argv)
{
	struct listen_report report;
	char text[256];
	struct buf why = buf_over(text, sizeof(text));
	int16_t *samples;
	uint64_t hz;
	unsigned candidate, ms;
	size_t count;

	if (argc != 3 || span_u64(span_of(argv[2]), 4000, &hz) != SOTTO_OK) {
		fprintf(stderr, "usage: wavtone FILE HZ\n");
		return 2;
	}
	if (wav_read(argv[1], &samples, &count, &why) != SOTTO_OK) {
		fprintf(stderr, "wavtone: %.*s\n", SPAN_FMT(buf_span(&why)));
		return 2;
	}
	candidate = (unsigned)hz;
	listen_judge(&report, samples, count, &candidate, 1);
	ms = listen_ms(&report, candidate);
	printf("%s: %u Hz for %u ms of %zu\n", argv[1], candidate, ms, count / 8);
	free(samples);
	return ms >= ENOUGH_MS ? 0 : 1;
}
