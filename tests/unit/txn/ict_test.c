/** @file unit/txn/ict_test.c  The INVITE client machine (RFC 3261 §17.1.1, RFC 6026). */
#include "unit/txn/rig.h"

#define A_ALL                                                                   \
	"0>INVITE 500>INVITE 1500>INVITE 3500>INVITE 7500>INVITE 15500>INVITE " \
	"31500>INVITE "

static void ict_retransmits_and_gives_up(void **state)
{
	static const struct rig_row rows[] = {
		{ "timer A doubles without a bound, timer B ends it", "INVITE @100000",
			A_ALL "32000!timeout #0" },
		{ "over TCP nothing is repeated", "tcp INVITE @100000",
			"0>INVITE 32000!timeout #0" },
		{ "a moment before timer B it still waits", "tcp INVITE @31999", "0>INVITE #1" },
		{ "a provisional stops A and B", "INVITE @600 <100 @90000 <180 @500000",
			"0>INVITE 500>INVITE 600!100 90000!180 #1" },
		{ "forgotten while it rings: ends 64*T1 later", "INVITE <180 @1000 forget @33000",
			"0>INVITE 0!180 #0" },
		{ "forgotten before it rings", "tcp INVITE forget @10 <180 @32009", "0>INVITE #1" },
		{ "forgotten before it rings, and over", "tcp INVITE forget @10 <180 @32010",
			"0>INVITE #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void ict_acks_refusals(void **state)
{
	static const struct rig_row rows[] = {
		{ "from Calling; timer D is 32 s over UDP", "INVITE <486 @31999",
			"0>INVITE 0>ACK 0!486 #1" },
		{ "timer D", "INVITE <486 @32000", "0>INVITE 0>ACK 0!486 #0" },
		{ "timer D is 0 over TCP", "tcp INVITE <486 @0", "0>INVITE 0>ACK 0!486 #0" },
		{ "from Proceeding", "INVITE <180 @5000 <603 @5001",
			"0>INVITE 0!180 5000>ACK 5000!603 #1" },
		{ "each repeat gets its ACK, the user hears of one",
			"INVITE <300 @500 <300 @1500 <300",
			"0>INVITE 0>ACK 0!300 500>ACK 1500>ACK #1" },
		{ "a late provisional is absorbed", "INVITE <404 <180", "0>INVITE 0>ACK 0!404 #1" },
		{ "a 2xx of another branch is for the dialogs", "INVITE <404 <200",
			"0>INVITE 0>ACK 0!404 0~200 #1" },
		{ "after timer D a refusal is a stranger", "INVITE <404 @32000 <404",
			"0>INVITE 0>ACK 0!404 32000~404 #0" },
		{ "forgotten: the ACK still goes out", "INVITE forget <404 @32000",
			"0>INVITE 0>ACK #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void ict_passes_every_2xx(void **state)
{
	static const struct rig_row rows[] = {
		{ "from Calling, no ACK of ours; timer M", "INVITE <200 @500 <200 @31999 <200",
			"0>INVITE 0!200 500!200 31999!200 #1" },
		{ "timer M also over TCP", "tcp INVITE <180 @10 <200 @32009",
			"0>INVITE 0!180 10!200 #1" },
		{ "timer M ends it, a late 2xx goes to the dialogs", "INVITE @10 <200 @32010 <200",
			"0>INVITE 10!200 32010~200 #0" },
		{ "Accepted absorbs all but 2xx", "INVITE <200 <180 <486 <200",
			"0>INVITE 0!200 0!200 #1" },
		{ "forgotten: somebody must ACK and BYE", "INVITE forget <200 <200",
			"0>INVITE 0~200 0~200 #1" },
		{ "given up: a 2xx comes too late", "tcp INVITE @32000 <200",
			"0>INVITE 32000!timeout 32000~200 #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void ict_cancels(void **state)
{
	static const struct rig_row rows[] = {
		{ "held back until a provisional",
			"tcp INVITE cancel @900 <100 @901 <c200 <487 @901",
			"0>INVITE 900>CANCEL 900!100 901>ACK 901!487 #0" },
		{ "at once while it rings", "tcp INVITE <180 @50 cancel",
			"0>INVITE 0!180 50>CANCEL #2" },
		{ "once, however often it is asked for",
			"tcp INVITE cancel cancel <180 cancel <180",
			"0>INVITE 0>CANCEL 0!180 0!180 #2" },
		{ "CANCEL is repeated over UDP by timer E", "INVITE <180 cancel @2000 <c200 @4000",
			"0>INVITE 0!180 0>CANCEL 500>CANCEL 1500>CANCEL #2" },
		{ "its answer ends in timer K", "INVITE <180 cancel <c200 @5000",
			"0>INVITE 0!180 0>CANCEL #1" },
		{ "no final answer within 64*T1 of it", "tcp INVITE <180 @100 cancel <c200 @32100",
			"0>INVITE 0!180 100>CANCEL 32100!timeout #0" },
		{ "not answered at all", "tcp INVITE cancel @40000", "0>INVITE 32000!timeout #0" },
		{ "the 200 crosses it", "tcp INVITE <180 cancel <200 <c481",
			"0>INVITE 0!180 0>CANCEL 0!200 #2" },
		{ "the 200 comes in place of a provisional", "tcp INVITE cancel <200 @1",
			"0>INVITE 0!200 #1" },
		{ "too late: accepted", "tcp INVITE <200 cancel", "0>INVITE 0!200 #1" },
		{ "too late: refused", "INVITE <486 cancel", "0>INVITE 0>ACK 0!486 #1" },
		{ "of an OPTIONS: nothing (§9.1)", "tcp OPTIONS <100 cancel",
			"0>OPTIONS 0!100 #1" },
		{ "an answer to a CANCEL that is over is dropped",
			"tcp INVITE <180 cancel <487 <c200 @1 <c200",
			"0>INVITE 0!180 0>CANCEL 0>ACK 0!487 #0" },
		{ "forgotten after it", "tcp INVITE <180 cancel forget <c200 @32000",
			"0>INVITE 0!180 0>CANCEL #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

static void ict_reports_transport_failures(void **state)
{
	static const struct rig_row rows[] = {
		{ "never from within the start", "fail INVITE", "0>INVITE #1" },
		{ "Calling: by the next turn of the timers", "fail INVITE @0",
			"0>INVITE 0!error #0" },
		{ "Calling: at a repeat", "INVITE fail @500", "0>INVITE 500>INVITE 500!error #0" },
		{ "Calling: the flow is gone", "tcp INVITE @5 gone @5", "0>INVITE 5!error #0" },
		{ "Proceeding: the flow is gone", "tcp INVITE <180 gone @5",
			"0>INVITE 0!180 0!error #0" },
		{ "a flow that send has entered", "INVITE gone @1", "0>INVITE 0!error #0" },
		{ "Completed: the ACK cannot be sent", "INVITE fail <486 @0",
			"0>INVITE 0>ACK 0!486 0!error #0" },
		{ "Completed: the flow does not matter", "INVITE <486 gone @10",
			"0>INVITE 0>ACK 0!486 #1" },
		{ "Accepted: nothing is sent any more", "tcp INVITE <200 gone fail @10",
			"0>INVITE 0!200 #1" },
		{ "an answer in the same moment wins", "fail INVITE <200 @10",
			"0>INVITE 0!200 #1" },
		{ "the CANCEL cannot be sent: the wait goes on",
			"tcp INVITE <180 fail cancel @32000",
			"0>INVITE 0!180 0>CANCEL 32000!timeout #0" },
		{ "forgotten: nobody hears of it", "INVITE forget fail @500",
			"0>INVITE 500>INVITE #0" },
	};

	(void)state;
	rig_check(rows, ARRAY_LEN(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ict_retransmits_and_gives_up),
		cmocka_unit_test(ict_acks_refusals),
		cmocka_unit_test(ict_passes_every_2xx),
		cmocka_unit_test(ict_cancels),
		cmocka_unit_test(ict_reports_transport_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
