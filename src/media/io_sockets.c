/** @file media/io_sockets.c */
#include "media/io_sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "io/udp.h"

#define WAKE     UINT32_MAX /* in place of a port's id */
#define PER_PORT 8          /* packets of one port in a turn: a flood leaves room for the others */

struct port {
	int fd; /* -1: none */
	enum ip_family family;
};

struct io_sockets {
	int epoll, wake;
	struct port *ports; /* [owned] by port id */
	uint32_t cap;
	/* What epoll has reported; those from `due` on have not been served yet. */
	struct epoll_event events[MEDIA_BATCH];
	int due, reported;
	struct io_sockets_drops drops;
};

static sotto_err start(struct io_sockets *s)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = WAKE };

	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (s->epoll < 0 || s->wake < 0 || epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &e) != 0)
		return SOTTO_EIO;
	return SOTTO_OK;
}

sotto_err io_sockets_create(struct io_sockets **out)
{
	struct io_sockets *s = calloc(1, sizeof(*s));
	sotto_err err;

	*out = NULL;
	if (!s)
		return SOTTO_ENOMEM;
	s->epoll = s->wake = -1;
	err = start(s);
	if (err) {
		io_sockets_destroy(s);
		return err;
	}
	*out = s;
	return SOTTO_OK;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void io_sockets_destroy(struct io_sockets *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->cap; i++)
		close_fd(s->ports[i].fd);
	close_fd(s->epoll);
	close_fd(s->wake);
	free(s->ports);
	free(s);
}

struct io_sockets_drops io_sockets_drops(const struct io_sockets *s)
{
	return s->drops;
}

/* ---- ports ---- */

static sotto_err bind_fd(int fd, const struct netaddr *local)
{
	struct sockaddr_storage ss;
	socklen_t n = netaddr_to_sockaddr(local, &ss);
	int on = 1;

	/* an IPv4 leg may have the same port */
	if (local->family == IP_V6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		return SOTTO_EIO;
	if (bind(fd, (struct sockaddr *)&ss, n) == 0)
		return SOTTO_OK;
	return errno == EADDRINUSE ? SOTTO_EADDRINUSE : SOTTO_EIO;
}

static sotto_err on_bind(void *ctx, const struct netaddr *local, int *fd)
{
	int family = local->family == IP_V6 ? AF_INET6 : AF_INET;
	sotto_err err;

	(void)ctx;
	*fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return SOTTO_EIO;
	err = bind_fd(*fd, local);
	if (err) {
		close(*fd);
		*fd = -1;
	}
	return err;
}

static void on_unbind(void *ctx, int fd)
{
	(void)ctx;
	close_fd(fd);
}

static sotto_err make_room(struct io_sockets *s, uint32_t port_id)
{
	uint32_t cap = s->cap ? s->cap : 64;
	struct port *ports;

	if (port_id < s->cap)
		return SOTTO_OK;
	while (cap <= port_id)
		cap *= 2;
	ports = realloc(s->ports, cap * sizeof(*ports));
	if (!ports)
		return SOTTO_ENOMEM;
	for (uint32_t i = s->cap; i < cap; i++)
		ports[i] = (struct port){ .fd = -1 };
	s->ports = ports;
	s->cap = cap;
	return SOTTO_OK;
}

static struct port *port_of(const struct io_sockets *s, uint32_t port_id)
{
	return port_id < s->cap && s->ports[port_id].fd >= 0 ? &s->ports[port_id] : NULL;
}

static void on_set_dscp(void *ctx, uint32_t port_id, uint8_t dscp)
{
	const struct port *port = port_of(ctx, port_id);
	int field = (dscp & 63) << 2; /* RFC 2474 §3: above the two bits of ECN */

	if (!port)
		return;
	/* a kernel that refuses marks nothing: the call goes on */
	if (port->family == IP_V6)
		(void)setsockopt(port->fd, IPPROTO_IPV6, IPV6_TCLASS, &field, sizeof(field));
	else
		(void)setsockopt(port->fd, IPPROTO_IP, IP_TOS, &field, sizeof(field));
}

static enum ip_family family_of(int fd)
{
	int domain = 0;
	socklen_t n = sizeof(domain);

	(void)getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n);
	return domain == AF_INET6 ? IP_V6 : IP_V4;
}

static sotto_err on_add_port(void *ctx, int fd, uint32_t port_id, uint8_t dscp)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = port_id };
	struct io_sockets *s = ctx;

	TRY(make_room(s, port_id));
	if (port_of(s, port_id))
		return SOTTO_EEXIST;
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &e) != 0)
		return SOTTO_EIO;
	s->ports[port_id] = (struct port){ .fd = fd, .family = family_of(fd) };
	on_set_dscp(s, port_id, dscp);
	return SOTTO_OK;
}

static void on_remove_port(void *ctx, uint32_t port_id)
{
	struct port *port = port_of(ctx, port_id);

	if (!port)
		return;
	close(port->fd); /* which takes it out of the epoll too */
	port->fd = -1;
}

/* ---- packets ---- */

/** Up to `n` of one port's packets; those that do not fit are dropped. Returns how many. */
static size_t receive_from(
	struct io_sockets *s, uint32_t port_id, struct media_packet *packets, size_t n)
{
	struct sockaddr_storage from[PER_PORT];
	struct mmsghdr msgs[PER_PORT];
	struct iovec iov[PER_PORT];
	const struct port *port = port_of(s, port_id);
	size_t kept = 0;
	int got;

	if (!port)
		return 0;
	if (n > PER_PORT)
		n = PER_PORT;
	for (size_t i = 0; i < n; i++) {
		iov[i] = (struct iovec){ packets[i].payload, packets[i].cap - MEDIA_TAILROOM };
		msgs[i] = (struct mmsghdr){ .msg_hdr = {
						    .msg_name = &from[i],
						    .msg_namelen = sizeof(from[i]),
						    .msg_iov = &iov[i],
						    .msg_iovlen = 1,
					    } };
	}
	got = recvmmsg(port->fd, msgs, (unsigned)n, MSG_DONTWAIT, NULL);
	for (int i = 0; i < got; i++) {
		uint8_t *spare = packets[kept].payload;

		if (msgs[i].msg_hdr.msg_flags & MSG_TRUNC) {
			s->drops.too_long++;
			continue;
		}
		packets[kept].payload = packets[i].payload; /* close the gap of a dropped one */
		packets[i].payload = spare;
		packets[kept].port_id = port_id;
		packets[kept].len = msgs[i].msg_len;
		netaddr_from_sockaddr(&packets[kept].peer, (struct sockaddr *)&from[i]);
		kept++;
	}
	return kept;
}

/**
 * Asks for ports that have packets, unless some are still due. epoll reports the same ports first
 * again and again while packets wait there: asked anew in each turn, a few flooded ones would have
 * all turns.
 */
static void find_due(struct io_sockets *s, int wait_ms)
{
	if (s->due < s->reported)
		return;
	s->due = 0;
	s->reported = epoll_wait(s->epoll, s->events, MEDIA_BATCH, wait_ms);
}

static size_t on_rx(void *ctx, struct media_packet *packets, size_t n, int wait_ms)
{
	struct io_sockets *s = ctx;
	size_t count = 0;
	uint64_t wakes;

	find_due(s, wait_ms);
	for (; s->due < s->reported && count < n; s->due++) {
		uint32_t port_id = s->events[s->due].data.u32;

		if (port_id == WAKE)
			(void)!read(s->wake, &wakes, sizeof(wakes)); /* only resets it */
		else
			count += receive_from(s, port_id, packets + count, n - count);
	}
	return count;
}

/** Packets of one port. */
static void send_from(
	struct io_sockets *s, const struct port *port, const struct media_packet *packets, size_t n)
{
	struct sockaddr_storage to[MEDIA_BATCH];
	struct mmsghdr msgs[MEDIA_BATCH];
	struct iovec iov[MEDIA_BATCH];
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		iov[i] = (struct iovec){ packets[i].payload, packets[i].len };
		msgs[i] = (struct mmsghdr){ .msg_hdr = {
						    .msg_name = &to[i],
						    .msg_namelen = netaddr_to_sockaddr(
							    &packets[i].peer, &to[i]),
						    .msg_iov = &iov[i],
						    .msg_iovlen = 1,
					    } };
	}
	while (at < n) {
		int sent = sendmmsg(port->fd, msgs + at, (unsigned)(n - at), MSG_DONTWAIT);

		if (sent > 0) {
			at += (size_t)sent;
		} else if (sent == 0 || errno != EINTR) { /* the first of them was refused */
			s->drops.not_sent++;
			at++;
		}
	}
}

static void on_tx(void *ctx, const struct media_packet *packets, size_t n)
{
	struct io_sockets *s = ctx;

	for (size_t at = 0; at < n;) {
		const struct port *port = port_of(s, packets[at].port_id);
		size_t run = 1;

		while (at + run < n && run < MEDIA_BATCH &&
			packets[at + run].port_id == packets[at].port_id)
			run++;
		if (port)
			send_from(s, port, packets + at, run);
		at += run;
	}
}

/** The kernel sends to an address of its own from that address, and within 127/8 always. */
static bool on_is_local(void *ctx, const struct netaddr *a)
{
	struct netaddr source;

	(void)ctx;
	return (a->family == IP_V4 && a->ip[0] == 127) ||
	       (udp_source_for(a, &source) == SOTTO_OK && netaddr_eq_ip(a, &source));
}

static void on_wake(void *ctx)
{
	struct io_sockets *s = ctx;
	uint64_t one = 1;

	(void)!write(s->wake, &one, sizeof(one)); /* full means that it is awake already */
}

struct media_io io_sockets_io(struct io_sockets *s)
{
	return (struct media_io){
		.ctx = s,
		.bind = on_bind,
		.unbind = on_unbind,
		.add_port = on_add_port,
		.set_dscp = on_set_dscp,
		.remove_port = on_remove_port,
		.rx = on_rx,
		.tx = on_tx,
		.is_local = on_is_local,
		.wake = on_wake,
	};
}
