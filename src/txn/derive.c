/** @file txn/derive.c  Requests made from an INVITE: ACK (RFC 3261 §17.1.1.3) and CANCEL (§9.1). */
#include <stdlib.h>

#include "txn/machine.h"

static sotto_err copy_routes(struct txn_invite *inv, const struct sip_msg *msg)
{
	struct sip_values it = sip_msg_values(msg, SIP_HEADER_ROUTE);
	struct span value;
	size_t n = 0;

	while (sip_values_next(&it, &value))
		n++;
	if (n == 0)
		return SOTTO_OK;
	inv->routes = calloc(n, sizeof(*inv->routes));
	if (!inv->routes)
		return SOTTO_ENOMEM;
	it = sip_msg_values(msg, SIP_HEADER_ROUTE);
	while (inv->route_count < n && sip_values_next(&it, &value))
		inv->routes[inv->route_count++] = value;
	return SOTTO_OK;
}

static sotto_err read_invite(struct txn *t, struct span branch)
{
	struct txn_invite *inv = &t->invite;
	struct sip_fault fault;
	struct sip_msg msg;
	sotto_err err = sip_msg_parse(&msg, &t->layer->arena, t->message, t->message_n, &fault);

	if (err)
		return err == SOTTO_ENOMEM ? err : SOTTO_EINVAL;
	if (!msg.is_request || msg.method != SIP_METHOD_INVITE || !span_eq(msg.via.branch, branch))
		return SOTTO_EINVAL;
	inv->uri = msg.uri.text;
	inv->via = msg.via.text;
	inv->branch = msg.via.branch;
	inv->from = msg.from.text;
	inv->to = msg.to.text;
	inv->call_id = msg.call_id;
	inv->cseq = msg.cseq.number;
	return copy_routes(inv, &msg);
}

sotto_err txn_invite_read(struct txn *t, struct span branch)
{
	sotto_err err = read_invite(t, branch);

	arena_reset(&t->layer->arena);
	return err;
}

/** What both have in common: all but To's value is the INVITE's. */
static void begin(struct sip_out *o, struct txn *t, struct span method, struct span to)
{
	const struct txn_invite *inv = &t->invite;

	sip_out_init(o, t->layer->text, sizeof(t->layer->text));
	sip_out_request_line(o, method, inv->uri);
	sip_out_header(o, SIP_HEADER_VIA, inv->via); /* one, the topmost, with its branch */
	sip_out_header_u64(o, SIP_HEADER_MAX_FORWARDS, 70);
	for (size_t i = 0; i < inv->route_count; i++)
		sip_out_header(o, SIP_HEADER_ROUTE, inv->routes[i]);
	sip_out_header(o, SIP_HEADER_FROM, inv->from);
	sip_out_header(o, SIP_HEADER_TO, to);
	sip_out_header(o, SIP_HEADER_CALL_ID, inv->call_id);
	sip_out_headerf(o, SIP_HEADER_CSEQ, "%u %.*s", (unsigned)inv->cseq, SPAN_FMT(method));
}

sotto_err txn_write_ack(struct txn *t, struct span to, struct span *out)
{
	struct sip_out o;

	*out = SPAN_NONE;
	begin(&o, t, SPAN("ACK"), to); /* §17.1.1.3: To of the response */
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	return sip_out_done(&o, out);
}

sotto_err txn_write_cancel(struct txn *t, struct span *out)
{
	struct sip_out o;

	*out = SPAN_NONE;
	begin(&o, t, SPAN("CANCEL"), t->invite.to); /* §9.1: To of the request */
	if (t->reason)
		sip_out_header(&o, SIP_HEADER_REASON, span_of(t->reason));
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	return sip_out_done(&o, out);
}
