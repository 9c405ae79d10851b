/** @file unit/crypto/packet_crypto_test.c  Tests crypto/aes_ctr.h, aes_f8.h, aes_gcm.h,
 * hmac_sha1.h. */
#include "base/text.h"
#include "crypto/aes_ctr.h"
#include "crypto/aes_f8.h"
#include "crypto/aes_gcm.h"
#include "crypto/hmac_sha1.h"
#include "data/srtp/rfc.h"
#include "unit/test.h"

#define B2_KEY "2b7e151628aed2a6abf7158809cf4f3c"
#define B2_IV  "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"

static size_t from_hex(uint8_t *out, const char *hex)
{
	CHECK_OK(hex_decode(out, strlen(hex) / 2, span_of(hex)));
	return strlen(hex) / 2;
}

static void aes_ctr_gives_the_key_streams_of_the_rfcs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rfc_cm_vectors); i++) {
		uint8_t key[32], iv[16], want[16], got[16] = { 0 };
		struct aes_ctr a;

		ROW(rfc_cm_vectors[i].label);
		CHECK_OK(aes_ctr_init(&a, key, from_hex(key, rfc_cm_vectors[i].key)));
		from_hex(iv, rfc_cm_vectors[i].iv);
		from_hex(want, rfc_cm_vectors[i].stream);
		CHECK_OK(aes_ctr_crypt(&a, iv, got, sizeof(got)));
		CHECK(memcmp(want, got, sizeof(got)) == 0);
		CHECK_OK(aes_ctr_crypt(&a, iv, got, sizeof(got)));
		CHECK(memcmp((uint8_t[16]){ 0 }, got, sizeof(got)) == 0); /* its own inverse */
		aes_ctr_deinit(&a);
	}
}

static void aes_f8_gives_the_bytes_of_rfc_3711_b1(void **state)
{
	uint8_t key[16], salt[4], iv[16], text[64], cipher[64], plain[64];
	size_t n = from_hex(plain, rfc_f8_vector.plain);
	struct aes_f8 f;

	(void)state;
	from_hex(key, rfc_f8_vector.key);
	from_hex(salt, rfc_f8_vector.salt);
	from_hex(iv, rfc_f8_vector.iv);
	from_hex(cipher, rfc_f8_vector.cipher);
	CHECK_OK(aes_f8_init(&f, key, sizeof(key), salt, sizeof(salt)));
	for (size_t part = 0; part <= n; part++) {
		memcpy(text, plain, n);
		CHECK_OK(aes_f8_crypt(&f, iv, text, part));
		CHECK(memcmp(cipher, text, part) == 0);
		CHECK(memcmp(plain + part, text + part, n - part) == 0);
	}
	aes_f8_deinit(&f);
}

/** The key stream is made in pieces: that must not show. */
static void aes_f8_is_the_definition_at_any_length(void **state)
{
	static const uint8_t key[16] = { 1 }, salt[14] = { 2 }, iv[16] = { 3 };
	uint8_t got[600] = { 0 }, masked[16], prime[16], block[16] = { 0 };
	struct aes_f8 f;
	struct aes_ctr ecb;

	(void)state;
	CHECK_OK(aes_f8_init(&f, key, sizeof(key), salt, sizeof(salt)));
	CHECK_OK(aes_f8_crypt(&f, iv, got, sizeof(got)));
	for (size_t i = 0; i < 16; i++)
		masked[i] = key[i] ^ (i < sizeof(salt) ? salt[i] : 0x55);
	memset(prime, 0, sizeof(prime));
	CHECK_OK(aes_ctr_init(&ecb, masked, sizeof(masked)));
	CHECK_OK(aes_ctr_crypt(&ecb, iv, prime, sizeof(prime))); /* E(iv) XOR 0 */
	aes_ctr_deinit(&ecb);
	CHECK_OK(aes_ctr_init(&ecb, key, sizeof(key)));
	for (size_t j = 0; j * 16 < sizeof(got); j++) {
		uint8_t in[16];

		for (size_t i = 0; i < 16; i++)
			in[i] = block[i] ^ prime[i];
		in[15] ^= (uint8_t)j;
		memset(block, 0, sizeof(block));
		CHECK_OK(aes_ctr_crypt(&ecb, in, block, sizeof(block)));
		CHECK(memcmp(block, got + 16 * j,
			      sizeof(got) - 16 * j < 16 ? sizeof(got) - 16 * j : 16) == 0);
	}
	aes_ctr_deinit(&ecb);
	aes_f8_deinit(&f);
}

static void aes_f8_and_gcm_take_the_key_lengths_of_aes(void **state)
{
	static const uint8_t key[33] = { 1 };

	(void)state;
	for (size_t n = 0; n <= sizeof(key); n++) {
		sotto_err want = n == 16 || n == 24 || n == 32 ? SOTTO_OK : SOTTO_EKEYLEN;
		struct aes_f8 f;
		struct aes_gcm g;

		CHECK_INT(want, aes_f8_init(&f, key, n, key, 4));
		CHECK_INT(want, aes_gcm_init(&g, key, n));
		aes_f8_deinit(&f);
		aes_gcm_deinit(&g);
	}
	CHECK_INT(SOTTO_EKEYLEN, aes_f8_init(&(struct aes_f8){ 0 }, key, 16, key, 17));
}

static void aes_gcm_opens_what_it_sealed_and_nothing_else(void **state)
{
	static const uint8_t key[16] = { 1 }, iv[AES_GCM_IV] = { 2 };
	uint8_t text[40] = { 7 }, out[40], tag[AES_GCM_TAG_MAX];
	struct aes_gcm_message m = { .iv = iv,
		.aad = { SPAN("head"), SPAN("tail") },
		.in = text,
		.out = text,
		.n = sizeof(text) };
	struct aes_gcm g;

	(void)state;
	CHECK_OK(aes_gcm_init(&g, key, sizeof(key)));
	for (size_t tag_len = 4; tag_len <= sizeof(tag); tag_len += 4) {
		m.out = text;
		CHECK_OK(aes_gcm_seal(&g, &m, tag, tag_len));
		m.out = out;
		CHECK_OK(aes_gcm_open(&g, &m, tag, tag_len));
		tag[tag_len - 1] ^= 1;
		CHECK_INT(SOTTO_EAUTH, aes_gcm_open(&g, &m, tag, tag_len));
		tag[tag_len - 1] ^= 1;
		m.aad[1] = SPAN("tall");
		CHECK_INT(SOTTO_EAUTH, aes_gcm_open(&g, &m, tag, tag_len));
		m.aad[1] = SPAN("tail");
		CHECK_OK(aes_gcm_open(&g, &m, tag, tag_len)); /* a failure leaves nothing behind */
		memcpy(text, out, sizeof(text));
	}
	CHECK_INT(7, text[0]);
	CHECK_INT(SOTTO_ECRYPTO, aes_gcm_open(&g, &m, tag, AES_GCM_TAG_MAX + 1));
	aes_gcm_deinit(&g);
}

static void aes_ctr_continues_over_blocks_of_any_length(void **state)
{
	uint8_t key[16], iv[16], whole[41] = { 0 }, part[41] = { 0 };
	struct aes_ctr a;

	(void)state;
	CHECK_OK(hex_decode(key, sizeof(key), SPAN(B2_KEY)));
	CHECK_OK(hex_decode(iv, sizeof(iv), SPAN(B2_IV)));
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
	{ "none", 0, SOTTO_EKEYLEN },
	{ "one short", 15, SOTTO_EKEYLEN },
	{ "AES-128", 16, SOTTO_OK },
	{ "one long", 17, SOTTO_EKEYLEN },
	{ "AES-192", 24, SOTTO_OK },
	{ "AES-256", 32, SOTTO_OK },
	{ "one too long", 33, SOTTO_EKEYLEN },
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
	{ "case 1", "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		"b617318655057264e28bc0b6fb378c8ef146be00" },
	{ "case 2", "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ "case 4", "0102030405060708090a0b0c0d0e0f10111213141516171819",
		"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
		"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
		"4c9007f4026250c6bc8414f9bf50c86c2d7235da" },
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
		cmocka_unit_test(aes_ctr_gives_the_key_streams_of_the_rfcs),
		cmocka_unit_test(aes_f8_gives_the_bytes_of_rfc_3711_b1),
		cmocka_unit_test(aes_f8_is_the_definition_at_any_length),
		cmocka_unit_test(aes_f8_and_gcm_take_the_key_lengths_of_aes),
		cmocka_unit_test(aes_gcm_opens_what_it_sealed_and_nothing_else),
		cmocka_unit_test(aes_ctr_continues_over_blocks_of_any_length),
		cmocka_unit_test(aes_ctr_takes_the_key_lengths_of_aes),
		cmocka_unit_test(aes_ctr_refuses_what_the_library_cannot_count),
		cmocka_unit_test(hmac_sha1_signs_as_rfc_2202_wherever_the_data_is_split),
		cmocka_unit_test(hmac_sha1_wants_a_key),
		cmocka_unit_test(secret_eq_sees_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
