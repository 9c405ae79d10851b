/** @file unit/sdp/sdp_test.c  Tests sdp/sdp.h. Rows marked [field] were seen in the field. */
#include "unit/test.h"

#include "sdp/sdp.h"
#include "unit/alloc_fail.h"

#define HEAD  "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\n"
#define C4    "c=IN IP4 192.0.2.1\r\n"
#define TIME  "t=0 0\r\n"
#define AUDIO "m=audio 4000 RTP/AVP 0\r\n"
#define BASE  HEAD C4 TIME AUDIO

static struct sdp sdp;
static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_deinit(&arena);
	return 0;
}

static sotto_err parse(const char *text)
{
	return sdp_parse(&sdp, &arena, span_of(text));
}

static const char offer[] = "v=0\r\n"
			    "o=alice blue 2890844526 7 IN IP4 host.example\r\n"
			    "s=call\r\n"
			    "i=of the morning\r\n"
			    "c=IN IP4 192.0.2.1/127\r\n"
			    "b=AS:64\r\n"
			    "t=0 0\r\n"
			    "k=clear:never\r\n"
			    "a=tool:x y\r\n"
			    "a=sendonly\r\n"
			    "m=audio 49170/2 RTP/SAVP 0 96\r\n"
			    "c=IN IP6 2001:db8::1\r\n"
			    "b=TIAS:64000\r\n"
			    "a=rtpmap:96 opus/48000/2\r\n"
			    "a=crypto:1 A inline:x\r\n"
			    "a=crypto:2 B inline:y\r\n"
			    "a=rtcp:5001 IN IP6 2001:db8::2\r\n"
			    "a=recvonly\r\n"
			    "m=video 0 UDP/TLS/RTP/SAVPF 100\r\n"
			    "a=rtcp-mux\r\n"
			    "a=fingerprint:sha-256 AA\r\n"
			    "m=image 4000 udptl t38\r\n";

static void sdp_reads_every_part(void **state)
{
	const struct sdp_media *m = sdp.media;
	char text[NETADDR_TEXT_MAX];

	(void)state;
	CHECK_OK(parse(offer));
	CHECK_SPAN("alice blue", sdp.origin_user); /* [field] a blank in the name */
	CHECK_SPAN("2890844526", sdp.origin_id);
	CHECK_SPAN("7", sdp.origin_version);
	CHECK_SPAN("call", sdp.name);
	CHECK_SPAN("of the morning", sdp.info);
	CHECK_INT(1, sdp.bandwidth_count);
	CHECK_SPAN("AS:64", sdp.bandwidths[0]);
	CHECK_INT(2, sdp.attribute_count);
	CHECK_INT(3, sdp.media_count);

	CHECK_INT(SDP_KIND_AUDIO, m[0].kind);
	CHECK_INT(49170, m[0].port);
	CHECK_INT(SDP_PROFILE_RTP_SAVP, m[0].profile);
	CHECK_INT(2, m[0].format_count);
	CHECK_SPAN("96", m[0].formats[1]);
	assert_string_equal("[2001:db8::1]:49170", netaddr_text(&m[0].address, text));
	assert_string_equal("[2001:db8::2]:5001", netaddr_text(&m[0].rtcp_address, text));
	CHECK_INT(5001, m[0].rtcp_port);
	CHECK_INT(SDP_RECVONLY, m[0].direction);
	CHECK_INT(2, m[0].crypto_count);
	CHECK(!m[0].has_fingerprint && !m[0].rtcp_mux);
	CHECK_SPAN("TIAS:64000", m[0].bandwidths[0]);
	CHECK(memcmp(m[0].text.p, "m=audio", 7) == 0);
	CHECK(memcmp(m[0].text.p + m[0].text.n, "m=video", 7) == 0);

	CHECK_INT(0, m[1].port);
	CHECK_INT(0, m[1].rtcp_port);
	CHECK_INT(SDP_PROFILE_UDP_TLS_RTP_SAVPF, m[1].profile);
	CHECK(m[1].has_fingerprint && m[1].rtcp_mux);
	CHECK_INT(SDP_SENDONLY, m[1].direction); /* the session's */

	CHECK_INT(SDP_KIND_IMAGE, m[2].kind);
	CHECK_INT(SDP_PROFILE_UDPTL, m[2].profile);
	assert_string_equal("192.0.2.1:4000", netaddr_text(&m[2].address, text));
}

/* clang-format off */
static const struct {
	const char *label, *text;
	sotto_err want;
} rows[] = {
	{ "the least", BASE, SOTTO_OK },
	{ "LF for CRLF [field]", "v=0\no=- 1 2 IN IP4 h\nc=IN IP4 192.0.2.1\nm=audio 1 RTP/AVP 0\n",
		SOTTO_OK },
	{ "no s=, no t= [field]", "v=0\r\no=- 1 2 IN IP4 h\r\n" C4 AUDIO, SOTTO_OK },
	{ "c= after t= [field]", HEAD TIME C4 AUDIO, SOTTO_OK },
	{ "no line end at the end", HEAD C4 "m=audio 1 RTP/AVP 0", SOTTO_OK },
	{ "blank lines", "\r\n" HEAD "\r\n" C4 TIME "\n" AUDIO "\r\n\r\n", SOTTO_OK },
	{ "CR twice", "v=0\r\r\no=- 1 2 IN IP4 h\r\r\n" C4 AUDIO, SOTTO_OK },
	{ "an unknown line is skipped", BASE "y=0100\r\n", SOTTO_OK },
	{ "no m-line", HEAD C4 TIME, SOTTO_OK },
	{ "its own c= is enough", HEAD TIME AUDIO C4, SOTTO_OK },
	{ "a refused line needs no c= and no formats", HEAD TIME "m=audio 0 RTP/AVP\r\n",
		SOTTO_OK },
	{ "c= is a name", HEAD "c=IN IP4 host.example\r\n" AUDIO, SOTTO_OK },
	{ "empty", "", SOTTO_EMISSING },
	{ "no v=", "o=- 1 2 IN IP4 h\r\n" C4 AUDIO, SOTTO_EMISSING },
	{ "v= is not first", "s=-\r\n" BASE, SOTTO_EMISSING },
	{ "no o=", "v=0\r\ns=-\r\n" C4 AUDIO, SOTTO_EMISSING },
	{ "no c= for a line in use", HEAD TIME AUDIO, SOTTO_EMISSING },
	{ "another version", "v=1\r\no=- 1 2 IN IP4 h\r\n" C4 AUDIO, SOTTO_ESYNTAX },
	{ "o= of five words", "v=0\r\no=1 2 IN IP4 h\r\n" C4 AUDIO, SOTTO_ESYNTAX },
	{ "a line without '='", BASE "hello\r\n", SOTTO_ESYNTAX },
	{ "a line of one letter", BASE "a\r\n", SOTTO_ESYNTAX },
	{ "a CR inside a line would hide another", BASE "a=x\ra=crypto:1\r\n", SOTTO_ESYNTAX },
	{ "c= without address", HEAD "c=IN IP4\r\n" AUDIO, SOTTO_ESYNTAX },
	{ "m= without formats", HEAD C4 "m=audio 4000 RTP/AVP\r\n", SOTTO_ESYNTAX },
	{ "m= without profile", HEAD C4 "m=audio 4000\r\n", SOTTO_ESYNTAX },
	{ "port 65535", HEAD C4 "m=audio 65535 RTP/AVP 0\r\n", SOTTO_OK },
	{ "port 65536", HEAD C4 "m=audio 65536 RTP/AVP 0\r\n", SOTTO_ESYNTAX },
	{ "port -1", HEAD C4 "m=audio -1 RTP/AVP 0\r\n", SOTTO_ESYNTAX },
	{ "port of letters", HEAD C4 "m=audio $ RTP/AVP 0\r\n", SOTTO_ESYNTAX },
};
/* clang-format on */

static void sdp_takes_what_the_field_sends_and_no_nonsense(void **state)
{
	static const struct sdp none;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		CHECK_INT(rows[i].want, parse(rows[i].text));
		if (rows[i].want)
			CHECK(memcmp(&sdp, &none, sizeof(sdp)) == 0);
		arena_reset(&arena);
	}
	ROW("a NUL byte");
	CHECK_INT(SOTTO_ESYNTAX, sdp_parse(&sdp, &arena, SPAN(BASE "a=x\0y\r\n")));
}

static void sdp_reads_hold_in_all_dialects(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *text;
		enum sdp_direction want;
	} holds[] = {
		{ "nothing said", BASE, SDP_SENDRECV },
		{ "sendonly", BASE "a=sendonly\r\n", SDP_SENDONLY },
		{ "inactive", BASE "a=inactive\r\n", SDP_INACTIVE },
		{ "of the session", HEAD C4 "a=inactive\r\n" AUDIO, SDP_INACTIVE },
		{ "the section's own wins", HEAD C4 "a=inactive\r\n" AUDIO "a=sendrecv\r\n",
			SDP_SENDRECV },
		{ "0.0.0.0 (RFC 3264 §8.4)", HEAD "c=IN IP4 0.0.0.0\r\n" AUDIO, SDP_SENDONLY },
		{ "0.0.0.0 in the section", BASE "c=IN IP4 0.0.0.0\r\n", SDP_SENDONLY },
		{ "0.0.0.0 and recvonly", BASE "c=IN IP4 0.0.0.0\r\na=recvonly\r\n", SDP_INACTIVE },
		{ "0.0.0.0 and inactive", BASE "c=IN IP4 0.0.0.0\r\na=inactive\r\n", SDP_INACTIVE },
		{ "::", BASE "c=IN IP6 ::\r\n", SDP_SENDONLY },
		{ ".invalid (RFC 6157 §5.1)", BASE "c=IN IP6 a.INVALID\r\n", SDP_SENDONLY },
		{ "another name", BASE "c=IN IP6 invalid.example.com\r\n", SDP_SENDRECV },
		{ "a short name", BASE "c=IN IP6 invalid\r\n", SDP_SENDRECV },
		{ "an address of its own, the session's 0.0.0.0", HEAD "c=IN IP4 0.0.0.0\r\n" AUDIO
			C4, SDP_SENDRECV },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(holds); i++) {
		ROW(holds[i].label);
		CHECK_OK(parse(holds[i].text));
		CHECK_INT(holds[i].want, sdp.media[0].direction);
	}
}

static void sdp_knows_where_rtcp_goes(void **state)
{
	/* clang-format off */
	static const struct {
		const char *label, *text, *want;
	} rtcps[] = {
		{ "the next port", BASE, "192.0.2.1:4001" },
		{ "a=rtcp port (RFC 3605)", BASE "a=rtcp:5005\r\n", "192.0.2.1:5005" },
		{ "a=rtcp address", BASE "a=rtcp:5005 IN IP4 192.0.2.9\r\n", "192.0.2.9:5005" },
		{ "a=rtcp name: as none", BASE "a=rtcp:5005 IN IP4 h\r\n", "192.0.2.1:5005" },
		{ "a=rtcp malformed: as none", BASE "a=rtcp:x\r\n", "192.0.2.1:4001" },
		{ "none above 65535", HEAD C4 "m=audio 65535 RTP/AVP 0\r\n", "192.0.2.1" },
	};
	/* clang-format on */
	char text[NETADDR_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rtcps); i++) {
		ROW(rtcps[i].label);
		CHECK_OK(parse(rtcps[i].text));
		CHECK_SPAN(rtcps[i].want, span_of(netaddr_text(&sdp.media[0].rtcp_address, text)));
	}
}

static void sdp_addresses_are_literals_only(void **state)
{
	(void)state;
	CHECK_OK(parse(HEAD "c=IN IP4 host.example\r\n" AUDIO));
	CHECK_INT(IP_NONE, sdp.media[0].address.family);
	CHECK_OK(parse(HEAD "c=IN IP6 fe80::1%lo\r\n" AUDIO));
	CHECK_INT(IP_NONE, sdp.media[0].address.family);
	CHECK_OK(parse(HEAD "c=ATM NSAP 1.2.3.4\r\n" AUDIO));
	CHECK_INT(IP_NONE, sdp.media[0].address.family);
}

/* `n` times `line` after the base, or a text of `n` bytes; the arena is large enough. */
static sotto_err parse_many(const char *base, const char *line, size_t n, const char *tail)
{
	static char text[SDP_TEXT_MAX + 64];
	struct buf b = buf_over(text, sizeof(text));

	buf_put(&b, span_of(base));
	for (size_t i = 0; i < n; i++)
		buf_put(&b, span_of(line));
	buf_put(&b, span_of(tail));
	CHECK_OK(buf_err(&b));
	arena_reset(&arena);
	return sdp_parse(&sdp, &arena, buf_span(&b));
}

static void sdp_keeps_each_maximum(void **state)
{
	size_t fill = SDP_TEXT_MAX - strlen(BASE) - strlen("s=");

	(void)state;
	ROW("m-lines");
	CHECK_OK(parse_many(HEAD C4, AUDIO, SDP_MEDIA_MAX, ""));
	CHECK_INT(SDP_MEDIA_MAX, sdp.media_count);
	CHECK_INT(SOTTO_ETOOBIG, parse_many(HEAD C4, AUDIO, SDP_MEDIA_MAX + 1, ""));
	ROW("attributes");
	CHECK_OK(parse_many(BASE, "a=x\r\n", SDP_ATTRIBUTES_MAX, ""));
	CHECK_INT(SDP_ATTRIBUTES_MAX, sdp.media[0].attribute_count);
	CHECK_INT(SOTTO_ETOOBIG, parse_many(BASE, "a=x\r\n", SDP_ATTRIBUTES_MAX + 1, ""));
	ROW("bandwidths");
	CHECK_OK(parse_many(BASE, "b=AS:1\r\n", SDP_BANDWIDTHS_MAX, ""));
	CHECK_INT(SOTTO_ETOOBIG, parse_many(BASE, "b=AS:1\r\n", SDP_BANDWIDTHS_MAX + 1, ""));
	ROW("formats");
	CHECK_OK(parse_many(HEAD C4 "m=audio 1 RTP/AVP", " 0", SDP_FORMATS_MAX, "\r\n"));
	CHECK_INT(SDP_FORMATS_MAX, sdp.media[0].format_count);
	CHECK_INT(SOTTO_ETOOBIG,
		parse_many(HEAD C4 "m=audio 1 RTP/AVP", " 0", SDP_FORMATS_MAX + 1, "\r\n"));
	ROW("bytes");
	CHECK_OK(parse_many(BASE "s=", "x", fill, ""));
	CHECK_INT(SDP_TEXT_MAX, sdp.text.n);
	CHECK_INT(SOTTO_ETOOBIG, parse_many(BASE "s=", "x", fill + 1, ""));
	ROW("arena");
	arena_deinit(&arena);
	arena_init(&arena, 64);
	CHECK_INT(SOTTO_ENOMEM, parse(offer));
}

static void sdp_finds_codec_names(void **state)
{
	const struct sdp_media *m = sdp.media;

	(void)state;
	CHECK_OK(parse(
		HEAD C4 "m=audio 1 RTP/AVP 0 8 96 97 18 127\r\n"
			"a=rtpmap:96 opus/48000/2\r\na=rtpmap:8 X-mine/8000\r\na=rtpmap:97\r\n"));
	CHECK_SPAN("PCMU", sdp_codec_name(m, SPAN("0")));
	CHECK_SPAN("X-mine", sdp_codec_name(m, SPAN("8")));
	CHECK_SPAN("opus", sdp_codec_name(m, SPAN("96")));
	CHECK_SPAN("G729", sdp_codec_name(m, SPAN("18")));
	CHECK_INT(0, sdp_codec_name(m, SPAN("97")).n);
	CHECK_INT(0, sdp_codec_name(m, SPAN("127")).n);
	CHECK_INT(0, sdp_codec_name(m, SPAN("t38")).n);
}

/* What a description of the greatest size costs is bounded too: each name takes one pass. */
static void sdp_finds_a_codec_name_behind_as_many_maps_as_there_may_be(void **state)
{
	static char text[SDP_TEXT_MAX];
	struct buf b = buf_over(text, sizeof(text) - 1);

	(void)state;
	buf_put(&b, SPAN(HEAD C4 "m=audio 1 RTP/AVP 96 97\r\n"));
	for (unsigned i = 2; i < SDP_ATTRIBUTES_MAX; i++)
		buf_put(&b, i % 2 ? SPAN("a=rtpmap:97\r\n") : SPAN("a=rtpmap:1 a/8\r\n"));
	buf_put(&b, SPAN("a=RTPMAP:96 first/8000\r\na=rtpmap:96 second/8000\r\n"));
	text[b.n] = 0;
	CHECK_OK(parse(text));
	CHECK_INT(SDP_ATTRIBUTES_MAX, sdp.media[0].attribute_count);
	CHECK_SPAN("first", sdp_codec_name(&sdp.media[0], SPAN("96")));
	CHECK_INT(0, sdp_codec_name(&sdp.media[0], SPAN("97")).n);
}

static void sdp_attributes_are_found_in_order_and_any_case(void **state)
{
	const struct sdp_media *m = sdp.media;
	const struct sdp_attribute *a;

	(void)state;
	CHECK_OK(parse(BASE "a=Crypto:1\r\na=flag\r\na=crypto:2\r\n"));
	CHECK_INT(2, m->crypto_count);
	a = sdp_attribute(m->attributes, m->attribute_count, SPAN("crypto"), 1);
	CHECK(a && span_eq(a->value, SPAN("2")));
	CHECK(!sdp_attribute(m->attributes, m->attribute_count, SPAN("crypto"), 2));
	a = sdp_attribute(m->attributes, m->attribute_count, SPAN("flag"), 0);
	CHECK(a && !a->value.p);
}

static void sdp_words_go_both_ways(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= SDP_KIND_OTHER; i++)
		CHECK_INT(i, sdp_kind_parse(sdp_kind_name((enum sdp_kind)i)));
	for (unsigned i = 0; i <= SDP_PROFILE_OTHER; i++)
		CHECK_INT(i, sdp_profile_parse(sdp_profile_name((enum sdp_profile)i)));
	for (unsigned i = 0; i <= SDP_INACTIVE; i++) {
		enum sdp_direction d;

		CHECK(sdp_direction_parse(sdp_direction_name((enum sdp_direction)i), &d));
		CHECK_INT(i, d);
		CHECK_INT(i, sdp_direction_reverse(sdp_direction_reverse(d)));
	}
	CHECK_INT(SDP_RECVONLY, sdp_direction_reverse(SDP_SENDONLY));
	CHECK(sdp_profile_is_dtls(SDP_PROFILE_UDP_TLS_RTP_SAVP));
	CHECK(!sdp_profile_is_secure(SDP_PROFILE_RTP_AVPF));
	CHECK(!sdp_profile_is_rtp(SDP_PROFILE_UDPTL));
}

static void parse_once(void *ctx)
{
	struct arena a;
	sotto_err err;

	(void)ctx;
	arena_init(&a, 65536);
	err = sdp_parse(&sdp, &a, SPAN(offer));
	CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
	arena_deinit(&a);
}

static void sdp_survives_each_failing_allocation(void **state)
{
	(void)state;
	alloc_fail_sweep(parse_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sdp_reads_every_part, setup, teardown),
		cmocka_unit_test_setup_teardown(
			sdp_takes_what_the_field_sends_and_no_nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(sdp_reads_hold_in_all_dialects, setup, teardown),
		cmocka_unit_test_setup_teardown(sdp_knows_where_rtcp_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(sdp_addresses_are_literals_only, setup, teardown),
		cmocka_unit_test_setup_teardown(sdp_keeps_each_maximum, setup, teardown),
		cmocka_unit_test_setup_teardown(sdp_finds_codec_names, setup, teardown),
		cmocka_unit_test_setup_teardown(
			sdp_finds_a_codec_name_behind_as_many_maps_as_there_may_be, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			sdp_attributes_are_found_in_order_and_any_case, setup, teardown),
		cmocka_unit_test_setup_teardown(sdp_words_go_both_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(
			sdp_survives_each_failing_allocation, setup, teardown),
	};

	return cmocka_run_group_tests_name("sdp.sdp", tests, NULL, NULL);
}
