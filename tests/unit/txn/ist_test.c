/** @file unit/txn/ist_test.c  The INVITE server machine (RFC 3261 §17.2.1, RFC 6026). */
#include "unit/txn/rig.h"

static void ist_proceeds(void **state)
{
	static const struct rig_row rows[] = {
		{ "a repeat before any answer is absorbed", "<INVITE <INVITE @100000",
			"0?INVITE #1" },
		{ "a repeat gets the last provisional", "<INVITE =100 =180 @500 <INVITE",
			"0?INVITE 0>100 0>180 500>180 #1" },
		{ "it may ring for as long as its user likes", "<INVITE =180 @3600000 =200",
			"0?INVITE 0>180 3600000>200 #1" },
		{ "an ACK before a final answer is nothing", "<INVITE =180 <ACK",
			"0?INVITE 0>180 #1" },
		{ "forgotten without an answer: over after 64*T1", "<INVITE forget @31999",
			"0?INVITE #1" },
		{ "forgotten without an answer, and over", "<INVITE forget @32000", "0?INVITE #0" },
		{ "the answer to one that is over", "<INVITE forget @32000 =200",
			"0?INVITE =-6 #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

#define G_ALL                                                                    \
	"0?INVITE 0>486 500>486 1500>486 3500>486 7500>486 11500>486 15500>486 " \
	"19500>486 23500>486 27500>486 31500>486 "
#define L_ALL                                                                    \
	"0?INVITE 0>200 500>200 1500>200 3500>200 7500>200 11500>200 15500>200 " \
	"19500>200 23500>200 27500>200 31500>200 "

static void ist_repeats_a_refusal_until_ack(void **state)
{
	static const struct rig_row rows[] = {
		{ "timer G doubles up to T2, timer H ends it", "<INVITE =486 @100000",
			G_ALL "32000!no-ack #0" },
		{ "over TCP timer H alone", "tcp <INVITE =486 @32000",
			"0?INVITE 0>486 32000!no-ack #0" },
		{ "ACK, then timer I of T4", "<INVITE =486 @600 <ACK @5599",
			"0?INVITE 0>486 500>486 #1" },
		{ "timer I", "<INVITE =486 @600 <ACK @5600", "0?INVITE 0>486 500>486 #0" },
		{ "timer I is 0 over TCP", "tcp <INVITE =486 <ACK @0", "0?INVITE 0>486 #0" },
		{ "Confirmed absorbs ACK and INVITE", "<INVITE =486 <ACK <ACK <INVITE @4999",
			"0?INVITE 0>486 #1" },
		{ "a repeated INVITE gets it again", "<INVITE =486 @100 <INVITE",
			"0?INVITE 0>486 100>486 #1" },
		{ "the lost ACK comes with the third", "<INVITE =486 @1600 <ACK @6600",
			"0?INVITE 0>486 500>486 1500>486 #0" },
		{ "one final answer only", "<INVITE =486 =200 <ACK =200",
			"0?INVITE 0>486 =-108 =-108 #1" },
		{ "forgotten", "tcp <INVITE =486 forget @32000", "0?INVITE 0>486 #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void ist_retransmits_2xx_until_ack(void **state)
{
	static const struct rig_row rows[] = {
		{ "T1, 2*T1 … T2; no ACK within 64*T1", "<INVITE =200 @100000",
			L_ALL "32000!no-ack #0" },
		{ "also over TCP (§13.3.1.4)", "tcp <INVITE =200 @600",
			"0?INVITE 0>200 500>200 #1" },
		{ "the ACK goes up and stops it; timer L goes on",
			"<INVITE =200 @600 <ACK+ acked @31999",
			"0?INVITE 0>200 500>200 600?ACK- #1" },
		{ "timer L", "<INVITE =200 <ACK+ acked @32000", "0?INVITE 0>200 0?ACK- #0" },
		{ "an ACK with the INVITE's branch goes up too", "<INVITE =200 <ACK acked @32000",
			"0?INVITE 0>200 0?ACK- #0" },
		{ "Accepted absorbs repeats of the INVITE",
			"<INVITE =200 acked <INVITE @31999 <INVITE", "0?INVITE 0>200 #1" },
		{ "after timer L it would be a new call", "<INVITE =200 acked @32000 <INVITE",
			"0?INVITE 0>200 32000?INVITE #1" },
		{ "one final answer only", "<INVITE =200 =486 =180",
			"0?INVITE 0>200 =-108 =-108 #1" },
		{ "acked before there is an answer", "<INVITE acked =200 @500",
			"0?INVITE 0>200 500>200 #1" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void ist_is_cancelled(void **state)
{
	static const struct rig_row rows[] = {
		{ "while it rings", "<INVITE =180 <CANCEL =487 <ACK @5000",
			"0?INVITE 0>180 0>200 0!cancelled 0>487 #0" },
		{ "told once, answered each time", "<INVITE <CANCEL <CANCEL",
			"0?INVITE 0>200 0!cancelled 0>200 #1" },
		{ "after 200: answered, and nothing happens", "<INVITE =200 acked <CANCEL",
			"0?INVITE 0>200 0>200 #1" },
		{ "after a refusal", "tcp <INVITE =486 <CANCEL", "0?INVITE 0>486 0>200 #1" },
		{ "matches nothing", "<CANCEL", "0>481 #0" },
		{ "an OPTIONS is no INVITE", "<OPTIONS <CANCEL", "0?OPTIONS 0>481 #1" },
		{ "forgotten", "<INVITE forget <CANCEL @32000", "0?INVITE 0>200 #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void ist_reports_transport_failures_and_stays(void **state)
{
	static const struct rig_row rows[] = {
		{ "never from within the answer", "<INVITE fail =180", "0?INVITE 0>180 #1" },
		{ "Proceeding", "<INVITE fail =180 @0 <INVITE @1",
			"0?INVITE 0>180 0!error 0>180 #1" },
		{ "Proceeding: it may still be answered", "<INVITE fail =180 @0 ok =486 <ACK @5000",
			"0?INVITE 0>180 0!error 0>486 #0" },
		{ "Completed", "tcp <INVITE fail =486 @32000",
			"0?INVITE 0>486 0!error 32000!no-ack #0" },
		{ "Completed: told once", "<INVITE fail =486 @600",
			"0?INVITE 0>486 0!error 500>486 #1" },
		{ "Accepted", "<INVITE fail =200 @0 forget @400", "0?INVITE 0>200 0!error #1" },
		{ "Confirmed sends nothing", "<INVITE =486 <ACK fail <INVITE @10",
			"0?INVITE 0>486 #1" },
		{ "a flow that is gone: nobody waits any more", "tcp <INVITE gone @10",
			"0?INVITE 0!error #1" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ist_proceeds),
		cmocka_unit_test(ist_repeats_a_refusal_until_ack),
		cmocka_unit_test(ist_retransmits_2xx_until_ack),
		cmocka_unit_test(ist_is_cancelled),
		cmocka_unit_test(ist_reports_transport_failures_and_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
