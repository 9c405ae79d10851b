/** @file unit/media/parts_test.c  Tests media/ports.h, lease.h, track.h, ssrcs.h, and failing
 * memory. */
#include "media/lease.h"
#include "media/local.h"
#include "media/ports.h"
#include "media/ssrcs.h"
#include "media/track.h"
#include "rtp/bytes.h"
#include "unit/alloc_fail.h"
#include "unit/test.h"

static const struct {
	const char *label;
	uint16_t first, last;
	sotto_err want;
	uint16_t lowest;
	uint32_t pairs;
} range_rows[] = {
	{ "one pair", 16384, 16385, SOTTO_OK, 16384, 1 },
	{ "odd first", 16383, 16385, SOTTO_OK, 16384, 1 },
	{ "even last", 16384, 16386, SOTTO_OK, 16384, 1 },
	{ "half a pair", 16384, 16384, SOTTO_EINVAL, 0, 0 },
	{ "the wrong half", 16385, 16385, SOTTO_EINVAL, 0, 0 },
	{ "two halves of pairs", 16385, 16386, SOTTO_EINVAL, 0, 0 },
	{ "backwards", 16386, 16384, SOTTO_EINVAL, 0, 0 },
	{ "port 0", 0, 9, SOTTO_EINVAL, 0, 0 },
	{ "from port 1", 1, 3, SOTTO_OK, 2, 1 },
	{ "up to the last port", 65534, 65535, SOTTO_OK, 65534, 1 },
	{ "all", 1, 65535, SOTTO_OK, 2, 32767 },
};

static void port_pool_takes_whole_pairs_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(range_rows); i++) {
		struct port_pool p;
		uint16_t port, lowest = UINT16_MAX;

		ROW(range_rows[i].label);
		CHECK_INT(range_rows[i].want,
			port_pool_init(&p, range_rows[i].first, range_rows[i].last, 12345));
		for (uint32_t k = 0; k < range_rows[i].pairs; k++) {
			CHECK_OK(port_pool_take(&p, &port));
			CHECK_INT(0, port % 2);
			CHECK(port >= range_rows[i].first && port + 1 <= range_rows[i].last);
			lowest = port < lowest ? port : lowest;
		}
		CHECK_INT(SOTTO_ELIMIT, port_pool_take(&p, &port));
		CHECK_INT(0, port);
		if (range_rows[i].pairs)
			CHECK_INT(range_rows[i].lowest, lowest);
		port_pool_deinit(&p);
	}
}

static void a_port_that_was_given_back_rests_as_long_as_can_be(void **state)
{
	struct port_pool p;
	uint16_t first, port;

	(void)state;
	CHECK_OK(port_pool_init(&p, 10000, 10019, 3));
	CHECK_OK(port_pool_take(&p, &first));
	CHECK_INT(10006, first);
	port_pool_give(&p, first);
	for (unsigned i = 0; i < 9; i++) {
		CHECK_OK(port_pool_take(&p, &port));
		CHECK(port != first);
	}
	CHECK_OK(port_pool_take(&p, &port));
	CHECK_INT(first, port);
	port_pool_deinit(&p);
}

static void a_lease_is_found_by_either_port_of_its_address(void **state)
{
	struct netaddr bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } }, at;
	struct media_lease *lease;
	struct lease_table t;

	(void)state;
	CHECK_OK(lease_table_init(&t, 10000, 10003, 1, rng_system()));
	CHECK_OK(lease_take(&t, &bind, 5, &lease));
	at = lease->local;
	CHECK(lease_at(&t, &at) == lease);
	at.port++;
	CHECK(lease_at(&t, &at) == lease);
	at.ip[3]++;
	CHECK(lease_at(&t, &at) == NULL);
	at = lease->local;
	at.port = 9999;
	CHECK(lease_at(&t, &at) == NULL);
	at.port = 10004;
	CHECK(lease_at(&t, &at) == NULL);
	CHECK_INT(SOTTO_ELIMIT, lease_take(&t, &bind, 5, &(struct media_lease *){ NULL }));
	lease->is_closing = true;
	CHECK(lease_find(&t, lease->leg) == NULL);
	lease_give(&t, lease->leg);
	CHECK_OK(lease_take(&t, &bind, 5, &lease));
	lease_table_deinit(&t);
	CHECK_INT(SOTTO_EINVAL, lease_table_init(&t, 10000, 10003, 0, rng_system()));
}

/* ---- loss and jitter ---- */

static const struct {
	const char *label;
	uint16_t seqs[8];
	uint32_t ssrcs[8];
	size_t n;
	uint64_t lost;
} loss_rows[] = {
	{ "none", { 1, 2, 3, 4 }, { 0 }, 4, 0 },
	{ "two", { 1, 2, 5, 6 }, { 0 }, 4, 2 },
	{ "over the wrap", { 65534, 65535, 1, 2 }, { 0 }, 4, 1 },
	{ "late, not lost", { 1, 4, 2, 3 }, { 0 }, 4, 0 },
	{ "before the first", { 5, 4, 6 }, { 0 }, 3, 0 },
	{ "repeats hide none below 0", { 1, 1, 1, 2 }, { 0 }, 4, 0 },
	{ "just no new start", { 1, 3000 }, { 0 }, 2, 2998 },
	{ "a leap is a new start", { 1, 3, 4001, 4002 }, { 0 }, 4, 1 },
	{ "another source", { 1, 3, 9000, 9002 }, { 7, 7, 8, 8 }, 4, 2 },
	{ "back by much: a new start", { 30000, 30002, 100, 102 }, { 0 }, 4, 2 },
};

static void loss_is_counted_by_the_sequence_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(loss_rows); i++) {
		struct track t = { 0 };

		ROW(loss_rows[i].label);
		CHECK_INT(0, track_lost(&t));
		for (size_t k = 0; k < loss_rows[i].n; k++) {
			struct rtp_header h = { .seq = loss_rows[i].seqs[k],
				.ssrc = loss_rows[i].ssrcs[k] };
			track_on_packet(&t, &h, 8000, 1000);
		}
		CHECK_INT(loss_rows[i].lost, track_lost(&t));
	}
}

static void jitter_is_none_for_even_packets_and_comes_near_a_steady_swing(void **state)
{
	struct track even = { 0 }, swing = { 0 }, dtmf = { 0 };
	struct rtp_header h = { 0 };

	(void)state;
	for (unsigned i = 0; i < 500; i++) {
		instant_t at = UINT64_C(900000000000) + i * 20000;

		h.seq++;
		h.timestamp = i * 160;
		track_on_packet(&even, &h, 8000, at);
		track_on_packet(&swing, &h, 8000, at + (i % 2 ? 5000 : 0));
		if (i % 10) /* an event: one timestamp, many packets */
			h.timestamp -= i % 10 * 160;
		track_on_packet(&dtmf, &h, 8000, at);
	}
	CHECK_INT(0, track_jitter_us(&even, 8000));
	CHECK(track_jitter_us(&swing, 8000) > 4700 && track_jitter_us(&swing, 8000) <= 5000);
	CHECK_INT(0, track_jitter_us(&dtmf, 8000));
}

/* ---- outgoing SSRCs ---- */

static void restart(struct ssrcs *s, uint32_t source, struct rng *rng)
{
	for (uint16_t i = 0; i < SSRC_PROOF; i++)
		ssrcs_on_refused(s, source, i, rng);
}

static void a_source_is_mapped_after_four_refusals_in_sequence(void **state)
{
	struct rng_seeded seeded;
	struct ssrcs s = { 0 };
	uint32_t first;

	(void)state;
	rng_seeded_init(&seeded, 1);
	CHECK_INT(5, ssrcs_out(&s, 5));
	for (uint16_t seq = 1; seq < SSRC_PROOF; seq++)
		ssrcs_on_refused(&s, 5, seq, &seeded.rng);
	ssrcs_on_sent(&s, 5); /* one passes: they were repeats */
	for (uint16_t seq = SSRC_PROOF; seq < 2 * SSRC_PROOF - 1; seq++)
		ssrcs_on_refused(&s, 5, seq, &seeded.rng);
	CHECK_INT(0, s.count);
	for (uint16_t seq = 50; seq < 70; seq += 2) /* out of sequence */
		ssrcs_on_refused(&s, 5, seq, &seeded.rng);
	for (uint16_t seq = 1; seq < 20; seq++) /* of two sources in turn */
		ssrcs_on_refused(&s, 5 + seq % 2, seq, &seeded.rng);
	CHECK_INT(0, s.count);
	restart(&s, 5, &seeded.rng);
	CHECK_INT(1, s.count);
	first = ssrcs_out(&s, 5);
	CHECK(first != 5);
	CHECK_INT(5, ssrcs_source(&s, first));
	restart(&s, 5, &seeded.rng);
	CHECK_INT(1, s.count);
	CHECK(ssrcs_out(&s, 5) != first);
}

static void the_oldest_mapping_gives_way(void **state)
{
	struct rng_seeded seeded;
	struct ssrcs s = { 0 };

	(void)state;
	rng_seeded_init(&seeded, 1);
	for (uint32_t i = 1; i <= SSRC_MAPPINGS_MAX; i++)
		restart(&s, i, &seeded.rng);
	for (uint32_t i = 1; i <= SSRC_MAPPINGS_MAX; i++)
		CHECK(ssrcs_out(&s, i) != i);
	restart(&s, 100, &seeded.rng);
	CHECK_INT(SSRC_MAPPINGS_MAX, s.count);
	CHECK_INT(1, ssrcs_out(&s, 1));
	CHECK(ssrcs_out(&s, 2) != 2);
	CHECK(ssrcs_out(&s, 100) != 100);
}

#define A 0xaaaaaaaa /* a source of the one side, which goes out as B */
#define B 0xbbbbbbbb
#define C 0xcccccccc /* a source of the other side, which goes out as D */
#define D 0xdddddddd

static const struct {
	const char *label;
	size_t words;
	uint32_t in[16], want[16];
} rewrite_rows[] = {
	{ "receiver report", 8, { 0x81c90007, A, D }, { 0x81c90007, B, C } },
	{ "two reports in one", 14, { 0x82c9000d, A, D, 0, 0, 0, 0, 0, D },
		{ 0x82c9000d, B, C, 0, 0, 0, 0, 0, C } },
	{ "sender report", 13, { 0x81c8000c, A, A, A, A, A, A, D },
		{ 0x81c8000c, B, A, A, A, A, A, C } },
	{ "description of two", 8,
		{ 0x82ca0007, A, 0x01036162, 0x63000000, C, 0x01026162, 0x00000000, A },
		{ 0x82ca0007, B, 0x01036162, 0x63000000, C, 0x01026162, 0x00000000, A } },
	{ "items that fill their words", 6, { 0x82ca0005, A, 0x01026162, 0, A, 0 },
		{ 0x82ca0005, B, 0x01026162, 0, B, 0 } },
	{ "goodbye of two", 4, { 0x82cb0003, A, A, A }, { 0x82cb0003, B, B, A } },
	{ "feedback", 4, { 0x81cd0003, A, D, A }, { 0x81cd0003, B, C, A } },
	{ "picture loss", 3, { 0x81ce0002, A, D }, { 0x81ce0002, B, C } },
	{ "of an application", 4, { 0x80cc0003, A, A, D }, { 0x80cc0003, B, A, D } },
	{ "one after the other", 4, { 0x80c90001, A, 0x81cb0001, A },
		{ 0x80c90001, B, 0x81cb0001, B } },
	{ "more reports than there is room for", 4, { 0x9fc90003, A, D, A },
		{ 0x9fc90003, B, C, A } },
	{ "more goodbyes than there is room for", 2, { 0x9fcb0001, A }, { 0x9fcb0001, B } },
	{ "strangers", 8, { 0x81c90007, 1, 2 }, { 0x81c90007, 1, 2 } },
	{ "a length beyond the end", 2, { 0x81c90007, A }, { 0x81c90007, A } },
	{ "an item beyond the end", 3, { 0x81ca0002, A, 0x01ff6162 },
		{ 0x81ca0002, B, 0x01ff6162 } },
};

static void reports_are_rewritten_where_sources_were_mapped(void **state)
{
	struct ssrcs from = { .maps = { { C, D } }, .count = 1 };
	struct ssrcs to = { .maps = { { A, B } }, .count = 1 }, none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rewrite_rows); i++) {
		size_t n = rewrite_rows[i].words * 4;
		uint8_t *p = malloc(n); /* so that ASan sees one byte too far */

		ROW(rewrite_rows[i].label);
		CHECK(p != NULL);
		for (size_t k = 0; k < rewrite_rows[i].words; k++)
			write_u32(p + 4 * k, rewrite_rows[i].in[k]);
		ssrcs_rewrite_rtcp(&none, &none, p, n);
		for (size_t k = 0; k < rewrite_rows[i].words; k++)
			CHECK_INT(rewrite_rows[i].in[k], read_u32(p + 4 * k));
		ssrcs_rewrite_rtcp(&from, &to, p, n);
		for (size_t k = 0; k < rewrite_rows[i].words; k++)
			CHECK_INT(rewrite_rows[i].want[k], read_u32(p + 4 * k));
		free(p);
	}
}

/* ---- failing memory ---- */

static instant_t on_now(void *ctx)
{
	(void)ctx;
	return 1;
}

static void on_send(void *ctx, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *packet, size_t n)
{
	(void)ctx, (void)from, (void)to, (void)packet, (void)n;
}

static void a_whole_call(void *ctx)
{
	struct media_local_params params = { 20000, 20099, 70, rng_system(), ctx, on_now, on_send };
	struct media_open open = { .bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } } };
	struct media_leg_params leg_params = {
		.rx = { .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .bytes = { 1 } },
		.tx = { .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .bytes = { 2 } },
		.silence = 1,
	};
	struct media_local *l;
	struct media_port port;
	struct netaddr local;
	handle_t leg;
	sotto_err err = media_local_create(&l, &params);

	CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
	CHECK_INT(err == SOTTO_OK, l != NULL);
	if (!l)
		return;
	port = media_local_port(l);
	err = port.open(port.ctx, &open, &leg, &local);
	CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
	CHECK_INT(err == SOTTO_OK, leg != 0);
	if (leg) {
		err = port.set(port.ctx, leg, &leg_params);
		CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
		CHECK_OK(port.link(port.ctx, leg, MEDIA_PEER_TEST, 0));
		port.close(port.ctx, leg);
	}
	media_local_destroy(l);
}

static void a_call_survives_every_failing_allocation(void **state)
{
	(void)state;
	alloc_fail_sweep(a_whole_call, NULL);
}

static void one_leg_too_many_is_refused(void **state)
{
	struct media_local_params params = { 20000, 20999, 70, rng_system(), NULL, on_now,
		on_send };
	struct media_open open = { .bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } } };
	struct media_local *l;
	struct media_port port;
	struct netaddr local;
	handle_t leg;

	(void)state;
	CHECK_OK(media_local_create(&l, &params));
	port = media_local_port(l);
	for (unsigned i = 0; i < 70; i++)
		CHECK_OK(port.open(port.ctx, &open, &leg, &local));
	CHECK_INT(SOTTO_ELIMIT, port.open(port.ctx, &open, &leg, &local));
	media_local_destroy(l);
	params.legs_max = MEDIA_LEGS_MAX + 1;
	CHECK_INT(SOTTO_EINVAL, media_local_create(&l, &params));
	media_local_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(port_pool_takes_whole_pairs_only),
		cmocka_unit_test(a_port_that_was_given_back_rests_as_long_as_can_be),
		cmocka_unit_test(a_lease_is_found_by_either_port_of_its_address),
		cmocka_unit_test(loss_is_counted_by_the_sequence_numbers),
		cmocka_unit_test(jitter_is_none_for_even_packets_and_comes_near_a_steady_swing),
		cmocka_unit_test(a_source_is_mapped_after_four_refusals_in_sequence),
		cmocka_unit_test(the_oldest_mapping_gives_way),
		cmocka_unit_test(reports_are_rewritten_where_sources_were_mapped),
		cmocka_unit_test(a_call_survives_every_failing_allocation),
		cmocka_unit_test(one_leg_too_many_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
