/** @file fuzz/sip/must.h  A property that holds for any input; stays on in every build. */
#pragma once
#include <stdlib.h>

#include "base/span.h"

#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

/** A span is absent, or lies within `all`. */
static inline bool lies_within(struct span s, struct span all)
{
	return !s.p ||
	       (s.p >= all.p && s.p <= all.p + all.n && s.n <= (size_t)(all.p + all.n - s.p));
}

static inline bool same(struct span a, struct span b)
{
	return span_eq(a, b);
}
