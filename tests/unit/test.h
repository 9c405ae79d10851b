/**
 * @file unit/test.h  cmocka with labelled rows: a failure names the row of the table that it is in.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

/** for (...) { ROW(row->label); ... } */
#define ROW(label) (test_row_ = (label))

static const char *test_row_ __attribute__((unused)) = "";

#define CHECK(cond)                                            \
	do {                                                   \
		if (!(cond))                                   \
			fail_msg("[%s] %s", test_row_, #cond); \
	} while (0)

#define CHECK_INT(want, got)                                                                    \
	do {                                                                                    \
		long long want_ = (long long)(want), got_ = (long long)(got);                   \
		if (want_ != got_)                                                              \
			fail_msg("[%s] %s: want %lld, got %lld", test_row_, #got, want_, got_); \
	} while (0)

#define CHECK_SPAN(want, got)                                                                \
	do {                                                                                 \
		struct span want_ = span_of(want), got_ = (got);                             \
		if (!span_eq(want_, got_))                                                   \
			fail_msg("[%s] %s: want '%s', got '%.*s'", test_row_, #got, want_.p, \
				SPAN_FMT(got_));                                             \
	} while (0)

#define CHECK_OK(expr) CHECK_INT(SOTTO_OK, (expr))
