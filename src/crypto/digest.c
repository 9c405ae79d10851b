/** @file crypto/digest.c */
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static const EVP_MD *md_of(enum hash h)
{
	return h == HASH_MD5 ? EVP_md5() : EVP_sha256();
}

static bool update_all(EVP_MD_CTX *ctx, const struct span *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (parts[i].n && EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) != 1)
			return false;
	return true;
}

sotto_err hash_parts(enum hash h, const struct span *parts, size_t n, uint8_t *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestInit_ex(ctx, md_of(h), NULL) == 1 && update_all(ctx, parts, n) &&
		  EVP_DigestFinal_ex(ctx, out, NULL) == 1;

	EVP_MD_CTX_free(ctx); /* wipes what it held */
	if (ok)
		return SOTTO_OK;
	memset(out, 0, hash_len(h));
	return SOTTO_ECRYPTO;
}

sotto_err hmac_sha256(const void *key, size_t key_n, struct span data, uint8_t out[HASH_SHA256_LEN])
{
	unsigned n = 0;

	memset(out, 0, HASH_SHA256_LEN);
	if (key_n > INT32_MAX ||
		!HMAC(EVP_sha256(), key, (int)key_n, (const unsigned char *)(data.p ? data.p : ""),
			data.n, out, &n))
		return SOTTO_ECRYPTO;
	return SOTTO_OK;
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}
