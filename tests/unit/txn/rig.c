/** @file unit/txn/rig.c */
#include "unit/txn/rig.h"

#include "sip/ident.h"

#define FLOW 77

static unsigned ms_of(const struct rig *r)
{
	return (unsigned)instant_diff(0, r->now);
}

static void note(struct rig *r, char mark, struct span what)
{
	if (r->trace.n)
		buf_putc(&r->trace, ' ');
	buf_printf(&r->trace, "%u%c%.*s", ms_of(r), mark, SPAN_FMT(what));
}

/** "INVITE", or the status of a response. */
static struct span name_of(struct span message)
{
	struct span word = SPAN_NONE;

	(void)span_strip(&message, SPAN("SIP/2.0 "));
	(void)span_take(&message, ' ', &word);
	return word;
}

static sotto_err on_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct rig *r = ctx;

	note(r, '>', name_of(message));
	memcpy(r->sent, message.p, message.n);
	r->sent_n = message.n;
	r->sent_hop = *hop;
	r->sends++;
	if (!hop->flow)
		hop->flow = r->flow_on_send;
	return r->fails ? SOTTO_ECLOSED : SOTTO_OK;
}

static void on_event(void *ctx, handle_t owner, const struct txn_event *ev)
{
	static const char *const names[] = {
		[TXN_TIMEOUT] = "timeout",
		[TXN_TRANSPORT_ERROR] = "error",
		[TXN_CANCELLED] = "cancelled",
		[TXN_NO_ACK] = "no-ack",
	};
	struct rig *r = ctx;
	char status[16];

	CHECK_INT(42, owner);
	CHECK_INT(r->now, ev->now);
	CHECK(ev->txn != 0);
	CHECK((ev->msg != NULL) == (ev->kind == TXN_RESPONSE || ev->kind == TXN_CANCELLED));
	snprintf(status, sizeof(status), "%u", ev->msg ? ev->msg->status : 0);
	note(r, '!', span_of(ev->kind == TXN_RESPONSE ? status : names[ev->kind]));
}

static void on_request(void *ctx, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct rig *r = ctx;
	struct txn_user user = { on_event, r, 42 };

	(void)from;
	CHECK_INT(r->now, now);
	note(r, '?', msg->method_name);
	if (!server) {
		buf_putc(&r->trace, '-');
		return;
	}
	r->server = server;
	txn_server_set_user(r->layer, server, &user);
}

static void on_stray(
	void *ctx, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	char status[16];

	(void)from;
	(void)now;
	snprintf(status, sizeof(status), "%u", msg->status);
	note(ctx, '~', span_of(status));
}

bool rig_start(struct rig *r, size_t max)
{
	struct txn_env env = {
		.ctx = r,
		.send = on_send,
		.on_request = on_request,
		.on_stray_response = on_stray,
		.timers = &r->timers,
		.rng = &r->rng.rng,
		.worker = 3,
		.max = max,
	};

	memset(r, 0, sizeof(*r));
	r->trace = buf_over(r->trace_text, sizeof(r->trace_text) - 1);
	r->flow_on_send = FLOW;
	r->hop.local.family = r->hop.remote.family = IP_V4;
	memcpy(r->hop.local.ip, (uint8_t[]){ 192, 0, 2, 1 }, 4);
	memcpy(r->hop.remote.ip, (uint8_t[]){ 192, 0, 2, 9 }, 4);
	r->hop.local.port = 5060;
	r->hop.remote.port = 40000;
	timer_heap_init(&r->timers);
	rng_seeded_init(&r->rng, 1);
	arena_init(&r->arena, 128 * 1024);
	r->layer = txn_layer_create(&env);
	if (!r->layer)
		rig_stop(r);
	return r->layer != NULL;
}

void rig_stop(struct rig *r)
{
	txn_layer_destroy(r->layer);
	r->layer = NULL;
	timer_heap_deinit(&r->timers);
	arena_deinit(&r->arena);
}

void rig_advance(struct rig *r, unsigned to_ms)
{
	instant_t to = instant_add(0, to_ms);

	while (timer_heap_next(&r->timers) <= to) {
		instant_t next = timer_heap_next(&r->timers);
		if (next > r->now)
			r->now = next;
		timer_heap_run(&r->timers, r->now);
	}
	r->now = to;
}

void rig_receive(struct rig *r, const char *text)
{
	size_t n = strlen(text);
	char *copy = malloc(n + 1);
	struct sip_fault fault;
	struct sip_msg msg;
	sotto_err err;

	if (!copy)
		return;
	memcpy(copy, text, n + 1);
	err = sip_msg_parse(&msg, &r->arena, copy, n, &fault);
	if (err != SOTTO_ENOMEM) {
		CHECK_OK(err);
		txn_on_message(r->layer, &msg, &r->hop, r->now);
	}
	arena_reset(&r->arena);
	free(copy);
}

static void start_client(struct rig *r, const char *method)
{
	struct txn_user user = { on_event, r, 42 };
	char text[2048];
	sotto_err err;

	r->branch = sip_ident_branch(3, &r->rng.rng);
	r->method = method;
	snprintf(text, sizeof(text),
		"%s sip:bob@example.com;x=y SIP/2.0\r\n"
		"Via: SIP/2.0/%s 192.0.2.1:5060;branch=%s;rport\r\n"
		"Max-Forwards: 30\r\n"
		"Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\n"
		"Route: <sip:p3.example.com;lr>\r\n"
		"From: \"Al, ice\" <sip:alice@example.com>;tag=a1\r\n"
		"To: <sip:bob@example.com>\r\n"
		"Call-ID: c1@here\r\n"
		"CSeq: 7 %s\r\n"
		"Contact: <sip:alice@192.0.2.1>\r\n"
		"Content-Length: 0\r\n\r\n",
		method, r->hop.transport == SIP_TRANSPORT_UDP ? "UDP" : "TCP", r->branch.text,
		method);
	err = txn_client_start(r->layer, span_of(text), span_of(r->branch.text),
		sip_method_parse(span_of(method)), &r->hop, &user, r->now, &r->client);
	if (err)
		buf_printf(&r->trace, " =-%d", (int)err);
	CHECK((err == 0) == (r->client != 0));
}

static void peer_answers(struct rig *r, const char *word)
{
	bool of_cancel = word[0] == 'c';
	char text[2048];

	snprintf(text, sizeof(text),
		"SIP/2.0 %.3s Reason\r\n"
		"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=%s;rport=5060\r\n"
		"From: \"Al, ice\" <sip:alice@example.com>;tag=a1\r\n"
		"To: <sip:bob@example.com>;tag=b1\r\n"
		"Call-ID: c1@here\r\n"
		"CSeq: 7 %s\r\n"
		"Content-Length: 0\r\n\r\n",
		word + of_cancel, r->branch.text, of_cancel ? "CANCEL" : r->method);
	rig_receive(r, text);
}

static void peer_asks(struct rig *r, const char *word)
{
	bool is_own = strchr(word, '+') != NULL; /* a branch of its own */
	int n = (int)strcspn(word, "+");
	char text[2048];

	snprintf(text, sizeof(text),
		"%.*s sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bK%s;rport\r\n"
		"Max-Forwards: 70\r\n"
		"From: <sip:bob@example.com>;tag=b1\r\n"
		"To: <sip:alice@example.com>%s\r\n"
		"Call-ID: c2@there\r\n"
		"CSeq: 9 %.*s\r\n"
		"Content-Length: 0\r\n\r\n",
		n, word, is_own ? "other" : "peer", strncmp(word, "ACK", 3) ? "" : ";tag=ours", n,
		word);
	rig_receive(r, text);
}

static void we_answer(struct rig *r, unsigned status)
{
	char text[2048];
	sotto_err err;

	snprintf(text, sizeof(text),
		"SIP/2.0 %u Reason\r\n"
		"Via: SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bKpeer;rport=40000\r\n"
		"From: <sip:bob@example.com>;tag=b1\r\n"
		"To: <sip:alice@example.com>;tag=ours\r\n"
		"Call-ID: c2@there\r\n"
		"CSeq: 9 INVITE\r\n"
		"Content-Length: 0\r\n\r\n",
		status);
	err = txn_server_respond(r->layer, r->server, status, span_of(text), r->now);
	if (err)
		buf_printf(&r->trace, " =-%d", (int)err);
}

static bool run_setting(struct rig *r, const char *word)
{
	if (!strcmp(word, "udp") || !strcmp(word, "tcp")) {
		r->hop.transport = word[0] == 'u' ? SIP_TRANSPORT_UDP : SIP_TRANSPORT_TCP;
		r->hop.flow = word[0] == 'u' ? 0 : FLOW;
	} else if (!strcmp(word, "fail")) {
		r->fails = true;
	} else if (!strcmp(word, "ok")) {
		r->fails = false;
	} else {
		return false;
	}
	return true;
}

static bool run_call(struct rig *r, const char *word)
{
	struct span reason = SPAN("Q.850;cause=88;text=\"X\"");

	if (!strcmp(word, "cancel"))
		txn_client_cancel(r->layer, r->client, SPAN_NONE, r->now);
	else if (!strcmp(word, "cancel+"))
		txn_client_cancel(r->layer, r->client, reason, r->now);
	else if (!strcmp(word, "forget"))
		txn_forget(r->layer, r->client ? r->client : r->server);
	else if (!strcmp(word, "acked"))
		txn_server_acked(r->layer, r->server);
	else if (!strcmp(word, "gone"))
		txn_on_flow_gone(r->layer, FLOW, r->now);
	else
		return false;
	return true;
}

static const char *method_literal(const char *word)
{
	static const char *const methods[] = { "INVITE", "OPTIONS", "BYE", "FOO" };

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (!strcmp(word, methods[i]))
			return methods[i];
	fail_msg("no such word in a script: %s", word);
	return NULL;
}

static void run_word(struct rig *r, const char *word)
{
	if (word[0] == '@')
		rig_advance(r, (unsigned)strtoul(word + 1, NULL, 10));
	else if (word[0] == '=')
		we_answer(r, (unsigned)strtoul(word + 1, NULL, 10));
	else if (word[0] == '<' && strchr("c123456789", word[1]))
		peer_answers(r, word + 1);
	else if (word[0] == '<')
		peer_asks(r, word + 1);
	else if (!run_setting(r, word) && !run_call(r, word))
		start_client(r, method_literal(word));
}

void rig_run(struct rig *r, const char *script)
{
	struct span rest = span_of(script), word;
	char text[32];

	while (span_word(&rest, &word)) {
		CHECK_OK(span_cstr(word, text, sizeof(text)));
		run_word(r, text);
	}
}

void rig_check(const struct rig_row *rows, size_t n)
{
	static struct rig r; /* too large for the stack */

	for (size_t i = 0; i < n; i++) {
		ROW(rows[i].label);
		CHECK(rig_start(&r, 0));
		rig_run(&r, rows[i].script);
		buf_printf(&r.trace, " #%zu", txn_count(r.layer));
		CHECK_SPAN(rows[i].trace, buf_span(&r.trace));
		rig_stop(&r);
	}
}
