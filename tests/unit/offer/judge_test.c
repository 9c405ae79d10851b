/**
 * @file unit/offer/judge_test.c  Tests offer_judge: SPEC §2.3, "answering", row by row, with the
 * settings that bend a row. The label begins with the row.
 */
#include "unit/offer/fixture.h"

#define OFF      .media = ENCRYPTED_MEDIA_OFF
#define SRTP     .media = ENCRYPTED_MEDIA_SRTP
#define OPTIONAL .media = ENCRYPTED_MEDIA_OPTIONAL

#define CLEAR    FAILURE_none, MEDIA_CLEAR
#define SDES     FAILURE_none, MEDIA_SDES
#define NO(f)    FAILURE_##f, MEDIA_CLEAR
#define P_AVP    SDP_PROFILE_RTP_AVP
#define P_S      SDP_PROFILE_RTP_SAVP

/* clang-format off */
static const struct row {
	const char *label;
	struct settings settings;
	const char *media;
	enum failure want;
	enum media_security security;
	enum sdp_profile profile; /* of the answer's first accepted audio line */
} rows[] = {
	{ "off | no crypto, RTP/AVP", { OFF }, AVP, CLEAR, P_AVP },
	{ "off | no crypto, RTP/AVPF", { OFF }, "m=audio 4000 RTP/AVPF 0\r\n", CLEAR,
		SDP_PROFILE_RTP_AVPF },
	{ "off | crypto in RTP/AVP", { OFF }, AVP CRYPTO80, SDES, P_S },
	{ "off | crypto in RTP/AVPF", { OFF }, "m=audio 4000 RTP/AVPF 0\r\n" CRYPTO80, SDES,
		SDP_PROFILE_RTP_SAVPF },
	{ "off | crypto in RTP/SAVP", { OFF }, SAVP CRYPTO80, SDES, P_S },
	{ "off | crypto in RTP/SAVPF", { OFF }, "m=audio 4000 RTP/SAVPF 0\r\n" CRYPTO80, SDES,
		SDP_PROFILE_RTP_SAVPF },
	{ "off | RTP/SAVP without crypto", { OFF }, SAVP, NO(srtp_profile_without_crypto), 0 },
	{ "SRTP | no crypto", { SRTP }, AVP, NO(srtp_required_not_offered), 0 },
	{ "SRTP | no crypto, RTP/SAVP", { SRTP }, SAVP, NO(srtp_profile_without_crypto), 0 },
	{ "SRTP | crypto, a common suite", { SRTP }, SAVP CRYPTO80, SDES, P_S },
	{ "SRTP | crypto in RTP/AVP", { SRTP }, AVP CRYPTO80, SDES, P_S },
	{ "SRTP | crypto, none in common", { SRTP }, SAVP CRYPTO_F8, NO(srtp_no_common_suite), 0 },
	{ "SRTP | crypto in RTP/AVP, none in common", { SRTP }, AVP CRYPTO_F8,
		NO(srtp_no_common_suite), 0 },
	{ "SRTP | the same, osrtp_decline changes nothing", { SRTP, .declines = true }, AVP
		CRYPTO_F8, NO(srtp_no_common_suite), 0 },
	{ "off, RTP/SAVP offered | crypto, none in common", { OFF }, SAVP CRYPTO_F8,
		NO(srtp_no_common_suite), 0 },
	{ "off, RTP/SAVP offered | the same, osrtp_decline changes nothing", { OFF, .declines =
		true }, SAVP CRYPTO_F8, NO(srtp_no_common_suite), 0 },
	{ "off, RTP/AVP offered | crypto, none in common", { OFF }, AVP CRYPTO_F8,
		NO(srtp_no_common_suite), 0 },
	{ "off, RTP/AVP offered | the same with osrtp_decline: rtp", { OFF, .declines = true }, AVP
		CRYPTO_F8, CLEAR, P_AVP },
	{ "off, RTP/AVP offered | bad key with osrtp_decline: rtp", { OFF, .declines = true }, AVP
		CRYPTO_BAD, CLEAR, P_AVP },
	{ "off | bad key", { OFF }, AVP CRYPTO_BAD, NO(srtp_line_unusable), 0 },
	{ "SRTP | bad key", { SRTP }, SAVP CRYPTO_BAD, NO(srtp_line_unusable), 0 },
	{ "SRTP | a line that is no grammar", { SRTP }, SAVP "a=crypto:x\r\n",
		NO(srtp_line_unusable), 0 },
	{ "SRTP | bad key, and a good line after it", { SRTP }, SAVP CRYPTO_BAD CRYPTO32, SDES,
		P_S },
	{ "SRTP | an unknown suite", { SRTP }, SAVP "a=crypto:1 NEW inline:" K30 "\r\n",
		NO(srtp_no_common_suite), 0 },
	{ "SRTP | UNENCRYPTED_SRTP is not permitted", { SRTP }, SAVP "a=crypto:1 " CM80 " inline:"
		K30 " UNENCRYPTED_SRTP\r\n", NO(srtp_parameter_unsupported), 0 },
	{ "SRTP | UNENCRYPTED_SRTCP is not permitted", { SRTP }, SAVP "a=crypto:1 " CM80 " inline:"
		K30 " UNENCRYPTED_SRTCP\r\n", NO(srtp_parameter_unsupported), 0 },
	{ "SRTP | UNAUTHENTICATED_SRTP is not permitted", { SRTP }, SAVP "a=crypto:1 " CM80
		" inline:" K30 " UNAUTHENTICATED_SRTP\r\n", NO(srtp_parameter_unsupported), 0 },
	{ "SRTP | FEC_KEY without a FEC stream (RFC 4568 §6.3.5)", { SRTP }, SAVP "a=crypto:1 " CM80
		" inline:" K30 " FEC_KEY=inline:" K30B "\r\n", NO(srtp_parameter_unsupported), 0 },
	{ "SRTP | an unknown mandatory parameter", { SRTP }, SAVP "a=crypto:1 " CM80 " inline:" K30
		" NEW\r\n", NO(srtp_parameter_unsupported), 0 },
	{ "SRTP | an unknown optional parameter, WSH, FEC_ORDER", { SRTP }, SAVP "a=crypto:1 " CM80
		" inline:" K30 "|2^31 -NEW WSH=128 FEC_ORDER=FEC_SRTP\r\n", SDES, P_S },
	{ "optional | no crypto, RTP/AVP", { OPTIONAL }, AVP, CLEAR, P_AVP },
	{ "optional | crypto", { OPTIONAL }, AVP CRYPTO80, SDES, P_S },
	{ "optional | RTP/SAVP without crypto", { OPTIONAL }, SAVP, NO(srtp_profile_without_crypto),
		0 },
	{ "optional | crypto, none in common", { OPTIONAL }, AVP CRYPTO_F8,
		NO(srtp_no_common_suite), 0 },
	{ "optional | the same with osrtp_decline: rtp", { OPTIONAL, .declines = true }, AVP
		CRYPTO_F8, CLEAR, P_AVP },
	/* DTLS-SRTP: "never an error" once it is built */
	{ "any | DTLS-SRTP, off", { OFF }, "m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n" PRINT,
		NO(dtls_not_built), 0 },
	{ "any | DTLS-SRTP, SRTP", { SRTP }, "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n" PRINT,
		NO(dtls_not_built), 0 },
	{ "any | DTLS-SRTP, optional", { OPTIONAL }, "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n" PRINT,
		NO(dtls_not_built), 0 },
	{ "any | DTLS-SRTP under its old profile", { OFF }, SAVP PRINT, NO(dtls_not_built), 0 },
	{ "any | crypto and fingerprint together, UDP/TLS: DTLS", { SRTP },
		"m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n" CRYPTO80 PRINT, NO(dtls_not_built), 0 },
	{ "any | crypto and fingerprint together, RTP/SAVP: SDES", { SRTP }, SAVP CRYPTO80 PRINT,
		SDES, P_S },
	{ "any | crypto and fingerprint together, RTP/AVP: SDES", { OFF }, AVP PRINT CRYPTO80, SDES,
		P_S },
	{ "off | fingerprint in RTP/AVP: declined (RFC 8643 §3.2)", { OFF }, AVP PRINT, CLEAR,
		P_AVP },
	{ "SRTP | fingerprint in RTP/AVP", { SRTP }, AVP PRINT, NO(srtp_required_not_offered), 0 },
	/* settings */
	{ "answer_profile: mirror, RTP/AVP", { OFF, .mirrors = true }, AVP CRYPTO80, SDES, P_AVP },
	{ "answer_profile: mirror, RTP/SAVP", { OFF, .mirrors = true }, SAVP CRYPTO80, SDES, P_S },
	{ "require_tls, clear signalling", { SRTP, .needs_tls = true }, SAVP CRYPTO80,
		NO(srtp_keys_exposed), 0 },
	{ "require_tls, clear signalling, off", { OFF, .needs_tls = true }, AVP CRYPTO80,
		NO(srtp_keys_exposed), 0 },
	{ "require_tls, clear signalling, nothing to expose", { OFF, .needs_tls = true }, AVP,
		CLEAR, P_AVP },
	{ "require_tls, TLS", { SRTP, .needs_tls = true, .is_tls = true }, SAVP CRYPTO80, SDES,
		P_S },
	/* several m-lines: each is judged by itself */
	{ "two-m-line form, secure first", { OFF }, SAVP CRYPTO80 AVP, SDES, P_S },
	{ "two-m-line form, clear first", { OFF }, AVP SAVP CRYPTO80, SDES, P_S },
	{ "two-m-line form, SRTP", { SRTP }, AVP SAVP CRYPTO80, SDES, P_S },
	{ "two-m-line form, secure line unusable, off", { OFF }, SAVP CRYPTO_F8 AVP, CLEAR, P_AVP },
	{ "two-m-line form, secure line unusable, SRTP: its reason", { SRTP }, AVP SAVP CRYPTO_F8,
		NO(srtp_no_common_suite), 0 },
	{ "T.38 beside encrypted audio", { SRTP }, SAVP CRYPTO80 "m=image 4002 udptl t38\r\n", SDES,
		P_S },
	{ "T.38 alone on an encrypted leg", { SRTP }, "m=image 4002 udptl t38\r\n",
		NO(t38_on_encrypted_leg), 0 },
	{ "T.38 alone, off: not relayed yet", { OFF }, "m=image 4002 udptl t38\r\n",
		NO(sdp_no_audio), 0 },
	{ "an unknown transport beside audio", { OFF }, "m=audio 4000 FOO/BAR 0\r\n" AVP, CLEAR,
		P_AVP },
	{ "no m-line", { OFF }, "", NO(sdp_no_audio), 0 },
	{ "audio with port 0", { OFF }, "m=audio 0 RTP/AVP 0\r\n", NO(sdp_no_audio), 0 },
	{ "video only", { OFF }, "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
		NO(sdp_no_audio), 0 },
};
/* clang-format on */

static struct described offer;
static struct offer_streams judged;

static int setup(void **state)
{
	(void)state;
	described_init(&offer);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	described_deinit(&offer);
	return 0;
}

static bool has_keys(const struct offer_streams *s)
{
	static const struct srtp_keying none;

	for (size_t i = 0; i < s->count; i++)
		if (memcmp(&s->stream[i].rx, &none, sizeof(none)) != 0 ||
			memcmp(&s->stream[i].tx, &none, sizeof(none)) != 0)
			return true;
	return false;
}

static void answering_follows_the_decision_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct offer_policy policy = policy_of(&rows[i].settings);
		struct offer_stream *s;

		ROW(rows[i].label);
		described_set(&offer, HEAD, rows[i].media);
		CHECK_INT(rows[i].want, offer_judge(&offer.sdp, &policy, &judged));
		CHECK_INT(offer.sdp.media_count, judged.count);
		s = offer_streams_audio(&judged);
		CHECK_INT(rows[i].want == FAILURE_none, s != NULL);
		CHECK_INT(rows[i].want == FAILURE_none && rows[i].security == MEDIA_SDES,
			has_keys(&judged));
		if (!s)
			continue;
		CHECK_INT(rows[i].security, s->security);
		CHECK_INT(rows[i].profile, s->profile);
		CHECK_INT(rows[i].security == MEDIA_SDES && !rows[i].settings.is_tls,
			s->keys_exposed);
	}
}

static void without_audio_no_other_line_keeps_its_keys(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ SRTP });

	(void)state;
	described_set(&offer, HEAD, AVP "m=video 4004 RTP/SAVP 96\r\n" CRYPTO80);
	CHECK_INT(FAILURE_srtp_required_not_offered, offer_judge(&offer.sdp, &policy, &judged));
	CHECK(!judged.stream[1].accepted);
	CHECK_INT(FAILURE_stream_not_relayed, judged.stream[1].why);
	CHECK(!has_keys(&judged));
}

static void one_line_of_the_two_is_accepted(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ OFF });

	(void)state;
	described_set(&offer, HEAD, AVP SAVP CRYPTO80 "m=video 4004 RTP/AVP 96\r\n");
	CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
	CHECK(!judged.stream[0].accepted);
	CHECK_INT(FAILURE_stream_not_relayed, judged.stream[0].why);
	CHECK(judged.stream[1].accepted);
	CHECK(judged.stream[2].accepted); /* of another kind */

	policy.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
	CHECK(!judged.stream[2].accepted); /* a further line without encryption */
	CHECK_INT(FAILURE_srtp_required_not_offered, judged.stream[2].why);
}

/* suite_choice, and the suite that a leg has agreed on before */
static void the_suite_is_chosen_by_the_policy(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *media;
		bool theirs;
		enum srtp_suite agreed;
		enum srtp_suite want;
		unsigned tag;
	} suites[] = {
		{ "ours", SAVP CRYPTO32 CRYPTO80, false, 0, SRTP_AES_CM_128_HMAC_SHA1_80, 1 },
		{ "theirs", SAVP CRYPTO32 CRYPTO80, true, 0, SRTP_AES_CM_128_HMAC_SHA1_32, 2 },
		{ "theirs, the first that is allowed", SAVP CRYPTO_F8 CRYPTO80 CRYPTO32, true, 0,
			SRTP_AES_CM_128_HMAC_SHA1_80, 1 },
		{ "agreed before", SAVP CRYPTO80 CRYPTO32, false, SRTP_AES_CM_128_HMAC_SHA1_32,
			SRTP_AES_CM_128_HMAC_SHA1_32, 2 },
		{ "agreed before, not offered now", SAVP CRYPTO80, false,
			SRTP_AES_CM_128_HMAC_SHA1_32, SRTP_AES_CM_128_HMAC_SHA1_80, 1 },
		{ "agreed before, not allowed", SAVP CRYPTO_F8 CRYPTO80, false,
			SRTP_F8_128_HMAC_SHA1_80, SRTP_AES_CM_128_HMAC_SHA1_80, 1 },
		{ "the same suite twice: the first line", SAVP CRYPTO80 "a=crypto:9 " CM80
			" inline:" K30B "\r\n", false, 0, SRTP_AES_CM_128_HMAC_SHA1_80, 1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(suites); i++) {
		struct offer_policy policy =
			policy_of(&(struct settings){ SRTP, .theirs = suites[i].theirs });

		ROW(suites[i].label);
		policy.agreed = suites[i].agreed;
		described_set(&offer, HEAD, suites[i].media);
		CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
		CHECK_INT(suites[i].want, judged.stream[0].rx.suite);
		CHECK_INT(suites[i].tag, judged.stream[0].tag);
	}
}

static void mkis_lifetimes_and_rates_reach_the_key(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ SRTP });
	const struct srtp_keying *rx = &judged.stream[0].rx;

	(void)state;
	described_set(&offer, HEAD, SAVP "a=crypto:1 " CM80 " inline:" K30 "|2^31|1:4\r\n");
	CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
	CHECK_INT(1, rx->mki);
	CHECK_INT(4, rx->mki_len);
	CHECK_INT(0, rx->more_count);
	described_set(&offer, HEAD,
		SAVP "a=crypto:1 " CM80 " inline:" K30 "|7:2;inline:" K30B "|8:2\r\n");
	CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
	CHECK_INT(7, rx->mki);
	CHECK_INT(1, rx->more_count);
	CHECK_INT(8, rx->more[0].mki);
	CHECK_INT(0x7c, rx->more[0].bytes[0]);
	described_set(&offer, HEAD, SAVP "a=crypto:1 " CM80 " inline:" K30 " KDR=10\r\n");
	CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
	CHECK_INT(10, rx->kdr);
	described_set(&offer, HEAD, SAVP "a=crypto:1 " CM80 " inline:" K30 "|2^20\r\n");
	CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
	CHECK_INT(1 << 20, rx->lifetime);
}

/* SPEC §2.1: UNENCRYPTED_* wants the permission of suite 13, UNAUTHENTICATED_SRTP that of 9 */
static void session_parameters_want_the_permission_of_a_suite_as_weak(void **state)
{
	static const struct {
		const char *label, *params;
		enum srtp_suite permission, other;
		unsigned flags;
	} weak[] = {
		{ "UNENCRYPTED_SRTP", " UNENCRYPTED_SRTP", SRTP_NULL_HMAC_SHA1_80,
			SRTP_AES_CM_128_NULL_AUTH, SRTP_UNENCRYPTED_RTP },
		{ "UNENCRYPTED_SRTCP", " UNENCRYPTED_SRTCP", SRTP_NULL_HMAC_SHA1_32,
			SRTP_AES_CM_128_NULL_AUTH, SRTP_UNENCRYPTED_RTCP },
		{ "UNAUTHENTICATED_SRTP", " UNAUTHENTICATED_SRTP", SRTP_AES_CM_128_NULL_AUTH,
			SRTP_NULL_HMAC_SHA1_80, SRTP_UNAUTHENTICATED_RTP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(weak); i++) {
		struct offer_policy policy = policy_of(&(struct settings){ SRTP });
		char media[512];

		ROW(weak[i].label);
		snprintf(media, sizeof(media), SAVP "a=crypto:1 " CM80 " inline:" K30 "%s\r\n",
			weak[i].params);
		described_set(&offer, HEAD, media);
		CHECK_INT(FAILURE_srtp_parameter_unsupported,
			offer_judge(&offer.sdp, &policy, &judged));
		policy.suites[policy.suite_count++] = weak[i].other;
		CHECK_INT(FAILURE_srtp_parameter_unsupported,
			offer_judge(&offer.sdp, &policy, &judged));
		policy.suites[policy.suite_count++] = weak[i].permission;
		CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
		CHECK_INT(weak[i].flags, judged.stream[0].rx.flags);
		CHECK_INT(0, srtp_keying_protects(&judged.stream[0].rx));
	}
}

static void an_aead_cannot_be_unauthenticated(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ SRTP });

	(void)state;
	policy.suites[0] = SRTP_AEAD_AES_128_GCM;
	policy.suites[1] = SRTP_AES_CM_128_NULL_AUTH;
	described_set(&offer, HEAD,
		SAVP "a=crypto:1 AEAD_AES_128_GCM inline:" K28 " UNAUTHENTICATED_SRTP\r\n");
	CHECK_INT(FAILURE_srtp_parameter_unsupported, offer_judge(&offer.sdp, &policy, &judged));
}

static void codecs_that_the_policy_leaves_out_refuse_early(void **state)
{
	struct offer_policy policy = policy_of(&(struct settings){ OFF });

	(void)state;
	policy.codecs[0] = SPAN("opus");
	policy.codec_count = 1;
	described_set(&offer, HEAD, AVP);
	CHECK_INT(FAILURE_no_common_codec, offer_judge(&offer.sdp, &policy, &judged));
	policy.codecs[0] = SPAN("pcma");
	CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
}

static void packets_go_where_the_peer_says_or_nowhere(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *media, *rtp, *rtcp;
	} places[] = {
		{ "c= and port", AVP, "192.0.2.1:4000", "192.0.2.1:4001" },
		{ "IPv6", AVP "c=IN IP6 2001:db8::9\r\n", "[2001:db8::9]:4000",
			"[2001:db8::9]:4001" },
		{ "a=rtcp", AVP "a=rtcp:53 IN IP4 192.0.2.7\r\n", "192.0.2.1:4000",
			"192.0.2.7:53" },
		{ "rtcp-mux", AVP "a=rtcp-mux\r\na=rtcp:53\r\n", "192.0.2.1:4000",
			"192.0.2.1:4000" },
		{ "0.0.0.0", AVP "c=IN IP4 0.0.0.0\r\n", "", "" },
		{ "multicast", AVP "c=IN IP4 224.2.1.1/127\r\n", "", "" },
		{ "broadcast", AVP "c=IN IP4 255.255.255.255\r\n", "", "" },
		{ "a name", AVP "c=IN IP4 host.example\r\n", "", "" },
	};
	/* clang-format on */
	struct offer_policy policy = policy_of(&(struct settings){ OFF });
	char text[NETADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct offer_stream *s = &judged.stream[0];

		ROW(places[i].label);
		described_set(&offer, HEAD, places[i].media);
		CHECK_INT(FAILURE_none, offer_judge(&offer.sdp, &policy, &judged));
		CHECK_INT(places[i].rtp[0] != 0, s->rtp.family != IP_NONE);
		if (s->rtp.family == IP_NONE)
			continue;
		CHECK_SPAN(places[i].rtp, span_of(netaddr_text(&s->rtp, text)));
		CHECK_SPAN(places[i].rtcp, span_of(netaddr_text(&s->rtcp, text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answering_follows_the_decision_table),
		cmocka_unit_test(without_audio_no_other_line_keeps_its_keys),
		cmocka_unit_test(one_line_of_the_two_is_accepted),
		cmocka_unit_test(the_suite_is_chosen_by_the_policy),
		cmocka_unit_test(mkis_lifetimes_and_rates_reach_the_key),
		cmocka_unit_test(session_parameters_want_the_permission_of_a_suite_as_weak),
		cmocka_unit_test(an_aead_cannot_be_unauthenticated),
		cmocka_unit_test(codecs_that_the_policy_leaves_out_refuse_early),
		cmocka_unit_test(packets_go_where_the_peer_says_or_nowhere),
	};

	return cmocka_run_group_tests_name("offer.judge", tests, setup, teardown);
}
