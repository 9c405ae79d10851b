/** @file io/udp.c  libuv's own UDP has neither IP_PKTINFO nor IP_RECVERR: so uv_poll. */
#include "io/udp.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#define SEND_TRIES       4 /* a flood of ICMP errors brings a new one between any two of them */
#define UDP_BUFFER_BYTES (4 << 20) /* asked of the kernel in each direction; it may give less */

union udp_control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + 64];
};

struct udp_batch {
	struct mmsghdr heads[UDP_BATCH];
	struct iovec vecs[UDP_BATCH];
	struct sockaddr_storage from[UDP_BATCH];
	union udp_control controls[UDP_BATCH];
	char bytes[UDP_BATCH][UDP_DATAGRAM_MAX];
};

struct udp_socket {
	uv_poll_t poll;
	int fd;
	bool is_closed;
	struct netaddr local;
	const struct log *log;
	udp_receive_fn *fn;
	void *ctx;
	struct udp_batch *batch;
};

static int set_on(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

static int set_options(int fd, enum ip_family family)
{
	int bytes = UDP_BUFFER_BYTES, dont = IP_PMTUDISC_DONT;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)); /* as much as there is */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	if (set_on(fd, SOL_SOCKET, SO_REUSEPORT))
		return -1;
	if (family == IP_V6)
		return set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY) |
		       set_on(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO) |
		       set_on(fd, IPPROTO_IPV6, IPV6_RECVERR);
	/* no DF bit: a large message goes as fragments wherever the path narrows */
	setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &dont, sizeof(dont));
	return set_on(fd, IPPROTO_IP, IP_PKTINFO) | set_on(fd, IPPROTO_IP, IP_RECVERR);
}

static sotto_err bind_socket(struct udp_socket *u, const struct netaddr *bind_to)
{
	struct sockaddr_storage sa;
	socklen_t n = netaddr_to_sockaddr(bind_to, &sa);

	u->fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (u->fd < 0 || set_options(u->fd, bind_to->family))
		return SOTTO_EIO;
	if (bind(u->fd, (struct sockaddr *)&sa, n))
		return errno == EADDRINUSE ? SOTTO_EADDRINUSE : SOTTO_EIO;
	n = sizeof(sa);
	if (getsockname(u->fd, (struct sockaddr *)&sa, &n))
		return SOTTO_EIO;
	netaddr_from_sockaddr(&u->local, (struct sockaddr *)&sa);
	return SOTTO_OK;
}

static void free_socket(struct udp_socket *u)
{
	int saved = errno; /* the caller may want to name it */

	if (u->fd >= 0)
		close(u->fd);
	free(u->batch);
	free(u);
	errno = saved;
}

sotto_err udp_open(struct udp_socket **out, struct loop *l, const struct netaddr *bind_to,
	const struct log *log)
{
	struct udp_socket *u = calloc(1, sizeof(*u));
	sotto_err err = SOTTO_ENOMEM;

	*out = NULL;
	if (!u)
		return SOTTO_ENOMEM;
	u->fd = -1;
	u->log = log;
	u->batch = calloc(1, sizeof(*u->batch));
	if (u->batch)
		err = bind_socket(u, bind_to);
	if (!err)
		err = loop_err(uv_poll_init(loop_uv(l), &u->poll, u->fd));
	if (err) {
		free_socket(u);
		return err;
	}
	u->poll.data = u;
	*out = u;
	return SOTTO_OK;
}

static void on_closed(uv_handle_t *h)
{
	free_socket(h->data);
}

void udp_close(struct udp_socket *u)
{
	if (!u || u->is_closed)
		return;
	u->is_closed = true;
	uv_poll_stop(&u->poll);
	uv_close((uv_handle_t *)&u->poll, on_closed);
}

const struct netaddr *udp_local(const struct udp_socket *u)
{
	return &u->local;
}

/** The address that the datagram was sent to; as bound if the kernel did not say. */
static void read_local(const struct udp_socket *u, struct msghdr *m, struct netaddr *out)
{
	*out = u->local;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			memcpy(out->ip, &info.ipi_spec_dst, 4);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			memcpy(out->ip, &info.ipi6_addr, 16);
			if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr))
				out->scope = info.ipi6_ifindex;
		}
	}
}

static void prepare_batch(struct udp_batch *b)
{
	for (size_t i = 0; i < UDP_BATCH; i++) {
		b->vecs[i] = (struct iovec){ b->bytes[i], sizeof(b->bytes[i]) };
		b->heads[i].msg_hdr = (struct msghdr){ .msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->vecs[i],
			.msg_iovlen = 1,
			.msg_control = &b->controls[i],
			.msg_controllen = sizeof(b->controls[i]) };
	}
}

/** Takes one batch; returns how many datagrams there were. */
static size_t receive_batch(struct udp_socket *u)
{
	struct netaddr remote, local;
	int n;

	prepare_batch(u->batch);
	n = recvmmsg(u->fd, u->batch->heads, UDP_BATCH, 0, NULL);
	for (int i = 0; i < n && !u->is_closed; i++) {
		struct mmsghdr *m = &u->batch->heads[i];
		if (m->msg_hdr.msg_flags & MSG_TRUNC)
			continue;
		netaddr_from_sockaddr(&remote, (struct sockaddr *)&u->batch->from[i]);
		read_local(u, &m->msg_hdr, &local);
		u->fn(u->ctx, u->batch->bytes[i], m->msg_len, &remote, &local);
	}
	return n < 0 ? 0 : (size_t)n;
}

static void log_icmp(const struct udp_socket *u, const struct msghdr *m)
{
	struct netaddr to;

	netaddr_from_sockaddr(&to, m->msg_name);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR((struct msghdr *)m, c)) {
		struct sock_extended_err e;
		if (!(c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) &&
			!(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
			continue;
		memcpy(&e, CMSG_DATA(c), sizeof(e));
		log_debug(u->log, transport, "udp_undelivered", LOG_ADDR("to", &to),
			LOG_STR("why", strerror((int)e.ee_errno)));
	}
}

/** Empties the socket's error queue, which would wake the loop again and again. */
static void drain_errors(struct udp_socket *u)
{
	struct sockaddr_storage to;
	char control[512], byte;
	int pending;
	socklen_t n = sizeof(pending);

	for (;;) {
		struct iovec vec = { &byte, 1 };
		struct msghdr m = { .msg_name = &to,
			.msg_namelen = sizeof(to),
			.msg_iov = &vec,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };
		if (recvmsg(u->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
		log_icmp(u, &m);
	}
	(void)getsockopt(u->fd, SOL_SOCKET, SO_ERROR, &pending, &n); /* clears it */
}

static void on_poll(uv_poll_t *h, int status, int events)
{
	struct udp_socket *u = h->data;

	(void)events;
	if (status < 0) { /* POLLERR: libuv has stopped the handle */
		drain_errors(u);
		if (uv_poll_start(h, UV_READABLE, on_poll))
			log_error(u->log, transport, "udp_receive_stopped",
				LOG_ADDR("local", &u->local));
		return;
	}
	for (size_t i = 0; i < UDP_BATCHES && !u->is_closed; i++)
		if (receive_batch(u) < UDP_BATCH)
			break;
}

sotto_err udp_start(struct udp_socket *u, udp_receive_fn *fn, void *ctx)
{
	u->fn = fn;
	u->ctx = ctx;
	return loop_err(uv_poll_start(&u->poll, UV_READABLE, on_poll));
}

/** Names our source address in the datagram's ancillary data. */
static void write_source(struct msghdr *m, union udp_control *control, const struct netaddr *from)
{
	struct cmsghdr *c = &control->align;
	struct in_pktinfo v4 = { 0 };
	struct in6_pktinfo v6 = { .ipi6_ifindex = from->scope };
	bool is_v4 = from->family == IP_V4;

	memset(control, 0, sizeof(*control));
	memcpy(&v4.ipi_spec_dst, from->ip, 4);
	memcpy(&v6.ipi6_addr, from->ip, 16);
	c->cmsg_level = is_v4 ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = is_v4 ? IP_PKTINFO : IPV6_PKTINFO;
	c->cmsg_len = is_v4 ? CMSG_LEN(sizeof(v4)) : CMSG_LEN(sizeof(v6));
	if (is_v4)
		memcpy(CMSG_DATA(c), &v4, sizeof(v4));
	else
		memcpy(CMSG_DATA(c), &v6, sizeof(v6));
	m->msg_control = control;
	m->msg_controllen = is_v4 ? CMSG_SPACE(sizeof(v4)) : CMSG_SPACE(sizeof(v6));
}

/** The datagram is lost, as it could be on its way: no queue, no memory, or a packet filter. */
static bool is_lost(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == ENOMEM || error == EPERM;
}

/** ICMP told of an earlier datagram, maybe to somebody else; or a signal came. */
static bool may_be_an_earlier_ones(int error)
{
	return error == EINTR || error == ECONNREFUSED || error == EHOSTUNREACH ||
	       error == ENETUNREACH || error == EPROTO || error == ENOPROTOOPT ||
	       error == EOPNOTSUPP || error == EHOSTDOWN || error == ENONET;
}

sotto_err udp_send(struct udp_socket *u, const struct netaddr *remote, const struct netaddr *from,
	struct span bytes)
{
	struct sockaddr_storage sa;
	union udp_control control;
	struct iovec vec = { (void *)(uintptr_t)bytes.p, bytes.n };
	struct msghdr m = { .msg_name = &sa, .msg_iov = &vec, .msg_iovlen = 1 };

	m.msg_namelen = netaddr_to_sockaddr(remote, &sa);
	if (from && from->family == u->local.family && !netaddr_is_any(from))
		write_source(&m, &control, from);
	for (unsigned i = 0; i < SEND_TRIES; i++) {
		if (sendmsg(u->fd, &m, MSG_NOSIGNAL) >= 0)
			return SOTTO_OK;
		if (is_lost(errno))
			return SOTTO_ELIMIT;
		if (!may_be_an_earlier_ones(errno))
			break;
	}
	return SOTTO_EIO;
}

sotto_err udp_source_for(const struct netaddr *remote, struct netaddr *out)
{
	struct netaddr to = *remote;
	struct sockaddr_storage sa;
	socklen_t n;
	int fd;
	bool ok;

	memset(out, 0, sizeof(*out));
	to.port = to.port ? to.port : 9; /* connect wants one; nothing is sent to it */
	n = netaddr_to_sockaddr(&to, &sa);
	fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return SOTTO_EIO;
	ok = connect(fd, (struct sockaddr *)&sa, n) == 0;
	n = sizeof(sa);
	ok = ok && getsockname(fd, (struct sockaddr *)&sa, &n) == 0;
	close(fd);
	if (!ok)
		return SOTTO_EIO;
	netaddr_from_sockaddr(out, (struct sockaddr *)&sa);
	out->port = 0;
	return SOTTO_OK;
}
