/** @file sip/hop.c */
#include "sip/hop.h"

static const struct span names[SIP_TRANSPORT_COUNT] = {
	[SIP_TRANSPORT_UDP] = SPAN_INIT("UDP"),
	[SIP_TRANSPORT_TCP] = SPAN_INIT("TCP"),
	[SIP_TRANSPORT_TLS] = SPAN_INIT("TLS"),
	[SIP_TRANSPORT_WSS] = SPAN_INIT("WSS"),
};

struct span sip_transport_name(enum sip_transport t)
{
	return names[t];
}

sotto_err sip_transport_parse(struct span name, enum sip_transport *out)
{
	*out = SIP_TRANSPORT_UDP;
	for (size_t i = 0; i < SIP_TRANSPORT_COUNT; i++) {
		if (!span_eq_nocase(names[i], name))
			continue;
		*out = (enum sip_transport)i;
		return SOTTO_OK;
	}
	return SOTTO_EUNSUPPORTED;
}
