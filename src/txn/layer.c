/** @file txn/layer.c  The layer: its life, messages in, and the calls of its users. */
#include <stdlib.h>

#include "txn/machine.h"

#define BUSY_RETRY_AFTER 5 /* seconds, in a 503 */

struct txn_layer *txn_layer_create(const struct txn_env *env)
{
	struct txn_layer *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->env = *env;
	l->max = env->max && env->max < TXN_MAX ? env->max : TXN_MAX;
	for (size_t i = 0; i < TXN_FLOW_BUCKETS; i++)
		list_init(&l->by_flow[i]);
	handle_table_init(&l->handles, TXN_MAX);
	map_init(&l->by_key, env->rng, TXN_MAX);
	arena_init(&l->arena, TXN_ARENA_MAX);
	rng_fill(env->rng, l->tag_secret, sizeof(l->tag_secret));
	if (txn_clock_init(l)) {
		txn_layer_destroy(l);
		return NULL;
	}
	return l;
}

static void destroy_one(void *object, void *ctx)
{
	(void)ctx;
	txn_destroy(object);
}

void txn_layer_destroy(struct txn_layer *l)
{
	if (!l)
		return;
	handle_each(&l->handles, destroy_one, NULL);
	txn_clock_deinit(l);
	arena_deinit(&l->arena);
	map_deinit(&l->by_key);
	handle_table_deinit(&l->handles);
	free(l);
}

static void begin_server(
	struct txn_layer *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	bool is_invite = msg->method == SIP_METHOD_INVITE;
	const struct txn_machine *machine = is_invite ? &ist_machine : &nist_machine;
	struct sip_hop hop = txn_response_hop(msg, from);
	struct txn *t;
	sotto_err err = txn_create(l, machine, txn_server_key(l, msg), &hop, &t);

	if (err) {
		log_warn(l->env.log, sip, "transaction_refused", LOG_STR("why", err_text(err)),
			LOG_INT("live", l->handles.count), LOG_ADDR("peer", &from->remote));
		txn_reply_stateless(l, msg, from, 503, BUSY_RETRY_AFTER);
		return;
	}
	t->state = is_invite ? TXN_PROCEEDING : TXN_TRYING;
	txn_end_after(t, TXN_TIMEOUT_MS, now); /* an INVITE's user lifts it: set_user */
	l->env.on_request(l->env.ctx, t->handle, msg, from, now);
}

static void on_request(
	struct txn_layer *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	struct txn *t;

	if (msg->method == SIP_METHOD_CANCEL) {
		txn_on_cancel(l, msg, from, now);
		return;
	}
	t = txn_find_server(l, msg);
	if (t)
		t->machine->on_message(t, msg, from, now);
	else if (msg->method == SIP_METHOD_ACK) /* of a 2xx: its own, without a transaction */
		l->env.on_request(l->env.ctx, 0, msg, from, now);
	else
		begin_server(l, msg, from, now);
}

static bool has_one_via(const struct sip_msg *msg)
{
	struct sip_values it = sip_msg_values(msg, SIP_HEADER_VIA);
	struct span value;

	return !sip_values_next(&it, &value) || !sip_values_next(&it, &value);
}

static void on_response(
	struct txn_layer *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	struct txn *t;

	if (!has_one_via(msg))
		return; /* §8.1.3.3: meant for somebody else */
	t = txn_find_client(l, msg);
	if (t)
		t->machine->on_message(t, msg, from, now);
	else if (msg->cseq.method != SIP_METHOD_CANCEL) /* those are ours alone, and over */
		l->env.on_stray_response(l->env.ctx, msg, from, now);
}

void txn_on_message(
	struct txn_layer *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	l->now = now;
	if (msg->is_request)
		on_request(l, msg, from, now);
	else
		on_response(l, msg, from, now);
}

void txn_on_flow_gone(struct txn_layer *l, handle_t flow, instant_t now)
{
	struct list *bucket = &l->by_flow[(flow ^ flow >> 32) % TXN_FLOW_BUCKETS];

	l->now = now;
	list_each(at, bucket)
	{
		struct txn *t = container_of(at, struct txn, by_flow);
		bool is_waiting = t->state == TXN_CALLING || t->state == TXN_TRYING ||
				  t->state == TXN_PROCEEDING;

		if (t->hop.flow == flow && is_waiting)
			txn_fail_soon(t, now);
	}
}

/** The method is the first word: `enum sip_method` has no name for those that we do not know. */
static struct span method_of(struct span request)
{
	struct span method = SPAN_NONE;

	(void)span_take(&request, ' ', &method);
	return method;
}

sotto_err txn_client_start(struct txn_layer *l, struct span request, struct span branch,
	enum sip_method method, const struct sip_hop *hop, const struct txn_user *user,
	instant_t now, handle_t *out)
{
	struct span name = method_of(request);
	sotto_err err;

	*out = 0;
	l->now = now;
	if (branch.n == 0 || branch.n >= SIP_IDENT_MAX || name.n == 0 || name.n > SIP_IDENT_MAX ||
		sip_method_parse(name) != method)
		return SOTTO_EINVAL;
	if (method == SIP_METHOD_INVITE)
		err = ict_start(l, request, branch, hop, user, now, out);
	else
		err = nict_start(l, request, branch, name, hop, user, now, out);
	return err == SOTTO_EEXIST ? SOTTO_EINVAL : err;
}

static struct txn *find(struct txn_layer *l, handle_t h, bool is_server)
{
	struct txn *t = handle_find(&l->handles, h);

	return t && t->machine->is_server == is_server ? t : NULL;
}

void txn_client_cancel(struct txn_layer *l, handle_t client, struct span reason, instant_t now)
{
	struct txn *t = find(l, client, false);

	l->now = now;
	if (t && t->machine->is_invite)
		ict_cancel(t, reason, now);
}

void txn_server_set_user(struct txn_layer *l, handle_t server, const struct txn_user *user)
{
	struct txn *t = find(l, server, true);

	if (!t)
		return;
	t->user = *user;
	/* he may take his time with an INVITE; nothing else is waited for by its client */
	if (user->on_event && t->machine->is_invite && t->state == TXN_PROCEEDING)
		txn_stop_end(t);
}

sotto_err txn_server_respond(
	struct txn_layer *l, handle_t server, unsigned status, struct span response, instant_t now)
{
	struct txn *t = find(l, server, true);

	l->now = now;
	if (!t)
		return SOTTO_ENOENT;
	if (status < 100 || status > 699)
		return SOTTO_EINVAL;
	return t->machine->respond(t, status, response, now);
}

void txn_server_drop(struct txn_layer *l, handle_t server)
{
	struct txn *t = find(l, server, true);

	if (!t || t->message)
		return;
	t->user = (struct txn_user){ 0 };
	txn_end_after(t, 0, l->now);
}

void txn_server_acked(struct txn_layer *l, handle_t server)
{
	struct txn *t = find(l, server, true);

	if (!t || t->state != TXN_ACCEPTED)
		return;
	t->is_acked = true;
	txn_stop_resend(t); /* timer L goes on: repeats of the INVITE are still absorbed */
}

bool txn_server_hop(struct txn_layer *l, handle_t server, struct sip_hop *out)
{
	struct txn *t = find(l, server, true);

	*out = t ? t->hop : (struct sip_hop){ 0 };
	return t != NULL;
}

void txn_forget(struct txn_layer *l, handle_t h)
{
	struct txn *t = handle_find(&l->handles, h);

	if (!t)
		return;
	t->user = (struct txn_user){ 0 };
	if (t->machine->on_forget)
		t->machine->on_forget(t, l->now);
}

size_t txn_count(const struct txn_layer *l)
{
	return l->handles.count;
}
