/** @file unit/txn/layer_test.c  What the layer writes by itself, its limits, and lack of memory. */
#include "unit/alloc_fail.h"
#include "unit/txn/rig.h"

static struct rig r; /* too large for the stack */

static struct span sent(void)
{
	return (struct span){ r.sent, r.sent_n };
}

static bool sent_has(const char *text)
{
	return memmem(r.sent, r.sent_n, text, strlen(text)) != NULL;
}

#define DERIVED_START(method)                                         \
	method " sip:bob@example.com;x=y SIP/2.0\r\n"                 \
	       "Via: SIP/2.0/TCP 192.0.2.1:5060;branch=%s;rport\r\n"  \
	       "Max-Forwards: 70\r\n"                                 \
	       "Route: <sip:p1.example.com;lr>\r\n"                   \
	       "Route: <sip:p2.example.com;lr>\r\n"                   \
	       "Route: <sip:p3.example.com;lr>\r\n"                   \
	       "From: \"Al, ice\" <sip:alice@example.com>;tag=a1\r\n" \
	       "To: <sip:bob@example.com>%s\r\n"                      \
	       "Call-ID: c1@here\r\n"                                 \
	       "CSeq: 7 " method "\r\n"

static void derived_requests_repeat_the_invite(void **state)
{
	static const struct {
		const char *label, *script, *form, *to_tag;
	} rows[] = {
		{ "ACK of a refusal (§17.1.1.3)", "tcp INVITE <486",
			DERIVED_START("ACK") "Content-Length: 0\r\n\r\n", ";tag=b1" },
		{ "CANCEL (§9.1)", "tcp INVITE <180 cancel",
			DERIVED_START("CANCEL") "Content-Length: 0\r\n\r\n", "" },
		{ "CANCEL with its Reason (RFC 3326)", "tcp INVITE cancel+ <180",
			DERIVED_START("CANCEL") "Reason: Q.850;cause=88;text=\"X\"\r\n"
						"Content-Length: 0\r\n\r\n",
			"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char want[2048];
		ROW(rows[i].label);
		CHECK(rig_start(&r, 0));
		rig_run(&r, rows[i].script);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(want, sizeof(want), rows[i].form, r.branch.text, rows[i].to_tag);
#pragma GCC diagnostic pop
		CHECK_SPAN(want, sent());
		CHECK(netaddr_eq(&r.hop.remote, &r.sent_hop.remote));
		CHECK_INT(r.hop.flow, r.sent_hop.flow);
		rig_stop(&r);
	}
}

/** A Reason that cannot be written is left out: the CANCEL must not be. */
static void cancel_goes_without_a_bad_reason(void **state)
{
	(void)state;
	ROW("");
	CHECK(rig_start(&r, 0));
	rig_run(&r, "tcp INVITE <180");
	txn_client_cancel(r.layer, r.client, SPAN("SIP\r\nEvil: yes"), r.now);
	CHECK_SPAN("0>INVITE 0!180 0>CANCEL", buf_span(&r.trace));
	CHECK(!sent_has("Reason") && !sent_has("Evil"));
	rig_stop(&r);
}

static void receive_options(const char *via)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"OPTIONS sip:a@h SIP/2.0\r\nVia: %s\r\nMax-Forwards: 70\r\n"
		"From: <sip:b@h>;tag=f\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n"
		"Content-Length: 0\r\n\r\n",
		via);
	rig_receive(&r, text);
}

static void responses_go_back_where_the_request_came_from(void **state)
{
	static const struct {
		const char *label, *via;
		bool is_udp;
		unsigned port;
	} rows[] = {
		{ "rport: the source port (RFC 3581 §4)",
			"SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bK1;rport", true, 40000 },
		{ "no rport: the port of sent-by (§18.2.2)",
			"SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bK1", true, 5070 },
		{ "neither: 5060", "SIP/2.0/UDP phone.invalid;branch=z9hG4bK1", true, 5060 },
		{ "maddr is not obeyed", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;maddr=203.0.113.1",
			true, 5060 },
		{ "a stream: its own flow", "SIP/2.0/TCP 10.0.0.1:5070;branch=z9hG4bK1", false,
			40000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_hop hop;
		ROW(rows[i].label);
		CHECK(rig_start(&r, 0));
		rig_run(&r, rows[i].is_udp ? "udp" : "tcp");
		receive_options(rows[i].via);
		CHECK(txn_server_hop(r.layer, r.server, &hop));
		rig_run(&r, "=200");
		CHECK(netaddr_eq(&hop.remote, &r.sent_hop.remote));
		CHECK(netaddr_eq(&r.hop.local, &r.sent_hop.local));
		CHECK(netaddr_eq_ip(&r.hop.remote, &r.sent_hop.remote));
		CHECK_INT(rows[i].port, r.sent_hop.remote.port);
		CHECK_INT(r.hop.flow, r.sent_hop.flow);
		CHECK(!txn_server_hop(r.layer, 12345, &hop));
		rig_stop(&r);
	}
}

static void above_the_limit_requests_get_503(void **state)
{
	(void)state;
	ROW("");
	CHECK(rig_start(&r, 2));
	rig_run(&r, "<INVITE <OPTIONS <FOO <FOO");
	CHECK_SPAN("0?INVITE 0?OPTIONS 0>503 0>503", buf_span(&r.trace));
	CHECK(sent_has("\r\nRetry-After: "));
	CHECK_INT(2, txn_count(r.layer));
	/* what is there already goes on */
	r.trace.n = 0;
	rig_run(&r, "<INVITE <CANCEL <ACK+ INVITE");
	CHECK_SPAN("0>200 0!cancelled 0?ACK- =-201", buf_span(&r.trace));
	r.trace.n = 0;
	rig_run(&r, "@32000 FOO <FOO");
	CHECK_SPAN("32000>FOO 32000>503", buf_span(&r.trace));
	rig_stop(&r);
}

/** §8.2.7: without memory of it, the same request gets the same tag. */
static void stateless_answers_are_alike(void **state)
{
	static char first[2048];
	size_t n;

	(void)state;
	ROW("");
	CHECK(rig_start(&r, 0));
	rig_run(&r, "<CANCEL");
	n = r.sent_n;
	CHECK(n < sizeof(first));
	memcpy(first, r.sent, n);
	CHECK(sent_has("\r\nTo: <sip:alice@example.com>;tag=w03-"));
	rig_run(&r, "<CANCEL");
	CHECK(span_eq((struct span){ first, n }, sent()));
	rig_stop(&r);
}

/** §9.2: the To tag of the INVITE's own answers. */
static void a_dropped_request_leaves_nothing(void **state)
{
	static const struct {
		const char *label, *script;
		size_t left;
	} rows[] = {
		{ "a call", "udp <INVITE", 0 },
		{ "another request", "udp <OPTIONS", 0 },
		{ "not one that has an answer", "udp <OPTIONS =200", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		CHECK(rig_start(&r, 0));
		rig_run(&r, rows[i].script);
		txn_server_drop(r.layer, r.server);
		rig_advance(&r, 1);
		CHECK_INT(rows[i].left, txn_count(r.layer));
		rig_stop(&r);
	}
}

static void cancel_is_answered_with_the_tag_of_the_invite(void **state)
{
	(void)state;
	ROW("");
	CHECK(rig_start(&r, 0));
	rig_run(&r, "<INVITE =180 <CANCEL");
	CHECK_SPAN("0?INVITE 0>180 0>200 0!cancelled", buf_span(&r.trace));
	CHECK(sent_has("\r\nTo: <sip:alice@example.com>;tag=ours\r\n"));
	rig_stop(&r);
}

static void cancel_without_room_is_sent_once(void **state)
{
	(void)state;
	ROW("");
	CHECK(rig_start(&r, 1));
	rig_run(&r, "INVITE <180 cancel @3000 <c200 <487");
	CHECK_SPAN("0>INVITE 0!180 0>CANCEL 3000>ACK 3000!487", buf_span(&r.trace));
	rig_stop(&r);
}

static void client_start_refuses_what_is_no_request(void **state)
{
	static const char invite[] =
		"INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKb\r\nMax-Forwards: 1\r\n"
		"From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n"
		"Content-Length: 0\r\n\r\n";
	static const struct {
		const char *label, *text, *branch;
		enum sip_method method;
		sotto_err want;
	} rows[] = {
		{ "good", invite, "z9hG4bKb", SIP_METHOD_INVITE, SOTTO_OK },
		{ "the branch is in use", invite, "z9hG4bKb", SIP_METHOD_INVITE, SOTTO_EINVAL },
		{ "another branch than in its Via", invite, "z9hG4bKc", SIP_METHOD_INVITE,
			SOTTO_EINVAL },
		{ "another method", invite, "z9hG4bKb", SIP_METHOD_BYE, SOTTO_EINVAL },
		{ "no branch", invite, "", SIP_METHOD_INVITE, SOTTO_EINVAL },
		{ "longest branch", "BYE x", "12345678901234567890123456789012345678901234567",
			SIP_METHOD_BYE, SOTTO_OK },
		{ "branch of one too many", "BYE x",
			"123456789012345678901234567890123456789012345678", SIP_METHOD_BYE,
			SOTTO_EINVAL },
		{ "INVITE that cannot be read", "INVITE x\r\n\r\n", "b", SIP_METHOD_INVITE,
			SOTTO_EINVAL },
		{ "nothing", "", "b", SIP_METHOD_OTHER, SOTTO_EINVAL },
	};
	struct txn_user nobody = { 0 };

	(void)state;
	CHECK(rig_start(&r, 0));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		handle_t h = 99;
		ROW(rows[i].label);
		CHECK_INT(rows[i].want,
			txn_client_start(r.layer, span_of(rows[i].text), span_of(rows[i].branch),
				rows[i].method, &r.hop, &nobody, r.now, &h));
		CHECK((rows[i].want == SOTTO_OK) == (h != 0));
	}
	CHECK_INT(2, txn_count(r.layer));
	rig_stop(&r);
}

static void messages_have_a_maximum(void **state)
{
	static char big[SIP_MESSAGE_MAX + 1];
	struct txn_user nobody = { 0 };
	handle_t h;

	(void)state;
	ROW("");
	memset(big, 'x', sizeof(big));
	memcpy(big, "BYE ", 4);
	CHECK(rig_start(&r, 0));
	CHECK_OK(txn_client_start(r.layer, (struct span){ big, SIP_MESSAGE_MAX }, SPAN("b1"),
		SIP_METHOD_BYE, &r.hop, &nobody, 0, &h));
	CHECK_INT(SOTTO_EINVAL, txn_client_start(r.layer, (struct span){ big, SIP_MESSAGE_MAX + 1 },
					SPAN("b2"), SIP_METHOD_BYE, &r.hop, &nobody, 0, &h));
	CHECK_INT(0, h);
	CHECK_INT(1, txn_count(r.layer));
	rig_stop(&r);
}

/** The worker's heap: one place is enough, whoever fills the others. */
static void timers_need_no_memory_once_started(void **state)
{
	struct timer others[64] = { { 0 } };

	(void)state;
	ROW("");
	CHECK(rig_start(&r, 0));
	rig_run(&r, "INVITE");
	for (size_t i = 0; i < ARRAY_LEN(others) - 1; i++)
		CHECK_OK(timer_set(&r.timers, &others[i], INSTANT_NEVER, NULL));
	alloc_fail_at(1);
	rig_run(&r, "@600 forget @40000");
	CHECK(!alloc_fail_hit());
	alloc_fail_at(0);
	CHECK_INT(0, txn_count(r.layer));
	rig_stop(&r);
}

static void a_handle_of_what_is_gone_does_nothing(void **state)
{
	struct txn_user nobody = { 0 };
	struct sip_hop hop = { .listener = 9 };
	handle_t gone[2];

	(void)state;
	ROW("");
	CHECK(rig_start(&r, 0));
	rig_run(&r, "INVITE <OPTIONS");
	gone[0] = r.client;
	gone[1] = r.server;
	rig_advance(&r, 64 * TXN_T1 + 1);
	CHECK_INT(0, txn_count(r.layer));
	r.trace.n = 0;
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		txn_client_cancel(r.layer, gone[i], SPAN_NONE, r.now);
		txn_server_set_user(r.layer, gone[i], &nobody);
		txn_server_acked(r.layer, gone[i]);
		txn_forget(r.layer, gone[i]);
		CHECK_INT(
			SOTTO_ENOENT, txn_server_respond(r.layer, gone[i], 200, SPAN("x"), r.now));
		CHECK(!txn_server_hop(r.layer, gone[i], &hop));
		CHECK_INT(0, hop.listener);
	}
	CHECK_INT(0, r.trace.n);
	rig_stop(&r);
}

/** An ACK that comes late, or for what was refused, stops nothing. */
static void only_an_accepted_invite_is_acked(void **state)
{
	(void)state;
	ROW("");
	CHECK(rig_start(&r, 0));
	rig_run(&r, "udp <INVITE =180 acked =486 acked @600");
	CHECK_SPAN("0?INVITE 0>180 0>486 500>486", buf_span(&r.trace));
	rig_stop(&r);
}

static void run_all_kinds(void *ctx)
{
	(void)ctx;
	if (!rig_start(&r, 0))
		return;
	rig_run(&r, "udp INVITE <180 cancel+ @600 <c200 <487 OPTIONS <200 BYE @1000");
	rig_run(&r, "<INVITE =180 <INVITE <CANCEL =487 =487 <ACK <OPTIONS =200 <OPTIONS");
	rig_advance(&r, 1000 + 64 * TXN_T1 + TXN_T4);
	/* whatever failed (an answer is tried twice): nothing is left behind 64*T1 and T4 */
	CHECK_INT(0, txn_count(r.layer));
	rig_stop(&r);
}

static void lack_of_memory_is_an_error_and_leaves_nothing(void **state)
{
	(void)state;
	ROW("");
	alloc_fail_sweep(run_all_kinds, NULL);
}

static void destroying_a_busy_layer_tells_nobody(void **state)
{
	(void)state;
	ROW("");
	CHECK(rig_start(&r, 0));
	rig_run(&r, "INVITE <180 cancel OPTIONS <INVITE =200 <OPTIONS fail =200");
	r.trace.n = 0;
	txn_layer_destroy(r.layer);
	r.layer = NULL;
	CHECK_INT(INSTANT_NEVER, timer_heap_next(&r.timers));
	CHECK_INT(0, r.trace.n);
	rig_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derived_requests_repeat_the_invite),
		cmocka_unit_test(cancel_goes_without_a_bad_reason),
		cmocka_unit_test(responses_go_back_where_the_request_came_from),
		cmocka_unit_test(above_the_limit_requests_get_503),
		cmocka_unit_test(stateless_answers_are_alike),
		cmocka_unit_test(a_dropped_request_leaves_nothing),
		cmocka_unit_test(cancel_is_answered_with_the_tag_of_the_invite),
		cmocka_unit_test(cancel_without_room_is_sent_once),
		cmocka_unit_test(client_start_refuses_what_is_no_request),
		cmocka_unit_test(messages_have_a_maximum),
		cmocka_unit_test(timers_need_no_memory_once_started),
		cmocka_unit_test(a_handle_of_what_is_gone_does_nothing),
		cmocka_unit_test(only_an_accepted_invite_is_acked),
		cmocka_unit_test(lack_of_memory_is_an_error_and_leaves_nothing),
		cmocka_unit_test(destroying_a_busy_layer_tells_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
