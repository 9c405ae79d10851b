/** @file daemon/serve.c  Boot, signals and the end. This thread: control socket and supervision. */
#include "daemon/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/config.h"
#include "daemon/control.h"
#include "daemon/signalling.h"
#include "io/tls_context.h"

#define REFERENCE_MAX 65536

struct daemon {
	const char *config_file;
	struct config config;
	struct config_report report;
	struct log log;
	struct loop *loop;
	struct store *store;
	struct command_env env;
	struct control *control;
	struct signalling *signalling;
	uv_signal_t term, interrupt, hangup;
	instant_t started;
	bool is_stopping;
};

enum serve_status {
	SERVE_OK = 0,
	SERVE_FAILED = 1,
	SERVE_USAGE = 2,
};

static void on_wake(void *ctx)
{
	struct daemon *d = ctx;

	control_run(d->control);
}

/** The store's thread: a change is in force for the next call. */
static void on_publish(void *ctx, struct directory *directory)
{
	struct daemon *d = ctx;
	sotto_err err = signalling_set_directory(d->signalling, directory);

	if (err)
		log_error(d->log.sink ? &d->log : NULL, daemon, "change_not_in_force",
			LOG_STR("reason", err_text(err)),
			LOG_STR("remedy", "repeat it, or restart"));
}

static void on_status(void *ctx, struct command_status *out)
{
	struct daemon *d = ctx;

	out->uptime_s = (uint64_t)(instant_diff(d->started, clock_now()) / 1000);
	signalling_status(d->signalling, out);
}

static void on_ended(void *ctx)
{
	loop_stop(((struct daemon *)ctx)->loop);
}

static void on_stop_signal(uv_signal_t *h, int signum)
{
	struct daemon *d = h->data;

	if (d->is_stopping) {
		log_warn(&d->log, daemon, "stopped_at_once", LOG_INT("signal", signum));
		_exit(SERVE_FAILED); /* the store stands this, as it stands kill -9 */
	}
	d->is_stopping = true;
	log_info(&d->log, daemon, "stopping", LOG_INT("signal", signum));
	signalling_stop(d->signalling);
}

static void log_report(struct daemon *d)
{
	struct span left = span_of(d->report.text), line;

	while (span_take(&left, '\n', &line))
		log_error(&d->log, config, "config_error", LOG_SPAN("error", line));
}

/** Says what a restart would find. Every key counts at a restart as yet. */
static void on_hangup(uv_signal_t *h, int signum)
{
	struct daemon *d = h->data;
	struct config *c = calloc(1, sizeof(*c));

	(void)signum;
	if (c && config_load(c, d->config_file, &d->report) == SOTTO_OK)
		log_info(&d->log, config, "config_checked", LOG_STR("file", d->config_file),
			LOG_STR("note", "no errors; changes count after a restart"));
	else
		log_report(d);
	free(c);
}

/** A call takes four sockets, and core files would hold keys. */
static void set_limits(struct daemon *d)
{
	struct rlimit files, none = { 0, 0 };
	rlim_t need = (rlim_t)d->config.calls_max * 4 + d->config.flows_max + 256;

	/* core(5): the limit does not count where core files are piped to a program */
	if (prctl(PR_SET_DUMPABLE, 0) || setrlimit(RLIMIT_CORE, &none))
		log_warn(&d->log, daemon, "core_files_stay_on", LOG_BOOL("are_secret", true));
	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	if (files.rlim_max != RLIM_INFINITY && need > files.rlim_max)
		log_warn(&d->log, daemon, "open_files_limited", LOG_INT("have", files.rlim_max),
			LOG_INT("need", need),
			LOG_STR("remedy", "raise LimitNOFILE, or lower limits.calls"));
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files))
		log_warn(&d->log, daemon, "open_files_limited", LOG_INT("have", files.rlim_cur));
}

static sotto_err watch(struct daemon *d, uv_signal_t *h, uv_signal_cb cb, int signum)
{
	TRY(loop_err(uv_signal_init(loop_uv(d->loop), h)));
	h->data = d;
	return loop_err(uv_signal_start(h, cb, signum));
}

static void unwatch(uv_signal_t *h)
{
	if (h->loop && !uv_is_closing((uv_handle_t *)h))
		uv_close((uv_handle_t *)h, NULL);
}

static sotto_err start_parts(struct daemon *d, struct buf *why)
{
	struct signalling_params params = {
		.config = &d->config, .log = &d->log, .ended = on_ended, .ctx = d
	};

	TRY(loop_create(&d->loop));
	TRY(store_open(&d->store, d->config.store_path, span_of(d->config.realm), &d->log));
	d->env = (struct command_env){ .store = d->store,
		.publish = on_publish,
		.status = on_status,
		.ctx = d,
		.log = &d->log };
	TRY(command_env_init(&d->env));
	params.store = d->store;
	params.directory = d->env.directory;
	TRY(signalling_create(&d->signalling, &params, why));
	TRY(control_create(&d->control, d->loop, d->config.control_socket, &d->env, why));
	loop_on_wake(d->loop, on_wake, d);
	TRY(watch(d, &d->term, on_stop_signal, SIGTERM));
	TRY(watch(d, &d->interrupt, on_stop_signal, SIGINT));
	TRY(watch(d, &d->hangup, on_hangup, SIGHUP));
	TRY(store_start(d->store));
	return signalling_start(d->signalling);
}

static void stop_parts(struct daemon *d)
{
	control_stop(d->control);
	signalling_join(d->signalling);
	store_close(d->store); /* writes the last records, and ends requests that run */
	signalling_destroy(d->signalling);
	command_env_deinit(&d->env);
	unwatch(&d->term);
	unwatch(&d->interrupt);
	unwatch(&d->hangup);
	loop_destroy(d->loop);
	control_destroy(d->control);
}

static void tell_ready(struct daemon *d)
{
	log_info(&d->log, daemon, "edge_ready", LOG_STR("version", SOTTO_VERSION),
		LOG_STR("realm", d->config.realm), LOG_INT("listeners", d->config.listener_count),
		LOG_INT("pid", getpid()));
}

static int run(struct daemon *d)
{
	char text[512] = "";
	struct buf why = buf_over(text, sizeof(text) - 1);
	sotto_err err;

	log_init_stderr(&d->log);
	config_apply_log(&d->config, &d->log);
	set_limits(d);
	d->started = clock_now();
	err = start_parts(d, &why);
	if (err) {
		log_error(&d->log, daemon, "start_failed",
			LOG_STR("reason", text[0] ? text : err_text(err)));
	} else {
		tell_ready(d);
		loop_run(d->loop);
	}
	stop_parts(d);
	if (!err)
		log_info(&d->log, daemon, "stopped", LOG_INT("pid", getpid()));
	return err ? SERVE_FAILED : SERVE_OK;
}

/** What only opening the files can tell. */
static int check_certificates(const struct daemon *d)
{
	int status = SERVE_OK;

	for (size_t i = 0; i < d->config.listener_count; i++) {
		const struct config_listener *l = &d->config.listeners[i];
		struct tls_server_settings files = { l->certificate, l->key };
		char text[512] = "";
		struct buf why = buf_over(text, sizeof(text) - 1);
		struct tls_context *tls = NULL;
		if (l->transport != SIP_TRANSPORT_TLS)
			continue;
		if (tls_context_create_server(&tls, &files, &why)) {
			fprintf(stderr, "%s: listeners[%zu]: %s\n", d->config_file, i, text);
			status = SERVE_FAILED;
		}
		tls_context_destroy(tls);
	}
	return status;
}

static int check(const struct daemon *d)
{
	int status = check_certificates(d);

	if (status == SERVE_OK)
		printf("%s: no errors\n", d->config_file);
	return status;
}

static int print_reference(void)
{
	char *text = malloc(REFERENCE_MAX);
	struct buf b = buf_over(text, text ? REFERENCE_MAX : 0);

	config_write_reference(&b);
	if (text)
		fwrite(b.p, 1, b.n, stdout);
	free(text);
	return buf_err(&b) ? SERVE_FAILED : SERVE_OK;
}

static int usage(FILE *out, int status)
{
	fputs("usage: sotto serve --config FILE [--check]\n"
	      "  --config FILE              the configuration (/etc/sotto/sotto.yaml)\n"
	      "  --check                    checks it and the certificates, and ends\n"
	      "  --print-config-reference   every key, as Markdown\n",
		out);
	return status;
}

static int load_and(struct daemon *d, int (*then)(struct daemon *d))
{
	if (config_load(&d->config, d->config_file, &d->report) == SOTTO_OK)
		return then(d);
	fputs(d->report.text, stderr);
	return SERVE_FAILED;
}

static int then_check(struct daemon *d)
{
	return check(d);
}

int serve_main(int argc, char **argv)
{
	struct daemon *d = calloc(1, sizeof(*d));
	bool is_check = false;
	int status;

	if (!d)
		return SERVE_FAILED;
	d->config_file = "/etc/sotto/sotto.yaml";
	for (int i = 1; i < argc; i++) {
		struct span arg = span_of(argv[i]);
		if (span_eq(arg, SPAN("--check"))) {
			is_check = true;
		} else if (span_eq(arg, SPAN("--config")) && i + 1 < argc) {
			d->config_file = argv[++i];
		} else {
			free(d);
			if (span_eq(arg, SPAN("--print-config-reference")))
				return print_reference();
			if (span_eq(arg, SPAN("--help")))
				return usage(stdout, SERVE_OK);
			fprintf(stderr, "sotto serve: %s: unknown, or its value is missing\n",
				argv[i]);
			return usage(stderr, SERVE_USAGE);
		}
	}
	status = load_and(d, is_check ? then_check : run);
	free(d);
	return status;
}
