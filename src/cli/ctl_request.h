/** @file cli/ctl_request.h  The commands of `sotto ctl` as a table, and an argv read by it. */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"

enum ctl_type {
	CTL_TEXT,
	CTL_NUMBER,
	CTL_FLAG,     /* true */
	CTL_NO_FLAG,  /* false */
	CTL_LIST,     /* may be given again and again */
	CTL_SUITES,   /* separated by ',' or ':' */
	CTL_MEDIA,    /* inbound_media and outbound_media */
	CTL_PASSWORD, /* a line of standard input */
};

struct ctl_option {
	const char *name; /* "--inbound-media" */
	const char *key;  /* of the request's args */
	enum ctl_type type;
	const char *value; /* what the usage calls it */
	const char *text;
};

struct ctl_command {
	const char *noun, *verb; /* "connection", "add"; verb NULL: none */
	const char *wire;        /* "connection.add" */
	const char *operand;     /* key of the one word without an option; NULL: none */
	const char *operand_text;
	const struct ctl_option *options;
	size_t option_count;
	/** Prints the answer for people. */
	void (*print)(FILE *out, const json_t *data);
	const char *text;
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_command_count;

struct ctl_request {
	const struct ctl_command *command;
	const char *socket;
	bool json;
	bool help;
	json_t *body; /* a new reference */
};

/**
 * Reads argv past "ctl".
 * @param in  [in] for --password-stdin
 * @param why [out] one sentence if it fails
 * @return SOTTO_OK (also with help set, and then without a body); SOTTO_EINVAL: wrong usage
 */
SOTTO_MUST_USE sotto_err ctl_request_read(
	struct ctl_request *out, int argc, char **argv, FILE *in, struct buf *why);

/** Of one command, or of all if `command` is NULL. */
void ctl_usage(FILE *out, const struct ctl_command *command);
