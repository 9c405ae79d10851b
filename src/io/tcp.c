/** @file io/tcp.c */
#include "io/tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

struct tcp_listener {
	uv_tcp_t tcp;
	uv_tcp_t reject; /* takes a connection that there is no memory for, to close it */
	bool is_rejecting, must_reject_again;
	unsigned handles; /* not yet closed by libuv */
	struct loop *loop;
	struct netaddr local;
	tcp_accept_fn *fn;
	void *ctx;
};

enum tcp_state {
	TCP_IDLE,       /* accepted, not yet adopted */
	TCP_CONNECTING, /* ours */
	TCP_OPEN,
	TCP_OVER,     /* on_over was called; waits for its owner's tcp_close */
	TCP_DRAINING, /* has no owner; sends what is queued */
	TCP_CLOSED,   /* has no owner; waits for libuv */
};

struct tcp_conn {
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_shutdown_t shutdown;
	struct loop *loop;
	enum tcp_state state;
	struct tcp_events events;
	struct netaddr remote, local;
	struct timer timer; /* to connect; to drain */
};

struct tcp_write {
	uv_write_t req;
	char bytes[];
};

/* Listening */

static sotto_err bound_socket(const struct netaddr *bind_to, int *out)
{
	struct sockaddr_storage sa;
	socklen_t n = netaddr_to_sockaddr(bind_to, &sa);
	int on = 1, saved, fd;

	fd = *out = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return SOTTO_EIO;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) == 0 &&
		(bind_to->family != IP_V6 ||
			setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0) &&
		bind(fd, (struct sockaddr *)&sa, n) == 0)
		return SOTTO_OK;
	saved = errno;
	close(fd);
	*out = -1;
	errno = saved;
	return saved == EADDRINUSE ? SOTTO_EADDRINUSE : SOTTO_EIO;
}

static void free_listener(uv_handle_t *h)
{
	struct tcp_listener *t = h->data;

	if (--t->handles == 0)
		free(t);
}

static void end_of(const uv_tcp_t *tcp, int (*which)(const uv_tcp_t *, struct sockaddr *, int *),
	struct netaddr *out)
{
	struct sockaddr_storage sa;
	int n = sizeof(sa);

	memset(out, 0, sizeof(*out));
	if (which(tcp, (struct sockaddr *)&sa, &n) == 0)
		netaddr_from_sockaddr(out, (struct sockaddr *)&sa);
}

sotto_err tcp_listener_open(
	struct tcp_listener **out, struct loop *l, const struct netaddr *bind_to)
{
	struct tcp_listener *t = calloc(1, sizeof(*t));
	sotto_err err;
	int fd;

	*out = NULL;
	if (!t)
		return SOTTO_ENOMEM;
	err = bound_socket(bind_to, &fd);
	if (!err && uv_tcp_init(loop_uv(l), &t->tcp)) {
		close(fd);
		err = SOTTO_EIO;
	}
	if (err) {
		free(t);
		return err;
	}
	t->loop = l;
	t->handles = 1;
	t->tcp.data = t;
	if (uv_tcp_open(&t->tcp, fd)) {
		close(fd);
		uv_close((uv_handle_t *)&t->tcp, free_listener);
		return SOTTO_EIO;
	}
	end_of(&t->tcp, uv_tcp_getsockname, &t->local);
	*out = t;
	return SOTTO_OK;
}

void tcp_listener_close(struct tcp_listener *t)
{
	if (t && !uv_is_closing((uv_handle_t *)&t->tcp))
		uv_close((uv_handle_t *)&t->tcp, free_listener);
}

const struct netaddr *tcp_listener_local(const struct tcp_listener *t)
{
	return &t->local;
}

/* Connections */

static void free_conn(uv_handle_t *h)
{
	free(h->data);
}

/** A connection in state TCP_IDLE; NULL if out of memory. */
static struct tcp_conn *conn_create(struct loop *l)
{
	struct tcp_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	/* room for the timer now, so that setting it cannot fail */
	if (timer_heap_reserve(loop_timers(l), loop_timers(l)->n + 1) ||
		uv_tcp_init(loop_uv(l), &c->tcp)) {
		free(c);
		return NULL;
	}
	c->loop = l;
	c->tcp.data = c;
	return c;
}

void tcp_close(struct tcp_conn *c)
{
	if (!c || c->state == TCP_CLOSED)
		return;
	c->state = TCP_CLOSED;
	timer_stop(loop_timers(c->loop), &c->timer);
	uv_close((uv_handle_t *)&c->tcp, free_conn);
}

static void over(struct tcp_conn *c, sotto_err why)
{
	timer_stop(loop_timers(c->loop), &c->timer);
	if (c->state == TCP_DRAINING) {
		tcp_close(c);
		return;
	}
	if (c->state != TCP_CONNECTING && c->state != TCP_OPEN)
		return;
	c->state = TCP_OVER;
	uv_read_stop((uv_stream_t *)&c->tcp);
	c->events.on_over(c->events.ctx, why);
}

static void on_time_out(struct timer *t, instant_t now)
{
	(void)now;
	over(container_of(t, struct tcp_conn, timer), SOTTO_ETIMEOUT);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct tcp_conn *c = h->data;

	(void)suggested;
	*buf = uv_buf_init(loop_read_buffer(c->loop), LOOP_READ_MAX);
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct tcp_conn *c = s->data;

	if (n < 0)
		over(c, loop_err((int)n));
	else if (n > 0 && c->state == TCP_OPEN)
		c->events.on_read(c->events.ctx, buf->base, (size_t)n);
}

static sotto_err open_conn(struct tcp_conn *c)
{
	unsigned unacked_ms = TCP_UNACKED_MS;
	uv_os_fd_t fd;

	uv_tcp_nodelay(&c->tcp, 1);
	uv_tcp_keepalive(&c->tcp, 1, TCP_KEEPALIVE_S);
	if (uv_fileno((uv_handle_t *)&c->tcp, &fd) == 0)
		setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacked_ms, sizeof(unacked_ms));
	end_of(&c->tcp, uv_tcp_getsockname, &c->local);
	c->state = TCP_OPEN;
	return loop_err(uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_read));
}

static void reject(struct tcp_listener *t);

static void on_rejected(uv_handle_t *h)
{
	struct tcp_listener *t = h->data;

	t->is_rejecting = false;
	if (t->must_reject_again && !uv_is_closing((uv_handle_t *)&t->tcp)) {
		t->must_reject_again = false;
		reject(t);
	}
	free_listener(h);
}

/** Accepts and closes without allocating: libuv accepts nothing more until one is taken. */
static void reject(struct tcp_listener *t)
{
	if (t->is_rejecting) {
		t->must_reject_again = true;
		return;
	}
	if (uv_tcp_init(loop_uv(t->loop), &t->reject))
		return;
	t->is_rejecting = true;
	t->handles++;
	t->reject.data = t;
	(void)uv_accept((uv_stream_t *)&t->tcp, (uv_stream_t *)&t->reject);
	uv_close((uv_handle_t *)&t->reject, on_rejected);
}

static void on_connection(uv_stream_t *s, int status)
{
	struct tcp_listener *t = s->data;
	struct tcp_conn *c;

	if (status < 0)
		return; /* out of descriptors, say: libuv has dropped that one and goes on */
	c = conn_create(t->loop);
	if (!c) {
		reject(t);
		return;
	}
	if (uv_accept(s, (uv_stream_t *)&c->tcp)) {
		tcp_close(c);
		return;
	}
	end_of(&c->tcp, uv_tcp_getpeername, &c->remote);
	t->fn(t->ctx, c);
}

sotto_err tcp_listener_start(struct tcp_listener *t, tcp_accept_fn *fn, void *ctx)
{
	t->fn = fn;
	t->ctx = ctx;
	return loop_err(uv_listen((uv_stream_t *)&t->tcp, TCP_BACKLOG, on_connection));
}

sotto_err tcp_start(struct tcp_conn *c, const struct tcp_events *events)
{
	c->events = *events;
	return open_conn(c);
}

static void on_connect(uv_connect_t *req, int status)
{
	struct tcp_conn *c = req->data;

	if (c->state != TCP_CONNECTING)
		return; /* closed meanwhile */
	timer_stop(loop_timers(c->loop), &c->timer);
	if (status || open_conn(c))
		over(c, status == UV_ETIMEDOUT ? SOTTO_ETIMEOUT : SOTTO_EIO);
	else
		c->events.on_open(c->events.ctx);
}

static sotto_err begin_connect(
	struct tcp_conn *c, const struct netaddr *from, const struct netaddr *remote)
{
	struct sockaddr_storage sa;

	if (from && from->family == remote->family && !netaddr_is_any(from)) {
		struct netaddr ours = *from;
		ours.port = 0;
		netaddr_to_sockaddr(&ours, &sa);
		if (uv_tcp_bind(&c->tcp, (struct sockaddr *)&sa, 0))
			return SOTTO_EIO;
	}
	netaddr_to_sockaddr(remote, &sa);
	c->connect.data = c;
	return uv_tcp_connect(&c->connect, &c->tcp, (struct sockaddr *)&sa, on_connect) ? SOTTO_EIO
											: SOTTO_OK;
}

sotto_err tcp_connect(struct tcp_conn **out, struct loop *l, const struct netaddr *remote,
	const struct netaddr *from, ms_t within, const struct tcp_events *events)
{
	struct tcp_conn *c = conn_create(l);
	sotto_err err;

	*out = NULL;
	if (!c)
		return SOTTO_ENOMEM;
	c->events = *events;
	c->remote = *remote;
	c->state = TCP_CONNECTING;
	err = begin_connect(c, from, remote);
	if (!err)
		err = timer_set(
			loop_timers(l), &c->timer, instant_add(clock_now(), within), on_time_out);
	if (err) {
		tcp_close(c);
		return err;
	}
	*out = c;
	return SOTTO_OK;
}

const struct netaddr *tcp_remote(const struct tcp_conn *c)
{
	return &c->remote;
}

const struct netaddr *tcp_local(const struct tcp_conn *c)
{
	return &c->local;
}

/* Sending */

size_t tcp_room(const struct tcp_conn *c)
{
	size_t queued = uv_stream_get_write_queue_size((const uv_stream_t *)&c->tcp);

	return queued < TCP_QUEUE_MAX ? TCP_QUEUE_MAX - queued : 0;
}

static void on_written(uv_write_t *req, int status)
{
	struct tcp_conn *c = req->handle->data;

	free(container_of(req, struct tcp_write, req));
	if (status && status != UV_ECANCELED)
		over(c, loop_err(status));
}

static sotto_err queue_bytes(struct tcp_conn *c, struct span bytes)
{
	struct tcp_write *w = malloc(sizeof(*w) + bytes.n);
	uv_buf_t buf;

	if (!w)
		return SOTTO_ENOMEM;
	memcpy(w->bytes, bytes.p, bytes.n);
	buf = uv_buf_init(w->bytes, (unsigned)bytes.n);
	if (uv_write(&w->req, (uv_stream_t *)&c->tcp, &buf, 1, on_written)) {
		free(w);
		return SOTTO_EIO;
	}
	return SOTTO_OK;
}

sotto_err tcp_send(struct tcp_conn *c, struct span bytes)
{
	uv_buf_t buf = uv_buf_init((char *)(uintptr_t)bytes.p, (unsigned)bytes.n);
	int sent;

	if (c->state != TCP_OPEN)
		return SOTTO_ECLOSED;
	if (bytes.n > tcp_room(c))
		return SOTTO_ELIMIT;
	sent = uv_try_write((uv_stream_t *)&c->tcp, &buf, 1); /* no copy, if the kernel takes it */
	if (sent < 0 && sent != UV_EAGAIN)
		return loop_err(sent) == SOTTO_ECLOSED ? SOTTO_ECLOSED : SOTTO_EIO;
	if (sent > 0) {
		bytes.p += sent;
		bytes.n -= (size_t)sent;
	}
	return bytes.n ? queue_bytes(c, bytes) : SOTTO_OK;
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
	if (status)
		tcp_close(req->data);
	/* else the peer's end, or the timer, closes: closing while bytes of the peer wait would
	 * reset the connection, and what we sent last would be lost */
}

void tcp_drain(struct tcp_conn *c)
{
	if (c->state != TCP_OPEN) {
		tcp_close(c);
		return;
	}
	c->state = TCP_DRAINING;
	c->shutdown.data = c;
	if (timer_set(loop_timers(c->loop), &c->timer, instant_add(clock_now(), TCP_DRAIN_MS),
		    on_time_out) ||
		uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shutdown))
		tcp_close(c);
}
