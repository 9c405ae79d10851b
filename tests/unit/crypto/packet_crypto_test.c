/** @file unit/crypto/packet_crypto_test.c  Tests crypto/aes_ctr.h and crypto/hmac_sha1.h. */
#include "base/text.h"
#include "crypto/aes_ctr.h"
#include "crypto/hmac_sha1.h"
#include "unit/test.h"

/* RFC 3711 B.2: the key stream under this key, with the counter at and over the places named */
#define B2_KEY "2b7e151628aed2a6abf7158809cf4f3c"

static const struct {
	const char *label, *iv, *want;
} b2_rows[] = {
	{"counter 0",    "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000", "e03ead0935c95e80e166b16dd92b4eb4"},
	{ "counter 1",   "f0f1f2f3f4f5f6f7f8f9fafbfcfd0001", "d23513162b02d0f72a43a2fe4a5f97ab"},
	{ "counter 2",   "f0f1f2f3f4f5f6f7f8f9fafbfcfd0002", "41e95b3bb0a2e8dd477901e4fca894c0"},
	{ "before last", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", "ec8cdf7398607cb0f2d21675ea9ea1e4"},
	{ "a carry",     "f0f1f2f3f4f5f6f7f8f9fafbfcfdff00", "362b7c3c6773516318a077d7fc5073ae"},
	{ "the last",    "f0f1f2f3f4f5f6f7f8f9fafbfcfdff01", "6a2cc3787889374fbeb4c81b17ba6c44"},
};

static void aes_ctr_gives_the_key_stream_of_rfc_3711_b2(void **state)
{
	uint8_t key[16], iv[16], want[16];
	struct aes_ctr a;

	(void)state;
	CHECK_OK(hex_decode(key, sizeof(key), SPAN(B2_KEY)));
	CHECK_OK(aes_ctr_init(&a, key, sizeof(key)));
	for (size_t i = 0; i < ARRAY_LEN(b2_rows); i++) {
		uint8_t got[16] = { 0 };

		ROW(b2_rows[i].label);
		CHECK_OK(hex_decode(iv, sizeof(iv), span_of(b2_rows[i].iv)));
		CHECK_OK(hex_decode(want, sizeof(want), span_of(b2_rows[i].want)));
		CHECK_OK(aes_ctr_crypt(&a, iv, got, sizeof(got)));
		CHECK(memcmp(want, got, sizeof(got)) == 0);
		CHECK_OK(aes_ctr_crypt(&a, iv, got, sizeof(got)));
		CHECK(memcmp((uint8_t[16]){ 0 }, got, sizeof(got)) == 0); /* its own inverse */
	}
	aes_ctr_deinit(&a);
}

static void aes_ctr_continues_over_blocks_of_any_length(void **state)
{
	uint8_t key[16], iv[16], whole[41] = { 0 }, part[41] = { 0 };
	struct aes_ctr a;

	(void)state;
	CHECK_OK(hex_decode(key, sizeof(key), SPAN(B2_KEY)));
	CHECK_OK(hex_decode(iv, sizeof(iv), span_of(b2_rows[0].iv)));
	CHECK_OK(aes_ctr_init(&a, key, sizeof(key)));
	CHECK_OK(aes_ctr_crypt(&a, iv, whole, sizeof(whole)));
	for (size_t n = 0; n <= sizeof(part); n++) {
		memset(part, 0, sizeof(part));
		CHECK_OK(aes_ctr_crypt(&a, iv, part, n));
		CHECK(memcmp(whole, part, n) == 0);
	}
	aes_ctr_deinit(&a);
}

static const struct {
	const char *label;
	size_t key_len;
	sotto_err want;
} key_rows[] = {
	{"none",          0,  SOTTO_EKEYLEN},
	{ "one short",    15, SOTTO_EKEYLEN},
	{ "AES-128",      16, SOTTO_OK     },
	{ "one long",     17, SOTTO_EKEYLEN},
	{ "AES-192",      24, SOTTO_OK     },
	{ "AES-256",      32, SOTTO_OK     },
	{ "one too long", 33, SOTTO_EKEYLEN},
};

static void aes_ctr_takes_the_key_lengths_of_aes(void **state)
{
	static const uint8_t key[33];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(key_rows); i++) {
		struct aes_ctr a;

		ROW(key_rows[i].label);
		CHECK_INT(key_rows[i].want, aes_ctr_init(&a, key, key_rows[i].key_len));
		CHECK_INT(key_rows[i].want == SOTTO_OK, a.evp != NULL);
		aes_ctr_deinit(&a);
		CHECK(a.evp == NULL);
		aes_ctr_deinit(&a); /* legal on an empty one */
	}
}

static void aes_ctr_refuses_what_the_library_cannot_count(void **state)
{
	static const uint8_t key[16], iv[16];
	struct aes_ctr a;
	uint8_t byte = 7;

	(void)state;
	CHECK_OK(aes_ctr_init(&a, key, sizeof(key)));
	CHECK_INT(SOTTO_EINVAL, aes_ctr_crypt(&a, iv, &byte, (size_t)INT32_MAX + 1));
	CHECK_INT(7, byte);
	aes_ctr_deinit(&a);
}

/* RFC 2202 §3 */
static const struct {
	const char *label, *key, *data, *want;
} hmac_rows[] = {
	{"case 1",  "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",           "4869205468657265",
         "b617318655057264e28bc0b6fb378c8ef146be00"															     },
	{ "case 2", "4a656665",					   "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
         "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"															     },
	{ "case 4", "0102030405060708090a0b0c0d0e0f10111213141516171819",
         "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
		"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",								 "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
};

static void hmac_sha1_signs_as_rfc_2202_wherever_the_data_is_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hmac_rows); i++) {
		struct span key_hex = span_of(hmac_rows[i].key), hex = span_of(hmac_rows[i].data);
		uint8_t key[80], data[80], want[HMAC_SHA1_LEN], got[HMAC_SHA1_LEN];
		const char *p = (const char *)data;
		size_t n = hex.n / 2;
		struct hmac_sha1 h;

		ROW(hmac_rows[i].label);
		CHECK_OK(hex_decode(key, key_hex.n / 2, key_hex));
		CHECK_OK(hex_decode(data, n, hex));
		CHECK_OK(hex_decode(want, sizeof(want), span_of(hmac_rows[i].want)));
		CHECK_OK(hmac_sha1_init(&h, key, key_hex.n / 2));
		for (size_t at = 0; at <= n; at++) { /* one object, many messages */
			struct span head = { p, at }, tail = { p + at, n - at };

			CHECK_OK(hmac_sha1_sign(&h, head, tail, got));
			CHECK(memcmp(want, got, sizeof(got)) == 0);
		}
		hmac_sha1_deinit(&h);
	}
}

static void hmac_sha1_wants_a_key(void **state)
{
	struct hmac_sha1 h;

	(void)state;
	CHECK_INT(SOTTO_EKEYLEN, hmac_sha1_init(&h, (const uint8_t *)"", 0));
	CHECK(h.evp == NULL);
	hmac_sha1_deinit(&h);
}

static void secret_eq_sees_every_byte(void **state)
{
	uint8_t a[10] = { 0 }, b[10] = { 0 };

	(void)state;
	CHECK(secret_eq(a, b, sizeof(a)));
	for (size_t i = 0; i < sizeof(a) * 8; i++) {
		b[i / 8] ^= (uint8_t)(1 << i % 8);
		CHECK(!secret_eq(a, b, sizeof(a)));
		b[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	b[9] = 1;
	CHECK(secret_eq(a, b, 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aes_ctr_gives_the_key_stream_of_rfc_3711_b2),
		cmocka_unit_test(aes_ctr_continues_over_blocks_of_any_length),
		cmocka_unit_test(aes_ctr_takes_the_key_lengths_of_aes),
		cmocka_unit_test(aes_ctr_refuses_what_the_library_cannot_count),
		cmocka_unit_test(hmac_sha1_signs_as_rfc_2202_wherever_the_data_is_split),
		cmocka_unit_test(hmac_sha1_wants_a_key),
		cmocka_unit_test(secret_eq_sees_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
