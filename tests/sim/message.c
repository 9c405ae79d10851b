/** @file sim/message.c  What a phone has sent and got, and what it sends again. */
#include "sim/message.h"

#include <stdlib.h>

#include "sim/world.h"
#include "txn/txn.h"

#define MESSAGE_ARENA_MAX (256 * 1024)

void message_destroy(struct message *m)
{
	timer_stop(&m->phone->world->timers, &m->repeat);
	arena_deinit(&m->arena);
	free(m->raw);
	free(m->bytes);
	free(m);
}

/** An answer to bytes that are no SIP repeats what was wrong with them (RFC 3261 §8.2.6.2). */
static bool answers_raw(const struct phone *p, struct span raw)
{
	for (const struct message *m = p->messages; m; m = m->older)
		if (m->is_raw && m->msg.via.branch.n &&
			memmem(raw.p, raw.n, m->msg.via.branch.p, m->msg.via.branch.n))
			return true;
	return false;
}

struct message *message_add(struct phone *p, struct span raw, bool is_sent)
{
	struct message *m = must_alloc(sizeof(*m));
	struct sip_fault fault;
	sotto_err err;

	m->older = p->messages;
	p->messages = m;
	m->phone = p;
	m->at = m->first_sent = p->world->now;
	m->is_sent = is_sent;
	m->raw = must_alloc(raw.n + 1);
	m->bytes = must_alloc(raw.n + 1);
	memcpy(m->raw, raw.p, raw.n);
	memcpy(m->bytes, raw.p, raw.n);
	m->n = raw.n;
	net_label(raw, m->label);
	arena_init(&m->arena, MESSAGE_ARENA_MAX);
	err = sip_msg_parse(&m->msg, &m->arena, m->bytes, m->n, &fault);
	m->is_broken = err != SOTTO_OK;
	if (err && !is_sent && !answers_raw(p, raw))
		world_fail(p->world, "%s got %s that our parser refuses: %s", p->name, m->label,
			fault.reason ? fault.reason : err_text(err));
	return m;
}

static bool message_is_same(const struct message *a, const struct message *b)
{
	return span_eq(a->msg.via.branch, b->msg.via.branch) &&
	       a->msg.cseq.number == b->msg.cseq.number &&
	       span_eq(a->msg.cseq.method_name, b->msg.cseq.method_name);
}

struct message *phone_unanswered(struct phone *p, const struct call *c, struct span method)
{
	for (struct message *m = p->messages; m; m = m->older)
		if (!m->is_sent && m->msg.is_request && m->is_expected && !m->final &&
			m->call == c && m->msg.method != SIP_METHOD_ACK &&
			(!method.n || span_eq(method, m->msg.method_name)))
			return m;
	return NULL;
}

struct message *phone_sent(struct phone *p, const struct call *c, const char *label)
{
	for (struct message *m = p->messages; m; m = m->older)
		if (m->is_sent && (!c || m->call == c) && strcmp(m->label, label) == 0)
			return m;
	return NULL;
}

struct message *message_request(struct phone *p, const struct message *response)
{
	for (struct message *m = p->messages; m; m = m->older)
		if (m->is_sent && m->msg.via.branch.n &&
			(m->is_raw ? span_eq(m->msg.via.branch, response->msg.via.branch)
				   : m->msg.is_request && message_is_same(m, response)))
			return m;
	return NULL;
}

/* -- sending ------------------------------------------------------------------------------- */

static void message_repeat(struct timer *t, instant_t now)
{
	struct message *m = container_of(t, struct message, repeat);
	const bool is_invite = m->msg.is_request && m->msg.method == SIP_METHOD_INVITE;

	if (instant_diff(m->first_sent, now) >= 64 * TXN_T1)
		return;
	phone_send_again(m);
	m->interval *= 2;
	if (!is_invite && m->interval > TXN_T2)
		m->interval = TXN_T2;
	if (timer_set(&m->phone->world->timers, t, instant_add(now, m->interval), message_repeat))
		abort();
}

void message_repeat_stop(struct message *m)
{
	timer_stop(&m->phone->world->timers, &m->repeat);
}

static bool wants_repeats(const struct message *m)
{
	const struct phone *p = m->phone;

	if (!p->retransmits)
		return false;
	if (m->msg.is_request)
		return p->transport == SIP_TRANSPORT_UDP && m->msg.method != SIP_METHOD_ACK;
	return m->msg.status >= 200 && m->msg.cseq.method == SIP_METHOD_INVITE;
}

struct message *phone_send(struct phone *p, struct call *c, struct span raw, size_t listener)
{
	struct message *m = message_add(p, raw, true);

	m->call = c;
	m->listener = listener;
	if (m->msg.via.branch.n)
		watch_learn(p->world, p, &m->msg);
	net_from_phone(&p->world->net, p, listener, raw);
	m->interval = TXN_T1;
	if (wants_repeats(m) && timer_set(&p->world->timers, &m->repeat,
					instant_add(p->world->now, m->interval), message_repeat))
		abort();
	return m;
}

void phone_send_again(struct message *m)
{
	net_from_phone(&m->phone->world->net, m->phone, m->listener, (struct span){ m->raw, m->n });
}

struct message *message_earlier(const struct message *m)
{
	for (struct message *at = m->older; at; at = at->older)
		if (!at->is_sent && at->msg.is_request == m->msg.is_request &&
			at->msg.status == m->msg.status && message_is_same(at, m) &&
			span_eq(at->msg.to.tag, m->msg.to.tag))
			return at;
	return NULL;
}
