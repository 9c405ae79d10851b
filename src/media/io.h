/**
 * @file media/io.h  The two calls under the packet pipeline. Back ends: io_sockets.c (a socket per
 * port; needs nothing), later shared sockets and AF_XDP; the simulator has its own.
 */
#pragma once
#include "base/err.h"
#include "base/netaddr.h"

#define MEDIA_BATCH       64  /* packets of one turn */
#define MEDIA_HEADROOM    64  /* bytes before the payload */
#define MEDIA_TAILROOM    160 /* bytes behind the longest payload: SRTP_TRAILER_MAX */
#define MEDIA_PAYLOAD_MAX 2048

struct media_packet {
	uint32_t port_id;    /* which local port: as given to add_port */
	struct netaddr peer; /* source of a received packet, destination of one to send */
	uint8_t *payload;    /* with the headroom before it */
	size_t len;          /* bytes */
	size_t cap;          /* bytes from payload on */
};

struct media_io {
	void *ctx;
	/** Binds `local` (address and port). SOTTO_EADDRINUSE, SOTTO_EIO. Any thread. */
	sotto_err (*bind)(void *ctx, const struct netaddr *local, int *fd);
	/** Closes what was bound and never entered. Any thread. */
	void (*unbind)(void *ctx, int fd);
	/** Enters a bound port under `port_id`. The worker's thread. */
	sotto_err (*add_port)(void *ctx, int fd, uint32_t port_id, uint8_t dscp);
	/** A new DSCP. */
	void (*set_dscp)(void *ctx, uint32_t port_id, uint8_t dscp);
	/** Closes it. */
	void (*remove_port)(void *ctx, uint32_t port_id);
	/**
	 * Fills at most `n` packets (payload, cap set by the caller: MEDIA_TAILROOM of it stays
	 * free; longer ones are dropped); may exchange their payload pointers. Waits up to
	 * `wait_ms` for the first (-1: no limit; woken early by wake). Returns how many.
	 */
	size_t (*rx)(void *ctx, struct media_packet *packets, size_t n, int wait_ms);
	/** Sends all; what the kernel refuses is counted and dropped. */
	void (*tx)(void *ctx, const struct media_packet *packets, size_t n);
	/** True if `a` is an address of this machine; its port does not matter. Any thread. */
	bool (*is_local)(void *ctx, const struct netaddr *a);
	/** Ends a waiting rx, from any thread. */
	void (*wake)(void *ctx);
};
