/**
 * @file unit/offer/again_test.c  Tests offer_write and offer_write_answer: later offers of one leg,
 * and the bounds of what is written.
 */
#include "unit/offer/call.h"

#include "offer/local.h"

static void a_later_offer_keeps_key_suite_and_version(void **state)
{
	char first[SDP_TEXT_MAX];
	struct srtp_keying tx;
	size_t n;

	(void)state;
	call.policy_b.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	n = call.to_b.b.n;
	memcpy(first, call.to_b.text, n);
	ROW("the same again");
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	CHECK_INT(1, call.local_b.version);
	CHECK(n == call.to_b.b.n && memcmp(first, call.to_b.text, n) == 0);
	CHECK_INT(FAILURE_none, answer_from_b(SAVP CRYPTO32));
	tx = call.agreed.stream[0].tx;
	ROW("after an agreement: that suite only, under its tag, with the same key");
	CHECK_INT(FAILURE_none, offer_to_b(AVP "a=sendonly\r\n"));
	CHECK_INT(2, call.local_b.version);
	CHECK_INT(1, call.to_b.sdp.media[0].crypto_count);
	CHECK(described_has(&call.to_b, "a=crypto:2 " CM32 " inline:"));
	ROW("a new peer key is taken");
	CHECK_INT(FAILURE_none,
		answer_from_b(SAVP "a=crypto:2 " CM32 " inline:" K30B "\r\na=recvonly\r\n"));
	CHECK(memcmp(&tx, &call.agreed.stream[0].tx, sizeof(tx)) == 0);
	CHECK_INT(0x7c, call.agreed.stream[0].rx.bytes[0]);
	offer_local_wipe(&call.local_b);
	CHECK_INT(0, call.local_b.key_count);
}

/* "off" honours what the peer offered; our own later offer must not take it back */
static void a_leg_that_came_to_srtp_stays_there_in_our_offers(void **state)
{
	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(SAVP CRYPTO80));
	CHECK_INT(FAILURE_none, answer_from_b(AVP));
	call.to_a.b = buf_over(call.to_a.text, sizeof(call.to_a.text));
	CHECK_INT(FAILURE_none, offer_write(&call.to_a.b, &call.from_b.sdp, &call.policy_a,
					&call.local_a, &call.rng.rng, &call.made));
	described_parse(&call.to_a);
	CHECK(described_has(&call.to_a, "RTP/SAVP 0 8 101\r\n"));
	CHECK_INT(1, call.to_a.sdp.media[0].crypto_count);
	described_set(&call.from_a, HEAD, AVP);
	CHECK_INT(
		FAILURE_srtp_answer_missing, offer_accept(&call.made, &call.from_a.sdp,
						     &call.policy_a, &call.local_a, &call.judged));
}

static void m_lines_are_never_fewer_than_before(void **state)
{
	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(AVP "m=video 4010 RTP/AVP 96\r\n"));
	CHECK_INT(2, call.to_b.sdp.media_count);
	CHECK_INT(0, call.to_b.sdp.media[1].port);
	call.to_b.b = buf_over(call.to_b.text, sizeof(call.to_b.text));
	CHECK_INT(FAILURE_none, offer_write(&call.to_b.b, NULL, &call.policy_b, &call.local_b,
					&call.rng.rng, &call.made));
	described_parse(&call.to_b);
	CHECK_INT(2, call.to_b.sdp.media_count);
	CHECK_INT(SDP_KIND_VIDEO, call.to_b.sdp.media[1].kind);
	CHECK_INT(0, call.to_b.sdp.media[1].port);
}

static void a_small_buffer_is_left_empty(void **state)
{
	char small[64];
	struct buf b = buf_over(small, sizeof(small));

	(void)state;
	CHECK_INT(FAILURE_internal_error,
		offer_write(&b, NULL, &call.policy_b, &call.local_b, &call.rng.rng, &call.made));
	CHECK_INT(0, b.n);
	CHECK_INT(0, call.local_b.version);
}

static void no_port_means_no_stream(void **state)
{
	struct offer_local none = { .version = 0 };

	(void)state;
	CHECK_INT(FAILURE_sdp_no_audio,
		offer_write(&call.to_b.b, NULL, &call.policy_b, &none, &call.rng.rng, &call.made));
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	call.local_a.rtp[0].family = IP_NONE;
	CHECK_INT(FAILURE_stream_not_relayed, answer_a(NULL));
}

/* Attributes to copy are bounded, so that what we write can be read by such as we are. */
static void attributes_are_copied_up_to_a_maximum(void **state)
{
	static char media[SDP_TEXT_MAX];

	(void)state;
	for (size_t n = 255; n <= 256; n++) {
		struct buf b = buf_over(media, sizeof(media) - 1);

		ROW(n == 255 ? "at the maximum" : "one above");
		buf_put(&b, SPAN(AVP)); /* has one */
		for (size_t i = 0; i < n; i++)
			buf_put(&b, SPAN("a=x\r\n"));
		media[b.n] = 0;
		CHECK_INT(n == 255 ? FAILURE_none : FAILURE_sdp_malformed, offer_to_b(media));
	}
}

static void check_offered(const char *const *names, size_t n)
{
	const struct sdp_media *m = &call.to_b.sdp.media[0];
	char start[64];

	CHECK_INT(n, m->crypto_count);
	for (size_t i = 0; i < n; i++) {
		const struct sdp_attribute *a =
			sdp_attribute(m->attributes, m->attribute_count, SPAN("crypto"), i);
		struct span value;

		ROW(names[i]);
		snprintf(start, sizeof(start), "%zu %s inline:", i + 1, names[i]);
		CHECK(a != NULL);
		value = a->value;
		CHECK(span_strip(&value, span_of(start)));
	}
}

/* SPEC §2.1 */
static void the_default_order_of_suites_is_the_specifications(void **state)
{
	static const char *const order[] = { "AEAD_AES_256_GCM", "AEAD_AES_128_GCM",
		"AEAD_AES_256_GCM_8", "AEAD_AES_128_GCM_8", "AES_256_CM_HMAC_SHA1_80",
		"AES_CM_128_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32", "AES_CM_128_HMAC_SHA1_32",
		"AES_192_CM_HMAC_SHA1_80", "AES_192_CM_HMAC_SHA1_32" };

	(void)state;
	offer_policy_default(&call.policy_b);
	call.policy_b.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	check_offered(order, ARRAY_LEN(order));
}

/* SPEC T13; RFC 4568 §6.2.1: the last place is for the suite that every peer has */
static void udp_offers_at_most_four_suites(void **state)
{
	static const char *const usual[] = { "AEAD_AES_256_GCM", "AEAD_AES_128_GCM",
		"AEAD_AES_256_GCM_8", "AES_CM_128_HMAC_SHA1_80" };
	static const char *const others[] = { "AEAD_AES_256_GCM_8", "AEAD_AES_128_GCM_8",
		"AES_256_CM_HMAC_SHA1_80", "AES_192_CM_HMAC_SHA1_80" };

	(void)state;
	offer_policy_default(&call.policy_b);
	call.policy_b.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	call.policy_b.signalling_is_udp = true;
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	check_offered(usual, ARRAY_LEN(usual));
	for (unsigned i = 0; i < 6; i++) /* without that suite, and one more than four */
		call.policy_b.suites[i] =
			(enum srtp_suite)(SRTP_AEAD_AES_256_GCM_8 + i + (i > 3 ? 1 : 0));
	call.policy_b.suite_count = 6;
	local_open(&call.local_b, &call.rng.rng, "2001:db8::1", 30000);
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	check_offered(others, ARRAY_LEN(others));
}

static void every_suite_that_is_listed_can_be_offered(void **state)
{
	(void)state;
	for (unsigned i = 1; i < SRTP_SUITE_COUNT; i++)
		call.policy_b.suites[i - 1] = (enum srtp_suite)i;
	call.policy_b.suite_count = SRTP_SUITE_COUNT - 1;
	call.policy_b.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	CHECK_INT(SRTP_SUITE_COUNT - 1, call.to_b.sdp.media[0].crypto_count);
}

/* RFC 4568 §6.1: a later offer that sends our own key back would make two streams of one key */
static void our_own_key_in_a_later_offer_is_refused(void **state)
{
	char media[1024];
	struct buf b = buf_over(media, sizeof(media));
	const struct sdp_media *m = &call.to_a.sdp.media[0];
	const struct sdp_attribute *ours;

	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(SAVP CRYPTO80));
	CHECK_INT(FAILURE_none, answer_a(NULL));
	ours = sdp_attribute(m->attributes, m->attribute_count, SPAN("crypto"), 0);
	CHECK(ours != NULL);
	buf_put(&b, SPAN(SAVP "a=crypto:"));
	buf_put(&b, ours->value);
	buf_put(&b, SPAN("\r\n"));
	buf_putc(&b, 0);
	CHECK_INT(FAILURE_none, offer_to_b(media));
	CHECK_INT(FAILURE_srtp_line_unusable, answer_a(NULL));
	CHECK_INT(0, call.to_a.b.n);
	CHECK_INT(SRTP_SUITE_NONE, call.judged.stream[0].tx.suite);
}

/* The MKI is not signed: as a second key ours is reflected just as well */
static void our_own_key_as_a_second_key_is_refused(void **state)
{
	char media[1024];
	struct buf b = buf_over(media, sizeof(media));
	const struct sdp_media *m = &call.to_a.sdp.media[0];
	const struct sdp_attribute *a;
	struct span ours;

	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(SAVP CRYPTO80));
	CHECK_INT(FAILURE_none, answer_a(NULL));
	a = sdp_attribute(m->attributes, m->attribute_count, SPAN("crypto"), 0);
	CHECK(a != NULL);
	ours = a->value;
	CHECK(span_strip(&ours, SPAN("1 " CM80 " inline:")));
	buf_put(&b, SPAN(SAVP "a=crypto:1 " CM80 " inline:" K30 "|1:4;inline:"));
	buf_put(&b, ours);
	buf_put(&b, SPAN("|2:4\r\n"));
	buf_putc(&b, 0);
	CHECK_INT(FAILURE_none, offer_to_b(media));
	CHECK_INT(FAILURE_srtp_line_unusable, answer_a(NULL));
	CHECK_INT(0, call.to_a.b.n);
}

/* A route that fails leaves the caller's offer to be answered by the next one. */
static void a_failed_answer_leaves_the_judgement_as_it_was(void **state)
{
	struct offer_streams before;

	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(SAVP CRYPTO80));
	before = call.judged;
	CHECK_INT(FAILURE_no_common_codec, answer_from_b("m=audio 5000 RTP/AVP 18\r\n"));
	CHECK(memcmp(&before, &call.judged, sizeof(before)) == 0);
	CHECK_INT(FAILURE_none, answer_from_b(AVP));
	CHECK(described_has(&call.to_a, "a=crypto:1 " CM80));
	offer_streams_wipe(&call.judged);
	memset(&before, 0, sizeof(before));
	CHECK(memcmp(&before, &call.judged, sizeof(before)) == 0);
}

/* SPEC §2.5: what media knew of the first suite's indexes is gone when it comes back */
static void a_suite_that_comes_back_has_a_key_of_its_own(void **state)
{
	static const char *const offers[] = { SAVP CRYPTO80, SAVP CRYPTO32, SAVP CRYPTO80, AVP,
		SAVP CRYPTO32, SAVP CRYPTO80 };
	struct srtp_keying sent[ARRAY_LEN(offers)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(offers); i++) {
		ROW(offers[i]);
		call.policy_a.agreed = call.local_a.agreed;
		CHECK_INT(FAILURE_none, offer_to_b(offers[i]));
		CHECK_INT(FAILURE_none, answer_a(NULL));
		sent[i] = call.judged.stream[0].tx;
		CHECK_INT(sent[i].suite != SRTP_SUITE_NONE, call.local_a.key_count);
		for (size_t j = 0; j < i; j++)
			CHECK(memcmp(sent[j].bytes, sent[i].bytes, sizeof(sent[i].bytes)) != 0);
	}
	CHECK_INT(SRTP_SUITE_NONE, sent[3].suite);
}

/* The same where we offer: an answer without crypto ends what media knew of the key */
static void a_key_that_was_left_is_not_offered_again(void **state)
{
	static const char *const answers[] = { SAVP CRYPTO80, AVP, SAVP CRYPTO80, AVP,
		SAVP CRYPTO32, AVP, SAVP CRYPTO80 };
	struct srtp_keying sent[ARRAY_LEN(answers)];

	(void)state;
	call.policy_b.encrypted_media = ENCRYPTED_MEDIA_OPTIONAL;
	call.policy_b.suites[0] = SRTP_AES_CM_128_HMAC_SHA1_80;
	call.policy_b.suites[1] = SRTP_AES_CM_128_HMAC_SHA1_32;
	call.policy_b.suite_count = 2;
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		ROW(answers[i]);
		CHECK_INT(FAILURE_none, offer_to_b(AVP));
		CHECK_INT(FAILURE_none, answer_from_b(answers[i]));
		sent[i] = call.agreed.stream[0].tx;
		for (size_t j = 0; j < i; j++)
			CHECK(sent[j].suite == SRTP_SUITE_NONE ||
				memcmp(sent[j].bytes, sent[i].bytes, sizeof(sent[i].bytes)) != 0);
	}
}

/* Two answers to one offer may differ (a fork's); a third cannot bring the first one's key back */
static void an_answer_cannot_go_back_to_a_key_that_was_left(void **state)
{
	(void)state;
	call.policy_b.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	call.policy_b.suites[0] = SRTP_AES_CM_128_HMAC_SHA1_80;
	call.policy_b.suites[1] = SRTP_AES_CM_128_HMAC_SHA1_32;
	call.policy_b.suite_count = 2;
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	CHECK_INT(FAILURE_none, answer_from_b(SAVP CRYPTO80));
	CHECK_INT(FAILURE_none, answer_from_b(SAVP CRYPTO80));
	CHECK_INT(FAILURE_none, answer_from_b(SAVP CRYPTO32));
	CHECK(answer_from_b(SAVP CRYPTO80) != FAILURE_none);
}

/* Listed by name is allowed, not preferred: NULL stands last, and so does what encrypts as little
 */
static void a_line_that_protects_less_ranks_where_the_list_has_that(void **state)
{
	static const char offer[] =
		SAVP "a=crypto:9 " CM80 " inline:" K30 " UNENCRYPTED_SRTP\r\n" CRYPTO32;

	(void)state;
	call.policy_a.suites[0] = SRTP_AES_CM_128_HMAC_SHA1_80;
	call.policy_a.suites[1] = SRTP_AES_CM_128_HMAC_SHA1_32;
	call.policy_a.suites[2] = SRTP_NULL_HMAC_SHA1_80;
	call.policy_a.suite_count = 3;
	CHECK_INT(FAILURE_none, offer_to_b(offer));
	CHECK_INT(SRTP_AES_CM_128_HMAC_SHA1_32, call.judged.stream[0].rx.suite);
	CHECK_INT(0, call.judged.stream[0].rx.flags);
	ROW("alone it is taken");
	CHECK_INT(FAILURE_none,
		offer_to_b(SAVP "a=crypto:9 " CM80 " inline:" K30 " UNENCRYPTED_SRTP\r\n"));
	CHECK_INT(SRTP_UNENCRYPTED_RTP, call.judged.stream[0].rx.flags);
}

/* RFC 4568 §6.3.2: negotiated, so it is echoed, and goes on in our own later offers */
static void session_parameters_are_echoed_and_go_on(void **state)
{
	static const char weak[] =
		SAVP "a=crypto:3 " CM80 " inline:" K30 "|1:4 KDR=4 UNENCRYPTED_SRTCP\r\n";
	struct srtp_keying first;

	(void)state;
	call.policy_a.suites[call.policy_a.suite_count++] = SRTP_NULL_HMAC_SHA1_80;
	CHECK_INT(FAILURE_none, offer_to_b(weak));
	CHECK_INT(FAILURE_none, answer_a(NULL));
	first = call.judged.stream[0].tx;
	CHECK_INT(SRTP_UNENCRYPTED_RTCP, first.flags);
	CHECK_INT(0, first.mki_len); /* our key is one, and derived once: what A says is of A's */
	CHECK_INT(0, first.kdr);
	CHECK(described_has(&call.to_a, " UNENCRYPTED_SRTCP\r\n"));
	CHECK(!described_has(&call.to_a, "KDR"));
	ROW("our later offer");
	call.to_a.b = buf_over(call.to_a.text, sizeof(call.to_a.text));
	CHECK_INT(FAILURE_none, offer_write(&call.to_a.b, NULL, &call.policy_a, &call.local_a,
					&call.rng.rng, &call.made));
	described_parse(&call.to_a);
	CHECK(described_has(&call.to_a, " UNENCRYPTED_SRTCP\r\n"));
	described_set(&call.from_a, HEAD, SAVP "a=crypto:3 " CM80 " inline:" K30 "\r\n");
	CHECK_INT(FAILURE_srtp_parameter_unsupported,
		offer_accept(
			&call.made, &call.from_a.sdp, &call.policy_a, &call.local_a, &call.judged));
	described_set(&call.from_a, HEAD, weak);
	CHECK_INT(FAILURE_none, offer_accept(&call.made, &call.from_a.sdp, &call.policy_a,
					&call.local_a, &call.judged));
	CHECK(srtp_keying_eq(&first, &call.judged.stream[0].tx));
	ROW("a later offer without it: another use of the key is another key");
	call.policy_a.agreed = call.local_a.agreed;
	CHECK_INT(FAILURE_none, offer_to_b(SAVP CRYPTO80));
	CHECK_INT(FAILURE_none, answer_a(NULL));
	CHECK_INT(0, call.judged.stream[0].tx.flags);
	CHECK(memcmp(first.bytes, call.judged.stream[0].tx.bytes, 30) != 0);
}

static void a_leg_has_so_many_keys_and_no_more(void **state)
{
	struct offer_local *l = &call.local_a;
	const struct offer_key *first =
		local_key(l, &call.rng.rng, 0, SRTP_AES_CM_128_HMAC_SHA1_80);

	(void)state;
	for (size_t i = 1; i < OFFER_KEYS_MAX; i++)
		CHECK(local_key(l, &call.rng.rng, i, SRTP_AES_CM_128_HMAC_SHA1_80) != NULL);
	CHECK(!local_key(l, &call.rng.rng, OFFER_KEYS_MAX, SRTP_AES_CM_128_HMAC_SHA1_80));
	CHECK(local_key(l, &call.rng.rng, 0, SRTP_AES_CM_128_HMAC_SHA1_80) == first);
	for (size_t i = 1; i < OFFER_KEYS_MAX; i++)
		CHECK(memcmp(first->bytes, l->keys[i].bytes, 30) != 0);

	static const struct offer_key none;
	struct offer_key last = l->keys[OFFER_KEYS_MAX - 1];
	ROW("one is forgotten, the others move up");
	local_forget(l, 5);
	CHECK_INT(OFFER_KEYS_MAX - 1, l->key_count);
	CHECK(memcmp(&last, &l->keys[OFFER_KEYS_MAX - 2], sizeof(last)) == 0);
	CHECK(memcmp(&none, &l->keys[OFFER_KEYS_MAX - 1], sizeof(none)) == 0);
	CHECK(!local_key(l, NULL, 5, SRTP_AES_CM_128_HMAC_SHA1_80));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_later_offer_keeps_key_suite_and_version),
		TEST(a_leg_that_came_to_srtp_stays_there_in_our_offers),
		TEST(m_lines_are_never_fewer_than_before),
		TEST(a_small_buffer_is_left_empty),
		TEST(no_port_means_no_stream),
		TEST(attributes_are_copied_up_to_a_maximum),
		TEST(the_default_order_of_suites_is_the_specifications),
		TEST(udp_offers_at_most_four_suites),
		TEST(every_suite_that_is_listed_can_be_offered),
		TEST(a_line_that_protects_less_ranks_where_the_list_has_that),
		TEST(session_parameters_are_echoed_and_go_on),
		TEST(our_own_key_in_a_later_offer_is_refused),
		TEST(our_own_key_as_a_second_key_is_refused),
		TEST(a_failed_answer_leaves_the_judgement_as_it_was),
		TEST(a_suite_that_comes_back_has_a_key_of_its_own),
		TEST(a_key_that_was_left_is_not_offered_again),
		TEST(an_answer_cannot_go_back_to_a_key_that_was_left),
		TEST(a_leg_has_so_many_keys_and_no_more),
	};

	return cmocka_run_group_tests_name("offer.again", tests, NULL, NULL);
}
