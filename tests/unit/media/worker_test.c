/**
 * @file unit/media/worker_test.c  Tests media/worker.h and media/io_sockets.h over loopback, with
 * the real thread. Nothing sleeps: each wait ends with what it waits for, or the test fails.
 */
#include "media/worker.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "media/io_sockets.h"
#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/srtp.h"
#include "unit/test.h"

#define PATIENCE 20000 /* ms: what never comes fails the test */

struct world {
	struct io_sockets *sockets;
	struct media_worker *worker;
	struct media_port port;
	int woken;
};

static void on_wake(void *ctx)
{
	struct world *w = ctx;
	uint64_t one = 1;

	CHECK(write(w->woken, &one, sizeof(one)) == sizeof(one));
}

static void world_start(struct world *w, uint16_t first, uint16_t last)
{
	struct media_worker_params params = {
		.port_first = first,
		.port_last = last,
		.legs_max = 8,
		.rng = rng_system(),
		.wake = on_wake,
		.ctx = w,
	};

	w->woken = eventfd(0, 0);
	CHECK(w->woken >= 0);
	CHECK_OK(io_sockets_create(&w->sockets));
	params.io = io_sockets_io(w->sockets);
	CHECK_OK(media_worker_create(&w->worker, &params));
	w->port = media_worker_port(w->worker);
}

static void world_stop(struct world *w)
{
	media_worker_destroy(w->worker);
	io_sockets_destroy(w->sockets);
	close(w->woken);
}

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE) == 1;
}

static struct media_event next_event(struct world *w)
{
	struct media_event e = { 0 };
	uint64_t count;

	while (!media_worker_receive(w->worker, &e)) {
		CHECK(is_readable(w->woken));
		CHECK(read(w->woken, &count, sizeof(count)) == sizeof(count));
	}
	return e;
}

/* ---- a party with a socket of its own ---- */

struct party {
	int fd;
	struct netaddr at;    /* its own address */
	struct netaddr local; /* the relay's */
	handle_t leg;
	struct media_leg_params params;
};

static struct netaddr loopback(enum ip_family family)
{
	struct netaddr a = { .family = family };

	if (family == IP_V4) {
		a.ip[0] = 127;
		a.ip[3] = 1;
	} else {
		a.ip[15] = 1;
	}
	return a;
}

static bool party_bind(struct party *p, enum ip_family family)
{
	struct netaddr any = loopback(family);
	struct sockaddr_storage ss;
	socklen_t n = netaddr_to_sockaddr(&any, &ss);

	p->fd = socket(family == IP_V6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (p->fd < 0 || bind(p->fd, (struct sockaddr *)&ss, n) != 0) {
		if (p->fd >= 0)
			close(p->fd);
		return false;
	}
	n = sizeof(ss);
	CHECK(getsockname(p->fd, (struct sockaddr *)&ss, &n) == 0);
	netaddr_from_sockaddr(&p->at, (struct sockaddr *)&ss);
	return true;
}

static void party_set(struct world *w, struct party *p)
{
	CHECK_OK(w->port.set(w->port.ctx, p->leg, &p->params));
}

static void party_open(struct world *w, struct party *p, enum ip_family family)
{
	struct media_open open = { .bind = loopback(family), .owner = 77 };

	CHECK_OK(w->port.open(w->port.ctx, &open, &p->leg, &p->local));
	p->params = (struct media_leg_params){
		.remote_rtp = p->at,
		.may_send = true,
		.may_receive = true,
		.symmetric = true,
		.dscp = 46,
	};
	party_set(w, p);
}

static void party_send(struct party *p, const void *bytes, size_t n)
{
	struct sockaddr_storage ss;
	socklen_t len = netaddr_to_sockaddr(&p->local, &ss);

	CHECK_INT(n, sendto(p->fd, bytes, n, 0, (struct sockaddr *)&ss, len));
}

static size_t party_hear(struct party *p, uint8_t *out, size_t cap)
{
	ssize_t n;

	CHECK(is_readable(p->fd));
	n = recv(p->fd, out, cap, 0);
	CHECK(n > 0);
	return (size_t)n;
}

static size_t some_rtp(uint8_t out[172], uint16_t seq)
{
	struct rtp_header h = { .ssrc = 9, .seq = seq, .timestamp = seq * 160u };

	rtp_write(out, &h);
	memset(out + RTP_HEADER_MIN, seq & 0xff, 160);
	return 172;
}

static struct media_leg_stats check_close(struct world *w, struct party *p)
{
	struct media_event e;

	w->port.close(w->port.ctx, p->leg);
	w->port.close(w->port.ctx, p->leg); /* twice is once */
	CHECK_INT(SOTTO_ENOENT, w->port.set(w->port.ctx, p->leg, &p->params));
	do
		e = next_event(w);
	while (e.leg != p->leg || e.kind != MEDIA_CLOSED);
	CHECK_INT(77, e.owner);
	close(p->fd);
	return e.stats;
}

static const struct {
	const char *label;
	enum ip_family a, b;
} family_rows[] = {
	{ "IPv4 to IPv4", IP_V4, IP_V4 },
	{ "IPv6 to IPv6", IP_V6, IP_V6 },
	{ "IPv4 to IPv6", IP_V4, IP_V6 },
};

static void packets_cross_between_sockets_of_either_family(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(family_rows); i++) {
		uint8_t packet[172], got[2048];
		struct party a, b;
		struct world w;

		ROW(family_rows[i].label);
		if (!party_bind(&a, family_rows[i].a))
			continue; /* a machine without IPv6 */
		if (!party_bind(&b, family_rows[i].b)) {
			close(a.fd);
			continue;
		}
		world_start(&w, 21000, 21199);
		party_open(&w, &a, family_rows[i].a);
		party_open(&w, &b, family_rows[i].b);
		CHECK_OK(w.port.link(w.port.ctx, a.leg, MEDIA_PEER_LEG, b.leg));
		for (uint16_t seq = 1; seq <= 200; seq++) {
			party_send(&a, packet, some_rtp(packet, seq));
			CHECK_INT(172, party_hear(&b, got, sizeof(got)));
			CHECK(memcmp(packet, got, 172) == 0);
			party_send(&b, packet, some_rtp(packet, seq));
			CHECK_INT(172, party_hear(&a, got, sizeof(got)));
		}
		check_close(&w, &a);
		check_close(&w, &b);
		world_stop(&w);
	}
}

static struct srtp *context(enum srtp_direction direction, const struct srtp_keying *crypto)
{
	struct srtp_params params = srtp_params_of(crypto->suite, crypto->bytes);
	struct srtp *s;

	CHECK_OK(srtp_create(&s, direction, &params));
	return s;
}

static void a_burst_crosses_from_srtp_to_srtp(void **state)
{
	enum { BURST = 50 };
	struct srtp *send, *receive;
	struct party a, b;
	struct world w;

	(void)state;
	CHECK(party_bind(&a, IP_V4) && party_bind(&b, IP_V4));
	world_start(&w, 21000, 21199);
	party_open(&w, &a, IP_V4);
	party_open(&w, &b, IP_V4);
	a.params.must_encrypt = b.params.must_encrypt = true;
	a.params.rx = a.params.tx =
		(struct srtp_keying){ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .bytes = { 1 } };
	b.params.rx = b.params.tx =
		(struct srtp_keying){ .suite = SRTP_AES_CM_128_HMAC_SHA1_32, .bytes = { 2 } };
	party_set(&w, &a);
	party_set(&w, &b);
	CHECK_OK(w.port.link(w.port.ctx, a.leg, MEDIA_PEER_LEG, b.leg));
	send = context(SRTP_SEND, &a.params.rx);
	receive = context(SRTP_RECEIVE, &b.params.tx);
	for (uint16_t seq = 1; seq <= BURST; seq++) {
		uint8_t packet[172 + SRTP_TRAILER_MAX];
		struct srtp_item item = { send, packet, some_rtp(packet, seq), sizeof(packet),
			false, SOTTO_OK };

		srtp_protect(&item, 1);
		CHECK_OK(item.status);
		party_send(&a, packet, item.len);
	}
	for (uint16_t seq = 1; seq <= BURST; seq++) {
		uint8_t got[2048], want[172];
		struct srtp_item item = { receive, got, 0, sizeof(got), false, SOTTO_OK };

		item.len = party_hear(&b, got, sizeof(got));
		CHECK_INT(172 + 4, item.len);
		srtp_unprotect(&item, 1);
		CHECK_OK(item.status);
		CHECK_INT(some_rtp(want, seq), item.len);
		CHECK(memcmp(want, got, item.len) == 0); /* in order, too */
	}
	check_close(&w, &a);
	check_close(&w, &b);
	srtp_destroy(send);
	srtp_destroy(receive);
	world_stop(&w);
}

static void the_test_destination_answers_and_echoes(void **state)
{
	uint8_t packet[172], got[2048];
	struct rtp_header h;
	struct party a;
	struct world w;

	(void)state;
	CHECK(party_bind(&a, IP_V4));
	world_start(&w, 21000, 21199);
	party_open(&w, &a, IP_V4);
	CHECK_OK(w.port.link(w.port.ctx, a.leg, MEDIA_PEER_TEST, 0));
	party_send(&a, packet, some_rtp(packet, 1));
	for (unsigned i = 0; i < 50; i++)
		CHECK_INT(172, party_hear(&a, got, sizeof(got)));
	party_send(&a, packet, some_rtp(packet, 2));
	CHECK_INT(172, party_hear(&a, got, sizeof(got)));
	CHECK_OK(rtp_parse(&h, got, 172));
	CHECK(h.ssrc != 9);
	CHECK(memcmp(packet + RTP_HEADER_MIN, got + RTP_HEADER_MIN, 160) == 0);
	check_close(&w, &a);
	world_stop(&w);
}

/** Two legs of one party, each with the other's port as its SDP: what goes in goes round. */
static void packets_do_not_go_round_between_our_own_ports(void **state)
{
	static const enum ip_family families[] = { IP_V4, IP_V6 };
	uint8_t packet[172];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		struct media_leg_stats stats;
		struct party a, b;
		struct world w;

		if (!party_bind(&a, families[i]) || !party_bind(&b, families[i]))
			continue; /* a machine without IPv6 */
		world_start(&w, 21000, 21199);
		party_open(&w, &a, families[i]);
		party_open(&w, &b, families[i]);
		a.params.remote_rtp = b.local;
		b.params.remote_rtp = a.local;
		a.params.remote_rtcp = b.params.remote_rtcp = b.local;
		party_set(&w, &a);
		party_set(&w, &b);
		CHECK_OK(w.port.link(w.port.ctx, a.leg, MEDIA_PEER_LEG, b.leg));
		for (uint16_t seq = 1; seq <= 3; seq++) /* learned, as a source behind NAT is */
			party_send(&a, packet, some_rtp(packet, seq));
		party_set(&w, &b); /* is obeyed after one turn at least */
		stats = check_close(&w, &a);
		CHECK(stats.rx_packets <= 3);
		CHECK_INT(0, stats.tx_packets);
		stats = check_close(&w, &b);
		CHECK_INT(0, stats.rx_packets);
		CHECK_INT(0, stats.tx_packets);
		world_stop(&w);
	}
}

static void silence_is_told(void **state)
{
	struct media_event e;
	struct party a;
	struct world w;

	(void)state;
	CHECK(party_bind(&a, IP_V4));
	world_start(&w, 21000, 21199);
	party_open(&w, &a, IP_V4);
	a.params.silence = 1;
	party_set(&w, &a);
	e = next_event(&w);
	CHECK_INT(MEDIA_SILENT, e.kind);
	CHECK_INT(a.leg, e.leg);
	CHECK_INT(77, e.owner);
	check_close(&w, &a);
	world_stop(&w);
}

static void ports_run_out_and_come_back(void **state)
{
	struct media_open open = { .bind = loopback(IP_V4) };
	struct netaddr local[3];
	struct media_event e;
	handle_t leg[3];
	struct world w;

	(void)state;
	world_start(&w, 21300, 21303); /* two pairs */
	CHECK_OK(w.port.open(w.port.ctx, &open, &leg[0], &local[0]));
	CHECK_OK(w.port.open(w.port.ctx, &open, &leg[1], &local[1]));
	CHECK_INT(SOTTO_ELIMIT, w.port.open(w.port.ctx, &open, &leg[2], &local[2]));
	CHECK_INT(0, leg[2]);
	CHECK(local[0].port != local[1].port && local[0].port % 2 == 0);
	w.port.close(w.port.ctx, leg[0]);
	e = next_event(&w);
	CHECK_INT(MEDIA_CLOSED, e.kind);
	CHECK_OK(w.port.open(w.port.ctx, &open, &leg[2], &local[2]));
	CHECK_INT(local[0].port, local[2].port);
	CHECK(leg[2] != leg[0]);
	world_stop(&w); /* with legs open */
}

static void a_pair_that_another_program_has_is_passed_over(void **state)
{
	struct media_open open = { .bind = loopback(IP_V4) };
	struct netaddr taken = loopback(IP_V4), local;
	struct sockaddr_storage ss;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct world w;
	handle_t leg;

	(void)state;
	taken.port = 21405; /* RTCP's of the second pair */
	CHECK(bind(fd, (struct sockaddr *)&ss, netaddr_to_sockaddr(&taken, &ss)) == 0);
	world_start(&w, 21402, 21405);
	CHECK_OK(w.port.open(w.port.ctx, &open, &leg, &local));
	CHECK_INT(21402, local.port);
	CHECK_INT(SOTTO_ELIMIT, w.port.open(w.port.ctx, &open, &leg, &local));
	world_stop(&w);
	close(fd);
}

static void what_names_no_leg_is_refused(void **state)
{
	struct media_leg_params params = { 0 };
	struct media_open open = { .bind = loopback(IP_V4) };
	struct netaddr local;
	struct world w;
	handle_t leg;

	(void)state;
	world_start(&w, 21000, 21199);
	CHECK_INT(SOTTO_ENOENT, w.port.set(w.port.ctx, 1, &params));
	CHECK_INT(SOTTO_ENOENT, w.port.link(w.port.ctx, 1, MEDIA_PEER_NONE, 0));
	w.port.close(w.port.ctx, 1);
	CHECK_OK(w.port.open(w.port.ctx, &open, &leg, &local));
	CHECK_INT(SOTTO_ENOENT, w.port.link(w.port.ctx, leg, MEDIA_PEER_LEG, 1));
	CHECK_INT(SOTTO_EINVAL, w.port.link(w.port.ctx, leg, MEDIA_PEER_LEG, leg));
	open.bind.ip[0] = 192; /* no address of this machine */
	open.bind.ip[2] = 2;
	CHECK_INT(SOTTO_EIO, w.port.open(w.port.ctx, &open, &leg, &local));
	world_stop(&w);
}

static void legs_come_and_go_while_packets_flow(void **state)
{
	uint8_t packet[172];
	struct party a, b;
	struct world w;

	(void)state;
	CHECK(party_bind(&a, IP_V4));
	world_start(&w, 21000, 21199);
	for (unsigned i = 0; i < 200; i++) {
		CHECK(party_bind(&b, IP_V4));
		party_open(&w, &b, IP_V4);
		a.local = b.local;
		party_send(&a, packet, some_rtp(packet, 1));
		party_send(&b, packet, some_rtp(packet, 1));
		check_close(&w, &b);
	}
	close(a.fd);
	world_stop(&w);
}

/* ---- the sockets by themselves ---- */

static void a_packet_that_is_too_long_is_dropped_and_the_next_is_not(void **state)
{
	static uint8_t buffers[4][MEDIA_PAYLOAD_MAX + MEDIA_TAILROOM],
		longest[MEDIA_PAYLOAD_MAX + 1];
	struct media_packet packets[4];
	struct io_sockets *s;
	struct media_io io;
	struct party p;
	size_t n = 0;
	int fd;

	(void)state;
	CHECK_OK(io_sockets_create(&s));
	io = io_sockets_io(s);
	CHECK(party_bind(&p, IP_V4));
	p.local = loopback(IP_V4);
	p.local.port = 21500;
	CHECK_OK(io.bind(io.ctx, &p.local, &fd));
	CHECK_OK(io.add_port(io.ctx, fd, 5, 46));
	CHECK_INT(SOTTO_EEXIST, io.add_port(io.ctx, fd, 5, 46));
	for (size_t i = 0; i < 4; i++)
		packets[i] =
			(struct media_packet){ .payload = buffers[i], .cap = sizeof(buffers[i]) };
	party_send(&p, longest, MEDIA_PAYLOAD_MAX + 1);
	party_send(&p, longest, MEDIA_PAYLOAD_MAX);
	party_send(&p, "x", 1);
	while (n < 2) {
		size_t got = io.rx(io.ctx, packets + n, 4 - n, PATIENCE);
		CHECK(got > 0 || io_sockets_drops(s).too_long > 0);
		n += got;
	}
	CHECK_INT(1, io_sockets_drops(s).too_long);
	CHECK_INT(MEDIA_PAYLOAD_MAX, packets[0].len);
	CHECK_INT(1, packets[1].len);
	CHECK_INT('x', packets[1].payload[0]);
	CHECK_INT(5, packets[1].port_id);
	CHECK(netaddr_eq(&p.at, &packets[1].peer));
	for (size_t i = 0; i < 4; i++) /* no buffer is there twice */
		for (size_t k = 0; k < i; k++)
			CHECK(packets[i].payload != packets[k].payload);
	close(p.fd);
	io_sockets_destroy(s);
}

static int int_option(int fd, int level, int name)
{
	socklen_t n = sizeof(int);
	int value = -1;

	CHECK(getsockopt(fd, level, name, &value, &n) == 0);
	return value;
}

static void dscp_marks_what_is_sent(void **state)
{
	struct netaddr local = loopback(IP_V4);
	struct io_sockets *s;
	struct media_io io;
	int fd;

	(void)state;
	CHECK_OK(io_sockets_create(&s));
	io = io_sockets_io(s);
	local.port = 21502;
	CHECK_OK(io.bind(io.ctx, &local, &fd));
	CHECK_OK(io.add_port(io.ctx, fd, 0, 46));
	CHECK_INT(46 << 2, int_option(fd, IPPROTO_IP, IP_TOS));
	io.set_dscp(io.ctx, 0, 0);
	CHECK_INT(0, int_option(fd, IPPROTO_IP, IP_TOS));
	io.set_dscp(io.ctx, 99, 46); /* no such port: nothing */
	io.remove_port(io.ctx, 99);
	local = loopback(IP_V6);
	local.port = 21502;
	if (io.bind(io.ctx, &local, &fd) == SOTTO_OK) { /* a machine with IPv6 */
		CHECK_OK(io.add_port(io.ctx, fd, 200, 46));
		CHECK_INT(46 << 2, int_option(fd, IPPROTO_IPV6, IPV6_TCLASS));
	}
	io_sockets_destroy(s);
}

static void what_the_kernel_refuses_is_counted_and_the_rest_is_sent(void **state)
{
	uint8_t byte = 'x', got[8];
	struct media_packet packets[4];
	struct netaddr local = loopback(IP_V4);
	struct io_sockets *s;
	struct media_io io;
	struct party p;
	int fd;

	(void)state;
	CHECK_OK(io_sockets_create(&s));
	io = io_sockets_io(s);
	CHECK(party_bind(&p, IP_V4));
	local.port = 21504;
	CHECK_OK(io.bind(io.ctx, &local, &fd));
	CHECK_INT(SOTTO_EADDRINUSE, io.bind(io.ctx, &local, &(int){ 0 }));
	CHECK_OK(io.add_port(io.ctx, fd, 0, 0));
	for (size_t i = 0; i < 4; i++)
		packets[i] = (struct media_packet){ .peer = p.at, .payload = &byte, .len = 1 };
	packets[1].peer = loopback(IP_V6); /* from an IPv4 port */
	packets[1].peer.port = 9;
	packets[2].port_id = 77; /* no such port */
	io.tx(io.ctx, packets, 4);
	CHECK_INT(1, io_sockets_drops(s).not_sent);
	CHECK_INT(1, party_hear(&p, got, sizeof(got)));
	CHECK_INT(1, party_hear(&p, got, sizeof(got)));
	close(p.fd);
	io_sockets_destroy(s);
	io_sockets_destroy(NULL);
}

static void a_worker_needs_ports_and_room(void **state)
{
	struct media_worker_params params = {
		.port_first = 21001, .port_last = 21001, .legs_max = 1, .rng = rng_system()
	};
	struct io_sockets *s;
	struct media_worker *w;

	(void)state;
	CHECK_OK(io_sockets_create(&s));
	params.io = io_sockets_io(s);
	CHECK_INT(SOTTO_EINVAL, media_worker_create(&w, &params));
	CHECK(w == NULL);
	params.port_last = 21100;
	params.legs_max = 0;
	CHECK_INT(SOTTO_EINVAL, media_worker_create(&w, &params));
	params.legs_max = MEDIA_LEGS_MAX + 1;
	CHECK_INT(SOTTO_EINVAL, media_worker_create(&w, &params));
	media_worker_destroy(NULL);
	io_sockets_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_cross_between_sockets_of_either_family),
		cmocka_unit_test(a_burst_crosses_from_srtp_to_srtp),
		cmocka_unit_test(the_test_destination_answers_and_echoes),
		cmocka_unit_test(packets_do_not_go_round_between_our_own_ports),
		cmocka_unit_test(silence_is_told),
		cmocka_unit_test(ports_run_out_and_come_back),
		cmocka_unit_test(a_pair_that_another_program_has_is_passed_over),
		cmocka_unit_test(what_names_no_leg_is_refused),
		cmocka_unit_test(legs_come_and_go_while_packets_flow),
		cmocka_unit_test(a_packet_that_is_too_long_is_dropped_and_the_next_is_not),
		cmocka_unit_test(dscp_marks_what_is_sent),
		cmocka_unit_test(what_the_kernel_refuses_is_counted_and_the_rest_is_sent),
		cmocka_unit_test(a_worker_needs_ports_and_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
