/** @file unit/edge/request_test.c  Requests out of the blue: what they are answered before anything
 * is looked up. The torture messages are RFC 4475's, verdicts by its text. */
#include "unit/edge/rig.h"

static struct sip_hop stranger(void)
{
	return rig_hop(SIP_TRANSPORT_UDP, "203.0.113.7:5060", 0);
}

static size_t load(const char *name, char *out, size_t cap)
{
	char path[512];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/rfc4475/%s.dat", TEST_DATA_DIR, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(out, 1, cap, f);
	fclose(f);
	assert_true(n > 0 && n < cap);
	return n;
}

static void torture_messages_get_the_verdict_of_the_rfc(void **state)
{
	static const struct {
		const char *file;
		unsigned status; /* 0: silence */
		const char *header;
	} rows[] = {
		{ "unkscm", 416, NULL },
		{ "novelsc", 416, NULL },
		{ "unksm2", 400, NULL },
		{ "bext01", 420, "Unsupported: nothingSupportsThis\r\n" },
		{ "invut", 415, "Accept: application/sdp\r\n" },
		{ "regaut01", 401, "WWW-Authenticate: Digest " },
		{ "multi01", 400, NULL },
		{ "mcl01", 400, NULL },
		{ "insuf", 400, NULL },
		{ "zeromf", 200, NULL }, /* we are the end point of an OPTIONS */
		{ "sdp01", 406, NULL },
		{ "bcast", 0, NULL },
		{ "cparam01", 401, NULL },
		{ "cparam02", 401, NULL },
		{ "regescrt", 401, NULL },
		{ "inv2543", 401, NULL },
		{ "intmeth", 501, NULL },
		{ "esc02", 501, NULL },
		{ "mismatch01", 400, NULL },
		{ "mismatch02", 501, NULL },
		{ "badvers", 505, NULL },
		{ "badinv01", 400, NULL },
		{ "scalar02", 400, NULL },
		{ "scalarlg", 0, NULL },
		{ "bigcode", 0, NULL },
		{ "wsinv", 481, NULL },
	};
	static char text[8192];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct sip_hop from = stranger();
		size_t n = load(rows[i].file, text, sizeof(text));

		ROW(rows[i].file);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		r.in.on_message(r.in.ctx, text, n, &from, r.now);
		if (rows[i].status) {
			struct rig_sent *s = rig_take_status(&r, rows[i].status);
			CHECK(!rows[i].header || rig_has(s, rows[i].header));
		}
		rig_take_nothing(&r);
		CHECK_INT(0, edge_count(r.edge).calls);
		rig_deinit(&r);
	}
}

static void requests_are_checked_before_they_mean_anything(void **state)
{
	static const struct {
		const char *label, *method, *uri, *extra, *sdp;
		unsigned status;
	} rows[] = {
		{ "options are answered to all", "OPTIONS", "sip:sotto", NULL, NULL, 200 },
		{ "and for every number alike", "OPTIONS", "sip:nobody@sotto", NULL, NULL, 200 },
		{ "tel is a number to call", "INVITE", "tel:+1555", NULL, NULL, 401 },
		{ "but nothing to register at", "REGISTER", "tel:+1555", NULL, NULL, 416 },
		{ "an extension", "INVITE", "sip:1@sotto", "Require: 100rel, x\r\n", NULL, 420 },
		{ "an encoding", "INVITE", "sip:1@sotto",
			"Content-Encoding: gzip\r\nContent-Type: application/sdp\r\n", NULL, 401 },
		{ "subscriptions", "SUBSCRIBE", "sip:1@sotto", NULL, NULL, 405 },
		{ "messages", "MESSAGE", "sip:1@sotto", NULL, NULL, 405 },
		{ "bye of nothing", "BYE", "sip:1@sotto", NULL, NULL, 481 },
		{ "update of nothing", "UPDATE", "sip:1@sotto", NULL, NULL, 481 },
		{ "unknown method", "DANCE", "sip:1@sotto", NULL, NULL, 501 },
		{ "accepts no description", "INVITE", "sip:1@sotto", "Accept: text/x\r\n", NULL,
			406 },
		{ "accepts any", "INVITE", "sip:1@sotto", "Accept: text/x, */*;q=0.1\r\n", NULL,
			401 },
	};
	struct sip_hop from = stranger();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct rig_party p;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		rig_party(&p, "req", "1", &from);
		rig_request(&r, &p, rows[i].method, rows[i].uri, rows[i].extra, rows[i].sdp);
		rig_take_status(&r, rows[i].status);
		rig_take_nothing(&r);
		rig_deinit(&r);
	}
}

static void a_request_in_an_unknown_dialog_is_481(void **state)
{
	struct rig r;
	struct rig_party p;
	struct sip_hop from = stranger();

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&p, "none", "1", &from);
	snprintf(p.remote, sizeof(p.remote), "<sip:1@sotto>;tag=w03-0");
	snprintf(p.target, sizeof(p.target), "sip:1@sotto");
	rig_in_dialog(&r, &p, "BYE", NULL);
	rig_take_status(&r, 481);
	rig_in_dialog(&r, &p, "INVITE", rig_sdp_clear);
	rig_take_status(&r, 481);
	rig_in_dialog(&r, &p, "ACK", NULL);
	rig_take_nothing(&r);
	rig_deinit(&r);
}

/** RFC 3261 §8.2.2.2: the same request by two ways. */
static void a_merged_request_is_482(void **state)
{
	struct rig r;
	struct rig_party p;
	struct sip_hop from = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&p, "merged", "1", &from);
	rig_invite(&r, &p, "600", NULL, rig_sdp_clear);
	rig_take_status(&r, 100);
	rig_take_method(&r, "INVITE");
	p.cseq--;
	rig_invite(&r, &p, "600", NULL, rig_sdp_clear);
	rig_take_status(&r, 482);
	rig_take_nothing(&r);
	CHECK_INT(1, edge_count(r.edge).calls);
	rig_deinit(&r);
}

static void hops_that_are_spent_are_483_only_where_we_would_relay(void **state)
{
	static const struct {
		const char *label, *number;
		unsigned status;
	} rows[] = {
		{ "a far leg", "600", 483 },
		{ "the test destination", "999", 200 },
	};
	struct sip_hop from = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		rig_say(&r, &from,
			"INVITE sip:%s@sotto SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKhops\r\nMax-Forwards: 0\r\n"
			"From: <sip:1@x>;tag=1\r\nTo: <sip:2@x>\r\nCall-ID: hops\r\n"
			"CSeq: 1 INVITE\r\nContact: <sip:1@192.0.2.50>\r\n"
			"Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
			rows[i].number, strlen(rig_sdp_clear), rig_sdp_clear);
		rig_take_status(&r, 100);
		rig_take_status(&r, rows[i].status);
		rig_deinit(&r);
	}
}

static void malformed_requests_are_answered_without_state(void **state)
{
	struct rig r;
	struct sip_hop from = stranger();
	struct rig_sent *first, *second;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	for (int i = 0; i < 2; i++)
		rig_say(&r, &from,
			"OPTIONS sip:x SIP/2.0\r\n"
			"Via: SIP/2.0/UDP 10.1.1.1:5099;branch=z9hG4bKbad\r\n"
			"From: <sip:1@x>;tag=1\r\nTo: <sip:2@x>\r\nCall-ID: bad\r\n"
			"CSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
	first = rig_take_status(&r, 400);
	second = rig_take_status(&r, 400);
	CHECK(span_eq(first->msg.to.tag, second->msg.to.tag)); /* §8.2.7 */
	CHECK_INT(5099, first->hop.remote.port);               /* §18.2.2: no rport */
	CHECK(rig_has(first, "received=203.0.113.7"));
	CHECK_INT(0, edge_count(r.edge).transactions);
	rig_deinit(&r);
}

static void more_calls_than_allowed_are_503(void **state)
{
	struct rig r;
	struct rig_party p;
	struct sip_hop from = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);

	(void)state;
	rig_init(&r);
	r.settings.calls_max = 2;
	CHECK_OK(rig_start(&r));
	for (unsigned i = 0; i < 3; i++) {
		char id[8];

		snprintf(id, sizeof(id), "c%u", i);
		rig_party(&p, id, "1", &from);
		rig_skip(&r);
		rig_invite(&r, &p, "999", NULL, rig_sdp_clear);
		if (i < 2)
			rig_take_status(&r, 100);
		else
			CHECK(rig_has(rig_take_status(&r, 503), "Retry-After: "));
	}
	CHECK_INT(2, edge_count(r.edge).calls);
	rig_deinit(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(torture_messages_get_the_verdict_of_the_rfc),
		cmocka_unit_test(requests_are_checked_before_they_mean_anything),
		cmocka_unit_test(a_request_in_an_unknown_dialog_is_481),
		cmocka_unit_test(a_merged_request_is_482),
		cmocka_unit_test(hops_that_are_spent_are_483_only_where_we_would_relay),
		cmocka_unit_test(malformed_requests_are_answered_without_state),
		cmocka_unit_test(more_calls_than_allowed_are_503),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
