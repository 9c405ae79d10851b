/** @file unit/edge/call_test.c  Calls over two legs, message by message. */
#include "unit/edge/rig.h"

static struct sip_hop trunk_hop(void)
{
	return rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);
}

static struct sip_hop bob_hop(void)
{
	return rig_hop(SIP_TRANSPORT_TLS, "203.0.113.20:40000", 0x20);
}

/** trunk calls bob, who registered over TLS: up to the INVITE that he gets. */
static struct rig_sent *call_bob(
	struct rig *r, struct rig_party *a, struct rig_party *b, const char *sdp)
{
	struct sip_hop trunk = trunk_hop(), bob = bob_hop();
	struct rig_sent *invite;

	rig_register(r, "bob", "<sip:bob@10.0.0.5:40000;transport=tls>", &bob);
	rig_party(a, "basic", "12125550000", &trunk);
	rig_invite(r, a, "200", NULL, sdp);
	rig_take_status(r, 100);
	invite = rig_take_method(r, "INVITE");
	rig_called(b, invite, &bob);
	return invite;
}

static void answer_bob(struct rig *r, struct rig_party *a, struct rig_sent *invite)
{
	rig_respond(r, invite, 180, NULL, NULL);
	rig_take_status(r, 180);
	rig_respond(r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(r, "ACK");
	rig_learn(a, rig_take_status(r, 200));
	rig_in_dialog(r, a, "ACK", NULL);
	rig_take_nothing(r);
}

static void caller_hangs_up_and_the_record_tells_it(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	CHECK_INT(0x20, invite->hop.flow); /* SPEC T9 */
	CHECK_SPAN("sip:bob@10.0.0.5:40000;transport=tls", invite->msg.uri.text);
	answer_bob(&r, &a, invite);
	CHECK_INT(MEDIA_PEER_LEG, rig_media(&r, 0)->linked);
	CHECK(rig_media(&r, 0)->params.may_send && rig_media(&r, 1)->params.may_receive);
	rig_in_dialog(&r, &a, "BYE", NULL);
	rig_take_status(&r, 200);
	rig_respond(&r, rig_take_method(&r, "BYE"), 200, NULL, NULL);
	rig_check_empty(&r);
	CHECK_INT(1, r.record_count);
	CHECK_SPAN("caller", span_of(r.record.ended_by));
	CHECK_INT(FAILURE_none, r.record.failure);
	CHECK_INT(200, r.record.sip_status);
	CHECK_INT(16, r.record.q850_cause);
	CHECK_INT(10, r.record.caller.rx_packets);
	CHECK_INT(11, r.record.callee.rx_packets);
	CHECK_SPAN("TLSv1.3", span_of(r.record.callee.tls_version));
	rig_deinit(&r);
}

static void callee_hangs_up(void **state)
{
	struct rig r;
	struct rig_party a, b;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	answer_bob(&r, &a, call_bob(&r, &a, &b, rig_sdp_clear));
	rig_in_dialog(&r, &b, "BYE", NULL);
	rig_take_status(&r, 200);
	rig_respond(&r, rig_take_method(&r, "BYE"), 200, NULL, NULL);
	rig_check_empty(&r);
	CHECK_SPAN("callee", span_of(r.record.ended_by));
	rig_deinit(&r);
}

static void nothing_of_the_callers_side_leaks_to_the_callee(void **state)
{
	static const char *const secrets[] = { "192.0.2.50", "192.0.2.9", "peer.example", "basic",
		"t-basic" };
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	for (size_t i = 0; i < ARRAY_LEN(secrets); i++) {
		ROW(secrets[i]);
		CHECK(!rig_has(invite, secrets[i]));
	}
	CHECK(rig_has(invite, "\"12125550000\" <sip:12125550000@198.51.100.1>"));
	CHECK(rig_has(invite, "Max-Forwards: 69\r\n"));
	rig_deinit(&r);
}

static void a_callers_name_is_carried_as_a_name(void **state)
{
	static const struct {
		const char *label, *from, *told;
	} rows[] = {
		{ "none", "<sip:1@peer.example>;tag=x", "From: <sip:1@198.51.100.1>;tag=" },
		{ "a word", "Ann <sip:1@peer.example>;tag=x",
			"From: \"Ann\" <sip:1@198.51.100.1>;tag=" },
		{ "no words of the grammar", "a@b: (c) <sip:1@peer.example>;tag=x",
			"From: \"a@b: (c)\" <sip:1@198.51.100.1>;tag=" },
		{ "quoted, with a quote", "\"A \\\"x\\\", <sip:y@z>\" <sip:1@peer.example>;tag=x",
			"From: \"A \\\"x\\\", <sip:y@z>\" <sip:1@198.51.100.1>;tag=" },
		{ "with a control character", "\"A\001\" <sip:1@peer.example>;tag=x",
			"From: <sip:1@198.51.100.1>;tag=" },
		{ "with an escaped one", "\"A\\\177\" <sip:1@peer.example>;tag=x",
			"From: <sip:1@198.51.100.1>;tag=" },
		{ "no number", "<sip:peer.example>;tag=x",
			"From: <sip:anonymous@198.51.100.1>;tag=" },
		{ "an odd number", "<sip:%00a;b=c/?@peer.example;d>;tag=x",
			"From: <sip:%00a;b=c/?@198.51.100.1>;tag=" },
		{ "a password", "<sip:1:geheim@peer.example>;tag=x",
			"From: <sip:1@198.51.100.1>;tag=" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);
		struct rig_party a;
		struct rig r;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		rig_party(&a, "name", "1", &hop);
		CHECK_OK(span_cstr(span_of(rows[i].from), a.local, sizeof(a.local)));
		rig_invite(&r, &a, "600", NULL, rig_sdp_clear);
		rig_take_status(&r, 100);
		CHECK(rig_has(rig_take_method(&r, "INVITE"), rows[i].told));
		rig_deinit(&r);
	}
}

static void early_media_is_repeated_word_for_word_in_the_200(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite, *early, *ok;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	rig_respond(&r, invite, 183, NULL, rig_sdp_clear);
	early = rig_take_status(&r, 183);
	CHECK(early->msg.body.n > 0);
	CHECK_INT(MEDIA_PEER_LEG, rig_media(&r, 0)->linked);
	rig_respond(&r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&r, "ACK");
	ok = rig_take_status(&r, 200);
	CHECK(span_eq(early->msg.body, ok->msg.body));
	rig_deinit(&r);
}

static void cancel_goes_to_the_callee_and_487_to_the_caller(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	rig_respond(&r, invite, 180, NULL, NULL);
	rig_take_status(&r, 180);
	a.branch--; /* the INVITE's own branch */
	rig_say(&r, &a.hop,
		"CANCEL sip:200@198.51.100.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.50:5060;branch=z9hG4bKbasic-1;rport\r\n"
		"Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: basic\r\n"
		"CSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n",
		a.local, a.remote);
	rig_take_status(&r, 200);
	rig_respond(&r, rig_take_method(&r, "CANCEL"), 200, NULL, NULL);
	rig_take_status(&r, 487);
	rig_respond(&r, invite, 487, NULL, NULL);
	rig_take_method(&r, "ACK");
	rig_check_empty(&r);
	CHECK_INT(FAILURE_caller_cancelled, r.record.failure);
	CHECK_INT(487, r.record.sip_status);
	rig_deinit(&r);
}

static void an_answer_that_crosses_the_cancel_is_acked_and_released(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	rig_respond(&r, invite, 180, NULL, NULL);
	rig_skip(&r);
	rig_say(&r, &a.hop,
		"CANCEL sip:200@198.51.100.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.50:5060;branch=z9hG4bKbasic-1;rport\r\n"
		"Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: basic\r\n"
		"CSeq: 1 CANCEL\r\nContent-Length: 0\r\n\r\n",
		a.local, a.remote);
	rig_skip(&r);
	rig_respond(&r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&r, "ACK");
	rig_take_method(&r, "BYE");
	rig_check_empty(&r);
	CHECK_INT(1, r.record_count);
	rig_deinit(&r);
}

static void a_callees_refusal_reaches_the_caller(void **state)
{
	static const struct {
		const char *label;
		unsigned said, told;
	} rows[] = {
		{ "busy", 486, 486 },
		{ "busy everywhere", 600, 600 },
		{ "declined", 603, 603 },
		{ "a redirection is refused", 302, 480 },
		{ "credentials are not the caller's matter", 407, 503 },
		{ "nor is a header of ours", 420, 502 },
		{ "not acceptable", 488, 488 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct rig_party a, b;
		struct rig_sent *invite, *told;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		invite = call_bob(&r, &a, &b, rig_sdp_clear);
		rig_respond(&r, invite, rows[i].said, "Reason: Q.850;cause=17\r\n", NULL);
		rig_take_method(&r, "ACK");
		told = rig_take_status(&r, rows[i].told);
		CHECK(rig_has(told, "Reason: Q.850;cause=17\r\n"));
		rig_check_empty(&r);
		CHECK_INT(rows[i].told, r.record.sip_status);
		CHECK_INT(rows[i].said, r.record.callee.sip_status);
		CHECK_INT(17, r.record.q850_cause);
		rig_deinit(&r);
	}
}

static void a_lost_ack_ends_both_legs(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	rig_respond(&r, invite, 200, NULL, rig_sdp_clear);
	rig_wait(&r, 64 * TXN_T1 - 1);
	rig_skip(&r);
	rig_wait(&r, 1);
	rig_respond(&r, rig_take_method(&r, "BYE"), 200, NULL, NULL);
	rig_respond(&r, rig_take_method(&r, "BYE"), 200, NULL, NULL);
	rig_check_empty(&r);
	CHECK_INT(FAILURE_ack_missing, r.record.failure);
	rig_deinit(&r);
}

static void bye_to_the_caller_waits_for_his_ack(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	rig_respond(&r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&r, "ACK");
	rig_learn(&a, rig_take_status(&r, 200));
	rig_in_dialog(&r, &b, "BYE", NULL);
	rig_take_status(&r, 200);
	rig_take_nothing(&r); /* RFC 3261 §15: not before the ACK */
	rig_in_dialog(&r, &a, "ACK", NULL);
	rig_respond(&r, rig_take_method(&r, "BYE"), 200, NULL, NULL);
	rig_check_empty(&r);
	rig_deinit(&r);
}

static void a_repeated_2xx_is_acked_again(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	answer_bob(&r, &a, invite);
	rig_respond(&r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&r, "ACK");
	rig_wait(&r, 64 * TXN_T1 + 1); /* its transaction is gone by now */
	rig_respond(&r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&r, "ACK");
	rig_take_nothing(&r);
	rig_deinit(&r);
}

static void nobody_answers_in_time(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	rig_respond(&r, invite, 180, NULL, NULL);
	rig_take_status(&r, 180);
	rig_wait(&r, SECONDS(60) - 1);
	rig_take_nothing(&r);
	rig_wait(&r, 1);
	rig_take_method(&r, "CANCEL");
	rig_take_status(&r, 480);
	rig_respond(&r, invite, 487, NULL, NULL);
	rig_check_empty(&r);
	CHECK_INT(FAILURE_no_answer, r.record.failure);
	rig_deinit(&r);
}

static void a_silent_callee_is_a_time_out(void **state)
{
	struct rig r;
	struct rig_party a, b;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	call_bob(&r, &a, &b, rig_sdp_clear);
	rig_wait(&r, 64 * TXN_T1);
	rig_take_status(&r, 408);
	rig_check_empty(&r);
	CHECK_INT(FAILURE_far_timeout, r.record.failure);
	rig_deinit(&r);
}

static void the_longest_call_ends(void **state)
{
	struct rig r;
	struct rig_party a, b;

	(void)state;
	rig_init(&r);
	r.settings.call_max_s = 100;
	CHECK_OK(rig_start(&r));
	answer_bob(&r, &a, call_bob(&r, &a, &b, rig_sdp_clear));
	rig_wait(&r, SECONDS(100));
	CHECK(rig_has(rig_take_method(&r, "BYE"), "Reason: Q.850;cause=31"));
	rig_take_method(&r, "BYE");
	rig_check_empty(&r);
	CHECK_INT(FAILURE_call_too_long, r.record.failure);
	rig_deinit(&r);
}

static void silence_ends_a_call(void **state)
{
	struct rig r;
	struct rig_party a, b;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	answer_bob(&r, &a, call_bob(&r, &a, &b, rig_sdp_clear));
	CHECK_INT(30000, rig_media(&r, 0)->params.silence);
	rig_media_event(&r, 1, MEDIA_SILENT);
	rig_take_method(&r, "BYE");
	rig_take_method(&r, "BYE");
	rig_check_empty(&r);
	CHECK_INT(FAILURE_media_silent, r.record.failure);
	CHECK_SPAN("edge", span_of(r.record.ended_by));
	rig_deinit(&r);
}

static void a_phone_whose_connection_is_gone_gets_480(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop trunk = trunk_hop(), bob = bob_hop();

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_register(&r, "bob", "<sip:bob@10.0.0.5:40000;transport=tls>", &bob);
	r.dead_flow = 0x20; /* and the edge has not been told yet */
	rig_party(&a, "gone", "1", &trunk);
	rig_invite(&r, &a, "200", NULL, rig_sdp_clear);
	rig_take_status(&r, 100);
	rig_take_status(&r, 480);
	r.in.on_flow_gone(r.in.ctx, 0x20, r.now);
	CHECK_INT(0, edge_count(r.edge).bindings);
	rig_invite(&r, &a, "200", NULL, rig_sdp_clear);
	rig_take_status(&r, 100);
	rig_take_status(&r, 480);
	rig_take_nothing(&r);
	rig_check_empty(&r);
	rig_deinit(&r);
}

static void the_test_destination_answers_by_itself(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop trunk = trunk_hop();
	struct rig_sent *ok;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&a, "test", "1", &trunk);
	rig_invite(&r, &a, "999", NULL, rig_sdp_srtp);
	rig_take_status(&r, 100);
	ok = rig_take_status(&r, 200);
	CHECK(rig_has(ok, "i=Sotto test: AES_CM_128_HMAC_SHA1_80 over UDP\r\n"));
	CHECK_INT(MEDIA_PEER_TEST, rig_media(&r, 0)->linked);
	CHECK(!rig_media(&r, 0)->was_ever_open_to_clear);
	rig_learn(&a, ok);
	rig_in_dialog(&r, &a, "ACK", NULL);
	rig_in_dialog(&r, &a, "BYE", NULL);
	rig_take_status(&r, 200);
	rig_check_empty(&r);
	CHECK(r.record.caller.is_srtp && r.record.caller.keys_exposed);
	CHECK(!r.record.caller.is_protected && !r.record.callee.exists);
	rig_deinit(&r);
}

static void stopping_releases_calls_and_takes_no_more(void **state)
{
	struct rig r;
	struct rig_party a, b, late;
	struct sip_hop trunk = trunk_hop();

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	answer_bob(&r, &a, call_bob(&r, &a, &b, rig_sdp_clear));
	edge_stop(r.edge, r.now);
	rig_take_method(&r, "BYE");
	rig_take_method(&r, "BYE");
	rig_party(&late, "late", "1", &trunk);
	rig_invite(&r, &late, "200", NULL, rig_sdp_clear);
	rig_take_status(&r, 503);
	rig_check_empty(&r);
	CHECK_INT(FAILURE_edge_stopping, r.record.failure);
	rig_deinit(&r);
}

/** A trunk of two addresses: one with a port of its own, and a whole network. */
static void have_wide_trunk(struct rig *r)
{
	struct connection wide = { .id = "wide", .is_active = true, .kind = CONNECTION_IP };
	struct directory_rows rows = { &wide, 1, NULL, 0, NULL, 0 };
	struct directory *d;

	wide.transport = SIP_TRANSPORT_TCP;
	wide.addresses[0].address = rig_hop(SIP_TRANSPORT_TCP, "192.0.2.90:5070", 0).remote;
	wide.addresses[0].prefix = 32;
	wide.addresses[1].address = rig_hop(SIP_TRANSPORT_TCP, "203.0.113.0:0", 0).remote;
	wide.addresses[1].prefix = 24;
	wide.address_count = 2;
	CHECK_OK(directory_create(&d, &rows, &r->rng.rng));
	edge_set_directory(r->edge, d);
	directory_release(d);
}

/** SPEC T12: where the Contact tells no address, it is the one that he called from. */
static void a_trunk_whose_flow_is_gone_is_dialled_where_it_called_from(void **state)
{
	static const struct {
		const char *label, *from, *dialled;
	} rows[] = {
		{ "an address", "192.0.2.90:40000", "192.0.2.90:5070" },
		{ "one of a network", "203.0.113.7:40000", "203.0.113.7:5060" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_hop hop = rig_hop(SIP_TRANSPORT_TCP, rows[i].from, 0x90);
		struct rig_party a;
		struct rig r;
		char at[NETADDR_TEXT_MAX];

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		have_wide_trunk(&r);
		rig_party(&a, "wide", "1", &hop);
		rig_say(&r, &hop,
			"INVITE sip:999@198.51.100.1 SIP/2.0\r\n"
			"Via: SIP/2.0/TCP pbx.example.com;branch=z9hG4bKw\r\nMax-Forwards: 70\r\n"
			"From: %s\r\nTo: <sip:999@198.51.100.1>\r\nCall-ID: wide\r\nCSeq: 1 INVITE\r\n"
			"Contact: <sip:pbx.example.com;transport=tcp>\r\nContent-Type: application/sdp\r\n"
			"Content-Length: %zu\r\n\r\n%s",
			a.local, strlen(rig_sdp_clear), rig_sdp_clear);
		rig_take_status(&r, 100);
		rig_learn(&a, rig_take_status(&r, 200));
		a.cseq = 1;
		rig_in_dialog(&r, &a, "ACK", NULL);
		r.dead_flow = 0x90;
		edge_stop(r.edge, r.now);
		netaddr_text(&rig_take_method(&r, "BYE")->hop.remote, at);
		assert_string_equal(rows[i].dialled, at);
		rig_deinit(&r);
	}
}

static void stopping_answers_every_caller_that_waits(void **state)
{
	enum { CALLS = 60 };
	static struct rig r;
	static char via[20000]; /* all of them together are more than EDGE_ARENA_MAX */
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);
	size_t told = 0;

	(void)state;
	snprintf(via, sizeof(via), "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%019900u\r\n", 1);
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	for (unsigned i = 0; i < CALLS; i++) {
		struct rig_party a;
		char id[16];
		snprintf(id, sizeof(id), "stop-%u", i);
		rig_party(&a, id, "1", &hop);
		rig_invite(&r, &a, "600", via, rig_sdp_clear);
	}
	rig_skip(&r);
	edge_stop(r.edge, r.now);
	while (r.taken < r.sent_count)
		told += rig_take(&r)->msg.status == 503;
	CHECK_INT(CALLS, told);
	rig_deinit(&r);
}

static void a_name_is_resolved_before_it_is_dialled(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop trunk = trunk_hop();
	struct rig_sent *invite;
	struct netaddr found[2] = { rig_hop(SIP_TRANSPORT_TLS, "[2001:db8::1]:5061", 0).remote,
		rig_hop(SIP_TRANSPORT_TLS, "203.0.113.77:5061", 0).remote };

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&a, "fqdn", "1", &trunk);
	rig_invite(&r, &a, "500", NULL, rig_sdp_clear);
	rig_take_status(&r, 100);
	rig_take_nothing(&r);
	CHECK_SPAN("pbx.example.com", span_of(r.resolve_host));
	r.in.on_resolved(r.in.ctx, r.resolve_cookie, found, 2, r.now);
	invite = rig_take_method(&r, "INVITE");
	CHECK_SPAN("sip:500@pbx.example.com;transport=tls", invite->msg.uri.text);
	CHECK_SPAN("pbx.example.com", span_of(invite->hop.tls_name));
	CHECK(netaddr_eq(&found[1], &invite->hop.remote));
	rig_deinit(&r);
}

static void a_name_that_is_none_is_unreachable(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop trunk = trunk_hop();

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&a, "fqdn", "1", &trunk);
	rig_invite(&r, &a, "500", NULL, rig_sdp_clear);
	rig_take_status(&r, 100);
	r.in.on_resolved(r.in.ctx, r.resolve_cookie, NULL, 0, r.now);
	rig_take_status(&r, 503);
	rig_check_empty(&r);
	CHECK_INT(FAILURE_route_unreachable, r.record.failure);
	rig_deinit(&r);
}

/** RFC 3261 §13.2.2.4: a proxy beyond us forked. */
static void respond_as(
	struct rig *r, const struct rig_sent *to, unsigned status, const char *tag, const char *sdp)
{
	char text[4096];
	struct sip_hop from = to->hop;
	struct sip_out o;
	struct span message;

	sip_out_init(&o, text, sizeof(text) - 1);
	sip_out_response(&o, &to->msg, &from.remote, status, SPAN("X"), span_of(tag));
	sip_out_header(&o, SIP_HEADER_CONTACT, SPAN("<sip:fork@192.0.2.98>"));
	sip_out_body(&o, sdp ? SPAN("application/sdp") : SPAN_NONE, span_of(sdp));
	CHECK_OK(sip_out_done(&o, &message));
	r->in.on_message(r->in.ctx, text, message.n, &from, r->now);
}

static void another_fork_may_answer_than_the_one_that_rang(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite, *ack;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	respond_as(&r, invite, 180, "one", NULL);
	rig_take_status(&r, 180);
	respond_as(&r, invite, 200, "two", rig_sdp_clear);
	ack = rig_take_method(&r, "ACK");
	CHECK_SPAN("two", ack->msg.to.tag);
	CHECK_SPAN("sip:fork@192.0.2.98", ack->msg.uri.text);
	CHECK_INT(1, ack->msg.cseq.number);
	rig_learn(&a, rig_take_status(&r, 200));
	rig_in_dialog(&r, &a, "ACK", NULL);
	rig_in_dialog(&r, &a, "BYE", NULL);
	rig_take_status(&r, 200);
	CHECK_SPAN("two", rig_take_method(&r, "BYE")->msg.to.tag);
	rig_check_empty(&r);
	rig_deinit(&r);
}

static void a_second_answer_is_acked_and_released(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite, *bye;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	answer_bob(&r, &a, invite);
	respond_as(&r, invite, 200, "second", rig_sdp_clear);
	CHECK_SPAN("second", rig_take_method(&r, "ACK")->msg.to.tag);
	bye = rig_take_method(&r, "BYE");
	CHECK_SPAN("second", bye->msg.to.tag);
	CHECK_INT(2, bye->msg.cseq.number);
	rig_respond(&r, bye, 200, NULL, NULL);
	rig_in_dialog(&r, &a, "BYE", NULL);
	rig_take_status(&r, 200);
	CHECK_SPAN("callee-tag", rig_take_method(&r, "BYE")->msg.to.tag);
	rig_check_empty(&r);
	rig_deinit(&r);
}

static void a_connection_has_no_more_calls_than_its_channels(void **state)
{
	struct rig r;
	struct rig_party p[4];
	struct sip_hop from = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.80:5060", 0);

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	for (unsigned i = 0; i < 4; i++) { /* "narrow" has two channels */
		char id[8];

		snprintf(id, sizeof(id), "ch%u", i);
		rig_party(&p[i], id, "1", &from);
		rig_invite(&r, &p[i], "999", NULL, rig_sdp_clear);
		rig_take_status(&r, 100);
		if (i == 2) {
			rig_take_status(&r, 403);
			rig_in_dialog(&r, &p[0], "BYE", NULL); /* one is free again */
			rig_take_status(&r, 200);
			CHECK_INT(FAILURE_none, r.record.failure);
			continue;
		}
		rig_learn(&p[i], rig_take_status(&r, 200));
		rig_in_dialog(&r, &p[i], "ACK", NULL);
	}
	rig_deinit(&r);
}

static void a_2xx_that_makes_no_dialog_is_502(void **state)
{
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite;
	char text[2048];
	int n;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	invite = call_bob(&r, &a, &b, rig_sdp_clear);
	n = snprintf(text, sizeof(text),
		"SIP/2.0 200 OK\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s;tag=x\r\n"
		"Call-ID: %.*s\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n",
		SPAN_FMT(invite->msg.via.text), SPAN_FMT(invite->msg.from.text),
		SPAN_FMT(invite->msg.to.text), SPAN_FMT(invite->msg.call_id));
	r.in.on_message(r.in.ctx, text, (size_t)n, &invite->hop, r.now);
	rig_take_method(&r, "ACK");
	rig_take_method(&r, "BYE");
	rig_take_status(&r, 502);
	rig_check_empty(&r);
	CHECK_INT(FAILURE_message_malformed, r.record.failure);
	rig_deinit(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caller_hangs_up_and_the_record_tells_it),
		cmocka_unit_test(callee_hangs_up),
		cmocka_unit_test(nothing_of_the_callers_side_leaks_to_the_callee),
		cmocka_unit_test(a_callers_name_is_carried_as_a_name),
		cmocka_unit_test(early_media_is_repeated_word_for_word_in_the_200),
		cmocka_unit_test(cancel_goes_to_the_callee_and_487_to_the_caller),
		cmocka_unit_test(an_answer_that_crosses_the_cancel_is_acked_and_released),
		cmocka_unit_test(a_callees_refusal_reaches_the_caller),
		cmocka_unit_test(a_lost_ack_ends_both_legs),
		cmocka_unit_test(bye_to_the_caller_waits_for_his_ack),
		cmocka_unit_test(a_repeated_2xx_is_acked_again),
		cmocka_unit_test(nobody_answers_in_time),
		cmocka_unit_test(a_silent_callee_is_a_time_out),
		cmocka_unit_test(the_longest_call_ends),
		cmocka_unit_test(silence_ends_a_call),
		cmocka_unit_test(a_phone_whose_connection_is_gone_gets_480),
		cmocka_unit_test(the_test_destination_answers_by_itself),
		cmocka_unit_test(stopping_releases_calls_and_takes_no_more),
		cmocka_unit_test(a_trunk_whose_flow_is_gone_is_dialled_where_it_called_from),
		cmocka_unit_test(stopping_answers_every_caller_that_waits),
		cmocka_unit_test(a_name_is_resolved_before_it_is_dialled),
		cmocka_unit_test(a_name_that_is_none_is_unreachable),
		cmocka_unit_test(another_fork_may_answer_than_the_one_that_rang),
		cmocka_unit_test(a_second_answer_is_acked_and_released),
		cmocka_unit_test(a_connection_has_no_more_calls_than_its_channels),
		cmocka_unit_test(a_2xx_that_makes_no_dialog_is_502),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
