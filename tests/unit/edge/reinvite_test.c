/** @file unit/edge/reinvite_test.c  Offers within a call: hold, keys, glare, refusals. */
#include "edge/reply.h"
#include "unit/edge/rig.h"

static const char *const new_key =
	"v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
	"m=audio 4002 RTP/SAVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 "
	"inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR\r\n";

struct pair {
	struct rig r;
	struct rig_party a, b;
};

/** The trunk and tls trunks talk; or the strict ones, by `from` and `number`. */
static void connect_call(
	struct pair *p, const char *at, const char *number, const char *offer, const char *answer)
{
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, at, 0);
	struct rig_sent *invite;

	rig_init(&p->r);
	CHECK_OK(rig_start(&p->r));
	rig_party(&p->a, "pair", "1", &hop);
	rig_invite(&p->r, &p->a, number, NULL, offer);
	rig_take_status(&p->r, 100);
	invite = rig_take_method(&p->r, "INVITE");
	rig_called(&p->b, invite, &invite->hop);
	rig_respond(&p->r, invite, 200, NULL, answer);
	rig_take_method(&p->r, "ACK");
	rig_learn(&p->a, rig_take_status(&p->r, 200));
	rig_in_dialog(&p->r, &p->a, "ACK", NULL);
	rig_take_nothing(&p->r);
}

static void finish(struct pair *p)
{
	rig_skip(&p->r);
	rig_in_dialog(&p->r, &p->a, "BYE", NULL);
	rig_take_status(&p->r, 200);
	rig_respond(&p->r, rig_take_method(&p->r, "BYE"), 200, NULL, NULL);
	rig_check_empty(&p->r);
	CHECK_INT(1, p->r.record_count);
	rig_deinit(&p->r);
}

static void hold_is_carried_over_both_ways(void **state)
{
	struct pair p;
	struct rig_sent *re, *ok;

	(void)state;
	for (int by_callee = 0; by_callee < 2; by_callee++) {
		struct rig_party *who = by_callee ? &p.b : &p.a;
		size_t who_media = (size_t)by_callee;

		ROW(by_callee ? "callee" : "caller");
		connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
		rig_in_dialog(&p.r, who, "INVITE", rig_sdp_hold);
		rig_take_status(&p.r, 100);
		re = rig_take_method(&p.r, "INVITE");
		CHECK(rig_has(re, "a=sendonly\r\n"));
		rig_respond(&p.r, re, 200, NULL,
			"v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
			"t=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=recvonly\r\n");
		rig_take_method(&p.r, "ACK");
		ok = rig_take_status(&p.r, 200);
		CHECK(rig_has(ok, "a=recvonly\r\n"));
		rig_in_dialog(&p.r, who, "ACK", NULL);
		CHECK(!rig_media(&p.r, who_media)->params.may_send);
		CHECK(!rig_media(&p.r, 1 - who_media)->params.may_receive);
		CHECK_INT(0, rig_media(&p.r, 1 - who_media)->params.silence);
		finish(&p);
	}
}

static void a_new_key_of_the_peer_leaves_ours_and_the_other_legs(void **state)
{
	struct pair p;
	struct media_leg_params before;
	struct rig_sent *re;

	(void)state;
	connect_call(&p, "192.0.2.70:5060", "600", rig_sdp_srtp, rig_sdp_clear);
	before = rig_media(&p.r, 0)->params;
	rig_in_dialog(&p.r, &p.a, "INVITE", new_key);
	rig_take_status(&p.r, 100);
	re = rig_take_method(&p.r, "INVITE");
	CHECK(!rig_has(re, "a=crypto"));
	rig_respond(&p.r, re, 200, NULL, rig_sdp_clear);
	rig_take_method(&p.r, "ACK");
	rig_take_status(&p.r, 200);
	rig_in_dialog(&p.r, &p.a, "ACK", NULL);
	CHECK(memcmp(&before.rx, &rig_media(&p.r, 0)->params.rx, sizeof(before.rx)) != 0);
	CHECK(memcmp(&before.tx, &rig_media(&p.r, 0)->params.tx, sizeof(before.tx)) == 0);
	CHECK(!rig_media(&p.r, 0)->was_ever_open_to_clear);
	finish(&p);
}

static void a_leg_that_must_encrypt_never_takes_a_clear_offer(void **state)
{
	struct pair p;
	struct media_leg_params before;

	(void)state;
	connect_call(&p, "192.0.2.70:5060", "600", rig_sdp_srtp, rig_sdp_clear);
	before = rig_media(&p.r, 0)->params;
	rig_in_dialog(&p.r, &p.a, "INVITE", rig_sdp_clear);
	rig_take_status(&p.r, 100);
	CHECK(rig_has(rig_take_status(&p.r, 488), "cause=88"));
	rig_in_dialog(&p.r, &p.a, "ACK", NULL);
	rig_take_nothing(&p.r);
	CHECK(memcmp(&before, &rig_media(&p.r, 0)->params, sizeof(before)) == 0);
	finish(&p);
}

/** SPEC §2.3: as much for the one who is called, whoever begins and however. */
static void a_callee_that_must_encrypt_never_comes_to_clear(void **state)
{
	static const struct {
		const char *label;
		bool by_callee, is_offerless;
	} rows[] = {
		{ "the caller re-offers, the callee answers clear", false, false },
		{ "the callee offers clear", true, false },
		{ "the callee asks for an offer, and answers clear in the ACK", true, true },
		{ "the caller asks for an offer: the callee is not troubled", false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pair p;
		struct rig_party *who = rows[i].by_callee ? &p.b : &p.a;
		struct rig_sent *s;

		ROW(rows[i].label);
		connect_call(&p, "192.0.2.50:5060", "800", rig_sdp_clear, rig_sdp_srtp_answer);
		rig_in_dialog(&p.r, who, "INVITE", rows[i].is_offerless ? NULL : rig_sdp_clear);
		rig_take_status(&p.r, 100);
		s = rig_take(&p.r);
		if (s->msg.is_request) {
			CHECK(rig_has(s, "RTP/SAVP") && rig_has(s, "a=crypto:"));
			rig_respond(&p.r, s, 200, NULL, rig_sdp_clear);
		}
		if (rows[i].by_callee && rows[i].is_offerless)
			CHECK(rig_has(s, "RTP/SAVP") && rig_has(s, "a=crypto:"));
		rig_in_dialog(&p.r, who, "ACK", rows[i].is_offerless ? rig_sdp_clear : NULL);
		CHECK(!rig_media(&p.r, 1)->was_ever_open_to_clear);
		rig_skip(&p.r);
		edge_stop(p.r.edge, p.r.now);
		rig_skip(&p.r);
		rig_wait(&p.r, 64 * TXN_T1);
		rig_check_empty(&p.r);
		CHECK_INT(1, p.r.record_count);
		rig_deinit(&p.r);
	}
}

static void glare_is_491_and_a_second_offer_500(void **state)
{
	struct pair p;
	struct rig_sent *re;

	(void)state;
	connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
	rig_in_dialog(&p.r, &p.a, "INVITE", rig_sdp_hold);
	rig_take_status(&p.r, 100);
	re = rig_take_method(&p.r, "INVITE");
	rig_in_dialog(&p.r, &p.b, "INVITE", rig_sdp_hold);
	rig_take_status(&p.r, 491);
	rig_in_dialog(&p.r, &p.b, "ACK", NULL);
	rig_in_dialog(&p.r, &p.a, "INVITE", rig_sdp_hold);
	CHECK(rig_has(rig_take_status(&p.r, 500), "Retry-After: "));
	p.a.cseq--;
	rig_respond(&p.r, re, 491, NULL, NULL);
	rig_take_method(&p.r, "ACK");
	rig_take_status(&p.r, 491);
	p.a.cseq++;
	finish(&p);
}

static void a_refusal_is_carried_back_and_the_call_goes_on(void **state)
{
	static const struct {
		const char *label;
		unsigned said, told;
	} rows[] = {
		{ "not acceptable", 488, 488 },
		{ "busy", 486, 486 },
		{ "a challenge is not the caller's matter", 401, 488 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pair p;

		ROW(rows[i].label);
		connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
		rig_in_dialog(&p.r, &p.a, "INVITE", rig_sdp_hold);
		rig_take_status(&p.r, 100);
		rig_respond(&p.r, rig_take_method(&p.r, "INVITE"), rows[i].said, NULL, NULL);
		rig_take_method(&p.r, "ACK");
		rig_take_status(&p.r, rows[i].told);
		CHECK(rig_media(&p.r, 0)->params.may_send);
		finish(&p);
	}
}

/** RFC 3326: a protocol and its parameters; what is none is not handed on to anybody. */
static void a_reason_is_carried_if_it_is_one(void **state)
{
	static char at_most[REASON_MAX], one_above[REASON_MAX + 1], huge[50000];
	const struct {
		const char *label, *reason;
		bool is_carried;
	} rows[] = {
		{ "one", "Q.850;cause=17;text=\"busy\"", true },
		{ "at the maximum", at_most, true },
		{ "one above", one_above, false },
		{ "as large as a message", huge, false },
		{ "an open quote", "SIP;text=\"x", false },
		{ "a control character", "SIP;text=\"a\001b\"", false },
		{ "no protocol", ";cause=17", false },
		{ "no word", "<b>;cause=17", false },
	};

	(void)state;
	snprintf(at_most, sizeof(at_most), "SIP;text=x%0*d", REASON_MAX - 11, 1);
	snprintf(one_above, sizeof(one_above), "SIP;text=x%0*d", REASON_MAX - 10, 1);
	snprintf(huge, sizeof(huge), "SIP;text=x%040000d", 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static char line[sizeof(huge) + 16];
		struct pair p;
		struct rig_sent *refusal;

		ROW(rows[i].label);
		connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
		rig_in_dialog(&p.r, &p.a, "INVITE", rig_sdp_hold);
		rig_take_status(&p.r, 100);
		snprintf(line, sizeof(line), "Reason: %s\r\n", rows[i].reason);
		rig_respond(&p.r, rig_take_method(&p.r, "INVITE"), 488, line, NULL);
		rig_take_method(&p.r, "ACK");
		refusal = rig_take_status(&p.r, 488);
		CHECK(rig_has(refusal, rows[i].reason) == rows[i].is_carried);
		CHECK(rig_has(refusal, "Reason:") == rows[i].is_carried);
		finish(&p);
	}
}

static void a_far_dialog_that_is_gone_ends_the_call(void **state)
{
	struct pair p;

	(void)state;
	connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
	rig_in_dialog(&p.r, &p.a, "INVITE", rig_sdp_hold);
	rig_take_status(&p.r, 100);
	rig_respond(&p.r, rig_take_method(&p.r, "INVITE"), 481, NULL, NULL);
	rig_take_method(&p.r, "ACK");
	rig_take_method(&p.r, "BYE"); /* callee: §12.2.1.2 */
	rig_take_status(&p.r, 487);
	rig_take_method(&p.r, "BYE");
	rig_check_empty(&p.r);
	rig_deinit(&p.r);
}

static void a_reinvite_without_an_offer_gets_ours(void **state)
{
	struct pair p;
	struct rig_sent *ok;

	(void)state;
	connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
	rig_in_dialog(&p.r, &p.a, "INVITE", NULL);
	rig_take_status(&p.r, 100);
	ok = rig_take_status(&p.r, 200);
	CHECK(rig_has(ok, "m=audio "));
	rig_in_dialog(&p.r, &p.a, "ACK", rig_sdp_hold);
	rig_take_nothing(&p.r);
	CHECK(!rig_media(&p.r, 0)->params.may_send);
	finish(&p);
}

static void an_offerless_invite_is_answered_in_its_ack(void **state)
{
	struct pair p;
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.70:5060", 0);
	struct rig_sent *invite, *ok;

	(void)state;
	rig_init(&p.r);
	CHECK_OK(rig_start(&p.r));
	rig_party(&p.a, "none", "1", &hop);
	rig_invite(&p.r, &p.a, "600", NULL, NULL);
	rig_take_status(&p.r, 100);
	invite = rig_take_method(&p.r, "INVITE");
	rig_respond(&p.r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&p.r, "ACK");
	ok = rig_take_status(&p.r, 200);
	CHECK(rig_has(ok, "a=crypto:4 AES_CM_128_HMAC_SHA1_80"));
	rig_learn(&p.a, ok);
	rig_in_dialog(&p.r, &p.a, "ACK", rig_sdp_srtp_answer);
	rig_take_nothing(&p.r);
	CHECK_INT(SRTP_AES_CM_128_HMAC_SHA1_80, rig_media(&p.r, 0)->params.rx.suite);
	CHECK(!rig_media(&p.r, 0)->was_ever_open_to_clear);
	finish(&p);
}

static void an_ack_that_breaks_the_table_ends_the_call(void **state)
{
	struct pair p;
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.70:5060", 0);
	struct rig_sent *invite;

	(void)state;
	rig_init(&p.r);
	CHECK_OK(rig_start(&p.r));
	rig_party(&p.a, "none", "1", &hop);
	rig_invite(&p.r, &p.a, "600", NULL, NULL);
	rig_take_status(&p.r, 100);
	invite = rig_take_method(&p.r, "INVITE");
	rig_respond(&p.r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&p.r, "ACK");
	rig_learn(&p.a, rig_take_status(&p.r, 200));
	rig_in_dialog(&p.r, &p.a, "ACK", rig_sdp_clear);
	CHECK(rig_has(rig_take_method(&p.r, "BYE"), "cause=88"));
	CHECK(rig_has(rig_take_method(&p.r, "BYE"), "cause=88"));
	CHECK(!rig_media(&p.r, 0)->was_ever_open_to_clear);
	rig_check_empty(&p.r);
	CHECK_INT(FAILURE_srtp_answer_missing, p.r.record.failure);
	rig_deinit(&p.r);
}

static void other_requests_in_a_dialog_leave_it_as_it_is(void **state)
{
	static const struct {
		const char *method;
		unsigned status;
	} rows[] = {
		{ "OPTIONS", 200 },
		{ "UPDATE", 200 },
		{ "INFO", 405 },
		{ "MESSAGE", 405 },
		{ "REFER", 405 },
		{ "PRACK", 405 },
		{ "FROBNICATE", 501 },
	};
	struct pair p;

	(void)state;
	connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].method);
		rig_in_dialog(&p.r, &p.a, rows[i].method, NULL);
		CHECK(rig_has(rig_take_status(&p.r, rows[i].status), "Allow: INVITE") ||
			rows[i].status == 200);
	}
	finish(&p);
}

static void a_stranger_may_not_change_a_dialog(void **state)
{
	struct pair p;
	struct rig_party stranger;

	(void)state;
	connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
	stranger = p.a;
	stranger.hop = rig_hop(SIP_TRANSPORT_UDP, "203.0.113.66:5060", 0);
	stranger.branch = 900;
	rig_in_dialog(&p.r, &stranger, "INVITE", rig_sdp_hold);
	rig_take_status(&p.r, 403);
	rig_take_nothing(&p.r);
	p.a.cseq = stranger.cseq;
	finish(&p);
}

static void an_old_cseq_is_refused(void **state)
{
	struct pair p;

	(void)state;
	connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
	p.a.cseq = 9;
	rig_in_dialog(&p.r, &p.a, "OPTIONS", NULL);
	rig_take_status(&p.r, 200);
	p.a.cseq = 3;
	rig_in_dialog(&p.r, &p.a, "OPTIONS", NULL);
	rig_take_status(&p.r, 500);
	p.a.cseq = 20;
	finish(&p);
}

static void a_bad_contact_in_a_reinvite_is_400_and_changes_nothing(void **state)
{
	struct pair p;

	(void)state;
	connect_call(&p, "192.0.2.50:5060", "600", rig_sdp_clear, rig_sdp_clear);
	rig_say(&p.r, &p.a.hop,
		"INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKbad;rport\r\n"
		"Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 7 INVITE\r\n"
		"Contact: <mailto:user@example.com>\r\nContent-Length: 0\r\n\r\n",
		p.a.target, p.a.local, p.a.remote, p.a.call_id);
	rig_take_status(&p.r, 400);
	rig_in_dialog(&p.r, &p.a, "OPTIONS", NULL);
	rig_take_status(&p.r, 200);
	p.a.cseq = 7;
	finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hold_is_carried_over_both_ways),
		cmocka_unit_test(a_new_key_of_the_peer_leaves_ours_and_the_other_legs),
		cmocka_unit_test(a_leg_that_must_encrypt_never_takes_a_clear_offer),
		cmocka_unit_test(a_callee_that_must_encrypt_never_comes_to_clear),
		cmocka_unit_test(glare_is_491_and_a_second_offer_500),
		cmocka_unit_test(a_refusal_is_carried_back_and_the_call_goes_on),
		cmocka_unit_test(a_reason_is_carried_if_it_is_one),
		cmocka_unit_test(a_far_dialog_that_is_gone_ends_the_call),
		cmocka_unit_test(a_reinvite_without_an_offer_gets_ours),
		cmocka_unit_test(an_offerless_invite_is_answered_in_its_ack),
		cmocka_unit_test(an_ack_that_breaks_the_table_ends_the_call),
		cmocka_unit_test(other_requests_in_a_dialog_leave_it_as_it_is),
		cmocka_unit_test(a_stranger_may_not_change_a_dialog),
		cmocka_unit_test(an_old_cseq_is_refused),
		cmocka_unit_test(a_bad_contact_in_a_reinvite_is_400_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
