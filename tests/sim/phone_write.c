/** @file sim/phone_write.c */
#include "sim/phone_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/world.h"
#include "sip/write.h"

static void host_write(struct buf *b, const struct phone *p)
{
	netaddr_write(b, &p->own);
}

static void via_add(struct phone *p, struct draft *d, const char *branch)
{
	char host[NETADDR_TEXT_MAX + 16] = { 0 };
	struct buf b = buf_over(host, sizeof(host) - 1);

	host_write(&b, p);
	draft_add(d, "Via", "SIP/2.0/%.*s %s;branch=%s;rport",
		SPAN_FMT(sip_transport_name(p->transport)), host, branch);
}

static void contact_add(struct phone *p, struct draft *d)
{
	static const char *const params[] = { "", ";transport=tcp", ";transport=tls",
		";transport=ws" };
	char host[NETADDR_TEXT_MAX + 16] = { 0 };
	struct buf b = buf_over(host, sizeof(host) - 1);

	host_write(&b, p);
	draft_add(d, "Contact", "<sip:%s@%s%s>", p->user, host, params[p->transport]);
}

static void parties_add(const struct call *c, struct draft *d, const char *to, const char *to_tag)
{
	draft_add(d, "From", "<%s>;tag=%s", c->local_uri, c->local_tag);
	draft_add(d, "To", "<%s>%s%s", to, to_tag[0] ? ";tag=" : "", to_tag);
	draft_add(d, "Call-ID", "%s", c->call_id);
}

static void sdp_add(
	struct call *c, struct draft *d, const struct media_shape *shape, bool is_answer)
{
	char text[8192];
	struct buf b = buf_over(text, sizeof(text));

	if (shape->kind == MEDIA_SHAPE_NONE)
		return;
	media_end_describe(&c->media, c, &b, shape, is_answer);
	draft_body(d, "application/sdp", buf_span(&b));
}

static void branch_new(struct phone *p, char out[40])
{
	snprintf(out, 40, "%s", SIP_BRANCH_COOKIE);
	phone_token(p, out + 7, 16);
}

static void first_target(struct call *c, const struct phone_request *r)
{
	if (!r->uri.n)
		return;
	snprintf(c->request_uri, sizeof(c->request_uri), "%.*s", SPAN_FMT(r->uri));
	if (span_eq(r->method, SPAN("REGISTER"))) /* To is the address of record (§10.2) */
		snprintf(c->remote_uri, sizeof(c->remote_uri), "%s", c->local_uri);
	else
		snprintf(c->remote_uri, sizeof(c->remote_uri), "%.*s", SPAN_FMT(r->uri));
}

static bool makes_or_refreshes_dialog(struct span method)
{
	return span_eq(method, SPAN("INVITE")) || span_eq(method, SPAN("UPDATE")) ||
	       span_eq(method, SPAN("REGISTER"));
}

void phone_write_request(
	struct phone *p, struct call *c, const struct phone_request *r, struct draft *d)
{
	const bool is_inside = !r->uri.n;
	char branch[40], value[1024] = { 0 };
	struct buf b = buf_over(value, sizeof(value) - 1);
	const char *uri;

	first_target(c, r);
	uri = is_inside && c->target[0] ? c->target : c->request_uri;
	c->cseq = r->cseq >= 0 ? (uint32_t)r->cseq : c->cseq + 1;
	branch_new(p, branch);
	snprintf(d->start, sizeof(d->start), "%.*s %s SIP/2.0", SPAN_FMT(r->method), uri);
	via_add(p, d, branch);
	draft_add(d, "Max-Forwards", "70");
	parties_add(c, d, c->remote_uri, is_inside ? c->remote_tag : "");
	draft_add(d, "CSeq", "%u %.*s", c->cseq, SPAN_FMT(r->method));
	if (makes_or_refreshes_dialog(r->method))
		contact_add(p, d);
	if (r->expires >= 0)
		draft_add(d, "Expires", "%lld", (long long)r->expires);
	if (r->auth == PHONE_AUTH_HELD && phone_digest(p, r, span_of(uri), &b))
		draft_add(d, p->challenge.is_proxy ? "Proxy-Authorization" : "Authorization", "%s",
			value);
	sdp_add(c, d, &r->media, r->media_is_answer);
}

bool phone_write_ack(struct call *c, const struct phone_request *r, struct draft *d)
{
	char branch[40];

	if (!c->invite || !c->target[0])
		return false;
	branch_new(c->phone, branch);
	snprintf(d->start, sizeof(d->start), "ACK %s SIP/2.0", c->target);
	via_add(c->phone, d, branch);
	draft_add(d, "Max-Forwards", "70");
	parties_add(c, d, c->remote_uri, c->remote_tag);
	draft_add(d, "CSeq", "%u ACK", c->invite->msg.cseq.number);
	sdp_add(c, d, &r->media, true);
	return true;
}

/** A request that must look like the INVITE (RFC 3261 §9.1, §17.1.1.3). */
static void like_invite(
	const struct message *invite, const char *method, struct span to, struct draft *d)
{
	const struct sip_msg *q = &invite->msg;

	snprintf(d->start, sizeof(d->start), "%s %.*s SIP/2.0", method, SPAN_FMT(q->uri.text));
	draft_add(d, "Via", "%.*s", SPAN_FMT(q->via.text));
	draft_add(d, "Max-Forwards", "70");
	draft_add(d, "From", "%.*s", SPAN_FMT(q->from.text));
	draft_add(d, "To", "%.*s", SPAN_FMT(to));
	draft_add(d, "Call-ID", "%.*s", SPAN_FMT(q->call_id));
	draft_add(d, "CSeq", "%u %s", q->cseq.number, method);
}

bool phone_write_cancel(struct call *c, struct draft *d)
{
	if (!c->invite)
		return false;
	like_invite(c->invite, "CANCEL", c->invite->msg.to.text, d);
	return true;
}

void phone_write_response(struct call *c, const struct message *request, unsigned status,
	const struct media_shape *media, bool media_is_answer, bool is_fork, struct draft *d)
{
	const struct sip_msg *q = &request->msg;
	const struct span reason = sip_reason_phrase(status);

	snprintf(d->start, sizeof(d->start), "SIP/2.0 %u %.*s", status, SPAN_FMT(reason));
	for (size_t i = 0; i < q->field_count; i++)
		if (q->fields[i].id == SIP_HEADER_VIA)
			draft_add(d, "Via", "%.*s", SPAN_FMT(q->fields[i].value));
	draft_add(d, "From", "%.*s", SPAN_FMT(q->from.text));
	draft_add(d, "To", "%.*s%s%s", SPAN_FMT(q->to.text),
		q->to.tag.n || status == 100 ? "" : ";tag=",
		q->to.tag.n || status == 100 ? ""
		: is_fork                    ? c->fork_tag
					     : c->local_tag);
	draft_add(d, "Call-ID", "%.*s", SPAN_FMT(q->call_id));
	draft_add(d, "CSeq", "%u %.*s", q->cseq.number, SPAN_FMT(q->cseq.method_name));
	if (makes_or_refreshes_dialog(q->method_name) && status > 100 && status < 300)
		contact_add(c->phone, d);
	sdp_add(c, d, media, media_is_answer);
}

struct message *phone_ack(
	struct phone *p, const struct message *invite, const struct message *response)
{
	struct draft *d = must_alloc(sizeof(*d));
	char *text = must_alloc(DRAFT_MAX);
	struct message *m;

	like_invite(invite, "ACK", response->msg.to.text, d);
	m = phone_send(p, invite->call, draft_write(d, text), invite->listener);
	free(text);
	free(d);
	return m;
}
