/** @file unit/daemon/control_test.c  The control socket itself, with a store on its own thread. */
#include "daemon/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit/store/folder.h"
#include "unit/test.h"

struct fixture {
	struct folder folder;
	char path[90];
	struct command_env env;
	struct loop *loop;
	struct control *control;
};

static void on_wake(void *ctx)
{
	control_run(((struct fixture *)ctx)->control);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char text[256];
	struct buf why = buf_over(text, sizeof(text));

	folder_make(&f->folder);
	snprintf(f->path, sizeof(f->path), "%s/control.sock", f->folder.path);
	CHECK_OK(loop_create(&f->loop));
	CHECK_OK(store_open(&f->env.store, f->folder.store, SPAN("example.org"), NULL));
	CHECK_OK(command_env_init(&f->env));
	CHECK_OK(control_create(&f->control, f->loop, f->path, &f->env, &why));
	loop_on_wake(f->loop, on_wake, f);
	CHECK_OK(store_start(f->env.store));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	control_stop(f->control);
	store_close(f->env.store);
	command_env_deinit(&f->env);
	loop_destroy(f->loop);
	control_destroy(f->control);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

static int client(const struct fixture *f)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "%s", f->path);
	CHECK(fd >= 0);
	CHECK_INT(0, connect(fd, (const struct sockaddr *)&name, sizeof(name)));
	return fd;
}

static void say(int fd, const char *text)
{
	CHECK_INT(strlen(text), send(fd, text, strlen(text), MSG_NOSIGNAL));
}

/** Turns the loop until a line has come; "" if the socket is closed. */
static const char *hear(struct fixture *f, int fd, char *line, size_t cap)
{
	size_t n = 0;

	for (;;) {
		ssize_t got = recv(fd, line + n, 1, 0);
		if (got == 0)
			break;
		if (got == 1 && line[n] == '\n')
			break;
		if (got == 1 && n + 1 < cap)
			n++;
		else if (got < 0)
			loop_turn(f->loop, 100); /* a wake-up ends it, not the time */
	}
	line[n] = '\0';
	return line;
}

#define STATUS "{\"command\":\"status\"}\n"

static void requests_are_answered_in_order_line_by_line(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);
	char line[4096];

	say(fd, "\n  \r\n{\"command\":\"a\"}\n{\"command\":\"b\"}\r\n" STATUS "{\"com");
	CHECK(strstr(hear(f, fd, line, sizeof(line)), "\\\"a\\\" is not known"));
	CHECK(strstr(hear(f, fd, line, sizeof(line)), "\\\"b\\\" is not known"));
	CHECK(strstr(hear(f, fd, line, sizeof(line)), "\"ok\":true"));
	say(fd, "mand\":\"c\"}\n");
	CHECK(strstr(hear(f, fd, line, sizeof(line)), "\\\"c\\\" is not known"));
	close(fd);
}

static void a_line_of_64_kib_is_refused_and_one_below_is_not(void **state)
{
	struct fixture *f = *state;
	char line[4096], *big = malloc(CONTROL_REQUEST_MAX + 1);
	int fd = client(f);

	memset(big, ' ', CONTROL_REQUEST_MAX);
	memcpy(big, STATUS, strlen(STATUS) - 1);
	big[CONTROL_REQUEST_MAX - 1] = '\n';
	big[CONTROL_REQUEST_MAX] = '\0';
	say(fd, big);
	CHECK(strstr(hear(f, fd, line, sizeof(line)), "\"ok\":true"));
	big[CONTROL_REQUEST_MAX - 1] = ' ';
	say(fd, big);
	CHECK(strstr(hear(f, fd, line, sizeof(line)), "the line is longer than 64 KiB"));
	CHECK_SPAN("", span_of(hear(f, fd, line, sizeof(line))));
	close(fd);
	free(big);
}

static void a_client_that_leaves_early_harms_nobody(void **state)
{
	struct fixture *f = *state;
	char line[4096];
	int fd, other;

	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 10; i++) {
			fd = client(f);
			say(fd, STATUS);
			loop_turn(f->loop, 100);
			close(fd);
		}
		other = client(f);
		say(other, STATUS); /* answered behind the others' requests */
		CHECK(strstr(hear(f, other, line, sizeof(line)), "\"ok\":true"));
		close(other);
	}
}

static void clients_are_32_at_most(void **state)
{
	struct fixture *f = *state;
	int fds[CONTROL_CLIENTS_MAX], one_more;
	char line[4096];

	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fds[i] = client(f);
		say(fds[i], STATUS);
		CHECK(strstr(hear(f, fds[i], line, sizeof(line)), "\"ok\":true"));
	}
	one_more = client(f);
	CHECK_SPAN("", span_of(hear(f, one_more, line, sizeof(line))));
	close(one_more);
	close(fds[0]);
	loop_turn(f->loop, 100);
	one_more = client(f);
	say(one_more, STATUS);
	CHECK(strstr(hear(f, one_more, line, sizeof(line)), "\"ok\":true"));
	close(one_more);
	for (size_t i = 1; i < ARRAY_LEN(fds); i++)
		close(fds[i]);
}

static void the_socket_is_for_us_and_root(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	CHECK_INT(0, stat(f->path, &st));
	CHECK_INT(0600, st.st_mode & 0777);
	CHECK(control_allows(0, 1000));
	CHECK(control_allows(1000, 1000));
	CHECK(!control_allows(1001, 1000));
	CHECK(!control_allows(1000, 0));
	CHECK(!control_allows((unsigned)-1, 1000));
}

static void a_socket_in_use_is_left_and_a_dead_one_replaced(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	char text[512] = "", want[512], path[120];
	struct buf why = buf_over(text, sizeof(text) - 1);
	struct control *second;
	int fd;

	CHECK_INT(SOTTO_EADDRINUSE, control_create(&second, f->loop, f->path, &f->env, &why));
	CHECK(!second);
	snprintf(want, sizeof(want),
		"control.socket: %s: Address already in use (another daemon answers there: end "
		"it, or give control.socket another name)",
		f->path);
	CHECK_SPAN(want, span_of(text));
	snprintf(path, sizeof(path), "%s/dead.sock", f->folder.path);
	snprintf(name.sun_path, sizeof(name.sun_path), "%.100s", path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK_INT(0, bind(fd, (const struct sockaddr *)&name, sizeof(name)));
	close(fd); /* as kill -9 leaves it */
	CHECK_OK(control_create(&second, f->loop, path, &f->env, &why));
	control_stop(second);
	loop_turn(f->loop, 0);
	control_destroy(second);
	CHECK(access(path, F_OK) != 0);
}

static void a_path_that_cannot_be_says_why(void **state)
{
	struct fixture *f = *state;
	char text[512] = "", path[200];
	struct buf why = buf_over(text, sizeof(text) - 1);
	struct control *c;

	CHECK_INT(
		SOTTO_EIO, control_create(&c, f->loop, "/nonexistent/control.sock", &f->env, &why));
	CHECK_SPAN("control.socket: /nonexistent/control.sock: No such file or directory (make its "
		   "folder)",
		span_of(text));
	memset(path, 'a', sizeof(path));
	path[108] = '\0';
	CHECK_INT(SOTTO_EIO, control_create(&c, f->loop, path, &f->env, &why));
	CHECK(strstr(text, "File name too long"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_are_answered_in_order_line_by_line),
		TEST(a_line_of_64_kib_is_refused_and_one_below_is_not),
		TEST(a_client_that_leaves_early_harms_nobody),
		TEST(clients_are_32_at_most),
		TEST(the_socket_is_for_us_and_root),
		TEST(a_socket_in_use_is_left_and_a_dead_one_replaced),
		TEST(a_path_that_cannot_be_says_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
