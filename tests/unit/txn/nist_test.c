/** @file unit/txn/nist_test.c  The non-INVITE server machine (RFC 3261 §17.2.2). */
#include "unit/txn/rig.h"

static void nist_answers_repeats(void **state)
{
	static const struct rig_row rows[] = {
		{ "Trying: a repeat is absorbed", "<OPTIONS <OPTIONS", "0?OPTIONS #1" },
		{ "Proceeding: it gets the provisional", "<OPTIONS =100 @9 <OPTIONS",
			"0?OPTIONS 0>100 9>100 #1" },
		{ "Completed: it gets the final answer", "<OPTIONS =200 @31999 <OPTIONS",
			"0?OPTIONS 0>200 31999>200 #1" },
		{ "nothing is sent by itself", "<OPTIONS =404 @31999", "0?OPTIONS 0>404 #1" },
		{ "timer J", "<OPTIONS =200 @32000", "0?OPTIONS 0>200 #0" },
		{ "timer J is 0 over TCP", "tcp <OPTIONS =200 @0", "0?OPTIONS 0>200 #0" },
		{ "after timer J it is new", "<OPTIONS =200 @32000 <OPTIONS",
			"0?OPTIONS 0>200 32000?OPTIONS #1" },
		{ "one final answer only", "<OPTIONS =200 =404 =100",
			"0?OPTIONS 0>200 =-108 =-108 #1" },
		{ "no answer: its client has given up after 64*T1", "<OPTIONS =100 @32000 =200",
			"0?OPTIONS 0>100 =-6 #0" },
		{ "an answer at the last moment", "<OPTIONS @31999 =200 @63998",
			"0?OPTIONS 31999>200 #1" },
		{ "a method that we do not know", "<FOO =501", "0?FOO 0>501 #1" },
		{ "another method with the same branch is another", "<FOO <OPTIONS",
			"0?FOO 0?OPTIONS #2" },
		{ "no such status", "<OPTIONS =99 =700", "0?OPTIONS =-300 =-300 #1" },
		{ "an ACK of nothing goes up", "<ACK+", "0?ACK- #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void nist_reports_transport_failures(void **state)
{
	static const struct rig_row rows[] = {
		{ "Proceeding", "<OPTIONS fail =100 @0", "0?OPTIONS 0>100 0!error #0" },
		{ "Completed", "<OPTIONS fail =200 @0", "0?OPTIONS 0>200 0!error #0" },
		{ "Completed: at a repeat", "<OPTIONS =200 fail <OPTIONS @0",
			"0?OPTIONS 0>200 0>200 0!error #0" },
		{ "forgotten", "<OPTIONS forget fail =200 @0", "0?OPTIONS 0>200 #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nist_answers_repeats),
		cmocka_unit_test(nist_reports_transport_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
