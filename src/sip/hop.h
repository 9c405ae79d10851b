/** @file sip/hop.h  Where a message came by, or is to go: transport, addresses, flow. */
#pragma once
#include "base/handle.h"
#include "base/netaddr.h"

enum sip_transport {
	SIP_TRANSPORT_UDP,
	SIP_TRANSPORT_TCP,
	SIP_TRANSPORT_TLS,
	SIP_TRANSPORT_WSS,
};
#define SIP_TRANSPORT_COUNT 4

struct sip_hop {
	enum sip_transport transport;
	struct netaddr remote;
	struct netaddr local; /* the address that was asked, or to send from; IP_NONE: any */
	uint16_t listener;  /* index of the listener that it came by; to send: that one's socket */
	handle_t flow;      /* the connection (TCP, TLS, WSS); 0: find or open one to `remote` */
	char tls_name[128]; /* to open a TLS connection: the name to verify; empty: the address */
};

static inline bool sip_transport_is_reliable(enum sip_transport t)
{
	return t != SIP_TRANSPORT_UDP;
}

/** Keys in SDP cannot be read on the path. */
static inline bool sip_transport_is_secure(enum sip_transport t)
{
	return t == SIP_TRANSPORT_TLS || t == SIP_TRANSPORT_WSS;
}

static inline uint16_t sip_transport_port(enum sip_transport t)
{
	return sip_transport_is_secure(t) ? 5061 : 5060;
}

/** "UDP", "TCP", "TLS", "WSS", as in a Via. */
struct span sip_transport_name(enum sip_transport t);

/** Case-insensitive; SOTTO_EUNSUPPORTED if we do not know it. */
SOTTO_MUST_USE sotto_err sip_transport_parse(struct span name, enum sip_transport *out);
