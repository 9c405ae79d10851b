/** @file sip/response.c  What every response takes from its request (RFC 3261 §8.2.6). */
#include "sip/write.h"

/** All Via lines in order (§8.2.6.2), the first value with where the request came from. */
static void copy_vias(struct sip_out *o, const struct sip_msg *req, const struct netaddr *source)
{
	bool is_top = true;

	for (size_t i = 0; i < req->field_count; i++) {
		const struct sip_field *f = &req->fields[i];
		struct span rest = f->value, top = req->via.text;
		if (f->id != SIP_HEADER_VIA)
			continue;
		if (!is_top || !top.p) {
			sip_out_header(o, SIP_HEADER_VIA, f->value);
			continue;
		}
		is_top = false;
		buf_lit(&o->b, "Via: ");
		sip_via_write_received(&o->b, &req->via, source);
		rest = (struct span){ top.p + top.n,
			f->value.n - (size_t)(top.p + top.n - rest.p) };
		buf_put(&o->b, rest); /* ", SIP/2.0/…" */
		buf_lit(&o->b, "\r\n");
	}
}

static void copy_all(struct sip_out *o, const struct sip_msg *req, enum sip_header_id id)
{
	for (size_t i = 0; i < req->field_count; i++)
		if (req->fields[i].id == id)
			sip_out_header(o, id, req->fields[i].value);
}

static void copy_first(struct sip_out *o, const struct sip_msg *req, enum sip_header_id id)
{
	const struct sip_field *f = sip_msg_field(req, id);

	if (f)
		sip_out_header(o, id, f->value);
}

static void put_to(struct sip_out *o, const struct sip_msg *req, struct span to_tag)
{
	struct span to = sip_msg_value(req, SIP_HEADER_TO);

	/* a tag is added where there was none and one can be read again */
	if (to_tag.n == 0 || req->to.tag.p || !req->to.text.p) {
		copy_first(o, req, SIP_HEADER_TO);
		return;
	}
	o->bad |= span_has(to_tag, '\r') || span_has(to_tag, '\n');
	buf_lit(&o->b, "To: ");
	buf_put(&o->b, to);
	buf_lit(&o->b, ";tag=");
	buf_put(&o->b, to_tag);
	buf_lit(&o->b, "\r\n");
}

/** §12.1.1: the route set of the dialog that this answer may make. */
static bool may_make_dialog(enum sip_method method, unsigned status)
{
	return status > 100 && status < 300 &&
	       (method == SIP_METHOD_INVITE || method == SIP_METHOD_SUBSCRIBE ||
		       method == SIP_METHOD_REFER);
}

void sip_out_response(struct sip_out *o, const struct sip_msg *req, const struct netaddr *source,
	unsigned status, struct span reason, struct span to_tag)
{
	sip_out_status_line(o, status, reason);
	copy_vias(o, req, source);
	if (may_make_dialog(req->method, status))
		copy_all(o, req, SIP_HEADER_RECORD_ROUTE);
	copy_first(o, req, SIP_HEADER_FROM);
	put_to(o, req, to_tag);
	copy_first(o, req, SIP_HEADER_CALL_ID);
	copy_first(o, req, SIP_HEADER_CSEQ);
	if (status == 100)
		copy_first(o, req, SIP_HEADER_TIMESTAMP); /* §8.2.6.1 */
}
