/** @file cli/ctl.c  Connects, asks, prints. Blocking: it has nothing else to do. */
#include "cli/ctl.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/ctl_request.h"

#define ANSWER_MAX (64u << 20) /* a thousand records, or all connections, are far below */

enum {
	CTL_DONE = 0,
	CTL_REFUSED = 1,
	CTL_USAGE = 2,
};

static int complain(const char *text)
{
	fprintf(stderr, "sotto ctl: %s\n", text);
	return CTL_REFUSED;
}

static int cannot_connect(const char *path, int error)
{
	const char *hint = "";

	if (error == ENOENT || error == ECONNREFUSED)
		hint = " (does the daemon run, and is this its control.socket? see --socket)";
	else if (error == EACCES)
		hint = " (only root and the daemon's own user may use it)";
	fprintf(stderr, "sotto ctl: %s: %s%s\n", path, strerror(error), hint);
	return -1;
}

static int connect_to(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd;

	if (span_cstr(span_of(path), name.sun_path, sizeof(name.sun_path)))
		return cannot_connect(path, ENAMETOOLONG);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return cannot_connect(path, errno);
	if (connect(fd, (const struct sockaddr *)&name, sizeof(name))) {
		int error = errno;
		close(fd);
		return cannot_connect(path, error);
	}
	return fd;
}

static bool send_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool send_body(int fd, const json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;
	bool sent = text && send_all(fd, text, n) && send_all(fd, "\n", 1);

	if (text)
		explicit_bzero(text, n); /* it may hold a password */
	free(text);
	return sent;
}

/** One line. NULL: none came, or memory ran out. */
static char *receive_line(int fd, size_t *n)
{
	size_t cap = 65536;
	char *line = malloc(cap), *more;
	ssize_t got;

	*n = 0;
	while (line) {
		got = recv(fd, line + *n, cap - *n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		*n += (size_t)got;
		if (line[*n - 1] == '\n')
			return line;
		if (*n < cap)
			continue;
		more = cap < ANSWER_MAX ? realloc(line, cap * 2) : NULL;
		if (!more)
			break;
		line = more;
		cap *= 2;
	}
	free(line);
	return NULL;
}

static json_t *ask(const char *path, const json_t *body)
{
	int fd = connect_to(path);
	json_t *answer = NULL;
	char *line;
	size_t n;

	if (fd < 0)
		return NULL;
	/* a refusal can come before the request is read: the answer counts, not the sending */
	if (!send_body(fd, body) && errno != EPIPE)
		complain("the request could not be sent");
	line = receive_line(fd, &n);
	if (line)
		answer = json_loadb(line, n, 0, NULL);
	if (!json_is_object(answer)) {
		complain("the daemon closed the socket without an answer: see its log");
		json_decref(answer);
		answer = NULL;
	}
	free(line);
	close(fd);
	return answer;
}

static void print_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	putchar('\n');
}

static int print_answer(const struct ctl_request *r, const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error");
	const char *title = json_string_value(json_object_get(error, "title"));
	const char *detail = json_string_value(json_object_get(error, "detail"));

	if (json_is_true(json_object_get(answer, "ok"))) {
		if (r->json)
			print_json(json_object_get(answer, "data"));
		else
			r->command->print(stdout, json_object_get(answer, "data"));
		return CTL_DONE;
	}
	if (r->json)
		print_json(answer);
	else
		fprintf(stderr, "sotto ctl: %s: %s\n", title ? title : "refused",
			detail ? detail : "no reason was given");
	return CTL_REFUSED;
}

int ctl_main(int argc, char **argv, const char *socket)
{
	char text[256] = "";
	struct buf why = buf_over(text, sizeof(text) - 1);
	struct ctl_request r;
	json_t *answer;
	int status;

	if (ctl_request_read(&r, argc - 1, argv + 1, stdin, &why)) {
		complain(text);
		return CTL_USAGE;
	}
	if (r.help) {
		ctl_usage(stdout, r.command);
		return CTL_DONE;
	}
	answer = ask(r.socket ? r.socket : socket, r.body);
	status = answer ? print_answer(&r, answer) : CTL_REFUSED;
	json_decref(answer);
	json_decref(r.body);
	return status;
}
