/**
 * @file fuzz/sip/digest_fuzz.c  Any bytes as a challenge or credentials: values lie within, nothing
 * is left behind on failure, and what is written parses to the same.
 */
#include "sip/digest.h"

#include "fuzz/sip/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX (1 << 18)

/** Written values have a '\' before a lone quote or at the end: then they differ, rightly. */
static bool is_well_escaped(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			return false;
		if (s.p[i] == '\\' && ++i == s.n)
			return false;
	}
	return true;
}

static void check_challenge(struct span text)
{
	static char out[TEXT_MAX];
	struct buf b = buf_over(out, sizeof(out));
	struct sip_challenge c, again;

	if (sip_challenge_parse(&c, text)) {
		MUST(!c.realm.p && !c.nonce.p && !c.has_qop);
		return;
	}
	MUST(lies_within(c.realm, text) && lies_within(c.nonce, text));
	MUST(lies_within(c.opaque, text));
	MUST(is_well_escaped(c.realm) && is_well_escaped(c.nonce));
	sip_challenge_write(&b, &c);
	if (buf_err(&b))
		return;
	MUST(sip_challenge_parse(&again, buf_span(&b)) == SOTTO_OK);
	MUST(same(c.realm, again.realm) && same(c.nonce, again.nonce));
	MUST(same(c.opaque, again.opaque) && c.stale == again.stale);
	MUST(c.algorithm == DIGEST_OTHER || c.algorithm == again.algorithm);
	MUST(c.qop_auth == again.qop_auth);
}

static void check_credentials(struct span text)
{
	static char out[TEXT_MAX];
	struct buf b = buf_over(out, sizeof(out));
	struct sip_credentials c, again;

	if (sip_credentials_parse(&c, text)) {
		MUST(!c.username.p && !c.response.p && !c.cnonce.p && !c.has_qop && !c.nc);
		return;
	}
	MUST(lies_within(c.username, text) && lies_within(c.realm, text));
	MUST(lies_within(c.nonce, text) && lies_within(c.uri, text));
	MUST(lies_within(c.response, text) && lies_within(c.cnonce, text));
	sip_credentials_write(&b, &c);
	if (buf_err(&b))
		return;
	MUST(sip_credentials_parse(&again, buf_span(&b)) == SOTTO_OK);
	MUST(same(c.username, again.username) && same(c.realm, again.realm));
	MUST(same(c.nonce, again.nonce) && same(c.uri, again.uri));
	MUST(same(c.response, again.response) && c.nc == again.nc && c.has_qop == again.has_qop);
	MUST(!c.has_qop || same(c.cnonce, again.cnonce));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };

	check_challenge(text);
	check_credentials(text);
	return 0;
}
