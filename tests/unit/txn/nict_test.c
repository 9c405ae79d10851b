/** @file unit/txn/nict_test.c  The non-INVITE client machine (RFC 3261 §17.1.2). */
#include "unit/txn/rig.h"

static void nict_retransmits_and_gives_up(void **state)
{
	static const struct rig_row rows[] = {
		{ "timer E doubles up to T2, timer F ends it", "OPTIONS @100000",
			"0>OPTIONS 500>OPTIONS 1500>OPTIONS 3500>OPTIONS 7500>OPTIONS "
			"11500>OPTIONS 15500>OPTIONS 19500>OPTIONS 23500>OPTIONS 27500>OPTIONS "
			"31500>OPTIONS 32000!timeout #0" },
		{ "over TCP nothing is repeated", "tcp OPTIONS @100000",
			"0>OPTIONS 32000!timeout #0" },
		{ "after a provisional each T2", "OPTIONS @200 <100 @9000",
			"0>OPTIONS 200!100 500>OPTIONS 4500>OPTIONS 8500>OPTIONS #1" },
		{ "timer F goes on after a provisional", "tcp OPTIONS <100 @31999 <100 @32000",
			"0>OPTIONS 0!100 31999!100 32000!timeout #0" },
		{ "a method that we do not know", "tcp FOO <200 @0", "0>FOO 0!200 #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void nict_ends_with_a_final_answer(void **state)
{
	static const struct rig_row rows[] = {
		{ "timer K is T4 over UDP; repeats are absorbed", "OPTIONS <200 @4999 <200",
			"0>OPTIONS 0!200 #1" },
		{ "timer K", "OPTIONS <200 @5000", "0>OPTIONS 0!200 #0" },
		{ "timer K is 0 over TCP", "tcp OPTIONS <404 @0", "0>OPTIONS 0!404 #0" },
		{ "no ACK, whatever the class", "OPTIONS <603 <100 @5000", "0>OPTIONS 0!603 #0" },
		{ "a repeat after timer K", "tcp BYE <200 @1 <200", "0>BYE 0!200 1~200 #0" },
		{ "forgotten", "OPTIONS forget <200 @5000", "0>OPTIONS #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void nict_reports_transport_failures(void **state)
{
	static const struct rig_row rows[] = {
		{ "Trying", "fail OPTIONS @0", "0>OPTIONS 0!error #0" },
		{ "Trying: at a repeat", "OPTIONS fail @500",
			"0>OPTIONS 500>OPTIONS 500!error #0" },
		{ "Proceeding: at a repeat", "OPTIONS <100 fail @500",
			"0>OPTIONS 0!100 500>OPTIONS 500!error #0" },
		{ "Trying: the flow is gone", "tcp OPTIONS gone @0", "0>OPTIONS 0!error #0" },
		{ "Proceeding: the flow is gone", "tcp OPTIONS <100 gone @0",
			"0>OPTIONS 0!100 0!error #0" },
		{ "Completed: it does not matter", "OPTIONS <200 gone @4999",
			"0>OPTIONS 0!200 #1" },
		{ "an answer in the same moment wins", "fail OPTIONS <200 @0",
			"0>OPTIONS 0!200 #1" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nict_retransmits_and_gives_up),
		cmocka_unit_test(nict_ends_with_a_final_answer),
		cmocka_unit_test(nict_reports_transport_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
