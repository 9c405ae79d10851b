/** @file sim/phone.c  What a phone does by itself when a message comes; the steps do the rest. */
#include "sim/phone.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/message.h"
#include "sim/phone_write.h"
#include "sim/world.h"

/* -- objects ------------------------------------------------------------------------------ */

static void call_init(struct phone *p, struct call *c, unsigned number, bool is_caller)
{
	struct netaddr rtp = p->own, seen = p->seen, host = p->own;
	struct buf uri = buf_over(c->local_uri, sizeof(c->local_uri) - 1);

	c->phone = p;
	c->number = number;
	c->is_caller = is_caller;
	c->listener = (size_t)(p->listener >= 0
				       ? p->listener
				       : net_listener(&p->world->net, p->transport, p->own.family));
	phone_token(p, c->local_tag, 12);
	if (is_caller) {
		phone_token(p, c->call_id, 20);
		buf_printf(&uri, "sip:%s@", p->user);
		host.port = 0;
		/* who has a password is at home in the edge's domain; the others at their address
		 */
		if (p->password[0])
			buf_put(&uri, span_of(p->world->site.settings.realm));
		else
			netaddr_write_host(&uri, &host);
	}
	rtp.port = seen.port = (uint16_t)(30000 + 100 * p->index + 2 * number);
	media_end_init(&c->media, c, &rtp, &seen);
}

struct phone *phone_create(
	struct world *w, const char *name, enum sip_transport transport, const struct netaddr *own)
{
	struct phone *p = must_alloc(sizeof(*p));

	p->world = w;
	p->index = w->phone_count;
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->user, sizeof(p->user), "%s", name);
	p->transport = transport;
	p->own = p->seen = *own;
	p->listener = -1;
	return p;
}

void phone_destroy(struct phone *p)
{
	for (struct message *m = p->messages, *older; m; m = older) {
		older = m->older;
		message_destroy(m);
	}
	for (size_t i = 0; i < p->call_count; i++)
		media_end_deinit(&p->calls[i].media);
	media_end_deinit(&p->outside.media);
	free(p);
}

void phone_token(struct phone *p, char *out, size_t n)
{
	rng_token(&p->world->phone_rng.rng, out, n);
}

struct call *phone_call_add(struct phone *p, bool is_caller)
{
	struct call *c = &p->calls[p->call_count];

	if (p->call_count == PHONE_CALLS_MAX) {
		world_fail(p->world, "%s has more than %d calls", p->name, PHONE_CALLS_MAX);
		return NULL;
	}
	call_init(p, c, (unsigned)++p->call_count, is_caller);
	return c;
}

struct call *phone_outside(struct phone *p)
{
	if (!p->outside.phone)
		call_init(p, &p->outside, 0, true);
	return &p->outside;
}

struct call *phone_call(struct phone *p, unsigned number)
{
	if (number > p->call_count || p->call_count == 0)
		return NULL;
	return &p->calls[number ? number - 1 : p->call_count - 1];
}

/* -- receiving ----------------------------------------------------------------------------- */

struct message *phone_peek(const struct phone *p)
{
	return p->inbox_head == p->inbox_tail ? NULL : p->inbox[p->inbox_head % PHONE_INBOX_MAX];
}

void phone_take(struct phone *p)
{
	p->inbox[p->inbox_head++ % PHONE_INBOX_MAX]->is_expected = true;
}

static struct call *call_by_id(struct phone *p, struct span call_id)
{
	if (span_eq(span_of(p->outside.call_id), call_id))
		return &p->outside;
	for (size_t i = p->call_count; i-- > 0;)
		if (span_eq(span_of(p->calls[i].call_id), call_id))
			return &p->calls[i];
	return NULL;
}

static void text_keep(struct world *w, char *to, size_t cap, struct span text)
{
	if (span_cstr(text, to, cap))
		world_fail(w, "a header is too long for the phones: %.*s", SPAN_FMT(text));
}

/** Contact of a message becomes where later requests go. */
static void target_learn(struct call *c, const struct message *m)
{
	struct sip_values it = sip_msg_values(&m->msg, SIP_HEADER_CONTACT);
	struct sip_nameaddr contact;
	struct span value;

	if (sip_values_next(&it, &value) && sip_nameaddr_parse(&contact, value) == SOTTO_OK)
		text_keep(c->phone->world, c->target, sizeof(c->target), contact.uri.text);
}

static bool has_sdp(const struct message *m)
{
	struct span type = sip_msg_value(&m->msg, SIP_HEADER_CONTENT_TYPE);

	return m->msg.body.n && type.n >= 15 &&
	       span_eq_nocase((struct span){ type.p, 15 }, SPAN("application/sdp"));
}

static void media_learn(struct call *c, const struct message *m, bool is_answer)
{
	const char *why;

	c->media.we_offered = is_answer;
	if (has_sdp(m) && !media_end_learn(&c->media, c, m->msg.body, &why))
		world_fail(c->phone->world, "%s cannot use the SDP of %s: %s", c->phone->name,
			m->label, why);
}

static void call_is_begun(struct phone *p, struct message *m)
{
	struct call *c = phone_call_add(p, false);

	if (!c)
		return;
	text_keep(p->world, c->call_id, sizeof(c->call_id), m->msg.call_id);
	text_keep(p->world, c->local_uri, sizeof(c->local_uri), m->msg.to.uri.text);
	text_keep(p->world, c->remote_uri, sizeof(c->remote_uri), m->msg.from.uri.text);
	text_keep(p->world, c->remote_tag, sizeof(c->remote_tag), m->msg.from.tag);
	c->listener = m->listener;
	c->invite_received = m;
	m->call = c;
}

static bool is_of_fork(const struct call *c, const struct sip_msg *q)
{
	return c->fork_tag[0] && span_eq(q->to.tag, span_of(c->fork_tag));
}

/** RFC 3261 §12.2.2: tags of the dialog, and a CSeq that rises. */
static bool dialog_check(struct phone *p, const struct call *c, const struct message *m)
{
	const struct sip_msg *q = &m->msg;

	if (q->method == SIP_METHOD_CANCEL || is_of_fork(c, q))
		return true;
	if (c->number && q->to.tag.n && !span_eq(q->to.tag, span_of(c->local_tag)))
		return world_fail(
			p->world, "%s got %s with a To tag that is not its own", p->name, m->label);
	if (c->number && c->remote_tag[0] && !span_eq(q->from.tag, span_of(c->remote_tag)))
		return world_fail(p->world, "%s got %s with another From tag", p->name, m->label);
	if (c->number && !p->to.reorder && q->method != SIP_METHOD_ACK && c->remote_cseq &&
		q->cseq.number <= c->remote_cseq)
		return world_fail(
			p->world, "%s got %s whose CSeq does not rise", p->name, m->label);
	return true;
}

/** Our final answers to that INVITE need no more repeats. */
static void ack_arrives(struct phone *p, const struct message *ack)
{
	for (struct message *m = p->messages; m; m = m->older)
		if (m->is_sent && !m->msg.is_request && m->call == ack->call &&
			m->msg.cseq.method == SIP_METHOD_INVITE &&
			m->msg.cseq.number == ack->msg.cseq.number) {
			m->is_acked = true;
			message_repeat_stop(m);
		}
}

static void request_learn(struct phone *p, struct message *m)
{
	struct call *c = m->call;

	if (m->msg.method == SIP_METHOD_ACK)
		ack_arrives(p, m);
	else if (m->msg.method != SIP_METHOD_CANCEL && !is_of_fork(c, &m->msg))
		c->remote_cseq = m->msg.cseq.number;
	if (m->msg.method == SIP_METHOD_INVITE || m->msg.method == SIP_METHOD_UPDATE)
		target_learn(c, m);
	media_learn(c, m, m->msg.method == SIP_METHOD_ACK);
}

/** An ACK has a branch of its own each time: by its CSeq. */
static bool is_ack_again(const struct message *m)
{
	for (const struct message *at = m->older; at; at = at->older)
		if (!at->is_sent && at->call == m->call && at->msg.method == SIP_METHOD_ACK &&
			m->msg.method == SIP_METHOD_ACK &&
			at->msg.cseq.number == m->msg.cseq.number)
			return true;
	return false;
}

/** True if it is a repeat that a transaction layer absorbs. */
static bool request_arrives(struct phone *p, struct message *m)
{
	struct message *copy = message_earlier(m);

	m->call = call_by_id(p, m->msg.call_id);
	if (!m->call && m->msg.method == SIP_METHOD_INVITE && !m->msg.to.tag.n)
		call_is_begun(p, m);
	else if (!m->call)
		m->call = phone_outside(p);
	if (!m->call)
		return false;
	if (copy) {
		m->final = copy->final;
		m->last = copy->last;
		if (p->retransmits && copy->last)
			phone_send_again(copy->last);
		return p->retransmits;
	}
	if (dialog_check(p, m->call, m))
		request_learn(p, m);
	return p->retransmits && is_ack_again(m);
}

static void challenge_learn(struct phone *p, const struct sip_msg *msg, enum sip_header_id header)
{
	struct challenge *ch = &p->challenge;

	*ch = (struct challenge){ .is_set = true,
		.is_proxy = header == SIP_HEADER_PROXY_AUTHENTICATE };
	for (size_t i = 0; i < msg->field_count; i++) {
		struct sip_challenge one;
		if (msg->fields[i].id != header || sip_challenge_parse(&one, msg->fields[i].value))
			continue;
		const bool is_md5 = one.algorithm == DIGEST_MD5;
		char *nonce = is_md5 ? ch->md5_nonce : ch->sha256_nonce;
		*(is_md5 ? &ch->has_md5 : &ch->has_sha256) = one.algorithm != DIGEST_OTHER;
		text_keep(p->world, nonce, sizeof(ch->md5_nonce), one.nonce);
		text_keep(p->world, ch->realm, sizeof(ch->realm), one.realm);
		text_keep(p->world, ch->opaque, sizeof(ch->opaque), one.opaque);
		ch->qop_auth = one.qop_auth;
	}
}

static void response_learn(struct phone *p, struct message *m, struct message *request)
{
	struct call *c = m->call;
	const unsigned status = m->msg.status;

	if (status >= 200)
		request->final = m;
	if (status == 401)
		challenge_learn(p, &m->msg, SIP_HEADER_WWW_AUTHENTICATE);
	if (status == 407)
		challenge_learn(p, &m->msg, SIP_HEADER_PROXY_AUTHENTICATE);
	if (m->msg.cseq.method == SIP_METHOD_INVITE && status > 100 && status < 300) {
		text_keep(p->world, c->remote_tag, sizeof(c->remote_tag), m->msg.to.tag);
		target_learn(c, m);
		media_learn(c, m, has_sdp(request));
	}
	if (status >= 200 || request->msg.method == SIP_METHOD_INVITE)
		message_repeat_stop(request);
}

static bool response_arrives(struct phone *p, struct message *m)
{
	struct message *request = message_request(p, m), *copy = message_earlier(m);
	const bool is_invite = m->msg.cseq.method == SIP_METHOD_INVITE;

	if (!request) {
		world_fail(p->world, "%s got %s that answers nothing it sent", p->name, m->label);
		return false;
	}
	m->call = request->call;
	if (copy)
		m->ack = copy->ack;
	else
		response_learn(p, m, request);
	if (copy && copy->ack && p->retransmits)
		phone_send_again(copy->ack);
	else if (is_invite && m->msg.status >= 300 && !p->never_acks)
		m->ack = phone_ack(p, request, m);
	return copy && p->retransmits;
}

static bool is_ignored(const struct phone *p, const struct message *m)
{
	for (size_t i = 0; i < p->ignore_count; i++)
		if (strcmp(p->ignores[i], m->label) == 0 ||
			strcmp(p->ignores[i], "everything") == 0)
			return true;
	return false;
}

static void inbox_add(struct phone *p, struct message *m)
{
	if (p->inbox_tail - p->inbox_head == PHONE_INBOX_MAX)
		world_fail(
			p->world, "%s has more than %d messages unread", p->name, PHONE_INBOX_MAX);
	else
		p->inbox[p->inbox_tail++ % PHONE_INBOX_MAX] = m;
}

void phone_on_message(struct phone *p, struct span raw, size_t listener)
{
	struct world *w = p->world;
	struct message *m;
	bool is_absorbed;

	if (span_trim(raw).n == 0)
		return; /* a keep-alive */
	m = message_add(p, raw, false);
	m->listener = listener;
	if (w->failed)
		return;
	if (m->is_broken) {
		inbox_add(p, m);
		return;
	}
	watch_message(w, p, &m->msg, raw);
	watch_learn(w, p, &m->msg);
	is_absorbed = m->msg.is_request ? request_arrives(p, m) : response_arrives(p, m);
	if (is_absorbed || is_ignored(p, m))
		return;
	inbox_add(p, m);
}
