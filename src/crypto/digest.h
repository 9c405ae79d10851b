/**
 * @file crypto/digest.h  Hashes and HMAC-SHA-256 in one call each, and comparing in constant time.
 * For signalling: a packet's HMAC has its own, keyed once.
 */
#pragma once
#include "base/span.h"

enum hash {
	HASH_MD5, /* for digest authentication alone, RFC 7616 §3.2 */
	HASH_SHA256,
};

#define HASH_MD5_LEN    16
#define HASH_SHA256_LEN 32
#define HASH_LEN_MAX    32

static inline size_t hash_len(enum hash h)
{
	return h == HASH_MD5 ? HASH_MD5_LEN : HASH_SHA256_LEN;
}

/**
 * The hash of `n` parts, one behind the other.
 * @param out [out] hash_len(h) bytes; zeroed on failure
 * @return SOTTO_OK; SOTTO_ECRYPTO: the library has not got it, or no memory
 */
SOTTO_MUST_USE sotto_err hash_parts(enum hash h, const struct span *parts, size_t n, uint8_t *out);

/** RFC 2104 with SHA-256. As above. */
SOTTO_MUST_USE sotto_err hmac_sha256(
	const void *key, size_t key_n, struct span data, uint8_t out[HASH_SHA256_LEN]);

/** Takes the same time wherever they differ. */
bool bytes_equal(const void *a, const void *b, size_t n);
