/** @file auth/digest_client.h  Answers a 401 or 407 (RFC 3261 §22.2, RFC 8760 §2.4). */
#pragma once
#include "base/rng.h"
#include "sip/digest.h"
#include "sip/msg.h"
#include "sip/write.h"

/**
 * Appends Authorization (401) or Proxy-Authorization (407) for the first challenge that we can
 * answer: SHA-256 before MD5 as the server lists them. Whether to answer at all is the caller's
 * choice: a second challenge to the same credentials, without stale, means that they are wrong.
 * @return SOTTO_OK; SOTTO_EMISSING: no challenge; SOTTO_EUNSUPPORTED: none that we compute;
 *         SOTTO_EINVAL: user or URI is empty or has a quote or backslash; SOTTO_ECRYPTO
 */
SOTTO_MUST_USE sotto_err auth_client_answer(struct sip_out *o, const struct sip_msg *response,
	struct span method, struct span request_uri, struct span user, struct span password,
	struct rng *rng);
