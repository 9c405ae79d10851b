/**
 * @file bench/media_relay.c  CPU time of the media worker per forwarded packet, over loopback.
 *
 * A child is the relay and nothing else: a media worker with two linked legs for each call. The
 * parent plays every phone: a packet of 172 bytes each 20 ms in each direction of each call, evenly
 * spread, so that few packets wait at a time and wake-ups are as dear as they are in life. CPU is
 * the child's whole process, by its clock; kernel work of sending over loopback (which carries the
 * packet up to the receiver's socket) is in it.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "media/io_sockets.h"
#include "media/worker.h"
#include "rtp/rtp.h"
#include "srtp/srtp.h"

#define PACKET     172 /* bytes: G.711 of 20 ms */
#define PER_STREAM 50  /* packets a second */
#define TICK_NS    1000000
#define WARM_UP    1 /* seconds */
#define RATE_MAX   100000
#define KEY_LEN    30 /* AES_CM_128_HMAC_SHA1_80, key and salt */

/** One phone: what it sends is one stream. Two that follow each other have a call. */
struct phone {
	int fd;
	struct netaddr at, relay;
	struct srtp *send; /* NULL: clear */
	uint16_t seq;
};

struct load {
	struct phone *phones;
	size_t count;
	unsigned rate, seconds; /* packets a second, both directions of all calls */
	bool is_secure;         /* one leg of each call */
	atomic_ullong received;
	atomic_bool is_over;
};

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "media_relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct netaddr loopback(uint16_t port)
{
	return (struct netaddr){ .family = IP_V4, .ip = { 127, 0, 0, 1 }, .port = port };
}

/** Each second leg is encrypted, if any is. The keys are no secret here. */
static struct media_crypto key_of(const struct load *l, size_t phone, bool to_relay)
{
	struct media_crypto c = { .suite = SRTP_SUITE_NONE };

	if (!l->is_secure || phone % 2)
		return c;
	c.suite = SRTP_AES_CM_128_HMAC_SHA1_80;
	memcpy(c.key, &phone, sizeof(phone));
	c.key[sizeof(phone)] = to_relay;
	return c;
}

/* The relay */

static void relay_open(const struct media_port *port, const struct load *l, size_t i, handle_t *leg,
	struct netaddr *local)
{
	struct media_open open = { .bind = loopback(0) };
	struct media_leg_params p = {
		.remote_rtp = l->phones[i].at,
		.may_send = true,
		.may_receive = true,
		.symmetric = true,
		.dscp = 46,
		.rx = key_of(l, i, true),
		.tx = key_of(l, i, false),
	};

	sotto_err err;

	p.must_encrypt = p.rx.suite != SRTP_SUITE_NONE;
	while ((err = port->open(port->ctx, &open, leg, local)) == SOTTO_ELIMIT)
		usleep(1000); /* the worker's mailbox is full */
	must(err == SOTTO_OK, "no port for a leg");
	while (port->set(port->ctx, *leg, &p) == SOTTO_ELIMIT)
		usleep(1000);
}

/** Tells the parent its ports, and relays until it is killed. */
static void relay_run(const struct load *l, int tell)
{
	struct media_worker_params params = {
		.port_first = 10000, /* below the kernel's own choices, which the phones have */
		.port_last = 32000,
		.legs_max = (uint32_t)l->count,
		.rng = rng_system(),
	};
	struct io_sockets *sockets;
	struct media_worker *worker;
	struct media_port port;

	must(io_sockets_create(&sockets) == SOTTO_OK, "sockets");
	params.io = io_sockets_io(sockets);
	must(media_worker_create(&worker, &params) == SOTTO_OK, "worker");
	port = media_worker_port(worker);
	for (size_t i = 0; i < l->count; i += 2) {
		struct netaddr local[2];
		handle_t leg[2];

		relay_open(&port, l, i, &leg[0], &local[0]);
		relay_open(&port, l, i + 1, &leg[1], &local[1]);
		while (port.link(port.ctx, leg[0], MEDIA_PEER_LEG, leg[1]) == SOTTO_ELIMIT)
			usleep(1000);
		must(write(tell, local, sizeof(local)) == sizeof(local), "pipe");
	}
	for (;;)
		pause();
}

/* The phones */

static void phone_open(struct phone *p)
{
	struct netaddr any = loopback(0);
	struct sockaddr_storage ss;
	socklen_t n = netaddr_to_sockaddr(&any, &ss);

	p->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	must(p->fd >= 0 && bind(p->fd, (struct sockaddr *)&ss, n) == 0, "a phone's socket");
	n = sizeof(ss);
	must(getsockname(p->fd, (struct sockaddr *)&ss, &n) == 0, "getsockname");
	netaddr_from_sockaddr(&p->at, (struct sockaddr *)&ss);
}

static void phone_dial(struct load *l, size_t i, int from_relay)
{
	struct media_crypto key = key_of(l, i, true);
	struct srtp_params params = { key.suite, key.key, KEY_LEN };
	struct phone *p = &l->phones[i];
	struct sockaddr_storage ss;
	socklen_t n;

	must(read(from_relay, &p->relay, sizeof(p->relay)) == sizeof(p->relay), "the relay");
	n = netaddr_to_sockaddr(&p->relay, &ss);
	must(connect(p->fd, (struct sockaddr *)&ss, n) == 0, "connect");
	if (key.suite != SRTP_SUITE_NONE)
		must(srtp_create(&p->send, SRTP_SEND, &params) == SOTTO_OK, "a key");
}

static void phone_speak(struct phone *p)
{
	uint8_t packet[PACKET + SRTP_TRAILER_MAX] = { 0 };
	struct rtp_header h = {
		.ssrc = (uint32_t)p->fd, .seq = p->seq, .timestamp = p->seq * 160u
	};
	struct srtp_item item = { p->send, packet, PACKET, sizeof(packet), false, SOTTO_OK };

	p->seq++;
	rtp_write(packet, &h);
	if (p->send)
		srtp_protect(&item, 1);
	(void)!send(p->fd, packet, item.len, 0); /* what is not sent counts as lost */
}

static void *hear(void *ctx)
{
	struct epoll_event events[64], e = { .events = EPOLLIN };
	struct load *l = ctx;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	uint8_t packet[2048];

	for (size_t i = 0; i < l->count; i++) {
		e.data.fd = l->phones[i].fd;
		must(epoll_ctl(epoll, EPOLL_CTL_ADD, e.data.fd, &e) == 0, "epoll");
	}
	while (!atomic_load(&l->is_over)) {
		int n = epoll_wait(epoll, events, 64, 100);

		for (int i = 0; i < n; i++)
			while (recv(events[i].data.fd, packet, sizeof(packet), 0) > 0)
				atomic_fetch_add(&l->received, 1);
	}
	close(epoll);
	return NULL;
}

/** Speaks for some seconds; returns the packets that were sent. */
static unsigned long long speak(struct load *l, unsigned seconds)
{
	unsigned long long sent = 0, ticks = seconds * (1000000000ull / TICK_NS);
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	for (unsigned long long tick = 1; tick <= ticks; tick++) {
		unsigned long long due = tick * l->rate / (1000000000ull / TICK_NS);

		for (; sent < due; sent++)
			phone_speak(&l->phones[sent % l->count]);
		at.tv_nsec += TICK_NS;
		if (at.tv_nsec >= 1000000000) {
			at.tv_nsec -= 1000000000;
			at.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
	}
	return sent;
}

static double seconds_on(clockid_t clock)
{
	struct timespec t;

	must(clock_gettime(clock, &t) == 0, "clock");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(struct load *l, const char *name, pid_t relay)
{
	unsigned long long sent, before, got;
	clockid_t clock;
	pthread_t ears;
	double cpu, wall;

	must(clock_getcpuclockid(relay, &clock) == 0, "the relay's clock");
	must(pthread_create(&ears, NULL, hear, l) == 0, "thread");
	speak(l, WARM_UP);
	before = atomic_load(&l->received);
	cpu = seconds_on(clock);
	wall = seconds_on(CLOCK_MONOTONIC);
	sent = speak(l, l->seconds);
	got = atomic_load(&l->received) - before;
	cpu = seconds_on(clock) - cpu;
	wall = seconds_on(CLOCK_MONOTONIC) - wall;
	atomic_store(&l->is_over, true);
	pthread_join(ears, NULL);
	printf("%-22s %6zu %12.0f %11.2f %10.1f %16.2f\n", name, l->count / 2, (double)got / wall,
		sent > got ? 100 * (double)(sent - got) / (double)sent : 0, 100 * cpu / wall,
		got ? cpu * 1e6 / (double)got : 0);
	fflush(stdout);
}

static void run(const char *name, bool is_secure, unsigned rate, unsigned seconds)
{
	struct load l = { .rate = rate, .seconds = seconds, .is_secure = is_secure };
	int ports[2];
	pid_t relay;

	l.count = rate / PER_STREAM & ~1u;
	l.phones = calloc(l.count, sizeof(*l.phones));
	must(l.phones && pipe(ports) == 0, "start");
	for (size_t i = 0; i < l.count; i++)
		phone_open(&l.phones[i]);
	relay = fork();
	must(relay >= 0, "fork");
	if (relay == 0) {
		for (size_t i = 0; i < l.count; i++)
			close(l.phones[i].fd);
		relay_run(&l, ports[1]);
	}
	close(ports[1]); /* a relay that fails is seen */
	for (size_t i = 0; i < l.count; i++)
		phone_dial(&l, i, ports[0]);
	measure(&l, name, relay);
	kill(relay, SIGKILL);
	waitpid(relay, NULL, 0);
	for (size_t i = 0; i < l.count; i++) {
		close(l.phones[i].fd);
		srtp_destroy(l.phones[i].send);
	}
	close(ports[0]);
	free(l.phones);
}

static unsigned number(const char *text, unsigned max)
{
	uint64_t n;

	if (span_u64(span_of(text), max, &n) == SOTTO_OK && n > 0)
		return (unsigned)n;
	fprintf(stderr, "media_relay: found '%s', allowed: 1 to %u\n", text, max);
	exit(2);
}

int main(int argc, char **argv)
{
	unsigned rate = argc > 1 ? number(argv[1], RATE_MAX) : 20000;
	unsigned seconds = argc > 2 ? number(argv[2], 3600) : 10;
	struct rlimit files;

	if (rate < 2 * PER_STREAM)
		rate = 2 * PER_STREAM;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)!setrlimit(RLIMIT_NOFILE, &files);
	}
	printf("%-22s %6s %12s %11s %10s %16s\n", "relay, sockets", "calls", "packets/s", "lost %",
		"CPU %", "us CPU/packet");
	run("RTP to RTP", false, rate, seconds);
	run("RTP to SRTP and back", true, rate, seconds);
	return 0;
}
