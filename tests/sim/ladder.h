/**
 * @file sim/ladder.h  What happened, in order, to be shown as a ladder when a scenario fails.
 */
#pragma once
#include <stdio.h>

#include "base/span.h"
#include "base/time.h"

#define LADDER_COLUMNS_MAX 12

enum ladder_kind {
	LADDER_TO_EDGE,
	LADDER_FROM_EDGE,
	LADDER_NOTE, /* something that happened */
	LADDER_STEP, /* a step of the scenario begins */
	LADDER_LOG,  /* a line of the edge's log */
};

struct ladder_entry {
	instant_t at;
	enum ladder_kind kind;
	unsigned column; /* the phone */
	char label[96];
	char fate[48]; /* "lost", "twice"; empty: arrives */
	char *text;    /* the message, note or log line */
};

struct ladder {
	struct ladder_entry *entries;
	size_t count, cap;
};

void ladder_free(struct ladder *l);

/** A message. `text` is copied. */
void ladder_message(struct ladder *l, instant_t at, enum ladder_kind kind, unsigned column,
	const char *label, const char *fate, struct span text);

/** A note, a step or a line of the log. */
void ladder_note(struct ladder *l, instant_t at, enum ladder_kind kind, struct span text);

enum ladder_detail {
	LADDER_ARROWS,   /* steps and arrows */
	LADDER_MESSAGES, /* and the whole messages, and the edge's log */
};

/** The edge stands behind the first name. */
void ladder_print(const struct ladder *l, FILE *f, const char *const *names, size_t name_count,
	enum ladder_detail detail);
