/**
 * @file unit/io/net.h  Turning a loop until something has happened. Nothing sleeps: each turn ends
 * when a socket or timer is due, and the bound only stops a test that would never end.
 */
#pragma once
#include "base/netaddr.h"
#include "io/loop.h"
#include "unit/test.h"

#define WAIT_MAX SECONDS(20)

#define WAIT(loop, cond)                                                               \
	do {                                                                           \
		instant_t until_ = instant_add(clock_now(), WAIT_MAX);                 \
		while (!(cond)) {                                                      \
			if (clock_now() > until_)                                      \
				fail_msg("[%s] never happened: %s", test_row_, #cond); \
			loop_turn((loop), 100);                                        \
		}                                                                      \
	} while (0)

static inline struct netaddr net_addr(const char *text)
{
	struct netaddr a;

	if (netaddr_parse(span_of(text), &a))
		fail_msg("no address: %s", text);
	return a;
}
