/** @file unit/io/udp_test.c  Tests io/udp.h over loopback. */
#include "io/udp.h"

#include <stdlib.h>

#include "unit/alloc_fail.h"
#include "unit/io/net.h"

#define BIG 60000 /* more than any link's MTU */

struct peer {
	struct udp_socket *udp;
	unsigned count;
	char last[BIG];
	size_t n;
	struct netaddr remote, local;
	bool closes; /* in the callback */
};

static void on_datagram(
	void *ctx, char *bytes, size_t n, const struct netaddr *remote, const struct netaddr *local)
{
	struct peer *p = ctx;

	p->count++;
	p->n = n < sizeof(p->last) ? n : sizeof(p->last);
	memcpy(p->last, bytes, p->n);
	p->remote = *remote;
	p->local = *local;
	if (p->closes)
		udp_close(p->udp);
}

static void peer_open(struct peer *p, struct loop *l, const char *bind)
{
	struct netaddr a = net_addr(bind);

	*p = (struct peer){ 0 };
	CHECK_OK(udp_open(&p->udp, l, &a, NULL));
	CHECK_OK(udp_start(p->udp, on_datagram, p));
}

static struct netaddr at(const struct peer *p, const char *ip)
{
	struct netaddr a = net_addr(ip);

	a.port = udp_local(p->udp)->port;
	return a;
}

static void a_reply_comes_from_the_address_that_was_asked(void **state)
{
	static const struct {
		const char *label, *server, *asked, *client;
	} rows[] = {
		{ "IPv4, bound to one", "127.0.0.1:0", "127.0.0.1", "127.0.0.1:0" },
		{ "IPv4, any, the first", "0.0.0.0:0", "127.0.0.1", "127.0.0.1:0" },
		{ "IPv4, any, another", "0.0.0.0:0", "127.0.0.2", "127.0.0.1:0" },
		{ "IPv6, bound to one", "[::1]:0", "::1", "[::1]:0" },
		{ "IPv6, any", "[::]:0", "::1", "[::1]:0" },
	};
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct peer *server = calloc(2, sizeof(*server)), *client = server + 1;
		struct netaddr asked;

		ROW(rows[i].label);
		peer_open(server, l, rows[i].server);
		peer_open(client, l, rows[i].client);
		asked = at(server, rows[i].asked);
		CHECK_OK(udp_send(client->udp, &asked, NULL, SPAN("question")));
		WAIT(l, server->count == 1);
		CHECK(netaddr_eq(&asked, &server->local));
		CHECK(netaddr_eq(udp_local(client->udp), &server->remote));
		CHECK_OK(udp_send(server->udp, &server->remote, &server->local, SPAN("answer")));
		WAIT(l, client->count == 1);
		CHECK_SPAN("answer", ((struct span){ client->last, client->n }));
		CHECK(netaddr_eq(&asked, &client->remote));
		udp_close(server->udp);
		udp_close(client->udp);
		loop_turn(l, 0);
		free(server);
	}
	loop_destroy(l);
}

static void a_datagram_larger_than_the_link_goes_as_fragments(void **state)
{
	static char big[BIG];
	static struct peer a, b;
	struct loop *l;

	(void)state;
	memset(big, 'x', sizeof(big));
	CHECK_OK(loop_create(&l));
	peer_open(&a, l, "127.0.0.1:0");
	peer_open(&b, l, "127.0.0.1:0");
	CHECK_OK(udp_send(a.udp, udp_local(b.udp), NULL, (struct span){ big, sizeof(big) }));
	WAIT(l, b.count == 1);
	CHECK_INT(BIG, b.n);
	CHECK(memcmp(big, b.last, sizeof(big)) == 0);
	udp_close(a.udp);
	udp_close(b.udp);
	loop_destroy(l);
}

static void an_icmp_error_does_not_stop_the_socket(void **state)
{
	static struct peer a, b, gone;
	struct netaddr nobody;
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	peer_open(&a, l, "127.0.0.1:0");
	peer_open(&b, l, "127.0.0.1:0");
	peer_open(&gone, l, "127.0.0.1:0");
	nobody = *udp_local(gone.udp);
	udp_close(gone.udp);
	loop_turn(l, 0);
	CHECK_OK(udp_send(a.udp, &nobody, NULL, SPAN("into the void"))); /* port unreachable */
	CHECK_OK(udp_send(b.udp, udp_local(a.udp), NULL, SPAN("one")));
	WAIT(l, a.count == 1);
	CHECK_OK(udp_send(a.udp, udp_local(b.udp), NULL, SPAN("two")));
	WAIT(l, b.count == 1);
	CHECK_OK(udp_send(b.udp, udp_local(a.udp), NULL, SPAN("three")));
	WAIT(l, a.count == 2);
	udp_close(a.udp);
	udp_close(b.udp);
	loop_destroy(l);
}

static void more_than_a_batch_all_arrives(void **state)
{
	static struct peer a, b;
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	peer_open(&a, l, "127.0.0.1:0");
	peer_open(&b, l, "127.0.0.1:0");
	for (unsigned i = 0; i < UDP_BATCH * UDP_BATCHES + 1; i++)
		CHECK_OK(udp_send(a.udp, udp_local(b.udp), NULL, SPAN("many")));
	WAIT(l, b.count == UDP_BATCH * UDP_BATCHES + 1);
	udp_close(a.udp);
	udp_close(b.udp);
	loop_destroy(l);
}

static void a_socket_closed_in_its_callback_says_no_more(void **state)
{
	static struct peer a, b;
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	peer_open(&a, l, "127.0.0.1:0");
	peer_open(&b, l, "127.0.0.1:0");
	b.closes = true;
	for (unsigned i = 0; i < 3; i++)
		CHECK_OK(udp_send(a.udp, udp_local(b.udp), NULL, SPAN("x")));
	WAIT(l, b.count > 0);
	loop_turn(l, 0);
	CHECK_INT(1, b.count);
	udp_close(a.udp);
	loop_destroy(l);
}

static void workers_share_a_port_and_strangers_get_an_error(void **state)
{
	struct netaddr any = net_addr("127.0.0.1:0"), none = net_addr("192.0.2.1:0");
	struct udp_socket *first, *second, *third;
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	CHECK_OK(udp_open(&first, l, &any, NULL));
	CHECK(udp_local(first)->port != 0);
	CHECK_OK(udp_open(&second, l, udp_local(first), NULL));
	CHECK_INT(SOTTO_EIO, udp_open(&third, l, &none, NULL)); /* not our address */
	CHECK(third == NULL);
	udp_close(first);
	udp_close(second);
	udp_close(NULL);
	loop_destroy(l);
}

static void the_source_towards_loopback_is_loopback(void **state)
{
	struct netaddr to = net_addr("127.0.0.1:5060"), source;

	(void)state;
	CHECK_OK(udp_source_for(&to, &source));
	CHECK(netaddr_eq_ip(&to, &source));
	CHECK_INT(0, source.port);
}

static void open_once(void *ctx)
{
	struct netaddr any = net_addr("127.0.0.1:0");
	struct udp_socket *u;

	if (udp_open(&u, ctx, &any, NULL))
		CHECK(u == NULL);
	udp_close(u);
}

static void open_survives_want_of_memory(void **state)
{
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	alloc_fail_sweep(open_once, l);
	loop_destroy(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_comes_from_the_address_that_was_asked),
		cmocka_unit_test(a_datagram_larger_than_the_link_goes_as_fragments),
		cmocka_unit_test(an_icmp_error_does_not_stop_the_socket),
		cmocka_unit_test(more_than_a_batch_all_arrives),
		cmocka_unit_test(a_socket_closed_in_its_callback_says_no_more),
		cmocka_unit_test(workers_share_a_port_and_strangers_get_an_error),
		cmocka_unit_test(the_source_towards_loopback_is_loopback),
		cmocka_unit_test(open_survives_want_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
