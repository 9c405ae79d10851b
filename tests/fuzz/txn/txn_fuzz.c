/**
 * @file fuzz/txn/txn_fuzz.c  Any order of messages, calls and time: nothing crashes, no event comes
 * from within a user's call or after he has gone, one final answer at most goes out for a request,
 * and in the end every transaction ends.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/list.h"
#include "txn/txn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SLOTS       8 /* transactions of each side that the user remembers */
#define STEPS_MAX   256
#define SERIALS_MAX 4096

enum op {
	OP_START,
	OP_RESPONSE,
	OP_REQUEST,
	OP_RESPOND,
	OP_CANCEL,
	OP_FORGET,
	OP_ACKED,
	OP_TIME,
	OP_FLOW_GONE,
	OP_SEND_FAILS,
	OP_TRANSPORT,
	OP_REFLEX, /* what the user does from within events */
	OP_COUNT
};

struct known {
	handle_t txn;
	unsigned finals; /* answers that the layer took for it */
	char branch[SIP_IDENT_MAX];
};

struct world {
	struct txn_layer *layer;
	struct timer_heap timers;
	struct rng_seeded rng;
	struct arena arena;
	struct sip_hop hop;
	instant_t now;
	bool fails, in_call;
	uint8_t reflex;
	unsigned serial, clients, servers;
	bool refused[SERIALS_MAX]; /* final answers that the layer did not take */
	struct known client[SLOTS], server[SLOTS];
};

static const char *const methods[] = { "INVITE", "OPTIONS", "BYE", "ACK", "CANCEL", "FOO" };
static const unsigned statuses[] = { 100, 180, 183, 200, 202, 302, 404, 486, 487, 503, 600 };

static struct known *server_of(struct world *w, handle_t txn)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (txn && w->server[i].txn == txn)
			return &w->server[i];
	return NULL;
}

static void respond(struct world *w, struct known *k, unsigned status)
{
	char text[512];
	sotto_err err;
	unsigned serial = ++w->serial;
	bool was = w->in_call;
	int n = snprintf(text, sizeof(text),
		"SIP/2.0 %u X\r\nVia: SIP/2.0/UDP h;branch=%s\r\nX-Serial: %u\r\n\r\n", status,
		k->branch, serial);

	w->in_call = true;
	err = txn_server_respond(
		w->layer, k->txn, status, (struct span){ text, (size_t)n }, w->now);
	w->in_call = was;
	if (err && serial < SERIALS_MAX)
		w->refused[serial] = true;
	if (!err && status >= 200)
		k->finals++;
	assert(k->finals <= 1);
}

static void on_event(void *ctx, handle_t owner, const struct txn_event *ev)
{
	struct world *w = ctx;
	struct known *k = server_of(w, ev->txn);
	bool was = w->in_call;

	assert(!w->in_call);
	assert(owner == 1);
	assert(ev->now == w->now);
	if (ev->kind == TXN_CANCELLED)
		assert(k == NULL || k->finals == 0);
	w->in_call = true;
	if (k && (w->reflex & 1))
		respond(w, k, 487);
	if (w->reflex & 2)
		txn_forget(w->layer, ev->txn);
	if (w->reflex & 4)
		txn_client_cancel(w->layer, ev->txn, SPAN("X"), w->now);
	w->in_call = was;
}

/** What was not taken must never go out. */
static void check_serial(const struct world *w, struct span message)
{
	static const char name[] = "X-Serial: ";
	const char *at = memmem(message.p, message.n, name, sizeof(name) - 1);
	unsigned long serial = at ? strtoul(at + sizeof(name) - 1, NULL, 10) : 0;

	assert(serial >= SERIALS_MAX || !w->refused[serial]);
}

static sotto_err on_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct world *w = ctx;

	assert(message.n > 0 && message.n <= SIP_MESSAGE_MAX);
	check_serial(w, message);
	if (!hop->flow && sip_transport_is_reliable(hop->transport))
		hop->flow = 1 + w->serial % 2;
	return w->fails ? SOTTO_EIO : SOTTO_OK;
}

static void on_request(void *ctx, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct txn_user user = { on_event, ctx, 1 };
	struct world *w = ctx;
	struct known *k = &w->server[w->servers++ % SLOTS];

	(void)from;
	assert(!w->in_call && now == w->now);
	assert((server == 0) == (msg->method == SIP_METHOD_ACK));
	assert(msg->method != SIP_METHOD_CANCEL);
	if (!server)
		return;
	txn_forget(w->layer, k->txn); /* the one whose place it takes */
	*k = (struct known){ .txn = server };
	if (!(w->reflex & 8))
		txn_server_set_user(w->layer, server, &user);
	if (w->reflex & 16)
		respond(w, k, 100);
}

static void on_stray(
	void *ctx, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	struct world *w = ctx;

	(void)from;
	assert(!w->in_call && !msg->is_request && now == w->now);
}

static void start(struct world *w, uint8_t arg)
{
	struct known *k = &w->client[w->clients++ % SLOTS];
	struct txn_user user = { on_event, w, 1 };
	const char *method = methods[arg % 3];
	struct sip_ident branch = sip_ident_branch(0, &w->rng.rng);
	char text[512];
	int n = snprintf(text, sizeof(text),
		"%s sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=%s\r\nMax-Forwards: 70\r\n"
		"Route: <sip:p;lr>\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\n"
		"CSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
		method, branch.text, method);
	sotto_err err;

	txn_forget(w->layer, k->txn);
	*k = (struct known){ 0 };
	memcpy(k->branch, branch.text, sizeof(k->branch));
	w->in_call = true;
	err = txn_client_start(w->layer, (struct span){ text, (size_t)n }, span_of(branch.text),
		sip_method_parse(span_of(method)), &w->hop, &user, w->now, &k->txn);
	w->in_call = false;
	assert(err == SOTTO_OK || err == SOTTO_ELIMIT);
}

static void receive(struct world *w, char *text, int n)
{
	struct sip_fault fault;
	struct sip_msg msg;

	if (!sip_msg_parse(&msg, &w->arena, text, (size_t)n, &fault))
		txn_on_message(w->layer, &msg, &w->hop, w->now);
	arena_reset(&w->arena);
}

static void response(struct world *w, uint8_t arg, uint8_t more)
{
	const struct known *k = &w->client[arg % SLOTS];
	char text[512];
	int n = snprintf(text, sizeof(text),
		"SIP/2.0 %u X\r\nVia: SIP/2.0/UDP h;branch=%s\r\nFrom: <sip:a@h>;tag=1\r\n"
		"To: <sip:b@h>;tag=%u\r\nCall-ID: c\r\nCSeq: 1 %s\r\nContent-Length: 0\r\n\r\n",
		statuses[more % ARRAY_LEN(statuses)], k->branch, arg / 64u,
		methods[(arg / SLOTS) % ARRAY_LEN(methods)]);

	receive(w, text, n);
}

static void request(struct world *w, uint8_t arg, uint8_t more)
{
	const char *method = methods[arg % ARRAY_LEN(methods)];
	char text[512];
	int n = snprintf(text, sizeof(text),
		"%s sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP p:%u%s%u\r\nMax-Forwards: 70\r\n"
		"From: <sip:b@h>;tag=2\r\nTo: <sip:a@h>%s\r\nCall-ID: d\r\nCSeq: 2 %s\r\n"
		"Content-Length: 0\r\n\r\n",
		method, 5060u + more / 128u, more & 64 ? ";x=" : ";branch=z9hG4bK", more % 8u,
		more & 32 ? ";tag=ours" : "", method);

	receive(w, text, n);
}

static void advance(struct world *w, ms_t ms)
{
	instant_t to = instant_add(w->now, ms);

	while (timer_heap_next(&w->timers) <= to) {
		instant_t next = timer_heap_next(&w->timers);
		if (next > w->now)
			w->now = next;
		timer_heap_run(&w->timers, w->now);
	}
	w->now = to;
}

static void step(struct world *w, enum op op, uint8_t arg, uint8_t more)
{
	static const ms_t times[] = { 0, 1, 499, 500, 1000, 4000, 5000, 31999, 32000, 64000 };
	handle_t client = w->client[arg % SLOTS].txn;
	struct known *server = &w->server[arg % SLOTS];

	switch (op) {
	case OP_START: start(w, arg); break;
	case OP_RESPONSE: response(w, arg, more); break;
	case OP_REQUEST: request(w, arg, more); break;
	case OP_RESPOND:
		if (server->txn)
			respond(w, server, statuses[more % ARRAY_LEN(statuses)]);
		break;
	case OP_CANCEL:
		w->in_call = true;
		txn_client_cancel(w->layer, client, more & 1 ? SPAN("R") : SPAN_NONE, w->now);
		w->in_call = false;
		break;
	case OP_FORGET: txn_forget(w->layer, more & 1 ? client : server->txn); break;
	case OP_ACKED: txn_server_acked(w->layer, server->txn); break;
	case OP_TIME: advance(w, times[arg % ARRAY_LEN(times)]); break;
	case OP_FLOW_GONE: txn_on_flow_gone(w->layer, 1 + arg % 2u, w->now); break;
	case OP_SEND_FAILS: w->fails = arg & 1; break;
	case OP_TRANSPORT:
		w->hop.transport = arg & 1 ? SIP_TRANSPORT_TCP : SIP_TRANSPORT_UDP;
		w->hop.flow = arg & 1 ? arg / 2 % 3u : 0;
		break;
	case OP_REFLEX: w->reflex = arg; break;
	case OP_COUNT: break;
	}
}

/** The user goes away: then all must end by itself. */
static void end(struct world *w)
{
	w->reflex = 0;
	for (size_t i = 0; i < SLOTS; i++) {
		txn_forget(w->layer, w->client[i].txn);
		txn_forget(w->layer, w->server[i].txn);
	}
	advance(w, 2 * 64 * TXN_T1 + TXN_T4);
	assert(txn_count(w->layer) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { .now = 0 };
	struct txn_env env = {
		.ctx = &w,
		.send = on_send,
		.on_request = on_request,
		.on_stray_response = on_stray,
		.timers = &w.timers,
		.rng = &w.rng.rng,
		.max = 12,
	};

	timer_heap_init(&w.timers);
	rng_seeded_init(&w.rng, 1);
	arena_init(&w.arena, 65536);
	w.hop.remote.family = IP_V4;
	w.layer = txn_layer_create(&env);
	assert(w.layer);
	for (size_t i = 0; i + 3 <= size && i / 3 < STEPS_MAX; i += 3)
		step(&w, (enum op)(data[i] % OP_COUNT), data[i + 1], data[i + 2]);
	end(&w);
	txn_layer_destroy(w.layer);
	timer_heap_deinit(&w.timers);
	arena_deinit(&w.arena);
	return 0;
}
