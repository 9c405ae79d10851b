/** @file sim/ladder.c */
#include "sim/ladder.h"

#include <stdlib.h>

#define COLUMN_FIRST 14
#define COLUMN_WIDTH 26
#define LINE_MAX_    (COLUMN_FIRST + (LADDER_COLUMNS_MAX + 1) * COLUMN_WIDTH + 128)

void ladder_free(struct ladder *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->entries[i].text);
	free(l->entries);
	*l = (struct ladder){ 0 };
}

static struct ladder_entry *entry_add(struct ladder *l, instant_t at, struct span text)
{
	struct ladder_entry *e;

	if (l->count == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 256;
		l->entries = realloc(l->entries, l->cap * sizeof(*l->entries));
		if (!l->entries)
			abort();
	}
	e = &l->entries[l->count++];
	*e = (struct ladder_entry){ .at = at, .text = calloc(1, text.n + 1) };
	if (!e->text)
		abort();
	if (text.n)
		memcpy(e->text, text.p, text.n);
	return e;
}

void ladder_message(struct ladder *l, instant_t at, enum ladder_kind kind, unsigned column,
	const char *label, const char *fate, struct span text)
{
	struct ladder_entry *e = entry_add(l, at, text);

	e->kind = kind;
	e->column = column;
	snprintf(e->label, sizeof(e->label), "%s", label);
	snprintf(e->fate, sizeof(e->fate), "%s", fate);
}

void ladder_note(struct ladder *l, instant_t at, enum ladder_kind kind, struct span text)
{
	entry_add(l, at, text)->kind = kind;
}

/** The edge is the second column. */
static size_t column_at(size_t phone)
{
	return COLUMN_FIRST + COLUMN_WIDTH * (phone == 0 ? 0 : phone + 1);
}

static void row_print(FILE *f, const struct ladder_entry *e, size_t name_count)
{
	const size_t edge = COLUMN_FIRST + COLUMN_WIDTH, phone = column_at(e->column);
	const size_t a = phone < edge ? phone : edge, b = phone < edge ? edge : phone;
	const bool points_right = (phone < edge) == (e->kind == LADDER_TO_EDGE);
	const size_t label = strlen(e->label), room = COLUMN_WIDTH - 4;
	const size_t n = label < room ? label : room;
	/* the label stands at the phone's end, where no other column is crossed */
	const size_t at = phone < edge ? a + 2 : b - 1 - n;
	char line[LINE_MAX_];

	memset(line, ' ', sizeof(line));
	for (size_t i = 0; i < name_count; i++)
		line[column_at(i)] = '|';
	line[edge] = '|';
	memset(line + a + 1, '-', b - a - 1);
	line[points_right ? b - 1 : a + 1] = points_right ? '>' : '<';
	memcpy(line + at, e->label, n);
	line[column_at(name_count > 1 ? name_count - 1 : 0) + (name_count > 1 ? 1 : 27)] = 0;
	snprintf(line, COLUMN_FIRST, "%11.3f", (double)e->at / 1e6);
	line[strlen(line)] = ' ';
	fprintf(f, "%s  %s\n", line, e->fate);
}

static void head_print(FILE *f, const char *const *names, size_t name_count)
{
	char line[LINE_MAX_];
	size_t end = COLUMN_FIRST + COLUMN_WIDTH + 4;

	memset(line, ' ', sizeof(line));
	for (size_t i = 0; i < name_count; i++) {
		size_t n = strlen(names[i]);
		memcpy(line + column_at(i) - n / 2, names[i], n);
		if (column_at(i) + n > end)
			end = column_at(i) + n;
	}
	memcpy(line + COLUMN_FIRST + COLUMN_WIDTH - 2, "edge", 4);
	line[end] = 0;
	fprintf(f, "%s\n", line);
}

static void text_print(FILE *f, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		fprintf(f, "%*s%.*s\n", COLUMN_FIRST + 4, "",
			(int)(n && text[n - 1] == '\r' ? n - 1 : n), text);
		text += n + (text[n] == '\n');
	}
}

void ladder_print(const struct ladder *l, FILE *f, const char *const *names, size_t name_count,
	enum ladder_detail detail)
{
	head_print(f, names, name_count);
	for (size_t i = 0; i < l->count; i++) {
		const struct ladder_entry *e = &l->entries[i];
		switch (e->kind) {
		case LADDER_TO_EDGE:
		case LADDER_FROM_EDGE:
			row_print(f, e, name_count);
			if (detail == LADDER_MESSAGES)
				text_print(f, e->text);
			break;
		case LADDER_NOTE:
			fprintf(f, "%11.3f    * %s\n", (double)e->at / 1e6, e->text);
			break;
		case LADDER_STEP: fprintf(f, "%s\n", e->text); break;
		case LADDER_LOG:
			if (detail == LADDER_MESSAGES)
				fprintf(f, "%11.3f    . %s\n", (double)e->at / 1e6, e->text);
			break;
		}
	}
}
