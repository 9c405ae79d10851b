/**
 * @file sim/scenario.h  A scenario file as lines of words. One step a line; indented lines belong
 * to the step above them. What the words mean is decided in steps.c; README.md is the manual.
 */
#pragma once
#include "base/span.h"

#define SCENARIO_WORDS_MAX 48 /* of one step */
#define SCENARIO_TEXT_MAX  (256 * 1024)

struct scenario_line {
	unsigned number; /* from 1 */
	struct span text;
};

struct scenario_step {
	unsigned number;
	struct span words[SCENARIO_WORDS_MAX];
	size_t count;
	const struct scenario_line *details; /* the indented lines behind it, trimmed */
	size_t detail_count;
};

struct scenario {
	char *text;
	struct scenario_step *steps;
	size_t count;
	struct scenario_line *details;
	size_t detail_count;
};

/**
 * Reads the file at `path`.
 * @param fault [out] on failure: "line 3: a quote is not closed"
 */
SOTTO_MUST_USE sotto_err scenario_read(
	struct scenario *out, const char *path, char *fault, size_t fault_cap);
void scenario_free(struct scenario *s);

/** "key=value" → true, and the value; "key" alone → true with an empty one. */
bool word_option(struct span word, const char *key, struct span *value);

/** "0.5s", "500ms", "4h", "2min": microseconds. SOTTO_ESYNTAX. */
SOTTO_MUST_USE sotto_err word_duration(struct span word, uint64_t *us);
