/** @file sip/header.c */
#include "sip/header.h"

/* In the order of their names, which sip_header_parse relies on and a test checks. */
static const struct span names[] = { [SIP_HEADER_OTHER] = SPAN_INIT(""),
#define X(id, name, compact) [SIP_HEADER_##id] = SPAN_INIT(name),
	SIP_HEADERS(X)
#undef X
};

static const char compacts[] = { [SIP_HEADER_OTHER] = 0,
#define X(id, name, compact) [SIP_HEADER_##id] = (compact)[0],
	SIP_HEADERS(X)
#undef X
};

static enum sip_header_id parse_compact(char c)
{
	c = ascii_lower(c);
	for (size_t i = 1; c && i < SIP_HEADER_COUNT; i++)
		if (compacts[i] == c)
			return (enum sip_header_id)i;
	return SIP_HEADER_OTHER;
}

/** Below, equal or above zero, as strcmp; names end where they end. */
static int compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++) {
		int d = (uint8_t)ascii_lower(a.p[i]) - (uint8_t)ascii_lower(b.p[i]);
		if (d)
			return d;
	}
	return (a.n > b.n) - (a.n < b.n);
}

enum sip_header_id sip_header_parse(struct span name)
{
	size_t low = 1, high = SIP_HEADER_COUNT;

	if (name.n == 1)
		return parse_compact(name.p[0]);
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = compare(name, names[mid]);
		if (d == 0)
			return (enum sip_header_id)mid;
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return SIP_HEADER_OTHER;
}

struct span sip_header_name(enum sip_header_id id)
{
	return names[id];
}
