/**
 * @file fuzz/sip/frame_fuzz.c  Any bytes as a stream: however it is cut, the same messages and
 * pings end at the same places.
 */
#include "sip/frame.h"

#include "fuzz/sip/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EVENTS_MAX 4096

struct event {
	enum sip_frame_kind kind;
	size_t end; /* in the stream */
};

struct events {
	struct event of[EVENTS_MAX];
	size_t count;
};

static bool is_last(enum sip_frame_kind kind)
{
	return kind == SIP_FRAME_NO_LENGTH || kind == SIP_FRAME_TOO_BIG;
}

/** Feeds the stream so that its first piece has `step` bytes, and all others too. */
static void cut(struct events *ev, const char *p, size_t n, size_t step)
{
	struct sip_frame f = { .searched = 0 };
	size_t start = 0, end = 0;

	ev->count = 0;
	for (;;) {
		size_t length;
		enum sip_frame_kind kind = sip_frame_next(&f, p + start, end - start, &length);
		MUST(length <= end - start);
		if (kind == SIP_FRAME_MORE) {
			MUST(length == 0);
			if (end == n)
				return;
			end = n - end < step ? n : end + step;
			continue;
		}
		MUST(length > 0 || is_last(kind));
		start += length;
		/* a pong may be the first half of a ping that was cut in two */
		if (kind != SIP_FRAME_PONG && ev->count < EVENTS_MAX)
			ev->of[ev->count++] = (struct event){ kind, start };
		if (is_last(kind))
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct events whole, parts;
	size_t steps[] = { 1, 2, 3, 7, 0 };
	const char *p = (const char *)data;

	if (size == 0)
		return 0;
	steps[4] = (size_t)data[size - 1] + 1;
	cut(&whole, p, size, size);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		cut(&parts, p, size, steps[i]);
		MUST(parts.count == whole.count);
		for (size_t j = 0; j < parts.count; j++)
			MUST(parts.of[j].kind == whole.of[j].kind &&
				parts.of[j].end == whole.of[j].end);
	}
	return 0;
}
