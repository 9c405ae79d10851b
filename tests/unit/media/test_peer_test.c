/** @file unit/media/test_peer_test.c  The test destination, and the watch over silence. */
#include "media/test_peer.h"

#include "rtp/bytes.h"
#include "unit/media/rig.h"
#include "unit/test.h"

static const unsigned candidates[] = { TEST_PEER_CLEAR_HZ, TEST_PEER_SECURE_HZ };

static void call_test(struct rig *r, struct rig_peer *p)
{
	CHECK_OK(r->port.link(r->port.ctx, p->leg, MEDIA_PEER_TEST, 0));
}

static const struct {
	const char *label;
	uint8_t key, payload_type, arrives;
	unsigned hz;
	enum g711_law law;
} tone_rows[] = {
	{ "clear, PCMU", 0, 0, 0, 440, G711_MU },
	{ "clear, PCMA", 0, 8, 8, 440, G711_A },
	{ "SRTP, PCMU", 1, 0, 0, 880, G711_MU },
	{ "SRTP, PCMA", 1, 8, 8, 880, G711_A },
	{ "what arrives wins", 1, 0, 8, 880, G711_A },
	{ "DTMF arrives: as was negotiated", 0, 8, 101, 440, G711_A },
};

static struct rig_packet rtp_of_type(struct rig_peer *p, uint8_t payload_type)
{
	struct srtp *send = p->send;
	struct rig_packet packet;
	struct srtp_item item = { send, packet.bytes, 0, RIG_BYTES, false, SOTTO_OK };

	p->send = NULL;
	packet = rig_rtp(p);
	p->send = send;
	packet.bytes[1] = payload_type;
	if (!send)
		return packet;
	item.len = packet.len;
	srtp_protect(&item, 1);
	CHECK_OK(item.status);
	packet.len = item.len;
	return packet;
}

static void one_second_of_tone_tells_how_the_leg_is_protected(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(tone_rows); i++) {
		int16_t samples[TEST_PEER_FRAMES * TEST_PEER_FRAME];
		struct tone_found found;
		struct rig_packet packet;
		struct rig_peer p;
		struct rig r;
		size_t n = 0;

		ROW(tone_rows[i].label);
		rig_start(&r);
		rig_peer_open(&r, &p, 1, 4000, tone_rows[i].key);
		p.params.payload_type = tone_rows[i].payload_type;
		rig_peer_set(&p);
		call_test(&r, &p);
		packet = rtp_of_type(&p, tone_rows[i].arrives);
		rig_deliver(&r, &packet);
		rig_pass(&r, 10000);
		CHECK_INT(TEST_PEER_FRAMES, r.count);
		for (size_t k = 0; k < r.count; k++) {
			struct rtp_header h;

			CHECK(rig_open(&p, &r.sent[k], false));
			CHECK_OK(rtp_parse(&h, r.sent[k].bytes, r.sent[k].len));
			CHECK_INT(tone_rows[i].law, h.payload_type);
			CHECK_INT(k == 0, h.marker);
			CHECK_INT(172, r.sent[k].len);
			CHECK(h.seq == (uint16_t)(read_u16(r.sent[0].bytes + 2) + k));
			CHECK(h.timestamp ==
				(uint32_t)(read_u32(r.sent[0].bytes + 4) + k * TEST_PEER_FRAME));
			for (size_t s = 12; s < 172; s++)
				samples[n++] = g711_decode(tone_rows[i].law, r.sent[k].bytes[s]);
		}
		found = tone_find(samples, n, G711_RATE, candidates, ARRAY_LEN(candidates));
		CHECK_INT(tone_rows[i].hz, found.hz);
		CHECK(found.share > 0.95);
		CHECK_INT(TEST_PEER_FRAMES, rig_stats(&p).tx_packets);
		rig_peer_close(&p);
		rig_stop(&r);
	}
}

static void the_tone_lasts_a_second_on_the_clock(void **state)
{
	struct rig_packet packet;
	struct rig_peer p;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &p, 1, 4000, 0);
	call_test(&r, &p);
	packet = rig_rtp(&p);
	rig_deliver(&r, &packet);
	rig_pass(&r, 0);
	CHECK_INT(1, r.count);
	rig_pass(&r, 19);
	CHECK_INT(1, r.count);
	rig_pass(&r, 1);
	CHECK_INT(2, r.count);
	rig_pass(&r, 959);
	CHECK_INT(49, r.count);
	rig_pass(&r, 1);
	CHECK_INT(50, r.count);
	rig_peer_close(&p);
	rig_stop(&r);
}

static void then_what_comes_goes_back_as_one_stream(void **state)
{
	(void)state;
	for (uint8_t key = 0; key < 2; key++) {
		struct rtp_header last, h;
		struct rig_packet packet;
		struct rig_peer p;
		struct rig r;

		rig_start(&r);
		rig_peer_open(&r, &p, 1, 4000, key);
		call_test(&r, &p);
		packet = rig_rtp(&p);
		rig_deliver(&r, &packet);
		rig_pass(&r, 100);
		packet = rig_rtp(&p); /* into the tone: lost */
		rig_deliver(&r, &packet);
		rig_pass(&r, 1000);
		CHECK_INT(50, r.count);
		CHECK(rig_open(&p, &r.sent[49], false));
		CHECK_OK(rtp_parse(&last, r.sent[49].bytes, 172));
		for (unsigned i = 0; i < 60; i++) {
			if (i == 30) { /* another source of the caller's: our stream goes on */
				p.ssrc += 5;
				p.seq = 9;
			}
			rig_forget(&r);
			packet = rig_rtp(&p);
			rig_deliver(&r, &packet);
			CHECK_INT(1, r.count);
			CHECK(rig_open(&p, &r.sent[0], false));
			CHECK_OK(rtp_parse(&h, r.sent[0].bytes, r.sent[0].len));
			CHECK_INT(last.ssrc, h.ssrc);
			CHECK(h.ssrc != p.ssrc);
			CHECK_INT((uint16_t)(last.seq + 1), h.seq);
			CHECK_INT((uint32_t)(last.timestamp + 160), h.timestamp);
			CHECK_INT((p.seq - 1) & 0xff, r.sent[0].bytes[171]);
			last = h;
		}
		rig_forget(&r);
		packet = rig_rtcp(&p, 0); /* reports are not echoed */
		rig_deliver(&r, &packet);
		CHECK_INT(0, r.count);
		rig_peer_close(&p);
		rig_stop(&r);
	}
}

static void a_late_packet_does_not_turn_the_echo_back(void **state)
{
	static const struct {
		uint32_t ssrc;
		uint16_t seq, want;
	} rows[] = { { 1, 50, 0 }, { 1, 53, 3 }, { 1, 51, 1 }, { 2, 900, 4 }, { 2, 901, 5 } };
	struct rig_packet packet;
	uint16_t first = 0;
	struct rig_peer p;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &p, 1, 4000, 1);
	call_test(&r, &p);
	rig_pass(&r, 5000);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		rig_forget(&r);
		packet = rig_rtp_of(&p, rows[i].ssrc, rows[i].seq);
		rig_deliver(&r, &packet);
		CHECK_INT(1, r.count);
		if (i == 0)
			first = read_u16(r.sent[0].bytes + 2);
		CHECK_INT((uint16_t)(first + rows[i].want), read_u16(r.sent[0].bytes + 2));
	}
	rig_peer_close(&p);
	rig_stop(&r);
}

static void a_caller_that_only_listens_hears_the_tone_too(void **state)
{
	struct rig_peer p;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &p, 1, 4000, 1);
	call_test(&r, &p);
	rig_pass(&r, TEST_PEER_PATIENCE - 1);
	CHECK_INT(0, r.count);
	rig_pass(&r, 10000);
	CHECK_INT(50, r.count);
	call_test(&r, &p); /* the same again is no new call */
	rig_pass(&r, 10000);
	CHECK_INT(50, r.count);
	rig_peer_close(&p);
	rig_stop(&r);
}

static void no_tone_leaves_before_it_may(void **state)
{
	struct rig_packet packet;
	struct rig_peer p;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &p, 1, 4000, 1);
	p.params.tx.suite = SRTP_SUITE_NONE; /* and must be encrypted */
	rig_peer_set(&p);
	call_test(&r, &p);
	packet = rig_rtp(&p);
	rig_deliver(&r, &packet);
	rig_pass(&r, 10000);
	CHECK_INT(0, r.count);
	rig_secure(&p.params, 1);
	p.params.may_send = false;
	rig_peer_set(&p);
	rig_pass(&r, 10000);
	CHECK_INT(0, r.count);
	p.params.may_send = true;
	rig_peer_set(&p);
	rig_pass(&r, 10000);
	CHECK_INT(50, r.count);
	CHECK(rig_open(&p, &r.sent[0], false));
	rig_peer_close(&p);
	rig_stop(&r);
}

static void unlinking_ends_the_tone_and_a_new_link_begins_it_again(void **state)
{
	struct rig_packet packet;
	struct rig_peer p;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &p, 1, 4000, 0);
	call_test(&r, &p);
	packet = rig_rtp(&p);
	rig_deliver(&r, &packet);
	rig_pass(&r, 200);
	CHECK_INT(11, r.count);
	CHECK_OK(r.port.link(r.port.ctx, p.leg, MEDIA_PEER_NONE, 0));
	rig_pass(&r, 10000);
	CHECK_INT(11, r.count);
	rig_forget(&r);
	call_test(&r, &p);
	packet = rig_rtp(&p);
	rig_deliver(&r, &packet);
	rig_pass(&r, 10000);
	CHECK_INT(50, r.count);
	rig_peer_close(&p);
	rig_stop(&r);
}

static void more_test_calls_than_a_batch_are_served_in_one_turn(void **state)
{
	enum { LEGS = 16 };
	struct rig_peer p[LEGS];
	struct rig r;

	(void)state;
	rig_start(&r);
	for (unsigned i = 0; i < LEGS; i++) {
		rig_peer_open(&r, &p[i], (uint8_t)(i + 1), 4000, (uint8_t)(i % 2));
		call_test(&r, &p[i]);
	}
	rig_pass(&r, TEST_PEER_PATIENCE);
	CHECK_INT(LEGS, r.count);
	r.now += 200000; /* the thread was held up: ten frames each are due at once */
	media_local_run_timers(r.local);
	CHECK_INT(LEGS * 11, r.count);
	for (unsigned i = 0; i < LEGS; i++) {
		CHECK_INT(11, rig_sent_to(&r, &p[i].at));
		rig_peer_close(&p[i]);
	}
	rig_stop(&r);
}

/* ---- silence ---- */

static bool is_told(struct rig *r, enum media_event_kind kind, handle_t leg)
{
	struct media_event e;

	return media_local_receive(r->local, &e) && e.kind == kind && e.leg == leg;
}

static void silence_is_told_once_until_the_peer_is_heard_again(void **state)
{
	struct rig_packet packet;
	struct rig_peer p;
	struct media_event e;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &p, 1, 4000, 1);
	p.params.silence = SECONDS(30);
	rig_peer_set(&p);
	rig_pass(&r, SECONDS(29));
	packet = rig_rtp(&p);
	rig_deliver(&r, &packet);
	rig_pass(&r, SECONDS(30) - 1);
	CHECK(!media_local_receive(r.local, &e));
	packet.bytes[20] ^= 1; /* forged: it breaks no silence */
	rig_deliver(&r, &packet);
	rig_pass(&r, 1);
	CHECK(is_told(&r, MEDIA_SILENT, p.leg));
	rig_pass(&r, SECONDS(300));
	CHECK(!media_local_receive(r.local, &e));
	packet = rig_rtcp(&p, 0);
	rig_deliver(&r, &packet);
	rig_pass(&r, SECONDS(30));
	CHECK(is_told(&r, MEDIA_SILENT, p.leg));
	rig_peer_close(&p);
	CHECK(is_told(&r, MEDIA_CLOSED, p.leg));
	CHECK(!media_local_receive(r.local, &e));
	rig_stop(&r);
}

static void a_set_that_changes_nothing_does_not_prolong_the_silence(void **state)
{
	struct media_event e;
	struct rig_peer p;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &p, 1, 4000, 1);
	p.params.silence = SECONDS(30);
	rig_peer_set(&p);
	rig_pass(&r, SECONDS(20));
	rig_peer_set(&p);
	rig_pass(&r, SECONDS(10));
	CHECK(is_told(&r, MEDIA_SILENT, p.leg));
	p.params.silence = 0; /* on hold, say */
	rig_peer_set(&p);
	rig_pass(&r, SECONDS(3600));
	CHECK(!media_local_receive(r.local, &e));
	p.params.silence = SECONDS(30); /* and back */
	rig_peer_set(&p);
	rig_pass(&r, SECONDS(30) - 1);
	CHECK(!media_local_receive(r.local, &e));
	rig_pass(&r, 1);
	CHECK(is_told(&r, MEDIA_SILENT, p.leg));
	rig_peer_close(&p);
	rig_stop(&r);
}

static void closing_gives_the_last_statistics_and_the_ports_back(void **state)
{
	enum { PAIRS = 16 };
	struct rig_peer p[PAIRS], more;
	struct media_open open = { .bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } } };
	struct rig_packet packet;
	struct media_event e;
	struct rig r;

	(void)state;
	rig_start(&r);
	for (unsigned i = 0; i < PAIRS; i++)
		rig_peer_open(&r, &p[i], (uint8_t)(i + 1), 4000, 0);
	CHECK_INT(SOTTO_ELIMIT, r.port.open(r.port.ctx, &open, &more.leg, &more.local));
	packet = rig_rtp(&p[3]);
	rig_deliver(&r, &packet);
	rig_peer_close(&p[3]);
	rig_deliver(&r, &packet); /* nobody is there */
	CHECK_INT(SOTTO_ENOENT, r.port.set(r.port.ctx, p[3].leg, &p[3].params));
	CHECK_INT(SOTTO_ELIMIT, r.port.open(r.port.ctx, &open, &more.leg, &more.local));
	CHECK(media_local_receive(r.local, &e));
	CHECK_INT(MEDIA_CLOSED, e.kind);
	CHECK_INT(4, e.owner);
	CHECK_INT(1, e.stats.rx_packets);
	CHECK(netaddr_eq(&p[3].at, &e.stats.source));
	CHECK_OK(r.port.open(r.port.ctx, &open, &more.leg, &more.local));
	CHECK(more.leg != p[3].leg);
	for (unsigned i = 0; i < PAIRS; i++)
		if (i != 3)
			rig_peer_close(&p[i]);
	rig_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_second_of_tone_tells_how_the_leg_is_protected),
		cmocka_unit_test(the_tone_lasts_a_second_on_the_clock),
		cmocka_unit_test(then_what_comes_goes_back_as_one_stream),
		cmocka_unit_test(a_late_packet_does_not_turn_the_echo_back),
		cmocka_unit_test(a_caller_that_only_listens_hears_the_tone_too),
		cmocka_unit_test(no_tone_leaves_before_it_may),
		cmocka_unit_test(unlinking_ends_the_tone_and_a_new_link_begins_it_again),
		cmocka_unit_test(more_test_calls_than_a_batch_are_served_in_one_turn),
		cmocka_unit_test(silence_is_told_once_until_the_peer_is_heard_again),
		cmocka_unit_test(a_set_that_changes_nothing_does_not_prolong_the_silence),
		cmocka_unit_test(closing_gives_the_last_statistics_and_the_ports_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
