/**
 * @file transport/refusal.h  The answer to a request on a stream whose end cannot be found: 400
 * (no usable Content-Length, RFC 3261 §18.3) or 513 (too large). The stream is closed after it.
 * Pure but for the random To tag.
 */
#pragma once
#include "base/netaddr.h"

#define REFUSAL_MAX 16384 /* bytes of the answer; one that would be longer is not given */

/**
 * @param head   [in, out] the request's head, empty line included; may be unfolded in place
 * @param source [in] where it came from, for the Via
 * @param status [in] 400 or 513
 * @param out    [out] the answer
 * @return SOTTO_OK; SOTTO_ENOENT: no answer is due, or none can be addressed; SOTTO_ENOSPACE
 */
SOTTO_MUST_USE sotto_err refusal_write(
	struct buf *out, char *head, size_t n, const struct netaddr *source, unsigned status);
