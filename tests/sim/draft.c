/** @file sim/draft.c */
#include "sim/draft.h"

#include <stdarg.h>
#include <stdio.h>

static struct draft_header *header_new(struct draft *d)
{
	/* the last one is overwritten: no scenario has as many on purpose */
	size_t at = d->count < DRAFT_HEADERS_MAX ? d->count++ : DRAFT_HEADERS_MAX - 1;

	d->headers[at] = (struct draft_header){ { 0 }, { 0 } };
	return &d->headers[at];
}

static void text_set(char *to, size_t cap, struct span text)
{
	snprintf(to, cap, "%.*s", SPAN_FMT(text));
}

void draft_add(struct draft *d, const char *name, const char *fmt, ...)
{
	struct draft_header *h = header_new(d);
	va_list args;

	text_set(h->name, sizeof(h->name), span_of(name));
	va_start(args, fmt);
	vsnprintf(h->value, sizeof(h->value), fmt, args);
	va_end(args);
}

void draft_remove(struct draft *d, struct span name)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++)
		if (!span_eq_nocase(span_of(d->headers[i].name), name))
			d->headers[kept++] = d->headers[i];
	d->count = kept;
}

void draft_set(struct draft *d, struct span name, struct span value)
{
	size_t at = 0;
	struct draft_header one = { { 0 }, { 0 } };

	text_set(one.name, sizeof(one.name), name);
	text_set(one.value, sizeof(one.value), value);
	while (at < d->count && !span_eq_nocase(span_of(d->headers[at].name), name))
		at++;
	if (at == d->count) {
		*header_new(d) = one;
		return;
	}
	/* in its place, so that the order of headers stays */
	d->headers[at].name[0] = 0;
	draft_remove(d, name);
	d->headers[at] = one;
}

void draft_body(struct draft *d, const char *type, struct span body)
{
	draft_add(d, "Content-Type", "%s", type);
	d->body_n = body.n < DRAFT_BODY_MAX ? body.n : DRAFT_BODY_MAX;
	memcpy(d->body, body.p, d->body_n);
}

static bool body_append(struct draft *d, struct span line)
{
	struct buf b = buf_over(d->body, DRAFT_BODY_MAX);

	b.n = d->body_n;
	buf_put(&b, line);
	buf_lit(&b, "\r\n");
	d->body_n = b.n;
	return !b.overflow;
}

static void body_without(struct draft *d, struct span prefix)
{
	struct span rest = { d->body, d->body_n }, line, at;
	size_t kept = 0;

	while (span_take(&rest, '\n', &line)) {
		at = line;
		if (span_strip(&at, prefix))
			continue;
		memmove(d->body + kept, line.p, line.n);
		d->body[kept + line.n] = '\n';
		kept += line.n + 1;
	}
	d->body_n = kept;
}

static bool edit_apply(struct draft *d, struct span text)
{
	struct span name;

	if (span_strip(&text, SPAN("start:"))) {
		text_set(d->start, sizeof(d->start), span_trim(text));
	} else if (span_strip(&text, SPAN("sdp:"))) {
		return body_append(d, span_trim(text));
	} else if (span_strip(&text, SPAN("-sdp:"))) {
		body_without(d, span_trim(text));
	} else if (span_strip(&text, SPAN("-"))) {
		draft_remove(d, span_trim(text));
	} else if (span_strip(&text, SPAN("+"))) {
		struct draft_header *h = header_new(d);
		span_take(&text, ':', &name);
		text_set(h->name, sizeof(h->name), span_trim(name));
		text_set(h->value, sizeof(h->value), span_trim(text));
	} else if (span_take(&text, ':', &name)) {
		draft_set(d, span_trim(name), span_trim(text));
	}
	return true;
}

bool draft_edit(struct draft *d, const struct scenario_step *step)
{
	for (size_t i = 0; i < step->detail_count; i++)
		if (!edit_apply(d, step->details[i].text))
			return false;
	return true;
}

struct span draft_write(const struct draft *d, char out[DRAFT_MAX])
{
	struct buf b = buf_over(out, DRAFT_MAX);
	bool has_length = false;

	buf_printf(&b, "%s\r\n", d->start);
	for (size_t i = 0; i < d->count; i++) {
		buf_printf(&b, "%s: %s\r\n", d->headers[i].name, d->headers[i].value);
		has_length = has_length ||
			     span_eq_nocase(span_of(d->headers[i].name), SPAN("Content-Length"));
	}
	if (!has_length)
		buf_printf(&b, "Content-Length: %zu\r\n", d->body_n);
	buf_lit(&b, "\r\n");
	buf_put(&b, (struct span){ d->body, d->body_n });
	return buf_span(&b);
}
