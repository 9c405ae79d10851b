/** @file unit/srtp/kdf_test.c  Tests srtp/kdf.h with RFC 3711 B.3. */
#include "srtp/kdf.h"

#include "base/text.h"
#include "unit/test.h"

static const struct {
	const char *label;
	enum srtp_label which;
	const char *want;
} rows[] = {
	{"cipher key",          SRTP_LABEL_RTP_KEY,  "c61e7a93744f39ee10734afe3ff7a087"},
	{ "cipher salt",        SRTP_LABEL_RTP_SALT, "30cbbc08863d8c85d49db34a9ae1"    },
	{ "authentication key", SRTP_LABEL_RTP_AUTH,
         "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327a"
		"d175578ef72270986371c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e47403576"
		"6b68642c59bbfc2f34db60dbdfb2"                                         },
};

static void srtp_derive_gives_the_keys_of_rfc_3711_b3(void **state)
{
	uint8_t key[16], salt[14], want[94], got[94];
	struct aes_ctr prf;

	(void)state;
	CHECK_OK(hex_decode(key, sizeof(key), SPAN("e1f97a0d3e018be0d64fa32c06de4139")));
	CHECK_OK(hex_decode(salt, sizeof(salt), SPAN("0ec675ad498afeebb6960b3aabe6")));
	CHECK_OK(aes_ctr_init(&prf, key, sizeof(key)));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].want) / 2;

		ROW(rows[i].label);
		CHECK_OK(hex_decode(want, n, span_of(rows[i].want)));
		CHECK_OK(srtp_derive(&prf, salt, rows[i].which, got, n));
		CHECK(memcmp(want, got, n) == 0);
	}
	aes_ctr_deinit(&prf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(srtp_derive_gives_the_keys_of_rfc_3711_b3),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
