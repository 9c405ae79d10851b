/** @file sim/scenario.c */
#include "sim/scenario.h"

#include <stdio.h>
#include <stdlib.h>

static char *file_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = f ? calloc(1, SCENARIO_TEXT_MAX + 1) : NULL;

	if (text && fread(text, 1, SCENARIO_TEXT_MAX, f) == 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

/** Reads one word at `*at` into `*word`, unquoting in place; false at the line's end or a comment.
 */
static bool word_read(char **at, char *end, struct span *word, bool *is_open)
{
	char *p = *at, *to;

	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p == end || *p == '#')
		return false;
	*is_open = false;
	word->p = to = p;
	for (; p < end && (*is_open || (*p != ' ' && *p != '\t')); p++) {
		if (*p == '"')
			*is_open = !*is_open;
		else if (*p == '\\' && *is_open && p + 1 < end)
			*to++ = *++p;
		else
			*to++ = *p;
	}
	word->n = (size_t)(to - word->p);
	*at = p;
	return true;
}

static sotto_err step_read(struct scenario_step *step, char *line, size_t n, const char **fault)
{
	struct span word;
	bool is_open = false;
	char *at = line;

	while (word_read(&at, line + n, &word, &is_open)) {
		*fault = "too many words";
		if (step->count == SCENARIO_WORDS_MAX)
			return SOTTO_ETOOBIG;
		step->words[step->count++] = word;
	}
	*fault = "a quote is not closed";
	return is_open ? SOTTO_ESYNTAX : SOTTO_OK;
}

static sotto_err line_read(
	struct scenario *s, char *line, size_t n, unsigned number, const char **fault)
{
	struct span trimmed = span_trim((struct span){ line, n });

	if (trimmed.n == 0 || trimmed.p[0] == '#')
		return SOTTO_OK;
	if (trimmed.p == line) {
		struct scenario_step *step = &s->steps[s->count++];
		step->number = number;
		step->details = &s->details[s->detail_count];
		return step_read(step, line, n, fault);
	}
	*fault = "an indented line belongs to a step above it, and there is none";
	if (s->count == 0)
		return SOTTO_ESYNTAX;
	s->details[s->detail_count++] = (struct scenario_line){ number, trimmed };
	s->steps[s->count - 1].detail_count++;
	return SOTTO_OK;
}

sotto_err scenario_read(struct scenario *out, const char *path, char *fault, size_t fault_cap)
{
	const char *why = "cannot be read";
	unsigned number = 0;
	size_t lines = 1;
	sotto_err err = SOTTO_EIO;

	*out = (struct scenario){ .text = file_read(path) };
	if (!out->text)
		goto out;
	for (const char *p = out->text; *p; p++)
		lines += *p == '\n';
	out->steps = calloc(lines, sizeof(*out->steps));
	out->details = calloc(lines, sizeof(*out->details));
	err = SOTTO_ENOMEM;
	if (!out->steps || !out->details)
		goto out;
	err = SOTTO_OK;
	for (char *p = out->text; !err && *p;) {
		size_t n = strcspn(p, "\n");
		err = line_read(out, p, n, ++number, &why);
		p += n + (p[n] == '\n');
	}
out:
	if (err)
		snprintf(fault, fault_cap, "line %u: %s", number, why);
	return err;
}

void scenario_free(struct scenario *s)
{
	free(s->text);
	free(s->steps);
	free(s->details);
	*s = (struct scenario){ 0 };
}

bool word_option(struct span word, const char *key, struct span *value)
{
	*value = SPAN_NONE;
	if (!span_strip(&word, span_of(key)))
		return false;
	if (word.n == 0)
		return true;
	if (word.p[0] != '=')
		return false;
	*value = (struct span){ word.p + 1, word.n - 1 };
	return true;
}

sotto_err word_duration(struct span word, uint64_t *us)
{
	static const struct {
		const char *name;
		double us;
	} units[] = {
		{ "ms", 1e3 },
		{ "s", 1e6 },
		{ "min", 60e6 },
		{ "h", 3600e6 },
	};
	char text[32], *unit;
	double number;

	*us = 0;
	TRY(span_cstr(word, text, sizeof(text)));
	number = strtod(text, &unit);
	if (unit == text || number < 0)
		return SOTTO_ESYNTAX;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(unit, units[i].name) == 0) {
			*us = (uint64_t)(number * units[i].us + 0.5);
			return SOTTO_OK;
		}
	return SOTTO_ESYNTAX;
}
