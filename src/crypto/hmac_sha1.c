/**
 * @file crypto/hmac_sha1.c  The keyed state is kept: a message starts from it, which costs a third
 * of keying anew.
 */
#include "crypto/hmac_sha1.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

sotto_err hmac_sha1_init(struct hmac_sha1 *h, const uint8_t *key, size_t key_len)
{
	char digest[] = "SHA1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *mac;

	*h = (struct hmac_sha1){ 0 };
	if (key_len == 0)
		return SOTTO_EKEYLEN;
	mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (!mac)
		return SOTTO_ECRYPTO;
	h->evp = EVP_MAC_CTX_new(mac);
	EVP_MAC_free(mac); /* the context holds a reference */
	if (!h->evp)
		return SOTTO_ENOMEM;
	if (EVP_MAC_init(h->evp, key, key_len, params) != 1) {
		hmac_sha1_deinit(h);
		return SOTTO_ECRYPTO;
	}
	return SOTTO_OK;
}

sotto_err hmac_sha1_rekey(struct hmac_sha1 *h, const uint8_t *key, size_t key_len)
{
	return EVP_MAC_init(h->evp, key, key_len, NULL) == 1 ? SOTTO_OK : SOTTO_ECRYPTO;
}

void hmac_sha1_deinit(struct hmac_sha1 *h)
{
	EVP_MAC_CTX_free(h->evp); /* wipes the keyed state */
	*h = (struct hmac_sha1){ 0 };
}

static bool sign(struct hmac_sha1 *h, struct span head, struct span tail, uint8_t *out)
{
	size_t n = 0;

	return EVP_MAC_init(h->evp, NULL, 0, NULL) == 1 && /* the same key again */
	       EVP_MAC_update(h->evp, (const uint8_t *)head.p, head.n) == 1 &&
	       EVP_MAC_update(h->evp, (const uint8_t *)tail.p, tail.n) == 1 &&
	       EVP_MAC_final(h->evp, out, &n, HMAC_SHA1_LEN) == 1 && n == HMAC_SHA1_LEN;
}

sotto_err hmac_sha1_sign(
	struct hmac_sha1 *h, struct span head, struct span tail, uint8_t out[HMAC_SHA1_LEN])
{
	if (sign(h, head, tail, out))
		return SOTTO_OK;
	memset(out, 0, HMAC_SHA1_LEN);
	return SOTTO_ECRYPTO;
}

bool secret_eq(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}
