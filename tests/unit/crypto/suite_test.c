/** @file unit/crypto/suite_test.c  Tests crypto/suite.h. */
#include "unit/test.h"

#include "crypto/suite.h"

/* SPEC §2.1: key + salt and tag of each line of its table */
static const struct {
	const char *name;
	enum srtp_suite suite;
	int key_salt, tag, rtcp_tag;
	bool protects;
} rows[] = {
	{ "AEAD_AES_256_GCM_8", SRTP_AEAD_AES_256_GCM_8, 44, 8, 8, true },
	{ "AEAD_AES_128_GCM_8", SRTP_AEAD_AES_128_GCM_8, 28, 8, 8, true },
	{ "AES_256_CM_HMAC_SHA1_80", SRTP_AES_256_CM_HMAC_SHA1_80, 46, 10, 10, true },
	{ "AES_192_CM_HMAC_SHA1_80", SRTP_AES_192_CM_HMAC_SHA1_80, 38, 10, 10, true },
	{ "AES_CM_128_HMAC_SHA1_80", SRTP_AES_CM_128_HMAC_SHA1_80, 30, 10, 10, true },
	{ "AES_256_CM_HMAC_SHA1_32", SRTP_AES_256_CM_HMAC_SHA1_32, 46, 4, 10, true },
	{ "AES_192_CM_HMAC_SHA1_32", SRTP_AES_192_CM_HMAC_SHA1_32, 38, 4, 10, true },
	{ "AES_CM_128_HMAC_SHA1_32", SRTP_AES_CM_128_HMAC_SHA1_32, 30, 4, 10, true },
	{ "AES_CM_128_NULL_AUTH", SRTP_AES_CM_128_NULL_AUTH, 30, 0, 0, false },
	{ "AEAD_AES_256_GCM", SRTP_AEAD_AES_256_GCM, 44, 16, 16, true },
	{ "AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM, 28, 16, 16, true },
	{ "F8_128_HMAC_SHA1_80", SRTP_F8_128_HMAC_SHA1_80, 30, 10, 10, true },
	{ "NULL_HMAC_SHA1_80", SRTP_NULL_HMAC_SHA1_80, 30, 10, 10, false },
	{ "NULL_HMAC_SHA1_32", SRTP_NULL_HMAC_SHA1_32, 30, 4, 10, false },
};

static void suites_are_the_rows_of_the_specification(void **state)
{
	(void)state;
	CHECK_INT(SRTP_SUITE_COUNT - 1, ARRAY_LEN(rows));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct srtp_suite_info *s = srtp_suite_info(rows[i].suite);

		ROW(rows[i].name);
		CHECK_INT(rows[i].suite, srtp_suite_parse(span_of(rows[i].name)));
		assert_string_equal(rows[i].name, s->name);
		CHECK_INT(rows[i].key_salt, s->key_len + s->salt_len);
		CHECK_INT(rows[i].tag, s->tag_len);
		CHECK_INT(rows[i].rtcp_tag, s->rtcp_tag_len);
		CHECK_INT(rows[i].protects, srtp_suite_protects(rows[i].suite));
		CHECK(s->key_len + s->salt_len <= SRTP_KEY_SALT_MAX);
	}
}

static void suite_names_ignore_case_and_have_aliases(void **state)
{
	static const struct {
		const char *name;
		enum srtp_suite suite;
	} names[] = {
		{ "aes_cm_128_hmac_sha1_80", SRTP_AES_CM_128_HMAC_SHA1_80 },
		{ "AES_CM_256_HMAC_SHA1_80", SRTP_AES_256_CM_HMAC_SHA1_80 },
		{ "AES_CM_256_HMAC_SHA1_32", SRTP_AES_256_CM_HMAC_SHA1_32 },
		{ "aes_cm_192_hmac_sha1_80", SRTP_AES_192_CM_HMAC_SHA1_80 },
		{ "AES_CM_192_HMAC_SHA1_32", SRTP_AES_192_CM_HMAC_SHA1_32 },
		{ "", SRTP_SUITE_NONE },
		{ "AES_CM_128_HMAC_SHA1_8", SRTP_SUITE_NONE },
		{ "AES_CM_128_HMAC_SHA1_800", SRTP_SUITE_NONE },
		{ "SEED_CTR_128_HMAC_SHA1_80", SRTP_SUITE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		ROW(names[i].name);
		CHECK_INT(names[i].suite, srtp_suite_parse(span_of(names[i].name)));
	}
}

static void no_suite_and_numbers_that_are_none_have_an_empty_row(void **state)
{
	(void)state;
	assert_string_equal("", srtp_suite_info(SRTP_SUITE_NONE)->name);
	assert_string_equal("", srtp_suite_info(SRTP_SUITE_COUNT)->name);
	CHECK(!srtp_suite_info(SRTP_SUITE_COUNT)->is_built);
	CHECK(!srtp_suite_protects(SRTP_SUITE_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_are_the_rows_of_the_specification),
		cmocka_unit_test(suite_names_ignore_case_and_have_aliases),
		cmocka_unit_test(no_suite_and_numbers_that_are_none_have_an_empty_row),
	};

	return cmocka_run_group_tests_name("crypto.suite", tests, NULL, NULL);
}
