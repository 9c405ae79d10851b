/** @file sip/write.c */
#include "sip/write.h"

#include <stdarg.h>
#include <stdio.h>

#include "sip/grammar.h"

void sip_out_init(struct sip_out *o, char *memory, size_t cap)
{
	*o = (struct sip_out){ .b = buf_over(memory, cap) };
}

/** A line break in a value would begin a header of the sender's choice. */
static bool breaks_line(struct span s)
{
	return span_has(s, '\r') || span_has(s, '\n');
}

static void put_value(struct sip_out *o, struct span value)
{
	o->bad |= breaks_line(value);
	buf_put(&o->b, value);
}

static void put_token(struct sip_out *o, struct span token)
{
	o->bad |= !sip_is_token(token);
	buf_put(&o->b, token);
}

void sip_out_request_line(struct sip_out *o, struct span method, struct span uri)
{
	put_token(o, method);
	buf_putc(&o->b, ' ');
	o->bad |= uri.n == 0 || span_has(uri, ' ') || span_has(uri, '\t');
	put_value(o, uri);
	buf_lit(&o->b, " SIP/2.0\r\n");
}

void sip_out_status_line(struct sip_out *o, unsigned status, struct span reason)
{
	o->bad |= status < 100 || status > 699;
	buf_lit(&o->b, "SIP/2.0 ");
	buf_put_u64(&o->b, status);
	buf_putc(&o->b, ' ');
	put_value(o, reason);
	buf_lit(&o->b, "\r\n");
}

void sip_out_header_named(struct sip_out *o, struct span name, struct span value)
{
	put_token(o, name);
	buf_lit(&o->b, ": ");
	put_value(o, value);
	buf_lit(&o->b, "\r\n");
}

void sip_out_header(struct sip_out *o, enum sip_header_id id, struct span value)
{
	sip_out_header_named(o, sip_header_name(id), value);
}

void sip_out_header_u64(struct sip_out *o, enum sip_header_id id, uint64_t value)
{
	put_token(o, sip_header_name(id));
	buf_lit(&o->b, ": ");
	buf_put_u64(&o->b, value);
	buf_lit(&o->b, "\r\n");
}

void sip_out_headerf(struct sip_out *o, enum sip_header_id id, const char *fmt, ...)
{
	size_t start, room;
	va_list ap;
	int n;

	put_token(o, sip_header_name(id));
	buf_lit(&o->b, ": ");
	start = o->b.n;
	room = o->b.cap - start;
	va_start(ap, fmt);
	n = vsnprintf(room ? o->b.p + start : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		o->b.overflow = true;
	else
		o->b.n += (size_t)n;
	o->bad |= breaks_line((struct span){ o->b.p + start, o->b.n - start });
	buf_lit(&o->b, "\r\n");
}

void sip_out_body(struct sip_out *o, struct span content_type, struct span body)
{
	if (body.n)
		sip_out_header(o, SIP_HEADER_CONTENT_TYPE, content_type);
	sip_out_header_u64(o, SIP_HEADER_CONTENT_LENGTH, body.n);
	buf_lit(&o->b, "\r\n");
	buf_put(&o->b, body);
}

sotto_err sip_out_done(const struct sip_out *o, struct span *message)
{
	*message = SPAN_NONE;
	if (o->bad)
		return SOTTO_EINVAL;
	if (o->b.n > SIP_MESSAGE_MAX)
		return SOTTO_ENOSPACE;
	TRY(buf_err(&o->b));
	*message = buf_span(&o->b);
	return SOTTO_OK;
}
