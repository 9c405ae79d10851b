/** @file base/span.c */
#include "base/span.h"

sotto_err span_u64(struct span s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	*out = 0;
	if (s.n == 0)
		return SOTTO_ESYNTAX;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return SOTTO_ESYNTAX;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t d = (uint64_t)(s.p[i] - '0');
		if (v > (max - (d > max ? max : d)) / 10 || d > max)
			return SOTTO_ETOOBIG;
		v = v * 10 + d;
	}
	*out = v;
	return SOTTO_OK;
}

sotto_err span_cstr(struct span s, char *out, size_t cap)
{
	if (s.n >= cap) {
		if (cap)
			out[0] = 0;
		return SOTTO_ENOSPACE;
	}
	if (s.n)
		memcpy(out, s.p, s.n);
	out[s.n] = 0;
	return SOTTO_OK;
}
