/** @file sip/via.c */
#include "sip/via.h"

#include "sip/grammar.h"
#include "sip/param.h"

static sotto_err take_token(struct span *rest, struct span *token)
{
	sip_skip_blanks(rest);
	*token = (struct span){ rest->p, sip_span_of(*rest, SIP_CHAR_TOKEN) };
	sip_skip(rest, token->n);
	return token->n ? SOTTO_OK : SOTTO_ESYNTAX;
}

static sotto_err take_slash(struct span *rest)
{
	sip_skip_blanks(rest);
	return span_strip(rest, SPAN("/")) ? SOTTO_OK : SOTTO_ESYNTAX;
}

/** "SIP/2.0/UDP", with blanks around the slashes if it pleases the sender (§25.1 SLASH). */
static sotto_err take_protocol(struct sip_via *v, struct span *rest, bool *is_ours)
{
	struct span name, version;

	TRY(take_token(rest, &name));
	TRY(take_slash(rest));
	TRY(take_token(rest, &version));
	TRY(take_slash(rest));
	TRY(take_token(rest, &v->transport));
	*is_ours = span_eq_nocase(name, SPAN("SIP")) && span_eq(version, SPAN("2.0"));
	if (rest->n == 0 || (rest->p[0] != ' ' && rest->p[0] != '\t'))
		return SOTTO_ESYNTAX;
	sip_skip_blanks(rest);
	return SOTTO_OK;
}

static sotto_err read_rport(struct sip_via *v, struct span value)
{
	uint64_t port;

	v->has_rport = true;
	if (value.n == 0) /* ";rport", and ";rport=" as some send it */
		return SOTTO_OK;
	if (span_u64(value, 65535, &port) || port == 0)
		return SOTTO_ESYNTAX;
	v->rport = (uint16_t)port;
	return SOTTO_OK;
}

/** RFC 5118 §4.5: brackets break the grammar, but are sent. */
static struct span without_brackets(struct span s)
{
	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		return (struct span){ s.p + 1, s.n - 2 };
	return s;
}

static sotto_err read_params(struct sip_via *v)
{
	struct span rest = v->params, name, value;

	TRY(sip_params_check(v->params));
	while (sip_param_next(&rest, &name, &value) == SOTTO_OK) {
		if (span_eq_nocase(name, SPAN("branch")) && !v->branch.p) {
			if (value.n == 0)
				return SOTTO_ESYNTAX;
			v->branch = value;
		} else if (span_eq_nocase(name, SPAN("received")) && !v->received.p) {
			v->received = without_brackets(value);
		} else if (span_eq_nocase(name, SPAN("rport")) && !v->has_rport) {
			TRY(read_rport(v, value));
		} else if (span_eq_nocase(name, SPAN("ttl"))) {
			v->has_ttl = true;
		}
	}
	return SOTTO_OK;
}

static sotto_err parse(struct sip_via *v, struct span text)
{
	struct span rest = span_trim(text);
	bool is_ours = false;

	v->text = rest;
	TRY(take_protocol(v, &rest, &is_ours));
	TRY(sip_take_hostport(&rest, &v->host, &v->port));
	sip_skip_blanks(&rest);
	v->params = rest;
	TRY(read_params(v));
	return is_ours ? SOTTO_OK : SOTTO_EVERSION;
}

sotto_err sip_via_parse(struct sip_via *out, struct span text)
{
	struct sip_via v = { .port = 0 };
	sotto_err err = parse(&v, text);

	*out = err ? (struct sip_via){ .port = 0 } : v;
	return err;
}

bool sip_via_salvage(struct sip_via *out, struct span text)
{
	struct sip_via v = { .port = 0 };
	struct span rest = span_trim(text);
	bool is_ours;

	*out = v;
	v.text = rest;
	if (take_protocol(&v, &rest, &is_ours) || sip_take_hostport(&rest, &v.host, &v.port))
		return false;
	*out = v;
	return true;
}

/** §18.2.1: where sent-by is not the source; RFC 3581 §4: always where rport was asked for. */
static bool needs_received(const struct sip_via *v, const struct netaddr *source)
{
	struct netaddr sent_by;

	return v->has_rport || !sip_host_address(v->host, &sent_by) ||
	       !netaddr_eq_ip(&sent_by, source);
}

static void write_params(struct buf *b, const struct sip_via *v, const struct netaddr *source)
{
	struct span rest = v->params, name, value;

	while (sip_param_next(&rest, &name, &value) == SOTTO_OK) {
		/* what came in them is the sender's claim: ours takes its place */
		if (span_eq_nocase(name, SPAN("received")) || span_eq_nocase(name, SPAN("rport")))
			continue;
		buf_putc(b, ';');
		buf_put(b, name);
		if (value.p) {
			buf_putc(b, '=');
			buf_put(b, value);
		}
	}
	if (v->has_rport) {
		buf_lit(b, ";rport=");
		buf_put_u64(b, source->port);
	}
	if (needs_received(v, source)) {
		buf_lit(b, ";received=");
		netaddr_write_ip(b, source); /* no brackets: RFC 5118 §4.5 */
	}
}

void sip_via_write_received(struct buf *b, const struct sip_via *v, const struct netaddr *source)
{
	if (source->family == IP_NONE) {
		buf_put(b, v->text);
		return;
	}
	buf_lit(b, "SIP/2.0/");
	buf_put(b, v->transport);
	buf_putc(b, ' ');
	buf_put(b, v->host);
	if (v->port) {
		buf_putc(b, ':');
		buf_put_u64(b, v->port);
	}
	write_params(b, v, source);
}
