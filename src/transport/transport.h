/**
 * @file transport/transport.h  What the edge asks of SIP transport, and what it hears back. Behind
 * it stand sockets (transport/sip_server.h) or the simulator's network.
 */
#pragma once
#include "base/time.h"
#include "sip/hop.h"

#define TRANSPORT_LISTENERS_MAX 32

/** A listener as the edge sees it. */
struct transport_listener {
	enum sip_transport transport;
	struct netaddr bind;
	struct netaddr advertise; /* stands in Via and Contact (SPEC T1): bind, unless it is set */
	struct netaddr media_bind, media_advertise; /* for SDP of legs that use it; port 0 */
};

/** What protects a flow, for records and for `sotto call`. */
struct transport_security {
	char tls_version[16]; /* "TLSv1.3"; empty: none */
	char tls_cipher[64];
	char peer_name[128]; /* verified certificate identity; empty: none */
};

struct transport_port {
	void *ctx;
	/**
	 * Sends one message, or queues it for a connection that is being made. With hop->flow set
	 * only that flow is used. Else: UDP from hop->listener's socket; TCP and TLS over a
	 * connection to hop->remote, an old or a new one, which is then entered in hop->flow.
	 * @return SOTTO_OK; SOTTO_ECLOSED: the flow is gone; SOTTO_EIO; SOTTO_ELIMIT: its queue is
	 * full
	 */
	sotto_err (*send)(void *ctx, struct sip_hop *hop, struct span message);
	/** The listener that such a hop goes out by; hop->listener is filled in. NULL: none of that
	 * kind. */
	const struct transport_listener *(*listener)(void *ctx, struct sip_hop *hop);
	/** False if the flow is gone. */
	bool (*security)(void *ctx, handle_t flow, struct transport_security *out);
	/**
	 * Resolves a host name; transport_events.on_resolved follows, never from within this call.
	 * `cookie` is handed back.
	 */
	sotto_err (*resolve)(void *ctx, struct span host, uint16_t port, uint64_t cookie);
};

#define TRANSPORT_ADDRESSES_MAX 8

/** Implemented by the edge; called on the signalling thread. */
struct transport_events {
	void *ctx;
	/** One whole message. The bytes may be changed and are gone afterwards. */
	void (*on_message)(
		void *ctx, char *bytes, size_t n, const struct sip_hop *from, instant_t now);
	/** A flow is closed, or could not be made. */
	void (*on_flow_gone)(void *ctx, handle_t flow, instant_t now);
	/** n 0: no such name. Ports are as asked. */
	void (*on_resolved)(void *ctx, uint64_t cookie, const struct netaddr *addresses, size_t n,
		instant_t now);
};
