/** @file unit/base/bytes_test.c  Spans, writers, base64, hexadecimal and the two tables of codes.
 */
#include "unit/test.h"

#include "base/failure.h"
#include "base/rng.h"
#include "base/text.h"

static void span_u64_takes_digits_up_to_its_maximum(void **state)
{
	static const struct {
		const char *label, *in;
		uint64_t max;
		sotto_err want;
		uint64_t value;
	} rows[] = {
		{ "zero", "0", 10, SOTTO_OK, 0 },
		{ "leading zeros", "0007", 10, SOTTO_OK, 7 },
		{ "at the maximum", "65535", 65535, SOTTO_OK, 65535 },
		{ "one above", "65536", 65535, SOTTO_ETOOBIG, 0 },
		{ "2^64-1", "18446744073709551615", UINT64_MAX, SOTTO_OK, UINT64_MAX },
		{ "2^64", "18446744073709551616", UINT64_MAX, SOTTO_ETOOBIG, 0 },
		{ "far too long", "99999999999999999999999999", UINT64_MAX, SOTTO_ETOOBIG, 0 },
		{ "maximum below ten", "9", 5, SOTTO_ETOOBIG, 0 },
		{ "maximum below ten, two digits", "10", 5, SOTTO_ETOOBIG, 0 },
		{ "empty", "", 10, SOTTO_ESYNTAX, 0 },
		{ "a sign", "+1", 10, SOTTO_ESYNTAX, 0 },
		{ "a letter behind", "1x", 10, SOTTO_ESYNTAX, 0 },
		{ "a letter behind too much", "99x", 10, SOTTO_ESYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t got = 77;
		ROW(rows[i].label);
		CHECK_INT(rows[i].want, span_u64(span_of(rows[i].in), rows[i].max, &got));
		CHECK(got == rows[i].value);
	}
}

static void span_words_and_parts_come_off_the_front(void **state)
{
	struct span s = SPAN("  one\ttwo "), word, part;

	(void)state;
	CHECK(span_word(&s, &word));
	CHECK_SPAN("one", word);
	CHECK(span_word(&s, &word));
	CHECK_SPAN("two", word);
	CHECK(!span_word(&s, &word));
	s = SPAN("a,,b");
	CHECK(span_take(&s, ',', &part));
	CHECK_SPAN("a", part);
	CHECK(span_take(&s, ',', &part));
	CHECK_SPAN("", part);
	CHECK(span_take(&s, ',', &part));
	CHECK_SPAN("b", part);
	CHECK(!span_take(&s, ',', &part));
	CHECK_SPAN("x y", span_trim(SPAN(" \r\n\tx y\r\n")));
	CHECK(span_eq_nocase(SPAN("Via"), SPAN("vIA")));
	CHECK(!span_eq_nocase(SPAN("Via"), SPAN("Vi")));
	CHECK(!span_eq_nocase(SPAN("@"), SPAN("`"))); /* 0x40 and 0x60: not letters */
}

static void span_cstr_needs_room_for_the_nul(void **state)
{
	char out[4];

	(void)state;
	CHECK_OK(span_cstr(SPAN("abc"), out, sizeof(out)));
	assert_string_equal("abc", out);
	CHECK_INT(SOTTO_ENOSPACE, span_cstr(SPAN("abcd"), out, sizeof(out)));
	assert_string_equal("", out);
}

static void buf_remembers_an_overflow(void **state)
{
	char memory[8];
	struct buf b = buf_over(memory, sizeof(memory));

	(void)state;
	buf_put_u64(&b, 18446744);
	CHECK_OK(buf_err(&b));
	CHECK_SPAN("18446744", buf_span(&b));
	buf_putc(&b, 'x');
	CHECK_INT(SOTTO_ENOSPACE, buf_err(&b));
	b = buf_over(memory, sizeof(memory));
	buf_printf(&b, "%s", "1234567");
	CHECK_OK(buf_err(&b));
	b = buf_over(memory, sizeof(memory));
	buf_printf(&b, "%s", "12345678"); /* no room for printf's NUL */
	CHECK_INT(SOTTO_ENOSPACE, buf_err(&b));
}

static void base64_is_strict(void **state)
{
	static const struct {
		const char *label, *in;
		enum base64_padding padding;
		size_t cap;
		sotto_err want;
		const char *hex;
	} rows[] = {
		{ "RFC 4648 §10 'f'", "Zg==", BASE64_PADDED, 8, SOTTO_OK, "66" },
		{ "RFC 4648 §10 'fo'", "Zm8=", BASE64_PADDED, 8, SOTTO_OK, "666f" },
		{ "RFC 4648 §10 'foobar'", "Zm9vYmFy", BASE64_PADDED, 8, SOTTO_OK, "666f6f626172" },
		{ "padding left out, allowed", "Zm8", BASE64_PADDING_OPTIONAL, 8, SOTTO_OK,
			"666f" },
		{ "padding left out, not allowed", "Zm8", BASE64_PADDED, 8, SOTTO_ESYNTAX, "" },
		{ "half the padding", "Zg=", BASE64_PADDING_OPTIONAL, 8, SOTTO_ESYNTAX, "" },
		{ "too much padding", "Zg===", BASE64_PADDED, 8, SOTTO_ESYNTAX, "" },
		{ "only padding", "==", BASE64_PADDED, 8, SOTTO_ESYNTAX, "" },
		{ "empty", "", BASE64_PADDING_OPTIONAL, 8, SOTTO_ESYNTAX, "" },
		{ "a second spelling", "Zh==", BASE64_PADDED, 8, SOTTO_ESYNTAX, "" },
		{ "lone digit", "Zm9vY", BASE64_PADDING_OPTIONAL, 8, SOTTO_ESYNTAX, "" },
		{ "a blank", "Zm 9", BASE64_PADDED, 8, SOTTO_ESYNTAX, "" },
		{ "url alphabet", "Zm9-", BASE64_PADDED, 8, SOTTO_ESYNTAX, "" },
		{ "padding inside", "Zg==Zg==", BASE64_PADDED, 8, SOTTO_ESYNTAX, "" },
		{ "at the capacity", "Zm9v", BASE64_PADDED, 3, SOTTO_OK, "666f6f" },
		{ "one above the capacity", "Zm9vYg==", BASE64_PADDED, 3, SOTTO_ETOOBIG, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		static const uint8_t zero[8];
		uint8_t out[8] = { 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a };
		char text[32];
		size_t n = 77;
		struct buf b = buf_over(text, sizeof(text));
		ROW(rows[i].label);
		CHECK_INT(rows[i].want,
			base64_decode(out, rows[i].cap, &n, span_of(rows[i].in), rows[i].padding));
		hex_write(&b, out, n);
		CHECK_SPAN(rows[i].hex, buf_span(&b));
		if (rows[i].want)
			CHECK(memcmp(out, zero, rows[i].cap) == 0); /* half a key is a secret too */
	}
}

static void base64_and_hex_come_back_as_they_went(void **state)
{
	struct rng_seeded r;

	(void)state;
	rng_seeded_init(&r, 1);
	for (size_t n = 1; n < 60; n++) {
		uint8_t in[60], out[60];
		char text[128];
		struct buf b = buf_over(text, sizeof(text));
		size_t got;
		rng_fill(&r.rng, in, n);
		base64_write(&b, in, n);
		CHECK_OK(base64_decode(out, sizeof(out), &got, buf_span(&b), BASE64_PADDED));
		CHECK_INT(n, got);
		assert_memory_equal(in, out, n);
		b = buf_over(text, sizeof(text));
		hex_write(&b, in, n);
		CHECK_OK(hex_decode(out, n, buf_span(&b)));
		assert_memory_equal(in, out, n);
	}
	CHECK_INT(SOTTO_ESYNTAX, hex_decode((uint8_t[1]){ 0 }, 1, SPAN("g0")));
	CHECK_INT(SOTTO_ESYNTAX, hex_decode((uint8_t[1]){ 0 }, 1, SPAN("012")));
}

static void codes_have_names_texts_and_classes(void **state)
{
	(void)state;
	assert_string_equal("ESYNTAX", err_name(SOTTO_ESYNTAX));
	assert_string_equal("?", err_name((sotto_err)9999));
	CHECK_INT(ERR_CLASS_NONE, err_class(SOTTO_OK));
	CHECK_INT(ERR_CLASS_SYSTEM, err_class(SOTTO_ENOMEM));
	CHECK_INT(ERR_CLASS_PEER, err_class(SOTTO_EAUTH));
	CHECK_INT(ERR_CLASS_POLICY, err_class(SOTTO_EREFUSED));
	CHECK_INT(ERR_CLASS_BUG, err_class(SOTTO_EINVAL));
}

static void failures_are_whole_rows(void **state)
{
	(void)state;
	assert_string_equal(
		"srtp_required_not_offered", failure_info(FAILURE_srtp_required_not_offered)->name);
	for (int f = FAILURE_none + 1; f < FAILURE_COUNT; f++) {
		const struct failure_info *row = failure_info((enum failure)f);
		ROW(row->name);
		CHECK(row->text[0] && !strpbrk(row->text, "\"\r\n")); /* it goes into a Warning */
		CHECK(!strpbrk(row->remedy, "\"\r\n"));
		CHECK(row->sip_status == 0 || (row->sip_status >= 400 && row->sip_status < 700));
		CHECK(row->q850_cause < 128);
	}
	assert_string_equal("internal_error", failure_info(FAILURE_COUNT)->name);
}

static void tokens_are_of_the_length_asked(void **state)
{
	char a[33], b[33];

	(void)state;
	rng_token(rng_system(), a, 32);
	rng_token(rng_system(), b, 32);
	CHECK_INT(32, strlen(a));
	CHECK_INT(32, strspn(a, "0123456789abcdefghijklmnopqrstuvwxyz"));
	CHECK(strcmp(a, b) != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(span_u64_takes_digits_up_to_its_maximum),
		cmocka_unit_test(span_words_and_parts_come_off_the_front),
		cmocka_unit_test(span_cstr_needs_room_for_the_nul),
		cmocka_unit_test(buf_remembers_an_overflow),
		cmocka_unit_test(base64_is_strict),
		cmocka_unit_test(base64_and_hex_come_back_as_they_went),
		cmocka_unit_test(codes_have_names_texts_and_classes),
		cmocka_unit_test(failures_are_whole_rows),
		cmocka_unit_test(tokens_are_of_the_length_asked),
	};

	return cmocka_run_group_tests_name("base.bytes", tests, NULL, NULL);
}
