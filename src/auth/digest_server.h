/**
 * @file auth/digest_server.h  Challenges and their answers, checked (RFC 3261 §22, 7616, 8760).
 * Nonces carry their worker and time, signed: they need no memory until they are used correctly.
 */
#pragma once
#include "base/log.h"
#include "base/map.h"
#include "sip/digest.h"
#include "sip/msg.h"

#define AUTH_NONCE_LIFE SECONDS(300)
#define AUTH_NONCE_USES_MAX \
	65536           /* nonces remembered with their highest nc; the oldest make room */
#define AUTH_HA1_MAX 32 /* bytes: MD5 16, SHA-256 32 */

/** Digest of user:realm:password. A secret. */
struct auth_ha1 {
	uint8_t md5[16];
	uint8_t sha256[32];
};

/** RFC 7616 §3.4.2. */
SOTTO_MUST_USE sotto_err auth_ha1_make(
	struct auth_ha1 *out, struct span user, struct span realm, struct span password);
void auth_ha1_wipe(struct auth_ha1 *h);

/** What is offered and taken: a set of bits. */
enum auth_algorithm {
	AUTH_MD5 = 1,
	AUTH_SHA256 = 2,
};

struct auth_server;

/** @param realm [in, copied] 1..128 bytes, no quote, backslash or control character; else NULL */
SOTTO_MUST_USE struct auth_server *auth_server_create(
	struct rng *rng, struct span realm, unsigned worker);
void auth_server_destroy(struct auth_server *s);

/**
 * Both, unless this says otherwise. There are phones that give up at a challenge whose algorithm
 * they do not know, instead of taking the next one, as RFC 8760 §2.4 wants.
 * @param algorithms [in] of enum auth_algorithm, not empty
 */
void auth_server_set_algorithms(struct auth_server *s, unsigned algorithms);
struct span auth_server_realm(const struct auth_server *s);

/**
 * Appends whole header lines to a 401 or 407: a fresh nonce, one challenge per algorithm that is
 * on, SHA-256 first (RFC 8760 §2.3). `header` is SIP_HEADER_WWW_AUTHENTICATE or
 * SIP_HEADER_PROXY_AUTHENTICATE.
 */
struct sip_out;
void auth_server_challenge(struct auth_server *s, struct sip_out *o, enum sip_header_id header,
	bool stale, instant_t now);

enum auth_verdict {
	AUTH_OK,
	AUTH_ABSENT, /* no credentials for our realm: challenge */
	AUTH_STALE,  /* nonce unknown, expired, or its count repeated: challenge with stale=true */
	AUTH_WRONG,  /* wrong response: challenge anew (looks like AUTH_ABSENT from outside) */
	AUTH_MALFORMED, /* 400 */
};

/**
 * Finds the credentials for our realm in Authorization or Proxy-Authorization.
 * SOTTO_ENOENT: none; SOTTO_ESYNTAX: malformed.
 */
SOTTO_MUST_USE sotto_err auth_server_credentials(
	const struct auth_server *s, const struct sip_msg *req, struct sip_credentials *out);

/**
 * Checks `c` in constant time. With `ha1` NULL (nobody of that name) it does the same work and
 * answers AUTH_WRONG: a scanner cannot tell. Memory changes only when the response is right.
 *
 * The digest URI must be `request_uri`, by its text or as RFC 3261 §19.1.4 compares URIs; else, or
 * with a response of the wrong length, AUTH_MALFORMED. A nonce that is not good is AUTH_STALE
 * whatever the response: only a nonce of ours tells anything about a password. Without qop (as in
 * RFC 2069) there is no count, and a nonce serves once.
 */
enum auth_verdict auth_server_check(struct auth_server *s, const struct sip_credentials *c,
	struct span method, struct span request_uri, const struct auth_ha1 *ha1, instant_t now);
