/** @file sip/uri.c */
#include "sip/uri.h"

#include "sip/grammar.h"
#include "sip/param.h"

static sotto_err take_scheme(struct sip_uri *u, struct span *rest)
{
	const char *colon = rest->n ? memchr(rest->p, ':', rest->n) : NULL;
	struct span s;

	if (!colon)
		return SOTTO_ESYNTAX;
	s = (struct span){ rest->p, (size_t)(colon - rest->p) };
	if (s.n == 0 || !sip_char_is(s.p[0], SIP_CHAR_ALPHA))
		return SOTTO_ESYNTAX;
	for (size_t i = 0; i < s.n; i++)
		if (!sip_char_is(s.p[i], SIP_CHAR_ALPHA | SIP_CHAR_DIGIT) && s.p[i] != '+' &&
			s.p[i] != '-' && s.p[i] != '.')
			return SOTTO_ESYNTAX;
	u->scheme_name = s;
	u->scheme = span_eq_nocase(s, SPAN("sip"))    ? SIP_SCHEME_SIP
		    : span_eq_nocase(s, SPAN("sips")) ? SIP_SCHEME_SIPS
		    : span_eq_nocase(s, SPAN("tel"))  ? SIP_SCHEME_TEL
						      : SIP_SCHEME_OTHER;
	sip_skip(rest, s.n + 1);
	return SOTTO_OK;
}

/** userinfo: the first '@' ends it, as it may stand nowhere else unescaped. */
static sotto_err take_userinfo(struct sip_uri *u, struct span *rest)
{
	const char *at = rest->n ? memchr(rest->p, '@', rest->n) : NULL;
	struct span info, user;

	if (!at)
		return SOTTO_OK;
	info = (struct span){ rest->p, (size_t)(at - rest->p) };
	sip_skip(rest, info.n + 1);
	if (!span_take(&info, ':', &user) || user.n == 0)
		return SOTTO_ESYNTAX;
	u->user = user;
	if (user.p + user.n != at) /* a colon, perhaps with nothing behind it */
		u->password = info;
	return sip_is_escaped(u->user, SIP_CHAR_USER) &&
			       sip_is_escaped(u->password, SIP_CHAR_PASSWORD)
		       ? SOTTO_OK
		       : SOTTO_ESYNTAX;
}

/** ";a=b;c" up to '?', or nothing. */
static sotto_err take_params(struct sip_uri *u, struct span *rest)
{
	const char *query = rest->n ? memchr(rest->p, '?', rest->n) : NULL;
	size_t n = query ? (size_t)(query - rest->p) : rest->n;

	u->params = (struct span){ rest->p, n };
	sip_skip(rest, n);
	if (span_has(u->params, '"'))
		return SOTTO_ESYNTAX; /* a quoted string is for headers' parameters only */
	return sip_params_check(u->params);
}

/** "?subject=x&priority=y": each has a name and '=' (§19.1.1). */
static sotto_err take_headers(struct sip_uri *u, struct span *rest)
{
	struct span all, one;
	size_t count = 0;

	if (rest->n == 0)
		return SOTTO_OK;
	if (!span_strip(rest, SPAN("?")) || rest->n == 0 || rest->p[rest->n - 1] == '&')
		return SOTTO_ESYNTAX;
	u->headers = all = *rest;
	while (span_take(&all, '&', &one)) {
		struct span name = SPAN_NONE;
		if (!span_has(one, '=') || !span_take(&one, '=', &name) || name.n == 0)
			return SOTTO_ESYNTAX;
		if (!sip_is_escaped(name, SIP_CHAR_PARAM | SIP_CHAR_URI) ||
			!sip_is_escaped(one, SIP_CHAR_PARAM | SIP_CHAR_URI))
			return SOTTO_ESYNTAX;
		if (++count > SIP_PARAMS_MAX)
			return SOTTO_ETOOBIG;
	}
	return SOTTO_OK;
}

static sotto_err parse_sip(struct sip_uri *u, struct span rest)
{
	TRY(take_userinfo(u, &rest));
	TRY(sip_take_hostport(&rest, &u->host, &u->port));
	if (rest.n && rest.p[0] != ';' && rest.p[0] != '?')
		return SOTTO_ESYNTAX;
	TRY(take_params(u, &rest));
	return take_headers(u, &rest);
}

/** RFC 3966 §3: digits with visual separators; a local number may hold hex digits, '*' and '#'. */
static sotto_err parse_tel(struct sip_uri *u, struct span rest)
{
	size_t n = 0, digits = 0;

	if (rest.n && rest.p[0] == '+')
		n++;
	for (; n < rest.n && rest.p[n] != ';'; n++) {
		char c = rest.p[n];
		if (sip_char_is(c, SIP_CHAR_HEX) || c == '*' || c == '#')
			digits++;
		else if (c != '-' && c != '.' && c != '(' && c != ')')
			return SOTTO_ESYNTAX;
	}
	if (digits == 0)
		return SOTTO_ESYNTAX;
	u->user = (struct span){ rest.p, n };
	sip_skip(&rest, n);
	if (span_has(rest, '?'))
		return SOTTO_ESYNTAX;
	return take_params(u, &rest);
}

static sotto_err parse(struct sip_uri *u, struct span text)
{
	struct span rest = text;

	u->text = text;
	if (span_has(text, ' ') || span_has(text, '\t'))
		return SOTTO_ESYNTAX; /* here, as headers have the same parts with blanks allowed */
	TRY(take_scheme(u, &rest));
	switch (u->scheme) {
	case SIP_SCHEME_SIP:
	case SIP_SCHEME_SIPS: return parse_sip(u, rest);
	case SIP_SCHEME_TEL: return parse_tel(u, rest);
	case SIP_SCHEME_OTHER: break;
	}
	return rest.n && sip_is_escaped(rest, SIP_CHAR_URI) ? SOTTO_OK : SOTTO_ESYNTAX;
}

sotto_err sip_uri_parse(struct sip_uri *out, struct span text)
{
	struct sip_uri u = { .port = 0 };
	sotto_err err = parse(&u, text);

	*out = err ? (struct sip_uri){ .port = 0 } : u;
	return err;
}

bool sip_uri_address(const struct sip_uri *u, struct netaddr *out)
{
	bool is_address = sip_host_address(u->host, out);

	out->port = is_address ? u->port : 0;
	return is_address;
}
