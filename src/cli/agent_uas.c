/** @file cli/agent_uas.c  Messages in, and the requests that the far side sends within the call. */
#include "cli/agent_private.h"

/** The first format that is PCMU (0) or PCMA (8), static payload types of RFC 3551. */
static uint8_t payload_type(const struct sdp_media *m)
{
	for (size_t i = 0; i < m->format_count; i++) {
		if (span_eq(m->formats[i], SPAN("0")))
			return 0;
		if (span_eq(m->formats[i], SPAN("8")))
			return 8;
	}
	return 255;
}

void agent_report_media(
	struct agent *a, const struct offer_stream *stream, const struct sdp_media *media)
{
	a->has_media = true;
	a->env.on_media(a->env.ctx, stream, payload_type(media));
}

static void respond(struct agent *a, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, unsigned status, struct span body, instant_t now)
{
	char memory[AGENT_MESSAGE_MAX];
	struct span message;
	struct sip_out o;

	sip_out_init(&o, memory, sizeof(memory));
	sip_out_response(&o, req, &from->remote, status, sip_reason_phrase(status),
		dialog_local_tag(a->dialog));
	if (req->method == SIP_METHOD_INVITE && status < 300)
		agent_write_contact(a, &o);
	sip_out_header(&o, SIP_HEADER_ALLOW, SPAN("INVITE, ACK, CANCEL, BYE, OPTIONS"));
	sip_out_body(&o, body.n ? SPAN("application/sdp") : SPAN_NONE, body);
	if (sip_out_done(&o, &message) != SOTTO_OK ||
		txn_server_respond(a->txns, server, status, message, now) != SOTTO_OK)
		log_warn(a->env.log, sip, "response_not_sent", LOG_INT("status", status));
}

/** A re-INVITE: hold, resume, a new address. Answered with what we can do, or 488. */
static void on_reinvite(struct agent *a, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, instant_t now)
{
	struct offer_streams judged = { .count = 0 };
	char answer[4096];
	struct buf b = buf_over(answer, sizeof(answer));
	struct sdp sdp;
	enum failure f = FAILURE_sdp_malformed;

	if (req->body.n && sdp_parse(&sdp, &a->arena, req->body) == SOTTO_OK)
		f = offer_judge(&sdp, &a->policy, &judged);
	if (!f)
		f = offer_write_answer(
			&b, &sdp, &judged, NULL, &a->policy, &a->local, a->env.rng, SPAN_NONE);
	if (!f && judged.stream[0].accepted)
		agent_report_media(a, &judged.stream[0], &sdp.media[0]);
	a->reinvite = server;
	respond(a, server, req, from, f ? 488 : 200, f ? SPAN_NONE : buf_span(&b), now);
	offer_streams_wipe(&judged);
	explicit_bzero(answer, sizeof(answer));
}

static bool is_ours(const struct agent *a, const struct sip_msg *req)
{
	return span_eq(req->call_id, dialog_call_id(a->dialog)) && req->to.tag.p &&
	       span_eq(req->to.tag, dialog_local_tag(a->dialog));
}

static void on_request(void *ctx, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, instant_t now)
{
	struct agent *a = ctx;

	if (!server) { /* an ACK */
		txn_server_acked(a->txns, a->reinvite);
		return;
	}
	if (!is_ours(a, req)) {
		respond(a, server, req, from, req->method == SIP_METHOD_OPTIONS ? 200 : 481,
			SPAN_NONE, now);
		return;
	}
	if (dialog_on_request(a->dialog, req) != SOTTO_OK) {
		respond(a, server, req, from, 500, SPAN_NONE, now);
		return;
	}
	if (req->method == SIP_METHOD_BYE) {
		respond(a, server, req, from, 200, SPAN_NONE, now);
		agent_set_state(a, AGENT_ENDED, now);
	} else if (req->method == SIP_METHOD_INVITE) {
		on_reinvite(a, server, req, from, now);
	} else {
		respond(a, server, req, from, req->method == SIP_METHOD_OPTIONS ? 200 : 501,
			SPAN_NONE, now);
	}
}

static sotto_err send_message(void *ctx, struct sip_hop *hop, struct span message)
{
	struct agent *a = ctx;
	sotto_err err = a->env.transport.send(a->env.transport.ctx, hop, message);

	if (!a->result.hop.flow)
		a->result.hop.flow = hop->flow;
	return err;
}

struct txn_env agent_txn_env(struct agent *a)
{
	return (struct txn_env){
		.ctx = a,
		.send = send_message,
		.on_request = on_request,
		.timers = a->env.timers,
		.rng = a->env.rng,
		.log = a->env.log,
	};
}

static void on_message(void *ctx, char *bytes, size_t n, const struct sip_hop *from, instant_t now)
{
	struct agent *a = ctx;
	struct sip_fault fault;
	struct sip_msg msg;

	arena_reset(&a->arena);
	if (sip_msg_parse(&msg, &a->arena, bytes, n, &fault) == SOTTO_OK)
		txn_on_message(a->txns, &msg, from, now);
	else
		log_warn(a->env.log, sip, "message_malformed", LOG_ADDR("peer", &from->remote));
}

static void on_flow_gone(void *ctx, handle_t flow, instant_t now)
{
	struct agent *a = ctx;

	txn_on_flow_gone(a->txns, flow, now);
	if (a->result.state == AGENT_ESTABLISHED && flow == a->result.hop.flow) {
		a->result.was_cut = true;
		agent_set_state(a, AGENT_ENDED, now);
	}
}

struct transport_events agent_transport_events(struct agent *a)
{
	return (struct transport_events){ a, on_message, on_flow_gone, NULL };
}
