/** @file auth/digest.c */
#include "auth/digest.h"

#include "auth/digest_server.h"
#include "base/text.h"

/** The parts, colons between them, hashed and written as hexadecimal digits. */
static sotto_err hash_hex(enum hash h, const struct span *parts, size_t n,
	char out[AUTH_RESPONSE_MAX], struct span *hex)
{
	struct span joined[16];
	uint8_t raw[HASH_LEN_MAX];
	struct buf b = buf_over(out, AUTH_RESPONSE_MAX);
	size_t k = 0;
	sotto_err err;

	for (size_t i = 0; i < n && k + 2 <= ARRAY_LEN(joined); i++) {
		if (i)
			joined[k++] = SPAN(":");
		joined[k++] = parts[i];
	}
	err = hash_parts(h, joined, k, raw);
	if (!err)
		hex_write(&b, raw, hash_len(h));
	*hex = buf_span(&b);
	explicit_bzero(raw, sizeof(raw));
	return err;
}

sotto_err auth_ha1_make(
	struct auth_ha1 *out, struct span user, struct span realm, struct span password)
{
	const struct span parts[] = { user, SPAN(":"), realm, SPAN(":"), password };
	sotto_err err;

	memset(out, 0, sizeof(*out));
	err = hash_parts(HASH_MD5, parts, ARRAY_LEN(parts), out->md5);
	if (!err)
		err = hash_parts(HASH_SHA256, parts, ARRAY_LEN(parts), out->sha256);
	if (err)
		auth_ha1_wipe(out);
	return err;
}

void auth_ha1_wipe(struct auth_ha1 *h)
{
	explicit_bzero(h, sizeof(*h));
}

static sotto_err respond(char out[AUTH_RESPONSE_MAX], const struct span ha1_hex,
	const struct sip_credentials *c, struct span method)
{
	enum hash h = c->algorithm == DIGEST_MD5 ? HASH_MD5 : HASH_SHA256;
	const struct span a2[] = { method, c->uri };
	char ha2[AUTH_RESPONSE_MAX];
	struct span ha2_hex, hex;

	TRY(hash_hex(h, a2, ARRAY_LEN(a2), ha2, &ha2_hex));
	if (c->has_qop) { /* RFC 7616 §3.4.1 */
		const struct span parts[] = { ha1_hex, c->nonce, c->nc_text, c->cnonce,
			SPAN("auth"), ha2_hex };
		return hash_hex(h, parts, ARRAY_LEN(parts), out, &hex);
	}
	const struct span parts[] = { ha1_hex, c->nonce, ha2_hex }; /* RFC 2617 §3.2.2.1 */
	return hash_hex(h, parts, ARRAY_LEN(parts), out, &hex);
}

sotto_err auth_response(char out[AUTH_RESPONSE_MAX], const struct auth_ha1 *ha1,
	const struct sip_credentials *c, struct span method)
{
	bool is_md5 = c->algorithm == DIGEST_MD5;
	char ha1_hex[AUTH_RESPONSE_MAX];
	struct buf b = buf_over(ha1_hex, sizeof(ha1_hex));
	sotto_err err;

	memset(out, 0, AUTH_RESPONSE_MAX);
	if (!auth_knows(c->algorithm))
		return SOTTO_EUNSUPPORTED;
	if (is_md5)
		hex_write(&b, ha1->md5, sizeof(ha1->md5));
	else
		hex_write(&b, ha1->sha256, sizeof(ha1->sha256));
	err = respond(out, buf_span(&b), c, method);
	explicit_bzero(ha1_hex, sizeof(ha1_hex));
	return err;
}
