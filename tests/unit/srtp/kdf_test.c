/** @file unit/srtp/kdf_test.c  Tests srtp/kdf.h with the vectors of RFC 3711 B.3 and RFC 6188 §7.
 */
#include "srtp/kdf.h"

#include "base/text.h"
#include "data/srtp/rfc.h"
#include "unit/test.h"

static size_t from_hex(uint8_t *out, const char *hex)
{
	CHECK_OK(hex_decode(out, strlen(hex) / 2, span_of(hex)));
	return strlen(hex) / 2;
}

static void derives(
	struct aes_ctr *prf, const uint8_t *salt, enum srtp_label label, const char *hex)
{
	uint8_t want[94], got[94];
	size_t n = from_hex(want, hex);

	CHECK_OK(srtp_derive(prf, salt, label, 0, got, n));
	CHECK(memcmp(want, got, n) == 0);
}

static void srtp_derive_gives_the_keys_of_the_rfcs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rfc_kdf_vectors); i++) {
		uint8_t key[32], salt[SRTP_SALT_MAX];
		struct aes_ctr prf;

		ROW(rfc_kdf_vectors[i].label);
		CHECK_OK(aes_ctr_init(&prf, key, from_hex(key, rfc_kdf_vectors[i].key)));
		from_hex(salt, rfc_kdf_vectors[i].salt);
		derives(&prf, salt, SRTP_LABEL_RTP_KEY, rfc_kdf_vectors[i].cipher_key);
		derives(&prf, salt, SRTP_LABEL_RTP_SALT, rfc_kdf_vectors[i].cipher_salt);
		derives(&prf, salt, SRTP_LABEL_RTP_AUTH, rfc_kdf_vectors[i].auth_key);
		aes_ctr_deinit(&prf);
	}
}

/** RFC 3711 §4.3.1: x is label || r, XOR the salt, aligned on the right. */
static void srtp_derive_takes_the_block_of_indexes_into_account(void **state)
{
	static const uint8_t key[16] = { 1 }, salt[SRTP_SALT_MAX] = { 2 };
	static const uint8_t same[SRTP_SALT_MAX] = { 2, [8] = 1, 2, 3, 4, 5, 6 };
	uint8_t want[16], got[16], other[16];
	struct aes_ctr prf;

	(void)state;
	CHECK_OK(aes_ctr_init(&prf, key, sizeof(key)));
	CHECK_OK(srtp_derive(&prf, same, SRTP_LABEL_RTCP_KEY, 0, want, sizeof(want)));
	CHECK_OK(srtp_derive(&prf, salt, SRTP_LABEL_RTCP_KEY, 0x010203040506, got, sizeof(got)));
	CHECK_OK(srtp_derive(&prf, salt, SRTP_LABEL_RTCP_KEY, 0, other, sizeof(other)));
	CHECK(memcmp(want, got, sizeof(want)) == 0);
	CHECK(memcmp(want, other, sizeof(want)) != 0);
	aes_ctr_deinit(&prf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(srtp_derive_gives_the_keys_of_the_rfcs),
		cmocka_unit_test(srtp_derive_takes_the_block_of_indexes_into_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
