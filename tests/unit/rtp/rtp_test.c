/** @file unit/rtp/rtp_test.c  Tests rtp/rtp.h. */
#include "rtp/rtp.h"

#include "unit/test.h"

static const struct {
	const char *label;
	uint8_t first, second;
	size_t n;
	enum packet_kind want;
} kind_rows[] = {
	{ "nothing", 0, 0, 0, PACKET_OTHER },
	{ "one byte", 128, 0, 1, PACKET_OTHER },
	{ "STUN, lowest", 0, 1, 2, PACKET_STUN },
	{ "STUN, highest", 3, 1, 2, PACKET_STUN },
	{ "between STUN and DTLS", 4, 1, 2, PACKET_OTHER },
	{ "below DTLS", 19, 1, 2, PACKET_OTHER },
	{ "DTLS, lowest", 20, 1, 2, PACKET_DTLS },
	{ "DTLS, highest", 63, 1, 2, PACKET_DTLS },
	{ "TURN channel", 64, 1, 2, PACKET_OTHER },
	{ "below RTP", 127, 0, 2, PACKET_OTHER },
	{ "RTP, lowest", 128, 0, 2, PACKET_RTP },
	{ "RTP, highest", 191, 0, 2, PACKET_RTP },
	{ "above RTP", 192, 0, 2, PACKET_OTHER },
	{ "payload type 63", 128, 63, 2, PACKET_RTP },
	{ "payload type 63, marker", 128, 191, 2, PACKET_RTP },
	{ "RTCP, lowest", 128, 192, 2, PACKET_RTCP },
	{ "RTCP SR", 128, 200, 2, PACKET_RTCP },
	{ "RTCP, highest", 128, 223, 2, PACKET_RTCP },
	{ "payload type 96, marker", 128, 224, 2, PACKET_RTP },
	{ "payload type 72", 128, 72, 2, PACKET_RTCP },
	{ "payload type 101", 128, 101, 2, PACKET_RTP },
	{ "payload type 127, marker", 128, 255, 2, PACKET_RTP },
};

static void packet_classify_tells_kinds_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kind_rows); i++) {
		uint8_t p[2] = { kind_rows[i].first, kind_rows[i].second };

		ROW(kind_rows[i].label);
		CHECK_INT(kind_rows[i].want, packet_classify(p, kind_rows[i].n));
	}
}

#define FIXED 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe

static const struct {
	const char *label;
	size_t n;
	uint8_t bytes[32];
	sotto_err want;
	size_t len;
} rtp_rows[] = {
	{ "least", 12, { 0x80, 0x8f, FIXED }, SOTTO_OK, 12 },
	{ "one byte short", 11, { 0x80, 0x8f, FIXED }, SOTTO_ESYNTAX, 0 },
	{ "version 1", 12, { 0x40, 0x8f, FIXED }, SOTTO_ESYNTAX, 0 },
	{ "version 3", 12, { 0xc0, 0x8f, FIXED }, SOTTO_ESYNTAX, 0 },
	{ "a CSRC", 16, { 0x81, 0x8f, FIXED }, SOTTO_OK, 16 },
	{ "half a CSRC", 15, { 0x81, 0x8f, FIXED }, SOTTO_ESYNTAX, 0 },
	{ "empty extension", 16, { 0x90, 0x8f, FIXED, 0xbe, 0xde, 0, 0 }, SOTTO_OK, 16 },
	{ "half an extension header", 15, { 0x90, 0x8f, FIXED, 0xbe, 0xde, 0, 0 }, SOTTO_ESYNTAX,
		0 },
	{ "extension of a word", 20, { 0x90, 0x8f, FIXED, 0xbe, 0xde, 0, 1 }, SOTTO_OK, 20 },
	{ "extension beyond the end", 20, { 0x90, 0x8f, FIXED, 0xbe, 0xde, 0, 2 }, SOTTO_ESYNTAX,
		0 },
	{ "longest extension", 20, { 0x90, 0x8f, FIXED, 0xbe, 0xde, 255, 255 }, SOTTO_ESYNTAX, 0 },
	{ "CSRC, extension, payload", 25, { 0xb1, 0x8f, FIXED, 1, 2, 3, 4, 0, 0, 0, 1 }, SOTTO_OK,
		24 },
};

static void rtp_parse_accepts_and_rejects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rtp_rows); i++) {
		struct rtp_header h = { .seq = 77, .len = 77 };

		ROW(rtp_rows[i].label);
		CHECK_INT(rtp_rows[i].want, rtp_parse(&h, rtp_rows[i].bytes, rtp_rows[i].n));
		CHECK_INT(rtp_rows[i].len, h.len);
		if (rtp_rows[i].want != SOTTO_OK)
			continue;
		CHECK(h.marker);
		CHECK_INT(15, h.payload_type);
		CHECK_INT(0x1234, h.seq);
		CHECK_INT(0xdecafbad, h.timestamp);
		CHECK_INT(0xcafebabe, h.ssrc);
		CHECK_INT(rtp_rows[i].bytes[0] & 15, h.csrc_count);
		CHECK_INT((rtp_rows[i].bytes[0] & 0x10) != 0, h.extension);
		CHECK_INT((rtp_rows[i].bytes[0] & 0x20) != 0, h.padding);
	}
}

static void rtp_write_is_the_inverse_of_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rtp_rows); i++) {
		uint8_t out[RTP_HEADER_MIN];
		struct rtp_header h;

		ROW(rtp_rows[i].label);
		if (rtp_parse(&h, rtp_rows[i].bytes, rtp_rows[i].n) != SOTTO_OK)
			continue;
		rtp_write(out, &h);
		CHECK(memcmp(out, rtp_rows[i].bytes, sizeof(out)) == 0);
	}
}

static const struct {
	const char *label;
	size_t n;
	uint8_t bytes[32];
	sotto_err want;
	unsigned parts;
} rtcp_rows[] = {
	{ "an empty RR", 8, { 0x80, 201, 0, 1, 1, 2, 3, 4 }, SOTTO_OK, 1 },
	{ "one byte short", 7, { 0x80, 201, 0, 1, 1, 2, 3, 4 }, SOTTO_ESYNTAX, 0 },
	{ "one byte over", 9, { 0x80, 201, 0, 1, 1, 2, 3, 4, 0 }, SOTTO_ESYNTAX, 1 },
	{ "version 0", 8, { 0x00, 201, 0, 1, 1, 2, 3, 4 }, SOTTO_ESYNTAX, 0 },
	{ "type 191", 8, { 0x80, 191, 0, 1, 1, 2, 3, 4 }, SOTTO_ESYNTAX, 1 },
	{ "type 192", 8, { 0x80, 192, 0, 1, 1, 2, 3, 4 }, SOTTO_OK, 1 },
	{ "type 223", 8, { 0x80, 223, 0, 1, 1, 2, 3, 4 }, SOTTO_OK, 1 },
	{ "type 224", 8, { 0x80, 224, 0, 1, 1, 2, 3, 4 }, SOTTO_ESYNTAX, 1 },
	{ "length beyond the end", 8, { 0x80, 201, 0, 2, 1, 2, 3, 4 }, SOTTO_ESYNTAX, 0 },
	{ "first without its SSRC", 8, { 0x80, 203, 0, 0, 0x80, 203, 0, 0 }, SOTTO_ESYNTAX, 2 },
	{ "RR and BYE", 16, { 0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 203, 0, 1, 1, 2, 3, 4 }, SOTTO_OK,
		2 },
	{ "RR and an empty BYE", 12, { 0x80, 201, 0, 1, 1, 2, 3, 4, 0x80, 203, 0, 0 }, SOTTO_OK,
		2 },
	{ "second of version 1", 16, { 0x80, 201, 0, 1, 1, 2, 3, 4, 0x41, 203, 0, 1, 1, 2, 3, 4 },
		SOTTO_ESYNTAX, 1 },
	{ "second beyond the end", 16, { 0x80, 201, 0, 1, 1, 2, 3, 4, 0x81, 203, 0, 2, 1, 2, 3, 4 },
		SOTTO_ESYNTAX, 1 },
};

static void rtcp_parse_accepts_and_rejects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rtcp_rows); i++) {
		struct rtcp_header h = { .type = 77 };

		ROW(rtcp_rows[i].label);
		CHECK_INT(rtcp_rows[i].want, rtcp_parse(&h, rtcp_rows[i].bytes, rtcp_rows[i].n));
		CHECK_INT(h.type, rtcp_rows[i].want == SOTTO_OK ? rtcp_rows[i].bytes[1] : 0);
		CHECK_INT(h.ssrc, rtcp_rows[i].want == SOTTO_OK ? 0x01020304 : 0);
	}
}

static void rtcp_next_stops_where_the_lengths_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rtcp_rows); i++) {
		struct rtcp_part part = { 0 };
		unsigned parts = 0;
		uint8_t p[32];

		ROW(rtcp_rows[i].label);
		memcpy(p, rtcp_rows[i].bytes, sizeof(p));
		while (rtcp_next(&part, p, rtcp_rows[i].n)) {
			CHECK(part.p + part.len <= p + rtcp_rows[i].n);
			parts++;
		}
		CHECK_INT(rtcp_rows[i].parts, parts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packet_classify_tells_kinds_apart),
		cmocka_unit_test(rtp_parse_accepts_and_rejects),
		cmocka_unit_test(rtp_write_is_the_inverse_of_parse),
		cmocka_unit_test(rtcp_parse_accepts_and_rejects),
		cmocka_unit_test(rtcp_next_stops_where_the_lengths_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
