/**
 * @file store/names.h  Enum values as words: in the tables, in the configuration, on the control
 * socket. One spelling everywhere.
 */
#pragma once
#include "base/failure.h"
#include "base/span.h"

struct name {
	const char *text; /* NULL ends a list */
	int value;
};

extern const struct name names_connection_kind[]; /* enum connection_kind */
extern const struct name names_encrypted_media[]; /* enum encrypted_media */
extern const struct name names_transport[];       /* enum sip_transport */

/** "?" for a value that is none. */
const char *name_text(const struct name *list, int value);

/** SOTTO_ENOENT: no such word. */
SOTTO_MUST_USE sotto_err name_parse(const struct name *list, struct span text, int *value);

/** By its stable name; SOTTO_ENOENT. */
SOTTO_MUST_USE sotto_err failure_parse(struct span text, enum failure *out);
