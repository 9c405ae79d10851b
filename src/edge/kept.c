/** @file edge/kept.c */
#include "edge/kept.h"

#include <stdlib.h>

struct kept_request {
	handle_t server;
	struct sip_hop from;
	uint32_t cseq;
	size_t n;
	char text[]; /* a request line and headers: a message of its own */
};

/** RFC 3261 §8.2.6 and §12.1.1: what a response takes over. */
static bool is_repeated(enum sip_header_id id)
{
	return id == SIP_HEADER_VIA || id == SIP_HEADER_FROM || id == SIP_HEADER_TO ||
	       id == SIP_HEADER_CALL_ID || id == SIP_HEADER_CSEQ || id == SIP_HEADER_RECORD_ROUTE ||
	       id == SIP_HEADER_TIMESTAMP;
}

sotto_err kept_create(struct kept_request **out, struct edge *e, handle_t server,
	const struct sip_msg *msg, const struct sip_hop *from)
{
	struct kept_request *k;
	struct span message;
	struct sip_out o;

	*out = NULL;
	sip_out_init(&o, e->message, sizeof(e->message));
	sip_out_request_line(&o, msg->method_name, msg->uri.text);
	for (size_t i = 0; i < msg->field_count; i++)
		if (is_repeated(msg->fields[i].id))
			sip_out_header(&o, msg->fields[i].id, msg->fields[i].value);
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	TRY(sip_out_done(&o, &message));
	k = malloc(sizeof(*k) + message.n);
	if (!k)
		return SOTTO_ENOMEM;
	*k = (struct kept_request){
		.server = server, .from = *from, .cseq = msg->cseq.number, .n = message.n
	};
	memcpy(k->text, message.p, message.n);
	*out = k;
	return SOTTO_OK;
}

void kept_destroy(struct kept_request *k)
{
	free(k);
}

handle_t kept_server(const struct kept_request *k)
{
	return k->server;
}

uint32_t kept_cseq(const struct kept_request *k)
{
	return k->cseq;
}

sotto_err kept_reply(
	struct edge *e, const struct kept_request *k, const struct reply *r, instant_t now)
{
	struct span copy;
	struct sip_fault fault;
	struct sip_msg msg;

	/* parsing may write into its bytes: it works on a copy of the event's */
	TRY(arena_copy(&e->arena, (struct span){ k->text, k->n }, &copy));
	TRY(sip_msg_parse(&msg, &e->arena, (char *)(uintptr_t)copy.p, copy.n, &fault));
	return reply_send(e, k->server, &msg, &k->from, r, now);
}
