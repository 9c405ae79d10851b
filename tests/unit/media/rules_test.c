/**
 * @file unit/media/rules_test.c  SPEC §2.5 and §2.3 at the leg: whose packets are believed, and
 * that a leg which must be encrypted never passes a clear one.
 */
#include "rtp/bytes.h"
#include "unit/media/rig.h"
#include "unit/test.h"

static void link_peers(struct rig_peer *a, struct rig_peer *b)
{
	CHECK_OK(a->rig->port.link(a->rig->port.ctx, a->leg, MEDIA_PEER_LEG, b->leg));
}

/* ---- whose packets are believed: clear legs ---- */

struct clear_call {
	struct rig r;
	struct rig_peer a, b;
};

static void clear_start(struct clear_call *c)
{
	rig_start(&c->r);
	rig_peer_open(&c->r, &c->a, 1, 4000, 0);
	rig_peer_open(&c->r, &c->b, 2, 5000, 0);
	link_peers(&c->a, &c->b);
}

static void clear_stop(struct clear_call *c)
{
	rig_peer_close(&c->a);
	rig_peer_close(&c->b);
	rig_stop(&c->r);
}

/** `n` packets of a's stream from `from`; returns how many reached b. */
static size_t say(struct clear_call *c, const struct netaddr *from, unsigned n)
{
	rig_forget(&c->r);
	for (unsigned i = 0; i < n; i++) {
		rig_deliver_from(&c->r, rig_rtp(&c->a), from);
		rig_pass(&c->r, 20);
	}
	return c->r.count;
}

/** Where the relay sends what b says. */
static struct netaddr target(struct clear_call *c)
{
	struct rig_packet packet = rig_rtp(&c->b);

	rig_forget(&c->r);
	rig_deliver(&c->r, &packet);
	return c->r.count ? c->r.sent[0].to : (struct netaddr){ 0 };
}

#define CHECK_TARGET(c, want)                         \
	do {                                          \
		struct netaddr target_ = target(c);   \
		CHECK(netaddr_eq(&target_, &(want))); \
	} while (0)

static void the_address_in_the_sdp_is_believed_at_once(void **state)
{
	struct netaddr other = rig_addr(9, 9000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	CHECK_TARGET(&c, c.a.at);
	CHECK_INT(1, say(&c, &c.a.at, 1));
	CHECK_INT(0, say(&c, &other, 20)); /* nobody else is, from then on */
	CHECK_INT(20, rig_stats(&c.a).rx_unexpected_source);
	CHECK_TARGET(&c, c.a.at);
	clear_stop(&c);
}

static void another_source_is_learned_after_three_packets_in_sequence(void **state)
{
	struct netaddr nat = rig_addr(7, 7000), other = rig_addr(9, 9000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	CHECK_INT(0, say(&c, &nat, 2));
	CHECK_TARGET(&c, c.a.at);
	CHECK_INT(1, say(&c, &nat, 1));
	CHECK_TARGET(&c, nat);
	CHECK_INT(0, say(&c, &other, 50)); /* later packets from elsewhere */
	CHECK_INT(5, say(&c, &nat, 5));
	CHECK_TARGET(&c, nat);
	clear_stop(&c);
}

static void a_second_stranger_cannot_spoil_the_trial_of_the_first(void **state)
{
	struct netaddr nat = rig_addr(7, 7000), other = rig_addr(9, 9000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	for (unsigned i = 0; i < 3; i++) {
		rig_deliver_from(&c.r, rig_rtp_of(&c.a, 1, (uint16_t)i), &nat);
		rig_deliver_from(&c.r, rig_rtp_of(&c.a, 2, (uint16_t)i), &other);
	}
	CHECK_INT(1, c.r.count);
	CHECK_TARGET(&c, nat);
	clear_stop(&c);
}

static const struct {
	const char *label;
	uint16_t seqs[3];
	uint32_t ssrcs[3];
	ms_t apart;
	bool is_learned;
} trial_rows[] = {
	{ "one after the other", { 1, 2, 3 }, { 5, 5, 5 }, 20, true },
	{ "over a wrap", { 65535, 0, 1 }, { 5, 5, 5 }, 20, true },
	{ "with loss", { 1, 17, 33 }, { 5, 5, 5 }, 20, true },
	{ "with too much loss", { 1, 2, 19 }, { 5, 5, 5 }, 20, false },
	{ "the same thrice", { 1, 1, 1 }, { 5, 5, 5 }, 20, false },
	{ "backwards", { 3, 2, 1 }, { 5, 5, 5 }, 20, false },
	{ "three streams", { 1, 2, 3 }, { 5, 6, 7 }, 20, false },
	{ "slowly", { 1, 2, 3 }, { 5, 5, 5 }, 3000, true },
	{ "too late", { 1, 2, 3 }, { 5, 5, 5 }, 5000, false },
};

static void a_source_is_learned_from_one_stream_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(trial_rows); i++) {
		struct netaddr nat = rig_addr(7, 7000);
		struct clear_call c;

		ROW(trial_rows[i].label);
		clear_start(&c);
		for (unsigned k = 0; k < 3; k++) {
			rig_deliver_from(&c.r,
				rig_rtp_of(&c.a, trial_rows[i].ssrcs[k], trial_rows[i].seqs[k]),
				&nat);
			rig_pass(&c.r, trial_rows[i].apart);
		}
		CHECK_INT(trial_rows[i].is_learned, c.r.count);
		clear_stop(&c);
	}
}

static void a_silent_candidate_gives_way(void **state)
{
	struct netaddr ghost = rig_addr(8, 8000), nat = rig_addr(7, 7000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	CHECK_INT(0, say(&c, &ghost, 2));
	rig_pass(&c.r, 1000);
	CHECK_INT(3, say(&c, &nat, 5));
	CHECK_TARGET(&c, nat);
	clear_stop(&c);
}

static void the_window_closes_and_a_set_opens_it_again(void **state)
{
	struct netaddr nat = rig_addr(7, 7000), other = rig_addr(9, 9000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	rig_pass(&c.r, MEDIA_LEARN_WINDOW);
	CHECK_INT(0, say(&c, &nat, 10));
	rig_peer_set(&c.a);
	rig_pass(&c.r, MEDIA_LEARN_WINDOW - 41);
	CHECK_INT(1, say(&c, &nat, 3));
	CHECK_TARGET(&c, nat);
	rig_peer_set(&c.a); /* the same address: what was learned is kept */
	CHECK_TARGET(&c, nat);
	CHECK_INT(10, say(&c, &nat, 10));
	CHECK_INT(0, say(&c, &other, 10));         /* it was heard again: closed */
	c.a.params.remote_rtp = rig_addr(1, 4444); /* another one: forgotten */
	rig_peer_set(&c.a);
	CHECK_TARGET(&c, c.a.params.remote_rtp);
	CHECK_INT(8, say(&c, &other, 10));
	CHECK_TARGET(&c, other);
	clear_stop(&c);
}

static void the_sdp_address_wins_while_the_window_is_open(void **state)
{
	struct netaddr nat = rig_addr(7, 7000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	CHECK_INT(0, say(&c, &nat, 2));
	CHECK_INT(1, say(&c, &c.a.at, 1));
	CHECK_INT(0, say(&c, &nat, 5));
	CHECK_TARGET(&c, c.a.at);
	clear_stop(&c);
}

static void a_stranger_that_was_quicker_gives_way_to_the_sdp_address(void **state)
{
	struct netaddr thief = rig_addr(7, 7000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	CHECK_INT(3, say(&c, &thief, 5)); /* three packets are soon guessed */
	CHECK_INT(5, say(&c, &c.a.at, 5));
	CHECK_TARGET(&c, c.a.at);
	CHECK_INT(0, say(&c, &thief, 5));
	CHECK_TARGET(&c, c.a.at);
	clear_stop(&c);
}

static void after_the_window_a_learned_source_stays(void **state)
{
	struct netaddr nat = rig_addr(7, 7000);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	CHECK_INT(1, say(&c, &nat, 3));
	rig_pass(&c.r, MEDIA_LEARN_WINDOW);
	CHECK_INT(0, say(&c, &c.a.at, 5));
	CHECK_TARGET(&c, nat);
	clear_stop(&c);
}

static void without_symmetric_rtp_only_the_sdp_counts(void **state)
{
	struct netaddr nat = rig_addr(7, 7000), port = rig_addr(1, 4321);
	struct clear_call c;

	(void)state;
	clear_start(&c);
	c.a.params.symmetric = false;
	rig_peer_set(&c.a);
	CHECK_INT(0, say(&c, &nat, 10));
	CHECK_INT(10, say(&c, &port, 10)); /* no SDP says where a peer sends from */
	CHECK_TARGET(&c, c.a.at);
	c.a.params.remote_rtp = (struct netaddr){ 0 };
	rig_peer_set(&c.a);
	CHECK_INT(0, say(&c, &port, 10));
	CHECK_INT(0, target(&c).family);
	clear_stop(&c);
}

static void reports_come_from_where_the_voice_does(void **state)
{
	struct netaddr nat = rig_addr(7, 7000), nat_rtcp = rig_addr(7, 7005),
		       other = rig_addr(9, 1);
	struct rig_packet report;
	struct clear_call c;

	(void)state;
	clear_start(&c);
	report = rig_rtcp(&c.a, 0);
	rig_deliver_from(&c.r, report, &nat_rtcp);
	CHECK_INT(0, c.r.count);
	CHECK_INT(1, say(&c, &nat, 3));
	rig_deliver_from(&c.r, report, &nat_rtcp);
	rig_deliver_from(&c.r, report, &other);
	CHECK_INT(2, c.r.count); /* the voice, and one report */
	rig_forget(&c.r);
	report = rig_rtcp(&c.b, 0);
	rig_deliver(&c.r, &report);
	CHECK_INT(1, rig_sent_to(&c.r, &nat_rtcp));
	clear_stop(&c);
}

/* ---- whose packets are believed: authenticated legs ---- */

static void authentic_packets_move_the_target_and_forged_ones_do_not(void **state)
{
	struct netaddr nat = rig_addr(7, 7000), moved = rig_addr(8, 8000), evil = rig_addr(9, 9000);
	struct rig_packet packet;
	struct rng_seeded seeded;
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	rng_seeded_init(&seeded, 5);
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 1);
	rig_peer_open(&r, &b, 2, 5000, 0);
	link_peers(&a, &b);
	for (unsigned i = 0; i < 100; i++) {
		struct rig_packet good = rig_rtp(&a);
		struct media_leg_stats before = rig_stats(&a), after;
		const struct netaddr *at = i < 50 ? &nat : &moved;

		rig_forget(&r);
		for (unsigned k = 0; k < 100; k++) { /* a flood */
			packet = good;
			packet.bytes[12 + rng_u32(&seeded.rng) % (packet.len - 12)] ^= 1;
			rig_deliver_from(&r, packet, &evil);
		}
		CHECK_INT(0, r.count);
		after = rig_stats(&a);
		CHECK_INT(before.rx_auth_failed + 100, after.rx_auth_failed);
		after.rx_auth_failed = before.rx_auth_failed;
		CHECK(memcmp(&before, &after, sizeof(before)) == 0);
		rig_deliver_from(&r, good, at);
		rig_deliver_from(&r, good, &evil); /* a replay moves nothing either */
		CHECK_INT(1, r.count);
		packet = rig_rtp(&b);
		rig_deliver(&r, &packet);
		CHECK_INT(1, rig_sent_to(&r, at));
		CHECK_INT(i + 1, rig_stats(&a).rx_replayed);
	}
	rig_pass(&r, 60000); /* and long after any window */
	rig_forget(&r);
	rig_deliver_from(&r, rig_rtp(&a), &nat);
	packet = rig_rtp(&b);
	rig_deliver(&r, &packet);
	CHECK_INT(1, rig_sent_to(&r, &nat));
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

/** SPEC §2.5: where a suite proves nothing, the source stays the SDP's. */
static void without_authentication_only_the_sdp_address_counts(void **state)
{
	struct netaddr evil = rig_addr(9, 9000);
	struct rig_packet packet;
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 1);
	rig_peer_open(&r, &b, 2, 5000, 0);
	link_peers(&a, &b);
	a.params.rx.suite = SRTP_AES_CM_128_NULL_AUTH;
	rig_peer_set(&a);
	for (unsigned i = 0; i < 10; i++) {
		packet = rig_rtp(&a);
		rig_deliver_from(&r, packet, &evil);
	}
	CHECK_INT(0, r.count);
	CHECK_INT(10, rig_stats(&a).rx_unexpected_source);
	packet = rig_rtp(&a);
	rig_deliver(&r, &packet);
	CHECK_INT(1, r.count);
	rig_forget(&r);
	packet = rig_rtp(&b);
	rig_deliver(&r, &packet);
	CHECK_INT(1, rig_sent_to(&r, &a.at));
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

static void authentic_reports_say_where_reports_go(void **state)
{
	struct netaddr nat = rig_addr(7, 7001), want;
	struct rig_packet packet;
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	for (unsigned mux = 0; mux < 2; mux++) {
		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, 1);
		rig_peer_open(&r, &b, 2, 5000, 0);
		a.params.rtcp_mux = mux;
		rig_peer_set(&a);
		link_peers(&a, &b);
		rig_deliver_from(&r, rig_rtcp(&a, 0), &nat);
		rig_forget(&r);
		packet = rig_rtcp(&b, 0);
		rig_deliver(&r, &packet);
		CHECK_INT(1, rig_sent_to(&r, &nat));
		packet = rig_rtp(&b); /* with mux, a peer that only listens is found too */
		rig_deliver(&r, &packet);
		want = mux ? nat : a.at;
		CHECK_INT(mux + 1, rig_sent_to(&r, &want));
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

static void without_symmetric_rtp_an_authentic_packet_passes_and_moves_nothing(void **state)
{
	struct netaddr nat = rig_addr(7, 7000);
	struct rig_packet packet;
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 1);
	rig_peer_open(&r, &b, 2, 5000, 0);
	a.params.symmetric = false;
	rig_peer_set(&a);
	link_peers(&a, &b);
	rig_deliver_from(&r, rig_rtp(&a), &nat);
	rig_deliver_from(&r, rig_rtcp(&a, 0), &nat);
	CHECK_INT(2, r.count);
	packet = rig_rtp(&b);
	rig_deliver(&r, &packet);
	CHECK_INT(1, rig_sent_to(&r, &a.at));
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

/* ---- no clear packet ---- */

enum half { NO_KEYS, ONLY_RX, ONLY_TX, BOTH_KEYS, HALVES };

static const struct {
	const char *label;
	bool must_encrypt;
	enum half half;
	bool takes_clear, takes_secure, sends_clear, sends_secure;
} key_rows[] = {
	{ "clear", false, NO_KEYS, true, false, true, false },
	{ "key for receiving only", false, ONLY_RX, false, true, false, false },
	{ "key for sending only", false, ONLY_TX, true, false, false, true },
	{ "SRTP by choice", false, BOTH_KEYS, false, true, false, true },
	{ "must, without keys", true, NO_KEYS, false, false, false, false },
	{ "must, key for receiving only", true, ONLY_RX, false, true, false, false },
	{ "must, key for sending only", true, ONLY_TX, false, false, false, true },
	{ "must, with keys", true, BOTH_KEYS, false, true, false, true },
};

static void take_halves(struct media_leg_params *params, bool must, enum half half)
{
	rig_secure(params, 1);
	params->must_encrypt = must;
	if (half == NO_KEYS || half == ONLY_TX)
		params->rx.suite = SRTP_SUITE_NONE;
	if (half == NO_KEYS || half == ONLY_RX)
		params->tx.suite = SRTP_SUITE_NONE;
}

/** True if what comes out for `a` is readable without a key. */
static bool is_plain(const struct rig_packet *packet, const struct rig_packet *said)
{
	return packet->len == said->len && memcmp(packet->bytes, said->bytes, said->len) == 0;
}

static void keys_and_duty_decide_what_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(key_rows); i++) {
		struct rig_packet packet, report;
		struct srtp *send;
		struct rig_peer a, b;
		struct rig r;

		ROW(key_rows[i].label);
		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, 1);
		rig_peer_open(&r, &b, 2, 5000, 0);
		link_peers(&a, &b);
		take_halves(&a.params, key_rows[i].must_encrypt, key_rows[i].half);
		rig_peer_set(&a);

		packet = rig_rtp(&a);
		rig_deliver(&r, &packet);
		packet = rig_rtcp(&a, 0);
		rig_deliver(&r, &packet);
		if (key_rows[i].takes_clear) /* cipher text is noise there, but it may pass */
			CHECK(r.count <= 2);
		else
			CHECK_INT(key_rows[i].takes_secure ? 2 : 0, r.count);

		rig_forget(&r);
		send = a.send;
		a.send = NULL;
		packet = rig_rtp(&a);
		rig_deliver(&r, &packet);
		packet = rig_rtcp(&a, 0);
		rig_deliver(&r, &packet);
		a.send = send;
		CHECK_INT(key_rows[i].takes_clear ? 2 : 0, r.count);
		if (key_rows[i].must_encrypt)
			CHECK_INT(0, rig_stats(&a).clear_ms);

		rig_forget(&r);
		packet = rig_rtp(&b);
		rig_deliver(&r, &packet);
		report = rig_rtcp(&b, 0);
		rig_deliver(&r, &report);
		CHECK_INT(key_rows[i].sends_clear || key_rows[i].sends_secure ? 2 : 0, r.count);
		for (size_t k = 0; k < r.count; k++)
			CHECK_INT(key_rows[i].sends_clear,
				is_plain(&r.sent[k], k ? &report : &packet));
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

/** Any order of sets, links and packets on a leg that must be encrypted. */
static void a_leg_that_must_be_encrypted_never_passes_clear_in_any_order(void **state)
{
	struct rng_seeded seeded;

	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct rig_peer a, b;
		struct srtp *send;
		struct rig r;

		rng_seeded_init(&seeded, seed);
		rig_start(&r);
		rig_peer_open(&r, &a, 1, 4000, 1);
		rig_peer_open(&r, &b, 2, 5000, 0);
		for (unsigned i = 0; i < 400; i++) {
			struct rig_packet packet;
			uint32_t die = rng_u32(&seeded.rng);

			rig_forget(&r);
			switch (die % 8) {
			case 0:
				take_halves(&a.params, true, (enum half)(die / 8 % HALVES));
				a.params.may_send = die / 64 % 4 != 0;
				a.params.may_receive = die / 256 % 4 != 0;
				a.params.rtcp_mux = die / 1024 % 2;
				rig_peer_set(&a);
				break;
			case 1:
				CHECK_OK(r.port.link(
					r.port.ctx, a.leg, (enum media_peer)(die / 8 % 3), b.leg));
				break;
			case 2:
			case 3: /* in clear towards the leg: nothing comes of it */
				send = a.send;
				a.send = NULL;
				packet = die / 8 % 2 ? rig_rtp(&a) : rig_rtcp(&a, 0);
				a.send = send;
				rig_deliver(&r, &packet);
				CHECK_INT(0, r.count);
				break;
			case 4:
				packet = die / 8 % 2 ? rig_rtp(&a) : rig_rtcp(&a, 0);
				rig_deliver(&r, &packet);
				break;
			case 5:
			case 6: /* from the clear side: what leaves is not what came */
				packet = die / 8 % 2 ? rig_rtp(&b) : rig_rtcp(&b, 0);
				rig_deliver(&r, &packet);
				for (size_t k = 0; k < r.count; k++)
					CHECK(!is_plain(&r.sent[k], &packet));
				break;
			case 7: rig_pass(&r, die / 8 % 50); break;
			}
			for (size_t k = 0; k < r.count && k < RIG_SENT_MAX; k++)
				if (netaddr_eq_ip(
					    &r.sent[k].to, &a.at)) /* 12 + 160 + 10, or SRTCP */
					CHECK(r.sent[k].len == 182 || r.sent[k].len == 66);
			CHECK_INT(0, rig_stats(&a).clear_ms);
		}
		rig_peer_close(&a);
		rig_peer_close(&b);
		rig_stop(&r);
	}
}

static void a_leg_that_was_not_set_takes_and_gives_nothing(void **state)
{
	struct media_open open = { .bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } } };
	struct rig_packet packet;
	struct netaddr local;
	struct rig_peer b;
	handle_t leg;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &b, 2, 5000, 0);
	CHECK_OK(r.port.open(r.port.ctx, &open, &leg, &local));
	CHECK_OK(r.port.link(r.port.ctx, leg, MEDIA_PEER_LEG, b.leg));
	packet = rig_rtp(&b);
	rig_deliver(&r, &packet);
	packet.to = local;
	rig_deliver(&r, &packet);
	CHECK_INT(0, r.count);
	rig_peer_close(&b);
	rig_stop(&r);
}

static void a_key_that_cannot_be_used_passes_nothing(void **state)
{
	struct rig_packet packet;
	struct rig_peer a, b;
	struct rig r;

	(void)state;
	rig_start(&r);
	rig_peer_open(&r, &a, 1, 4000, 0);
	rig_peer_open(&r, &b, 2, 5000, 0);
	link_peers(&a, &b);
	a.params.rx.suite = a.params.tx.suite = SRTP_SUITE_COUNT; /* there is none */
	CHECK_INT(SOTTO_EUNSUPPORTED, r.port.set(r.port.ctx, a.leg, &a.params));
	packet = rig_rtp(&a);
	rig_deliver(&r, &packet);
	packet = rig_rtp(&b);
	rig_deliver(&r, &packet);
	CHECK_INT(0, r.count);
	rig_peer_close(&a);
	rig_peer_close(&b);
	rig_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_address_in_the_sdp_is_believed_at_once),
		cmocka_unit_test(another_source_is_learned_after_three_packets_in_sequence),
		cmocka_unit_test(a_second_stranger_cannot_spoil_the_trial_of_the_first),
		cmocka_unit_test(a_source_is_learned_from_one_stream_in_order),
		cmocka_unit_test(a_silent_candidate_gives_way),
		cmocka_unit_test(the_window_closes_and_a_set_opens_it_again),
		cmocka_unit_test(the_sdp_address_wins_while_the_window_is_open),
		cmocka_unit_test(a_stranger_that_was_quicker_gives_way_to_the_sdp_address),
		cmocka_unit_test(after_the_window_a_learned_source_stays),
		cmocka_unit_test(without_symmetric_rtp_only_the_sdp_counts),
		cmocka_unit_test(reports_come_from_where_the_voice_does),
		cmocka_unit_test(authentic_packets_move_the_target_and_forged_ones_do_not),
		cmocka_unit_test(without_authentication_only_the_sdp_address_counts),
		cmocka_unit_test(authentic_reports_say_where_reports_go),
		cmocka_unit_test(
			without_symmetric_rtp_an_authentic_packet_passes_and_moves_nothing),
		cmocka_unit_test(keys_and_duty_decide_what_passes),
		cmocka_unit_test(a_leg_that_must_be_encrypted_never_passes_clear_in_any_order),
		cmocka_unit_test(a_leg_that_was_not_set_takes_and_gives_nothing),
		cmocka_unit_test(a_key_that_cannot_be_used_passes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
