/**
 * @file fuzz/transport/flow_fuzz.c  A stream through the code that reads connections, cut anywhere:
 * the same messages come out as of the stream in one piece, no more is kept than may be, and
 * nothing comes after the owner has closed. What is sent (pongs, refusals) ends in a replacement of
 * flow_send, so that no socket is needed.
 *
 * Input: after which message to close (0: never); how many cuts; their sizes; the stream.
 */
#include <stdlib.h>

#include "transport/flow_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
sotto_err __wrap_flow_send(struct flow *f, struct span message); // NOLINT

/** What came of one way to cut the stream. */
struct outcome {
	struct flow flow;
	size_t close_after, messages, answers;
	uint64_t hash; /* of all messages */
	enum flow_read_result result;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

sotto_err __wrap_flow_send(struct flow *f, struct span message) // NOLINT
{
	struct outcome *o = container_of(f, struct outcome, flow);

	must(f->state == FLOW_OPEN && message.n > 0);
	o->answers++;
	return SOTTO_OK;
}

static uint64_t mix(uint64_t hash, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ (uint8_t)bytes[i]) * 1099511628211u;
	return (hash ^ n) * 1099511628211u;
}

static void on_message(void *ctx, struct flow *f, char *bytes, size_t n)
{
	struct outcome *o = container_of(f, struct outcome, flow);

	(void)ctx;
	must(f->state == FLOW_OPEN && n > 0 && n <= SIP_MESSAGE_MAX);
	o->hash = mix(o->hash, bytes, n);
	memset(bytes, 0, n); /* as parsing may change them */
	if (++o->messages == o->close_after)
		f->state = FLOW_CLOSED;
}

/** Reads all of the stream in pieces of the given sizes, over and over; each copied, to be exact.
 */
static void read_in(struct outcome *o, const uint8_t *stream, size_t n, const uint8_t *cuts,
	size_t cut_count, size_t close_after)
{
	static const struct flow_owner owner = { .on_message = on_message };

	*o = (struct outcome){ .close_after = close_after };
	o->flow.owner = &owner;
	o->flow.state = FLOW_OPEN;
	for (size_t at = 0, i = 0; at < n && o->result == FLOW_READ_ON; i++) {
		size_t piece = cut_count ? (size_t)cuts[i % cut_count] + 1 : LOOP_READ_MAX;
		bool has_message_come;
		char *copy;

		if (piece > n - at)
			piece = n - at;
		copy = malloc(piece);
		must(copy != NULL);
		memcpy(copy, stream + at, piece);
		o->result = flow_read(&o->flow, copy, piece, &has_message_come);
		free(copy);
		must(o->flow.in_n < SIP_MESSAGE_MAX + LOOP_READ_MAX);
		must(o->result != FLOW_READ_NO_MEMORY);
		must((o->result == FLOW_READ_GONE) == (o->flow.state == FLOW_CLOSED));
		at += piece;
	}
	must(!close_after || o->messages <= close_after);
}

static void check_same(const struct outcome *a, const struct outcome *b)
{
	must(a->result == b->result);
	must(a->messages == b->messages && a->hash == b->hash);
	must(a->flow.has_spoken == b->flow.has_spoken && a->flow.has_spoken == (a->messages > 0));
	if (a->result != FLOW_READ_ON)
		return;
	must(a->flow.in_n == b->flow.in_n);
	must(a->flow.in_n == 0 || memcmp(a->flow.in, b->flow.in, a->flow.in_n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, cut;
	size_t cuts;

	if (size < 2)
		return 0;
	cuts = data[1] % 16 + 1u;
	if (size < 2 + cuts)
		return 0;
	read_in(&whole, data + 2 + cuts, size - 2 - cuts, NULL, 0, data[0]);
	read_in(&cut, data + 2 + cuts, size - 2 - cuts, data + 2, cuts, data[0]);
	check_same(&whole, &cut);
	free(whole.flow.in);
	free(cut.flow.in);
	return 0;
}
