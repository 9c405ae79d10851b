/**
 * @file transport/sip_server.h  SIP over sockets: the listeners and connections of one signalling
 * worker (RFC 3261 §18, RFC 5626 §4.4.1; SPEC T1–T5, T9).
 *
 * Behind transport/transport.h: it calls `struct transport_events` for each whole message, and is
 * called through `struct transport_port`. All of it lives on the loop's thread.
 *
 *   struct buf why = buf_over(text, sizeof(text));
 *   TRY(sip_server_create(&server, loop, &settings, &log, &why));
 *   port = sip_server_port(server);         // for the edge
 *   TRY(sip_server_start(server, &events)); // from the edge
 *   loop_run(loop);
 *   sip_server_destroy(server);
 *
 * What the peer can make us hold is bounded: connections, bytes waiting to be framed (one message),
 * bytes waiting to be sent, and the time that a connection may take for its TLS handshake, its
 * first message and each message. A connection that speaks SIP, not just pings, may be idle for as
 * long as it likes.
 */
#pragma once
#include "base/log.h"
#include "io/loop.h"
#include "io/tls_context.h"
#include "transport/transport.h"

#define SIP_SERVER_FLOWS_MAX    16384 /* the most that `flows_max` may ask for */
#define SIP_SERVER_FLOWS        4096  /* what it is unless set */
#define SIP_SERVER_SOURCE_FLOWS 256   /* accepted from one IPv4 address or IPv6 /64, unless set */
#define SIP_SERVER_CONNECT_MS   SECONDS(8)  /* for TCP to connect; within timer B and F */
#define SIP_SERVER_HANDSHAKE_MS SECONDS(10) /* for TLS, once TCP is connected */
#define SIP_SERVER_MESSAGE_MS   SECONDS(20) /* from a message's first byte to its last */
#define SIP_SERVER_FIRST_MS     SECONDS(60) /* from accept to the first whole message */

struct sip_listener_settings {
	enum sip_transport transport;               /* UDP, TCP or TLS */
	struct netaddr bind;                        /* port 0: a free one */
	struct netaddr advertise;                   /* IP_NONE: as bind; port 0: bind's port */
	struct netaddr media_bind, media_advertise; /* IP_NONE: as bind and advertise */
	struct tls_server_settings tls;             /* TLS, unless is_outgoing_only */
	/* TCP and TLS: makes connections and accepts none (`sotto call`) */
	bool is_outgoing_only;
};

/** Zero in a number means its default, above. */
struct sip_server_settings {
	struct sip_listener_settings listeners[TRANSPORT_LISTENERS_MAX];
	size_t listener_count;
	struct tls_client_settings tls_client; /* for connections that we make */
	uint32_t flows_max;
	uint32_t source_flows_max; /* of accepted ones, so that one host cannot take them all */
	ms_t connect_ms, handshake_ms, message_ms, first_ms;
};

struct sip_server;

/**
 * Binds every listener and reads the certificates; nothing is received yet.
 *
 * @param settings [in] not kept
 * @param log      [in] borrowed for the server's life; may be NULL
 * @param why      [out] one sentence that names the listener or file if it fails; may be NULL
 * @return SOTTO_OK; SOTTO_EADDRINUSE; SOTTO_EIO: another refusal by the system; SOTTO_EINVAL;
 *         SOTTO_EUNSUPPORTED: WSS; SOTTO_ENOMEM; or as tls_context_create_server
 */
SOTTO_MUST_USE sotto_err sip_server_create(struct sip_server **out, struct loop *loop,
	const struct sip_server_settings *settings, const struct log *log, struct buf *why);

/**
 * Begins to receive. `events` is copied. Its functions are called from the loop only, never from
 * within a function of the port.
 */
SOTTO_MUST_USE sotto_err sip_server_start(
	struct sip_server *s, const struct transport_events *events);

/** What the edge sends by. Valid until sip_server_destroy. */
struct transport_port sip_server_port(struct sip_server *s);

/** The listeners as bound (a port 0 of the settings is now the real one). */
const struct transport_listener *sip_server_listeners(const struct sip_server *s, size_t *n);

/** Connections that exist, in any state. */
size_t sip_server_flow_count(const struct sip_server *s);

/** Closes one connection; on_flow_gone follows. Harmless if it is gone. */
void sip_server_close_flow(struct sip_server *s, handle_t flow);

/**
 * Closes all at once, without calling the events any more; what is still queued is not sent. The
 * memory goes after the current turn of the loop, which must run once more (loop_destroy does).
 * NULL is legal.
 */
void sip_server_destroy(struct sip_server *s);
