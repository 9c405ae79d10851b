/**
 * @file unit/daemon/serve_test.c  The daemon as a process of its own: it starts, serves, is told to
 * stop, and is killed, with a call in progress. The calls are real ones, of `sotto call`.
 */
#include "daemon/serve.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "cli/call.h"
#include "cli/ctl.h"
#include "store/store.h"
#include "unit/store/folder.h"
#include "unit/test.h"

#define ARGS_MAX 24

struct fixture {
	struct folder folder;
	char config[90], socket[90], ip[20];
	pid_t daemon;
	FILE *log; /* the daemon's stderr */
};

/** A loopback address that no other test has. */
static void draw_ip(char out[20])
{
	uint32_t r = rng_u32(rng_system());

	snprintf(out, 20, "127.%u.%u.%u", 1 + (r & 0x7f), r >> 8 & 0xff, 1 + (r >> 16 & 0x7f));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	FILE *config;

	folder_make(&f->folder);
	draw_ip(f->ip);
	snprintf(f->config, sizeof(f->config), "%s/sotto.yaml", f->folder.path);
	snprintf(f->socket, sizeof(f->socket), "%s/control.sock", f->folder.path);
	config = fopen(f->config, "w");
	CHECK(config != NULL);
	fprintf(config,
		"realm: example.org\n"
		"test_destination: test\n"
		"store: {path: sotto.db}\n"
		"control: {socket: control.sock}\n"
		"media: {ports: 20000-20099}\n"
		"limits: {calls: 10}\n"
		"listeners:\n"
		"  - {transport: udp, bind: %s}\n"
		"  - {transport: tcp, bind: %s}\n",
		f->ip, f->ip);
	fclose(config);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->daemon) {
		kill(f->daemon, SIGKILL);
		waitpid(f->daemon, NULL, 0);
	}
	if (f->log)
		fclose(f->log);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

/** Runs `main_` in a child; its stdout and stderr go to `fd`. */
static pid_t spawn(int (*main_)(int argc, char **argv), int argc, const char *const *args, int fd)
{
	char *argv[ARGS_MAX + 1] = { NULL };
	pid_t pid = fork();

	CHECK(pid >= 0 && argc <= ARGS_MAX);
	if (pid > 0)
		return pid;
	for (int i = 0; i < argc; i++)
		argv[i] = strdup(args[i]); /* passwords in it are wiped */
	for (int i = 1; i < 32; i++)
		signal(i, SIG_DFL); /* cmocka's handlers would go on with the tests here */
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	exit(main_(argc, argv));
}

/** Reads the daemon's log until a line has `event` in it. */
static void wait_for(struct fixture *f, const char *event)
{
	char line[4096], last[4096] = "";

	while (fgets(line, sizeof(line), f->log)) {
		if (strstr(line, event))
			return;
		memcpy(last, line, sizeof(last));
	}
	fail_msg("the daemon ended without %s; its last words: %s", event, last);
}

static void start(struct fixture *f)
{
	const char *args[] = { "serve", "--config", f->config };
	int fds[2];

	CHECK_INT(0, pipe2(fds, O_CLOEXEC));
	f->daemon = spawn(serve_main, ARRAY_LEN(args), args, fds[1]);
	close(fds[1]);
	if (f->log)
		fclose(f->log);
	f->log = fdopen(fds[0], "r");
	wait_for(f, " edge_ready ");
}

/** The daemon's exit status; -1: ended by a signal. */
static int ended(struct fixture *f)
{
	int status;

	CHECK_INT(f->daemon, waitpid(f->daemon, &status, 0));
	f->daemon = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int ctl(struct fixture *f, int argc, const char *const *args)
{
	char *argv[ARGS_MAX + 1] = { (char *)(uintptr_t) "ctl" };

	for (int i = 0; i < argc; i++)
		argv[i + 1] = (char *)(uintptr_t)args[i];
	return ctl_main(argc + 1, argv, f->socket);
}

#define CTL(f, ...)                                                 \
	ctl((f), ARRAY_LEN(((const char *const[]){ __VA_ARGS__ })), \
		(const char *const[]){ __VA_ARGS__ })

static void add_demo(struct fixture *f)
{
	CHECK_INT(0, CTL(f, "connection", "add", "--kind", "credential", "--name", "demo", "--user",
			     "demo", "--password", "demo-demo", "--json"));
}

/** Places a call to the test destination that would last a minute. */
static pid_t call(struct fixture *f)
{
	char target[64];
	const char *args[] = { "call", target, "--srtp", "off", "--from", "demo:demo-demo",
		"--bind", f->ip, "--seconds", "60", "--quiet" };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	pid_t pid;

	snprintf(target, sizeof(target), "sip:test@%s", f->ip);
	pid = spawn(call_main, ARRAY_LEN(args), args, null);
	close(null);
	wait_for(f, " call_answered ");
	return pid;
}

static void kill_call(pid_t pid)
{
	kill(pid, SIGKILL);
	CHECK_INT(pid, waitpid(pid, NULL, 0));
}

struct found {
	unsigned n;
	struct call_record last;
};

static void keep_record(void *ctx, const struct call_record *r)
{
	struct found *found = ctx;

	if (found->n++ == 0)
		found->last = *r;
}

static struct found records(struct fixture *f)
{
	struct found found = { 0 };
	struct store *s;

	CHECK_OK(store_open(&s, f->folder.store, SPAN("example.org"), NULL));
	CHECK_OK(store_record_list(s, 10, keep_record, &found));
	store_close(s);
	return found;
}

static void a_change_is_in_force_for_the_next_call(void **state)
{
	struct fixture *f = *state;
	pid_t caller;

	start(f);
	CHECK_INT(0, CTL(f, "status"));
	add_demo(f);
	caller = call(f); /* digest authentication with what was just stored */
	CHECK_INT(1, CTL(f, "connection", "rm", "nobody"));
	CHECK_INT(2, CTL(f, "connection", "rm"));
	kill_call(caller);
}

static void sigterm_ends_calls_with_bye_and_keeps_their_records(void **state)
{
	struct fixture *f = *state;
	struct found found;
	pid_t caller;
	int status;

	start(f);
	add_demo(f);
	caller = call(f);
	kill(f->daemon, SIGTERM);
	CHECK_INT(caller, waitpid(caller, &status, 0)); /* long before its minute: a BYE came */
	CHECK(WIFEXITED(status));
	wait_for(f, " stopped ");
	CHECK_INT(0, ended(f));
	CHECK(access(f->socket, F_OK) != 0);
	found = records(f);
	CHECK_INT(1, found.n);
	CHECK_INT(FAILURE_edge_stopping, found.last.failure);
	CHECK_SPAN("edge", span_of(found.last.ended_by));
}

static void a_second_signal_ends_it_at_once(void **state)
{
	struct fixture *f = *state;
	pid_t caller;

	start(f);
	add_demo(f);
	caller = call(f);
	kill(caller, SIGSTOP); /* it will not answer the BYE */
	kill(f->daemon, SIGINT);
	wait_for(f, " stopping ");
	kill(f->daemon, SIGTERM);
	wait_for(f, " stopped_at_once ");
	CHECK_INT(1, ended(f));
	kill_call(caller);
}

static void kill_9_in_mid_call_loses_no_configuration(void **state)
{
	struct fixture *f = *state;
	pid_t caller;

	start(f);
	add_demo(f);
	for (int i = 0; i < 3; i++) {
		caller = call(f);
		CHECK_INT(0, CTL(f, "number", "add",
				     i == 0   ? "100"
				     : i == 1 ? "101"
					      : "102",
				     "--connection", "demo"));
		kill(f->daemon, SIGKILL);
		CHECK_INT(-1, ended(f));
		kill_call(caller);
		start(f); /* the socket that was left is replaced, the store is sound */
		CHECK_INT(0, CTL(f, "connection", "show", "demo"));
	}
	CHECK_INT(0, CTL(f, "number", "rm", "100"));
	CHECK_INT(0, CTL(f, "number", "rm", "101"));
	CHECK_INT(0, CTL(f, "number", "rm", "102"));
}

static void sighup_checks_the_file_and_keeps_what_runs(void **state)
{
	struct fixture *f = *state;
	FILE *config;

	start(f);
	kill(f->daemon, SIGHUP);
	wait_for(f, " config_checked ");
	config = fopen(f->config, "a");
	fputs("colour: red\n", config);
	fclose(config);
	kill(f->daemon, SIGHUP);
	wait_for(f, "colour: unknown key");
	CHECK_INT(0, CTL(f, "status"));
	kill(f->daemon, SIGTERM);
	CHECK_INT(0, ended(f));
}

static void what_is_in_use_is_named_at_the_start(void **state)
{
	struct fixture *f = *state;
	const char *args[] = { "serve", "--config", f->config };
	int fds[2], status;
	char said[4096];
	size_t n = 0;
	ssize_t got;
	pid_t second;

	start(f);
	CHECK_INT(0, pipe2(fds, O_CLOEXEC));
	second = spawn(serve_main, ARRAY_LEN(args), args, fds[1]);
	close(fds[1]);
	while ((got = read(fds[0], said + n, sizeof(said) - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(fds[0]);
	CHECK_INT(second, waitpid(second, &status, 0));
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CHECK(strstr(said, "reason=\"in use by another process\"") != NULL);
	kill(f->daemon, SIGTERM);
	CHECK_INT(0, ended(f));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_in_force_for_the_next_call),
		TEST(sigterm_ends_calls_with_bye_and_keeps_their_records),
		TEST(a_second_signal_ends_it_at_once),
		TEST(kill_9_in_mid_call_loses_no_configuration),
		TEST(sighup_checks_the_file_and_keeps_what_runs),
		TEST(what_is_in_use_is_named_at_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
