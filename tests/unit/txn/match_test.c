/** @file unit/txn/match_test.c  Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3).
 */
#include "unit/txn/rig.h"

struct request {
	const char *method, *uri, *via, *from_tag, *to, *call_id;
	unsigned cseq;
};

#define VIA_NEW "SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bKpeer"
#define VIA_OLD "SIP/2.0/UDP 198.51.100.7:5070"
#define TO      "<sip:alice@example.com>"
#define TO_OURS TO ";tag=ours"

static void receive(struct rig *r, const struct request *q)
{
	char text[2048];

	snprintf(text, sizeof(text),
		"%s %s SIP/2.0\r\nVia: %s\r\nMax-Forwards: 70\r\nFrom: <sip:bob@example.com>;tag=%s\r\n"
		"To: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\nContent-Length: 0\r\n\r\n",
		q->method, q->uri, q->via, q->from_tag, q->to, q->call_id, q->cseq, q->method);
	rig_receive(r, text);
}

struct pair_row {
	const char *label;
	const char *answer; /* a script between the two, or "" */
	struct request second;
	const char *trace; /* of the second message alone */
};

static void check_pairs(const struct request *first, const struct pair_row *rows, size_t n)
{
	static struct rig r;

	for (size_t i = 0; i < n; i++) {
		ROW(rows[i].label);
		CHECK(rig_start(&r, 0));
		receive(&r, first);
		rig_run(&r, rows[i].answer);
		r.trace.n = 0;
		receive(&r, &rows[i].second);
		CHECK_SPAN(rows[i].trace, buf_span(&r.trace));
		rig_stop(&r);
	}
}

static void server_matches_by_branch_sent_by_and_method(void **state)
{
	static const struct request first = { "INVITE", "sip:a@h", VIA_NEW, "f1", TO, "c1", 9 };
	static const struct pair_row rows[] = {
		{ "itself", "=180", { "INVITE", "sip:a@h", VIA_NEW, "f1", TO, "c1", 9 }, "0>180" },
		{ "the branch decides, not the rest", "=180",
			{ "INVITE", "sip:b@h", VIA_NEW, "f2", TO, "c2", 10 }, "0>180" },
		{ "another branch", "=180", { "INVITE", "sip:a@h", VIA_NEW "x", "f1", TO, "c1", 9 },
			"0?INVITE" },
		{ "case matters in a branch", "=180",
			{ "INVITE", "sip:a@h", "SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bKPeer",
				"f1", TO, "c1", 9 },
			"0?INVITE" },
		{ "another sent-by port", "=180",
			{ "INVITE", "sip:a@h", "SIP/2.0/UDP 198.51.100.7:5071;branch=z9hG4bKpeer",
				"f1", TO, "c1", 9 },
			"0?INVITE" },
		{ "another sent-by host", "=180",
			{ "INVITE", "sip:a@h", "SIP/2.0/UDP 198.51.100.8:5070;branch=z9hG4bKpeer",
				"f1", TO, "c1", 9 },
			"0?INVITE" },
		{ "another method", "=180", { "OPTIONS", "sip:a@h", VIA_NEW, "f1", TO, "c1", 9 },
			"0?OPTIONS" },
		{ "ACK of a refusal: absorbed", "=486",
			{ "ACK", "sip:a@h", VIA_NEW, "f1", TO_OURS, "c1", 9 }, "" },
		{ "ACK of another branch: goes up", "=486",
			{ "ACK", "sip:a@h", VIA_NEW "x", "f1", TO_OURS, "c1", 9 }, "0?ACK-" },
		{ "CANCEL", "=180", { "CANCEL", "sip:a@h", VIA_NEW, "f1", TO, "c1", 9 },
			"0>200 0!cancelled" },
		{ "CANCEL of another branch", "=180",
			{ "CANCEL", "sip:a@h", VIA_NEW "x", "f1", TO, "c1", 9 }, "0>481" },
	};

	(void)state;
	check_pairs(&first, rows, ARRAY_LEN(rows));
}

static void server_matches_rfc2543_by_many_fields(void **state)
{
	static const struct request first = { "INVITE", "sip:a@h", VIA_OLD, "f1", TO, "c1", 9 };
	static const struct pair_row rows[] = {
		{ "itself", "=180", { "INVITE", "sip:a@h", VIA_OLD, "f1", TO, "c1", 9 }, "0>180" },
		{ "another request URI", "=180",
			{ "INVITE", "sip:b@h", VIA_OLD, "f1", TO, "c1", 9 }, "0?INVITE" },
		{ "another From tag", "=180", { "INVITE", "sip:a@h", VIA_OLD, "f2", TO, "c1", 9 },
			"0?INVITE" },
		{ "another To tag", "=180",
			{ "INVITE", "sip:a@h", VIA_OLD, "f1", TO_OURS, "c1", 9 }, "0?INVITE" },
		{ "another Call-ID", "=180", { "INVITE", "sip:a@h", VIA_OLD, "f1", TO, "c2", 9 },
			"0?INVITE" },
		{ "another CSeq", "=180", { "INVITE", "sip:a@h", VIA_OLD, "f1", TO, "c1", 10 },
			"0?INVITE" },
		{ "another Via", "=180", { "INVITE", "sip:a@h", VIA_OLD ";x=y", "f1", TO, "c1", 9 },
			"0?INVITE" },
		{ "another method", "=180", { "OPTIONS", "sip:a@h", VIA_OLD, "f1", TO, "c1", 9 },
			"0?OPTIONS" },
		{ "ACK with our tag: absorbed", "=486",
			{ "ACK", "sip:a@h", VIA_OLD, "f1", TO_OURS, "c1", 9 }, "" },
		{ "ACK with another tag: not ours", "=486",
			{ "ACK", "sip:a@h", VIA_OLD, "f1", TO ";tag=x", "c1", 9 }, "0?ACK-" },
		{ "ACK of a 2xx has the same Via: goes up", "=200",
			{ "ACK", "sip:a@h", VIA_OLD, "f1", TO_OURS, "c1", 9 }, "0?ACK-" },
		{ "ACK before any answer", "", { "ACK", "sip:a@h", VIA_OLD, "f1", TO, "c1", 9 },
			"" },
		{ "CANCEL", "=180", { "CANCEL", "sip:a@h", VIA_OLD, "f1", TO, "c1", 9 },
			"0>200 0!cancelled" },
		{ "CANCEL of another CSeq", "=180",
			{ "CANCEL", "sip:a@h", VIA_OLD, "f1", TO, "c1", 8 }, "0>481" },
	};

	(void)state;
	check_pairs(&first, rows, ARRAY_LEN(rows));
}

/** RFC 4475 §3.2.1: the cookie with nothing behind it. */
static void bare_cookie_counts_as_rfc2543(void **state)
{
	static const char via[] = "SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bK";
	static const struct request first = { "OPTIONS", "sip:a@h", via, "f1", TO, "c1", 9 };
	static const struct pair_row rows[] = {
		{ "itself", "=200", { "OPTIONS", "sip:a@h", via, "f1", TO, "c1", 9 }, "0>200" },
		{ "another Call-ID", "=200", { "OPTIONS", "sip:a@h", via, "f1", TO, "c2", 9 },
			"0?OPTIONS" },
	};

	(void)state;
	check_pairs(&first, rows, ARRAY_LEN(rows));
}

static void answer(struct rig *r, const char *via, const char *cseq)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"SIP/2.0 180 Ringing\r\n%sFrom: <sip:a@h>;tag=a1\r\nTo: <sip:b@h>;tag=b1\r\n"
		"Call-ID: c1@here\r\nCSeq: %s\r\nContent-Length: 0\r\n\r\n",
		via, cseq);
	rig_receive(r, text);
}

static void client_matches_by_branch_and_method(void **state)
{
	static struct rig r;
	static const struct {
		const char *label, *more_via, *branch_tail, *cseq, *trace;
	} rows[] = {
		{ "its own", "", "", "7 INVITE", "0!180" },
		{ "another branch", "", "0", "7 INVITE", "0~180" },
		{ "another method", "", "", "7 OPTIONS", "0~180" },
		{ "two Via values are for somebody else (§8.1.3.3)",
			"Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKx\r\n", "", "7 INVITE", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char via[256];
		ROW(rows[i].label);
		CHECK(rig_start(&r, 0));
		rig_run(&r, "tcp INVITE");
		r.trace.n = 0;
		snprintf(via, sizeof(via), "Via: SIP/2.0/TCP 192.0.2.1:5060;branch=%s%s\r\n%s",
			r.branch.text, rows[i].branch_tail, rows[i].more_via);
		answer(&r, via, rows[i].cseq);
		CHECK_SPAN(rows[i].trace, buf_span(&r.trace));
		rig_stop(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server_matches_by_branch_sent_by_and_method),
		cmocka_unit_test(server_matches_rfc2543_by_many_fields),
		cmocka_unit_test(bare_cookie_counts_as_rfc2543),
		cmocka_unit_test(client_matches_by_branch_and_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
