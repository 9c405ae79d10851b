/** @file dialog/route.c  Route set, remote target and the requests that follow them (§12.2.1.1). */
#include "dialog/state.h"
#include "sip/param.h"

static bool is_sip(const struct sip_uri *uri)
{
	return uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS;
}

static sotto_err collect(
	const struct sip_msg *msg, struct span values[DIALOG_ROUTES_MAX], size_t *n)
{
	struct sip_values it = sip_msg_values(msg, SIP_HEADER_RECORD_ROUTE);
	struct sip_nameaddr a;
	struct span value;

	*n = 0;
	while (sip_values_next(&it, &value)) {
		if (*n == DIALOG_ROUTES_MAX)
			return SOTTO_ETOOBIG;
		if (sip_nameaddr_parse(&a, value) || a.is_star || !is_sip(&a.uri))
			return SOTTO_ESYNTAX;
		values[(*n)++] = value;
	}
	return SOTTO_OK;
}

sotto_err dialog_set_routes(struct dialog *d, const struct sip_msg *msg, enum dialog_role role)
{
	struct span values[DIALOG_ROUTES_MAX];
	char text[DIALOG_TEXT_MAX];
	struct buf b = buf_over(text, sizeof(text));
	size_t n;

	TRY(collect(msg, values, &n));
	for (size_t i = 0; i < n; i++) {
		buf_put(&b, values[role == DIALOG_UAC ? n - 1 - i : i]);
		buf_putc(&b, '\n');
	}
	return b.overflow ? SOTTO_ETOOBIG : dialog_set_text(d, DIALOG_ROUTES, buf_span(&b));
}

void dialog_put_request_uri(struct buf *b, const struct sip_uri *uri)
{
	struct span start = uri->text, params = uri->params, name, value;

	if (uri->params.n)
		start.n = (size_t)(uri->params.p - uri->text.p);
	else if (uri->headers.p)
		start.n = (size_t)(uri->headers.p - uri->text.p) - 1; /* and the '?' */
	buf_put(b, start);
	while (!sip_param_next(&params, &name, &value)) {
		if (span_eq_nocase(name, SPAN("method")))
			continue;
		buf_putc(b, ';');
		buf_put(b, name);
		if (value.p) {
			buf_putc(b, '=');
			buf_put(b, value);
		}
	}
}

sotto_err dialog_set_target(struct dialog *d, const struct sip_msg *msg)
{
	struct sip_values it = sip_msg_values(msg, SIP_HEADER_CONTACT);
	struct sip_nameaddr contact;
	char text[DIALOG_TEXT_MAX];
	struct buf b = buf_over(text, sizeof(text));
	struct span value;

	if (!sip_values_next(&it, &value))
		return SOTTO_EMISSING;
	if (sip_nameaddr_parse(&contact, value) || contact.is_star || !is_sip(&contact.uri))
		return SOTTO_ESYNTAX;
	dialog_put_request_uri(&b, &contact.uri);
	return b.overflow ? SOTTO_ETOOBIG : dialog_set_text(d, DIALOG_TARGET, buf_span(&b));
}

/** The URI of a value of the route set, which was checked when it came in. */
static bool route_uri(struct span value, struct sip_uri *uri)
{
	struct sip_nameaddr a;

	if (sip_nameaddr_parse(&a, value))
		return false;
	*uri = a.uri;
	return true;
}

static void put_routes(struct sip_out *o, struct span routes)
{
	struct span value;

	while (span_take(&routes, '\n', &value))
		sip_out_header(o, SIP_HEADER_ROUTE, value);
}

/** Request line and what follows of it for Route, by the kind of the first hop (§12.2.1.1). */
static void put_line(const struct dialog *d, struct sip_out *o, struct span method,
	struct span *routes, bool *target_is_last)
{
	struct span rest = *routes, first, unused;
	struct sip_uri uri;
	char text[DIALOG_TEXT_MAX];
	struct buf b = buf_over(text, sizeof(text));

	*target_is_last = span_take(&rest, '\n', &first) && route_uri(first, &uri) &&
			  !sip_param_find(uri.params, SPAN("lr"), &unused);
	if (!*target_is_last) {
		sip_out_request_line(o, method, d->text[DIALOG_TARGET]);
		return;
	}
	/* a strict router (RFC 2543) wants itself in the request line */
	dialog_put_request_uri(&b, &uri);
	sip_out_request_line(o, method, buf_span(&b));
	*routes = rest;
}

static void put_party(struct sip_out *o, enum sip_header_id id, struct span party, struct span tag)
{
	char text[DIALOG_TEXT_MAX + sizeof(";tag=")];
	struct buf b = buf_over(text, sizeof(text));

	buf_put(&b, party);
	if (tag.n) {
		buf_lit(&b, ";tag=");
		buf_put(&b, tag);
	}
	sip_out_header(o, id, buf_span(&b));
}

/** §12.2.1.1: behind the strict routers, the target itself. */
static void put_last_route(struct sip_out *o, struct span target)
{
	char text[DIALOG_TEXT_MAX + 2];
	struct buf b = buf_over(text, sizeof(text));

	buf_putc(&b, '<');
	buf_put(&b, target);
	buf_putc(&b, '>');
	sip_out_header(o, SIP_HEADER_ROUTE, buf_span(&b));
}

void dialog_write_request(struct dialog *d, struct sip_out *o, enum sip_method method,
	struct span via, uint32_t *cseq)
{
	struct span name = sip_method_name(method), routes = d->text[DIALOG_ROUTES];
	bool target_is_last;

	if (method != SIP_METHOD_ACK)
		*cseq = ++d->local_cseq;
	put_line(d, o, name, &routes, &target_is_last);
	sip_out_header(o, SIP_HEADER_VIA, via);
	sip_out_header_u64(o, SIP_HEADER_MAX_FORWARDS, d->max_forwards);
	put_routes(o, routes);
	if (target_is_last)
		put_last_route(o, d->text[DIALOG_TARGET]);
	put_party(o, SIP_HEADER_FROM, d->text[DIALOG_LOCAL_PARTY], d->text[DIALOG_LOCAL_TAG]);
	put_party(o, SIP_HEADER_TO, d->text[DIALOG_REMOTE_PARTY], d->text[DIALOG_REMOTE_TAG]);
	sip_out_header(o, SIP_HEADER_CALL_ID, d->text[DIALOG_CALL_ID]);
	sip_out_headerf(o, SIP_HEADER_CSEQ, "%u %.*s", (unsigned)*cseq, SPAN_FMT(name));
}

struct span dialog_next_hop_uri(const struct dialog *d)
{
	struct span routes = d->text[DIALOG_ROUTES], first;
	struct sip_uri uri;

	if (span_take(&routes, '\n', &first) && route_uri(first, &uri))
		return uri.text;
	return d->text[DIALOG_TARGET];
}
