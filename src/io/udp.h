/**
 * @file io/udp.h  A UDP socket that knows which of our addresses was asked, and answers from it
 * (RFC 3261 §18.2.2: responses go back from where the request came to). Batches by recvmmsg.
 * IPv6 sockets carry IPv6 only; several sockets may share a port (SO_REUSEPORT).
 */
#pragma once
#include "base/log.h"
#include "io/loop.h"

#define UDP_BATCH        16    /* datagrams of one system call */
#define UDP_BATCHES      8     /* system calls of one turn: others get theirs too */
#define UDP_DATAGRAM_MAX 65536 /* bytes: more than IP can carry */

struct udp_socket;

/** One datagram. Its bytes may be changed, and are gone afterwards. The socket may be closed. */
typedef void udp_receive_fn(void *ctx, char *bytes, size_t n, const struct netaddr *remote,
	const struct netaddr *local);

/**
 * Binds. Nothing is received before udp_start.
 * @param log [in] for ICMP errors, at debug; borrowed; may be NULL
 * @return SOTTO_OK; SOTTO_EADDRINUSE; SOTTO_EIO: errno says why; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err udp_open(
	struct udp_socket **out, struct loop *l, const struct netaddr *bind, const struct log *log);

/** Begins to receive. SOTTO_EIO. */
SOTTO_MUST_USE sotto_err udp_start(struct udp_socket *u, udp_receive_fn *fn, void *ctx);

/** No datagram comes any more; the memory goes later. NULL is legal. */
void udp_close(struct udp_socket *u);

/** As bound; a port 0 has become the real one. */
const struct netaddr *udp_local(const struct udp_socket *u);

/**
 * Sends one datagram, as fragments if it is large.
 * @param from [in] our address to send from (its port does not count); NULL or IP_NONE: the
 *             kernel's choice
 * @return SOTTO_OK; SOTTO_ELIMIT: lost, as datagrams may be (the kernel's queue is full, say): the
 *         next may pass; SOTTO_EIO: there is no way to `remote`
 */
SOTTO_MUST_USE sotto_err udp_send(struct udp_socket *u, const struct netaddr *remote,
	const struct netaddr *from, struct span bytes);

/** Which of our addresses the kernel would send to `remote` from; port 0. Sends nothing. */
SOTTO_MUST_USE sotto_err udp_source_for(const struct netaddr *remote, struct netaddr *out);
