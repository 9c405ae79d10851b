/** @file transport/refusal.c */
#include "transport/refusal.h"

#include "base/rng.h"
#include "sip/write.h"

#define REFUSAL_ARENA_MAX 65536
#define REFUSAL_TAG_LEN   16

/** True if an answer is due to `m`, as far as it could be read. */
static bool is_answerable(const struct sip_msg *m, sotto_err err, const struct sip_fault *fault)
{
	return m->is_request && m->method != SIP_METHOD_ACK && (!err || fault->status);
}

static sotto_err write_answer(struct buf *out, const struct sip_msg *request,
	const struct netaddr *source, unsigned status)
{
	struct span reason =
		status == 400 ? SPAN("Content-Length Missing or Bad") : sip_reason_phrase(status);
	char tag[REFUSAL_TAG_LEN + 1];
	struct span message;
	struct sip_out o;

	rng_token(rng_system(), tag, REFUSAL_TAG_LEN);
	sip_out_init(&o, out->p, out->cap);
	sip_out_response(&o, request, source, status, reason, span_of(tag));
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	TRY(sip_out_done(&o, &message));
	out->n = message.n;
	return SOTTO_OK;
}

sotto_err refusal_write(
	struct buf *out, char *head, size_t n, const struct netaddr *source, unsigned status)
{
	struct sip_fault fault = { 0 };
	struct sip_msg request;
	struct arena arena;
	sotto_err err;

	arena_init(&arena, REFUSAL_ARENA_MAX);
	err = sip_msg_parse(&request, &arena, head, n, &fault);
	if (is_answerable(&request, err, &fault))
		err = write_answer(out, &request, source, status);
	else
		err = SOTTO_ENOENT;
	arena_deinit(&arena);
	return err;
}
