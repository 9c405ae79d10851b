/** @file sim/steps_send.c  `PHONE > MESSAGE …` */
#include <stdio.h>
#include <stdlib.h>

#include "sim/phone_write.h"
#include "sim/steps.h"
#include "sip/param.h"

/** What the words behind `PHONE > MESSAGE` say. */
struct send_options {
	struct phone_request request;
	struct span to;   /* response: the method that it answers */
	struct span fork; /* response: the To tag of a second phone that answers */
	bool again;
};

static bool media_word(struct send_options *o, struct span word)
{
	struct span v;
	const bool is_answer = word_option(word, "answer", &v);

	if (!is_answer && !word_option(word, "offer", &v))
		return false;
	o->request.media_is_answer = is_answer;
	return media_shape_parse(&o->request.media, v) == SOTTO_OK;
}

static bool auth_word(struct send_options *o, struct span word)
{
	struct span v;

	if (!word_option(word, "auth", &v))
		return false;
	o->request.auth = span_eq(v, SPAN("held")) ? PHONE_AUTH_HELD : PHONE_AUTH_ANSWER;
	if (span_eq(v, SPAN("md5")) || span_eq(v, SPAN("sha256")))
		o->request.algorithm = v;
	return true;
}

static bool number_word(struct span word, const char *key, int64_t *out)
{
	struct span v;
	uint64_t n;

	if (!word_option(word, key, &v) || span_u64(v, UINT32_MAX, &n))
		return false;
	*out = (int64_t)n;
	return true;
}

static bool text_word(struct send_options *o, struct span word)
{
	struct phone_request *r = &o->request;
	const struct {
		const char *key;
		struct span *to;
	} texts[] = {
		{ "codecs", &r->media.codecs },
		{ "direction", &r->media.direction },
		{ "port", &r->media.port },
		{ "tag", &r->media.tag },
		{ "user", &r->user },
		{ "password", &r->password },
		{ "nonce", &r->nonce },
		{ "algorithm", &r->algorithm },
		{ "fork", &o->fork },
	};
	struct span v;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (word_option(word, texts[i].key, &v)) {
			*texts[i].to = v;
			return v.n > 0;
		}
	return false;
}

static bool option_word(struct send_options *o, struct span word)
{
	int64_t nc = 0;

	if (span_eq(word, SPAN("again")))
		return o->again = true;
	if (span_eq(word, SPAN("newkey")))
		return o->request.media.new_key = true;
	if (number_word(word, "nc", &nc)) {
		o->request.nc = (uint32_t)nc;
		return true;
	}
	return number_word(word, "expires", &o->request.expires) ||
	       number_word(word, "cseq", &o->request.cseq) || media_word(o, word) ||
	       auth_word(o, word) || text_word(o, word);
}

static bool options_read(struct world *w, const struct scenario_step *step, struct send_options *o)
{
	*o = (struct send_options){ .request = { .expires = -1, .cseq = -1 } };
	o->request.method = step->words[2];
	for (size_t i = 3; i < step->count; i++) {
		const struct span word = step->words[i];
		if (span_eq(word, SPAN("to")) && i + 1 < step->count)
			o->to = step->words[++i];
		else if (i == 3 && (memmem(word.p, word.n, "sip:", 4) == word.p ||
					   memmem(word.p, word.n, "sips:", 5) == word.p ||
					   memmem(word.p, word.n, "tel:", 4) == word.p))
			o->request.uri = word;
		else if (!option_word(o, word))
			return world_fail(w, "'%.*s' is not understood", SPAN_FMT(word));
	}
	return true;
}

/* -- where it goes --------------------------------------------------------------------------- */

/** RFC 3261 §12.2.1.1: within a dialog to the edge's Contact, which must be one of its listeners.
 */
static int listener_of_target(struct world *w, const struct phone *p, const struct call *c)
{
	enum sip_transport transport = SIP_TRANSPORT_UDP;
	struct sip_uri uri;
	struct netaddr address;
	struct span name;
	int listener;

	if (sip_uri_parse(&uri, span_of(c->target)) || !sip_uri_address(&uri, &address)) {
		world_fail(w, "the edge's Contact is no address: %s", c->target);
		return -1;
	}
	if (sip_param_find(uri.params, SPAN("transport"), &name))
		(void)!sip_transport_parse(name, &transport);
	if (uri.scheme == SIP_SCHEME_SIPS)
		transport = SIP_TRANSPORT_TLS;
	if (!address.port)
		address.port = sip_transport_port(transport);
	listener = net_listener_at(&w->net, transport, &address);
	if (p->has_moved)
		return net_listener(&w->net, p->transport, p->own.family);
	if (listener < 0 || transport != p->transport) {
		world_fail(w, "the edge's Contact is none of its listeners for %s: %s", p->name,
			c->target);
		return -1;
	}
	return listener;
}

static struct message *draft_send(
	struct phone *p, struct call *c, const struct draft *d, size_t listener)
{
	char *text = must_alloc(DRAFT_MAX);
	struct message *m = phone_send(p, c, draft_write(d, text), listener);

	free(text);
	return m;
}

/* -- requests -------------------------------------------------------------------------------- */

static struct call *request_call(
	struct world *w, struct phone *p, unsigned number, struct send_options *o)
{
	struct phone_request *r = &o->request;
	struct call *c;

	if (span_eq(r->method, SPAN("REGISTER")) && r->expires < 0)
		r->expires = 600;
	if (span_eq(r->method, SPAN("INVITE")) && r->uri.n)
		return phone_call_add(p, true);
	if (r->uri.n)
		return phone_outside(p);
	c = phone_call(p, number);
	if (!c)
		world_fail(w, "%s has no such call", p->name);
	return c;
}

static bool request_draft(struct world *w, struct phone *p, struct call *c,
	const struct send_options *o, const struct scenario_step *step, struct draft *d)
{
	const struct phone_request *r = &o->request;

	if (span_eq(r->method, SPAN("ACK"))) {
		if (!phone_write_ack(c, r, d))
			return world_fail(w, "%s has no answer to acknowledge", p->name);
	} else if (span_eq(r->method, SPAN("CANCEL"))) {
		if (!phone_write_cancel(c, d))
			return world_fail(w, "%s has no INVITE to cancel", p->name);
	} else {
		phone_write_request(p, c, r, d);
	}
	return draft_edit(d, step) || world_fail(w, "the message grows too long");
}

static void ack_keep(struct phone *p, const struct call *c, struct message *ack)
{
	for (struct message *m = p->messages; m; m = m->older)
		if (!m->is_sent && m->call == c && !m->msg.is_request &&
			m->msg.cseq.method == SIP_METHOD_INVITE &&
			m->msg.cseq.number == ack->msg.cseq.number && m->msg.status >= 200)
			m->ack = ack;
}

static bool request_post(struct world *w, struct phone *p, struct call *c,
	const struct send_options *o, const struct scenario_step *step)
{
	struct draft *d = must_alloc(sizeof(*d));
	bool ok = request_draft(w, p, c, o, step, d);
	const bool is_inside = !o->request.uri.n && c->number && c->target[0] &&
			       !span_eq(o->request.method, SPAN("CANCEL"));
	int listener = ok && is_inside ? listener_of_target(w, p, c) : (int)c->listener;
	struct message *m;

	if (ok && listener >= 0) {
		m = draft_send(p, c, d, (size_t)listener);
		if (span_eq(o->request.method, SPAN("INVITE")))
			c->invite = m;
		if (span_eq(o->request.method, SPAN("ACK")))
			ack_keep(p, c, m);
	}
	free(d);
	return ok && !w->failed;
}

/** Takes the challenge that must come, and sends the request again with credentials. */
static bool challenge_answer(struct world *w, struct phone *p, struct call *c,
	struct send_options *o, const struct scenario_step *step)
{
	struct message *m = step_await(w, p, instant_add(w->now, step_patience(w)));

	if (!m || (strcmp(m->label, "401") != 0 && strcmp(m->label, "407") != 0))
		return world_fail(w, "%s waits for a challenge and got %s", p->name,
			m ? m->label : "nothing");
	phone_take(p);
	o->request.auth = PHONE_AUTH_HELD;
	return request_post(w, p, c, o, step);
}

static bool send_again(struct world *w, struct phone *p, unsigned number, struct span label)
{
	char text[32];
	struct message *m = NULL;

	if (span_cstr(label, text, sizeof(text)) == SOTTO_OK)
		m = phone_sent(p, number ? phone_call(p, number) : NULL, text);
	if (!m)
		return world_fail(w, "%s has sent no such message", p->name);
	phone_send_again(m);
	return true;
}

static bool send_request(struct world *w, struct phone *p, unsigned number, struct send_options *o,
	const struct scenario_step *step)
{
	struct call *c = request_call(w, p, number, o);

	if (!c || !request_post(w, p, c, o, step))
		return false;
	return o->request.auth != PHONE_AUTH_ANSWER || challenge_answer(w, p, c, o, step);
}

/* -- responses ------------------------------------------------------------------------------- */

static void answered(struct phone *p, const struct message *request, struct message *response)
{
	for (struct message *m = p->messages; m; m = m->older)
		if (!m->is_sent && m->msg.is_request && m->call == request->call &&
			span_eq(m->msg.via.branch, request->msg.via.branch) &&
			span_eq(m->msg.method_name, request->msg.method_name)) {
			m->last = response;
			if (response->msg.status >= 200)
				m->final = response;
		}
}

static bool send_response(struct world *w, struct phone *p, unsigned number, unsigned status,
	const struct send_options *o, const struct scenario_step *step)
{
	struct call *c = phone_call(p, number);
	struct message *request = NULL, *m;
	struct draft *d;

	if (!o->to.n && status == 487)
		request = phone_unanswered(p, c, SPAN("INVITE"));
	if (!request && c)
		request = phone_unanswered(p, c, o->to);
	if (!request && (request = phone_unanswered(p, phone_outside(p), o->to)))
		c = request->call;
	if (!request && c && o->fork.n && c->invite_received)
		request = c->invite_received;
	if (!request)
		return world_fail(w, "%s has no request to answer", p->name);
	if (o->fork.n && span_cstr(o->fork, c->fork_tag, sizeof(c->fork_tag)))
		return world_fail(w, "fork=TAG");
	d = must_alloc(sizeof(*d));
	phone_write_response(c, request, status, &o->request.media, o->request.media_is_answer,
		o->fork.n > 0, d);
	if (draft_edit(d, step)) {
		m = draft_send(p, c, d, request->listener);
		answered(p, request, m);
	}
	free(d);
	return !w->failed;
}

/* -- anything -------------------------------------------------------------------------------- */

/** Indented lines "| text", as they stand. */
static bool send_raw(struct world *w, struct phone *p, const struct scenario_step *step)
{
	struct call *c = phone_outside(p);
	char *text = must_alloc(DRAFT_MAX);
	struct buf b = buf_over(text, DRAFT_MAX);

	for (size_t i = 0; i < step->detail_count; i++) {
		struct span line = step->details[i].text;
		if (span_strip(&line, SPAN("|")))
			span_strip(&line, SPAN(" "));
		buf_put(&b, line);
		buf_lit(&b, "\r\n");
	}
	if (!b.overflow)
		phone_send(p, c, buf_span(&b), c->listener)->is_raw = true;
	free(text);
	return !b.overflow || world_fail(w, "the message is too long");
}

bool step_send(struct world *w, struct phone *p, unsigned number, const struct scenario_step *step)
{
	struct send_options o;
	uint64_t status;

	if (step->count < 3)
		return world_fail(w, "PHONE > MESSAGE …");
	if (span_eq(step->words[2], SPAN("raw")))
		return send_raw(w, p, step);
	if (!options_read(w, step, &o))
		return false;
	if (o.again)
		return send_again(w, p, number, step->words[2]);
	if (span_u64(step->words[2], 699, &status))
		return send_request(w, p, number, &o, step);
	return send_response(w, p, number, (unsigned)status, &o, step);
}
