/** @file edge/route.c */
#include "edge/route.h"

#include "edge/registrar.h"

/** RFC 3966 §5.1.1: "-", ".", "(" and ")" are there for people. */
static void strip_separators(char *number)
{
	char *to = number;

	for (; *number; number++)
		if (!strchr("-.()", *number))
			*to++ = *number;
	*to = '\0';
}

/** The number in a user part: unescaped, without parameters ("+1555;phone-context=…"). */
static bool read_number(const struct sip_uri *uri, char out[NUMBER_MAX])
{
	struct span user = uri->user, number = SPAN_NONE;
	size_t n;

	memset(out, 0, NUMBER_MAX);
	(void)span_take(&user, ';', &number);
	if (!number.n || sip_unescape(number, out, NUMBER_MAX - 1, &n) || memchr(out, '\0', n))
		return false;
	if (uri->scheme == SIP_SCHEME_TEL)
		strip_separators(out);
	return true;
}

/** "sip:+15551234@host:port;transport=tls" (SPEC T11: sip with a transport is what we send). */
static enum failure write_target(struct route *out, struct span host, uint16_t port, bool is_sips)
{
	struct buf b = buf_over(out->target, sizeof(out->target) - 1);
	enum sip_transport t = out->hop.transport;

	buf_put(&b, is_sips ? SPAN("sips:") : SPAN("sip:"));
	sip_write_user(&b, span_of(out->user));
	buf_putc(&b, '@');
	buf_put(&b, host);
	if (port)
		buf_printf(&b, ":%u", port);
	if (!is_sips && t != SIP_TRANSPORT_UDP)
		buf_put(&b,
			t == SIP_TRANSPORT_TCP ? SPAN(";transport=tcp") : SPAN(";transport=tls"));
	return buf_err(&b) ? FAILURE_internal_error : FAILURE_none;
}

/** SPEC T9: down the flow that it registered by, and no other way. */
static enum failure to_binding(
	struct edge *e, const struct directory *d, bool is_sips, struct route *out)
{
	struct binding_table *t = registrar_table(e->registrar);
	struct span id = span_of(out->connection->id);
	const struct binding *b = binding_best(t, d, id, is_sips);
	struct span contact, uri = SPAN_NONE; /* RFC 3261 §19.1.1: no headers in a request URI */

	if (!b) /* SPEC T11: registered, but not over TLS */
		return binding_best(t, d, id, false) ? FAILURE_sips_needs_tls
						     : FAILURE_not_registered;
	out->hop = b->hop;
	contact = b->v.contact;
	(void)span_take(&contact, '?', &uri);
	return span_cstr(uri, out->target, sizeof(out->target)) ? FAILURE_internal_error
								: FAILURE_none;
}

static void set_tls_name(struct route *out, const char *otherwise)
{
	const char *name = out->connection->tls_name[0] ? out->connection->tls_name : otherwise;

	if (out->hop.transport == SIP_TRANSPORT_TLS)
		memcpy(out->hop.tls_name, name, strlen(name) + 1);
}

/** The first that is one host: a network is where its calls come from, not where ours go. */
static const struct connection_address *host_of(const struct connection *c)
{
	for (size_t i = 0; i < c->address_count; i++) {
		const struct connection_address *a = &c->addresses[i];
		if (a->prefix == (a->address.family == IP_V4 ? 32 : 128))
			return a;
	}
	return NULL;
}

static enum failure to_address(bool is_sips, struct route *out)
{
	const struct connection *c = out->connection;
	const struct connection_address *to = host_of(c);
	char text[NETADDR_TEXT_MAX];
	struct buf host = buf_over(text, sizeof(text));

	if (!to)
		return FAILURE_route_unreachable;
	out->hop.remote = to->address;
	netaddr_write_host(&host, &out->hop.remote);
	if (out->hop.remote.port == 0)
		out->hop.remote.port = sip_transport_port(c->transport);
	set_tls_name(out, "");
	return write_target(out, buf_span(&host), to->address.port, is_sips);
}

static enum failure to_name(bool is_sips, struct route *out)
{
	const struct connection *c = out->connection;

	out->must_resolve = true;
	set_tls_name(out, c->host);
	return write_target(out, span_of(c->host), c->port, is_sips);
}

static enum failure to_connection(
	struct edge *e, const struct directory *d, bool is_sips, struct route *out)
{
	const struct connection *c = out->connection;

	if (!c->is_active)
		return FAILURE_connection_disabled;
	if (c->kind == CONNECTION_CREDENTIAL)
		return to_binding(e, d, is_sips, out);
	if (is_sips && !sip_transport_is_secure(c->transport))
		return FAILURE_sips_needs_tls;
	out->hop = (struct sip_hop){ .transport = c->transport };
	return c->kind == CONNECTION_IP ? to_address(is_sips, out) : to_name(is_sips, out);
}

enum failure route_find(
	struct edge *e, const struct directory *d, const struct sip_uri *uri, struct route *out)
{
	const struct number *number;

	*out = (struct route){ .is_test = false };
	if (!read_number(uri, out->user))
		return FAILURE_number_unknown;
	if (e->settings.test_destination[0] &&
		strcmp(out->user, e->settings.test_destination) == 0) {
		out->is_test = true;
		return FAILURE_none;
	}
	number = directory_number(d, span_of(out->user));
	out->connection = number ? directory_connection(d, span_of(number->connection_id)) : NULL;
	if (!out->connection)
		return FAILURE_number_unknown;
	return to_connection(e, d, uri->scheme == SIP_SCHEME_SIPS, out);
}
