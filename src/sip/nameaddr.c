/** @file sip/nameaddr.c */
#include "sip/nameaddr.h"

#include "sip/grammar.h"
#include "sip/param.h"

/**
 * An unquoted display name. §25.1 has tokens and blanks only; phones put anything there that does
 * not look like another part of the value, and UTF-8.
 */
static bool is_display(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (((uint8_t)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f || s.p[i] == '"' ||
			s.p[i] == ',' || s.p[i] == ';' || s.p[i] == '\\' || s.p[i] == '>')
			return false;
	return true;
}

/** Everything before '<'. */
static sotto_err take_display(struct span *rest, struct span *display)
{
	const char *open;

	if (rest->p[0] == '"') {
		size_t n = sip_quoted_length(*rest);
		*display = (struct span){ rest->p, n };
		sip_skip(rest, n);
		sip_skip_blanks(rest);
		return n && rest->n && rest->p[0] == '<' ? SOTTO_OK : SOTTO_ESYNTAX;
	}
	open = memchr(rest->p, '<', rest->n);
	if (!open)
		return SOTTO_ESYNTAX;
	*display = span_trim((struct span){ rest->p, (size_t)(open - rest->p) });
	sip_skip(rest, (size_t)(open - rest->p));
	return is_display(*display) ? SOTTO_OK : SOTTO_ESYNTAX;
}

/** display <uri> ;params */
static sotto_err parse_bracketed(struct sip_nameaddr *a, struct span rest)
{
	const char *close;
	struct span uri;

	TRY(take_display(&rest, &a->display));
	close = memchr(rest.p, '>', rest.n);
	if (!close)
		return SOTTO_ESYNTAX;
	/* blanks within the brackets are against the grammar (RFC 4475 §3.1.2.14), and harmless */
	uri = span_trim((struct span){ rest.p + 1, (size_t)(close - rest.p) - 1 });
	sip_skip(&rest, (size_t)(close - rest.p) + 1);
	a->params = rest;
	return sip_uri_parse(&a->uri, uri);
}

/** §20.10: with no brackets, no comma or question mark in the URI, and ';' ends it. */
static sotto_err parse_bare(struct sip_nameaddr *a, struct span rest)
{
	const char *semicolon = memchr(rest.p, ';', rest.n);
	struct span uri = rest;

	if (semicolon)
		uri.n = (size_t)(semicolon - rest.p);
	sip_skip(&rest, uri.n);
	a->params = rest;
	uri = span_trim(uri);
	if (span_has(uri, '?') || span_has(uri, ','))
		return SOTTO_ESYNTAX;
	return sip_uri_parse(&a->uri, uri);
}

/** The first '<' opens a name-addr unless a parameter of a bare URI came before it. */
static bool is_bracketed(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '<' || s.p[i] == '"')
			return true;
		if (s.p[i] == ';')
			return false;
	}
	return false;
}

static sotto_err parse(struct sip_nameaddr *a, struct span text)
{
	a->text = text;
	if (text.n == 0)
		return SOTTO_ESYNTAX;
	if (span_eq(text, SPAN("*"))) {
		a->is_star = true;
		return SOTTO_OK;
	}
	TRY(is_bracketed(text) ? parse_bracketed(a, text) : parse_bare(a, text));
	TRY(sip_params_check(a->params));
	if (sip_param_find(a->params, SPAN("tag"), &a->tag) &&
		(a->tag.n == 0 || a->tag.p[0] == '"'))
		return SOTTO_ESYNTAX;
	return SOTTO_OK;
}

sotto_err sip_nameaddr_parse(struct sip_nameaddr *out, struct span text)
{
	struct sip_nameaddr a = { .is_star = false };
	sotto_err err = parse(&a, span_trim(text));

	*out = err ? (struct sip_nameaddr){ .is_star = false } : a;
	return err;
}
