/** @file sim/phone_digest.c  Digest credentials (RFC 7616 §3.4) by own arithmetic: an oracle for
 * the edge, so nothing of auth/ is used. */
#include <openssl/evp.h>
#include <stdio.h>

#include "base/text.h"
#include "sim/phone_write.h"
#include "sim/world.h"

#define DIGEST_TEXT_MAX 65

static void digest_hex(const EVP_MD *md, const char *text, char out[DIGEST_TEXT_MAX])
{
	uint8_t bytes[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct buf b = buf_over(out, DIGEST_TEXT_MAX - 1);

	memset(out, 0, DIGEST_TEXT_MAX);
	if (EVP_Digest(text, strlen(text), bytes, &n, md, NULL) == 1)
		hex_write(&b, bytes, n);
}

bool phone_digest(struct phone *p, const struct phone_request *r, struct span uri, struct buf *b)
{
	struct challenge *ch = &p->challenge;
	const bool is_md5 = span_eq(r->algorithm, SPAN("md5")) || !ch->has_sha256;
	const EVP_MD *md = is_md5 ? EVP_md5() : EVP_sha256();
	const struct span user = r->user.n ? r->user : span_of(p->user);
	const struct span password = r->password.n ? r->password : span_of(p->password);
	const struct span nonce =
		r->nonce.n ? r->nonce : span_of(is_md5 ? ch->md5_nonce : ch->sha256_nonce);
	char a1[DIGEST_TEXT_MAX], a2[DIGEST_TEXT_MAX], response[DIGEST_TEXT_MAX], cnonce[17];
	char text[1024], count[16];

	if (!ch->is_set || (is_md5 && !ch->has_md5))
		return world_fail(p->world, "%s holds no challenge to answer", p->name);
	ch->nc = r->nc ? r->nc : ch->nc + 1;
	snprintf(count, sizeof(count), "%08x", ch->nc);
	phone_token(p, cnonce, 16);
	snprintf(text, sizeof(text), "%.*s:%s:%.*s", SPAN_FMT(user), ch->realm, SPAN_FMT(password));
	digest_hex(md, text, a1);
	snprintf(text, sizeof(text), "%.*s:%.*s", SPAN_FMT(r->method), SPAN_FMT(uri));
	digest_hex(md, text, a2);
	if (ch->qop_auth)
		snprintf(text, sizeof(text), "%s:%.*s:%s:%s:auth:%s", a1, SPAN_FMT(nonce), count,
			cnonce, a2);
	else
		snprintf(text, sizeof(text), "%s:%.*s:%s", a1, SPAN_FMT(nonce), a2);
	digest_hex(md, text, response);
	buf_printf(b,
		"Digest username=\"%.*s\", realm=\"%s\", nonce=\"%.*s\", uri=\"%.*s\", "
		"response=\"%s\", algorithm=%s",
		SPAN_FMT(user), ch->realm, SPAN_FMT(nonce), SPAN_FMT(uri), response,
		is_md5 ? "MD5" : "SHA-256");
	if (ch->qop_auth)
		buf_printf(b, ", cnonce=\"%s\", qop=auth, nc=%s", cnonce, count);
	if (ch->opaque[0])
		buf_printf(b, ", opaque=\"%s\"", ch->opaque);
	return true;
}
