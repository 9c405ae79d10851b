/**
 * @file edge/call/test_destination.c  The party that answers every call: a tone, then an echo (SPEC
 * §4). Its description says by an i= line what protects the caller's leg.
 */
#include "edge/call/exchange.h"
#include "edge/call/media.h"
#include "edge/call/step.h"

static void write_info(const struct call *c, struct buf *b)
{
	const struct offer_stream *s = &c->exchange.judged.stream[c->stream];

	buf_lit(b, "Sotto test: ");
	if (s->security == MEDIA_CLEAR)
		buf_lit(b, "RTP without encryption");
	else
		buf_put(b, span_of(srtp_suite_info(s->rx.suite)->name));
	buf_lit(b, " over ");
	buf_put(b, sip_transport_name(c->caller->hop.transport));
}

enum failure test_answer_again(struct call *c)
{
	char text[128];
	struct buf info = buf_over(text, sizeof(text));

	write_info(c, &info);
	return exchange_answer(c, NULL, buf_span(&info));
}

enum failure test_answer(struct call *c, instant_t now)
{
	enum failure why = c->exchange.is_offerless ? FAILURE_none : test_answer_again(c);

	if (!why && leg_media_link(c->caller, NULL))
		why = FAILURE_internal_error;
	if (!why)
		why = answer_caller(c, NULL, now);
	if (!why)
		log_info(c->edge->env.log, call, "call_answered",
			LOG_STR("call", c->record.call_id), LOG_STR("connection", "test"),
			LOG_BOOL("caller_srtp", c->caller->record.is_srtp));
	return why;
}
