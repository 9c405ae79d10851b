/** @file auth/digest_client.c */
#include "auth/digest_client.h"

#include "auth/digest.h"
#include "auth/digest_server.h"

#define CNONCE_LEN      24
#define CREDENTIALS_MAX 4096

/** The first that we can answer, in the order of the server's preference (RFC 8760 §2.4). */
static sotto_err choose(
	const struct sip_msg *response, enum sip_header_id header, struct sip_challenge *out)
{
	sotto_err verdict = SOTTO_EMISSING;

	for (size_t i = 0; i < response->field_count; i++) {
		if (response->fields[i].id != header)
			continue;
		if (!sip_challenge_parse(out, response->fields[i].value) &&
			auth_knows(out->algorithm) && (!out->has_qop || out->qop_auth))
			return SOTTO_OK;
		verdict = SOTTO_EUNSUPPORTED;
	}
	return verdict;
}

/** What goes between quotes must not need escapes: nobody agrees whether they are hashed. */
static bool is_plain(struct span s)
{
	return s.n > 0 && !span_has(s, '"') && !span_has(s, '\\');
}

static void append(struct sip_out *o, enum sip_header_id header, const struct sip_credentials *c)
{
	char text[CREDENTIALS_MAX];
	struct buf b = buf_over(text, sizeof(text));

	sip_credentials_write(&b, c);
	if (b.overflow)
		o->b.overflow = true;
	else
		sip_out_header(o, header, buf_span(&b));
}

sotto_err auth_client_answer(struct sip_out *o, const struct sip_msg *response, struct span method,
	struct span request_uri, struct span user, struct span password, struct rng *rng)
{
	bool is_proxy = response->status == 407;
	char cnonce[CNONCE_LEN + 1], answer[AUTH_RESPONSE_MAX];
	struct sip_challenge challenge;
	struct sip_credentials c;
	struct auth_ha1 ha1;
	sotto_err err;

	if (!is_plain(user) || !is_plain(request_uri))
		return SOTTO_EINVAL;
	TRY(choose(response, is_proxy ? SIP_HEADER_PROXY_AUTHENTICATE : SIP_HEADER_WWW_AUTHENTICATE,
		&challenge));
	rng_token(rng, cnonce, CNONCE_LEN);
	c = (struct sip_credentials){ .username = user,
		.realm = challenge.realm,
		.nonce = challenge.nonce,
		.uri = request_uri,
		.opaque = challenge.opaque,
		.algorithm = challenge.algorithm,
		.has_qop = challenge.has_qop };
	if (c.has_qop) {
		c.cnonce = (struct span){ cnonce, CNONCE_LEN };
		c.nc = 1; /* each challenge is answered once */
		c.nc_text = SPAN("00000001");
	}
	TRY(auth_ha1_make(&ha1, user, challenge.realm, password));
	err = auth_response(answer, &ha1, &c, method);
	auth_ha1_wipe(&ha1);
	if (err)
		return err;
	c.response = (struct span){ answer, auth_response_len(c.algorithm) };
	append(o, is_proxy ? SIP_HEADER_PROXY_AUTHORIZATION : SIP_HEADER_AUTHORIZATION, &c);
	return SOTTO_OK;
}
