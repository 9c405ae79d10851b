/**
 * @file unit/srtp/suites_test.c  What holds for every suite, and for MKIs and session parameters,
 * as properties at the rollover counts where counters go wrong (SPEC §2.1, §2.5).
 */
#include "base/rng.h"
#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/context.h"
#include "unit/test.h"

#define CAP     (128 + SRTP_TRAILER_MAX)
#define PAYLOAD 40
#define SSRC    77

static const uint8_t keys[SRTP_MASTERS_MAX][SRTP_KEY_SALT_MAX] = {
	{ 9, 8, 7 },
	{ 1, 2, 3 },
	{ 4, 5, 6 },
	{ 2, 4, 8 },
};
static const uint8_t mkis[SRTP_MASTERS_MAX][4] = { { 0, 0, 0, 1 }, { 0, 0, 0, 2 }, { 0, 0, 0, 3 },
	{ 0, 0, 0, 4 } };

static const uint32_t rollovers[] = { 0, 1, 2, 65535, UINT32_MAX };

struct packet {
	uint8_t bytes[CAP];
	size_t len;
};

/** With two CSRCs and a header extension, which are signed and not enciphered. */
static struct packet plain_rtp(uint16_t seq)
{
	struct packet p = { .len = 12 + 8 + 8 + PAYLOAD };

	p.bytes[0] = 0x92;
	p.bytes[1] = 8;
	write_u16(p.bytes + 2, seq);
	write_u32(p.bytes + 4, seq * 160u);
	write_u32(p.bytes + 8, SSRC);
	memset(p.bytes + 12, 0x11, 8);
	write_u32(p.bytes + 20, 0xbede0001);
	write_u32(p.bytes + 24, 0x10aa0000);
	memset(p.bytes + 28, 0x55, PAYLOAD);
	return p;
}

static struct packet plain_rtcp(void)
{
	struct packet p = { .bytes = { 0x80, RTCP_RR, 0, 7 }, .len = 32 };

	write_u32(p.bytes + 4, SSRC);
	memset(p.bytes + 8, 0x66, 24);
	return p;
}

static struct packet plain(bool is_rtcp, uint16_t seq)
{
	return is_rtcp ? plain_rtcp() : plain_rtp(seq);
}

static struct srtp *make(enum srtp_direction direction, const struct srtp_params *params)
{
	struct srtp *s;

	CHECK_OK(srtp_create(&s, direction, params));
	return s;
}

static sotto_err run(
	void (*batch)(struct srtp_item *, size_t), struct srtp *s, struct packet *p, bool is_rtcp)
{
	struct srtp_item item = { s, p->bytes, p->len, CAP, is_rtcp, SOTTO_OK };

	batch(&item, 1);
	p->len = item.len;
	return item.status;
}

static void start_at(struct srtp *s, uint64_t index)
{
	if (index)
		srtp_stream_hear(&s->streams, SSRC)->rtp = srtp_window_after(index - 1);
}

static void begin(
	struct srtp **send, struct srtp **receive, const struct srtp_params *params, uint64_t index)
{
	*send = make(SRTP_SEND, params);
	*receive = make(SRTP_RECEIVE, params);
	start_at(*send, index);
	start_at(*receive, index);
}

static void end(struct srtp *send, struct srtp *receive)
{
	srtp_destroy(send);
	srtp_destroy(receive);
}

static struct packet protected(struct srtp *send, bool is_rtcp, uint16_t seq)
{
	struct packet p = plain(is_rtcp, seq);

	CHECK_OK(run(srtp_protect, send, &p, is_rtcp));
	return p;
}

static void arrives(struct srtp *receive, struct packet p, bool is_rtcp, uint16_t seq)
{
	struct packet want = plain(is_rtcp, seq);

	CHECK_OK(run(srtp_unprotect, receive, &p, is_rtcp));
	CHECK_INT(want.len, p.len);
	CHECK(memcmp(want.bytes, p.bytes, want.len) == 0);
}

static size_t header_len(bool is_rtcp)
{
	return is_rtcp ? 8 : 28;
}

/** Whether the payload can be read on the wire. */
static bool is_readable(const struct packet *p, bool is_rtcp)
{
	struct packet clear = plain(is_rtcp, 0);
	size_t at = header_len(is_rtcp);

	return memcmp(p->bytes + at, clear.bytes + at, clear.len - at) == 0;
}

/** Never the packet itself. A bit of the version is left alone, so that it stays one of ours. */
static void forge(struct packet *p, struct rng *rng)
{
	switch (rng_u32(rng) % 3) {
	case 0:
		p->bytes[1 + rng_u32(rng) % (p->len - 1)] ^= (uint8_t)(1 << rng_u32(rng) % 8);
		break;
	case 1:
		write_u16(p->bytes + 2,
			(uint16_t)(read_u16(p->bytes + 2) + 1 + rng_u32(rng) % 65535));
		break;
	case 2: rng_fill(rng, p->bytes + 1, p->len - 1); break;
	}
}

/* ---- every suite ---- */

typedef void (*suite_check)(const struct srtp_params *params, uint32_t rollover, struct rng *rng);

static void for_each_suite(suite_check check)
{
	struct rng_seeded seeded;

	rng_seeded_init(&seeded, 7);
	for (unsigned i = SRTP_SUITE_NONE + 1; i < SRTP_SUITE_COUNT; i++)
		for (size_t r = 0; r < ARRAY_LEN(rollovers); r++) {
			struct srtp_params params = srtp_params_of((enum srtp_suite)i, keys[0]);

			ROW(srtp_suite_info((enum srtp_suite)i)->name);
			check(&params, rollovers[r], &seeded.rng);
		}
}

static void round_trip(const struct srtp_params *params, uint32_t rollover, struct rng *rng)
{
	const struct srtp_suite_info *suite = srtp_suite_info(params->suite);
	struct srtp *send, *receive;

	(void)rng;
	begin(&send, &receive, params, (uint64_t)rollover << 16 | 100);
	for (unsigned i = 0; i < 8; i++) {
		bool is_rtcp = i & 1;
		uint16_t seq = (uint16_t)(100 + i);
		struct packet p = protected(send, is_rtcp, seq);
		size_t trailer = is_rtcp ? suite->rtcp_tag_len + 4u : suite->tag_len;

		CHECK_INT(plain(is_rtcp, seq).len + trailer, p.len);
		CHECK_INT(suite->cipher == SRTP_CIPHER_NULL, is_readable(&p, is_rtcp));
		arrives(receive, p, is_rtcp, seq);
	}
	CHECK_INT(rollover, receive->streams.live[0].rtp.highest >> 16);
	end(send, receive);
}

static void every_suite_carries_rtp_and_rtcp(void **state)
{
	(void)state;
	for_each_suite(round_trip);
}

static void forgeries(const struct srtp_params *params, uint32_t rollover, struct rng *rng)
{
	struct srtp *send, *receive;

	if (srtp_suite_info(params->suite)->auth == SRTP_AUTH_NULL)
		return;
	begin(&send, &receive, params, (uint64_t)rollover << 16 | 100);
	for (unsigned i = 0; i < 40; i++) {
		bool is_rtcp = i % 4 == 3;
		uint16_t seq = (uint16_t)(100 + i);
		struct packet good = protected(send, is_rtcp, seq), bad;
		struct srtp before = *receive;

		for (unsigned j = 0; j < 20; j++) {
			bad = good;
			forge(&bad, rng);
			CHECK(run(srtp_unprotect, receive, &bad, is_rtcp) != SOTTO_OK);
			CHECK(memcmp(&before, receive, sizeof(before)) == 0);
		}
		arrives(receive, good, is_rtcp, seq);
		for (unsigned j = 0; j < 100; j++) {
			bad = good;
			CHECK_INT(SOTTO_EREPLAY, run(srtp_unprotect, receive, &bad, is_rtcp));
		}
	}
	end(send, receive);
}

static void forged_packets_change_nothing_under_any_suite(void **state)
{
	(void)state;
	for_each_suite(forgeries);
}

static void disorder(const struct srtp_params *params, uint32_t rollover, struct rng *rng)
{
	struct packet sent[SRTP_WINDOW], p;
	struct srtp *send, *receive;
	unsigned passed = 0;

	if (rollover == UINT32_MAX) /* there is no wrap beyond it */
		return;
	begin(&send, &receive, params, (uint64_t)rollover << 16 | 65500);
	for (unsigned i = 0; i < SRTP_WINDOW; i++)
		sent[i] = protected(send, false, (uint16_t)(65500 + i));
	for (unsigned i = 0; i < 1000; i++) { /* some, and some of them twice */
		p = sent[rng_u32(rng) % (SRTP_WINDOW / 2)];
		passed += run(srtp_unprotect, receive, &p, false) == SOTTO_OK;
	}
	for (unsigned i = 0; i < SRTP_WINDOW; i++) {
		p = sent[i];
		passed += run(srtp_unprotect, receive, &p, false) == SOTTO_OK;
	}
	CHECK_INT(SRTP_WINDOW, passed);
	CHECK_INT((uint64_t)rollover + 1, receive->streams.live[0].rtp.highest >> 16);
	end(send, receive);
}

static void each_packet_passes_once_across_a_wrap_under_any_suite(void **state)
{
	(void)state;
	for_each_suite(disorder);
}

/* ---- without authentication ---- */

static struct srtp_params unauthenticated(void)
{
	return srtp_params_of(SRTP_AES_CM_128_NULL_AUTH, keys[0]);
}

static const struct {
	const char *label;
	uint16_t from, to;
	sotto_err want;
	uint64_t highest;
} leap_rows[] = {
	{ "over the wrap", 65535, 0, SOTTO_OK, 0x20000 },
	{ "100 over it", 65535, 99, SOTTO_OK, 0x20063 },
	{ "101 over it", 65535, 100, SOTTO_EAUTH, 0x1ffff },
	{ "half a round over it", 65535, 32766, SOTTO_EAUTH, 0x1ffff },
	{ "ahead in the round", 100, 20000, SOTTO_OK, 0x14e20 },
	{ "back in the round", 20000, 100, SOTTO_EREPLAY, 0x14e20 },
};

static void without_authentication_the_rollover_counter_moves_within_100_packets(void **state)
{
	struct srtp_params params = unauthenticated();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(leap_rows); i++) {
		struct srtp *receive = make(SRTP_RECEIVE, &params);
		struct packet p = plain_rtp(leap_rows[i].to);

		ROW(leap_rows[i].label);
		start_at(receive, (0x10000u | leap_rows[i].from) + 1);
		CHECK_INT(leap_rows[i].want, run(srtp_unprotect, receive, &p, false));
		CHECK_INT(leap_rows[i].highest, receive->streams.live[0].rtp.highest);
		srtp_destroy(receive);
	}
}

static void without_authentication_the_srtcp_index_moves_by_100(void **state)
{
	struct srtp_params params = unauthenticated();
	struct srtp *receive = make(SRTP_RECEIVE, &params);
	struct packet p = plain_rtcp();

	(void)state;
	srtp_stream_hear(&receive->streams, SSRC)->rtcp = srtp_window_after(5);
	p.len += 4;
	write_u32(p.bytes + 32, SRTCP_E_FLAG | 106);
	CHECK_INT(SOTTO_EAUTH, run(srtp_unprotect, receive, &p, true));
	write_u32(p.bytes + 32, SRTCP_E_FLAG | 105);
	CHECK_OK(run(srtp_unprotect, receive, &p, true));
	srtp_destroy(receive);
}

/* ---- session parameters (RFC 4568 §6.3) ---- */

static const struct {
	const char *label;
	unsigned flags;
	bool rtp_readable, rtcp_readable, rtp_signed;
} flag_rows[] = {
	{ "none", 0, false, false, true },
	{ "UNENCRYPTED_SRTP", SRTP_UNENCRYPTED_RTP, true, false, true },
	{ "UNENCRYPTED_SRTCP", SRTP_UNENCRYPTED_RTCP, false, true, true },
	{ "both", SRTP_UNENCRYPTED_RTP | SRTP_UNENCRYPTED_RTCP, true, true, true },
	{ "UNAUTHENTICATED_SRTP", SRTP_UNAUTHENTICATED_RTP, false, false, false },
};

static bool survives_a_flipped_bit(struct srtp *receive, struct packet p, bool is_rtcp)
{
	p.bytes[header_len(is_rtcp)] ^= 1;
	return run(srtp_unprotect, receive, &p, is_rtcp) == SOTTO_OK;
}

static void session_parameter(const struct srtp_params *params, size_t row)
{
	struct srtp *send, *receive;
	struct packet rtp, rtcp;

	begin(&send, &receive, params, 0);
	rtp = protected(send, false, 1);
	rtcp = protected(send, true, 0);
	CHECK_INT(flag_rows[row].rtp_readable, is_readable(&rtp, false));
	CHECK_INT(flag_rows[row].rtcp_readable, is_readable(&rtcp, true));
	CHECK_INT(!flag_rows[row].rtp_signed, survives_a_flipped_bit(receive, rtp, false));
	CHECK(!survives_a_flipped_bit(receive, rtcp, true));
	arrives(receive, protected(send, false, 2), false, 2);
	arrives(receive, rtcp, true, 0);
	end(send, receive);
}

static void session_parameters_apply_to_every_suite_that_can(void **state)
{
	(void)state;
	for (unsigned i = SRTP_SUITE_NONE + 1; i < SRTP_SUITE_COUNT; i++)
		for (size_t row = 0; row < ARRAY_LEN(flag_rows); row++) {
			const struct srtp_suite_info *suite = srtp_suite_info((enum srtp_suite)i);
			struct srtp_params params = srtp_params_of((enum srtp_suite)i, keys[0]);

			if (!srtp_suite_protects((enum srtp_suite)i) ||
				(suite->auth == SRTP_AUTH_AEAD && !flag_rows[row].rtp_signed))
				continue;
			ROW(flag_rows[row].label);
			params.flags = flag_rows[row].flags;
			session_parameter(&params, row);
		}
}

/** RFC 4568 §6.3.2: E is set in all messages, or in none. */
static void a_report_with_the_other_e_flag_is_not_accepted(void **state)
{
	struct srtp_params params = srtp_params_of(SRTP_AES_CM_128_HMAC_SHA1_80, keys[0]);
	struct srtp *send[2], *receive[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		params.flags = i ? SRTP_UNENCRYPTED_RTCP : 0;
		begin(&send[i], &receive[i], &params, 0);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct packet p = protected(send[i], true, 0);

		CHECK_INT(SOTTO_EAUTH, run(srtp_unprotect, receive[!i], &p, true));
	}
	end(send[0], receive[0]);
	end(send[1], receive[1]);
}

/* ---- key derivation rate (RFC 3711 §4.3.1) ---- */

static void key_derivation(const struct srtp_params *params, uint32_t rollover, struct rng *rng)
{
	struct srtp_params often = *params;
	struct packet late, sent[32], once;
	struct srtp *send, *receive, *other;

	(void)rng;
	often.kdr = 2; /* each 4 packets */
	begin(&send, &receive, &often, (uint64_t)rollover << 16 | 1000);
	for (uint16_t i = 0; i < ARRAY_LEN(sent); i++)
		sent[i] = protected(send, false, (uint16_t)(1000 + i));
	other = make(SRTP_SEND, params);
	start_at(other, (uint64_t)rollover << 16 | 1000);
	once = protected(other, false, 1000);
	CHECK(memcmp(once.bytes, sent[0].bytes, once.len) != 0);
	late = sent[3];
	for (uint16_t i = 0; i < ARRAY_LEN(sent); i++)
		if (i != 3)
			arrives(receive, sent[i], false, (uint16_t)(1000 + i));
	arrives(receive, late, false, 1003); /* seven blocks ago */
	for (unsigned i = 0; i < 10; i++)    /* SRTCP has its own blocks */
		arrives(receive, protected(send, true, 0), true, 0);
	srtp_destroy(other);
	end(send, receive);
}

static void session_keys_are_derived_again_at_the_rate(void **state)
{
	(void)state;
	for_each_suite(key_derivation);
}

static void one_batch_may_need_the_keys_of_many_blocks(void **state)
{
	struct srtp_params params = srtp_params_of(SRTP_AES_CM_128_HMAC_SHA1_80, keys[0]);
	struct srtp_item items[SRTP_CHUNK];
	struct packet p[SRTP_CHUNK];
	struct srtp *send, *receive;

	(void)state;
	params.kdr = 1;
	begin(&send, &receive, &params, 0);
	for (uint16_t i = 0; i < ARRAY_LEN(p); i++) {
		p[i] = plain_rtp(i);
		items[i] = (struct srtp_item){ send, p[i].bytes, p[i].len, CAP, false, SOTTO_OK };
	}
	srtp_protect(items, ARRAY_LEN(items));
	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		CHECK_OK(items[i].status);
		items[i].srtp = receive;
	}
	srtp_unprotect(items, ARRAY_LEN(items));
	for (uint16_t i = 0; i < ARRAY_LEN(p); i++) {
		CHECK_OK(items[i].status);
		CHECK(is_readable(&p[i], false));
	}
	end(send, receive);
}

/* ---- MKI (RFC 3711 §3.1) ---- */

static struct srtp_params with_mki(enum srtp_suite suite, size_t count)
{
	struct srtp_params params = srtp_params_of(suite, keys[0]);

	params.mki_len = sizeof(mkis[0]);
	params.master_count = count;
	for (size_t i = 0; i < count; i++)
		params.masters[i] = (struct srtp_master){ keys[i], mkis[i] };
	return params;
}

static void roll(const struct srtp_params *params, uint32_t rollover, struct rng *rng)
{
	struct srtp_params masters = with_mki(params->suite, SRTP_MASTERS_MAX);
	struct srtp *send, *receive;
	struct packet late, p;

	(void)rng;
	begin(&send, &receive, &masters, (uint64_t)rollover << 16 | 100);
	for (uint16_t i = 0; i < 40; i++) {
		srtp_use_master(send, i / 10);
		p = protected(send, false, (uint16_t)(100 + i));
		if (i == 9)
			late = p;
		else
			arrives(receive, p, false, (uint16_t)(100 + i));
		arrives(receive, protected(send, true, 0), true, 0);
	}
	arrives(receive, late, false, 109); /* the old key is still in force */
	CHECK_INT(10, send->masters[3].sent);
	end(send, receive);
}

static void sending_rolls_from_one_master_key_to_the_next(void **state)
{
	(void)state;
	for_each_suite(roll);
}

static void a_packet_with_an_unknown_mki_is_not_accepted(void **state)
{
	struct srtp_params sent = with_mki(SRTP_AES_CM_128_HMAC_SHA1_80, 2);
	struct srtp_params held = with_mki(SRTP_AES_CM_128_HMAC_SHA1_80, 1);
	struct srtp *send = make(SRTP_SEND, &sent), *receive = make(SRTP_RECEIVE, &held), before;
	struct packet p;

	(void)state;
	before = *receive;
	srtp_use_master(send, 1);
	p = protected(send, false, 1);
	CHECK_INT(SOTTO_EAUTH, run(srtp_unprotect, receive, &p, false));
	CHECK(memcmp(&before, receive, sizeof(before)) == 0);
	end(send, receive);
}

/* ---- AES-192 of older libsrtp ---- */

static struct srtp *old_peer(enum srtp_direction direction, const struct srtp_params *params)
{
	struct srtp *s = make(direction, params);

	s->derivation = SRTP_DERIVATION_OLD_LIBSRTP;
	s->derivation_is_known = true;
	return s;
}

static void sending_follows_the_derivation_that_the_peer_uses(void **state)
{
	struct srtp_params theirs = srtp_params_of(SRTP_AES_192_CM_HMAC_SHA1_32, keys[0]);
	struct srtp_params ours = srtp_params_of(SRTP_AES_192_CM_HMAC_SHA1_32, keys[1]);

	(void)state;
	for (unsigned is_old = 0; is_old < 2; is_old++) {
		struct srtp *peer_tx = (is_old ? old_peer : make)(SRTP_SEND, &theirs);
		struct srtp *peer_rx = (is_old ? old_peer : make)(SRTP_RECEIVE, &ours);
		struct srtp *rx = make(SRTP_RECEIVE, &theirs), *tx = make(SRTP_SEND, &ours), before;
		struct packet p = protected(peer_tx, false, 1), bad = p;

		ROW(is_old ? "older libsrtp" : "RFC 6188");
		bad.bytes[bad.len - 1] ^= 1;
		before = *rx;
		CHECK_INT(SOTTO_EAUTH, run(srtp_unprotect, rx, &bad, false));
		CHECK(memcmp(&before, rx, sizeof(before)) == 0);
		srtp_follow(tx, rx); /* nothing is known yet: RFC 6188 */
		CHECK_INT(SRTP_DERIVATION_RFC, tx->derivation);
		arrives(rx, p, false, 1);
		arrives(rx, protected(peer_tx, true, 0), true, 0);
		srtp_follow(tx, rx);
		arrives(peer_rx, protected(tx, false, 1), false, 1);
		arrives(peer_rx, protected(tx, true, 0), true, 0);
		end(peer_tx, peer_rx);
		end(tx, rx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_suite_carries_rtp_and_rtcp),
		cmocka_unit_test(forged_packets_change_nothing_under_any_suite),
		cmocka_unit_test(each_packet_passes_once_across_a_wrap_under_any_suite),
		cmocka_unit_test(
			without_authentication_the_rollover_counter_moves_within_100_packets),
		cmocka_unit_test(without_authentication_the_srtcp_index_moves_by_100),
		cmocka_unit_test(session_parameters_apply_to_every_suite_that_can),
		cmocka_unit_test(a_report_with_the_other_e_flag_is_not_accepted),
		cmocka_unit_test(session_keys_are_derived_again_at_the_rate),
		cmocka_unit_test(one_batch_may_need_the_keys_of_many_blocks),
		cmocka_unit_test(sending_rolls_from_one_master_key_to_the_next),
		cmocka_unit_test(a_packet_with_an_unknown_mki_is_not_accepted),
		cmocka_unit_test(sending_follows_the_derivation_that_the_peer_uses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
