/** @file sip/grammar.c */
#include "sip/grammar.h"

#define TOKEN      SIP_CHAR_TOKEN
#define WORD       SIP_CHAR_WORD
#define URI        SIP_CHAR_URI
#define USER       (SIP_CHAR_USER | URI)
#define PASSWORD   (SIP_CHAR_PASSWORD | URI)
#define PARAM      (SIP_CHAR_PARAM | URI)
#define RESERVED   (SIP_CHAR_RESERVED | URI)
#define VALUE      SIP_CHAR_VALUE
#define UNRESERVED (SIP_CHAR_UNRESERVED | USER | PASSWORD | PARAM)
#define ALNUM      (UNRESERVED | TOKEN | WORD | VALUE | SIP_CHAR_HOST)
#define ALPHA      (ALNUM | SIP_CHAR_ALPHA)

const uint16_t sip_char_classes[256] = {
	['0' ... '9'] = ALNUM | SIP_CHAR_DIGIT | SIP_CHAR_HEX,
	['A' ... 'F'] = ALPHA | SIP_CHAR_HEX,
	['G' ... 'Z'] = ALPHA,
	['a' ... 'f'] = ALPHA | SIP_CHAR_HEX,
	['g' ... 'z'] = ALPHA,
	['-'] = UNRESERVED | TOKEN | WORD | VALUE | SIP_CHAR_HOST,
	['.'] = UNRESERVED | TOKEN | WORD | VALUE | SIP_CHAR_HOST,
	['_'] = UNRESERVED | TOKEN | WORD | VALUE | SIP_CHAR_HOST,
	['!'] = UNRESERVED | TOKEN | WORD | VALUE,
	['~'] = UNRESERVED | TOKEN | WORD | VALUE,
	['*'] = UNRESERVED | TOKEN | WORD | VALUE,
	['\''] = UNRESERVED | TOKEN | WORD | VALUE,
	['('] = UNRESERVED | WORD | VALUE,
	[')'] = UNRESERVED | WORD | VALUE,
	['`'] = TOKEN | WORD | VALUE,
	['%'] = TOKEN | WORD | VALUE, /* in a URI only as "%HH" */
	['+'] = RESERVED | USER | PASSWORD | PARAM | TOKEN | WORD | VALUE,
	['&'] = RESERVED | USER | PASSWORD | PARAM | VALUE,
	['$'] = RESERVED | USER | PASSWORD | PARAM | VALUE,
	['='] = RESERVED | USER | PASSWORD | VALUE, /* tags and branches in base64 occur */
	[','] = RESERVED | USER | PASSWORD,
	[';'] = RESERVED | USER,
	['?'] = RESERVED | USER | WORD | VALUE,
	['/'] = RESERVED | USER | PARAM | WORD | VALUE,
	[':'] = RESERVED | PARAM | WORD | VALUE,
	['@'] = RESERVED | VALUE,
	['#'] = USER | VALUE, /* phones send "*21#" unescaped */
	['['] = URI | PARAM | WORD | VALUE,
	[']'] = URI | PARAM | WORD | VALUE,
	['{'] = WORD | VALUE,
	['}'] = WORD | VALUE,
	['|'] = VALUE,
	['^'] = VALUE,
	['<'] = WORD,
	['>'] = WORD,
	['"'] = WORD,
	['\\'] = WORD,
};

size_t sip_span_of(struct span s, enum sip_char classes)
{
	size_t n = 0;

	while (n < s.n && sip_char_is(s.p[n], classes))
		n++;
	return n;
}

bool sip_is_token(struct span s)
{
	return s.n > 0 && sip_span_of(s, SIP_CHAR_TOKEN) == s.n;
}

bool sip_is_escaped(struct span s, enum sip_char classes)
{
	for (size_t i = 0; i < s.n; i++) {
		if (sip_char_is(s.p[i], classes))
			continue;
		if (s.p[i] != '%' || s.n - i < 3 || !sip_char_is(s.p[i + 1], SIP_CHAR_HEX) ||
			!sip_char_is(s.p[i + 2], SIP_CHAR_HEX))
			return false;
		i += 2;
	}
	return true;
}

size_t sip_quoted_length(struct span s)
{
	if (s.n == 0 || s.p[0] != '"')
		return 0;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\')
			i++; /* quoted-pair: whatever follows, a NUL even */
	}
	return 0;
}

/** "[…]" at the front: its length with both brackets, 0 if it is no IPv6 reference. */
static size_t reference_length(struct span s)
{
	const char *end = memchr(s.p, ']', s.n);
	struct netaddr a;
	struct span host;

	if (!end)
		return 0;
	host = (struct span){ s.p, (size_t)(end - s.p) + 1 };
	return sip_host_address(host, &a) ? host.n : 0;
}

static size_t name_length(struct span s)
{
	size_t n = sip_span_of(s, SIP_CHAR_HOST);

	if (n == 0 || n > SIP_HOST_MAX || s.p[0] == '.')
		return 0;
	for (size_t i = 1; i < n; i++)
		if (s.p[i] == '.' && s.p[i - 1] == '.')
			return 0;
	return n;
}

sotto_err sip_take_hostport(struct span *s, struct span *host, uint16_t *port)
{
	struct span rest, digits;
	uint64_t v;

	*port = 0;
	*host = (struct span){ s->p, 0 };
	host->n = s->n == 0 ? 0 : s->p[0] == '[' ? reference_length(*s) : name_length(*s);
	if (host->n == 0)
		return SOTTO_ESYNTAX;
	sip_skip(s, host->n);
	rest = *s;
	sip_skip_blanks(&rest);
	if (!span_strip(&rest, SPAN(":")))
		return SOTTO_OK;
	sip_skip_blanks(&rest);
	digits = (struct span){ rest.p, sip_span_of(rest, SIP_CHAR_DIGIT) };
	if (span_u64(digits, 65535, &v) || v == 0)
		return SOTTO_ESYNTAX;
	sip_skip(&rest, digits.n);
	*port = (uint16_t)v;
	*s = rest;
	return SOTTO_OK;
}

#define REFERENCE_MAX 48 /* the longest IPv6 address, with brackets and room */

/**
 * The grammar of RFC 3261 lets "[2001:db8:::192.0.2.1]" through, and RFC 5118 §4.10 wants it read:
 * three colons mean two.
 */
static bool address_v6(struct span inside, struct netaddr *out)
{
	char text[REFERENCE_MAX];
	size_t n = 0;

	if (inside.n >= sizeof(text))
		return false;
	for (size_t i = 0; i < inside.n; i++) {
		char c = inside.p[i];
		if (!sip_char_is(c, SIP_CHAR_HEX) && c != ':' && c != '.')
			return false; /* no zone: it would mean something on our host only */
		if (c == ':' && n >= 2 && text[n - 1] == ':' && text[n - 2] == ':' && i == n)
			continue;
		text[n++] = c;
	}
	/* the colon: "[192.0.2.1]" is no reference, though "[::ffff:192.0.2.1]" is that address */
	return span_has(inside, ':') && netaddr_parse_ip((struct span){ text, n }, out) == SOTTO_OK;
}

bool sip_host_address(struct span host, struct netaddr *out)
{
	*out = (struct netaddr){ .family = IP_NONE };
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		return address_v6((struct span){ host.p + 1, host.n - 2 }, out);
	if (host.n == 0 || span_has(host, ':') || span_has(host, '['))
		return false;
	return netaddr_parse_ip(host, out) == SOTTO_OK;
}
