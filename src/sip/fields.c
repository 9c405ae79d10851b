/** @file sip/fields.c  Reading headers off an indexed message. */
#include "sip/grammar.h"
#include "sip/msg.h"

const struct sip_field *sip_msg_field(const struct sip_msg *m, enum sip_header_id id)
{
	for (size_t i = 0; i < m->field_count; i++)
		if (m->fields[i].id == id)
			return &m->fields[i];
	return NULL;
}

struct span sip_msg_value(const struct sip_msg *m, enum sip_header_id id)
{
	const struct sip_field *f = sip_msg_field(m, id);

	return f ? f->value : SPAN_NONE;
}

struct span sip_msg_value_named(const struct sip_msg *m, struct span name)
{
	enum sip_header_id id = sip_header_parse(name);

	if (id != SIP_HEADER_OTHER)
		return sip_msg_value(m, id); /* so that the compact form is found too */
	for (size_t i = 0; i < m->field_count; i++)
		if (span_eq_nocase(m->fields[i].name, name))
			return m->fields[i].value;
	return SPAN_NONE;
}

struct sip_values sip_msg_values(const struct sip_msg *m, enum sip_header_id id)
{
	return (struct sip_values){ .msg = m, .id = id };
}

/** Bytes up to the next comma that separates. */
static size_t value_length(struct span s)
{
	bool in_brackets = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (in_brackets) {
			in_brackets = c != '>';
		} else if (c == ',') {
			return i;
		} else if (c == '<') {
			in_brackets = true;
		} else if (c == '"') {
			size_t n = sip_quoted_length((struct span){ s.p + i, s.n - i });
			if (n == 0)
				return s.n; /* never closed: one value, which its parser refuses */
			i += n - 1;
		}
	}
	return s.n;
}

static bool take_value(struct span *rest, struct span *value)
{
	while (rest->n) {
		size_t n = value_length(*rest);
		*value = span_trim((struct span){ rest->p, n });
		sip_skip(rest, n < rest->n ? n + 1 : n);
		if (value->n)
			return true;
	}
	return false;
}

bool sip_values_next(struct sip_values *it, struct span *value)
{
	*value = SPAN_NONE;
	for (;;) {
		if (it->count < SIP_VALUES_MAX && take_value(&it->rest, value)) {
			it->count++;
			return true;
		}
		while (it->field < it->msg->field_count && it->msg->fields[it->field].id != it->id)
			it->field++;
		if (it->field == it->msg->field_count)
			return false;
		it->rest = it->msg->fields[it->field++].value;
		it->count = 0;
	}
}

bool sip_msg_lists(const struct sip_msg *m, enum sip_header_id id, struct span token)
{
	struct sip_values it = sip_msg_values(m, id);
	struct span value;

	while (sip_values_next(&it, &value))
		if (span_eq_nocase(value, token))
			return true;
	return false;
}

sotto_err sip_msg_u32(const struct sip_msg *m, enum sip_header_id id, uint32_t *out)
{
	const struct sip_field *f = sip_msg_field(m, id);
	struct span rest, digits;
	uint64_t v;

	*out = 0;
	if (!f)
		return SOTTO_ENOENT;
	rest = f->value;
	digits = (struct span){ rest.p, sip_span_of(rest, SIP_CHAR_DIGIT) };
	sip_skip(&rest, digits.n);
	sip_skip_blanks(&rest);
	if (rest.n && rest.p[0] != ';' && rest.p[0] != '(')
		return SOTTO_ESYNTAX;
	if (span_u64(digits, UINT32_MAX, &v))
		return SOTTO_ESYNTAX;
	*out = (uint32_t)v;
	return SOTTO_OK;
}
