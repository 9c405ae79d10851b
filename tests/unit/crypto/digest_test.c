/** @file unit/crypto/digest_test.c  Hashes against RFC 1321 §A.5, FIPS 180-2 §B.1, RFC 4231. */
#include "crypto/digest.h"

#include "base/text.h"
#include "unit/test.h"

static void hash_of_parts_is_that_of_the_whole(void **state)
{
	static const struct {
		const char *label;
		enum hash hash;
		const char *parts[3];
		const char *want;
	} rows[] = {
		{ "MD5 of nothing", HASH_MD5, { "", "", "" }, "d41d8cd98f00b204e9800998ecf8427e" },
		{ "MD5", HASH_MD5, { "abc", "", "" }, "900150983cd24fb0d6963f7d28e17f72" },
		{ "MD5 in parts", HASH_MD5, { "a", "", "bc" }, "900150983cd24fb0d6963f7d28e17f72" },
		{ "SHA-256 of nothing", HASH_SHA256, { "", "", "" },
			"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "SHA-256", HASH_SHA256, { "abc", "", "" },
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "SHA-256 in parts", HASH_SHA256, { "a", "b", "c" },
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct span parts[3];
		uint8_t got[HASH_LEN_MAX], want[HASH_LEN_MAX];
		ROW(rows[i].label);
		for (size_t k = 0; k < ARRAY_LEN(parts); k++)
			parts[k] = span_of(rows[i].parts[k]);
		CHECK_OK(hex_decode(want, hash_len(rows[i].hash), span_of(rows[i].want)));
		CHECK_OK(hash_parts(rows[i].hash, parts, ARRAY_LEN(parts), got));
		CHECK(bytes_equal(want, got, hash_len(rows[i].hash)));
	}
}

static void hmac_is_that_of_rfc4231(void **state)
{
	static const struct {
		const char *label;
		char fill; /* the key is this byte, or `key` if it is 0 */
		size_t key_n;
		const char *key, *data, *want;
	} rows[] = {
		{ "test case 1", 0x0b, 20, NULL, "Hi There",
			"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "test case 2", 0, 4, "Jefe", "what do ya want for nothing?",
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
		{ "test case 6: a key longer than a block", (char)0xaa, 131, NULL,
			"Test Using Larger Than Block-Size Key - Hash Key First",
			"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint8_t got[HASH_SHA256_LEN], want[HASH_SHA256_LEN];
		char key[256];
		ROW(rows[i].label);
		memset(key, rows[i].fill, sizeof(key));
		if (rows[i].key)
			memcpy(key, rows[i].key, rows[i].key_n);
		CHECK_OK(hex_decode(want, sizeof(want), span_of(rows[i].want)));
		CHECK_OK(hmac_sha256(key, rows[i].key_n, span_of(rows[i].data), got));
		CHECK(bytes_equal(want, got, sizeof(want)));
		got[31] ^= 1;
		CHECK(!bytes_equal(want, got, sizeof(want)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_of_parts_is_that_of_the_whole),
		cmocka_unit_test(hmac_is_that_of_rfc4231),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
