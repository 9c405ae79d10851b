/** @file unit/media/tone_test.c  Tests media/tone.h and media/g711.h. */
#include "media/tone.h"

#include "base/rng.h"
#include "media/g711.h"
#include "unit/test.h"

static const unsigned candidates[] = { 440, 880, 1000, 620 };

static const struct {
	const char *label;
	unsigned hz;
	int law; /* -1: as it is */
} found_rows[] = {
	{ "440 Hz", 440, -1 },
	{ "880 Hz", 880, -1 },
	{ "440 Hz, mu-law", 440, G711_MU },
	{ "880 Hz, A-law", 880, G711_A },
	{ "620 Hz, A-law", 620, G711_A },
	{ "1000 Hz, mu-law", 1000, G711_MU },
};

static void tone_find_hears_what_tone_fill_made(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(found_rows); i++) {
		int16_t s[1600];
		struct tone_found found;
		struct tone t;

		ROW(found_rows[i].label);
		tone_init(&t, found_rows[i].hz, G711_RATE);
		for (size_t at = 0; at < ARRAY_LEN(s); at += 160)
			tone_fill(&t, s + at, 160); /* frames join without a click */
		for (size_t k = 0; found_rows[i].law >= 0 && k < ARRAY_LEN(s); k++) {
			enum g711_law law = (enum g711_law)found_rows[i].law;
			s[k] = g711_decode(law, g711_encode(law, s[k]));
		}
		found = tone_find(s, ARRAY_LEN(s), G711_RATE, candidates, ARRAY_LEN(candidates));
		CHECK_INT(found_rows[i].hz, found.hz);
		CHECK(found.share > 0.95);
	}
}

static void tone_find_hears_no_tone_in_silence_or_noise(void **state)
{
	int16_t s[1600] = { 0 };
	struct rng_seeded seeded;
	struct tone_found found;

	(void)state;
	found = tone_find(s, ARRAY_LEN(s), G711_RATE, candidates, ARRAY_LEN(candidates));
	CHECK_INT(0, found.hz);
	CHECK(found.share <= 0);
	rng_seeded_init(&seeded, 1);
	rng_fill(&seeded.rng, s, sizeof(s));
	found = tone_find(s, ARRAY_LEN(s), G711_RATE, candidates, ARRAY_LEN(candidates));
	CHECK(found.share < 0.05);
	found = tone_find(s, ARRAY_LEN(s), G711_RATE, candidates, 0);
	CHECK_INT(0, found.hz);
	found = tone_find(s, 0, G711_RATE, candidates, ARRAY_LEN(candidates));
	CHECK_INT(0, found.hz);
}

/* Values of ITU-T G.711, on the 16-bit scale */
static const struct {
	const char *label;
	enum g711_law law;
	int16_t sample;
	uint8_t code;
	int16_t back;
} code_rows[] = {
	{ "mu: silence", G711_MU, 0, 0xff, 0 },
	{ "mu: loudest", G711_MU, 32767, 0x80, 32124 },
	{ "mu: loudest down", G711_MU, -32768, 0x00, -32124 },
	{ "mu: least step", G711_MU, 8, 0xfe, 8 },
	{ "mu: a thousand", G711_MU, 1000, 0xce, 988 },
	{ "A: silence", G711_A, 0, 0xd5, 8 },
	{ "A: just below it", G711_A, -1, 0x55, -8 },
	{ "A: loudest", G711_A, 32767, 0xaa, 32256 },
	{ "A: loudest down", G711_A, -32768, 0x2a, -32256 },
	{ "A: a thousand", G711_A, 1000, 0xfa, 1008 },
};

static void g711_codes_as_the_standard_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(code_rows); i++) {
		ROW(code_rows[i].label);
		CHECK_INT(code_rows[i].code, g711_encode(code_rows[i].law, code_rows[i].sample));
		CHECK_INT(code_rows[i].back, g711_decode(code_rows[i].law, code_rows[i].code));
	}
}

static void g711_codes_come_back_as_themselves_and_samples_come_near(void **state)
{
	static const enum g711_law laws[] = { G711_MU, G711_A };

	(void)state;
	for (size_t l = 0; l < ARRAY_LEN(laws); l++) {
		for (unsigned c = 0; c < 256; c++) {
			int16_t s = g711_decode(laws[l], (uint8_t)c);
			/* mu-law has two zeros; the negative one is sent as the positive */
			CHECK_INT(laws[l] == G711_MU && c == 0x7f ? 0xff : c,
				g711_encode(laws[l], s));
		}
		for (int s = -32768; s <= 32767; s++) {
			int off = g711_decode(laws[l], g711_encode(laws[l], (int16_t)s)) - s;
			CHECK(abs(off) <= 8 + abs(s) / 30 + (abs(s) > 32000 ? 700 : 0));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tone_find_hears_what_tone_fill_made),
		cmocka_unit_test(tone_find_hears_no_tone_in_silence_or_noise),
		cmocka_unit_test(g711_codes_as_the_standard_says),
		cmocka_unit_test(g711_codes_come_back_as_themselves_and_samples_come_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
