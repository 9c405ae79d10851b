/** @file sip/digest.c */
#include "sip/digest.h"

#include "base/text.h"
#include "sip/grammar.h"
#include "sip/param.h"

enum name {
	REALM,
	NONCE,
	OPAQUE,
	ALGORITHM,
	QOP,
	STALE,
	USERNAME,
	URI,
	RESPONSE,
	CNONCE,
	NC,
	NAME_COUNT,
};

static const struct span names[NAME_COUNT] = {
	[REALM] = SPAN_INIT("realm"),
	[NONCE] = SPAN_INIT("nonce"),
	[OPAQUE] = SPAN_INIT("opaque"),
	[ALGORITHM] = SPAN_INIT("algorithm"),
	[QOP] = SPAN_INIT("qop"),
	[STALE] = SPAN_INIT("stale"),
	[USERNAME] = SPAN_INIT("username"),
	[URI] = SPAN_INIT("uri"),
	[RESPONSE] = SPAN_INIT("response"),
	[CNONCE] = SPAN_INIT("cnonce"),
	[NC] = SPAN_INIT("nc"),
};

static const struct span algorithms[] = {
	[DIGEST_MD5] = SPAN_INIT("MD5"),
	[DIGEST_SHA256] = SPAN_INIT("SHA-256"),
};

/** The value of each parameter, without quotes; p NULL: absent. */
struct fields {
	struct span of[NAME_COUNT];
};

static sotto_err enter(struct fields *f, struct span name, struct span value)
{
	for (size_t i = 0; i < NAME_COUNT; i++) {
		if (!span_eq_nocase(name, names[i]))
			continue;
		if (f->of[i].p)
			return SOTTO_ESYNTAX; /* given twice: which one did the sender hash? */
		f->of[i] = sip_unquote(value);
		return SOTTO_OK;
	}
	return SOTTO_OK; /* RFC 7616 §3.3: unknown ones are ignored */
}

/** name = token or quoted-string */
static sotto_err take_param(struct span *rest, struct fields *f)
{
	struct span name, value;
	bool quoted;

	name = (struct span){ rest->p, sip_span_of(*rest, SIP_CHAR_TOKEN) };
	sip_skip(rest, name.n);
	sip_skip_blanks(rest);
	if (name.n == 0 || !span_strip(rest, SPAN("=")))
		return SOTTO_ESYNTAX;
	sip_skip_blanks(rest);
	quoted = rest->n && rest->p[0] == '"';
	value = (struct span){ rest->p, 0 };
	value.n = quoted ? sip_quoted_length(*rest) : sip_span_of(*rest, SIP_CHAR_VALUE);
	if (value.n == 0)
		return SOTTO_ESYNTAX;
	sip_skip(rest, value.n);
	sip_skip_blanks(rest);
	return enter(f, name, value);
}

static sotto_err take_params(struct span rest, struct fields *f)
{
	for (;;) {
		sip_skip_blanks(&rest);
		if (rest.n == 0)
			return SOTTO_OK;
		if (span_strip(&rest, SPAN(",")))
			continue; /* RFC 7230 §7: empty elements are let through */
		TRY(take_param(&rest, f));
		if (rest.n && rest.p[0] != ',')
			return SOTTO_ESYNTAX;
	}
}

static sotto_err read_fields(struct fields *f, struct span value)
{
	struct span rest = span_trim(value), scheme;

	*f = (struct fields){ { SPAN_NONE } };
	scheme = (struct span){ rest.p, sip_span_of(rest, SIP_CHAR_TOKEN) };
	sip_skip(&rest, scheme.n);
	if (scheme.n == 0 || (rest.n && rest.p[0] != ' ' && rest.p[0] != '\t'))
		return SOTTO_ESYNTAX;
	if (!span_eq_nocase(scheme, SPAN("Digest")))
		return SOTTO_EUNSUPPORTED;
	return take_params(rest, f);
}

static enum digest_algorithm algorithm_of(struct span name)
{
	if (!name.p)
		return DIGEST_MD5; /* RFC 7616 §3.3: the default */
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++)
		if (span_eq_nocase(name, algorithms[i]))
			return (enum digest_algorithm)i;
	return DIGEST_OTHER;
}

/** qop-options: a list in quotes. */
static bool offers_auth(struct span options)
{
	struct span one;

	while (span_take(&options, ',', &one))
		if (span_eq_nocase(span_trim(one), SPAN("auth")))
			return true;
	return false;
}

static sotto_err read_challenge(struct sip_challenge *c, struct span value)
{
	struct fields f;

	TRY(read_fields(&f, value));
	if (!f.of[REALM].p || f.of[NONCE].n == 0)
		return SOTTO_EMISSING;
	*c = (struct sip_challenge){
		.realm = f.of[REALM],
		.nonce = f.of[NONCE],
		.opaque = f.of[OPAQUE],
		.algorithm = algorithm_of(f.of[ALGORITHM]),
		.stale = span_eq_nocase(f.of[STALE], SPAN("true")),
		.has_qop = f.of[QOP].p != NULL,
		.qop_auth = offers_auth(f.of[QOP]),
	};
	return SOTTO_OK;
}

sotto_err sip_challenge_parse(struct sip_challenge *out, struct span value)
{
	*out = (struct sip_challenge){ .algorithm = DIGEST_MD5 };
	return read_challenge(out, value);
}

/** nc: exactly eight hexadecimal digits (RFC 7616 §3.4). */
static sotto_err read_nc(struct span text, uint32_t *nc)
{
	*nc = 0;
	if (text.n != 8 || sip_span_of(text, SIP_CHAR_HEX) != 8)
		return SOTTO_ESYNTAX;
	for (size_t i = 0; i < 8; i++) {
		char c = ascii_lower(text.p[i]);
		*nc = *nc << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return SOTTO_OK;
}

static sotto_err read_qop(struct sip_credentials *c, const struct fields *f)
{
	c->has_qop = f->of[QOP].p != NULL;
	if (!c->has_qop)
		return SOTTO_OK;
	if (!span_eq_nocase(f->of[QOP], SPAN("auth")))
		return SOTTO_EUNSUPPORTED;
	if (f->of[CNONCE].n == 0 || f->of[NC].n == 0)
		return SOTTO_EMISSING;
	c->nc_text = f->of[NC];
	return read_nc(c->nc_text, &c->nc);
}

static sotto_err read_credentials(struct sip_credentials *c, struct span value)
{
	struct fields f;

	TRY(read_fields(&f, value));
	if (!f.of[USERNAME].p || !f.of[REALM].p || f.of[NONCE].n == 0 || f.of[URI].n == 0 ||
		f.of[RESPONSE].n == 0)
		return SOTTO_EMISSING;
	c->username = f.of[USERNAME];
	c->realm = f.of[REALM];
	c->nonce = f.of[NONCE];
	c->uri = f.of[URI];
	c->response = f.of[RESPONSE];
	c->opaque = f.of[OPAQUE];
	c->cnonce = f.of[CNONCE];
	c->algorithm = algorithm_of(f.of[ALGORITHM]);
	return read_qop(c, &f);
}

sotto_err sip_credentials_parse(struct sip_credentials *out, struct span value)
{
	struct sip_credentials c = { .algorithm = DIGEST_MD5 };
	sotto_err err = read_credentials(&c, value);

	*out = err ? (struct sip_credentials){ .algorithm = DIGEST_MD5 } : c;
	return err;
}

/** Values are kept escaped; a quote that is not would end the string early, so it gets its '\'. */
static void put_quoted(struct buf *b, enum name name, struct span value)
{
	buf_put(b, names[name]);
	buf_lit(b, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		bool is_pair = value.p[i] == '\\' && i + 1 < value.n;
		if (!is_pair && (value.p[i] == '"' || value.p[i] == '\\'))
			buf_putc(b, '\\');
		buf_putc(b, value.p[i]);
		if (is_pair)
			buf_putc(b, value.p[++i]);
	}
	buf_putc(b, '"');
}

static void put_more(struct buf *b, enum name name, struct span value)
{
	buf_lit(b, ", ");
	put_quoted(b, name, value);
}

static void put_algorithm(struct buf *b, enum digest_algorithm a)
{
	if (a == DIGEST_OTHER)
		return;
	buf_lit(b, ", algorithm=");
	buf_put(b, algorithms[a]);
}

void sip_challenge_write(struct buf *b, const struct sip_challenge *c)
{
	buf_lit(b, "Digest ");
	put_quoted(b, REALM, c->realm);
	put_more(b, NONCE, c->nonce);
	if (c->opaque.p)
		put_more(b, OPAQUE, c->opaque);
	put_algorithm(b, c->algorithm);
	if (c->qop_auth)
		buf_lit(b, ", qop=\"auth\"");
	if (c->stale)
		buf_lit(b, ", stale=true");
}

static void put_qop(struct buf *b, const struct sip_credentials *c)
{
	uint8_t nc[] = { (uint8_t)(c->nc >> 24), (uint8_t)(c->nc >> 16), (uint8_t)(c->nc >> 8),
		(uint8_t)c->nc };

	buf_lit(b, ", qop=auth, nc=");
	hex_write(b, nc, sizeof(nc));
	put_more(b, CNONCE, c->cnonce);
}

void sip_credentials_write(struct buf *b, const struct sip_credentials *c)
{
	buf_lit(b, "Digest ");
	put_quoted(b, USERNAME, c->username);
	put_more(b, REALM, c->realm);
	put_more(b, NONCE, c->nonce);
	put_more(b, URI, c->uri);
	put_more(b, RESPONSE, c->response);
	put_algorithm(b, c->algorithm);
	if (c->opaque.p)
		put_more(b, OPAQUE, c->opaque);
	if (c->has_qop)
		put_qop(b, c);
}
