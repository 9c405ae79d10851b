/** @file daemon/command_record.c  What happened and what runs. */
#include "daemon/command_private.h"

static json_t *leg_to_json(const struct leg_record *leg)
{
	return leg->exists ? row_to_json(leg_columns, leg_column_count, leg) : json_null();
}

static void add_record(void *ctx, const struct call_record *r)
{
	json_t *list = ctx, *one = row_to_json(call_columns, call_column_count, r);
	const struct failure_info *f = failure_info(r->failure);

	if (!one)
		return;
	if (r->failure != FAILURE_none) {
		json_object_set_new(one, "failure_text", json_string(f->text));
		json_object_set_new(one, "failure_remedy", json_string(f->remedy));
	}
	json_object_set_new(one, "caller_leg", leg_to_json(&r->caller));
	json_object_set_new(one, "callee_leg", leg_to_json(&r->callee));
	json_array_append_new(list, one);
}

sotto_err command_record_list(struct command *c)
{
	static const char *const names[] = { "limit", NULL };
	const json_t *limit = json_object_get(c->args, "limit");
	json_int_t n = limit ? json_integer_value(limit) : 20;

	TRY(command_only(c, names));
	if (n < 1 || n > COMMAND_RECORDS_MAX)
		return command_refuse(
			c, SOTTO_EINVAL, "limit: allowed: 1 to %d", COMMAND_RECORDS_MAX);
	c->data = json_array();
	return command_store_refused(
		c, store_record_list(c->env->store, (size_t)n, add_record, c->data));
}

sotto_err command_status(struct command *c)
{
	static const char *const none[] = { NULL };
	struct directory_counts n = directory_count(c->env->directory);
	struct command_status s = { 0 };
	uint64_t records;

	TRY(command_only(c, none));
	TRY(command_store_refused(c, store_record_count(c->env->store, &records)));
	if (c->env->status)
		c->env->status(c->env->ctx, &s);
	c->data = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "version",
		SOTTO_VERSION, "uptime_s", (json_int_t)s.uptime_s, "calls", (json_int_t)s.calls,
		"dialogs", (json_int_t)s.dialogs, "transactions", (json_int_t)s.transactions,
		"registrations", (json_int_t)s.bindings, "flows", (json_int_t)s.flows,
		"connections", (json_int_t)n.connections, "credentials", (json_int_t)n.credentials,
		"numbers", (json_int_t)n.numbers, "records", (json_int_t)records);
	return SOTTO_OK;
}
