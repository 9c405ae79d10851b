/** @file daemon/command.c  The table of commands, and what is common to them. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/command_private.h"

static const struct {
	const char *name;
	sotto_err (*run)(struct command *c);
} commands[] = {
	{ "connection.add", command_connection_add },
	{ "connection.list", command_connection_list },
	{ "connection.show", command_connection_show },
	{ "connection.remove", command_connection_remove },
	{ "credential.add", command_credential_add },
	{ "credential.remove", command_credential_remove },
	{ "number.add", command_number_add },
	{ "number.list", command_number_list },
	{ "number.remove", command_number_remove },
	{ "record.list", command_record_list },
	{ "status", command_status },
};

sotto_err command_refuse(struct command *c, sotto_err err, const char *fmt, ...)
{
	char text[sizeof(c->why_text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	buf_put(&c->why, span_of(text));
	return err;
}

sotto_err command_store_refused(struct command *c, sotto_err err)
{
	const char *why = store_why(c->env->store);

	switch (err_class(err)) {
	case ERR_CLASS_NONE: return SOTTO_OK;
	case ERR_CLASS_SYSTEM:
		if (err != SOTTO_EEXIST && err != SOTTO_ENOENT)
			return command_refuse(c, err, "%s: see the daemon's log", err_text(err));
		break;
	case ERR_CLASS_PEER:
	case ERR_CLASS_POLICY:
	case ERR_CLASS_BUG: break;
	}
	return command_refuse(c, err, "%s", *why ? why : err_text(err));
}

sotto_err command_text(struct command *c, const char *name, const char **out)
{
	const json_t *value = json_object_get(c->args, name);

	*out = json_string_value(value);
	if (!value)
		return command_refuse(c, SOTTO_EINVAL, "%s: missing", name);
	if (!*out || strlen(*out) != json_string_length(value))
		return command_refuse(c, SOTTO_EINVAL, "%s: not a text", name);
	return SOTTO_OK;
}

sotto_err command_only(struct command *c, const char *const *names)
{
	/* jansson's iterators take no const */
	json_t *args = json_incref((json_t *)(uintptr_t)c->args);
	sotto_err err = SOTTO_OK;
	const char *key;
	json_t *value;

	json_object_foreach(args, key, value)
	{
		size_t i = 0;
		while (names[i] && strcmp(names[i], key) != 0)
			i++;
		if (!names[i]) {
			err = command_refuse(c, SOTTO_EINVAL, "%s: unknown argument", key);
			break;
		}
	}
	json_decref(args);
	return err;
}

sotto_err command_connection(struct command *c, const char *arg, const struct connection **out)
{
	const struct directory *d = c->env->directory;
	const char *text;

	*out = NULL;
	TRY(command_text(c, arg, &text));
	*out = directory_connection(d, span_of(text));
	for (size_t i = 0; !*out && i < directory_count(d).connections; i++)
		if (strcmp(directory_connection_at(d, i)->name, text) == 0)
			*out = directory_connection_at(d, i);
	if (!*out)
		return command_refuse(
			c, SOTTO_ENOENT, "no connection has the id or name \"%.64s\"", text);
	return SOTTO_OK;
}

static json_t *refusal(const char *code, const char *title, const char *detail)
{
	return json_pack("{s:b, s:{s:s, s:s, s:s}}", "ok", 0, "error", "code", code, "title", title,
		"detail", detail);
}

static char *as_line(json_t *answer)
{
	char *text = answer ? json_dumps(answer, JSON_COMPACT) : NULL;
	size_t n = text ? strlen(text) : 0;
	char *line = text ? realloc(text, n + 2) : NULL;

	json_decref(answer);
	if (!line) {
		free(text);
		return NULL;
	}
	memcpy(line + n, "\n", 2);
	return line;
}

char *command_refusal(const char *code, const char *title, const char *detail)
{
	return as_line(refusal(code, title, detail));
}

/** Stable words for programs, and a heading for people. */
static json_t *refusal_of(sotto_err err, const char *detail)
{
	if (err == SOTTO_EINVAL)
		return refusal("invalid", "not allowed", detail);
	if (err == SOTTO_EEXIST)
		return refusal("exists", "there already", detail);
	if (err == SOTTO_ENOENT)
		return refusal("not_found", "not there", detail);
	if (err == SOTTO_ELIMIT)
		return refusal("limit", "full", detail);
	if (err == SOTTO_EUNSUPPORTED)
		return refusal("unknown_command", "no such command", detail);
	if (err == SOTTO_ESYNTAX)
		return refusal("malformed", "not a request", detail);
	return refusal("internal", "failed", detail);
}

/** The store has changed: calls must see it (SPEC: new calls within a second). */
static sotto_err renew(struct command *c)
{
	struct directory *d;
	sotto_err err = store_directory(c->env->store, &d);

	if (err)
		return command_refuse(c, err,
			"stored, but not in force: the store could not be read again (%s)",
			err_text(err));
	directory_release(c->env->directory);
	c->env->directory = d;
	if (c->env->publish)
		c->env->publish(c->env->ctx, d);
	return SOTTO_OK;
}

static sotto_err run_by_name(struct command *c, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "command"));
	sotto_err err;

	if (!name)
		return command_refuse(c, SOTTO_ESYNTAX, "command: missing");
	if (!json_is_object(c->args))
		return command_refuse(c, SOTTO_ESYNTAX, "args: not an object");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		err = commands[i].run(c);
		if (c->has_changed && renew(c) && !err)
			err = SOTTO_ESTORE;
		log_info(c->env->log, ctl, "ctl_command", LOG_STR("command", name),
			LOG_STR("result", err ? err_name(err) : "OK"));
		return err;
	}
	return command_refuse(c, SOTTO_EUNSUPPORTED, "command \"%.64s\" is not known", name);
}

/** The parser's copy of a password is not left in freed memory. */
static void wipe_password(const json_t *args)
{
	const json_t *value = json_object_get(args, "password");

	if (json_is_string(value))
		explicit_bzero(
			(char *)(uintptr_t)json_string_value(value), json_string_length(value));
}

char *command_run(struct command_env *env, struct span request)
{
	json_error_t at;
	json_t *root = json_loadb(request.p ? request.p : "", request.n,
		JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &at);
	json_t *no_args = json_object(), *answer = NULL;
	struct command c = { .env = env };
	sotto_err err;

	c.why = buf_over(c.why_text, sizeof(c.why_text) - 1);
	c.args = json_object_get(root, "args");
	if (!c.args)
		c.args = no_args;
	if (!json_is_object(root))
		err = command_refuse(&c, SOTTO_ESYNTAX, "not a JSON object: %s",
			root ? "another kind of value" : at.text);
	else
		err = run_by_name(&c, root);
	wipe_password(c.args);
	if (err)
		answer = refusal_of(err, c.why_text);
	else
		answer = json_pack("{s:b, s:O}", "ok", 1, "data", c.data ? c.data : no_args);
	json_decref(c.data);
	json_decref(root);
	json_decref(no_args);
	return as_line(answer);
}

sotto_err command_env_init(struct command_env *env)
{
	return store_directory(env->store, &env->directory);
}

void command_env_deinit(struct command_env *env)
{
	directory_release(env->directory);
	env->directory = NULL;
}
