/** @file daemon/command_private.h  Shared by the command files. */
#pragma once
#include "daemon/command.h"
#include "daemon/row_json.h"

#define COMMAND_RECORDS_MAX 1000 /* of one answer */

/** One request being run. */
struct command {
	struct command_env *env;
	const json_t *args; /* an object */
	json_t *data;       /* [out] the answer, if all went well */
	bool has_changed;   /* [out] the store: a new snapshot is due */
	char why_text[512];
	struct buf why; /* [out] a sentence, if not */
};

/** Keeps the sentence; returns `err`. */
sotto_err command_refuse(struct command *c, sotto_err err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** As the store said it. */
sotto_err command_store_refused(struct command *c, sotto_err err);

/** A text argument that must be there: SOTTO_EINVAL. */
SOTTO_MUST_USE sotto_err command_text(struct command *c, const char *name, const char **out);

/** Refuses arguments that are not in `names` (ended by NULL). */
SOTTO_MUST_USE sotto_err command_only(struct command *c, const char *const *names);

/** The connection whose id or name the argument is. SOTTO_ENOENT, SOTTO_EINVAL. */
SOTTO_MUST_USE sotto_err command_connection(
	struct command *c, const char *arg, const struct connection **out);

sotto_err command_connection_add(struct command *c);
sotto_err command_connection_list(struct command *c);
sotto_err command_connection_show(struct command *c);
sotto_err command_connection_remove(struct command *c);
sotto_err command_credential_add(struct command *c);
sotto_err command_credential_remove(struct command *c);
sotto_err command_number_add(struct command *c);
sotto_err command_number_list(struct command *c);
sotto_err command_number_remove(struct command *c);
sotto_err command_record_list(struct command *c);
sotto_err command_status(struct command *c);
