/** @file unit/daemon/command_test.c  Requests as they come over the control socket, on a real
 * store. */
#include "daemon/command.h"

#include "daemon/row_json.h"
#include "unit/alloc_fail.h"
#include "unit/store/folder.h"
#include "unit/test.h"

/* a row of a table: clang-format 14 tears bare ones apart */
#define LINE(...)           \
	{                   \
		__VA_ARGS__ \
	}

struct fixture {
	struct folder folder;
	struct command_env env;
	unsigned published;
	size_t numbers; /* of the snapshot that was published last */
};

static void on_publish(void *ctx, struct directory *d)
{
	struct fixture *f = ctx;

	f->published++;
	f->numbers = directory_count(d).numbers;
}

static void on_status(void *ctx, struct command_status *out)
{
	(void)ctx;
	*out = (struct command_status){ 1, 2, 3, 4, 5, 6 };
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	folder_make(&f->folder);
	CHECK_OK(store_open(&f->env.store, f->folder.store, SPAN("example.org"), NULL));
	f->env.publish = on_publish;
	f->env.status = on_status;
	f->env.ctx = f;
	CHECK_OK(command_env_init(&f->env));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	command_env_deinit(&f->env);
	store_close(f->env.store);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

/** The answer as a value; the caller's. */
static json_t *ask(struct fixture *f, const char *request)
{
	char *line = command_run(&f->env, span_of(request));
	json_t *answer;

	CHECK(line != NULL);
	CHECK(strlen(line) > 0 && strchr(line, '\n') == line + strlen(line) - 1);
	answer = json_loads(line, 0, NULL);
	CHECK(json_is_object(answer));
	free(line);
	return answer;
}

static json_t *ask_ok(struct fixture *f, const char *request)
{
	json_t *answer = ask(f, request), *data = json_incref(json_object_get(answer, "data"));

	if (!json_is_true(json_object_get(answer, "ok")))
		fail_msg("[%s] %s: %s", test_row_, request,
			json_string_value(
				json_object_get(json_object_get(answer, "error"), "detail")));
	json_decref(answer);
	return data;
}

static void ask_refused(
	struct fixture *f, const char *request, const char *code, const char *detail)
{
	json_t *answer = ask(f, request), *error = json_object_get(answer, "error");

	CHECK(json_is_false(json_object_get(answer, "ok")));
	CHECK_SPAN(code, span_of(json_string_value(json_object_get(error, "code"))));
	CHECK_SPAN(detail, span_of(json_string_value(json_object_get(error, "detail"))));
	CHECK(json_string_value(json_object_get(error, "title")));
	json_decref(answer);
}

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "(none)";
}

#define ADD_DEMO                                                                 \
	"{\"command\":\"connection.add\",\"args\":{\"name\":\"demo\","           \
	"\"kind\":\"credential\",\"user\":\"demo\",\"password\":\"12345678\","   \
	"\"inbound_media\":\"srtp\",\"outbound_media\":\"optional\","            \
	"\"inbound_suites\":[\"AES_CM_128_HMAC_SHA1_32\"],\"require_tls\":true," \
	"\"channel_limit\":7}}"

static void a_connection_is_added_listed_shown_and_removed(void **state)
{
	struct fixture *f = *state;
	json_t *made = ask_ok(f, ADD_DEMO), *data;

	CHECK(strncmp(text(made, "id"), "cc_", 3) == 0);
	CHECK_INT(1, f->published);
	json_decref(ask_ok(f, "{\"command\":\"number.add\",\"args\":{\"number\":\"+100\","
			      "\"connection\":\"demo\"}}"));
	CHECK_INT(2, f->published);
	CHECK_INT(1, f->numbers);
	data = ask_ok(f, "{\"command\":\"connection.list\"}");
	CHECK_INT(1, json_array_size(data));
	json_decref(data);
	data = ask_ok(f, "{\"command\":\"connection.show\",\"args\":{\"connection\":\"demo\"}}");
	CHECK_SPAN(text(made, "id"), span_of(text(data, "id")));
	CHECK_SPAN("credential", span_of(text(data, "kind")));
	CHECK_SPAN("srtp", span_of(text(data, "inbound_media")));
	CHECK_SPAN("optional", span_of(text(data, "outbound_media")));
	CHECK_SPAN("AES_CM_128_HMAC_SHA1_32",
		span_of(json_string_value(
			json_array_get(json_object_get(data, "inbound_suites"), 0))));
	CHECK(json_is_true(json_object_get(data, "require_tls")));
	CHECK(json_is_true(json_object_get(data, "is_active")));
	CHECK_INT(7, json_integer_value(json_object_get(data, "channel_limit")));
	CHECK_SPAN("demo",
		span_of(json_string_value(json_array_get(json_object_get(data, "users"), 0))));
	CHECK_SPAN("100",
		span_of(json_string_value(json_array_get(json_object_get(data, "numbers"), 0))));
	CHECK(!json_object_get(data, "password"));
	json_decref(data);
	data = ask_ok(f, "{\"command\":\"number.list\"}");
	CHECK_SPAN("demo", span_of(text(json_array_get(data, 0), "connection_name")));
	json_decref(data);
	json_decref(ask_ok(
		f, "{\"command\":\"connection.remove\",\"args\":{\"connection\":\"demo\"}}"));
	CHECK_INT(3, f->published);
	CHECK_INT(0, f->numbers);
	json_decref(made);
}

static void a_random_password_is_told_once(void **state)
{
	struct fixture *f = *state;
	json_t *data =
		ask_ok(f, "{\"command\":\"connection.add\",\"args\":{\"name\":\"a\",\"kind\":"
			  "\"credential\",\"user\":\"a\",\"password_random\":true}}");
	struct auth_ha1 want;
	const struct credential *c = directory_credential(f->env.directory, SPAN("a"));

	CHECK_INT(24, strlen(text(data, "password")));
	CHECK_OK(auth_ha1_make(
		&want, SPAN("a"), SPAN("example.org"), span_of(text(data, "password"))));
	CHECK(memcmp(&want, &c->ha1, sizeof(want)) == 0);
	json_decref(data);
	data = ask_ok(f, "{\"command\":\"connection.show\",\"args\":{\"connection\":\"a\"}}");
	CHECK(!json_object_get(data, "password"));
	json_decref(data);
	json_decref(ask_ok(f, "{\"command\":\"credential.add\",\"args\":{\"connection\":\"a\","
			      "\"user\":\"b\",\"password\":\"abcdefgh\"}}"));
	CHECK_INT(2, directory_count(f->env.directory).credentials);
	json_decref(ask_ok(f, "{\"command\":\"credential.remove\",\"args\":{\"user\":\"a\"}}"));
	CHECK_INT(1, directory_count(f->env.directory).credentials);
}

static void a_connection_whose_user_is_refused_is_not_there(void **state)
{
	struct fixture *f = *state;
	json_t *data;

	json_decref(ask_ok(f, ADD_DEMO));
	ask_refused(f,
		"{\"command\":\"connection.add\",\"args\":{\"name\":\"b\",\"kind\":"
		"\"credential\",\"user\":\"demo\",\"password\":\"12345678\"}}",
		"exists", "user: another connection has the user \"demo\" already");
	data = ask_ok(f, "{\"command\":\"connection.list\"}");
	CHECK_INT(1, json_array_size(data));
	json_decref(data);
	CHECK_INT(1, f->published);
}

static void wrong_requests_are_refused_in_plain_words(void **state)
{
#define ADD(more) "{\"command\":\"connection.add\",\"args\":{\"name\":\"x\"," more "}}"
	static const struct {
		const char *label, *request, *code, *detail;
	} rows[] = {
		LINE("no JSON", "hello", "malformed",
			"not a JSON object: '[' or '{' expected near 'hello'"),
		LINE("a list", "[]", "malformed", "not a JSON object: another kind of value"),
		LINE("no command", "{}", "malformed", "command: missing"),
		LINE("args of another kind", "{\"command\":\"status\",\"args\":5}", "malformed",
			"args: not an object"),
		LINE("an unknown command", "{\"command\":\"make.coffee\"}", "unknown_command",
			"command \"make.coffee\" is not known"),
		LINE("an argument too many", "{\"command\":\"status\",\"args\":{\"x\":1}}",
			"invalid", "x: unknown argument"),
		LINE("no name", "{\"command\":\"connection.add\",\"args\":{}}", "invalid",
			"name: missing"),
		LINE("no kind", "{\"command\":\"connection.add\",\"args\":{\"name\":\"a\"}}",
			"invalid", "kind: missing"),
		LINE("a wrong kind", ADD("\"kind\":\"sip\""), "invalid",
			"kind: found \"sip\", allowed: credential, ip, fqdn"),
		LINE("a name that is a number",
			"{\"command\":\"connection.add\",\"args\":{\"name\":5,\"kind\":\"ip\"}}",
			"invalid", "name: not a text"),
		LINE("an id", ADD("\"kind\":\"ip\",\"id\":\"cc_1\""), "invalid",
			"id: unknown argument"),
		LINE("an unknown field", ADD("\"kind\":\"ip\",\"colour\":\"red\""), "invalid",
			"colour: unknown argument"),
		LINE("a text for a bool", ADD("\"kind\":\"ip\",\"require_tls\":\"yes\""), "invalid",
			"require_tls: found \"yes\", allowed: true, false"),
		LINE("a port too high", ADD("\"kind\":\"fqdn\",\"port\":65536"), "invalid",
			"port: found 65536, allowed: a whole number from 0 to 65535"),
		LINE("a number below zero", ADD("\"kind\":\"ip\",\"channel_limit\":-1"), "invalid",
			"channel_limit: found -1, allowed: a whole number from 0 to 4294967295"),
		LINE("a text with a zero", ADD("\"kind\":\"fqdn\",\"host\":\"a\\u0000b\""),
			"invalid", "host: found \"a\\u0000b\", allowed: text of at most 127 bytes"),
		LINE("an address with too many bits",
			ADD("\"kind\":\"ip\",\"addresses\":[\"192.0.2.1/33\"]"), "invalid",
			"addresses: found \"192.0.2.1/33\", allowed: an IP address, such as "
			"192.0.2.1, 192.0.2.0/24 or [2001:db8::1]:5070"),
		LINE("addresses that are no list", ADD("\"kind\":\"ip\",\"addresses\":\"a\""),
			"invalid", "addresses: not a list"),
		LINE("a user without a password", ADD("\"kind\":\"credential\",\"user\":\"a\""),
			"invalid", "password: missing"),
		LINE("a password without a user",
			ADD("\"kind\":\"credential\",\"password\":\"12345678\""), "invalid",
			"user: missing, for the password"),
		LINE("a credential connection without a user", ADD("\"kind\":\"credential\""),
			"invalid", "user: missing: a credential connection has one"),
		LINE("two passwords",
			ADD("\"kind\":\"credential\",\"user\":\"a\",\"password\":\"12345678\","
			    "\"password_random\":true"),
			"invalid", "password: allowed: one, or password_random, not both"),
		LINE("a short password",
			ADD("\"kind\":\"credential\",\"user\":\"a\",\"password\":\"1234567\""),
			"invalid", "password: 8 to 128 bytes"),
		LINE("nobody to show",
			"{\"command\":\"connection.show\",\"args\":{\"connection\":\"x\"}}",
			"not_found", "no connection has the id or name \"x\""),
		LINE("a number for nobody",
			"{\"command\":\"number.add\",\"args\":{\"number\":\"1\",\"connection\":"
			"\"x\"}}",
			"not_found", "no connection has the id or name \"x\""),
		LINE("a number that is not there",
			"{\"command\":\"number.remove\",\"args\":{\"number\":\"1\"}}", "not_found",
			"no connection has the number 1"),
		LINE("too many records", "{\"command\":\"record.list\",\"args\":{\"limit\":1001}}",
			"invalid", "limit: allowed: 1 to 1000"),
		LINE("no records", "{\"command\":\"record.list\",\"args\":{\"limit\":0}}",
			"invalid", "limit: allowed: 1 to 1000"),
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		ask_refused(f, rows[i].request, rows[i].code, rows[i].detail);
	}
	CHECK_INT(0, f->published);
}

static void addresses_are_64_at_most(void **state)
{
	struct fixture *f = *state;
	char request[4096];
	struct buf b;

	for (int n = 65; n >= 64; n--) {
		b = buf_over(request, sizeof(request));
		buf_lit(&b, "{\"command\":\"connection.add\",\"args\":{\"name\":\"x\",\"kind\":"
			    "\"ip\",\"addresses\":[");
		for (int i = 0; i < n; i++)
			buf_printf(&b, "%s\"192.0.2.%d\"", i ? "," : "", i + 1);
		buf_lit(&b, "]}}");
		buf_putc(&b, '\0');
		if (n == 65)
			ask_refused(f, request, "invalid",
				"addresses: found more than 64, allowed: 64 at most");
		else
			json_decref(ask_ok(f, request));
	}
}

static void records_show_both_legs(void **state)
{
	struct fixture *f = *state;
	struct call_record r = { .call_id = "c1",
		.from = "\xff raw",
		.failure = FAILURE_no_answer,
		.caller = { .exists = true,
			.transport = SIP_TRANSPORT_TLS,
			.is_srtp = true,
			.suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.is_protected = true } };
	json_t *data, *one;

	CHECK_OK(store_record_add(f->env.store, &r));
	data = ask_ok(f, "{\"command\":\"record.list\",\"args\":{\"limit\":1}}");
	one = json_array_get(data, 0);
	CHECK_SPAN("c1", span_of(text(one, "call_id")));
	CHECK_SPAN("? raw", span_of(text(one, "caller")));
	CHECK_SPAN("no_answer", span_of(text(one, "failure")));
	CHECK_SPAN("raise timeout_2xx_secs", span_of(text(one, "failure_remedy")));
	CHECK_SPAN("AES_CM_128_HMAC_SHA1_80",
		span_of(text(json_object_get(one, "caller_leg"), "suite")));
	CHECK(json_is_true(json_object_get(json_object_get(one, "caller_leg"), "is_protected")));
	CHECK(json_is_null(json_object_get(one, "callee_leg")));
	json_decref(data);
}

static void status_counts_what_lives_and_what_is_kept(void **state)
{
	struct fixture *f = *state;
	json_t *data;

	json_decref(ask_ok(f, ADD_DEMO));
	data = ask_ok(f, "{\"command\":\"status\"}");
	CHECK_INT(2, json_integer_value(json_object_get(data, "calls")));
	CHECK_INT(5, json_integer_value(json_object_get(data, "registrations")));
	CHECK_INT(1, json_integer_value(json_object_get(data, "connections")));
	CHECK_INT(1, json_integer_value(json_object_get(data, "credentials")));
	CHECK_INT(0, json_integer_value(json_object_get(data, "records")));
	json_decref(data);
}

static void addresses_are_written_as_they_are_read(void **state)
{
	static const struct {
		const char *text, *want; /* want NULL: refused */
	} rows[] = {
		LINE("192.0.2.1", "192.0.2.1"),
		LINE("192.0.2.1:5070", "192.0.2.1:5070"),
		LINE("192.0.2.0/24", "192.0.2.0/24"),
		LINE("192.0.2.0/24:5070", "192.0.2.0/24:5070"),
		LINE("192.0.2.1/32", "192.0.2.1"),
		LINE("192.0.2.1/32:5070", "192.0.2.1:5070"),
		LINE("2001:db8::1", "[2001:db8::1]"),
		LINE("[2001:db8::1]:5070", "[2001:db8::1]:5070"),
		LINE("2001:db8::/32", "[2001:db8::]/32"),
		LINE("[2001:db8::]/32:5070", "[2001:db8::]/32:5070"),
		LINE("192.0.2.1/33", NULL),
		LINE("2001:db8::/129", NULL),
		LINE("192.0.2.1:5070/24", NULL),
		LINE("192.0.2.1/", NULL),
		LINE("192.0.2.1/24:", NULL),
		LINE("192.0.2.1/24:0", NULL),
		LINE("192.0.2.1/24:65536", NULL),
		LINE("/24", NULL),
		LINE("", NULL),
		LINE("a.example", NULL),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct connection_address a;
		char out[NETADDR_TEXT_MAX + 8];
		struct buf b = buf_over(out, sizeof(out));
		ROW(rows[i].text);
		CHECK_INT(rows[i].want ? SOTTO_OK : SOTTO_ESYNTAX,
			connection_address_parse(span_of(rows[i].text), &a));
		if (!rows[i].want)
			continue;
		connection_address_write(&b, &a);
		CHECK_SPAN(rows[i].want, buf_span(&b));
	}
}

static void use_once(void *ctx)
{
	static const char *const requests[] = { ADD_DEMO, "{\"command\":\"connection.list\"}",
		"{\"command\":\"connection.remove\",\"args\":{\"connection\":\"demo\"}}" };
	struct fixture *f = ctx;

	for (size_t i = 0; i < ARRAY_LEN(requests); i++)
		free(command_run(&f->env, span_of(requests[i])));
}

static void commands_survive_every_failed_allocation(void **state)
{
	struct fixture *f = *state;
	json_t *data;

	alloc_fail_sweep(use_once, f);
	use_once(f); /* the snapshot is whole again after the next change */
	data = ask_ok(f, "{\"command\":\"connection.list\"}");
	CHECK_INT(0, json_array_size(data));
	json_decref(data);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_connection_is_added_listed_shown_and_removed),
		TEST(a_random_password_is_told_once),
		TEST(a_connection_whose_user_is_refused_is_not_there),
		TEST(wrong_requests_are_refused_in_plain_words),
		TEST(addresses_are_64_at_most),
		TEST(records_show_both_legs),
		TEST(status_counts_what_lives_and_what_is_kept),
		TEST(commands_survive_every_failed_allocation),
		cmocka_unit_test(addresses_are_written_as_they_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
