/** @file srtp/kdf.c */
#include "srtp/kdf.h"

#define LABEL_AT 7 /* the label stands before the 48 bits of index DIV rate, which are 0 */

sotto_err srtp_derive(struct aes_ctr *prf, const uint8_t salt[SRTP_SALT_MAX], enum srtp_label label,
	uint8_t *out, size_t n)
{
	uint8_t iv[AES_BLOCK] = { 0 }; /* RFC 3711 §4.3.3: x * 2^16 */
	sotto_err err;

	memcpy(iv, salt, SRTP_SALT_MAX);
	iv[LABEL_AT] ^= (uint8_t)label;
	memset(out, 0, n);
	err = aes_ctr_crypt(prf, iv, out, n);
	if (err)
		explicit_bzero(out, n);
	explicit_bzero(iv, sizeof(iv));
	return err;
}
