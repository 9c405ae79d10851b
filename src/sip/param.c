/** @file sip/param.c */
#include "sip/param.h"

#include "sip/grammar.h"

#define NAME_CHARS (SIP_CHAR_TOKEN | SIP_CHAR_PARAM) /* URIs and headers have other names */

static sotto_err take_value(struct span *rest, struct span *value)
{
	bool quoted;

	sip_skip_blanks(rest);
	quoted = rest->n && rest->p[0] == '"';
	*value = (struct span){ rest->p, 0 };
	value->n = quoted ? sip_quoted_length(*rest) : sip_span_of(*rest, SIP_CHAR_VALUE);
	if (quoted && value->n == 0)
		return SOTTO_ESYNTAX;
	sip_skip(rest, value->n);
	return SOTTO_OK;
}

static sotto_err take(struct span *rest, struct span *name, struct span *value)
{
	if (!span_strip(rest, SPAN(";")))
		return SOTTO_ESYNTAX;
	sip_skip_blanks(rest);
	*name = (struct span){ rest->p, sip_span_of(*rest, NAME_CHARS) };
	if (name->n == 0)
		return SOTTO_ESYNTAX;
	sip_skip(rest, name->n);
	sip_skip_blanks(rest);
	if (span_strip(rest, SPAN("=")))
		TRY(take_value(rest, value));
	sip_skip_blanks(rest);
	return rest->n == 0 || rest->p[0] == ';' ? SOTTO_OK : SOTTO_ESYNTAX;
}

sotto_err sip_param_next(struct span *params, struct span *name, struct span *value)
{
	struct span rest = *params;
	sotto_err err;

	*name = *value = SPAN_NONE;
	sip_skip_blanks(&rest);
	if (rest.n == 0) {
		*params = rest;
		return SOTTO_ENOENT;
	}
	err = take(&rest, name, value);
	if (err)
		*name = *value = SPAN_NONE;
	else
		*params = rest;
	return err;
}

bool sip_param_find(struct span params, struct span name, struct span *value)
{
	struct span found;

	while (sip_param_next(&params, &found, value) == SOTTO_OK)
		if (span_eq_nocase(found, name))
			return true;
	*value = SPAN_NONE;
	return false;
}

sotto_err sip_params_check(struct span params)
{
	struct span name, value;
	size_t count = 0;
	sotto_err err;

	while ((err = sip_param_next(&params, &name, &value)) == SOTTO_OK)
		if (++count > SIP_PARAMS_MAX)
			return SOTTO_ETOOBIG;
	return err == SOTTO_ENOENT ? SOTTO_OK : err;
}

struct span sip_unquote(struct span s)
{
	if (s.n < 2 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return s;
	return (struct span){ s.p + 1, s.n - 2 };
}
