/** @file cli/agent.c  The call: INVITE with credentials, ACK, BYE or CANCEL (RFC 3261 §13, §15). */
#include "cli/agent.h"

#include <stdio.h>
#include <stdlib.h>

#include "auth/digest_client.h"
#include "cli/agent_private.h"

static void on_txn(void *ctx, handle_t owner, const struct txn_event *ev);

void agent_set_state(struct agent *a, enum agent_state state, instant_t now)
{
	if (a->result.state == state || a->result.state == AGENT_ENDED)
		return; /* a BYE and a late 200 may come in one read: the end is the end */
	a->result.state = state;
	if (a->env.on_state)
		a->env.on_state(a->env.ctx, state, now);
}

static struct span via_text(struct agent *a, struct buf *b, struct sip_ident *branch)
{
	struct sip_hop hop = a->result.hop;
	const struct transport_listener *l = a->env.transport.listener(a->env.transport.ctx, &hop);

	*branch = sip_ident_branch(0, a->env.rng);
	buf_lit(b, "SIP/2.0/");
	buf_put(b, sip_transport_name(hop.transport));
	buf_putc(b, ' ');
	if (l)
		netaddr_write(b, &l->advertise);
	buf_printf(b, ";branch=%s;rport", branch->text);
	return buf_span(b);
}

void agent_write_contact(struct agent *a, struct sip_out *o)
{
	struct sip_hop hop = a->result.hop;
	const struct transport_listener *l = a->env.transport.listener(a->env.transport.ctx, &hop);
	char text[NETADDR_TEXT_MAX];

	if (!l)
		return;
	sip_out_headerf(o, SIP_HEADER_CONTACT, "<sip:%s@%s%s%s>", a->user[0] ? a->user : "sotto",
		netaddr_text(&l->advertise, text),
		hop.transport == SIP_TRANSPORT_UDP ? "" : ";transport=",
		hop.transport == SIP_TRANSPORT_TLS   ? "tls"
		: hop.transport == SIP_TRANSPORT_TCP ? "tcp"
						     : "");
}

/** Request line to CSeq; the branch is handed back. */
static void begin_request(struct agent *a, struct sip_out *o, enum sip_method method,
	struct sip_ident *branch, uint32_t *cseq)
{
	char via[256];
	struct buf b = buf_over(via, sizeof(via));

	dialog_write_request(a->dialog, o, method, via_text(a, &b, branch), cseq);
}

static sotto_err send_request(struct agent *a, struct sip_out *o, const struct sip_ident *branch,
	enum sip_method method, instant_t now, handle_t *txn)
{
	struct txn_user user = { on_txn, a, 0 };
	struct span message;

	TRY(sip_out_done(o, &message));
	return txn_client_start(
		a->txns, message, span_of(branch->text), method, &a->result.hop, &user, now, txn);
}

/** @param challenge [in] the 401 or 407 to answer; NULL: the first attempt */
static sotto_err send_invite(struct agent *a, const struct sip_msg *challenge, instant_t now)
{
	char memory[AGENT_MESSAGE_MAX];
	struct sip_ident branch;
	struct sip_out o;

	sip_out_init(&o, memory, sizeof(memory));
	begin_request(a, &o, SIP_METHOD_INVITE, &branch, &a->invite_cseq);
	agent_write_contact(a, &o);
	if (challenge)
		TRY(auth_client_answer(&o, challenge, SPAN("INVITE"), span_of(a->target),
			span_of(a->user), span_of(a->password), a->env.rng));
	sip_out_header(&o, SIP_HEADER_ALLOW, SPAN("INVITE, ACK, CANCEL, BYE, OPTIONS"));
	sip_out_header(&o, SIP_HEADER_USER_AGENT, SPAN("sotto call"));
	sip_out_body(&o, SPAN("application/sdp"), (struct span){ a->offer, a->offer_len });
	return send_request(a, &o, &branch, SIP_METHOD_INVITE, now, &a->invite);
}

sotto_err agent_start(struct agent *a, instant_t now)
{
	struct buf b = buf_over(a->offer, sizeof(a->offer));
	enum failure f = offer_write(&b, NULL, &a->policy, &a->local, a->env.rng, &a->made);

	if (f) {
		a->result.failure = f;
		return SOTTO_EREFUSED;
	}
	a->offer_len = b.n;
	TRY(send_invite(a, NULL, now));
	agent_set_state(a, AGENT_CALLING, now);
	return SOTTO_OK;
}

static sotto_err send_bye(struct agent *a, enum failure why, instant_t now)
{
	char memory[AGENT_MESSAGE_MAX];
	struct sip_ident branch;
	struct sip_out o;
	uint32_t cseq;

	sip_out_init(&o, memory, sizeof(memory));
	begin_request(a, &o, SIP_METHOD_BYE, &branch, &cseq);
	if (why && failure_info(why)->q850_cause)
		sip_out_headerf(&o, SIP_HEADER_REASON, "Q.850;cause=%u;text=\"%s\"",
			failure_info(why)->q850_cause, failure_info(why)->name);
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	return send_request(a, &o, &branch, SIP_METHOD_BYE, now, &a->bye);
}

static void end_with_bye(struct agent *a, enum failure why, instant_t now)
{
	agent_set_state(a, AGENT_ENDING, now);
	if (send_bye(a, why, now) != SOTTO_OK)
		agent_set_state(a, AGENT_ENDED, now);
}

void agent_hang_up(struct agent *a, instant_t now)
{
	switch (a->result.state) {
	case AGENT_CALLING:
	case AGENT_RINGING:
		agent_set_state(a, AGENT_ENDING, now);
		txn_client_cancel(a->txns, a->invite, SPAN_NONE, now);
		break;
	case AGENT_ESTABLISHED: end_with_bye(a, FAILURE_none, now); break;
	case AGENT_IDLE: agent_set_state(a, AGENT_ENDED, now); break;
	case AGENT_ENDING:
	case AGENT_ENDED: break;
	}
}

/** ACK of a 2xx is a message of its own, and repeated for each repeat (RFC 3261 §13.2.2.4). */
static void send_ack(struct agent *a)
{
	char memory[AGENT_MESSAGE_MAX];
	struct sip_hop hop = a->result.hop;
	struct sip_ident branch;
	struct span message;
	struct sip_out o;

	sip_out_init(&o, memory, sizeof(memory));
	begin_request(a, &o, SIP_METHOD_ACK, &branch, &a->invite_cseq);
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	if (sip_out_done(&o, &message) == SOTTO_OK &&
		a->env.transport.send(a->env.transport.ctx, &hop, message) != SOTTO_OK)
		log_warn(a->env.log, sip, "ack_not_sent", LOG_STR("target", a->target));
}

/** For people's eyes: what is not plain ASCII becomes '?'. */
static void keep_text(char *out, size_t cap, struct span s)
{
	size_t n = s.n < cap - 1 ? s.n : cap - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = s.p[i] >= ' ' && s.p[i] <= '~' ? s.p[i] : '?';
	out[n] = 0;
}

static void keep_status(struct agent *a, const struct sip_msg *m)
{
	a->result.status = m->status;
	keep_text(a->result.reason, sizeof(a->result.reason), m->reason);
	keep_text(
		a->result.warning, sizeof(a->result.warning), sip_msg_value(m, SIP_HEADER_WARNING));
}

static enum failure take_answer(struct agent *a, const struct sip_msg *m)
{
	struct offer_streams agreed;
	enum failure f;
	struct sdp sdp;

	if (m->body.n == 0)
		return a->has_media ? FAILURE_none : FAILURE_sdp_missing;
	if (sdp_parse(&sdp, &a->arena, m->body) != SOTTO_OK)
		return FAILURE_sdp_malformed;
	f = offer_accept(&a->made, &sdp, &a->policy, &a->local, &agreed);
	if (f == FAILURE_none)
		agent_report_media(a, &agreed.stream[0], &sdp.media[0]);
	offer_streams_wipe(&agreed);
	return f;
}

static void on_provisional(struct agent *a, const struct sip_msg *m, instant_t now)
{
	if (a->result.state == AGENT_CALLING)
		agent_set_state(a, AGENT_RINGING, now);
	if (m->body.n && dialog_on_response(a->dialog, m) == SOTTO_OK &&
		take_answer(a, m) != FAILURE_none)
		log_warn(a->env.log, call, "early_answer_refused", LOG_INT("status", m->status));
}

static void on_answered(struct agent *a, const struct sip_msg *m, instant_t now)
{
	enum failure f;

	if (a->result.state == AGENT_ESTABLISHED) {
		send_ack(a);
		return;
	}
	if (dialog_on_response(a->dialog, m) != SOTTO_OK)
		return; /* another branch's: the edge answers with one */
	keep_status(a, m);
	f = take_answer(a, m);
	send_ack(a);
	a->result.failure = f;
	if (f || a->result.state == AGENT_ENDING) {
		end_with_bye(a, f, now);
		return;
	}
	agent_set_state(a, AGENT_ESTABLISHED, now);
}

static bool is_challenge(const struct sip_msg *m)
{
	return m->status == 401 || m->status == 407;
}

static void on_invite_response(struct agent *a, const struct sip_msg *m, instant_t now)
{
	if (m->status < 200) {
		on_provisional(a, m, now);
		return;
	}
	if (m->status < 300) {
		on_answered(a, m, now);
		return;
	}
	if (is_challenge(m) && a->user[0] && a->attempts++ < AGENT_ATTEMPTS_MAX &&
		a->result.state != AGENT_ENDING && send_invite(a, m, now) == SOTTO_OK)
		return;
	keep_status(a, m);
	agent_set_state(a, AGENT_ENDED, now);
}

static void on_txn(void *ctx, handle_t owner, const struct txn_event *ev)
{
	struct agent *a = ctx;

	(void)owner;
	if (ev->txn != a->invite && ev->txn != a->bye)
		return;
	switch (ev->kind) {
	case TXN_RESPONSE:
		/* later requests and the ACK follow the flow that the first answer came by */
		a->result.hop.flow = ev->from->flow;
		if (ev->txn == a->invite)
			on_invite_response(a, ev->msg, ev->now);
		else if (ev->msg->status >= 200)
			agent_set_state(a, AGENT_ENDED, ev->now);
		break;
	case TXN_TIMEOUT:
	case TXN_TRANSPORT_ERROR:
		if (!a->result.status)
			keep_text(a->result.reason, sizeof(a->result.reason),
				ev->kind == TXN_TIMEOUT ? SPAN("no answer came in time")
							: SPAN("the connection failed"));
		agent_set_state(a, AGENT_ENDED, ev->now);
		break;
	case TXN_CANCELLED:
	case TXN_NO_ACK: break;
	}
}

struct agent_result const *agent_result(const struct agent *a)
{
	return &a->result;
}

static sotto_err copy(char *out, size_t cap, struct span s)
{
	return span_cstr(s, out, cap) ? SOTTO_ETOOBIG : SOTTO_OK;
}

static sotto_err make_dialog(struct agent *a, const struct agent_settings *s)
{
	struct sip_ident call_id = sip_ident_call_id(0, a->env.rng);
	struct sip_ident tag = sip_ident_tag(0, a->env.rng);
	char from[AGENT_URI_MAX], to[AGENT_URI_MAX];
	struct buf f = buf_over(from, sizeof(from)), t = buf_over(to, sizeof(to));

	buf_lit(&f, "<sip:");
	sip_write_user(&f, s->user.n ? s->user : SPAN("sotto"));
	buf_putc(&f, '@');
	buf_put(&f, s->domain);
	buf_putc(&f, '>');
	buf_printf(&t, "<%.*s>", SPAN_FMT(s->target));
	TRY(buf_err(&f));
	TRY(buf_err(&t));
	return dialog_create_uac(&a->dialog, span_of(call_id.text), buf_span(&f), span_of(tag.text),
		buf_span(&t), s->target);
}

static sotto_err fill(struct agent *a, const struct agent_settings *s)
{
	struct txn_env env = agent_txn_env(a);

	TRY(copy(a->target, sizeof(a->target), s->target));
	TRY(copy(a->user, sizeof(a->user), s->user));
	TRY(copy(a->password, sizeof(a->password), s->password));
	a->policy = s->policy;
	a->result.hop = s->hop;
	offer_local_init(&a->local, a->env.rng);
	a->local.rtp[0] = s->rtp;
	a->txns = txn_layer_create(&env);
	if (!a->txns)
		return SOTTO_ENOMEM;
	return make_dialog(a, s);
}

sotto_err agent_create(
	struct agent **out, const struct agent_env *env, const struct agent_settings *settings)
{
	struct agent *a = calloc(1, sizeof(*a));
	sotto_err err;

	*out = NULL;
	if (!a)
		return SOTTO_ENOMEM;
	a->env = *env;
	arena_init(&a->arena, AGENT_ARENA_MAX);
	err = fill(a, settings);
	if (err)
		agent_destroy(a);
	else
		*out = a;
	return err;
}

void agent_destroy(struct agent *a)
{
	if (!a)
		return;
	txn_layer_destroy(a->txns);
	dialog_destroy(a->dialog);
	offer_local_wipe(&a->local);
	arena_deinit(&a->arena);
	explicit_bzero(a, sizeof(*a));
	free(a);
}
