/** @file daemon/control.c */
#include "daemon/control.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/handle.h"
#include "base/mailbox.h"

struct control {
	struct loop *loop;
	struct command_env *env;
	uv_pipe_t server;
	struct handle_table clients;
	struct mailbox *done; /* struct job *, from the store's thread */
	size_t jobs;          /* that run; CONTROL_CLIENTS_MAX at most */
	bool is_stopped;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
};

struct client {
	uv_pipe_t pipe;
	struct control *control;
	handle_t handle;
	size_t n;
	bool is_busy; /* its request runs or is being answered: no further one is taken */
	char line[CONTROL_REQUEST_MAX];
};

/** A request on its way to the store's thread and back. Owned by whoever has it. */
struct job {
	struct control *control;
	handle_t client;
	char *answer;
	size_t n;
	char request[];
};

struct answer {
	uv_write_t req;
	char *text;
	bool is_last; /* close the client behind it */
};

bool control_allows(unsigned uid, unsigned own_uid)
{
	return uid == 0 || uid == own_uid;
}

static void on_client_closed(uv_handle_t *h)
{
	struct client *c = h->data;

	explicit_bzero(c->line, sizeof(c->line)); /* it may hold a password */
	free(c);
}

static void close_client(struct client *c)
{
	if (uv_is_closing((uv_handle_t *)&c->pipe))
		return;
	handle_remove(&c->control->clients, c->handle);
	uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

static void go_on(struct client *c);

static void on_written(uv_write_t *req, int status)
{
	struct answer *a = req->data;
	struct client *c = req->handle->data;

	if (status < 0 || a->is_last)
		close_client(c);
	else
		go_on(c);
	free(a->text);
	free(a);
}

/** Takes `text`. NULL: out of memory, so the client is closed. */
static void reply(struct client *c, char *text, bool is_last)
{
	struct answer *a = text ? calloc(1, sizeof(*a)) : NULL;
	uv_buf_t b;

	if (!a) {
		free(text);
		close_client(c);
		return;
	}
	c->is_busy = true;
	a->text = text;
	a->is_last = is_last;
	a->req.data = a;
	b = uv_buf_init(text, (unsigned)strlen(text));
	if (uv_write(&a->req, (uv_stream_t *)&c->pipe, &b, 1, on_written)) {
		free(a->text);
		free(a);
		close_client(c);
	}
}

/** The store's thread. */
static void run_job(struct store *s, void *ctx)
{
	struct job *j = ctx;
	sotto_err err;

	(void)s;
	j->answer = command_run(j->control->env, (struct span){ j->request, j->n });
	explicit_bzero(j->request, j->n);
	err = mailbox_send(j->control->done, &j);
	assert(!err); /* the box has room for every job that may run */
}

static void start_job(struct client *c, struct span line)
{
	struct control *control = c->control;
	struct job *j;

	if (control->jobs == CONTROL_CLIENTS_MAX) {
		reply(c, command_refusal("busy", "too many requests", "try again later"), false);
		return;
	}
	j = calloc(1, sizeof(*j) + line.n + 1);
	if (!j) {
		close_client(c);
		return;
	}
	j->control = control;
	j->client = c->handle;
	j->n = line.n;
	memcpy(j->request, line.p, line.n);
	if (store_send(control->env->store, run_job, j)) {
		explicit_bzero(j->request, j->n);
		free(j);
		reply(c, command_refusal("busy", "too many requests", "try again later"), false);
		return;
	}
	control->jobs++;
	c->is_busy = true;
}

/** Runs the next whole line, unless one runs. */
static void next_line(struct client *c)
{
	char *end;

	while (!c->is_busy && !uv_is_closing((uv_handle_t *)&c->pipe) &&
		(end = memchr(c->line, '\n', c->n))) {
		size_t n = (size_t)(end - c->line), rest = c->n - n - 1;
		struct span line = span_trim((struct span){ c->line, n });
		if (line.n)
			start_job(c, line);
		memmove(c->line, end + 1, rest);
		explicit_bzero(c->line + rest, n + 1);
		c->n = rest;
	}
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *out)
{
	struct client *c = h->data;

	(void)suggested;
	*out = uv_buf_init(c->line + c->n, (unsigned)(sizeof(c->line) - c->n));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct client *c = stream->data;

	(void)b;
	if (n == UV_ENOBUFS) { /* no room for a line's end */
		uv_read_stop(stream);
		if (c->is_busy)
			return; /* read on when the answer has gone out */
		reply(c,
			command_refusal(
				"malformed", "not a request", "the line is longer than 64 KiB"),
			true);
		return;
	}
	if (n < 0) {
		if (n == UV_EOF && c->is_busy)
			uv_read_stop(stream); /* it has said all and listens for the answer */
		else
			close_client(c);
		return;
	}
	c->n += (size_t)n;
	next_line(c);
}

/** The answer is out: the next request. */
static void go_on(struct client *c)
{
	int rc;

	c->is_busy = false;
	next_line(c);
	if (c->is_busy || uv_is_closing((uv_handle_t *)&c->pipe))
		return;
	rc = uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
	if (rc && rc != UV_EALREADY)
		close_client(c);
}

static void admit(struct control *control, struct client *c)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t n = sizeof(peer);
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&c->pipe, &fd) ||
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) ||
		!control_allows(peer.uid, geteuid())) {
		log_warn(control->env->log, ctl, "ctl_forbidden", LOG_INT("uid", (int)peer.uid),
			LOG_INT("pid", peer.pid));
		reply(c,
			command_refusal("forbidden", "not your daemon",
				"only root and the daemon's own user may use the control socket"),
			true);
		return;
	}
	if (uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read))
		close_client(c);
}

static void on_connection(uv_stream_t *server, int status)
{
	struct control *control = server->data;
	struct client *c = status < 0 ? NULL : calloc(1, sizeof(*c));

	if (!c)
		return;
	c->control = control;
	c->pipe.data = c;
	if (uv_pipe_init(loop_uv(control->loop), &c->pipe, 0)) {
		free(c);
		return;
	}
	if (uv_accept(server, (uv_stream_t *)&c->pipe) ||
		handle_add(&control->clients, c, &c->handle)) {
		uv_close((uv_handle_t *)&c->pipe, on_client_closed);
		return;
	}
	admit(control, c);
}

static sotto_err bind_failed(struct buf *why, const char *path, int error)
{
	buf_printf(why, "control.socket: %s: %s", path, strerror(error));
	if (error == ENOENT)
		buf_lit(why, " (make its folder)");
	if (error == EADDRINUSE)
		buf_lit(why, " (another daemon answers there: end it, or give control.socket "
			     "another name)");
	return error == EADDRINUSE ? SOTTO_EADDRINUSE : SOTTO_EIO;
}

/** Left behind by a daemon that was killed: nobody answers. */
static bool is_stale(const struct sockaddr_un *name)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool stale;

	if (fd < 0)
		return false;
	stale = connect(fd, (const struct sockaddr *)name, sizeof(*name)) < 0 &&
		errno == ECONNREFUSED;
	close(fd);
	return stale;
}

static sotto_err bind_socket(const char *path, int *out, struct buf *why)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	mode_t before;
	int fd, rc;

	*out = -1;
	if (span_cstr(span_of(path), name.sun_path, sizeof(name.sun_path)))
		return bind_failed(why, path, ENAMETOOLONG);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return bind_failed(why, path, errno);
	before = umask(0177); /* nobody but us from the first moment */
	rc = bind(fd, (const struct sockaddr *)&name, sizeof(name));
	if (rc && errno == EADDRINUSE && is_stale(&name)) {
		unlink(path);
		rc = bind(fd, (const struct sockaddr *)&name, sizeof(name));
	}
	rc = rc ? errno : 0;
	umask(before);
	if (rc) {
		close(fd);
		return bind_failed(why, path, rc);
	}
	*out = fd;
	return SOTTO_OK;
}

static void on_server_closed(uv_handle_t *h)
{
	(void)h; /* control_destroy frees it: jobs may still point to it */
}

sotto_err control_create(struct control **out, struct loop *loop, const char *path,
	struct command_env *env, struct buf *why)
{
	struct control *c = calloc(1, sizeof(*c));
	sotto_err err = SOTTO_OK;
	int fd;

	*out = NULL;
	if (c)
		c->done =
			mailbox_create(sizeof(struct job *), CONTROL_CLIENTS_MAX, loop_wake, loop);
	if (!c || !c->done) {
		free(c);
		buf_lit(why, "control.socket: out of memory");
		return SOTTO_ENOMEM;
	}
	c->loop = loop;
	c->env = env;
	c->is_stopped = true;
	handle_table_init(&c->clients, CONTROL_CLIENTS_MAX);
	err = bind_socket(path, &fd, why);
	if (err) {
		control_destroy(c);
		return err;
	}
	memcpy(c->path, path, strlen(path) + 1);
	c->server.data = c;
	c->is_stopped = false;
	if (uv_pipe_init(loop_uv(loop), &c->server, 0) || uv_pipe_open(&c->server, fd) ||
		uv_listen((uv_stream_t *)&c->server, CONTROL_CLIENTS_MAX, on_connection)) {
		err = bind_failed(why, path, EIO);
		control_stop(c);
		loop_turn(loop, 0);
		control_destroy(c);
		return err;
	}
	*out = c;
	return SOTTO_OK;
}

void control_run(struct control *c)
{
	struct client *client;
	struct job *j;

	while (mailbox_receive(c->done, &j)) {
		c->jobs--;
		client = handle_find(&c->clients, j->client);
		if (client) {
			reply(client, j->answer, false);
			j->answer = NULL;
		}
		free(j->answer);
		free(j);
	}
}

static void stop_client(void *object, void *ctx)
{
	(void)ctx;
	close_client(object);
}

void control_stop(struct control *c)
{
	if (!c || c->is_stopped)
		return;
	c->is_stopped = true;
	unlink(c->path);
	handle_each(&c->clients, stop_client, NULL);
	uv_close((uv_handle_t *)&c->server, on_server_closed);
}

void control_destroy(struct control *c)
{
	struct job *j;

	if (!c)
		return;
	while (mailbox_receive(c->done, &j)) {
		free(j->answer);
		free(j);
	}
	mailbox_destroy(c->done);
	handle_table_deinit(&c->clients);
	free(c);
}
