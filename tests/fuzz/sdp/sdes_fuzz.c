/**
 * @file fuzz/sdp/sdes_fuzz.c  Any bytes as a=crypto: no key is left behind on failure, and what was
 * read is written so that it reads the same.
 */
#include <assert.h>

#include "sdp/sdes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What sdes_write leaves out: we never send these. */
#define NOT_WRITTEN (unsigned)(SDES_FEC_ORDER | SDES_FEC_KEY | SDES_UNKNOWN_OPTIONAL)

static void check_no_key(const struct sdes_line *line)
{
	static const struct sdes_key none[SDES_KEYS_MAX];

	assert(line->key_count == 0 && memcmp(line->keys, none, sizeof(none)) == 0);
}

static void check_round_trip(const struct sdes_line *line)
{
	char text[SDES_LINE_MAX + 64]; /* padding and spelt-out numbers may make it longer */
	struct buf b = buf_over(text, sizeof(text));
	struct sdes_line again;

	sdes_write(&b, line);
	if (buf_err(&b) || b.n > SDES_LINE_MAX)
		return;
	assert(sdes_parse(&again, buf_span(&b)) == SOTTO_OK);
	assert(again.tag == line->tag && again.suite == line->suite);
	assert(span_eq(again.suite_name, line->suite_name));
	assert(again.key_count == line->key_count);
	assert(memcmp(again.keys, line->keys, sizeof(line->keys)) == 0);
	assert(again.params == (line->params & ~NOT_WRITTEN));
	assert(again.kdr == line->kdr && again.wsh == line->wsh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sdes_line line;

	if (sdes_parse(&line, (struct span){ (const char *)data, size }))
		check_no_key(&line);
	else
		check_round_trip(&line);
	return 0;
}
