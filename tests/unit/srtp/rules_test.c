/**
 * @file unit/srtp/rules_test.c  The rules of SPEC §2.5, as properties over random sessions: nothing
 * moves before a packet is authenticated, each packet passes once, no index is sent twice.
 */
#include "base/rng.h"
#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/context.h"
#include "unit/test.h"

#define CAP 256

static const uint8_t key[30] = { 9, 8, 7, 6, 5, 4, 3, 2, 1 };

static const uint32_t rollovers[] = { 0, 1, 2, 65535, UINT32_MAX };

static struct srtp *make(enum srtp_direction direction)
{
	struct srtp_params params = srtp_params_of(SRTP_AES_CM_128_HMAC_SHA1_80, key);
	struct srtp *s;

	CHECK_OK(srtp_create(&s, direction, &params));
	return s;
}

struct packet {
	uint8_t bytes[CAP];
	size_t len;
};

static struct packet plain_rtp(uint32_t ssrc, uint16_t seq)
{
	struct rtp_header h = { .seq = seq, .ssrc = ssrc, .timestamp = seq * 160u };
	struct packet p = { .len = 52 };

	rtp_write(p.bytes, &h);
	memset(p.bytes + RTP_HEADER_MIN, 0x55, 40);
	return p;
}

static struct packet plain_rtcp(uint32_t ssrc)
{
	struct packet p = { .bytes = { 0x80, RTCP_RR, 0, 1 }, .len = 8 };

	write_u32(p.bytes + 4, ssrc);
	return p;
}

static sotto_err run(
	void (*batch)(struct srtp_item *, size_t), struct srtp *s, struct packet *p, bool is_rtcp)
{
	struct srtp_item item = { s, p->bytes, p->len, CAP, is_rtcp, SOTTO_OK };

	batch(&item, 1);
	p->len = item.len;
	return item.status;
}

static void start_at(struct srtp *s, uint32_t ssrc, uint64_t index)
{
	if (index)
		srtp_stream_hear(&s->streams, ssrc)->rtp = srtp_window_after(index - 1);
}

static struct packet protected_rtp(struct srtp *s, uint32_t ssrc, uint16_t seq)
{
	struct packet p = plain_rtp(ssrc, seq);

	CHECK_OK(run(srtp_protect, s, &p, false));
	return p;
}

/** One of many ways to be no packet of this session: never the packet itself. */
static void forge(struct packet *p, struct rng *rng)
{
	switch (rng_u32(rng) % 4) {
	case 0:
		p->bytes[2 + rng_u32(rng) % (p->len - 2)] ^= (uint8_t)(1 << rng_u32(rng) % 8);
		break;
	case 1:
		write_u16(p->bytes + 2,
			(uint16_t)(read_u16(p->bytes + 2) + 1 + rng_u32(rng) % 65535));
		break;
	case 2: write_u32(p->bytes + 8, read_u32(p->bytes + 8) + 1 + rng_u32(rng) % 999); break;
	case 3: rng_fill(rng, p->bytes + 1, p->len - 1); break;
	}
}

static void forged_packets_leave_a_context_bit_for_bit_as_it_was(void **state)
{
	struct rng_seeded seeded;
	struct rng *rng = &seeded.rng;

	(void)state;
	rng_seeded_init(&seeded, 1);
	for (size_t r = 0; r < ARRAY_LEN(rollovers); r++) {
		struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
		uint64_t start = (uint64_t)rollovers[r] << 16 | 100;

		start_at(send, 77, start);
		start_at(receive, 77, start);
		for (uint16_t seq = 100; seq < 200; seq++) {
			struct packet good = protected_rtp(send, 77, seq), bad;
			struct srtp before = *receive;

			for (unsigned i = 0; i < 20; i++) {
				bad = good;
				forge(&bad, rng);
				CHECK(run(srtp_unprotect, receive, &bad, i % 5 == 0) != SOTTO_OK);
				CHECK(memcmp(&before, receive, sizeof(before)) == 0);
			}
			CHECK_OK(run(srtp_unprotect, receive, &good, false));
			CHECK_INT(rollovers[r], receive->streams.live[0].rtp.highest >> 16);
		}
		srtp_destroy(send);
		srtp_destroy(receive);
	}
}

static void forged_reports_leave_a_context_bit_for_bit_as_it_was(void **state)
{
	struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
	struct rng_seeded seeded;

	(void)state;
	rng_seeded_init(&seeded, 2);
	for (unsigned n = 0; n < 200; n++) {
		struct packet good = plain_rtcp(5), bad, again;
		struct srtp before = *receive;

		CHECK_OK(run(srtp_protect, send, &good, true));
		for (unsigned i = 0; i < 10; i++) {
			bad = good;
			forge(&bad, &seeded.rng);
			CHECK(run(srtp_unprotect, receive, &bad, true) != SOTTO_OK);
			CHECK(memcmp(&before, receive, sizeof(before)) == 0);
		}
		again = good;
		CHECK_OK(run(srtp_unprotect, receive, &good, true));
		for (unsigned i = 0; i < 100; i++) {
			good = again;
			CHECK_INT(SOTTO_EREPLAY, run(srtp_unprotect, receive, &good, true));
		}
	}
	srtp_destroy(send);
	srtp_destroy(receive);
}

static void each_packet_passes_once_in_any_order_within_the_window(void **state)
{
	struct rng_seeded seeded;

	(void)state;
	rng_seeded_init(&seeded, 3);
	for (size_t r = 0; r + 1 < ARRAY_LEN(rollovers); r++) {
		struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
		struct packet sent[SRTP_WINDOW], p;
		uint64_t start =
			(uint64_t)rollovers[r] << 16 | 65500; /* so that a wrap lies inside */
		unsigned passed = 0;

		start_at(send, 77, start);
		start_at(receive, 77, start);
		for (unsigned i = 0; i < SRTP_WINDOW; i++)
			sent[i] = protected_rtp(send, 77, (uint16_t)(65500 + i));
		for (unsigned i = 0; i < 3000; i++) {
			p = sent[rng_u32(&seeded.rng) % SRTP_WINDOW];
			passed += run(srtp_unprotect, receive, &p, false) == SOTTO_OK;
		}
		for (unsigned i = 0; i < SRTP_WINDOW; i++) {
			p = sent[i];
			passed += run(srtp_unprotect, receive, &p, false) == SOTTO_OK;
		}
		CHECK_INT(SRTP_WINDOW, passed);
		CHECK_INT(rollovers[r] + 1, receive->streams.live[0].rtp.highest >> 16);
		srtp_destroy(send);
		srtp_destroy(receive);
	}
}

static void a_loss_across_a_wrap_does_not_lose_the_stream(void **state)
{
	(void)state;
	for (unsigned lost = 0; lost <= 32000; lost += 800) {
		struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
		struct packet p;

		start_at(send, 77, 65000);
		start_at(receive, 77, 65000);
		for (unsigned i = 0; i < 100 + lost; i += i == 99 && lost ? lost : 1) {
			p = protected_rtp(send, 77, (uint16_t)(65000 + i));
			CHECK_OK(run(srtp_unprotect, receive, &p, false));
		}
		p = protected_rtp(send, 77, (uint16_t)(65000 + 100 + lost));
		CHECK_OK(run(srtp_unprotect, receive, &p, false));
		srtp_destroy(send);
		srtp_destroy(receive);
	}
}

/** RFC 3711 §3.3.1 fears it: the peer has wrapped before we had its key, or its first packet. */
static void a_wrap_before_the_first_packet_does_not_lose_the_stream(void **state)
{
	static const uint16_t firsts[] = { 0, 1, 50, 0x7ffe };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE), before;
		struct packet late, p, bad;

		start_at(send, 77, 65500);
		late = protected_rtp(send, 77, 65535);
		p = protected_rtp(send, 77, firsts[i]);
		bad = p;
		bad.bytes[20] ^= 1;
		before = *receive;
		CHECK_INT(SOTTO_EAUTH, run(srtp_unprotect, receive, &bad, false));
		CHECK(memcmp(&before, receive, sizeof(before)) == 0);
		CHECK_OK(run(srtp_unprotect, receive, &p, false));
		CHECK_INT(0x55, p.bytes[RTP_HEADER_MIN]);
		CHECK_INT(0x10000 + firsts[i], receive->streams.live[0].rtp.highest);
		CHECK_INT(i < 3 ? SOTTO_OK : SOTTO_EREPLAY,
			run(srtp_unprotect, receive, &late, false));
		p = protected_rtp(send, 77, (uint16_t)(firsts[i] + 1));
		CHECK_OK(run(srtp_unprotect, receive, &p, false));
		srtp_destroy(send);
		srtp_destroy(receive);
	}
}

/** That far behind a wrap it is likelier that there was none. */
static void half_a_round_after_a_wrap_is_no_longer_tried(void **state)
{
	struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
	struct packet p;

	(void)state;
	start_at(send, 77, 0x10000 + 0x7fff);
	p = protected_rtp(send, 77, 0x8000);
	CHECK_INT(SOTTO_EAUTH, run(srtp_unprotect, receive, &p, false));
	srtp_destroy(send);
	srtp_destroy(receive);
}

static void a_wrap_and_a_repeat_may_lie_within_one_batch(void **state)
{
	struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
	struct packet p[100];
	struct srtp_item items[ARRAY_LEN(p)];

	(void)state;
	for (unsigned i = 0; i < ARRAY_LEN(p); i++) {
		p[i] = plain_rtp(77, (uint16_t)(65486 + i - i / 99)); /* the last twice */
		items[i] = (struct srtp_item){ send, p[i].bytes, p[i].len, CAP, false, SOTTO_OK };
	}
	srtp_protect(items, ARRAY_LEN(items)); /* more than one chunk */
	for (unsigned i = 0; i + 1 < ARRAY_LEN(p); i++)
		CHECK_OK(items[i].status);
	CHECK_INT(SOTTO_EREPLAY, items[99].status);

	memcpy(p[99].bytes, p[98].bytes, CAP);
	items[99].len = items[98].len;
	for (unsigned i = 0; i < ARRAY_LEN(p); i++)
		items[i].srtp = receive;
	srtp_unprotect(items, ARRAY_LEN(items));
	for (unsigned i = 0; i + 1 < ARRAY_LEN(p); i++) {
		CHECK_OK(items[i].status);
		CHECK_INT(0x55, p[i].bytes[RTP_HEADER_MIN]);
	}
	CHECK_INT(SOTTO_EREPLAY, items[99].status);
	srtp_destroy(send);
	srtp_destroy(receive);
}

static void a_source_never_uses_an_index_twice_whatever_it_does(void **state)
{
	static uint8_t used[3 << 16]; /* rollover counts 0..2 */
	struct rng_seeded seeded;
	struct srtp *send = make(SRTP_SEND);
	uint16_t seq = 0;
	unsigned sent = 0;

	(void)state;
	memset(used, 0, sizeof(used));
	rng_seeded_init(&seeded, 4);
	for (unsigned i = 0; i < 20000; i++) {
		struct packet p = plain_rtp(77, seq);

		switch (rng_u32(&seeded.rng) % 16) {
		case 0: seq = (uint16_t)(seq - rng_u32(&seeded.rng) % 300); break;
		case 1: seq = (uint16_t)(seq + rng_u32(&seeded.rng) % 300); break;
		case 2: break;
		default: seq++;
		}
		if (run(srtp_protect, send, &p, false) != SOTTO_OK)
			continue;
		sent++;
		/* what was used just now is the newest, or lies in the window below it */
		uint64_t index = 0;
		const struct srtp_window *w = &send->streams.live[0].rtp;
		for (uint64_t roc = 0; roc < 3; roc++) {
			uint64_t at = roc << 16 | read_u16(p.bytes + 2);
			if (at <= w->highest && w->highest - at < SRTP_WINDOW)
				index = at;
		}
		CHECK(index < sizeof(used) && !used[index]++);
	}
	CHECK(sent > 1000);
	srtp_destroy(send);
}

static void a_key_that_is_used_up_sends_nothing(void **state)
{
	struct srtp *send = make(SRTP_SEND);
	struct packet p = plain_rtp(77, 65535);

	(void)state;
	start_at(send, 77, SRTP_INDEX_END - 1);
	CHECK_OK(run(srtp_protect, send, &p, false)); /* index 2^48 - 1 */
	p = plain_rtp(77, 0);
	CHECK_INT(SOTTO_ELIMIT, run(srtp_protect, send, &p, false));
	send->masters[0].sent = SRTP_INDEX_END;
	p = plain_rtp(78, 0);
	CHECK_INT(SOTTO_ELIMIT, run(srtp_protect, send, &p, false));

	srtp_stream_hear(&send->streams, 77)->rtcp = srtp_window_after(SRTCP_INDEX_END - 2);
	p = plain_rtcp(77);
	CHECK_OK(run(srtp_protect, send, &p, true)); /* index 2^31 - 1 */
	p = plain_rtcp(77);
	CHECK_INT(SOTTO_ELIMIT, run(srtp_protect, send, &p, true));
	send->masters[0].sent_rtcp = SRTCP_INDEX_END;
	p = plain_rtcp(78);
	CHECK_INT(SOTTO_ELIMIT, run(srtp_protect, send, &p, true));
	srtp_destroy(send);
}

static void a_receiver_stops_at_the_last_index(void **state)
{
	struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
	struct packet p = plain_rtp(77, 0);

	(void)state;
	CHECK_OK(run(srtp_protect, send, &p, false)); /* index 0, long ago */
	start_at(receive, 77, SRTP_INDEX_END);
	CHECK_INT(SOTTO_EREPLAY, run(srtp_unprotect, receive, &p, false));
	srtp_destroy(send);
	srtp_destroy(receive);
}

/** Each SSRC sends its packet 1; then all of them again; then its packet 2. */
static void many_ssrcs_are_remembered_and_one_too_many_is_refused(void **state)
{
	struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE), before;
	static struct packet sent[SRTP_SSRCS_MAX];
	struct packet p;

	(void)state;
	for (unsigned i = 0; i < SRTP_SSRCS_MAX; i++) {
		p = sent[i] = protected_rtp(send, i, 1);
		CHECK_OK(run(srtp_unprotect, receive, &p, false));
	}
	for (unsigned i = 0; i < SRTP_SSRCS_MAX; i++) {
		p = sent[i];
		CHECK_INT(SOTTO_EREPLAY, run(srtp_unprotect, receive, &p, false));
		p = plain_rtp(i, 1);
		CHECK_INT(SOTTO_EREPLAY, run(srtp_protect, send, &p, false));
	}
	for (unsigned i = 0; i < SRTP_SSRCS_MAX; i++) {
		p = protected_rtp(send, i, 2); /* comes back, and goes on */
		CHECK_OK(run(srtp_unprotect, receive, &p, false));
	}
	before = *send;
	p = plain_rtp(SRTP_SSRCS_MAX, 1);
	CHECK_INT(SOTTO_ELIMIT, run(srtp_protect, send, &p, false));
	CHECK(memcmp(&before, send, sizeof(before)) == 0);

	p = plain_rtcp(SRTP_SSRCS_MAX);
	CHECK_INT(SOTTO_ELIMIT, run(srtp_protect, send, &p, true));
	CHECK(memcmp(&before, send, sizeof(before)) == 0);

	struct srtp *other = make(SRTP_SEND);
	p = protected_rtp(other, SRTP_SSRCS_MAX, 1);
	before = *receive;
	CHECK_INT(SOTTO_ELIMIT, run(srtp_unprotect, receive, &p, false));
	CHECK(memcmp(&before, receive, sizeof(before)) == 0);
	srtp_destroy(other);
	srtp_destroy(send);
	srtp_destroy(receive);
}

static void the_idlest_stream_loses_its_window_and_no_other_does(void **state)
{
	struct srtp *send = make(SRTP_SEND), *receive = make(SRTP_RECEIVE);
	struct packet late[SRTP_STREAMS_MAX], p;

	(void)state;
	for (unsigned i = 0; i < SRTP_STREAMS_MAX; i++) {
		late[i] = protected_rtp(send, i, 1);
		p = protected_rtp(send, i, 2);
		CHECK_OK(run(srtp_unprotect, receive, &p, false));
	}
	for (unsigned i = 0; i < SRTP_STREAMS_MAX; i++) {
		if (i == 5)
			continue; /* all but this one are heard again */
		p = protected_rtp(send, i, 3);
		CHECK_OK(run(srtp_unprotect, receive, &p, false));
	}
	p = protected_rtp(send, 99, 1);
	CHECK_OK(run(srtp_unprotect, receive, &p, false));
	for (unsigned i = 0; i < SRTP_STREAMS_MAX; i++)
		if (i != 5)
			CHECK_OK(run(srtp_unprotect, receive, &late[i], false));
	CHECK_INT(SOTTO_EREPLAY, run(srtp_unprotect, receive, &late[5], false));
	srtp_destroy(send);
	srtp_destroy(receive);
}

static const struct {
	const char *label;
	uint64_t highest;
	uint16_t seq;
	sotto_err want;
	uint64_t index;
} guess_rows[] = {
	{ "the next", 0x10005, 6, SOTTO_OK, 0x10006 },
	{ "one back", 0x10005, 4, SOTTO_OK, 0x10004 },
	{ "half a round ahead", 0x10005, 0x8005, SOTTO_OK, 0x18005 },
	{ "beyond it: the round before", 0x10005, 0x8006, SOTTO_OK, 0x08006 },
	{ "over the wrap", 0x1ffff, 0, SOTTO_OK, 0x20000 },
	{ "half a round over the wrap", 0x1ffff, 0x7ffe, SOTTO_OK, 0x27ffe },
	{ "beyond it: this round", 0x1ffff, 0x7fff, SOTTO_OK, 0x17fff },
	{ "before index 0", 0x5, 0xffff, SOTTO_EREPLAY, 0 },
	{ "the last index", 0xfffffffffffe, 0xffff, SOTTO_OK, 0xffffffffffff },
	{ "beyond the last", 0xffffffffffff, 0, SOTTO_ELIMIT, 0 },
};

static void srtp_index_guess_follows_appendix_a(void **state)
{
	struct srtp_window none = { 0 };
	uint64_t index;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(guess_rows); i++) {
		struct srtp_window w = srtp_window_after(guess_rows[i].highest);

		ROW(guess_rows[i].label);
		CHECK_INT(guess_rows[i].want, srtp_index_guess(&w, guess_rows[i].seq, &index));
		CHECK_INT(guess_rows[i].index, index);
	}
	ROW("the first of all");
	CHECK_OK(srtp_index_guess(&none, 65535, &index));
	CHECK_INT(65535, index);
}

static void srtp_window_knows_its_last_128_and_nothing_beyond(void **state)
{
	static const uint64_t leaps[] = { 1, 2, 63, 64, 65, 127, 128, 129, 100000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(leaps); i++) {
		struct srtp_window w = { 0 };
		uint64_t at = 1000, next = at + leaps[i];

		CHECK(srtp_window_is_fresh(&w, at));
		srtp_window_use(&w, at);
		CHECK(!srtp_window_is_fresh(&w, at));
		CHECK(srtp_window_is_fresh(&w, at - SRTP_WINDOW + 1));
		CHECK(!srtp_window_is_fresh(&w, at - SRTP_WINDOW));
		srtp_window_use(&w, next);
		CHECK(!srtp_window_is_fresh(&w, at));
		CHECK_INT(leaps[i] < SRTP_WINDOW - 1, srtp_window_is_fresh(&w, at - 1));
		CHECK_INT(leaps[i] > 1, srtp_window_is_fresh(&w, next - 1));
	}
}

/** A plain list of flags says the same, whatever the leaps. */
static void srtp_window_agrees_with_a_plain_list(void **state)
{
	static bool used[200000];
	struct srtp_window w = { 0 };
	struct rng_seeded seeded;
	uint64_t highest = 300;

	(void)state;
	memset(used, 0, sizeof(used));
	rng_seeded_init(&seeded, 6);
	srtp_window_use(&w, highest);
	used[highest] = true;
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t die = rng_u32(&seeded.rng);
		uint64_t index = highest - 200 + die % 200 + (die / 256 % 4 ? 0 : die / 1024 % 270);

		if (srtp_window_is_fresh(&w, index)) {
			srtp_window_use(&w, index);
			used[index] = true;
			highest = index > highest ? index : highest;
		}
		for (uint64_t at = highest - 200; at <= highest; at++)
			CHECK_INT(highest - at < SRTP_WINDOW && !used[at],
				srtp_window_is_fresh(&w, at));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forged_packets_leave_a_context_bit_for_bit_as_it_was),
		cmocka_unit_test(forged_reports_leave_a_context_bit_for_bit_as_it_was),
		cmocka_unit_test(each_packet_passes_once_in_any_order_within_the_window),
		cmocka_unit_test(a_loss_across_a_wrap_does_not_lose_the_stream),
		cmocka_unit_test(a_wrap_before_the_first_packet_does_not_lose_the_stream),
		cmocka_unit_test(half_a_round_after_a_wrap_is_no_longer_tried),
		cmocka_unit_test(a_wrap_and_a_repeat_may_lie_within_one_batch),
		cmocka_unit_test(a_source_never_uses_an_index_twice_whatever_it_does),
		cmocka_unit_test(a_key_that_is_used_up_sends_nothing),
		cmocka_unit_test(a_receiver_stops_at_the_last_index),
		cmocka_unit_test(many_ssrcs_are_remembered_and_one_too_many_is_refused),
		cmocka_unit_test(the_idlest_stream_loses_its_window_and_no_other_does),
		cmocka_unit_test(srtp_index_guess_follows_appendix_a),
		cmocka_unit_test(srtp_window_knows_its_last_128_and_nothing_beyond),
		cmocka_unit_test(srtp_window_agrees_with_a_plain_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
