/** @file unit/media/relay_test.c  Tests the pipeline: who hears whom, in clear and under SRTP. */
#include "rtp/bytes.h"
#include "unit/media/rig.h"
#include "unit/test.h"

static const struct {
	const char *label;
	uint8_t a_key, b_key;
} pair_rows[] = {
	{ "RTP to RTP", 0, 0 },
	{ "SRTP to RTP", 1, 0 },
	{ "RTP to SRTP", 0, 2 },
	{ "SRTP to SRTP", 1, 2 },
};

static void link_peers(struct rig_peer *a, struct rig_peer *b)
{
	struct rig *r = a->rig;

	CHECK_OK(r->port.link(r->port.ctx, a->leg, MEDIA_PEER_LEG, b->leg));
}

/** What `from` says is what `to` hears, byte for byte. */
static void check_heard(struct rig *r, struct rig_peer *from, struct rig_peer *to)
{
	for (unsigned i = 0; i < 100; i++) {
		struct rig_packet packet = rig_rtp(from);

		rig_forget(r);
		rig_deliver(r, &packet);
		CHECK_INT(1, r->count);
		CHECK(netaddr_eq(&to->at, &r->sent[0].to));
		CHECK(netaddr_eq(&to->local, &r->sent[0].from));
		if (to->receive) /* nothing of the voice shows on the wire */
			CHECK(r->sent[0].bytes[50] != r->sent[0].bytes[51] ||
				r->sent[0].bytes[52] != r->sent[0].bytes[53] ||
				r->sent[0].bytes[60] != r->sent[0].bytes[61]);
		CHECK(rig_open(to, &r->sent[0], false));
		CHECK_INT(172, r->sent[0].len);
		CHECK_INT(from->ssrc, read_u32(r->sent[0].bytes + 8));
		CHECK_INT(from->seq - 1, read_u16(r->sent[0].bytes + 2));
		CHECK_INT((from->seq - 1) & 0xff, r->sent[0].bytes[171]);
		r->now += 20000;
	}
}

static void linked_legs_hear_each_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pair_rows); i++) {
		struct netaddr source;
		struct rig_peer a, b;
		struct rig r;

		ROW(pair_rows[i].label);
		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, pair_rows[i].a_key);
		rig_peer_open(&r, &b, 2, 5000, pair_rows[i].b_key);
		link_peers(&a, &b);
		check_heard(&r, &a, &b);
		check_heard(&r, &b, &a);
		CHECK_INT(100, rig_stats(&a).rx_packets);
		CHECK_INT(17200, rig_stats(&a).rx_bytes);
		CHECK_INT(100, rig_stats(&a).tx_packets);
		CHECK_INT(0, rig_stats(&a).rx_lost);
		CHECK_INT(0, rig_stats(&a).jitter_us);
		source = rig_stats(&a).source;
		CHECK(netaddr_eq(&a.at, &source));
		if (a.send)
			CHECK_INT(0, rig_stats(&a).clear_ms);
		else
			CHECK_INT(4000, rig_stats(&a).clear_ms);
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

static const struct {
	const char *label;
	bool a_mux, b_mux;
} mux_rows[] = {
	{ "ports of their own", false, false },
	{ "mux to a port of its own", true, false },
	{ "a port of its own to mux", false, true },
	{ "mux on both sides", true, true },
};

static void rtcp_goes_to_where_each_side_has_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(mux_rows) * ARRAY_LEN(pair_rows); i++) {
		struct rig_packet packet;
		struct netaddr want;
		struct rig_peer a, b;
		struct rig r;

		ROW(mux_rows[i % 4].label);
		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, pair_rows[i / 4].a_key);
		rig_peer_open(&r, &b, 2, 5000, pair_rows[i / 4].b_key);
		a.params.rtcp_mux = mux_rows[i % 4].a_mux;
		b.params.rtcp_mux = mux_rows[i % 4].b_mux;
		rig_peer_set(&a);
		rig_peer_set(&b);
		link_peers(&a, &b);
		packet = rig_rtcp(&a, b.ssrc);
		rig_deliver(&r, &packet);
		CHECK_INT(1, r.count);
		want = b.at;
		want.port = (uint16_t)(want.port + !b.params.rtcp_mux);
		CHECK(netaddr_eq(&want, &r.sent[0].to));
		CHECK_INT(b.local.port + !b.params.rtcp_mux, r.sent[0].from.port);
		CHECK(rig_open(&b, &r.sent[0], true));
		CHECK_INT(52, r.sent[0].len);
		CHECK_INT(a.ssrc, read_u32(r.sent[0].bytes + 4));
		CHECK_INT(b.ssrc, read_u32(r.sent[0].bytes + 28));
		CHECK_INT(1, rig_stats(&a).rx_rtcp);
		CHECK_INT(1, rig_stats(&b).tx_rtcp);
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

static void rtcp_goes_to_the_address_in_the_sdp_if_it_names_one(void **state)
{
	struct rig_packet packet;
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 0);
	rig_peer_open(&r, &b, 2, 5000, 0);
	b.params.remote_rtcp = rig_addr(3, 7777);
	rig_peer_set(&b);
	link_peers(&a, &b);
	packet = rig_rtcp(&a, 0);
	rig_deliver(&r, &packet);
	CHECK_INT(1, rig_sent_to(&r, &b.params.remote_rtcp));
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

static const struct {
	const char *label;
	size_t n;
	uint8_t bytes[24];
} junk_rows[] = {
	{ "nothing", 0, { 0 } },
	{ "a keep-alive", 4, { 13, 10, 13, 10 } },
	{ "STUN", 20, { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 } },
	{ "DTLS", 24, { 22, 254, 253 } },
	{ "half an RTP header", 11, { 0x80, 0 } },
	{ "RTCP that does not add up", 8, { 0x80, 201, 0, 9 } },
};

static void junk_is_counted_and_goes_nowhere(void **state)
{
	(void)state;
	for (unsigned key = 0; key < 2; key++) {
		struct rig_peer a, b;
		struct rig r;

		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, (uint8_t)key);
		rig_peer_open(&r, &b, 2, 5000, 0);
		link_peers(&a, &b);
		for (size_t i = 0; i < ARRAY_LEN(junk_rows); i++) {
			struct rig_packet packet = { .from = a.at, .to = a.local };

			ROW(junk_rows[i].label);
			packet.len = junk_rows[i].n;
			memcpy(packet.bytes, junk_rows[i].bytes, sizeof(junk_rows[i].bytes));
			rig_deliver(&r, &packet);
			CHECK_INT(i + 1, rig_stats(&a).rx_malformed);
		}
		CHECK_INT(0, r.count);
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

static void direction_stops_rtp_but_not_rtcp(void **state)
{
	static const struct {
		const char *label;
		bool a_may_receive, b_may_send;
		size_t rtp;
	} rows[] = {
		{ "both", true, true, 1 },
		{ "not from the one side", false, true, 0 },
		{ "not to the other", true, false, 0 },
		{ "on hold on both", false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig_packet packet;
		struct rig_peer a, b;
		struct rig r;

		ROW(rows[i].label);
		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, 1);
		rig_peer_open(&r, &b, 2, 5000, 2);
		a.params.may_receive = rows[i].a_may_receive;
		b.params.may_send = rows[i].b_may_send;
		rig_peer_set(&a);
		rig_peer_set(&b);
		link_peers(&a, &b);
		packet = rig_rtp(&a);
		rig_deliver(&r, &packet);
		CHECK_INT(rows[i].rtp, r.count);
		CHECK_INT(1, rig_stats(&a).rx_packets);
		packet = rig_rtcp(&a, 0);
		rig_deliver(&r, &packet);
		CHECK_INT(rows[i].rtp + 1, r.count);
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

static const struct {
	const char *label;
	struct netaddr to;
} nowhere_rows[] = {
	{ "an old-style hold", { .family = IP_V4, .port = 5000 } },
	{ "the same in IPv6", { .family = IP_V6, .port = 5000 } },
	{ "port 0", { .family = IP_V4, .ip = { 198, 51, 100, 2 } } },
	{ "IPv4 multicast", { .family = IP_V4, .ip = { 224, 0, 0, 1 }, .port = 5000 } },
	{ "IPv6 multicast", { .family = IP_V6, .ip = { 0xff, 2, [15] = 1 }, .port = 5000 } },
	{ "everybody here", { .family = IP_V4, .ip = { 255, 255, 255, 255 }, .port = 5000 } },
};

static void an_address_of_nobody_gets_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nowhere_rows); i++) {
		struct rig_packet packet;
		struct rig_peer a, b;
		struct rig r;

		ROW(nowhere_rows[i].label);
		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, 0);
		rig_peer_open(&r, &b, 2, 5000, 0);
		b.params.remote_rtp = nowhere_rows[i].to;
		rig_peer_set(&b);
		link_peers(&a, &b);
		packet = rig_rtp(&a);
		rig_deliver(&r, &packet);
		if (nowhere_rows[i].to.port) { /* RTCP would go to the next */
			packet = rig_rtcp(&a, 0);
			rig_deliver(&r, &packet);
		}
		CHECK_INT(0, r.count);
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

/** RTP as `p` would get it from the relay: opened, with its SSRC and sequence number. */
static bool heard(struct rig *r, struct rig_peer *p, uint32_t *ssrc)
{
	if (r->count != 1 || !rig_open(p, &r->sent[0], false))
		return false;
	*ssrc = read_u32(r->sent[0].bytes + 8);
	return true;
}

static void a_source_that_begins_anew_goes_on_under_a_fresh_ssrc(void **state)
{
	struct rig_packet packet;
	struct rig_peer a, b;
	unsigned lost = 0;
	uint32_t ssrc = 0;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 0);
	rig_peer_open(&r, &b, 2, 5000, 2);
	link_peers(&a, &b);
	a.seq = 30000;
	check_heard(&r, &a, &b);
	a.seq = 5000; /* as if it were another program by now */
	for (unsigned i = 0; i < 50; i++) {
		rig_forget(&r);
		packet = rig_rtp(&a);
		rig_deliver(&r, &packet);
		lost += !heard(&r, &b, &ssrc);
	}
	CHECK_INT(4, lost);
	CHECK(ssrc != a.ssrc);

	rig_forget(
		&r); /* its reports come under the new name, and reports about it under the old */
	packet = rig_rtcp(&a, b.ssrc);
	rig_deliver(&r, &packet);
	CHECK(rig_open(&b, &r.sent[0], true));
	CHECK_INT(ssrc, read_u32(r.sent[0].bytes + 4));
	CHECK_INT(b.ssrc, read_u32(r.sent[0].bytes + 28));
	rig_forget(&r);
	packet = rig_rtcp(&b, ssrc);
	rig_deliver(&r, &packet);
	CHECK_INT(1, r.count);
	CHECK_INT(b.ssrc, read_u32(r.sent[0].bytes + 4));
	CHECK_INT(a.ssrc, read_u32(r.sent[0].bytes + 28));
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

static void repeats_and_late_packets_are_no_new_beginning(void **state)
{
	struct rig_packet packet;
	struct rig_peer a, b;
	uint32_t ssrc = 0;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 0);
	rig_peer_open(&r, &b, 2, 5000, 2);
	link_peers(&a, &b);
	for (unsigned i = 0; i < 300; i++) {
		packet = rig_rtp(&a);
		rig_forget(&r);
		rig_deliver(&r, &packet);
		CHECK(heard(&r, &b, &ssrc));
		CHECK_INT(a.ssrc, ssrc);
		rig_forget(&r);
		for (unsigned k = 0; k < 3; k++)
			rig_deliver(&r, &packet);
		packet = rig_rtp_of(&a, a.ssrc, (uint16_t)(a.seq - 200));
		rig_deliver(&r, &packet);
		CHECK_INT(0, r.count);
	}
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

static void the_same_key_again_never_uses_an_index_again(void **state)
{
	struct media_leg_params clear;
	struct rig_packet packet;
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 0);
	rig_peer_open(&r, &b, 2, 5000, 2);
	link_peers(&a, &b);
	check_heard(&r, &a, &b);
	rig_peer_set(&b); /* a hold and its end, with the keys of before */
	clear = b.params;
	clear.tx.suite = clear.rx.suite = SRTP_SUITE_NONE;
	CHECK_OK(r.port.set(r.port.ctx, b.leg, &clear));
	rig_peer_set(&b);
	rig_forget(&r);
	for (uint16_t i = 1; i <= 3; i++) {
		packet = rig_rtp_of(&a, a.ssrc, (uint16_t)(a.seq - i));
		rig_deliver(&r, &packet);
	}
	CHECK_INT(0, r.count);
	check_heard(&r, &a, &b);
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

static void links_follow_the_last_word(void **state)
{
	struct rig_packet packet;
	struct rig_peer a, b, c;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 1);
	rig_peer_open(&r, &b, 2, 5000, 0);
	rig_peer_open(&r, &c, 3, 6000, 3);
	CHECK_INT(SOTTO_EINVAL, r.port.link(r.port.ctx, a.leg, MEDIA_PEER_LEG, a.leg));
	CHECK_INT(SOTTO_ENOENT, r.port.link(r.port.ctx, a.leg, MEDIA_PEER_LEG, 0));
	CHECK_INT(SOTTO_ENOENT, r.port.link(r.port.ctx, 77, MEDIA_PEER_NONE, 0));
	CHECK_INT(SOTTO_ENOENT, r.port.set(r.port.ctx, 77, &a.params));
	link_peers(&a, &b);
	link_peers(&a, &c); /* a transfer */
	check_heard(&r, &a, &c);
	rig_forget(&r);
	packet = rig_rtp(&b);
	rig_deliver(&r, &packet); /* counted and dropped */
	CHECK_INT(0, r.count);
	CHECK_INT(1, rig_stats(&b).rx_packets);
	CHECK_OK(r.port.link(r.port.ctx, c.leg, MEDIA_PEER_NONE, 0));
	packet = rig_rtp(&a);
	rig_deliver(&r, &packet);
	CHECK_INT(0, r.count);
	link_peers(&c, &a);
	rig_peer_close(&c);
	packet = rig_rtp(&a);
	rig_deliver(&r, &packet);
	CHECK_INT(0, r.count);
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linked_legs_hear_each_other),
		cmocka_unit_test(rtcp_goes_to_where_each_side_has_it),
		cmocka_unit_test(rtcp_goes_to_the_address_in_the_sdp_if_it_names_one),
		cmocka_unit_test(junk_is_counted_and_goes_nowhere),
		cmocka_unit_test(direction_stops_rtp_but_not_rtcp),
		cmocka_unit_test(an_address_of_nobody_gets_nothing),
		cmocka_unit_test(a_source_that_begins_anew_goes_on_under_a_fresh_ssrc),
		cmocka_unit_test(repeats_and_late_packets_are_no_new_beginning),
		cmocka_unit_test(the_same_key_again_never_uses_an_index_again),
		cmocka_unit_test(links_follow_the_last_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
