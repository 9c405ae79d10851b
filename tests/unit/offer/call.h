/** @file unit/offer/call.h  A call between two legs, for the tests of what crosses it. */
#pragma once
#include "unit/offer/fixture.h"

#define FAR_HEAD "v=0\r\no=- 9 9 IN IP4 203.0.113.9\r\ns=-\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\n"

/** A call: A offers to us, we offer to B, B answers, we answer A. */
static struct call {
	struct described from_a, to_b, from_b, to_a;
	struct offer_policy policy_a, policy_b;
	struct offer_local local_a, local_b;
	struct offer_streams judged, agreed;
	struct offer_made made;
	struct rng_seeded rng;
} call;

static inline int setup(void **state)
{
	(void)state;
	memset(&call, 0, sizeof(call));
	described_init(&call.from_a);
	described_init(&call.to_b);
	described_init(&call.from_b);
	described_init(&call.to_a);
	rng_seeded_init(&call.rng, 42);
	offer_policy_default(&call.policy_a);
	offer_policy_default(&call.policy_b);
	policy_narrow(&call.policy_a);
	policy_narrow(&call.policy_b);
	local_open(&call.local_a, &call.rng.rng, "198.51.100.1", 20000);
	local_open(&call.local_b, &call.rng.rng, "2001:db8::1", 30000);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	described_deinit(&call.from_a);
	described_deinit(&call.to_b);
	described_deinit(&call.from_b);
	described_deinit(&call.to_a);
	return 0;
}

static inline enum failure offer_to_b(const char *media)
{
	enum failure f;

	described_set(&call.from_a, HEAD, media);
	f = offer_judge(&call.from_a.sdp, &call.policy_a, &call.judged);
	if (f)
		return f;
	call.to_b.b = buf_over(call.to_b.text, sizeof(call.to_b.text));
	f = offer_write(&call.to_b.b, &call.from_a.sdp, &call.policy_b, &call.local_b,
		&call.rng.rng, &call.made);
	if (!f)
		described_parse(&call.to_b);
	return f;
}

static inline enum failure answer_a(const struct sdp *source)
{
	enum failure f;

	call.to_a.b = buf_over(call.to_a.text, sizeof(call.to_a.text));
	f = offer_write_answer(&call.to_a.b, &call.from_a.sdp, &call.judged, source, &call.policy_a,
		&call.local_a, &call.rng.rng, SPAN_NONE);
	if (!f)
		described_parse(&call.to_a);
	return f;
}

static inline enum failure answer_from_b(const char *media)
{
	enum failure f;

	described_set(&call.from_b, FAR_HEAD, media);
	f = offer_accept(&call.made, &call.from_b.sdp, &call.policy_b, &call.local_b, &call.agreed);
	return f ? f : answer_a(&call.from_b.sdp);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
