/** @file io/resolver.c */
#include "io/resolver.h"

#include <ares.h>
#include <netdb.h>
#include <stdlib.h>

struct resolver {
	struct loop *loop;
	ares_channel channel;
	struct timer timer; /* c-ares' own time-outs */
	struct list sockets, queries;
	size_t query_count;
	resolver_fn *fn;
	void *ctx;
};

/** A socket of c-ares that the loop watches. c-ares opens and closes it. */
struct watch {
	struct list link;
	uv_poll_t poll;
	ares_socket_t fd;
	struct resolver *resolver;
};

struct query {
	struct list link;
	struct resolver *resolver;
	struct loop_task task; /* carries the answer out of the call that asked */
	uint64_t cookie;
	uint16_t port;
	bool is_answered; /* c-ares is done with it */
	struct netaddr addresses[RESOLVER_ADDRESSES_MAX];
	size_t count;
};

/* Sockets and time-outs of c-ares */

static void arm(struct resolver *r);

static void on_watch_closed(uv_handle_t *h)
{
	free(h->data);
}

static void on_socket(uv_poll_t *h, int status, int events)
{
	struct watch *w = h->data;
	struct resolver *r = w->resolver;
	bool in = status < 0 || (events & UV_READABLE), out = status < 0 || (events & UV_WRITABLE);

	ares_process_fd(r->channel, in ? w->fd : ARES_SOCKET_BAD, out ? w->fd : ARES_SOCKET_BAD);
	arm(r);
}

static struct watch *watch_find(struct resolver *r, ares_socket_t fd)
{
	list_each(at, &r->sockets)
	{
		struct watch *w = container_of(at, struct watch, link);
		if (w->fd == fd)
			return w;
	}
	return NULL;
}

static struct watch *watch_create(struct resolver *r, ares_socket_t fd)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w || uv_poll_init(loop_uv(r->loop), &w->poll, fd)) {
		free(w);
		return NULL; /* the query times out */
	}
	w->poll.data = w;
	w->fd = fd;
	w->resolver = r;
	list_init(&w->link);
	list_add(&r->sockets, &w->link);
	return w;
}

/** c-ares says what it waits for on `fd`; nothing: it is about to close it. */
static void on_socket_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
	struct resolver *r = ctx;
	struct watch *w = watch_find(r, fd);
	int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);

	if (!w && events)
		w = watch_create(r, fd);
	if (!w)
		return;
	if (events) {
		uv_poll_start(&w->poll, events, on_socket);
		return;
	}
	uv_poll_stop(&w->poll);
	list_remove(&w->link);
	uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static void on_time_out(struct timer *t, instant_t now)
{
	struct resolver *r = container_of(t, struct resolver, timer);

	(void)now;
	ares_process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(r);
}

static void arm(struct resolver *r)
{
	struct timeval tv, *next;
	ms_t wait;

	next = ares_timeout(r->channel, NULL, &tv);
	if (!next) {
		timer_stop(loop_timers(r->loop), &r->timer);
		return;
	}
	wait = (ms_t)next->tv_sec * 1000 + next->tv_usec / 1000 + 1;
	if (timer_set(loop_timers(r->loop), &r->timer, instant_add(clock_now(), wait), on_time_out))
		return; /* out of memory: the sockets wake us still */
}

/* Questions and answers */

static void query_destroy(struct query *q)
{
	loop_task_cancel(&q->task);
	list_remove(&q->link);
	q->resolver->query_count--;
	free(q);
}

static void deliver(struct loop_task *t)
{
	struct query *q = container_of(t, struct query, task);
	struct query answer = *q;
	struct resolver *r = q->resolver;

	query_destroy(q);
	r->fn(r->ctx, answer.cookie, answer.addresses, answer.count);
}

static void deliver_soon(struct query *q)
{
	q->is_answered = true;
	loop_later(q->resolver->loop, &q->task, deliver);
}

static void on_addresses(void *ctx, int status, int timeouts, struct ares_addrinfo *info)
{
	struct query *q = ctx;

	(void)timeouts;
	if (status == ARES_EDESTRUCTION) {
		query_destroy(q);
		return;
	}
	for (struct ares_addrinfo_node *n = info ? info->nodes : NULL;
		n && q->count < RESOLVER_ADDRESSES_MAX; n = n->ai_next) {
		struct netaddr *a = &q->addresses[q->count];
		netaddr_from_sockaddr(a, n->ai_addr);
		a->port = q->port;
		q->count += a->family != IP_NONE;
	}
	ares_freeaddrinfo(info);
	deliver_soon(q);
}

static sotto_err query_create(struct resolver *r, struct query **out)
{
	struct query *q;

	*out = NULL;
	if (r->query_count == RESOLVER_QUERIES_MAX)
		return SOTTO_ELIMIT;
	q = calloc(1, sizeof(*q));
	if (!q)
		return SOTTO_ENOMEM;
	q->resolver = r;
	list_init(&q->link);
	list_add(&r->queries, &q->link);
	r->query_count++;
	*out = q;
	return SOTTO_OK;
}

sotto_err resolver_ask(struct resolver *r, struct span host, uint16_t port, uint64_t cookie)
{
	struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM };
	char name[RESOLVER_HOST_MAX + 1];
	struct netaddr literal;
	struct query *q;

	if (host.n == 0 || memchr(host.p, '\0', host.n) || span_cstr(host, name, sizeof(name)))
		return SOTTO_ESYNTAX;
	TRY(query_create(r, &q));
	q->cookie = cookie;
	q->port = port;
	if (netaddr_parse_ip(host, &literal) == SOTTO_OK) {
		literal.port = port;
		q->addresses[q->count++] = literal;
		deliver_soon(q);
		return SOTTO_OK;
	}
	ares_getaddrinfo(r->channel, name, NULL, &hints, on_addresses, q);
	arm(r);
	return SOTTO_OK;
}

sotto_err resolver_create(struct resolver **out, struct loop *l, resolver_fn *fn, void *ctx)
{
	struct resolver *r = calloc(1, sizeof(*r));
	struct ares_options options = { .timeout = RESOLVER_TRY_MS,
		.tries = RESOLVER_TRIES,
		.sock_state_cb = on_socket_state,
		.sock_state_cb_data = r };

	*out = NULL;
	if (!r)
		return SOTTO_ENOMEM;
	r->loop = l;
	r->fn = fn;
	r->ctx = ctx;
	list_init(&r->sockets);
	list_init(&r->queries);
	if (ares_library_init(ARES_LIB_INIT_ALL)) {
		free(r);
		return SOTTO_EIO;
	}
	if (timer_heap_reserve(loop_timers(l), loop_timers(l)->n + 1) ||
		ares_init_options(&r->channel, &options,
			ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB)) {
		ares_library_cleanup();
		free(r);
		return SOTTO_EIO;
	}
	*out = r;
	return SOTTO_OK;
}

void resolver_destroy(struct resolver *r)
{
	if (!r)
		return;
	timer_stop(loop_timers(r->loop), &r->timer);
	list_each(at, &r->queries)
	{
		struct query *q = container_of(at, struct query, link);
		if (q->is_answered)
			query_destroy(q);
	}
	ares_destroy(r->channel); /* the others come back with ARES_EDESTRUCTION */
	ares_library_cleanup();
	free(r);
}

sotto_err resolver_use_server(struct resolver *r, const struct netaddr *server)
{
	char text[NETADDR_TEXT_MAX];
	int status = ares_set_servers_ports_csv(r->channel, netaddr_text(server, text));

	return status == ARES_SUCCESS ? SOTTO_OK : status == ARES_ENOMEM ? SOTTO_ENOMEM : SOTTO_EIO;
}
