/**
 * @file auth/digest.h  The arithmetic of digest authentication (RFC 7616 §3.4.1, RFC 2617
 * §3.2.2.1), shared by both sides. Pure: no I/O, no clock, no allocation of its own.
 */
#pragma once
#include "crypto/digest.h"
#include "sip/digest.h"

struct auth_ha1;

#define AUTH_RESPONSE_MAX 64 /* hexadecimal digits: MD5 32, SHA-256 64 */

/** Whether we compute it. */
static inline bool auth_knows(enum digest_algorithm a)
{
	return a == DIGEST_MD5 || a == DIGEST_SHA256;
}

/** Hexadecimal digits of a response. */
static inline size_t auth_response_len(enum digest_algorithm a)
{
	return a == DIGEST_MD5 ? 32 : 64;
}

/**
 * The response that `c` (all but its own response) calls for: with qop=auth, or without qop as in
 * RFC 2069.
 * @param out [out] auth_response_len lower-case digits, no NUL; zeroed on failure
 * @return SOTTO_OK; SOTTO_EUNSUPPORTED: DIGEST_OTHER; SOTTO_ECRYPTO
 */
SOTTO_MUST_USE sotto_err auth_response(char out[AUTH_RESPONSE_MAX], const struct auth_ha1 *ha1,
	const struct sip_credentials *c, struct span method);
