/** @file unit/sdp/sdes_test.c  Tests sdp/sdes.h. Rows marked [field] were seen in the field. */
#include "unit/test.h"

#include "base/text.h"
#include "data/sdes/sdes_crypto.h"
#include "sdp/sdes.h"

#define K30  "jEmY+mg/xiYIpYZVs2RbMTxe3lW0+dKT3ofEWwQr"
#define K30B "fBziJqm3YTA+kgxLVM95x4QAdA5Wz5VaYP31/iDm"
#define K28  "jEmY+mg/xiYIpYZVs2RbMTxe3lW0+dKT3ofEWw=="
#define CM80 "AES_CM_128_HMAC_SHA1_80"
#define LINE "1 " CM80 " inline:" K30

static bool has_no_key(const struct sdes_line *line)
{
	static const struct sdes_key none[SDES_KEYS_MAX];

	return line->key_count == 0 && memcmp(line->keys, none, sizeof(none)) == 0;
}

static void sdes_reads_the_vectors(void **state)
{
	char hex[2 * SRTP_KEY_SALT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sdes_vectors); i++) {
		const struct sdes_vector *v = &sdes_vectors[i];
		struct buf b = buf_over(hex, sizeof(hex));
		struct sdes_line line;

		ROW(v->label);
		CHECK_INT(v->want, sdes_parse(&line, span_of(v->value)));
		CHECK_INT(v->key_count, line.key_count);
		if (v->want) {
			CHECK(has_no_key(&line));
			continue;
		}
		CHECK_INT(v->tag, line.tag);
		hex_write(&b, line.keys[0].bytes, line.keys[0].len);
		CHECK_SPAN(v->key, buf_span(&b));
		CHECK_INT(v->lifetime, line.keys[0].lifetime);
		CHECK_INT(v->mki, line.keys[0].mki);
		CHECK_INT(v->mki_len, line.keys[0].mki_len);
	}
}

/* RFC 4568 §6.1, §6.3, §9.1, §9.2: what the vectors leave out */
/* clang-format off */
static const struct {
	const char *label, *value;
	sotto_err want;
} rows[] = {
	{ "unpadded key of 28 bytes [field]",
		"1 AEAD_AES_128_GCM inline:jEmY+mg/xiYIpYZVs2RbMTxe3lW0+dKT3ofEWw", SOTTO_OK },
	{ "an empty MKI after a lifetime [field]", LINE "|2^31|", SOTTO_OK },
	{ "an empty MKI without lifetime", LINE "|", SOTTO_ESYNTAX },
	{ "four fields", LINE "|2^31|1:4|", SOTTO_ESYNTAX },
	{ "lifetime 2^0", LINE "|2^0", SOTTO_OK },
	{ "lifetime of 2^48 packets, decimal", LINE "|281474976710656", SOTTO_OK },
	{ "lifetime one above", LINE "|281474976710657", SOTTO_ESYNTAX },
	{ "lifetime over 64 bits", LINE "|99999999999999999999", SOTTO_ESYNTAX },
	{ "lifetime with a leading zero (MUST NOT)", LINE "|01", SOTTO_ESYNTAX },
	{ "exponent with a leading zero", LINE "|2^031", SOTTO_ESYNTAX },
	{ "exponent missing", LINE "|2^", SOTTO_ESYNTAX },
	{ "MKI with a leading zero (MUST NOT)", LINE "|2^31|01:4", SOTTO_ESYNTAX },
	{ "MKI zero (a positive integer is due)", LINE "|2^31|0:4", SOTTO_ESYNTAX },
	{ "MKI length with a leading zero", LINE "|2^31|1:04", SOTTO_ESYNTAX },
	{ "MKI without a length", LINE "|2^31|5", SOTTO_ESYNTAX },
	{ "MKI length 128, the maximum", LINE "|2^31|5:128", SOTTO_OK },
	{ "MKI length 129", LINE "|2^31|5:129", SOTTO_ESYNTAX },
	{ "MKI length missing", LINE "|2^31|1:", SOTTO_ESYNTAX },
	{ "MKI value missing", LINE "|2^31|:4", SOTTO_ESYNTAX },
	{ "MKI 2^64-1 in 8 bytes", LINE "|18446744073709551615:8", SOTTO_OK },
	{ "MKI 2^64 in 8 bytes does not fit", LINE "|18446744073709551616:8", SOTTO_ESYNTAX },
	{ "MKI 2^64 in 9 bytes is valid, not held here", LINE "|18446744073709551616:9",
		SOTTO_EUNSUPPORTED },
	{ "MKI 2^32-1 in 4 bytes", LINE "|4294967295:4", SOTTO_OK },
	{ "MKI 2^32 in 4 bytes", LINE "|4294967296:4", SOTTO_ESYNTAX },
	{ "four keys", LINE "|1:1;inline:" K30 "|2:1;inline:" K30 "|3:1;inline:" K30 "|4:1",
		SOTTO_OK },
	{ "five keys", LINE "|1:1;inline:" K30 "|2:1;inline:" K30 "|3:1;inline:" K30 "|4:1;inline:"
		K30 "|5:1", SOTTO_ETOOBIG },
	{ "a semicolon and no key", LINE "|1:1;", SOTTO_ESYNTAX },
	{ "the second key is wrong", LINE "|1:1;inline:" K28 "|2:1", SOTTO_EKEYLEN },
	{ "the second key has another method", LINE "|1:1;uri:x", SOTTO_EUNSUPPORTED },
	{ "key method of odd letters", "1 " CM80 " in-line:" K30, SOTTO_ESYNTAX },
	{ "suite of odd letters", "1 AES-CM inline:" K30, SOTTO_ESYNTAX },
	{ "far too long a key", LINE K30 K30, SOTTO_EKEYLEN },
	{ "tag of ten digits", "0000000001 " CM80 " inline:" K30, SOTTO_ESYNTAX },
	{ "a control character", LINE " KDR=\x01", SOTTO_ESYNTAX },
	{ "a byte above ASCII", LINE " -\xc3\xa4", SOTTO_ESYNTAX },
	{ "KDR 0, as the grammar has it", LINE " KDR=0", SOTTO_OK },
	{ "KDR 24", LINE " KDR=24", SOTTO_OK },
	{ "KDR 25", LINE " KDR=25", SOTTO_ESYNTAX },
	{ "KDR with a leading zero", LINE " KDR=01", SOTTO_ESYNTAX },
	{ "KDR without value", LINE " KDR=", SOTTO_ESYNTAX },
	{ "KDR without '=' is another parameter", LINE " KDR", SOTTO_EUNSUPPORTED },
	{ "WSH 64", LINE " WSH=64", SOTTO_OK },
	{ "WSH 63 (minimum 64)", LINE " WSH=63", SOTTO_ESYNTAX },
	{ "WSH above what we hold: only a hint", LINE " WSH=99999999999999999999", SOTTO_OK },
	{ "WSH with a leading zero", LINE " WSH=0128", SOTTO_ESYNTAX },
	{ "FEC_ORDER in lower case", LINE " fec_order=srtp_fec", SOTTO_OK },
	{ "FEC_ORDER of another kind", LINE " FEC_ORDER=LAST", SOTTO_ESYNTAX },
	{ "FEC_KEY of the wrong length", LINE " FEC_KEY=inline:" K28, SOTTO_EKEYLEN },
	{ "FEC_KEY of another method", LINE " FEC_KEY=uri:x", SOTTO_EUNSUPPORTED },
	{ "FEC_KEY empty", LINE " FEC_KEY=", SOTTO_ESYNTAX },
	{ "UNENCRYPTED_SRTP with a value is another parameter", LINE " UNENCRYPTED_SRTP=1",
		SOTTO_EUNSUPPORTED },
	{ "a dash alone", LINE " -", SOTTO_ESYNTAX },
	{ "two dashes (first character must not be a dash)", LINE " --X", SOTTO_ESYNTAX },
	{ "an optional parameter after a mandatory unknown one", LINE " X -Y", SOTTO_EUNSUPPORTED },
};
/* clang-format on */

static void sdes_follows_the_grammar_and_leaves_no_key_on_failure(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sdes_line line;

		ROW(rows[i].label);
		CHECK_INT(rows[i].want, sdes_parse(&line, span_of(rows[i].value)));
		if (rows[i].want)
			CHECK(has_no_key(&line));
		else
			CHECK(line.key_count > 0);
	}
}

static void sdes_reads_session_parameters(void **state)
{
	struct sdes_line line;

	(void)state;
	CHECK_OK(sdes_parse(
		&line, SPAN(LINE " kdr=7 UNENCRYPTED_SRTP UNENCRYPTED_SRTCP UNAUTHENTICATED_SRTP "
				 "FEC_ORDER=FEC_SRTP FEC_KEY=inline:" K30B " WSH=99999 -NEW=1")));
	CHECK_INT(255, line.params);
	CHECK_INT(7, line.kdr);
	CHECK_INT(65535, line.wsh);
}

static void sdes_tells_tag_and_spelling_of_an_unusable_line(void **state)
{
	struct sdes_line line;

	(void)state;
	CHECK_INT(SOTTO_EUNSUPPORTED, sdes_parse(&line, SPAN("17 New_Suite inline:" K30)));
	CHECK_INT(17, line.tag);
	CHECK_SPAN("New_Suite", line.suite_name);
	CHECK_INT(SOTTO_EKEYLEN, sdes_parse(&line, SPAN("18 " CM80 " inline:" K28)));
	CHECK_INT(18, line.tag);
	CHECK_SPAN(CM80, line.suite_name);
	CHECK_INT(SOTTO_ESYNTAX, sdes_parse(&line, SPAN("x " CM80 " inline:" K28)));
	CHECK_INT(0, line.tag);
	CHECK_INT(0, line.suite_name.n);
}

static void sdes_reads_a_line_of_the_maximum_and_no_more(void **state)
{
	char text[SDES_LINE_MAX + 1] = LINE " -";
	struct sdes_line line;

	(void)state;
	memset(text + strlen(text), 'x', sizeof(text) - strlen(text));
	CHECK_OK(sdes_parse(&line, (struct span){ text, SDES_LINE_MAX }));
	CHECK_INT(SOTTO_ETOOBIG, sdes_parse(&line, (struct span){ text, SDES_LINE_MAX + 1 }));
	CHECK(has_no_key(&line));
}

static void sdes_writes_what_it_reads(void **state)
{
	static const char *const lines[] = {
		LINE,
		"0 aes_CM_128_hmac_sha1_32 inline:" K30 "|2^31",
		"5 AEAD_AES_128_GCM inline:" K28 "|2^31|1:4",
		"6 AES_CM_256_HMAC_SHA1_80 "
		"inline:jEmY+mg/xiYIpYZVs2RbMTxe3lW0+dKT3ofEWwQrjwiHn6cJD6c+otpL0cleOQ==",
		LINE "|1000|255:1;inline:" K30B "|2^48|1:1",
		LINE " KDR=3 UNENCRYPTED_SRTP UNENCRYPTED_SRTCP UNAUTHENTICATED_SRTP WSH=128",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char text[SDES_LINE_MAX];
		struct buf b = buf_over(text, sizeof(text));
		struct sdes_line line;

		ROW(lines[i]);
		CHECK_OK(sdes_parse(&line, span_of(lines[i])));
		sdes_write(&b, &line);
		CHECK_OK(buf_err(&b));
		CHECK_SPAN(lines[i], buf_span(&b));
	}
}

static void sdes_writes_padding_and_the_table_s_name(void **state)
{
	struct sdes_line line = { .tag = 9, .suite = SRTP_AEAD_AES_128_GCM, .key_count = 1 };
	struct sdes_line back;
	char text[128];
	struct buf b = buf_over(text, sizeof(text));

	(void)state;
	line.keys[0].len = 28;
	sdes_write(&b, &line);
	CHECK_SPAN(
		"9 AEAD_AES_128_GCM inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", buf_span(&b));
	CHECK_OK(sdes_parse(&back, buf_span(&b)));
}

static void sdes_wipe_leaves_nothing(void **state)
{
	static const struct sdes_line none;
	struct sdes_line line;

	(void)state;
	CHECK_OK(sdes_parse(&line, SPAN(LINE "|2^31|1:4 KDR=1")));
	sdes_wipe(&line);
	CHECK(memcmp(&line, &none, sizeof(line)) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sdes_reads_the_vectors),
		cmocka_unit_test(sdes_follows_the_grammar_and_leaves_no_key_on_failure),
		cmocka_unit_test(sdes_reads_session_parameters),
		cmocka_unit_test(sdes_tells_tag_and_spelling_of_an_unusable_line),
		cmocka_unit_test(sdes_reads_a_line_of_the_maximum_and_no_more),
		cmocka_unit_test(sdes_writes_what_it_reads),
		cmocka_unit_test(sdes_writes_padding_and_the_table_s_name),
		cmocka_unit_test(sdes_wipe_leaves_nothing),
	};

	return cmocka_run_group_tests_name("sdp.sdes", tests, NULL, NULL);
}
