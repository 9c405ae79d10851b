/**
 * @file unit/transport/send_test.c  What transport/sip_server.h tells of datagrams that the kernel
 * does not take: sendmsg is replaced when the program is linked.
 */
#include <errno.h>
#include <sys/socket.h>

#include "transport/sip_server.h"
#include "unit/io/net.h"

static int error; // NOLINT: the replaced function has no place for a context

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags); // NOLINT

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	(void)fd, (void)m, (void)flags;
	errno = error;
	return -1;
}

static const struct {
	const char *label;
	int error;
	sotto_err want;
} rows[] = {
	{ "a full queue loses a datagram and no call", EAGAIN, SOTTO_OK },
	{ "nor do buffers that are used up", ENOBUFS, SOTTO_OK },
	{ "where there is no way, there is none", ENETUNREACH, SOTTO_EIO },
	{ "nor where nobody listens", ECONNREFUSED, SOTTO_EIO },
};

static void a_lost_datagram_is_no_failure(void **state)
{
	struct sip_server_settings set = { .listener_count = 1 };
	struct sip_server *server;
	struct loop *l;

	(void)state;
	set.listeners[0].transport = SIP_TRANSPORT_UDP;
	set.listeners[0].bind = net_addr("127.0.0.1:0");
	CHECK_OK(loop_create(&l));
	CHECK_OK(sip_server_create(&server, l, &set, NULL, NULL));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_hop hop = { .remote = net_addr("127.0.0.1:9") };
		struct transport_port port = sip_server_port(server);

		ROW(rows[i].label);
		error = rows[i].error;
		CHECK_INT(rows[i].want, port.send(port.ctx, &hop, SPAN("x")));
	}
	sip_server_destroy(server);
	loop_destroy(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lost_datagram_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
