/** @file unit/io/tcp_test.c  Tests io/tcp.h over loopback. */
#include "io/tcp.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/alloc_fail.h"
#include "unit/io/net.h"

struct end {
	struct tcp_conn *conn;
	bool is_open, is_over, closes_on_read;
	sotto_err why;
	char in[65536];
	size_t n, total;
};

struct pair {
	struct loop *loop;
	struct tcp_listener *listener;
	struct end client, server;
	unsigned accepted;
	bool refuses; /* the server closes what it accepts */
};

static void on_open(void *ctx)
{
	((struct end *)ctx)->is_open = true;
}

static void on_read(void *ctx, char *bytes, size_t n)
{
	struct end *e = ctx;

	e->total += n;
	if (e->n + n <= sizeof(e->in)) {
		memcpy(e->in + e->n, bytes, n);
		e->n += n;
	}
	if (e->closes_on_read) {
		tcp_close(e->conn);
		e->conn = NULL;
	}
}

static void on_over(void *ctx, sotto_err why)
{
	struct end *e = ctx;

	CHECK(!e->is_over); /* once at most */
	e->is_over = true;
	e->why = why;
}

static struct tcp_events events_of(struct end *e)
{
	return (struct tcp_events){
		.ctx = e, .on_open = on_open, .on_read = on_read, .on_over = on_over
	};
}

static void on_accept(void *ctx, struct tcp_conn *conn)
{
	struct pair *p = ctx;
	struct tcp_events events = events_of(&p->server);

	p->accepted++;
	if (p->refuses) {
		tcp_close(conn);
		return;
	}
	p->server.conn = conn;
	p->server.is_open = tcp_start(conn, &events) == SOTTO_OK;
}

static void listen_on(struct pair *p, const char *bind)
{
	struct netaddr a = net_addr(bind);

	CHECK_OK(tcp_listener_open(&p->listener, p->loop, &a));
	CHECK_OK(tcp_listener_start(p->listener, on_accept, p));
}

static void connect_to(struct pair *p, const struct netaddr *remote, ms_t within)
{
	struct tcp_events events = events_of(&p->client);

	CHECK_OK(tcp_connect(&p->client.conn, p->loop, remote, NULL, within, &events));
	CHECK(!p->client.is_open && !p->client.is_over); /* never from within the call */
}

static struct pair *pair_listening(const char *bind)
{
	struct pair *p = calloc(1, sizeof(*p));

	CHECK_OK(loop_create(&p->loop));
	listen_on(p, bind);
	return p;
}

static struct pair *pair_open(const char *bind)
{
	struct pair *p = pair_listening(bind);

	connect_to(p, tcp_listener_local(p->listener), SECONDS(5));
	WAIT(p->loop, p->client.is_open && p->server.is_open);
	return p;
}

static void pair_close(struct pair *p)
{
	tcp_close(p->client.conn);
	tcp_close(p->server.conn);
	tcp_listener_close(p->listener);
	loop_destroy(p->loop);
	free(p);
}

static void bytes_go_both_ways(void **state)
{
	static const char *const binds[] = { "127.0.0.1:0", "[::1]:0" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(binds); i++) {
		struct pair *p;

		ROW(binds[i]);
		p = pair_open(binds[i]);
		CHECK(netaddr_eq(tcp_local(p->client.conn), tcp_remote(p->server.conn)));
		CHECK(netaddr_eq(tcp_local(p->server.conn), tcp_remote(p->client.conn)));
		CHECK_OK(tcp_send(p->client.conn, SPAN("ping")));
		WAIT(p->loop, p->server.n == 4);
		CHECK_OK(tcp_send(p->server.conn, SPAN("pong!")));
		WAIT(p->loop, p->client.n == 5);
		CHECK_SPAN("ping", ((struct span){ p->server.in, p->server.n }));
		CHECK_SPAN("pong!", ((struct span){ p->client.in, p->client.n }));
		pair_close(p);
	}
}

static void a_refused_connection_is_over(void **state)
{
	struct pair *p = pair_listening("127.0.0.1:0");
	struct netaddr nobody = *tcp_listener_local(p->listener);

	(void)state;
	tcp_listener_close(p->listener);
	p->listener = NULL;
	loop_turn(p->loop, 0);
	connect_to(p, &nobody, SECONDS(5));
	WAIT(p->loop, p->client.is_over);
	CHECK_INT(SOTTO_EIO, p->client.why);
	CHECK(!p->client.is_open);
	CHECK_INT(SOTTO_ECLOSED, tcp_send(p->client.conn, SPAN("x")));
	pair_close(p);
}

/** A listener whose queue is full: the kernel answers no further SYN. */
static void open_deaf(int fds[2], struct netaddr *out)
{
	struct sockaddr_storage sa;
	struct netaddr any = net_addr("127.0.0.1:0");
	socklen_t n = netaddr_to_sockaddr(&any, &sa);

	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	fds[1] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(0, bind(fds[0], (struct sockaddr *)&sa, n));
	assert_int_equal(0, listen(fds[0], 0));
	assert_int_equal(0, getsockname(fds[0], (struct sockaddr *)&sa, &n));
	assert_int_equal(0, connect(fds[1], (struct sockaddr *)&sa, n));
	netaddr_from_sockaddr(out, (struct sockaddr *)&sa);
}

static void connecting_has_a_time_out(void **state)
{
	struct pair *p = pair_listening("127.0.0.1:0");
	struct netaddr deaf;
	int fds[2];

	(void)state;
	open_deaf(fds, &deaf);
	connect_to(p, &deaf, 1);
	WAIT(p->loop, p->client.is_over);
	CHECK_INT(SOTTO_ETIMEOUT, p->client.why);
	CHECK(!p->client.is_open);
	close(fds[0]);
	close(fds[1]);
	pair_close(p);
}

static void the_peers_close_is_seen_once(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");

	(void)state;
	tcp_close(p->server.conn);
	p->server.conn = NULL;
	WAIT(p->loop, p->client.is_over);
	CHECK_INT(SOTTO_ECLOSED, p->client.why);
	CHECK_INT(SOTTO_ECLOSED, tcp_send(p->client.conn, SPAN("x")));
	tcp_close(p->client.conn);
	tcp_close(p->client.conn); /* twice is legal within the turn */
	p->client.conn = NULL;
	loop_turn(p->loop, 0);
	pair_close(p);
}

static void a_connection_may_be_closed_in_its_callback(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");

	(void)state;
	p->server.closes_on_read = true;
	CHECK_OK(tcp_send(p->client.conn, SPAN("x")));
	WAIT(p->loop, p->client.is_over);
	CHECK(!p->server.is_over); /* closed by its owner: no news for it */
	pair_close(p);
}

static void an_accepted_connection_may_be_turned_away(void **state)
{
	struct pair *p = pair_listening("127.0.0.1:0");

	(void)state;
	p->refuses = true;
	connect_to(p, tcp_listener_local(p->listener), SECONDS(5));
	WAIT(p->loop, p->client.is_over);
	CHECK_INT(1, p->accepted);
	pair_close(p);
}

/** Fills the queue of a connection whose peer does not read, to the last byte. */
static size_t fill(struct tcp_conn *c)
{
	static char chunk[65536];
	size_t sent = 0;

	while (tcp_room(c) == TCP_QUEUE_MAX) { /* the kernel's buffers first */
		CHECK_OK(tcp_send(c, (struct span){ chunk, sizeof(chunk) }));
		sent += sizeof(chunk);
	}
	while (tcp_room(c)) {
		size_t n = tcp_room(c) < sizeof(chunk) ? tcp_room(c) : sizeof(chunk);
		CHECK_OK(tcp_send(c, (struct span){ chunk, n }));
		sent += n;
	}
	return sent;
}

static void the_queue_is_bounded_and_loses_nothing(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");
	size_t sent = fill(p->client.conn); /* no turn of the loop: the peer reads nothing */

	(void)state;
	CHECK_INT(SOTTO_ELIMIT, tcp_send(p->client.conn, SPAN("x")));
	WAIT(p->loop, p->server.total == sent);
	CHECK_INT(TCP_QUEUE_MAX, tcp_room(p->client.conn));
	CHECK_OK(tcp_send(p->client.conn, SPAN("x")));
	WAIT(p->loop, p->server.total == sent + 1);
	pair_close(p);
}

static void drain_sends_what_is_queued_and_then_closes(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");
	size_t sent = fill(p->client.conn);

	(void)state;
	tcp_drain(p->client.conn);
	p->client.conn = NULL;
	WAIT(p->loop, p->server.is_over);
	CHECK_INT(SOTTO_ECLOSED, p->server.why);
	CHECK_INT(sent, p->server.total);
	CHECK(!p->client.is_over);
	pair_close(p);
}

static void drain_does_not_reset_while_the_peer_still_sends(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");

	(void)state;
	CHECK_OK(tcp_send(p->client.conn, SPAN("unread when the answer goes out")));
	CHECK_OK(tcp_send(p->server.conn, SPAN("answer")));
	tcp_drain(p->server.conn);
	p->server.conn = NULL;
	WAIT(p->loop, p->client.is_over);
	CHECK_SPAN("answer", ((struct span){ p->client.in, p->client.n }));
	CHECK_INT(SOTTO_ECLOSED, p->client.why);
	pair_close(p);
}

static void workers_share_a_port_and_strangers_get_an_error(void **state)
{
	struct pair *p = pair_listening("127.0.0.1:0");
	struct netaddr none = net_addr("192.0.2.1:0");
	struct tcp_listener *second, *third;

	(void)state;
	CHECK_OK(tcp_listener_open(&second, p->loop, tcp_listener_local(p->listener)));
	tcp_listener_close(second);
	tcp_listener_close(NULL);
	CHECK_INT(SOTTO_EIO, tcp_listener_open(&third, p->loop, &none));
	CHECK(third == NULL);
	pair_close(p);
}

static void a_port_that_is_not_shared_is_in_use(void **state)
{
	struct sockaddr_storage sa;
	struct netaddr a = net_addr("127.0.0.1:0");
	struct tcp_listener *t;
	socklen_t n = netaddr_to_sockaddr(&a, &sa);
	struct loop *l;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(0, bind(fd, (struct sockaddr *)&sa, n));
	assert_int_equal(0, listen(fd, 1));
	assert_int_equal(0, getsockname(fd, (struct sockaddr *)&sa, &n));
	netaddr_from_sockaddr(&a, (struct sockaddr *)&sa);
	CHECK_OK(loop_create(&l));
	CHECK_INT(SOTTO_EADDRINUSE, tcp_listener_open(&t, l, &a));
	close(fd);
	loop_destroy(l);
}

/** One connection from accept to close; every allocation of it fails once. */
static void run_once(void *ctx)
{
	struct pair *p = ctx;
	struct tcp_events events = events_of(&p->client);
	sotto_err err;

	p->client = p->server = (struct end){ 0 };
	p->accepted = 0;
	err = tcp_connect(&p->client.conn, p->loop, tcp_listener_local(p->listener), NULL,
		SECONDS(5), &events);
	CHECK(!err || !p->client.conn);
	if (!err)
		WAIT(p->loop, p->client.is_over || p->accepted);
	if (p->server.conn && tcp_send(p->server.conn, SPAN("hello")) == SOTTO_OK)
		WAIT(p->loop, p->client.n == 5);
	tcp_close(p->client.conn);
	tcp_close(p->server.conn);
	loop_turn(p->loop, 0);
}

static void connections_survive_want_of_memory(void **state)
{
	struct pair *p = pair_listening("127.0.0.1:0");

	(void)state;
	alloc_fail_sweep(run_once, p);
	p->client.conn = p->server.conn = NULL;
	pair_close(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_go_both_ways),
		cmocka_unit_test(a_refused_connection_is_over),
		cmocka_unit_test(connecting_has_a_time_out),
		cmocka_unit_test(the_peers_close_is_seen_once),
		cmocka_unit_test(a_connection_may_be_closed_in_its_callback),
		cmocka_unit_test(an_accepted_connection_may_be_turned_away),
		cmocka_unit_test(the_queue_is_bounded_and_loses_nothing),
		cmocka_unit_test(drain_sends_what_is_queued_and_then_closes),
		cmocka_unit_test(drain_does_not_reset_while_the_peer_still_sends),
		cmocka_unit_test(workers_share_a_port_and_strangers_get_an_error),
		cmocka_unit_test(a_port_that_is_not_shared_is_in_use),
		cmocka_unit_test(connections_survive_want_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
