/** @file edge/call/leg.c */
#include "edge/call/leg.h"

#include <stdlib.h>

#include "edge/call/flow.h"
#include "edge/call/media.h"
#include "edge/limit.h"
#include "edge/wire.h"

sotto_err leg_create(struct leg **out, struct call *c, enum leg_side side)
{
	struct leg *l = calloc(1, sizeof(*l));
	sotto_err err;

	*out = NULL;
	if (!l)
		return SOTTO_ENOMEM;
	l->call = c;
	l->side = side;
	l->tag = sip_ident_tag(c->edge->env.worker, c->edge->env.rng);
	offer_local_init(&l->media.local, c->edge->env.rng);
	err = handle_add(&c->edge->legs, l, &l->self);
	if (err) {
		free(l);
		return err;
	}
	*out = l;
	return SOTTO_OK;
}

enum failure leg_count(struct leg *l)
{
	sotto_err err = limit_take(l->call->edge, l->connection);

	l->is_counted = !err;
	if (err)
		return err == SOTTO_ELIMIT ? FAILURE_channel_limit : FAILURE_internal_error;
	return FAILURE_none;
}

static void uncount(struct leg *l)
{
	if (l->is_counted)
		limit_give_back(l->call->edge, l->connection);
	l->is_counted = false;
}

void leg_destroy(struct leg *l)
{
	if (!l)
		return;
	uncount(l);
	leg_media_close(l); /* open only where the edge itself goes */
	leg_media_wipe(l);
	dialog_destroy(l->dialog);
	kept_destroy(l->server);
	handle_remove(&l->call->edge->legs, l->self);
	free(l);
}

sotto_err leg_set_dialog(struct leg *l, struct dialog *d)
{
	sotto_err err = dialog_table_add(l->call->edge->dialogs, d, l->self);

	if (err)
		dialog_destroy(d);
	else
		l->dialog = d;
	return err;
}

struct txn_user leg_user(const struct leg *l)
{
	return (struct txn_user){ call_on_event, l->call->edge, l->self };
}

const char *leg_name(const struct leg *l)
{
	return l->side == LEG_CALLER ? "caller" : "callee";
}

void leg_log(const struct leg *l, const char *direction, struct span what, unsigned status)
{
	char text[96];
	struct buf message = buf_over(text, sizeof(text));

	if (!log_is_on(l->call->edge->env.log, LOG_AREA_sip, LOG_LEVEL_DEBUG))
		return;
	if (status)
		buf_printf(&message, "%u ", status);
	buf_put(&message, what);
	log_debug(l->call->edge->env.log, sip, "sip_message",
		LOG_STR("call", l->call->record.call_id), LOG_STR("leg", leg_name(l)),
		LOG_STR("direction", direction), LOG_SPAN("message", buf_span(&message)),
		LOG_SPAN("transport", sip_transport_name(l->hop.transport)),
		LOG_ADDR("peer", &l->hop.remote));
}

/* ---- requests ---- */

static sotto_err put_own_headers(
	struct leg *l, struct sip_out *o, enum sip_method method, const struct leg_request *r)
{
	struct edge *e = l->call->edge;
	char text[WIRE_VALUE_MAX];
	struct buf contact = buf_over(text, sizeof(text));

	if (method == SIP_METHOD_INVITE) { /* §12.1.2, §13.2.1 */
		TRY(wire_contact(e, &l->hop, span_of(l->tag.text), l->is_sips, &contact));
		sip_out_header(o, SIP_HEADER_CONTACT, buf_span(&contact));
		sip_out_header(o, SIP_HEADER_ALLOW, SPAN(REPLY_ALLOW));
	}
	if (r->reason.n)
		sip_out_header(o, SIP_HEADER_REASON, r->reason);
	if (e->settings.user_agent[0])
		sip_out_header(o, SIP_HEADER_USER_AGENT, span_of(e->settings.user_agent));
	sip_out_body(o, r->sdp.n ? SPAN("application/sdp") : SPAN_NONE, r->sdp);
	return SOTTO_OK;
}

static sotto_err write_request(struct leg *l, enum sip_method method, const struct leg_request *r,
	const struct sip_ident *branch, uint32_t *cseq, struct span *message)
{
	struct edge *e = l->call->edge;
	char text[WIRE_VALUE_MAX];
	struct buf via = buf_over(text, sizeof(text));
	struct sip_out o;

	*message = SPAN_NONE;
	TRY(wire_via(e, &l->hop, branch, &via));
	sip_out_init(&o, e->message, sizeof(e->message));
	dialog_write_request(l->dialog, &o, method, buf_span(&via), cseq);
	TRY(put_own_headers(l, &o, method, r));
	return sip_out_done(&o, message);
}

static sotto_err start_request(struct leg *l, enum sip_method method, const struct leg_request *r,
	const struct txn_user *user, instant_t now, handle_t *txn, uint32_t *cseq)
{
	struct edge *e = l->call->edge;
	struct sip_ident branch = sip_ident_branch(e->env.worker, e->env.rng);
	struct span message = SPAN_NONE;
	sotto_err err;

	TRY(flow_refresh(l));
	err = write_request(l, method, r, &branch, cseq, &message);
	if (!err)
		err = txn_client_start(
			e->txns, message, span_of(branch.text), method, &l->hop, user, now, txn);
	if (r->sdp.n) /* keys */
		explicit_bzero(e->message, message.n ? message.n : sizeof(e->message));
	if (!err)
		leg_log(l, "out", sip_method_name(method), 0);
	return err;
}

sotto_err leg_invite(struct leg *l, struct span sdp, instant_t now)
{
	struct leg_request r = { .sdp = sdp };
	struct txn_user user = leg_user(l);

	return start_request(l, SIP_METHOD_INVITE, &r, &user, now, &l->client, &l->client_cseq);
}

void leg_ack(struct leg *l, uint32_t cseq)
{
	struct edge *e = l->call->edge;
	struct sip_ident branch = sip_ident_branch(e->env.worker, e->env.rng);
	struct leg_request r = { .sdp = SPAN_NONE };
	struct span message;
	sotto_err err = flow_refresh(l);

	if (!err)
		err = write_request(l, SIP_METHOD_ACK, &r, &branch, &cseq, &message);
	if (!err)
		err = wire_send(e, &l->hop, message);
	if (err) /* the 2xx comes again, and so does its ACK */
		log_warn(e->env.log, call, "ack_not_sent", LOG_STR("call", l->call->record.call_id),
			LOG_STR("leg", leg_name(l)), LOG_STR("why", err_text(err)));
	else
		leg_log(l, "out", SPAN("ACK"), 0);
}

void leg_send_bye(struct leg *l, struct span reason, instant_t now)
{
	struct leg_request r = { .reason = reason };
	struct txn_user nobody = TXN_NOBODY;
	uint32_t cseq;
	handle_t txn;
	sotto_err err = start_request(l, SIP_METHOD_BYE, &r, &nobody, now, &txn, &cseq);

	if (err)
		log_warn(l->call->edge->env.log, call, "bye_not_sent",
			LOG_STR("call", l->call->record.call_id), LOG_STR("leg", leg_name(l)),
			LOG_STR("why", err_text(err)));
}

void leg_bye(struct leg *l, struct span reason, instant_t now)
{
	leg_send_bye(l, reason, now);
	leg_down(l, now);
}

/* ---- responses to the INVITE that waits ---- */

static void after_final(struct leg *l, unsigned status)
{
	if (status < 300) {
		l->unacked = kept_server(l->server);
		l->unacked_cseq = kept_cseq(l->server);
	} else {
		txn_forget(l->call->edge->txns, kept_server(l->server));
	}
	kept_destroy(l->server);
	l->server = NULL;
}

sotto_err leg_respond(struct leg *l, struct reply *r, instant_t now)
{
	struct edge *e = l->call->edge;
	unsigned status = reply_status(r);
	char text[WIRE_VALUE_MAX];
	struct buf contact = buf_over(text, sizeof(text));

	if (!l->server)
		return SOTTO_ESTATE;
	if (status > 100 && status < 300) { /* §12.1.1 */
		TRY(wire_contact(e, &l->hop, span_of(l->tag.text), l->is_sips, &contact));
		r->contact = buf_span(&contact);
		r->allow = true;
	}
	r->to_tag = span_of(l->tag.text);
	TRY(kept_reply(e, l->server, r, now));
	leg_log(l, "out", sip_reason_phrase(status), status);
	if (status >= 200)
		after_final(l, status);
	return SOTTO_OK;
}

void leg_refuse(struct leg *l, struct reply *r, instant_t now)
{
	sotto_err err = leg_respond(l, r, now);

	if (!err)
		return;
	log_warn(l->call->edge->env.log, call, "answer_not_sent",
		LOG_STR("call", l->call->record.call_id), LOG_INT("status", reply_status(r)),
		LOG_STR("why", err_text(err)));
	if (l->server)
		after_final(l, 500);
}

/* ---- the end ---- */

void leg_down(struct leg *l, instant_t now)
{
	struct edge *e = l->call->edge;

	if (l->state == LEG_DOWN)
		return;
	l->state = LEG_DOWN;
	uncount(l);
	txn_forget(e->txns, l->client);
	txn_forget(e->txns, l->accepted);
	txn_server_acked(e->txns, l->unacked); /* hung up: his ACK means nothing any more */
	txn_forget(e->txns, l->unacked);
	if (l->server)
		txn_forget(e->txns, kept_server(l->server));
	if (l->dialog)
		dialog_table_remove(e->dialogs, l->dialog);
	call_settle(l->call, now);
}
