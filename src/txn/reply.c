/** @file txn/reply.c  Answers that the layer gives by itself, and the way back for all answers. */
#include "txn/machine.h"

#define TAG_MAX 64

struct sip_hop txn_response_hop(const struct sip_msg *request, const struct sip_hop *from)
{
	struct sip_hop hop = *from; /* the local address that was asked; a stream's own flow */

	/*
	 * RFC 3261 §18.2.2: the address it came from, and the port of sent-by unless rport was
	 * asked for (RFC 3581 §4). maddr is not obeyed: it would let anybody choose our target.
	 */
	if (hop.transport == SIP_TRANSPORT_UDP && !request->via.has_rport)
		hop.remote.port =
			request->via.port ? request->via.port : sip_transport_port(hop.transport);
	return hop;
}

/** §8.2.7: equal requests get equal tags, though nothing is remembered. */
static struct span stateless_tag(
	struct txn_layer *l, const struct sip_msg *request, char text[TAG_MAX])
{
	struct buf b = buf_over(text, TAG_MAX);

	buf_printf(&b, "w%02x-%016llx", l->env.worker,
		(unsigned long long)siphash(l->tag_secret, txn_server_key(l, request)));
	return buf_span(&b);
}

static sotto_err write_reply(struct txn_layer *l, const struct sip_msg *request,
	const struct sip_hop *from, unsigned status, struct span tag, unsigned retry_after,
	struct span *out)
{
	struct sip_out o;

	*out = SPAN_NONE;
	sip_out_init(&o, l->text, sizeof(l->text));
	sip_out_response(&o, request, &from->remote, status, sip_reason_phrase(status), tag);
	if (retry_after)
		sip_out_header_u64(&o, SIP_HEADER_RETRY_AFTER, retry_after);
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	return sip_out_done(&o, out);
}

static void reply(struct txn_layer *l, const struct sip_msg *request, const struct sip_hop *from,
	unsigned status, struct span tag, unsigned retry_after)
{
	struct sip_hop hop = txn_response_hop(request, from);
	struct span message;

	/* nobody to tell of a failure: the peer asks again */
	if (!write_reply(l, request, from, status, tag, retry_after, &message))
		(void)!l->env.send(l->env.ctx, &hop, message);
}

void txn_reply_stateless(struct txn_layer *l, const struct sip_msg *request,
	const struct sip_hop *from, unsigned status, unsigned retry_after)
{
	char text[TAG_MAX];

	reply(l, request, from, status, stateless_tag(l, request, text), retry_after);
}

struct span txn_message_to_tag(struct txn *t)
{
	struct txn_layer *l = t->layer;
	struct sip_fault fault;
	struct span tag = SPAN_NONE;
	struct sip_msg msg;
	size_t keep = 0;

	if (!t->message)
		return tag;
	memcpy(l->text, t->message, t->message_n); /* parsing may unfold lines in place */
	if (!sip_msg_parse(&msg, &l->arena, l->text, t->message_n, &fault)) {
		tag = msg.to.tag;
		keep = (size_t)(msg.body.p - l->text);
	}
	explicit_bzero(l->text + keep, t->message_n - keep); /* the body may have SDES keys */
	arena_reset(&l->arena);
	return tag; /* in l->text */
}

void txn_on_cancel(struct txn_layer *l, const struct sip_msg *cancel, const struct sip_hop *from,
	instant_t now)
{
	struct txn *t = txn_find_cancelled(l, cancel);
	char text[TAG_MAX];
	struct buf tag = buf_over(text, sizeof(text));

	if (!t) {
		txn_reply_stateless(l, cancel, from, 481, 0); /* §9.2 */
		return;
	}
	/* §9.2: the To tag should be that of the INVITE's answers, if one has gone out */
	buf_put(&tag, txn_message_to_tag(t));
	if (tag.n == 0 || tag.overflow)
		tag.n = stateless_tag(l, cancel, text).n;
	/* a repeated CANCEL is answered alike, and told once: no transaction is needed */
	reply(l, cancel, from, 200, (struct span){ text, tag.n }, 0);
	t->machine->on_message(t, cancel, from, now);
}
