/** @file base/failure.c */
#include "base/failure.h"

static const struct failure_info rows[] = {
#define X(name, status, cause, text, remedy) { #name, status, cause, text, remedy },
	FAILURES(X)
#undef X
};

const struct failure_info *failure_info(enum failure f)
{
	return &rows[f < FAILURE_COUNT ? f : FAILURE_internal_error];
}
