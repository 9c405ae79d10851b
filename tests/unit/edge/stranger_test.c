/** @file unit/edge/stranger_test.c  What who is not known can leave behind: nothing. */
#include "unit/edge/rig.h"

/** A request from an address that is nobody's, with a branch of its own. */
static void say(struct rig *r, const char *method, const char *to_tag, unsigned serial)
{
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "203.0.113.66:5060", 0);

	rig_say(r, &hop,
		"%s sip:100@198.51.100.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 203.0.113.66:5060;branch=z9hG4bKs%u;rport\r\n"
		"Max-Forwards: 70\r\nFrom: <sip:x@203.0.113.66>;tag=f\r\n"
		"To: <sip:100@198.51.100.1>%s\r\nCall-ID: stranger-%u\r\nCSeq: 1 %s\r\n"
		"Contact: <sip:x@203.0.113.66>\r\nContent-Length: 0\r\n\r\n",
		method, serial, to_tag, serial, method);
}

static const struct {
	const char *label, *method, *to_tag;
	unsigned status;
} rows[] = {
	{ "a call", "INVITE", "", 401 },
	{ "a registration", "REGISTER", "", 401 },
	{ "a sign of life", "OPTIONS", "", 200 },
	{ "a method for dialogs", "BYE", "", 481 },
	{ "a method of others", "SUBSCRIBE", "", 405 },
	{ "a method of nobody", "FROBNICATE", "", 501 },
	{ "a dialog that is none", "INVITE", ";tag=x", 481 },
	{ "the end of none", "BYE", ";tag=x", 481 },
};

/** RFC 3261 §26.3.2.4: one challenge, no repeats: who forged the source would aim them at it. */
static void an_answer_to_a_stranger_is_sent_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		say(&r, rows[i].method, rows[i].to_tag, 1);
		rig_take_status(&r, rows[i].status);
		rig_wait(&r, 0);
		CHECK_INT(0, edge_count(r.edge).transactions);
		rig_wait(&r, 64 * TXN_T1);
		rig_take_nothing(&r);
		rig_deinit(&r);
	}
}

/** §8.2.7: a repeat gets the same answer anew. */
static void a_repeat_of_a_stranger_gets_the_same_tag(void **state)
{
	struct rig r;
	struct rig_sent *first, *second;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	say(&r, "INVITE", "", 1);
	first = rig_take_status(&r, 401);
	rig_wait(&r, TXN_T1);
	say(&r, "INVITE", "", 1);
	second = rig_take_status(&r, 401);
	assert_true(span_eq(first->msg.to.tag, second->msg.to.tag));
	say(&r, "ACK", ";tag=x", 1);
	rig_take_nothing(&r);
	rig_deinit(&r);
}

static void a_flood_of_strangers_does_not_keep_customers_out(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop trunk = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);

	(void)state;
	rig_init(&r);
	r.is_patient = true;
	CHECK_OK(rig_start(&r));
	log_set_level(&r.log, LOG_LEVEL_INFO);
	for (unsigned i = 0; i < TXN_MAX + 5000; i++) {
		const size_t row = i % ARRAY_LEN(rows);
		say(&r, rows[row].method, rows[row].to_tag, i);
		if (i % 100 == 0)
			rig_wait(&r, 1);
	}
	rig_wait(&r, 1);
	CHECK_INT(0, edge_count(r.edge).transactions);
	CHECK_INT(0, edge_count(r.edge).dialogs);
	CHECK_INT(0, edge_count(r.edge).bindings);
	rig_party(&a, "customer", "1", &trunk);
	rig_invite(&r, &a, "999", NULL, rig_sdp_clear);
	CHECK_INT(1, edge_count(r.edge).calls);
	rig_deinit(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_to_a_stranger_is_sent_once),
		cmocka_unit_test(a_repeat_of_a_stranger_gets_the_same_tag),
		cmocka_unit_test(a_flood_of_strangers_does_not_keep_customers_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
