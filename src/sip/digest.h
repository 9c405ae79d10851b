/** @file sip/digest.h  Digest challenges and credentials (RFC 3261 §22, RFC 7616, RFC 8760). */
#pragma once
#include "base/buf.h"

enum digest_algorithm {
	DIGEST_MD5,
	DIGEST_SHA256,
	DIGEST_OTHER, /* SHA-512-256, -sess and others that we do not compute */
};

/** Values without their quotes; p NULL where absent. */
struct sip_challenge { /* WWW-Authenticate, Proxy-Authenticate */
	struct span realm, nonce, opaque;
	enum digest_algorithm algorithm;
	bool stale, has_qop, qop_auth;
};

struct sip_credentials { /* Authorization, Proxy-Authorization */
	struct span username, realm, nonce, uri, response, opaque, cnonce;
	enum digest_algorithm algorithm;
	bool has_qop; /* qop=auth; another qop is SOTTO_EUNSUPPORTED */
	uint32_t nc;  /* only with qop */
	struct span nc_text;
};

/** SOTTO_ESYNTAX; SOTTO_EUNSUPPORTED: a scheme other than Digest; SOTTO_EMISSING: realm or nonce.
 */
SOTTO_MUST_USE sotto_err sip_challenge_parse(struct sip_challenge *out, struct span value);

/** As above; SOTTO_EMISSING: username, realm, nonce, uri, response, or cnonce/nc where qop is
 * given. */
SOTTO_MUST_USE sotto_err sip_credentials_parse(struct sip_credentials *out, struct span value);

/** "Digest realm=…, …": a header value. */
void sip_challenge_write(struct buf *b, const struct sip_challenge *c);
void sip_credentials_write(struct buf *b, const struct sip_credentials *c);
