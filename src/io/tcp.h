/**
 * @file io/tcp.h  TCP listeners and connections over libuv. What waits to be sent is bounded, and
 * so is the time to connect. Closing has two phases: tcp_close detaches at once (no callback comes
 * any more), the memory goes after the turn.
 */
#pragma once
#include "base/netaddr.h"
#include "base/span.h"
#include "io/loop.h"

#define TCP_QUEUE_MAX   (1 << 20) /* bytes of one connection that wait to be sent */
#define TCP_BACKLOG     512
#define TCP_KEEPALIVE_S 90         /* idle seconds until the kernel asks whether the peer lives */
#define TCP_UNACKED_MS  30000      /* bytes unacknowledged for so long end the connection */
#define TCP_DRAIN_MS    SECONDS(2) /* for tcp_drain to get the last bytes over */

struct tcp_listener;
struct tcp_conn;

/** A new connection, to be adopted with tcp_start or closed, within the call. */
typedef void tcp_accept_fn(void *ctx, struct tcp_conn *conn);

/**
 * Binds a socket of our own, so that workers share the port (SO_REUSEPORT) and IPv6 stays IPv6.
 * Nothing is accepted before tcp_listener_start.
 * @return SOTTO_OK; SOTTO_EADDRINUSE; SOTTO_EIO: errno says why; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err tcp_listener_open(
	struct tcp_listener **out, struct loop *l, const struct netaddr *bind);

/** SOTTO_EADDRINUSE, SOTTO_EIO. */
SOTTO_MUST_USE sotto_err tcp_listener_start(struct tcp_listener *t, tcp_accept_fn *fn, void *ctx);

/** NULL is legal. Connections that it made live on. */
void tcp_listener_close(struct tcp_listener *t);

/** As bound; a port 0 has become the real one. */
const struct netaddr *tcp_listener_local(const struct tcp_listener *t);

struct tcp_events {
	void *ctx;
	/** A connection of ours is made. */
	void (*on_open)(void *ctx);
	/** Bytes; they may be changed, and are gone afterwards. */
	void (*on_read)(void *ctx, char *bytes, size_t n);
	/**
	 * The connection is over: SOTTO_ECLOSED: by the peer; SOTTO_ETIMEOUT: connecting took too
	 * long; SOTTO_EIO: refused or broken. Once at most; tcp_close is still the owner's to call.
	 */
	void (*on_over)(void *ctx, sotto_err why);
};

/**
 * Connects. on_open or on_over follows, never from within this call.
 * @param from [in] our address; its port does not count; NULL or IP_NONE: the kernel's choice
 * @return SOTTO_OK; SOTTO_EIO: refused at once; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err tcp_connect(struct tcp_conn **out, struct loop *l,
	const struct netaddr *remote, const struct netaddr *from, ms_t within,
	const struct tcp_events *events);

/** Adopts an accepted connection and begins to read. SOTTO_EIO: it is gone already. */
SOTTO_MUST_USE sotto_err tcp_start(struct tcp_conn *c, const struct tcp_events *events);

/** The two ends. `local` is IP_NONE until the connection is open. */
const struct netaddr *tcp_remote(const struct tcp_conn *c);
const struct netaddr *tcp_local(const struct tcp_conn *c);

/**
 * Sends, or queues, all of `bytes`. A failure that shows later comes by on_over.
 * @return SOTTO_OK; SOTTO_ELIMIT: over TCP_QUEUE_MAX, nothing was taken; SOTTO_ECLOSED: not open,
 *         or over; SOTTO_ENOMEM, SOTTO_EIO: part of it may be sent: close it
 */
SOTTO_MUST_USE sotto_err tcp_send(struct tcp_conn *c, struct span bytes);

/** Bytes that tcp_send would still take. */
size_t tcp_room(const struct tcp_conn *c);

/** Detaches and closes at once; what is queued is lost. NULL and twice are legal. */
void tcp_close(struct tcp_conn *c);

/**
 * Detaches; sends what is queued and waits for the peer to close, for TCP_DRAIN_MS at most, while
 * what it still sends is dropped; then closes.
 */
void tcp_drain(struct tcp_conn *c);
