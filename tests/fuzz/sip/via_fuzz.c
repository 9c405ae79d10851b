/**
 * @file fuzz/sip/via_fuzz.c  Any bytes as a Via: parts lie within it, and what is written for a
 * known source parses to the same Via with that source.
 */
#include "sip/via.h"

#include "fuzz/sip/must.h"
#include "sip/param.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_parts(const struct sip_via *v)
{
	MUST(lies_within(v->transport, v->text) && lies_within(v->host, v->text));
	MUST(lies_within(v->params, v->text) && lies_within(v->branch, v->text));
	MUST(lies_within(v->received, v->text));
	MUST(v->transport.n && v->host.n);
}

/** received and rport come on top. */
static bool has_room(struct span params)
{
	struct span name, value;
	size_t count = 2;

	while (sip_param_next(&params, &name, &value) == SOTTO_OK)
		count++;
	return count <= SIP_PARAMS_MAX;
}

static void check_written(const struct sip_via *v, struct span source_text)
{
	static char text[1 << 18];
	struct buf b = buf_over(text, sizeof(text));
	struct netaddr source, received;
	struct sip_via again;

	MUST(netaddr_parse(source_text, &source) == SOTTO_OK);
	sip_via_write_received(&b, v, &source);
	if (buf_err(&b) || !has_room(v->params))
		return;
	MUST(sip_via_parse(&again, buf_span(&b)) == SOTTO_OK);
	MUST(same(v->transport, again.transport) && same(v->host, again.host));
	MUST(v->port == again.port && same(v->branch, again.branch));
	MUST(v->has_rport == again.has_rport && v->has_ttl == again.has_ttl);
	MUST(!v->has_rport || again.rport == source.port);
	if (again.received.p) {
		MUST(netaddr_parse_ip(again.received, &received) == SOTTO_OK);
		MUST(netaddr_eq_ip(&received, &source));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct sip_via v, salvaged;
	sotto_err err = sip_via_parse(&v, text);
	bool is_salvaged = sip_via_salvage(&salvaged, text);

	if (err) {
		MUST(!v.text.p && !v.host.p && !v.branch.p);
		if (is_salvaged) {
			check_parts(&salvaged);
			check_written(&salvaged, SPAN("192.0.2.1:5060"));
		}
		return 0;
	}
	MUST(is_salvaged && same(v.host, salvaged.host));
	check_parts(&v);
	check_written(&v, SPAN("192.0.2.1:5060"));
	check_written(&v, SPAN("[2001:db8::1]:40000"));
	return 0;
}
