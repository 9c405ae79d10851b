/** @file unit/crypto/keying_test.c  Tests crypto/keying.h. */
#include "crypto/keying.h"

#include "unit/test.h"

static const struct srtp_keying usual = { .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
	.bytes = { 1 },
	.mki = 1,
	.mki_len = 4,
	.more = { { .bytes = { 2 }, .mki = 2 } },
	.more_count = 1 };

static void keyings_are_equal_if_their_packets_are(void **state)
{
	struct srtp_keying other[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		other[i] = usual;
	CHECK(srtp_keying_eq(&usual, &other[0]));
	other[0].suite = SRTP_AES_CM_128_HMAC_SHA1_32;
	other[1].bytes[SRTP_KEY_SALT_MAX - 1] = 1;
	other[2].mki = 3;
	other[3].mki_len = 5;
	other[4].more[0].bytes[0] = 3;
	other[5].more_count = 0;
	other[6].flags = SRTP_UNENCRYPTED_RTCP;
	other[7].kdr = 1;
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		CHECK(!srtp_keying_eq(&usual, &other[i]));
}

static const struct {
	const char *label;
	struct srtp_keying keying;
	bool protects, proves_rtp, proves_rtcp;
} rows[] = {
	{ "usual", { .suite = SRTP_AES_CM_128_HMAC_SHA1_80 }, true, true, true },
	{ "suite 9", { .suite = SRTP_AES_CM_128_NULL_AUTH }, false, false, false },
	{ "suite 13", { .suite = SRTP_NULL_HMAC_SHA1_80 }, false, true, true },
	{ "UNENCRYPTED_SRTCP", { .suite = SRTP_AEAD_AES_128_GCM, .flags = SRTP_UNENCRYPTED_RTCP },
		false, true, true },
	{ "UNAUTHENTICATED_SRTP",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .flags = SRTP_UNAUTHENTICATED_RTP }, false,
		false, true },
};

static void protection_is_of_the_suite_and_its_parameters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		CHECK_INT(rows[i].protects, srtp_keying_protects(&rows[i].keying));
		CHECK_INT(rows[i].proves_rtp, srtp_keying_authenticates(&rows[i].keying, false));
		CHECK_INT(rows[i].proves_rtcp, srtp_keying_authenticates(&rows[i].keying, true));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keyings_are_equal_if_their_packets_are),
		cmocka_unit_test(protection_is_of_the_suite_and_its_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
