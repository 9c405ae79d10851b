/** @file unit/media/io_sockets_test.c  Tests media/io_sockets.h by itself, over loopback. */
#include "media/io_sockets.h"

#include <sys/socket.h>
#include <unistd.h>

#include "unit/test.h"

#define PATIENCE 20000 /* ms: what never comes fails the test */
#define FLOODED  8     /* ports: as many as fill a turn */
#define FLOOD    64    /* packets that wait at each of them */

struct ports {
	struct io_sockets *sockets;
	struct media_io io;
	struct netaddr at[FLOODED + 1];
	struct media_packet packets[MEDIA_BATCH];
	uint8_t buffers[MEDIA_BATCH][MEDIA_PAYLOAD_MAX + MEDIA_TAILROOM];
	int sender;
};

static void ports_open(struct ports *b)
{
	const struct netaddr any = { .family = IP_V4, .ip = { 127, 0, 0, 1 } };

	CHECK_OK(io_sockets_create(&b->sockets));
	b->io = io_sockets_io(b->sockets);
	for (uint32_t i = 0; i < ARRAY_LEN(b->at); i++) {
		struct sockaddr_storage ss;
		socklen_t n = sizeof(ss);
		int fd;

		CHECK_OK(b->io.bind(b->io.ctx, &any, &fd));
		CHECK(getsockname(fd, (struct sockaddr *)&ss, &n) == 0);
		netaddr_from_sockaddr(&b->at[i], (struct sockaddr *)&ss);
		CHECK_OK(b->io.add_port(b->io.ctx, fd, i, 0));
	}
	b->sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CHECK(b->sender >= 0);
}

static void ports_close(struct ports *b)
{
	close(b->sender);
	io_sockets_destroy(b->sockets);
}

static void send_to(struct ports *b, uint32_t port, const void *bytes, size_t n)
{
	struct sockaddr_storage ss;
	socklen_t len = netaddr_to_sockaddr(&b->at[port], &ss);

	CHECK_INT(n, sendto(b->sender, bytes, n, 0, (struct sockaddr *)&ss, len));
}

static size_t receive(struct ports *b, int wait_ms)
{
	for (size_t i = 0; i < MEDIA_BATCH; i++)
		b->packets[i] = (struct media_packet){
			.payload = b->buffers[i],
			.cap = sizeof(b->buffers[i]),
		};
	return b->io.rx(b->io.ctx, b->packets, MEDIA_BATCH, wait_ms);
}

static size_t count_of(const struct ports *b, size_t n, uint32_t port)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += b->packets[i].port_id == port;
	return count;
}

static void flooded_ports_do_not_starve_the_others(void **state)
{
	struct ports b;
	size_t heard = 0;

	(void)state;
	ports_open(&b);
	for (uint32_t port = 0; port < FLOODED; port++)
		for (unsigned i = 0; i < FLOOD; i++)
			send_to(&b, port, "flood", 5);
	send_to(&b, FLOODED, "voice", 5);
	for (unsigned turn = 0; turn < 2; turn++)
		heard += count_of(&b, receive(&b, PATIENCE), FLOODED);
	CHECK_INT(1, heard);
	ports_close(&b);
}

static void a_port_that_went_while_it_was_due_is_passed_over(void **state)
{
	struct ports b;

	(void)state;
	ports_open(&b);
	for (uint32_t port = 0; port < FLOODED; port++)
		for (unsigned i = 0; i < FLOOD; i++)
			send_to(&b, port, "flood", 5);
	send_to(&b, FLOODED, "voice", 5);
	CHECK_INT(MEDIA_BATCH, receive(&b, PATIENCE));
	b.io.remove_port(b.io.ctx, FLOODED);
	CHECK_INT(0, count_of(&b, receive(&b, PATIENCE), FLOODED));
	for (uint32_t port = 0; port < FLOODED; port++)
		b.io.remove_port(b.io.ctx, port);
	CHECK_INT(0, receive(&b, 0));
	ports_close(&b);
}

static void the_longest_packet_passes_and_one_byte_more_is_dropped(void **state)
{
	static const char bytes[MEDIA_PAYLOAD_MAX + 1];
	struct ports b;

	(void)state;
	ports_open(&b);
	send_to(&b, 0, bytes, MEDIA_PAYLOAD_MAX + 1);
	send_to(&b, 0, bytes, MEDIA_PAYLOAD_MAX);
	CHECK_INT(1, receive(&b, PATIENCE));
	CHECK_INT(MEDIA_PAYLOAD_MAX, b.packets[0].len);
	CHECK_INT(1, io_sockets_drops(b.sockets).too_long);
	ports_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flooded_ports_do_not_starve_the_others),
		cmocka_unit_test(a_port_that_went_while_it_was_due_is_passed_over),
		cmocka_unit_test(the_longest_packet_passes_and_one_byte_more_is_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
