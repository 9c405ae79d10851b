/** @file srtp/kdf.c */
#include "srtp/kdf.h"

/* The label stands before index DIV rate, which has 48 bits: for SRTCP too, though RFC 3711 §4.3.2
 * can be read otherwise. */
#define LABEL_AT 7

sotto_err srtp_derive(struct aes_ctr *prf, const uint8_t salt[SRTP_SALT_MAX], enum srtp_label label,
	uint64_t r, uint8_t *out, size_t n)
{
	uint8_t iv[AES_BLOCK] = { 0 }; /* RFC 3711 §4.3.3: x * 2^16 */
	sotto_err err;

	memcpy(iv, salt, SRTP_SALT_MAX);
	iv[LABEL_AT] ^= (uint8_t)label;
	for (unsigned i = 0; i < 6; i++)
		iv[LABEL_AT + 1 + i] ^= (uint8_t)(r >> (40 - 8 * i));
	memset(out, 0, n);
	err = aes_ctr_crypt(prf, iv, out, n);
	if (err)
		explicit_bzero(out, n);
	explicit_bzero(iv, sizeof(iv));
	return err;
}
