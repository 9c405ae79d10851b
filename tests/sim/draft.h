/**
 * @file sim/draft.h  A message that is being written: headers as text, so that a scenario can leave
 * out, double or break any of them. Nothing here minds the grammar of SIP.
 */
#pragma once
#include "base/buf.h"
#include "sim/scenario.h"

#define DRAFT_HEADERS_MAX 64
#define DRAFT_BODY_MAX    16384
#define DRAFT_MAX         65536

struct draft_header {
	char name[64];
	char value[1024];
};

struct draft {
	char start[1024];
	struct draft_header headers[DRAFT_HEADERS_MAX];
	size_t count;
	char body[DRAFT_BODY_MAX];
	size_t body_n;
};

void draft_add(struct draft *d, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** Replaces all headers of that name by one, or adds it. */
void draft_set(struct draft *d, struct span name, struct span value);
void draft_remove(struct draft *d, struct span name);

/** Body and Content-Type. */
void draft_body(struct draft *d, const char *type, struct span body);

/**
 * What the indented lines of a step ask for:
 *   "Name: value"   replaces, or adds, a header      "+Name: value"  adds one more of that name
 *   "-Name"         leaves it out                    "start: TEXT"   another first line
 *   "sdp: LINE"     one more line of the body        "-sdp: PREFIX"  lines of the body left out
 * False if the body grows too long.
 */
bool draft_edit(struct draft *d, const struct scenario_step *step);

/** The whole message; Content-Length is added unless one was given. */
struct span draft_write(const struct draft *d, char out[DRAFT_MAX]);
