/** @file sip/uri_eq.c  When two URIs are the same (RFC 3261 §19.1.4, RFC 3966 §4). */
#include "sip/grammar.h"
#include "sip/param.h"
#include "sip/uri.h"

#define ESCAPED_RESERVED 0x100 /* "%40" is not '@': only unreserved bytes equal their escapes */

static int take_char(struct span *s, bool nocase)
{
	char c;
	size_t n;

	if (s->n < 3 || s->p[0] != '%' || sip_unescape((struct span){ s->p, 3 }, &c, 1, &n)) {
		c = s->p[0];
		sip_skip(s, 1);
		return (uint8_t)(nocase ? ascii_lower(c) : c);
	}
	sip_skip(s, 3);
	if (sip_char_is(c, SIP_CHAR_RESERVED))
		return ESCAPED_RESERVED | (uint8_t)c;
	return (uint8_t)(nocase ? ascii_lower(c) : c);
}

static bool text_eq(struct span a, struct span b, bool nocase)
{
	while (a.n && b.n)
		if (take_char(&a, nocase) != take_char(&b, nocase))
			return false;
	return a.n == 0 && b.n == 0;
}

static bool host_eq(struct span a, struct span b)
{
	struct netaddr x, y;

	if (sip_host_address(a, &x) && sip_host_address(b, &y))
		return netaddr_eq_ip(&x, &y);
	return span_eq_nocase(a, b);
}

/** These never match their absence; any other parameter in one URI only is ignored. */
static bool must_be_in_both(struct span name)
{
	return text_eq(name, SPAN("user"), true) || text_eq(name, SPAN("ttl"), true) ||
	       text_eq(name, SPAN("method"), true) || text_eq(name, SPAN("maddr"), true) ||
	       text_eq(name, SPAN("transport"), true);
}

static bool find_param(struct span params, struct span wanted, struct span *value)
{
	struct span name;

	while (sip_param_next(&params, &name, value) == SOTTO_OK)
		if (text_eq(name, wanted, true))
			return true;
	return false;
}

/** Of one that is given twice the first counts, so that equality has no direction. */
static bool params_agree(struct span a, struct span b, bool all)
{
	struct span rest = a, name, mine, theirs;

	while (sip_param_next(&rest, &name, &mine) == SOTTO_OK) {
		bool found = find_param(b, name, &theirs);
		find_param(a, name, &mine);
		if (found ? !text_eq(mine, theirs, true) : all || must_be_in_both(name))
			return false;
	}
	return true;
}

static bool header_in(struct span headers, struct span name, struct span value)
{
	struct span one, its_name;

	while (span_take(&headers, '&', &one))
		if (span_take(&one, '=', &its_name) && text_eq(its_name, name, true) &&
			text_eq(one, value, false))
			return true;
	return false;
}

/** In any order; never ignored. */
static bool headers_within(struct span a, struct span b)
{
	struct span all = a, one, name;

	while (span_take(&all, '&', &one))
		if (span_take(&one, '=', &name) && !header_in(b, name, one))
			return false;
	return true;
}

static bool sip_eq(const struct sip_uri *a, const struct sip_uri *b)
{
	if (!text_eq(a->user, b->user, false) || !text_eq(a->password, b->password, false) ||
		!a->password.p != !b->password.p || !a->user.p != !b->user.p)
		return false;
	/* a default port is not the same as none: the one without may be looked up */
	return host_eq(a->host, b->host) && a->port == b->port &&
	       params_agree(a->params, b->params, false) &&
	       params_agree(b->params, a->params, false) &&
	       headers_within(a->headers, b->headers) && headers_within(b->headers, a->headers);
}

static int take_tel_char(struct span *s)
{
	while (s->n && (s->p[0] == '-' || s->p[0] == '.' || s->p[0] == '(' || s->p[0] == ')'))
		sip_skip(s, 1);
	if (s->n == 0)
		return -1;
	sip_skip(s, 1);
	return ascii_lower(s->p[-1]);
}

/** Without the visual separators (RFC 3966 §4); there no parameter is ignored. */
static bool tel_eq(const struct sip_uri *a, const struct sip_uri *b)
{
	struct span x = a->user, y = b->user;
	int c;

	do {
		c = take_tel_char(&x);
		if (c != take_tel_char(&y))
			return false;
	} while (c >= 0);
	return params_agree(a->params, b->params, true) && params_agree(b->params, a->params, true);
}

bool sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b)
{
	if (a->scheme != b->scheme)
		return false;
	switch (a->scheme) {
	case SIP_SCHEME_SIP:
	case SIP_SCHEME_SIPS: return sip_eq(a, b);
	case SIP_SCHEME_TEL: return tel_eq(a, b);
	case SIP_SCHEME_OTHER: break;
	}
	return span_eq(a->text, b->text);
}
