/**
 * @file unit/offer/accept_test.c  Tests offer_accept: SPEC §2.3, "offering", row by row: our offer
 * is written by offer_write, the answer is the row's.
 */
#include "unit/offer/fixture.h"

#define OFF      .media = ENCRYPTED_MEDIA_OFF
#define SRTP     .media = ENCRYPTED_MEDIA_SRTP
#define OPTIONAL .media = ENCRYPTED_MEDIA_OPTIONAL

#define CLEAR    FAILURE_none, MEDIA_CLEAR
#define SDES     FAILURE_none, MEDIA_SDES
#define NO(f)    FAILURE_##f, MEDIA_CLEAR

#define TAG7     "a=crypto:7 " CM80 " inline:" K30 "\r\n"

/* Our offer has tag 1 for AES_CM_128_HMAC_SHA1_80 and tag 2 for …_32. */
/* clang-format off */
static const struct {
	const char *label;
	struct settings settings;
	const char *media;
	enum failure want;
	enum media_security security;
} rows[] = {
	{ "off | no crypto", { OFF }, AVP, CLEAR },
	{ "off | crypto in the answer", { OFF }, AVP CRYPTO80, NO(srtp_answer_uninvited) },
	{ "off | crypto in the answer, RTP/SAVP", { OFF }, SAVP CRYPTO80,
		NO(srtp_answer_uninvited) },
	{ "off | RTP/SAVP in the answer", { OFF }, SAVP, NO(srtp_answer_uninvited) },
	{ "off | DTLS in the answer", { OFF }, "m=audio 4 UDP/TLS/RTP/SAVP 0\r\n" PRINT,
		NO(srtp_answer_uninvited) },
	{ "off | a fingerprint in RTP/AVP is none of ours", { OFF }, AVP PRINT, CLEAR },
	{ "SRTP | one valid crypto", { SRTP }, SAVP CRYPTO80, SDES },
	{ "SRTP | one valid crypto, the second suite", { SRTP }, SAVP CRYPTO32, SDES },
	{ "SRTP | one valid crypto, the profile changed to RTP/AVP", { SRTP }, AVP CRYPTO80, SDES },
	{ "SRTP, offer_profile: avp | one valid crypto", { SRTP, .offers_avp = true }, AVP CRYPTO80,
		SDES },
	{ "SRTP | no crypto", { SRTP }, AVP, NO(srtp_answer_missing) },
	{ "SRTP | no crypto, RTP/SAVP", { SRTP }, SAVP, NO(srtp_answer_missing) },
	{ "SRTP, offer_profile: avp | no crypto", { SRTP, .offers_avp = true }, AVP,
		NO(srtp_answer_missing) },
	{ "SRTP | a fingerprint", { SRTP }, SAVP PRINT, NO(srtp_answer_missing) },
	{ "SRTP | DTLS", { SRTP }, "m=audio 4 UDP/TLS/RTP/SAVP 0\r\n" PRINT,
		NO(srtp_answer_missing) },
	{ "SRTP | crypto and fingerprint together", { SRTP }, SAVP PRINT CRYPTO80, SDES },
	{ "SRTP | unknown tag", { SRTP }, SAVP TAG7, NO(srtp_answer_bad_tag) },
	{ "SRTP | unknown suite", { SRTP }, SAVP "a=crypto:1 NEW inline:" K30 "\r\n",
		NO(srtp_answer_bad_tag) },
	{ "SRTP | a suite that was not offered", { SRTP }, SAVP CRYPTO_F8, NO(srtp_answer_bad_tag) },
	{ "SRTP | tag of another suite", { SRTP }, SAVP "a=crypto:2 " CM80 " inline:" K30 "\r\n",
		NO(srtp_answer_bad_tag) },
	{ "SRTP | bad key", { SRTP }, SAVP CRYPTO_BAD, NO(srtp_line_unusable) },
	{ "SRTP | a session parameter that was not offered", { SRTP },
		SAVP "a=crypto:1 " CM80 " inline:" K30 " UNAUTHENTICATED_SRTP\r\n",
		NO(srtp_parameter_unsupported) },
	{ "SRTP | two lines, one of them offered [field]", { SRTP }, SAVP TAG7 CRYPTO80, SDES },
	{ "SRTP | two lines, the first of them offered", { SRTP }, SAVP CRYPTO80 TAG7, SDES },
	{ "SRTP | two lines, the second of no suite that was offered", { SRTP },
		SAVP CRYPTO80 CRYPTO_F8, SDES },
	{ "SRTP | two lines that both accept", { SRTP }, SAVP CRYPTO80 CRYPTO32,
		NO(srtp_line_unusable) },
	{ "SRTP, lenient_tag | unknown tag, one suite fits", { SRTP, .lenient = true }, SAVP TAG7,
		SDES },
	{ "SRTP, lenient_tag | unknown tags, two fit", { SRTP, .lenient = true },
		SAVP TAG7 "a=crypto:8 " CM32 " inline:" K30 "\r\n", NO(srtp_answer_bad_tag) },
	{ "SRTP, lenient_tag | tag of another suite", { SRTP, .lenient = true },
		SAVP "a=crypto:2 " CM80 " inline:" K30 "\r\n", NO(srtp_answer_bad_tag) },
	{ "SRTP, lenient_tag | unknown tag, bad key", { SRTP, .lenient = true },
		SAVP "a=crypto:7 " CM80 " inline:" K28 "\r\n", NO(srtp_line_unusable) },
	{ "SRTP, require_tls, TLS | one valid crypto", { SRTP, .needs_tls = true, .is_tls = true },
		SAVP CRYPTO80, SDES },
	{ "optional | crypto", { OPTIONAL }, AVP CRYPTO80, SDES },
	{ "optional | crypto in RTP/SAVP", { OPTIONAL }, SAVP CRYPTO80, SDES },
	{ "optional | no crypto", { OPTIONAL }, AVP, CLEAR },
	{ "optional | no crypto, RTP/SAVP", { OPTIONAL }, SAVP, NO(srtp_profile_without_crypto) },
	{ "optional | bad key: the stream fails (RFC 8643 §3.3)", { OPTIONAL }, AVP CRYPTO_BAD,
		NO(srtp_line_unusable) },
	{ "optional | unknown tag", { OPTIONAL }, AVP TAG7, NO(srtp_answer_bad_tag) },
	{ "optional, require_tls, clear signalling: no keys offered | no crypto",
		{ OPTIONAL, .needs_tls = true }, AVP, CLEAR },
	{ "optional, require_tls, clear signalling: no keys offered | crypto",
		{ OPTIONAL, .needs_tls = true }, AVP CRYPTO80, NO(srtp_answer_uninvited) },
	/* not of the table: RFC 3264 §6 */
	{ "the stream is refused", { SRTP }, "m=audio 0 RTP/SAVP 0\r\n", NO(answer_without_audio) },
	{ "no m-line at all", { SRTP }, "", NO(answer_without_audio) },
	{ "more m-lines than offered", { SRTP }, SAVP CRYPTO80 AVP, NO(sdp_malformed) },
	{ "another kind of media", { OFF }, "m=video 4000 RTP/AVP 0\r\n", NO(sdp_malformed) },
	{ "another transport", { OFF }, "m=audio 4000 udptl t38\r\n", NO(sdp_malformed) },
};
/* clang-format on */

static struct described offer, answer;
static struct offer_local local;
static struct offer_made made;
static struct offer_streams agreed;
static struct rng_seeded rng;

static int setup(void **state)
{
	(void)state;
	described_init(&offer);
	described_init(&answer);
	rng_seeded_init(&rng, 7);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	described_deinit(&offer);
	described_deinit(&answer);
	return 0;
}

static void offer_begin(const struct offer_policy *policy)
{
	local_open(&local, &rng.rng, "198.51.100.1", 20000);
	offer.b = buf_over(offer.text, sizeof(offer.text));
	CHECK_INT(FAILURE_none, offer_write(&offer.b, NULL, policy, &local, &rng.rng, &made));
	described_parse(&offer);
}

static void offering_follows_the_decision_table(void **state)
{
	static const struct srtp_keying none;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct offer_policy policy = policy_of(&rows[i].settings);
		const struct offer_stream *s = &agreed.stream[0];
		bool is_sdes = rows[i].want == FAILURE_none && rows[i].security == MEDIA_SDES;

		ROW(rows[i].label);
		offer_begin(&policy);
		described_set(&answer, HEAD, rows[i].media);
		CHECK_INT(rows[i].want, offer_accept(&made, &answer.sdp, &policy, &local, &agreed));
		CHECK_INT(rows[i].want == FAILURE_none, offer_streams_audio(&agreed) != NULL);
		CHECK_INT(is_sdes, memcmp(&s->rx, &none, sizeof(none)) != 0);
		CHECK_INT(is_sdes, memcmp(&s->tx, &none, sizeof(none)) != 0);
		CHECK_INT(is_sdes, local.agreed != SRTP_SUITE_NONE);
		if (rows[i].want)
			continue;
		CHECK_INT(rows[i].security, s->security);
		CHECK_INT(rows[i].settings.lenient, s->tag_was_lenient);
		CHECK_INT(is_sdes && !policy.signalling_is_secure, s->keys_exposed);
	}
}

static void offers_follow_the_decision_table(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label;
		struct settings settings;
		enum failure want;
		enum sdp_profile profile;
		size_t crypto_count;
	} offers[] = {
		{ "off: no crypto offered", { OFF }, FAILURE_none, SDP_PROFILE_RTP_AVP, 0 },
		{ "SRTP: RTP/SAVP", { SRTP }, FAILURE_none, SDP_PROFILE_RTP_SAVP, 2 },
		{ "SRTP, offer_profile: avp", { SRTP, .offers_avp = true }, FAILURE_none,
			SDP_PROFILE_RTP_AVP, 2 },
		{ "optional: RTP/AVP + crypto", { OPTIONAL }, FAILURE_none, SDP_PROFILE_RTP_AVP,
			2 },
		{ "SRTP, require_tls, clear signalling: no key is shown", { SRTP, .needs_tls =
			true }, FAILURE_srtp_keys_exposed, 0, 0 },
		{ "SRTP, require_tls, TLS", { SRTP, .needs_tls = true, .is_tls = true },
			FAILURE_none, SDP_PROFILE_RTP_SAVP, 2 },
		{ "optional, require_tls, clear signalling: no key is shown", { OPTIONAL, .needs_tls
			= true }, FAILURE_none, SDP_PROFILE_RTP_AVP, 0 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
		struct offer_policy policy = policy_of(&offers[i].settings);

		ROW(offers[i].label);
		local_open(&local, &rng.rng, "198.51.100.1", 20000);
		offer.b = buf_over(offer.text, sizeof(offer.text));
		CHECK_INT(offers[i].want,
			offer_write(&offer.b, NULL, &policy, &local, &rng.rng, &made));
		if (offers[i].want) {
			CHECK_INT(0, offer.b.n);
			CHECK_INT(0, made.count);
			continue;
		}
		described_parse(&offer);
		CHECK_INT(offers[i].profile, offer.sdp.media[0].profile);
		CHECK_INT(offers[i].crypto_count, offer.sdp.media[0].crypto_count);
	}
}

static void srtp_without_an_allowed_suite_is_not_offered(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ SRTP });

	(void)state;
	policy.suites[0] = SRTP_SUITE_NONE;
	policy.suite_count = 1;
	local_open(&local, &rng.rng, "198.51.100.1", 20000);
	offer.b = buf_over(offer.text, sizeof(offer.text));
	CHECK_INT(FAILURE_srtp_no_common_suite,
		offer_write(&offer.b, NULL, &policy, &local, &rng.rng, &made));
	policy.encrypted_media = ENCRYPTED_MEDIA_OPTIONAL;
	offer_begin(&policy);
	CHECK_INT(0, offer.sdp.media[0].crypto_count);
}

/* RFC 4568 §6.1: a key is unique; a peer that sends ours back would make two streams of one key. */
static void our_own_key_in_the_answer_is_refused(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ SRTP });
	char media[1024];
	struct buf b = buf_over(media, sizeof(media));

	(void)state;
	offer_begin(&policy);
	const struct sdp_media *m = &offer.sdp.media[0];
	const struct sdp_attribute *ours =
		sdp_attribute(m->attributes, m->attribute_count, SPAN("crypto"), 0);

	CHECK(ours != NULL);
	buf_put(&b, SPAN(SAVP "a=crypto:"));
	buf_put(&b, ours->value);
	buf_put(&b, SPAN("\r\n"));
	buf_putc(&b, 0);
	described_set(&answer, HEAD, media);
	CHECK_INT(FAILURE_srtp_line_unusable,
		offer_accept(&made, &answer.sdp, &policy, &local, &agreed));
}

/* The offer was made under SRTP; a policy that changed since does not soften it, nor the reverse.
 */
static void the_stricter_of_offer_and_policy_counts(void **state)
{
	struct offer_policy srtp = policy_of(&(struct settings){ SRTP });
	struct offer_policy off = policy_of(&(struct settings){ OFF });

	(void)state;
	described_set(&answer, HEAD, AVP);
	offer_begin(&srtp);
	CHECK_INT(FAILURE_srtp_answer_missing,
		offer_accept(&made, &answer.sdp, &off, &local, &agreed));
	offer_begin(&off);
	CHECK_INT(FAILURE_srtp_answer_missing,
		offer_accept(&made, &answer.sdp, &srtp, &local, &agreed));
}

static void rtcp_mux_of_an_answer_counts_only_if_offered(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ OFF });

	(void)state;
	offer_begin(&policy);
	CHECK(!described_has(&offer, "a=rtcp-mux"));
	described_set(&answer, HEAD, AVP "a=rtcp-mux\r\n");
	CHECK_INT(FAILURE_none, offer_accept(&made, &answer.sdp, &policy, &local, &agreed));
	CHECK(!agreed.stream[0].rtcp_mux);
	CHECK_INT(4001, agreed.stream[0].rtcp.port);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offering_follows_the_decision_table),
		cmocka_unit_test(offers_follow_the_decision_table),
		cmocka_unit_test(srtp_without_an_allowed_suite_is_not_offered),
		cmocka_unit_test(our_own_key_in_the_answer_is_refused),
		cmocka_unit_test(the_stricter_of_offer_and_policy_counts),
		cmocka_unit_test(rtcp_mux_of_an_answer_counts_only_if_offered),
	};

	return cmocka_run_group_tests_name("offer.accept", tests, setup, teardown);
}
