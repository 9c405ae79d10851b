/** @file auth/digest_server.c */
#include "auth/digest_server.h"

#include <assert.h>
#include <stdlib.h>

#include "auth/digest.h"
#include "auth/nonce.h"
#include "sip/write.h"

#define REALM_MAX     128
#define CHALLENGE_MAX 1024

struct auth_server {
	struct nonces nonces;
	unsigned algorithms; /* of enum auth_algorithm */
	size_t realm_n;
	char realm[REALM_MAX];
};

/** It goes between quotes as it is. */
static bool is_realm(struct span realm)
{
	if (realm.n == 0 || realm.n > REALM_MAX)
		return false;
	for (size_t i = 0; i < realm.n; i++) {
		unsigned char c = (unsigned char)realm.p[i];
		if (c < ' ' || c == 0x7f || c == '"' || c == '\\')
			return false;
	}
	return true;
}

struct auth_server *auth_server_create(struct rng *rng, struct span realm, unsigned worker)
{
	struct auth_server *s = is_realm(realm) ? calloc(1, sizeof(*s)) : NULL;

	if (!s)
		return NULL;
	nonces_init(&s->nonces, rng, worker, AUTH_NONCE_USES_MAX);
	s->algorithms = AUTH_MD5 | AUTH_SHA256;
	s->realm_n = realm.n;
	memcpy(s->realm, realm.p, realm.n);
	return s;
}

void auth_server_destroy(struct auth_server *s)
{
	if (!s)
		return;
	nonces_deinit(&s->nonces);
	free(s);
}

void auth_server_set_algorithms(struct auth_server *s, unsigned algorithms)
{
	assert(algorithms);
	s->algorithms = algorithms;
}

static bool is_on(const struct auth_server *s, enum digest_algorithm a)
{
	switch (a) {
	case DIGEST_MD5: return s->algorithms & AUTH_MD5;
	case DIGEST_SHA256: return s->algorithms & AUTH_SHA256;
	case DIGEST_OTHER: break;
	}
	return false;
}

struct span auth_server_realm(const struct auth_server *s)
{
	return (struct span){ s->realm, s->realm_n };
}

void auth_server_challenge(struct auth_server *s, struct sip_out *o, enum sip_header_id header,
	bool stale, instant_t now)
{
	/* RFC 8760 §2.3: in the order of our preference, the same nonce for all */
	static const enum digest_algorithm order[] = { DIGEST_SHA256, DIGEST_MD5 };
	char nonce[NONCE_TEXT_LEN], text[CHALLENGE_MAX];

	if (nonce_make(&s->nonces, now, nonce)) {
		o->bad = true; /* no challenge, no answer: better none than one that cannot work */
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		struct sip_challenge c = {
			.realm = auth_server_realm(s),
			.nonce = { nonce, sizeof(nonce) },
			.algorithm = order[i],
			.stale = stale,
			.has_qop = true,
			.qop_auth = true,
		};
		struct buf b = buf_over(text, sizeof(text));

		if (!is_on(s, order[i]))
			continue;
		sip_challenge_write(&b, &c);
		sip_out_header(o, header, buf_span(&b));
	}
}

sotto_err auth_server_credentials(
	const struct auth_server *s, const struct sip_msg *req, struct sip_credentials *out)
{
	sotto_err verdict = SOTTO_ENOENT;

	for (size_t i = 0; i < req->field_count; i++) {
		const struct sip_field *f = &req->fields[i];
		sotto_err err;

		if (f->id != SIP_HEADER_AUTHORIZATION && f->id != SIP_HEADER_PROXY_AUTHORIZATION)
			continue;
		err = sip_credentials_parse(out, f->value);
		if (!err && span_eq(out->realm, auth_server_realm(s)))
			return SOTTO_OK;
		/* another scheme, or auth-int, which we never offered: as if it were not there */
		if (err && err != SOTTO_EUNSUPPORTED)
			verdict = SOTTO_ESYNTAX;
	}
	*out = (struct sip_credentials){ .algorithm = DIGEST_MD5 };
	return verdict;
}

/** RFC 7616 §3.4.6: else somebody could carry an answer over to another request. */
static bool is_same_uri(struct span digest_uri, struct span request_uri)
{
	struct sip_uri a, b;

	if (span_eq(digest_uri, request_uri))
		return true;
	return !sip_uri_parse(&a, digest_uri) && !sip_uri_parse(&b, request_uri) &&
	       sip_uri_eq(&a, &b);
}

/** The same work whether anybody of that name exists or not. */
static bool is_right(
	const struct sip_credentials *c, struct span method, const struct auth_ha1 *ha1)
{
	static const struct auth_ha1 nobody;
	char want[AUTH_RESPONSE_MAX], got[AUTH_RESPONSE_MAX] = { 0 };
	size_t n = auth_response_len(c->algorithm);
	sotto_err err = auth_response(want, ha1 ? ha1 : &nobody, c, method);
	bool equal;

	for (size_t i = 0; i < n; i++)
		got[i] = ascii_lower(c->response.p[i]);
	equal = bytes_equal(want, got, sizeof(want));
	explicit_bzero(want, sizeof(want));
	return equal && !err && ha1;
}

enum auth_verdict auth_server_check(struct auth_server *s, const struct sip_credentials *c,
	struct span method, struct span request_uri, const struct auth_ha1 *ha1, instant_t now)
{
	struct nonce nonce;
	sotto_err nonce_err;
	bool right;

	if (!span_eq(c->realm, auth_server_realm(s)))
		return AUTH_ABSENT;
	if (!is_on(s, c->algorithm))
		return AUTH_WRONG; /* we did not offer it */
	if (c->response.n != auth_response_len(c->algorithm) || !is_same_uri(c->uri, request_uri))
		return AUTH_MALFORMED;
	nonce_err = nonce_read(&s->nonces, c->nonce, now, &nonce);
	right = is_right(c, method, ha1);
	/* first, and whatever the response: a nonce of the peer's own choice teaches it nothing */
	if (nonce_err)
		return AUTH_STALE;
	if (!right)
		return AUTH_WRONG;
	/* whatever cannot be remembered does not count */
	return nonce_use(&s->nonces, &nonce, c->has_qop, c->nc, now) ? AUTH_STALE : AUTH_OK;
}
