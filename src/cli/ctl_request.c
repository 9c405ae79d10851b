/** @file cli/ctl_request.c */
#include "cli/ctl_request.h"

#include <stdlib.h>

#define LINE_MAX_ 256 /* of standard input: a password */

static bool is_eq(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static sotto_err set_number(
	json_t *args, const struct ctl_option *o, const char *text, struct buf *why)
{
	uint64_t v;

	if (span_u64(span_of(text), UINT32_MAX, &v)) {
		buf_printf(why, "%s: found \"%.64s\", allowed: a whole number", o->name, text);
		return SOTTO_EINVAL;
	}
	json_object_set_new(args, o->key, json_integer((json_int_t)v));
	return SOTTO_OK;
}

static void set_suites(json_t *args, const struct ctl_option *o, const char *text)
{
	json_t *list = json_array();
	struct span rest = span_of(text), part;

	while (span_take(&rest, span_has(rest, ',') ? ',' : ':', &part)) {
		part = span_trim(part);
		json_array_append_new(list, json_stringn(part.p, part.n));
	}
	json_object_set_new(args, o->key, list);
}

static void add_to_list(json_t *args, const struct ctl_option *o, const char *text)
{
	json_t *list = json_object_get(args, o->key);

	if (!list) {
		json_object_set_new(args, o->key, json_array());
		list = json_object_get(args, o->key);
	}
	json_array_append_new(list, json_string(text));
}

/** One line, without its end. */
static sotto_err set_password(json_t *args, const struct ctl_option *o, FILE *in, struct buf *why)
{
	char line[LINE_MAX_];
	sotto_err err = SOTTO_OK;
	size_t n;

	if (!fgets(line, sizeof(line), in) || strcspn(line, "\r\n") == 0) {
		buf_printf(why, "%s: found nothing on standard input, allowed: one line", o->name);
		return SOTTO_EINVAL;
	}
	n = strcspn(line, "\r\n");
	if (n == sizeof(line) - 1) {
		buf_printf(why, "%s: the line on standard input is too long", o->name);
		err = SOTTO_EINVAL;
	} else {
		json_object_set_new(args, o->key, json_stringn(line, n));
	}
	explicit_bzero(line, sizeof(line));
	return err;
}

static bool has_value(const struct ctl_option *o)
{
	return o->type != CTL_FLAG && o->type != CTL_NO_FLAG && o->type != CTL_PASSWORD;
}

static sotto_err set_option(
	json_t *args, const struct ctl_option *o, const char *text, FILE *in, struct buf *why)
{
	if (o->type != CTL_LIST && json_object_get(args, o->key)) {
		buf_printf(why, "%s: %s is given already", o->name, o->key);
		return SOTTO_EINVAL;
	}
	switch (o->type) {
	case CTL_TEXT:
		if (json_object_set_new(args, o->key, json_string(text))) {
			buf_printf(why, "%s: not UTF-8", o->name);
			return SOTTO_EINVAL;
		}
		return SOTTO_OK;
	case CTL_NUMBER: return set_number(args, o, text, why);
	case CTL_FLAG: json_object_set_new(args, o->key, json_true()); return SOTTO_OK;
	case CTL_NO_FLAG: json_object_set_new(args, o->key, json_false()); return SOTTO_OK;
	case CTL_LIST: add_to_list(args, o, text); return SOTTO_OK;
	case CTL_SUITES: set_suites(args, o, text); return SOTTO_OK;
	case CTL_MEDIA:
		json_object_set_new(args, "inbound_media", json_string(text));
		json_object_set_new(args, "outbound_media", json_string(text));
		return SOTTO_OK;
	case CTL_PASSWORD: return set_password(args, o, in, why);
	}
	return SOTTO_EINVAL;
}

/** What is left of argv. */
struct words {
	int n;
	char **word;
};

static const char *take_word(struct words *w)
{
	if (w->n == 0)
		return NULL;
	w->n--;
	return *w->word++;
}

/** --json, --socket and --help stand anywhere. */
static sotto_err read_common(
	struct ctl_request *r, const char *word, struct words *w, bool *is_common, struct buf *why)
{
	*is_common = true;
	if (is_eq(word, "--json")) {
		r->json = true;
	} else if (is_eq(word, "--help") || is_eq(word, "-h")) {
		r->help = true;
	} else if (is_eq(word, "--socket")) {
		r->socket = take_word(w);
		if (!r->socket) {
			buf_lit(why, "--socket: a path must follow");
			return SOTTO_EINVAL;
		}
	} else {
		*is_common = false;
	}
	return SOTTO_OK;
}

static const struct ctl_option *find_option(const struct ctl_command *c, const char *name)
{
	for (size_t i = 0; i < c->option_count; i++)
		if (is_eq(c->options[i].name, name))
			return &c->options[i];
	return NULL;
}

static sotto_err read_operand(
	const struct ctl_command *c, json_t *args, const char *word, struct buf *why)
{
	if (!c->operand || json_object_get(args, c->operand)) {
		buf_printf(why, "\"%.64s\" is one word too many", word);
		return SOTTO_EINVAL;
	}
	if (json_object_set_new(args, c->operand, json_string(word))) {
		buf_printf(why, "%s: not UTF-8", c->operand_text);
		return SOTTO_EINVAL;
	}
	return SOTTO_OK;
}

static sotto_err read_word(struct ctl_request *r, json_t *args, const char *word, struct words *w,
	FILE *in, struct buf *why)
{
	const struct ctl_command *c = r->command;
	const struct ctl_option *o = find_option(c, word);
	const char *value = NULL;

	if (word[0] != '-' || word[1] == '\0')
		return read_operand(c, args, word, why);
	if (!o) {
		buf_printf(why, "option %.64s is not known to %s%s%s", word, c->noun,
			c->verb ? " " : "", c->verb ? c->verb : "");
		return SOTTO_EINVAL;
	}
	if (has_value(o)) {
		value = take_word(w);
		if (!value) {
			buf_printf(why, "%s: %s must follow", o->name, o->value);
			return SOTTO_EINVAL;
		}
	}
	return set_option(args, o, value, in, why);
}

static sotto_err read_args(
	struct ctl_request *r, json_t *args, struct words *w, FILE *in, struct buf *why)
{
	const char *word;
	bool is_common;

	while ((word = take_word(w))) {
		TRY(read_common(r, word, w, &is_common, why));
		if (!is_common)
			TRY(read_word(r, args, word, w, in, why));
	}
	if (!r->help && r->command->operand && !json_object_get(args, r->command->operand)) {
		buf_printf(why, "%s is missing", r->command->operand_text);
		return SOTTO_EINVAL;
	}
	return SOTTO_OK;
}

/** @param rest what follows a noun that we know; NULL: we do not */
static void unknown_command(const char *noun, const struct words *rest, struct buf *why)
{
	const char *separator = "";

	if (!rest) {
		buf_printf(why, "command \"%.32s\" is not known, see sotto ctl --help", noun);
		return;
	}
	buf_printf(why, "%s: ", noun);
	if (rest->n > 0)
		buf_printf(why, "found \"%.32s\", ", rest->word[0]);
	buf_lit(why, "allowed: ");
	for (size_t i = 0; i < ctl_command_count; i++) {
		if (!is_eq(ctl_commands[i].noun, noun))
			continue;
		buf_printf(why, "%s%s", separator, ctl_commands[i].verb);
		separator = ", ";
	}
}

static sotto_err find_command(struct ctl_request *r, struct words *w, struct buf *why)
{
	const char *noun = NULL, *word;
	bool is_common, is_noun = false;

	while (!noun && (word = take_word(w))) {
		TRY(read_common(r, word, w, &is_common, why));
		if (!is_common)
			noun = word;
	}
	if (!noun && r->help)
		return SOTTO_OK;
	if (!noun) {
		buf_lit(why, "which command? see sotto ctl --help");
		return SOTTO_EINVAL;
	}
	for (size_t i = 0; i < ctl_command_count && !r->command; i++) {
		const struct ctl_command *c = &ctl_commands[i];
		if (!is_eq(c->noun, noun))
			continue;
		is_noun = true;
		if (!c->verb || (w->n > 0 && is_eq(c->verb, w->word[0])))
			r->command = c;
	}
	if (r->command) {
		if (r->command->verb)
			(void)take_word(w);
		return SOTTO_OK;
	}
	if (is_noun && w->n > 0 && is_eq(w->word[0], "--help")) {
		r->help = true;
		return SOTTO_OK;
	}
	unknown_command(noun, is_noun ? w : NULL, why);
	return SOTTO_EINVAL;
}

sotto_err ctl_request_read(
	struct ctl_request *out, int argc, char **argv, FILE *in, struct buf *why)
{
	struct words w = { argc, argv };
	json_t *args;
	sotto_err err;

	*out = (struct ctl_request){ 0 };
	TRY(find_command(out, &w, why));
	if (!out->command)
		return SOTTO_OK;
	args = json_object();
	err = read_args(out, args, &w, in, why);
	if (!err && !out->help)
		out->body = json_pack("{s:s, s:O}", "command", out->command->wire, "args", args);
	json_decref(args);
	return err;
}

static void usage_line(FILE *out, const struct ctl_command *c)
{
	char words[96];

	snprintf(words, sizeof(words), "%s%s%s%s%s%s", c->noun, c->verb ? " " : "",
		c->verb ? c->verb : "", c->operand ? " " : "", c->operand ? c->operand_text : "",
		c->option_count ? " [options]" : "");
	fprintf(out, "  %-36s %s\n", words, c->text);
}

static void usage_option(FILE *out, const struct ctl_option *o)
{
	char words[64];

	snprintf(words, sizeof(words), "%s%s%s", o->name, o->value ? " " : "",
		o->value ? o->value : "");
	fprintf(out, "  %-36s %s\n", words, o->text);
}

void ctl_usage(FILE *out, const struct ctl_command *command)
{
	if (command) {
		fprintf(out, "usage: sotto ctl\n");
		usage_line(out, command);
		if (command->option_count)
			fprintf(out, "options\n");
		for (size_t i = 0; i < command->option_count; i++)
			usage_option(out, &command->options[i]);
	} else {
		fprintf(out, "usage: sotto ctl COMMAND [options]\n");
		for (size_t i = 0; i < ctl_command_count; i++)
			usage_line(out, &ctl_commands[i]);
	}
	fprintf(out, "common options\n"
		     "  --json                               the answer as JSON\n"
		     "  --socket PATH                        the daemon's control.socket\n"
		     "  --help                               this, or the options of a command\n");
}
