/**
 * @file unit/io/udp_send_test.c  What io/udp.h makes of a kernel that will not send: sendmsg is
 * replaced when the program is linked.
 */
#include <errno.h>
#include <sys/socket.h>

#include "io/udp.h"
#include "unit/io/net.h"

/* NOLINTBEGIN: the replaced function has no place for a context */
static int errors[8];
static size_t error_count, calls;
/* NOLINTEND */

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags); // NOLINT
ssize_t __real_sendmsg(int fd, const struct msghdr *m, int flags); // NOLINT

/** Fails with each of `errors` in turn, then sends. */
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	if (calls++ >= error_count)
		return __real_sendmsg(fd, m, flags);
	errno = errors[calls - 1];
	return -1;
}

static const struct {
	const char *label;
	int errors[8];
	sotto_err want;
	size_t calls;
} rows[] = {
	{ "sent", { 0 }, SOTTO_OK, 1 },
	{ "the queue is full", { EAGAIN }, SOTTO_ELIMIT, 1 },
	{ "no buffers", { ENOBUFS }, SOTTO_ELIMIT, 1 },
	{ "no memory", { ENOMEM }, SOTTO_ELIMIT, 1 },
	{ "the packet filter dropped it", { EPERM }, SOTTO_ELIMIT, 1 },
	{ "a signal came", { EINTR }, SOTTO_OK, 2 },
	{ "an earlier one was refused", { ECONNREFUSED }, SOTTO_OK, 2 },
	{ "three earlier ones came back", { ECONNREFUSED, EHOSTUNREACH, ECONNREFUSED }, SOTTO_OK,
		4 },
	{ "more came back than we try",
		{ ECONNREFUSED, ECONNREFUSED, ECONNREFUSED, ECONNREFUSED, ECONNREFUSED }, SOTTO_EIO,
		4 },
	{ "there is no way", { ENETUNREACH, ENETUNREACH, ENETUNREACH, ENETUNREACH, ENETUNREACH },
		SOTTO_EIO, 4 },
	{ "longer than any datagram", { EMSGSIZE }, SOTTO_EIO, 1 },
};

static void what_the_kernel_says_is_sorted(void **state)
{
	struct netaddr any = net_addr("127.0.0.1:0");
	struct udp_socket *u;
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	CHECK_OK(udp_open(&u, l, &any, NULL));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		calls = error_count = 0;
		memcpy(errors, rows[i].errors, sizeof(errors));
		while (error_count < ARRAY_LEN(errors) && errors[error_count])
			error_count++;
		CHECK_INT(rows[i].want, udp_send(u, udp_local(u), NULL, SPAN("x")));
		CHECK_INT(rows[i].calls, calls);
	}
	udp_close(u);
	loop_destroy(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_kernel_says_is_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
