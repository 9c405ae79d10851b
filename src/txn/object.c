/** @file txn/object.c  One transaction: its memory, what it sends and whom it tells. */
#include <stdlib.h>

#include "txn/machine.h"

static sotto_err enter(struct txn *t)
{
	struct txn_layer *l = t->layer;
	sotto_err err;

	TRY(txn_clock_reserve(l));
	TRY(handle_add(&l->handles, t, &t->handle));
	err = map_add(&l->by_key, (struct span){ t->key, t->key_n }, t);
	if (err)
		handle_remove(&l->handles, t->handle);
	return err;
}

/** For txn_on_flow_gone: who would wait in vain. `send` may have changed the flow. */
static void list_by_flow(struct txn *t)
{
	handle_t f = t->hop.flow;

	list_remove(&t->by_flow);
	if (f && (!t->machine->is_server || t->machine->is_invite))
		list_add(&t->layer->by_flow[(f ^ f >> 32) % TXN_FLOW_BUCKETS], &t->by_flow);
}

sotto_err txn_create(struct txn_layer *l, const struct txn_machine *machine, struct span key,
	const struct sip_hop *hop, struct txn **out)
{
	struct txn *t;
	sotto_err err;

	*out = NULL;
	if (l->handles.count >= l->max)
		return SOTTO_ELIMIT;
	t = calloc(1, sizeof(*t) + key.n);
	if (!t)
		return SOTTO_ENOMEM;
	t->layer = l;
	t->machine = machine;
	t->hop = *hop;
	t->key_n = key.n;
	memcpy(t->key, key.p, key.n);
	list_init(&t->by_flow);
	err = enter(t);
	if (err) {
		free(t);
		return err;
	}
	list_by_flow(t);
	*out = t;
	return SOTTO_OK;
}

/** What we sent may have SDES keys in its body. */
static void wipe_message(struct txn *t)
{
	if (t->message)
		explicit_bzero(t->message, t->message_n);
	free(t->message);
}

void txn_destroy(struct txn *t)
{
	struct txn_layer *l = t->layer;

	txn_stop_all(t);
	list_remove(&t->by_flow);
	map_remove(&l->by_key, (struct span){ t->key, t->key_n });
	handle_remove(&l->handles, t->handle);
	free(t->invite.routes);
	free(t->reason);
	wipe_message(t);
	free(t);
}

sotto_err txn_set_message(struct txn *t, struct span message)
{
	char *copy;

	if (message.n == 0 || message.n > SIP_MESSAGE_MAX)
		return SOTTO_EINVAL;
	copy = malloc(message.n);
	if (!copy)
		return SOTTO_ENOMEM;
	memcpy(copy, message.p, message.n);
	wipe_message(t);
	t->message = copy;
	t->message_n = message.n;
	return SOTTO_OK;
}

void txn_send_other(struct txn *t, struct span message, instant_t now)
{
	const struct txn_env *env = &t->layer->env;

	if (env->send(env->ctx, &t->hop, message))
		txn_fail_soon(t, now);
	list_by_flow(t);
}

void txn_send(struct txn *t, instant_t now)
{
	txn_send_other(t, (struct span){ t->message, t->message_n }, now);
}

bool txn_is_reliable(const struct txn *t)
{
	return sip_transport_is_reliable(t->hop.transport);
}

static void tell(const struct txn_user *user, const struct txn_event *ev)
{
	if (user->on_event)
		user->on_event(user->ctx, user->owner, ev);
}

void txn_tell(struct txn *t, enum txn_event_kind kind, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct txn_user user = t->user; /* it may be forgotten meanwhile */

	tell(&user, &(struct txn_event){ kind, t->handle, msg, from, now });
}

void txn_tell_last(struct txn *t, enum txn_event_kind kind, instant_t now)
{
	struct txn_user user = t->user;
	struct txn_event ev = { .kind = kind, .txn = t->handle, .now = now };

	txn_destroy(t);
	tell(&user, &ev);
}
