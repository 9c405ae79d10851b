/**
 * @file fuzz/sip/nameaddr_fuzz.c  Any bytes as a name-addr: parts lie within it, and written in its
 * one canonical form (display <uri>params) it parses to the same.
 */
#include "sip/nameaddr.h"

#include "fuzz/sip/must.h"
#include "sip/param.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_canonical(const struct sip_nameaddr *a)
{
	static char text[1 << 17];
	struct buf b = buf_over(text, sizeof(text));
	struct sip_nameaddr again;

	buf_put(&b, a->display);
	buf_lit(&b, " <");
	buf_put(&b, a->uri.text);
	buf_lit(&b, ">");
	buf_put(&b, a->params);
	if (buf_err(&b))
		return;
	MUST(sip_nameaddr_parse(&again, buf_span(&b)) == SOTTO_OK);
	MUST(same(a->display, again.display) && same(a->uri.text, again.uri.text));
	MUST(same(a->tag, again.tag) && !a->tag.p == !again.tag.p);
	MUST(sip_uri_eq(&a->uri, &again.uri));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { (const char *)data, size };
	struct sip_nameaddr a;

	if (sip_nameaddr_parse(&a, all)) {
		MUST(!a.text.p && !a.uri.text.p && !a.tag.p && !a.is_star);
		return 0;
	}
	MUST(lies_within(a.text, all) && lies_within(a.display, a.text));
	MUST(lies_within(a.uri.text, a.text) && lies_within(a.params, a.text));
	MUST(lies_within(a.tag, a.params));
	if (a.is_star)
		return 0;
	MUST(a.uri.text.n > 0 && sip_params_check(a.params) == SOTTO_OK);
	check_canonical(&a);
	return 0;
}
