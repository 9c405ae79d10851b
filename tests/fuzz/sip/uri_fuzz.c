/**
 * @file fuzz/sip/uri_fuzz.c  Any bytes as a URI: parts lie within it, a URI equals itself, equality
 * has no direction, an escaped user part comes back, and its address is written to be read again.
 */
#include "sip/uri.h"

#include "fuzz/sip/must.h"
#include "sip/param.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_parts(const struct sip_uri *u)
{
	MUST(lies_within(u->scheme_name, u->text) && lies_within(u->user, u->text));
	MUST(lies_within(u->password, u->text) && lies_within(u->host, u->text));
	MUST(lies_within(u->params, u->text) && lies_within(u->headers, u->text));
	MUST(!span_has(u->text, ' ') && !span_has(u->text, '\n') && !span_has(u->text, '<'));
	MUST(sip_params_check(u->params) == SOTTO_OK);
}

/** Unescape, escape, parse, unescape: the same bytes. */
static void check_user(struct span user)
{
	char plain[256], text[1024], again[256];
	struct buf b = buf_over(text, sizeof(text));
	size_t n, m;
	struct sip_uri u;

	if (user.n == 0 || sip_unescape(user, plain, sizeof(plain), &n))
		return;
	buf_lit(&b, "sip:");
	sip_write_user(&b, (struct span){ plain, n });
	buf_lit(&b, "@h");
	MUST(buf_err(&b) == SOTTO_OK);
	MUST(sip_uri_parse(&u, buf_span(&b)) == SOTTO_OK);
	MUST(sip_unescape(u.user, again, sizeof(again), &m) == SOTTO_OK);
	MUST(n == m && memcmp(plain, again, n) == 0);
}

static void check_address(const struct sip_uri *u)
{
	char text[NETADDR_TEXT_MAX];
	struct netaddr a, b;

	if (!sip_uri_address(u, &a))
		return;
	MUST(netaddr_parse(span_of(netaddr_text(&a, text)), &b) == SOTTO_OK);
	MUST(netaddr_eq(&a, &b));
}

/** The input is one URI, or two with a line break between. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size }, first = SPAN_NONE;
	struct sip_uri a, b;

	span_take(&rest, '\n', &first);
	if (sip_uri_parse(&a, first)) {
		MUST(!a.text.p && !a.host.p && !a.user.p);
		return 0;
	}
	check_parts(&a);
	check_user(a.user);
	check_address(&a);
	MUST(sip_uri_eq(&a, &a));
	if (sip_uri_parse(&b, rest) == SOTTO_OK)
		MUST(sip_uri_eq(&a, &b) == sip_uri_eq(&b, &a));
	return 0;
}
