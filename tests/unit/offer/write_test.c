/** @file unit/offer/write_test.c  Tests offer_write and offer_write_answer: what crosses a call. */
#include "unit/offer/call.h"

static void an_offer_is_described_by_us(void **state)
{
	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	CHECK(described_has(&call.to_b, "v=0\r\no=- "));
	CHECK(described_has(&call.to_b, " 1 IN IP6 2001:db8::1\r\ns=-\r\n"
					"c=IN IP6 2001:db8::1\r\nt=0 0\r\n"
					"m=audio 30000 RTP/AVP 0 8 101\r\n"));
	CHECK(!described_has(&call.to_b, "192.0.2.1"));
}

/* SPEC §4: what never crosses, whatever its case, at either level; what does */
static void only_what_may_cross_crosses(void **state)
{
	static const char *const never[] = {
		"crypto:1 " CM80 " inline:" K30,
		"Crypto:1 " CM80 " inline:" K30,
		"crypto :1 " CM80 " inline:" K30,
		" crypto:1 " CM80 " inline:" K30,
		"crypto\t:1 " CM80 " inline:" K30,
		"\xc2\xa0"
		"crypto:1 " CM80 " inline:" K30,
		"key-mgmt:mikey x",
		"fingerprint:sha-256 AA",
		"setup:actpass",
		"connection:new",
		"tls-id:x",
		"candidate:1 1 UDP 1 10.0.0.1 9 typ host",
		"end-of-candidates",
		"remote-candidates:1 10.0.0.1 9",
		"ice-ufrag:x",
		"ice-lite",
		"ice-x-new:1",
		"rtcp:53 IN IP4 10.0.0.1",
		"rtcp-mux",
		"rtcp-mux-only",
		"zrtp-hash:1.10 x",
		"ssrc:1 cname:x",
		"ssrc-group:FID 1 2",
		"mid:0",
		"group:BUNDLE 0",
		"bundle-only",
		"msid:a b",
		"msid-semantic: WMS *",
		"acap:1 crypto:1 " CM80 " inline:" K30,
		"pcfg:1 a=1",
		"cpar:a=crypto:1 x",
		"cparmin:a=x",
		"curr:qos e2e none",
		"source-filter: incl IN IP4 * 10.0.0.1",
		"fmtp:99 x=1",
		"rtpmap:99 opus/48000/2",
		"rtcp-fb:0 nack",
	};
	static const char *const crosses[] = {
		"ptime:20",
		"maxptime:40",
		"fmtp:101 0-15",
		"rtpmap:0 PCMU/8000",
		"silenceSupp:off - - - -",
		"x-mine",
		"X-Mine:value with: colons",
		"extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
		"label:1",
	};
	char media[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(never) + ARRAY_LEN(crosses); i++) {
		bool may = i >= ARRAY_LEN(never);
		const char *name = may ? crosses[i - ARRAY_LEN(never)] : never[i];

		ROW(name);
		snprintf(media, sizeof(media), AVP "a=%s\r\n", name);
		CHECK_INT(FAILURE_none, offer_to_b(media));
		CHECK_INT(may, described_has(&call.to_b, name));
	}
}

static void the_session_s_own_lines_obey_the_same_rule(void **state)
{
	(void)state;
	described_set(&call.from_a, HEAD "b=AS:128\r\na=tool:x\r\na=ice-lite\r\nk=prompt\r\n",
		AVP "b=TIAS:64000\r\nk=clear:x\r\n");
	call.to_b.b = buf_over(call.to_b.text, sizeof(call.to_b.text));
	CHECK_INT(FAILURE_none, offer_write(&call.to_b.b, &call.from_a.sdp, &call.policy_b,
					&call.local_b, &call.rng.rng, &call.made));
	described_parse(&call.to_b);
	CHECK(described_has(&call.to_b, "b=AS:128\r\nt=0 0\r\na=tool:x\r\nm=audio"));
	CHECK(described_has(&call.to_b, "b=TIAS:64000\r\n"));
	CHECK(!described_has(&call.to_b, "ice-lite"));
	CHECK(!described_has(&call.to_b, "k="));
}

static void codecs_are_filtered_and_ordered_by_the_list(void **state)
{
	(void)state;
	call.policy_b.codecs[0] = SPAN("opus");
	call.policy_b.codecs[1] = SPAN("PCMA");
	call.policy_b.codec_count = 2;
	CHECK_INT(FAILURE_none,
		offer_to_b("m=audio 4000 RTP/AVP 0 8 13 96 101\r\na=rtpmap:96 OPUS/48000/2\r\n"
			   "a=fmtp:96 stereo=1\r\na=rtpmap:0 PCMU/8000\r\n" EVENTS));
	CHECK(described_has(&call.to_b, "m=audio 30000 RTP/AVP 96 8 101 13\r\n"));
	CHECK(described_has(&call.to_b, "a=fmtp:96 stereo=1\r\n"));
	CHECK(!described_has(&call.to_b, "PCMU"));
	CHECK_INT(FAILURE_no_common_codec, offer_to_b("m=audio 4000 RTP/AVP 0 101\r\n" EVENTS));
}

static void codec_lists_of_two_legs_are_narrowed(void **state)
{
	struct offer_policy to = { .codec_count = 0 }, by = { .codec_count = 0 };

	(void)state;
	CHECK(offer_policy_narrow(&to, &by));
	CHECK_INT(0, to.codec_count);
	by.codecs[by.codec_count++] = SPAN("PCMA");
	by.codecs[by.codec_count++] = SPAN("G722");
	CHECK(offer_policy_narrow(&to, &by));
	CHECK_INT(2, to.codec_count);
	by.codec_count = 1;
	CHECK(offer_policy_narrow(&to, &by));
	CHECK_INT(1, to.codec_count);
	CHECK_SPAN("PCMA", to.codecs[0]);
	by.codecs[0] = SPAN("opus");
	CHECK(!offer_policy_narrow(&to, &by));
	CHECK_INT(1, to.codec_count);
}

/* The whole call: B's key and A's key are different, and each end has the other's. */
static void keys_cross_properly(void **state)
{
	struct offer_streams at_b, at_a;
	struct offer_local b_own;
	struct offer_made a_made;
	struct described a_offer;
	struct offer_local a_own;

	(void)state;
	call.policy_a.encrypted_media = call.policy_b.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	/* A is another edge of our kind, so is B */
	described_init(&a_offer);
	local_open(&a_own, &call.rng.rng, "192.0.2.10", 4000);
	local_open(&b_own, &call.rng.rng, "192.0.2.20", 5000);
	CHECK_INT(FAILURE_none,
		offer_write(&a_offer.b, NULL, &call.policy_a, &a_own, &call.rng.rng, &a_made));
	described_parse(&a_offer);
	CHECK_INT(FAILURE_none, offer_judge(&a_offer.sdp, &call.policy_a, &call.judged));
	CHECK_INT(FAILURE_none, offer_write(&call.to_b.b, &a_offer.sdp, &call.policy_b,
					&call.local_b, &call.rng.rng, &call.made));
	described_parse(&call.to_b);
	CHECK_INT(FAILURE_none, offer_judge(&call.to_b.sdp, &call.policy_b, &at_b));
	CHECK_INT(FAILURE_none, offer_write_answer(&call.from_b.b, &call.to_b.sdp, &at_b, NULL,
					&call.policy_b, &b_own, &call.rng.rng, SPAN("echo")));
	described_parse(&call.from_b);
	CHECK_INT(FAILURE_none, offer_accept(&call.made, &call.from_b.sdp, &call.policy_b,
					&call.local_b, &call.agreed));
	CHECK_INT(FAILURE_none,
		offer_write_answer(&call.to_a.b, &a_offer.sdp, &call.judged, &call.from_b.sdp,
			&call.policy_a, &call.local_a, &call.rng.rng, SPAN_NONE));
	described_parse(&call.to_a);
	CHECK_INT(
		FAILURE_none, offer_accept(&a_made, &call.to_a.sdp, &call.policy_a, &a_own, &at_a));

#define CHECK_KEY(sender, receiver)                                          \
	CHECK(memcmp(sender.stream[0].tx.bytes, receiver.stream[0].rx.bytes, \
		      sizeof(sender.stream[0].tx.bytes)) == 0 &&             \
		sender.stream[0].tx.suite == receiver.stream[0].rx.suite)
	CHECK_KEY(at_a, call.judged);
	CHECK_KEY(call.judged, at_a);
	CHECK_KEY(call.agreed, at_b);
	CHECK_KEY(at_b, call.agreed);
	/* never copied from leg to leg */
	CHECK(memcmp(call.judged.stream[0].rx.bytes, call.agreed.stream[0].tx.bytes, 30) != 0);
	CHECK(memcmp(call.judged.stream[0].tx.bytes, call.agreed.stream[0].rx.bytes, 30) != 0);
	CHECK(memcmp(call.judged.stream[0].tx.bytes, call.agreed.stream[0].tx.bytes, 30) != 0);
	CHECK_SPAN("echo", call.from_b.sdp.info);
	described_deinit(&a_offer);
}

static void an_answer_echoes_tag_and_spelling(void **state)
{
	(void)state;
	CHECK_INT(FAILURE_none,
		offer_to_b(SAVP "a=crypto:999999999 Aes_cm_128_HMAC_SHA1_32 inline:" K30 "\r\n"));
	CHECK_INT(FAILURE_none, answer_from_b(AVP));
	CHECK(described_has(&call.to_a, "m=audio 20000 RTP/SAVP 0 8 101\r\n"));
	CHECK(described_has(&call.to_a, "a=crypto:999999999 Aes_cm_128_HMAC_SHA1_32 inline:"));
	CHECK(!described_has(&call.to_a, K30));
	CHECK_INT(1, call.to_a.sdp.media[0].crypto_count);
}

static void every_m_line_keeps_its_place(void **state)
{
	static const char *const lines[] = {
		"m=video 0 RTP/AVP 96\r\n",
		"m=audio 20000 RTP/SAVP 0 8 101\r\n",
		"m=audio 0 RTP/AVP 0 8 101\r\n",
		"m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n",
		"m=x-new 0 FOO/BAR a b c\r\n",
		"m=image 0 udptl t38\r\n",
	};
	const struct sdp_media *m = call.to_a.sdp.media;

	(void)state;
	call.local_a.rtp[1] = call.local_a.rtp[0];
	call.local_b.rtp[1] = call.local_b.rtp[0];
	call.local_a.rtp[0].family = call.local_b.rtp[0].family = IP_NONE;
	CHECK_INT(FAILURE_none,
		offer_to_b("m=video 4010 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n" SAVP CRYPTO80 AVP
			   "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
			   "m=x-new 4020 FOO/BAR a b c\r\nm=image 4030 udptl t38\r\n"));
	CHECK_INT(6, call.to_b.sdp.media_count);
	CHECK_INT(30000, call.to_b.sdp.media[1].port);
	CHECK_INT(FAILURE_none, answer_from_b("m=video 0 RTP/AVP 96\r\n" AVP));
	CHECK_INT(ARRAY_LEN(lines), call.to_a.sdp.media_count);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		ROW(lines[i]);
		CHECK(m[i].text.n >= strlen(lines[i]));
		CHECK(memcmp(m[i].text.p, lines[i], strlen(lines[i])) == 0);
	}
}

static void directions_answer_each_other(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *offered, *far, *to_b, *to_a;
	} rows[] = {
		{ "plain", "", "", "a=sendrecv", "a=sendrecv" },
		{ "A holds", "a=sendonly\r\n", "a=recvonly\r\n", "a=sendonly", "a=recvonly" },
		{ "A holds, B does not notice", "a=sendonly\r\n", "", "a=sendonly", "a=recvonly" },
		{ "A holds with 0.0.0.0", "c=IN IP4 0.0.0.0\r\n", "", "a=sendonly", "a=recvonly" },
		{ "both hold", "a=sendonly\r\n", "a=sendonly\r\n", "a=sendonly", "a=inactive" },
		{ "A listens only", "a=recvonly\r\n", "", "a=recvonly", "a=sendonly" },
		{ "A is inactive", "a=inactive\r\n", "", "a=inactive", "a=inactive" },
		{ "B answers with 0.0.0.0", "", "c=IN IP4 0.0.0.0\r\n", "a=sendrecv",
			"a=sendonly" },
	};
	/* clang-format on */
	char media[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		snprintf(media, sizeof(media), AVP "%s", rows[i].offered);
		CHECK_INT(FAILURE_none, offer_to_b(media));
		CHECK(described_has(&call.to_b, rows[i].to_b));
		CHECK(!described_has(&call.to_b, "0.0.0.0"));
		snprintf(media, sizeof(media), AVP "%s", rows[i].far);
		CHECK_INT(FAILURE_none, answer_from_b(media));
		CHECK(described_has(&call.to_a, rows[i].to_a));
		CHECK(!described_has(&call.to_a, "0.0.0.0"));
	}
}

static void rtcp_mux_is_answered_where_it_is_offered(void **state)
{
	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(AVP "a=rtcp-mux\r\n"));
	CHECK(!described_has(&call.to_b, "rtcp"));
	CHECK_INT(FAILURE_none, answer_from_b(AVP));
	CHECK(described_has(&call.to_a, "a=rtcp-mux\r\n"));
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	CHECK_INT(FAILURE_none, answer_from_b(AVP "a=rtcp-mux\r\n"));
	CHECK(!described_has(&call.to_a, "rtcp-mux"));
}

static void formats_of_the_answer_are_those_of_the_far_answer(void **state)
{
	(void)state;
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	CHECK_INT(FAILURE_none, answer_from_b("m=audio 5000 RTP/AVP 8 101 99\r\na=ptime:30\r\n"
					      "a=rtpmap:101 telephone-event/8000\r\n"));
	CHECK(described_has(
		&call.to_a, "m=audio 20000 RTP/AVP 8 101\r\n")); /* 99 was not offered */
	CHECK(described_has(&call.to_a, "a=ptime:30\r\n"));
	CHECK_INT(FAILURE_none, offer_to_b(AVP));
	CHECK_INT(FAILURE_no_common_codec, answer_from_b("m=audio 5000 RTP/AVP 18\r\n"));
	CHECK_INT(0, call.to_a.b.n);
}

static void our_own_answer_has_one_codec_of_ours(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *media, *line;
	} rows[] = {
		{ "PCMU first", AVP, "m=audio 20000 RTP/AVP 0 101\r\n" },
		{ "PCMA first", "m=audio 1 RTP/AVP 18 8 0\r\n", "m=audio 20000 RTP/AVP 8\r\n" },
		{ "under a dynamic number", "m=audio 1 RTP/AVP 97 98\r\na=rtpmap:97 pcma/8000\r\n"
			"a=rtpmap:98 telephone-event/8000\r\na=ptime:20\r\n",
			"m=audio 20000 RTP/AVP 97 98\r\n" },
		{ "neither", "m=audio 1 RTP/AVP 18 101\r\n" EVENTS, NULL },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		CHECK_INT(FAILURE_none, offer_to_b(rows[i].media));
		CHECK_INT(rows[i].line ? FAILURE_none : FAILURE_no_common_codec, answer_a(NULL));
		if (rows[i].line)
			CHECK(described_has(&call.to_a, rows[i].line));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_offer_is_described_by_us),
		TEST(only_what_may_cross_crosses),
		TEST(the_session_s_own_lines_obey_the_same_rule),
		TEST(codecs_are_filtered_and_ordered_by_the_list),
		TEST(codec_lists_of_two_legs_are_narrowed),
		TEST(keys_cross_properly),
		TEST(an_answer_echoes_tag_and_spelling),
		TEST(every_m_line_keeps_its_place),
		TEST(directions_answer_each_other),
		TEST(rtcp_mux_is_answered_where_it_is_offered),
		TEST(formats_of_the_answer_are_those_of_the_far_answer),
		TEST(our_own_answer_has_one_codec_of_ours),
	};

	return cmocka_run_group_tests_name("offer.write", tests, NULL, NULL);
}
