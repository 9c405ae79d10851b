/**
 * @file fuzz/sip/msg_fuzz.c  Any bytes as a message: every span lies within them, a refused request
 * can be answered where its fault says so, and an accepted message written field by field parses to
 * the same one.
 */
#include "sip/msg.h"

#include "fuzz/sip/must.h"
#include "sip/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARENA_MAX (64 * 1024)
#define OUT_MAX   (1 << 18) /* every header may become longer by its long name */

static void check_within(const struct sip_msg *m, struct span all)
{
	MUST(lies_within(m->method_name, all) && lies_within(m->uri.text, all));
	MUST(lies_within(m->reason, all) && lies_within(m->via.text, all));
	MUST(lies_within(m->from.text, all) && lies_within(m->to.text, all));
	MUST(lies_within(m->call_id, all) && lies_within(m->cseq.method_name, all));
	MUST(lies_within(m->body, all) && m->field_count <= SIP_HEADERS_MAX);
	for (size_t i = 0; i < m->field_count; i++) {
		struct span value = m->fields[i].value;
		MUST(lies_within(m->fields[i].name, all) && lies_within(value, all));
		MUST(!span_has(value, '\r') && !span_has(value, '\n'));
	}
}

static void check_values(const struct sip_msg *m, struct span all)
{
	static const enum sip_header_id lists[] = { SIP_HEADER_VIA, SIP_HEADER_CONTACT,
		SIP_HEADER_ROUTE, SIP_HEADER_OTHER };
	uint32_t number;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct sip_values it = sip_msg_values(m, lists[i]);
		size_t count = 0;
		struct span value;
		while (sip_values_next(&it, &value)) {
			MUST(value.n > 0 && lies_within(value, all));
			MUST(++count <= (size_t)SIP_VALUES_MAX * SIP_HEADERS_MAX);
		}
	}
	(void)sip_msg_lists(m, SIP_HEADER_REQUIRE, SPAN("timer"));
	if (sip_msg_u32(m, SIP_HEADER_EXPIRES, &number))
		MUST(number == 0);
}

static void check_answer(const struct sip_msg *m, unsigned status, struct span reason)
{
	static char memory[OUT_MAX], again[OUT_MAX];
	struct netaddr source;
	struct span message;
	struct sip_fault fault;
	struct sip_out o;
	struct sip_msg reply;
	struct arena a;

	MUST(netaddr_parse(SPAN("192.0.2.99:5061"), &source) == SOTTO_OK);
	sip_out_init(&o, memory, sizeof(memory));
	sip_out_response(&o, m, &source, status, reason, SPAN("x"));
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	MUST(!o.bad);
	if (sip_out_done(&o, &message))
		return;
	memcpy(again, message.p, message.n);
	arena_init(&a, ARENA_MAX);
	/* the request's faults are in it, but it is one message, and nothing has been slipped in */
	if (sip_msg_parse(&reply, &a, again, message.n, &fault) == SOTTO_OK) {
		MUST(!reply.is_request && reply.status == status && reply.body.n == 0);
		MUST(reply.to.tag.n > 0);
	}
	MUST(reply.field_count <= m->field_count + 1);
	arena_deinit(&a);
}

static void write_all(struct sip_out *o, const struct sip_msg *m)
{
	if (m->is_request)
		sip_out_request_line(o, m->method_name, m->uri.text);
	else
		sip_out_status_line(o, m->status, m->reason);
	for (size_t i = 0; i < m->field_count; i++) {
		const struct sip_field *f = &m->fields[i];
		if (f->id == SIP_HEADER_CONTENT_LENGTH || f->id == SIP_HEADER_CONTENT_TYPE)
			continue;
		if (f->id == SIP_HEADER_OTHER)
			sip_out_header_named(o, f->name, f->value);
		else
			sip_out_header(o, f->id, f->value);
	}
	sip_out_body(o, SPAN("text/plain"), m->body);
}

static void check_same(const struct sip_msg *a, const struct sip_msg *b)
{
	MUST(a->is_request == b->is_request && same(a->method_name, b->method_name));
	MUST(same(a->uri.text, b->uri.text) && a->status == b->status);
	MUST(same(a->reason, b->reason) && same(a->via.text, b->via.text));
	MUST(same(a->from.text, b->from.text) && same(a->to.text, b->to.text));
	MUST(same(a->from.tag, b->from.tag) && same(a->to.tag, b->to.tag));
	MUST(same(a->call_id, b->call_id) && a->cseq.number == b->cseq.number);
	MUST(same(a->cseq.method_name, b->cseq.method_name));
	MUST(a->has_max_forwards == b->has_max_forwards && a->max_forwards == b->max_forwards);
	MUST(same(a->body, b->body));
	for (size_t i = 0, j = 0; i < a->field_count; i++) {
		enum sip_header_id id = a->fields[i].id;
		if (id == SIP_HEADER_CONTENT_LENGTH || id == SIP_HEADER_CONTENT_TYPE)
			continue;
		MUST(j < b->field_count && b->fields[j].id == id);
		MUST(same(a->fields[i].value, b->fields[j].value));
		j++;
	}
}

static void check_round_trip(const struct sip_msg *m)
{
	static char memory[OUT_MAX];
	struct sip_fault fault;
	struct span message;
	struct sip_msg again;
	struct sip_out o;
	struct arena a;

	if (m->field_count + 2 > SIP_HEADERS_MAX)
		return;
	sip_out_init(&o, memory, sizeof(memory));
	write_all(&o, m);
	MUST(!o.bad);
	if (sip_out_done(&o, &message))
		return; /* compact names have become long ones */
	arena_init(&a, ARENA_MAX);
	MUST(sip_msg_parse(&again, &a, memory, message.n, &fault) == SOTTO_OK);
	check_same(m, &again);
	arena_deinit(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1);
	struct sip_fault fault;
	struct sip_msg m;
	struct arena a;
	sotto_err err;

	MUST(bytes);
	if (size)
		memcpy(bytes, data, size);
	arena_init(&a, ARENA_MAX);
	err = sip_msg_parse(&m, &a, bytes, size, &fault);
	check_within(&m, (struct span){ bytes, size });
	check_values(&m, (struct span){ bytes, size });
	if (err) {
		MUST(fault.reason && (fault.status == 0 || (m.is_request && m.via.host.n)));
		if (fault.status)
			check_answer(&m, fault.status, span_of(fault.reason));
	} else {
		MUST(fault.status == 0 && !fault.reason);
		check_round_trip(&m);
		if (m.is_request)
			check_answer(&m, 200, SPAN("OK"));
	}
	arena_deinit(&a);
	free(bytes);
	return 0;
}
