/** @file edge/edge.c  Its life, and what comes in: messages, flows, names, media. */
#include "edge/edge.h"

#include <stdlib.h>

#include "edge/call/call.h"
#include "edge/options.h"
#include "edge/registrar.h"
#include "edge/request.h"
#include "edge/wire.h"

#define DIALOGS_MAX (EDGE_CALLS_MAX * 2)

void edge_settings_default(struct edge_settings *s)
{
	*s = (struct edge_settings){
		.realm = "sotto",
		.digest_algorithms = AUTH_MD5 | AUTH_SHA256,
		.test_destination = "",
		.user_agent = "Sotto",
		.calls_max = 4096,
		.register_expires_min_s = 60,
		.register_expires_max_s = 3600,
		.timeout_1xx_s = 0,
		.timeout_2xx_s = 90,
		.media_silence_s = 0,
		.call_max_s = 14400,
		.media_dscp = 46,
	};
}

/* ---- messages ---- */

static void refuse(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, struct reply r, instant_t now)
{
	reply_to_stranger(e, server, msg, from, &r, now);
}

/** Outside of any dialog (RFC 3261 §8.2). */
static void on_new_request(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	switch (msg->method) {
	case SIP_METHOD_INVITE: call_on_invite(e, server, msg, from, now); break;
	case SIP_METHOD_REGISTER: registrar_on_request(e, server, msg, from, now); break;
	case SIP_METHOD_OPTIONS: options_on_request(e, server, msg, from, SPAN_NONE, now); break;
	case SIP_METHOD_BYE:
	case SIP_METHOD_CANCEL:
	case SIP_METHOD_PRACK:
	case SIP_METHOD_UPDATE: /* those live in dialogs only */
		refuse(e, server, msg, from, (struct reply){ .status = 481 }, now);
		break;
	case SIP_METHOD_ACK: break;
	case SIP_METHOD_SUBSCRIBE:
	case SIP_METHOD_NOTIFY:
	case SIP_METHOD_PUBLISH:
	case SIP_METHOD_INFO:
	case SIP_METHOD_REFER:
	case SIP_METHOD_MESSAGE:
	case SIP_METHOD_OTHER:
		refuse(e, server, msg, from, (struct reply){ .status = 405, .allow = true }, now);
		break;
	}
}

static void on_request(void *ctx, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct edge *e = ctx;
	struct reply refusal;

	if (msg->method == SIP_METHOD_ACK)
		call_on_request(e, 0, msg, from, now);
	else if (!request_is_sound(msg, &refusal))
		reply_to_stranger(e, server, msg, from, &refusal, now);
	else if (msg->to.tag.n)
		call_on_request(e, server, msg, from, now);
	else
		on_new_request(e, server, msg, from, now);
}

static void on_stray_response(
	void *ctx, const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	call_on_stray_response(ctx, msg, from, now);
}

static sotto_err on_send(void *ctx, struct sip_hop *hop, struct span message)
{
	return wire_send(ctx, hop, message);
}

static void on_message(void *ctx, char *bytes, size_t n, const struct sip_hop *from, instant_t now)
{
	struct edge *e = ctx;
	struct sip_fault fault;
	struct sip_msg msg;

	arena_reset(&e->arena);
	e->has_message = true;
	if (sip_msg_parse(&msg, &e->arena, bytes, n, &fault))
		request_refuse_malformed(e, &msg, &fault, from, now);
	else
		txn_on_message(e->txns, &msg, from, now);
	e->has_message = false;
}

/* ---- the other events ---- */

static void on_flow_gone(void *ctx, handle_t flow, instant_t now)
{
	struct edge *e = ctx;

	edge_begin_turn(e);
	binding_flow_gone(registrar_table(e->registrar), flow);
	txn_on_flow_gone(e->txns, flow, now);
}

static void on_resolved(
	void *ctx, uint64_t cookie, const struct netaddr *addresses, size_t n, instant_t now)
{
	struct edge *e = ctx;

	edge_begin_turn(e);
	call_on_resolved(e, cookie, addresses, n, now);
}

struct transport_events edge_transport_events(struct edge *e)
{
	return (struct transport_events){
		.ctx = e,
		.on_message = on_message,
		.on_flow_gone = on_flow_gone,
		.on_resolved = on_resolved,
	};
}

void edge_on_media(struct edge *e, const struct media_event *event, instant_t now)
{
	edge_begin_turn(e);
	call_on_media(e, event, now);
}

/* ---- its life ---- */

static sotto_err create_engines(struct edge *e)
{
	struct txn_env env = {
		.ctx = e,
		.send = on_send,
		.on_request = on_request,
		.on_stray_response = on_stray_response,
		.timers = e->env.timers,
		.rng = e->env.rng,
		.log = e->env.log,
		.worker = e->env.worker,
	};

	e->txns = txn_layer_create(&env);
	e->dialogs = dialog_table_create(e->env.rng, DIALOGS_MAX);
	e->auth = auth_server_create(e->env.rng, span_of(e->settings.realm), e->env.worker);
	if (e->auth)
		auth_server_set_algorithms(e->auth, e->settings.digest_algorithms);
	e->registrar = registrar_create(e);
	return e->txns && e->dialogs && e->auth && e->registrar ? SOTTO_OK : SOTTO_ENOMEM;
}

sotto_err edge_create(struct edge **out, const struct edge_env *env,
	const struct edge_settings *settings, struct directory *directory)
{
	struct edge *e = calloc(1, sizeof(*e));

	*out = NULL;
	if (!e)
		return SOTTO_ENOMEM;
	e->env = *env;
	e->settings = *settings;
	if (e->settings.calls_max > EDGE_CALLS_MAX)
		e->settings.calls_max = EDGE_CALLS_MAX;
	e->directory = directory_retain(directory);
	list_init(&e->calls);
	handle_table_init(&e->legs, EDGE_CALLS_MAX * 2);
	map_init(&e->usage, env->rng, EDGE_CALLS_MAX * 2);
	map_init(&e->invites, env->rng, EDGE_CALLS_MAX);
	arena_init(&e->arena, EDGE_ARENA_MAX);
	rng_fill(env->rng, e->tag_secret, sizeof(e->tag_secret));
	if (create_engines(e)) {
		edge_destroy(e);
		return SOTTO_ENOMEM;
	}
	*out = e;
	return SOTTO_OK;
}

void edge_destroy(struct edge *e)
{
	if (!e)
		return;
	list_each(at, &e->calls) call_destroy(container_of(at, struct call, of_edge));
	registrar_destroy(e->registrar);
	txn_layer_destroy(e->txns);
	dialog_table_destroy(e->dialogs);
	auth_server_destroy(e->auth);
	directory_release(e->directory);
	handle_table_deinit(&e->legs);
	map_deinit(&e->usage);
	map_deinit(&e->invites);
	arena_deinit(&e->arena);
	explicit_bzero(e, sizeof(*e));
	free(e);
}

void edge_set_directory(struct edge *e, struct directory *directory)
{
	struct directory *old = e->directory;

	e->directory = directory_retain(directory);
	directory_release(old);
}

void edge_stop(struct edge *e, instant_t now)
{
	e->is_stopping = true;
	list_each(at, &e->calls)
	{
		edge_begin_turn(e); /* for each: what they are answered does not fit in one */
		call_fail(container_of(at, struct call, of_edge), FAILURE_edge_stopping, now);
	}
}

struct edge_counts edge_count(const struct edge *e)
{
	return (struct edge_counts){
		.calls = e->call_count,
		.dialogs = dialog_table_count(e->dialogs),
		.transactions = txn_count(e->txns),
		.bindings = registrar_table(e->registrar)->count,
	};
}
