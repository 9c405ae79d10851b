/** @file sip/method.c */
#include "sip/method.h"

static const struct span names[] = { [SIP_METHOD_OTHER] = SPAN_INIT(""),
#define X(name) [SIP_METHOD_##name] = SPAN_INIT(#name),
	SIP_METHODS(X)
#undef X
};

enum sip_method sip_method_parse(struct span token)
{
	for (size_t i = SIP_METHOD_OTHER + 1; i < ARRAY_LEN(names); i++)
		if (span_eq(names[i], token))
			return (enum sip_method)i;
	return SIP_METHOD_OTHER;
}

struct span sip_method_name(enum sip_method m)
{
	return names[m];
}
