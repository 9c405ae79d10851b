/** @file daemon/command_connection.c  Connections, their credentials and their numbers. */
#include "base/rng.h"
#include "daemon/command_private.h"
#include "store/check.h"

#define PASSWORD_CHARS 24 /* of [0-9a-z]: 124 bits */

static json_t *addresses_to_json(const struct connection *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->address_count; i++) {
		char text[NETADDR_TEXT_MAX + 8];
		struct buf b = buf_over(text, sizeof(text));
		connection_address_write(&b, &c->addresses[i]);
		json_array_append_new(list, json_stringn(b.p, b.n));
	}
	return list;
}

static json_t *users_to_json(const struct directory *d, const struct connection *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < directory_count(d).credentials; i++) {
		const struct credential *user = directory_credential_at(d, i);
		if (strcmp(user->connection_id, c->id) == 0)
			json_array_append_new(list, json_string(user->user));
	}
	return list;
}

static json_t *numbers_to_json(const struct directory *d, const struct connection *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < directory_count(d).numbers; i++) {
		const struct number *n = directory_number_at(d, i);
		if (strcmp(n->connection_id, c->id) == 0)
			json_array_append_new(list, json_string(n->digits));
	}
	return list;
}

static json_t *connection_to_json(const struct directory *d, const struct connection *c)
{
	json_t *out = row_to_json(connection_columns, connection_column_count, c);

	if (out) {
		json_object_set_new(out, "addresses", addresses_to_json(c));
		json_object_set_new(out, "users", users_to_json(d, c));
		json_object_set_new(out, "numbers", numbers_to_json(d, c));
	}
	return out;
}

static sotto_err read_addresses(struct command *cmd, const json_t *list, struct connection *c)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));
		if (i == CONNECTION_ADDRESSES_MAX)
			return command_refuse(cmd, SOTTO_EINVAL,
				"addresses: found more than %d, allowed: %d at most",
				CONNECTION_ADDRESSES_MAX, CONNECTION_ADDRESSES_MAX);
		if (!text || connection_address_parse(span_of(text), &c->addresses[i]))
			return command_refuse(cmd, SOTTO_EINVAL,
				"addresses: found \"%.64s\", allowed: an IP address, such as "
				"192.0.2.1, 192.0.2.0/24 or [2001:db8::1]:5070",
				text ? text : "");
		c->address_count = i + 1;
	}
	return SOTTO_OK;
}

/** What is not a column: read by whoever needs it. */
static bool is_extra(const char *key)
{
	static const char *const extras[] = { "user", "password", "password_random" };

	for (size_t i = 0; i < ARRAY_LEN(extras); i++)
		if (strcmp(extras[i], key) == 0)
			return true;
	return false;
}

static sotto_err read_field(
	struct command *cmd, struct connection *c, const char *key, const json_t *value)
{
	sotto_err err;

	if (is_extra(key))
		return SOTTO_OK;
	if (strcmp(key, "addresses") == 0)
		return json_is_array(value)
			       ? read_addresses(cmd, value, c)
			       : command_refuse(cmd, SOTTO_EINVAL, "addresses: not a list");
	/* past the id: that is ours to make */
	err = row_set_json(
		connection_columns + 1, connection_column_count - 1, c, key, value, &cmd->why);
	if (err == SOTTO_ENOENT)
		return command_refuse(cmd, SOTTO_EINVAL, "%.64s: unknown argument", key);
	return err;
}

static sotto_err read_connection(struct command *cmd, struct connection *c)
{
	json_t *args = (json_t *)(uintptr_t)cmd->args; /* jansson's iterators take no const */
	const char *key, *text;
	json_t *value;

	*c = (struct connection){ .is_active = true };
	TRY(command_text(cmd, "name", &text));
	TRY(command_text(cmd, "kind", &text));
	json_object_foreach(args, key, value) TRY(read_field(cmd, c, key, value));
	return SOTTO_OK;
}

/** A password given, or one made here and told once. */
struct secret {
	char text[STORE_PASSWORD_MAX + 1];
	bool is_made;
};

static sotto_err read_password(struct command *cmd, struct secret *out)
{
	const json_t *given = json_object_get(cmd->args, "password");
	bool is_random = json_is_true(json_object_get(cmd->args, "password_random"));
	const char *text;

	*out = (struct secret){ .is_made = is_random };
	if (is_random && given)
		return command_refuse(
			cmd, SOTTO_EINVAL, "password: allowed: one, or password_random, not both");
	if (is_random) {
		rng_token(rng_system(), out->text, PASSWORD_CHARS);
		return SOTTO_OK;
	}
	TRY(command_text(cmd, "password", &text));
	if (span_cstr(span_of(text), out->text, sizeof(out->text)))
		return command_refuse(
			cmd, SOTTO_EINVAL, "password: %d bytes at most", STORE_PASSWORD_MAX);
	return SOTTO_OK;
}

static sotto_err put_credential(
	struct command *cmd, const char *connection_id, const char *user, const struct secret *s)
{
	sotto_err err = store_credential_put(
		cmd->env->store, span_of(connection_id), span_of(user), span_of(s->text));

	return command_store_refused(cmd, err);
}

static sotto_err check_user_args(struct command *cmd, const struct connection *c, bool *has_user)
{
	bool has_secret = json_object_get(cmd->args, "password") ||
			  json_object_get(cmd->args, "password_random");

	*has_user = json_object_get(cmd->args, "user") != NULL;
	if (!*has_user && has_secret)
		return command_refuse(cmd, SOTTO_EINVAL, "user: missing, for the password");
	if (!*has_user && c->kind == CONNECTION_CREDENTIAL)
		return command_refuse(
			cmd, SOTTO_EINVAL, "user: missing: a credential connection has one");
	return SOTTO_OK;
}

/** Both, or nothing: a connection that nobody can use is taken back. */
static sotto_err put_both(
	struct command *cmd, struct connection *c, const char *user, const struct secret *secret)
{
	sotto_err err = store_connection_put(cmd->env->store, c, true);

	TRY(command_store_refused(cmd, err));
	if (!user)
		return SOTTO_OK;
	err = put_credential(cmd, c->id, user, secret);
	if (err && store_connection_remove(cmd->env->store, span_of(c->id)))
		cmd->has_changed = true; /* it stands there after all */
	return err;
}

sotto_err command_connection_add(struct command *cmd)
{
	const char *user = NULL;
	struct secret secret = { 0 };
	struct connection c;
	bool has_user;
	sotto_err err;

	TRY(read_connection(cmd, &c));
	TRY(check_user_args(cmd, &c, &has_user));
	if (has_user)
		TRY(command_text(cmd, "user", &user));
	err = has_user ? read_password(cmd, &secret) : SOTTO_OK;
	if (!err)
		err = put_both(cmd, &c, user, &secret);
	if (!err) {
		cmd->has_changed = true;
		cmd->data = row_to_json(connection_columns, connection_column_count, &c);
		json_object_set_new(cmd->data, "addresses", addresses_to_json(&c));
		json_object_set_new(
			cmd->data, "users", user ? json_pack("[s]", user) : json_array());
		json_object_set_new(cmd->data, "numbers", json_array());
		if (secret.is_made)
			json_object_set_new(cmd->data, "password", json_string(secret.text));
	}
	explicit_bzero(&secret, sizeof(secret));
	return err;
}

sotto_err command_connection_list(struct command *cmd)
{
	static const char *const none[] = { NULL };
	const struct directory *d = cmd->env->directory;

	TRY(command_only(cmd, none));
	cmd->data = json_array();
	for (size_t i = 0; i < directory_count(d).connections; i++)
		json_array_append_new(
			cmd->data, connection_to_json(d, directory_connection_at(d, i)));
	return SOTTO_OK;
}

sotto_err command_connection_show(struct command *cmd)
{
	static const char *const names[] = { "connection", NULL };
	const struct connection *c;

	TRY(command_only(cmd, names));
	TRY(command_connection(cmd, "connection", &c));
	cmd->data = connection_to_json(cmd->env->directory, c);
	return SOTTO_OK;
}

sotto_err command_connection_remove(struct command *cmd)
{
	static const char *const names[] = { "connection", NULL };
	const struct connection *c;

	TRY(command_only(cmd, names));
	TRY(command_connection(cmd, "connection", &c));
	cmd->data = connection_to_json(cmd->env->directory, c);
	TRY(command_store_refused(cmd, store_connection_remove(cmd->env->store, span_of(c->id))));
	cmd->has_changed = true;
	return SOTTO_OK;
}

sotto_err command_credential_add(struct command *cmd)
{
	static const char *const names[] = { "connection", "user", "password", "password_random",
		NULL };
	const struct connection *c;
	struct secret secret;
	const char *user;
	sotto_err err;

	TRY(command_only(cmd, names));
	TRY(command_connection(cmd, "connection", &c));
	TRY(command_text(cmd, "user", &user));
	err = read_password(cmd, &secret);
	if (!err)
		err = put_credential(cmd, c->id, user, &secret);
	if (!err) {
		cmd->has_changed = true;
		cmd->data = json_pack("{s:s, s:s}", "user", user, "connection_id", c->id);
		if (secret.is_made)
			json_object_set_new(cmd->data, "password", json_string(secret.text));
	}
	explicit_bzero(&secret, sizeof(secret));
	return err;
}

sotto_err command_credential_remove(struct command *cmd)
{
	static const char *const names[] = { "user", NULL };
	const char *user;

	TRY(command_only(cmd, names));
	TRY(command_text(cmd, "user", &user));
	TRY(command_store_refused(cmd, store_credential_remove(cmd->env->store, span_of(user))));
	cmd->has_changed = true;
	cmd->data = json_pack("{s:s}", "user", user);
	return SOTTO_OK;
}

static json_t *number_to_json(const struct directory *d, const struct number *n)
{
	const struct connection *c = directory_connection(d, span_of(n->connection_id));

	return json_pack("{s:s, s:s, s:s}", "number", n->digits, "connection_id", n->connection_id,
		"connection_name", c ? c->name : "");
}

sotto_err command_number_add(struct command *cmd)
{
	static const char *const names[] = { "number", "connection", NULL };
	const struct connection *c;
	const char *digits;

	TRY(command_only(cmd, names));
	TRY(command_text(cmd, "number", &digits));
	TRY(command_connection(cmd, "connection", &c));
	TRY(command_store_refused(
		cmd, store_number_put(cmd->env->store, span_of(digits), span_of(c->id))));
	cmd->has_changed = true;
	cmd->data = json_pack("{s:s, s:s, s:s}", "number", digits + (*digits == '+'),
		"connection_id", c->id, "connection_name", c->name);
	return SOTTO_OK;
}

sotto_err command_number_list(struct command *cmd)
{
	static const char *const none[] = { NULL };
	const struct directory *d = cmd->env->directory;

	TRY(command_only(cmd, none));
	cmd->data = json_array();
	for (size_t i = 0; i < directory_count(d).numbers; i++)
		json_array_append_new(cmd->data, number_to_json(d, directory_number_at(d, i)));
	return SOTTO_OK;
}

sotto_err command_number_remove(struct command *cmd)
{
	static const char *const names[] = { "number", NULL };
	const char *digits;

	TRY(command_only(cmd, names));
	TRY(command_text(cmd, "number", &digits));
	TRY(command_store_refused(cmd, store_number_remove(cmd->env->store, span_of(digits))));
	cmd->has_changed = true;
	cmd->data = json_pack("{s:s}", "number", digits + (*digits == '+'));
	return SOTTO_OK;
}
