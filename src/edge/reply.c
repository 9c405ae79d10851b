/** @file edge/reply.c */
#include "edge/reply.h"

#include "edge/wire.h"

static const struct {
	unsigned cause;
	const char *text;
} q850[] = {
	{ 1, "UNALLOCATED_NUMBER" },
	{ 16, "NORMAL_CLEARING" },
	{ 19, "NO_ANSWER" },
	{ 20, "SUBSCRIBER_ABSENT" },
	{ 21, "CALL_REJECTED" },
	{ 25, "EXCHANGE_ROUTING_ERROR" },
	{ 31, "NORMAL_UNSPECIFIED" },
	{ 34, "NORMAL_CIRCUIT_CONGESTION" },
	{ 38, "NETWORK_OUT_OF_ORDER" },
	{ 41, "NORMAL_TEMPORARY_FAILURE" },
	{ 42, "SWITCH_CONGESTION" },
	{ 79, "SERVICE_NOT_IMPLEMENTED" },
	{ 88, "INCOMPATIBLE_DESTINATION" },
	{ 95, "INVALID_MSG_UNSPECIFIED" },
	{ 102, "RECOVERY_ON_TIMER_EXPIRE" },
};

void reason_write(struct buf *b, unsigned q850_cause)
{
	if (!q850_cause)
		return;
	buf_printf(b, "Q.850;cause=%u", q850_cause);
	for (size_t i = 0; i < ARRAY_LEN(q850); i++)
		if (q850[i].cause == q850_cause)
			buf_printf(b, ";text=\"%s\"", q850[i].text);
}

unsigned reply_status(const struct reply *r)
{
	unsigned status = r->status ? r->status : failure_info(r->failure)->sip_status;

	return status ? status : 500;
}

/** The warn-agent is a host or a pseudonym (RFC 3261 §20.43): our realm, if it looks like one. */
static struct span warn_agent(const struct edge *e)
{
	struct span realm = span_of(e->settings.realm);

	for (size_t i = 0; i < realm.n; i++) {
		char c = ascii_lower(realm.p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-'))
			return SPAN("sotto");
	}
	return realm.n ? realm : SPAN("sotto");
}

static void put_failure(struct edge *e, struct sip_out *o, const struct reply *r)
{
	const struct failure_info *info = failure_info(r->failure);
	char text[REASON_MAX];
	struct buf reason = buf_over(text, sizeof(text));

	reason_write(&reason, info->q850_cause);
	if (r->reason.n || reason.n)
		sip_out_header(o, SIP_HEADER_REASON, r->reason.n ? r->reason : buf_span(&reason));
	if (r->failure != FAILURE_none)
		sip_out_headerf(o, SIP_HEADER_WARNING, "399 %.*s \"%s%s%s\"",
			SPAN_FMT(warn_agent(e)), info->text, info->remedy[0] ? ": " : "",
			info->remedy);
}

/** §8.2.2.3: nothing that can be required is supported, so all of it is told. */
static void put_unsupported(struct sip_out *o, const struct sip_msg *req)
{
	struct sip_values it = sip_msg_values(req, SIP_HEADER_REQUIRE);
	struct span tag;

	while (sip_values_next(&it, &tag))
		sip_out_header(o, SIP_HEADER_UNSUPPORTED, tag);
}

static void put_headers(struct edge *e, struct sip_out *o, const struct sip_msg *req,
	const struct reply *r, instant_t now)
{
	if (r->contact.n)
		sip_out_header(o, SIP_HEADER_CONTACT, r->contact);
	if (r->allow)
		sip_out_header(o, SIP_HEADER_ALLOW, SPAN(REPLY_ALLOW));
	if (r->accept)
		sip_out_header(o, SIP_HEADER_ACCEPT, SPAN("application/sdp"));
	if (r->unsupported)
		put_unsupported(o, req);
	if (r->challenge)
		auth_server_challenge(e->auth, o, SIP_HEADER_WWW_AUTHENTICATE, r->is_stale, now);
	if (r->retry_after_s)
		sip_out_header_u64(o, SIP_HEADER_RETRY_AFTER, r->retry_after_s);
	put_failure(e, o, r);
	if (r->more)
		r->more(o, r->ctx, now);
	if (e->settings.user_agent[0])
		sip_out_header(o, SIP_HEADER_SERVER, span_of(e->settings.user_agent));
}

/** §8.2.7: who answers without state gives equal requests equal tags. */
static struct span tag_of(struct edge *e, const struct sip_msg *req, struct sip_ident *made)
{
	struct buf b = buf_over(made->text, sizeof(made->text));
	struct span key = req->via.branch.n ? req->via.branch : req->call_id;

	buf_printf(&b, "w%02x-s%016llx", e->env.worker,
		(unsigned long long)siphash(e->tag_secret, key));
	return buf_span(&b);
}

static sotto_err write_reply(struct edge *e, const struct sip_msg *req, const struct sip_hop *from,
	const struct reply *r, instant_t now, struct span *message)
{
	unsigned status = reply_status(r);
	struct sip_ident made = { "" };
	struct span tag = r->to_tag.n ? r->to_tag : tag_of(e, req, &made);
	struct sip_out o;

	sip_out_init(&o, e->message, sizeof(e->message));
	sip_out_response(&o, req, &from->remote, status,
		r->phrase.n ? r->phrase : sip_reason_phrase(status),
		status == 100 ? SPAN_NONE : tag);
	if (status > 100)
		put_headers(e, &o, req, r, now);
	sip_out_body(&o, r->sdp.n ? SPAN("application/sdp") : SPAN_NONE, r->sdp);
	return sip_out_done(&o, message);
}

/** §18.2.2; with rport back to where it came from (RFC 3581 §4). */
static struct sip_hop way_back(const struct sip_msg *req, const struct sip_hop *from)
{
	struct sip_hop hop = *from;

	if (hop.transport == SIP_TRANSPORT_UDP && !req->via.has_rport)
		hop.remote.port = req->via.port ? req->via.port : 5060;
	return hop;
}

sotto_err reply_send(struct edge *e, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, const struct reply *r, instant_t now)
{
	struct span message = SPAN_NONE;
	sotto_err err = write_reply(e, req, from, r, now, &message);

	if (!err && server) {
		err = txn_server_respond(e->txns, server, reply_status(r), message, now);
	} else if (!err) {
		struct sip_hop hop = way_back(req, from);
		err = wire_send(e, &hop, message);
	}
	if (r->sdp.n) /* keys */
		explicit_bzero(e->message, message.n ? message.n : sizeof(e->message));
	return err;
}

void reply_or_log(struct edge *e, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, const struct reply *r, instant_t now)
{
	sotto_err err = reply_send(e, server, req, from, r, now);

	if (err)
		log_warn(e->env.log, sip, "answer_not_sent", LOG_SPAN("method", req->method_name),
			LOG_INT("status", reply_status(r)), LOG_STR("why", err_text(err)),
			LOG_ADDR("peer", &from->remote));
}

void reply_to_stranger(struct edge *e, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, const struct reply *r, instant_t now)
{
	reply_or_log(e, 0, req, from, r, now);
	txn_server_drop(e->txns, server);
}
