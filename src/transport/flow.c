/** @file transport/flow.c  A flow's life: connecting, TLS, sending, ending. */
#include "transport/flow.h"

#include <stdio.h>
#include <stdlib.h>

#include "transport/flow_read.h"

#define FLOW_PLAIN_MAX 16384 /* bytes that TLS hands over at once */

static struct loop *loop_of(const struct flow *f)
{
	return f->owner->loop;
}

static struct timer_heap *timers_of(const struct flow *f)
{
	return loop_timers(f->owner->loop);
}

/* Ending */

static void end(struct flow *f, const char *why)
{
	if (f->state >= FLOW_OVER)
		return;
	loop_task_cancel(&f->task);
	timer_stop(timers_of(f), &f->timer);
	if (!f->over)
		f->over = why;
	log_info(f->owner->log, transport, "connection_closed", LOG_ADDR("remote", &f->remote),
		LOG_SPAN("transport", sip_transport_name(f->transport)), LOG_STR("why", f->over));
	f->state = FLOW_OVER;
	f->owner->on_over(f->owner->ctx, f);
}

static void on_fail(struct loop_task *t)
{
	struct flow *f = container_of(t, struct flow, task);

	end(f, f->over);
}

void flow_fail(struct flow *f, const char *why)
{
	if (f->state >= FLOW_FAILING)
		return;
	f->state = FLOW_FAILING;
	f->over = why;
	loop_later(loop_of(f), &f->task, on_fail);
}

static void bury(struct loop_task *t)
{
	struct flow *f = container_of(t, struct flow, task);

	tls_session_destroy(f->tls);
	free(f->in);
	free(f->pending);
	free(f);
}

/** Says good-bye as far as the socket takes it at once. */
static void say_bye(struct flow *f)
{
	struct span last;

	if (!f->tls)
		return;
	tls_bye(f->tls);
	last = tls_output(f->tls);
	if (last.n && tcp_send(f->tcp, last))
		f->must_drain = false;
}

void flow_close(struct flow *f)
{
	if (!f || f->state == FLOW_CLOSED)
		return;
	f->state = FLOW_CLOSED;
	loop_task_cancel(&f->task);
	timer_stop(timers_of(f), &f->timer);
	if (f->tcp) {
		say_bye(f);
		if (f->must_drain)
			tcp_drain(f->tcp);
		else
			tcp_close(f->tcp);
	}
	f->tcp = NULL;
	loop_later(loop_of(f), &f->task, bury);
}

/* Time-outs */

static void log_tls_failure(struct flow *f, enum tls_trouble otherwise)
{
	const char *role = f->is_ours ? "client" : "server";
	struct tls_failure failure;
	char text[640];
	struct buf why = buf_over(text, sizeof(text));

	tls_failure_of(f->tls, otherwise, &failure);
	tls_failure_write(&why, &failure);
	if (f->state == FLOW_HANDSHAKING)
		log_warn(f->owner->log, tls, "tls_handshake_failed", LOG_ADDR("remote", &f->remote),
			LOG_STR("role", role), LOG_STR("name", f->tls_name),
			LOG_SPAN("why", buf_span(&why)));
	else
		log_warn(f->owner->log, tls, "tls_session_failed", LOG_ADDR("remote", &f->remote),
			LOG_STR("role", role), LOG_SPAN("why", buf_span(&why)));
}

static void on_deadline(struct timer *t, instant_t now)
{
	struct flow *f = container_of(t, struct flow, timer);

	(void)now;
	if (f->state == FLOW_HANDSHAKING) {
		log_tls_failure(f, TLS_TROUBLE_TIMEOUT);
		end(f, "the TLS handshake took too long");
	} else {
		end(f, f->has_spoken ? "a message took too long to come" : "no message came");
	}
}

static void set_deadline(struct flow *f, ms_t in)
{
	if (timer_set(timers_of(f), &f->timer, instant_add(clock_now(), in), on_deadline))
		flow_fail(f, "out of memory");
}

/** A flow that speaks SIP may be idle, but not in the middle of a message. */
static void watch_progress(struct flow *f, bool has_message_come)
{
	if (!f->has_spoken)
		return; /* the first message's deadline still counts */
	if (f->in_n == 0)
		timer_stop(timers_of(f), &f->timer);
	else if (has_message_come || !timer_is_set(&f->timer))
		set_deadline(f, f->owner->message_ms);
}

/* Sending */

/** Hands TLS's output to TCP. */
static sotto_err push_output(struct flow *f)
{
	struct span out = tls_output(f->tls);
	sotto_err err = out.n ? tcp_send(f->tcp, out) : SOTTO_OK;

	tls_output_sent(f->tls);
	return err;
}

static sotto_err write_tls(struct flow *f, struct span bytes)
{
	sotto_err err;

	if (tls_write_size(bytes.n) > tcp_room(f->tcp))
		return SOTTO_ELIMIT; /* before TLS counts a record that would never be sent */
	err = tls_write(f->tls, bytes);
	if (!err)
		err = push_output(f);
	return err ? SOTTO_ECLOSED : SOTTO_OK;
}

static sotto_err write_out(struct flow *f, struct span bytes)
{
	sotto_err err = f->tls ? write_tls(f, bytes) : tcp_send(f->tcp, bytes);

	if (!err || err == SOTTO_ELIMIT)
		return err;
	flow_fail(f, "sending failed"); /* part of it may be gone: the stream is of no use */
	return SOTTO_ECLOSED;
}

static sotto_err hold(struct flow *f, struct span bytes)
{
	char *grown;

	if (bytes.n > FLOW_PENDING_MAX - f->pending_n)
		return SOTTO_ELIMIT;
	grown = realloc(f->pending, f->pending_n + bytes.n);
	if (!grown)
		return SOTTO_ELIMIT;
	memcpy(grown + f->pending_n, bytes.p, bytes.n);
	f->pending = grown;
	f->pending_n += bytes.n;
	return SOTTO_OK;
}

sotto_err flow_send(struct flow *f, struct span message)
{
	switch (f->state) {
	case FLOW_CONNECTING:
	case FLOW_HANDSHAKING: return hold(f, message);
	case FLOW_OPEN: return write_out(f, message);
	case FLOW_FAILING:
	case FLOW_OVER:
	case FLOW_CLOSED: break;
	}
	return SOTTO_ECLOSED;
}

/* Opening */

static void open_flow(struct flow *f)
{
	struct span held = { f->pending, f->pending_n };

	f->state = FLOW_OPEN;
	timer_stop(timers_of(f), &f->timer);
	log_info(f->owner->log, transport, "connection_opened", LOG_ADDR("remote", &f->remote),
		LOG_ADDR("local", &f->local),
		LOG_SPAN("transport", sip_transport_name(f->transport)),
		LOG_STR("direction", f->is_ours ? "out" : "in"));
	if (f->is_ours)
		f->has_spoken = true; /* it may be idle from the start */
	else
		set_deadline(f, f->owner->first_ms);
	if (held.n && write_out(f, held) == SOTTO_ELIMIT)
		flow_fail(f, "sending failed");
	free(f->pending);
	f->pending = NULL;
	f->pending_n = 0;
}

static void open_tls(struct flow *f)
{
	struct tls_info info;

	(void)tls_session_info(f->tls, &info);
	log_info(f->owner->log, tls, "tls_handshake_ok", LOG_ADDR("remote", &f->remote),
		LOG_STR("role", f->is_ours ? "client" : "server"), LOG_STR("version", info.version),
		LOG_STR("cipher", info.cipher), LOG_STR("peer", info.peer_name));
	open_flow(f);
}

/* Reading */

static void fail_tls(struct flow *f)
{
	bool in_handshake = f->state == FLOW_HANDSHAKING;

	log_tls_failure(f, TLS_TROUBLE_LIBRARY);
	f->must_drain = true; /* so that our alert arrives */
	end(f, in_handshake ? "the TLS handshake failed" : "TLS failed");
}

static bool is_reading(const struct flow *f)
{
	return f->state == FLOW_OPEN || f->state == FLOW_HANDSHAKING;
}

static void take_plain(struct flow *f, char *bytes, size_t n)
{
	bool has_message_come = false;

	switch (flow_read(f, bytes, n, &has_message_come)) {
	case FLOW_READ_ON: watch_progress(f, has_message_come); break;
	case FLOW_READ_GONE: break;
	case FLOW_READ_REFUSED:
		f->must_drain = true; /* so that the answer arrives */
		end(f, "the peer's message has no end, or is too large");
		break;
	case FLOW_READ_NO_MEMORY: end(f, "out of memory"); break;
	}
}

/** Runs TLS until it needs more bytes. */
static void pump(struct flow *f)
{
	char plain[FLOW_PLAIN_MAX];
	enum tls_event event;
	size_t n;

	do {
		event = tls_next(f->tls, plain, sizeof(plain), &n);
		if (push_output(f) && event != TLS_EVENT_FAILED)
			flow_fail(f, "sending failed");
		if (!is_reading(f))
			break;
		switch (event) {
		case TLS_EVENT_MORE: break;
		case TLS_EVENT_OPEN: open_tls(f); break;
		case TLS_EVENT_DATA: take_plain(f, plain, n); break;
		case TLS_EVENT_END: end(f, "closed by the peer"); break;
		case TLS_EVENT_FAILED: fail_tls(f); break;
		}
	} while (event != TLS_EVENT_MORE && is_reading(f));
	explicit_bzero(plain, sizeof(plain)); /* SDES keys come this way */
}

static void on_read(void *ctx, char *bytes, size_t n)
{
	struct flow *f = ctx;

	if (!is_reading(f))
		return;
	if (!f->tls)
		take_plain(f, bytes, n);
	else if (tls_put(f->tls, (struct span){ bytes, n }))
		end(f, "out of memory");
	else
		pump(f);
}

static const char *words_for(const struct flow *f, sotto_err why)
{
	if (why == SOTTO_ETIMEOUT)
		return "timed out";
	if (why == SOTTO_ECLOSED)
		return "closed by the peer";
	return f->state == FLOW_CONNECTING ? "the connection was refused" : "broken";
}

static void on_tcp_over(void *ctx, sotto_err why)
{
	struct flow *f = ctx;

	if (f->state == FLOW_HANDSHAKING)
		log_tls_failure(f, TLS_TROUBLE_CLOSED);
	end(f, words_for(f, why));
}

/* Beginning */

static void begin(struct flow *f)
{
	f->local = *tcp_local(f->tcp);
	if (!f->tls_context) {
		open_flow(f);
		return;
	}
	f->state = FLOW_HANDSHAKING;
	if (tls_session_create(&f->tls, f->tls_context, span_of(f->tls_name),
		    f->is_ours ? &f->remote : NULL)) {
		flow_fail(f, "out of memory");
		return;
	}
	set_deadline(f, f->owner->handshake_ms);
	if (f->is_ours && is_reading(f))
		pump(f);
}

static void on_tcp_open(void *ctx)
{
	begin(ctx);
}

static struct flow *create(const struct flow_owner *owner, struct tls_context *context)
{
	struct flow *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->owner = owner;
	f->tls_context = context;
	f->transport = context ? SIP_TRANSPORT_TLS : SIP_TRANSPORT_TCP;
	return f;
}

static struct tcp_events events_for(struct flow *f)
{
	return (struct tcp_events){
		.ctx = f, .on_open = on_tcp_open, .on_read = on_read, .on_over = on_tcp_over
	};
}

sotto_err flow_accept(struct flow **out, const struct flow_owner *owner, struct tcp_conn *conn,
	struct tls_context *context)
{
	struct flow *f = create(owner, context);
	struct tcp_events events = events_for(f);

	*out = NULL;
	if (!f || tcp_start(conn, &events)) {
		tcp_close(conn);
		free(f);
		return f ? SOTTO_EIO : SOTTO_ENOMEM;
	}
	f->tcp = conn;
	f->remote = *tcp_remote(conn);
	begin(f);
	*out = f;
	return SOTTO_OK;
}

sotto_err flow_connect(struct flow **out, const struct flow_owner *owner, const struct sip_hop *hop,
	struct tls_context *context, const struct netaddr *from)
{
	struct flow *f = create(owner, context);
	struct tcp_events events = events_for(f);
	sotto_err err;

	*out = NULL;
	if (!f)
		return SOTTO_ENOMEM;
	f->is_ours = true;
	f->remote = hop->remote;
	snprintf(f->tls_name, sizeof(f->tls_name), "%s", hop->tls_name);
	err = tcp_connect(&f->tcp, owner->loop, &hop->remote, from, owner->connect_ms, &events);
	if (err) {
		free(f);
		return err;
	}
	*out = f;
	return SOTTO_OK;
}

bool flow_tls_info(const struct flow *f, struct tls_info *out)
{
	memset(out, 0, sizeof(*out));
	return f->tls && tls_session_info(f->tls, out);
}

size_t flow_key(char out[FLOW_KEY_MAX], const struct sip_hop *hop)
{
	struct buf b = buf_over(out, FLOW_KEY_MAX);
	const struct netaddr *a = &hop->remote;

	buf_putc(&b, (char)hop->transport);
	buf_putc(&b, (char)a->family);
	buf_put(&b, (struct span){ (const char *)a->ip, sizeof(a->ip) });
	buf_put(&b, (struct span){ (const char *)&a->port, sizeof(a->port) });
	buf_put(&b, (struct span){ (const char *)&a->scope, sizeof(a->scope) });
	for (const char *c = hop->tls_name; *c; c++)
		buf_putc(&b, ascii_lower(*c));
	return b.overflow ? 0 : b.n;
}
