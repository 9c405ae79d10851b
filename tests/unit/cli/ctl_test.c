/** @file unit/cli/ctl_test.c  What `sotto ctl` sends, and what it prints. */
#include "cli/ctl_print.h"
#include "cli/ctl_request.h"
#include "unit/test.h"

/* a row of a table: clang-format 14 tears bare ones apart */
#define LINE(...)           \
	{                   \
		__VA_ARGS__ \
	}

#define WORDS_MAX 24

/** Reads a command line of words separated by one space. */
static sotto_err read_line(
	struct ctl_request *r, const char *line, const char *input, char why[256])
{
	char copy[1024], *argv[WORDS_MAX], *save = NULL;
	struct buf b = buf_over(why, 255);
	FILE *in = fmemopen((char *)(uintptr_t)input, strlen(input), "r");
	sotto_err err;
	int argc = 0;

	CHECK(in != NULL);
	memset(why, 0, 256);
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		CHECK(argc < WORDS_MAX);
		argv[argc++] = w;
	}
	err = ctl_request_read(r, argc, argv, in, &b);
	fclose(in);
	return err;
}

static void a_command_line_becomes_a_request(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		LINE("status", "{\"command\": \"status\", \"args\": {}}"),
		LINE("connection list --json", "{\"command\": \"connection.list\", \"args\": {}}"),
		LINE("--json connection show a",
			"{\"command\": \"connection.show\", \"args\": {\"connection\": \"a\"}}"),
		LINE("connection rm cc_1 --socket /x",
			"{\"command\": \"connection.remove\", \"args\": {\"connection\": \"cc_1\"}}"),
		LINE("number add +15551234 --connection demo",
			"{\"command\": \"number.add\", \"args\": {\"number\": \"+15551234\", "
			"\"connection\": \"demo\"}}"),
		LINE("number add --connection demo +15551234",
			"{\"command\": \"number.add\", \"args\": {\"connection\": \"demo\", "
			"\"number\": \"+15551234\"}}"),
		LINE("record list --limit 5",
			"{\"command\": \"record.list\", \"args\": {\"limit\": 5}}"),
		LINE("credential add bob --connection a --password-stdin",
			"{\"command\": \"credential.add\", \"args\": {\"user\": \"bob\", "
			"\"connection\": \"a\", \"password\": \"a pass word\"}}"),
		LINE("connection add --name a --kind ip --address 192.0.2.1 --address 192.0.2.0/24:5070 "
		     "--encrypted-media srtp --require-tls --inactive --channel-limit 0",
			"{\"command\": \"connection.add\", \"args\": {\"name\": \"a\", \"kind\": "
			"\"ip\", \"addresses\": [\"192.0.2.1\", \"192.0.2.0/24:5070\"], "
			"\"inbound_media\": \"srtp\", \"outbound_media\": \"srtp\", \"require_tls\": "
			"true, \"is_active\": false, \"channel_limit\": 0}}"),
		LINE("connection add --inbound-suites A,B --outbound-suites C:D",
			"{\"command\": \"connection.add\", \"args\": {\"inbound_suites\": [\"A\", "
			"\"B\"], \"outbound_suites\": [\"C\", \"D\"]}}"),
	};
	char why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ctl_request r;
		char *text;
		ROW(rows[i].line);
		CHECK_OK(read_line(&r, rows[i].line, "a pass word\nmore\n", why));
		text = json_dumps(r.body, 0);
		CHECK_SPAN(rows[i].want, span_of(text));
		free(text);
		json_decref(r.body);
	}
}

static void common_options_are_taken_anywhere(void **state)
{
	struct ctl_request r;
	char why[256];

	(void)state;
	CHECK_OK(read_line(&r, "--socket /a --json status", "x", why));
	CHECK(r.json);
	CHECK(r.socket != NULL);
	json_decref(r.body);
	CHECK_OK(read_line(&r, "status", "x", why));
	CHECK(!r.json && !r.help && !r.socket);
	json_decref(r.body);
	CHECK_OK(read_line(&r, "connection add --help", "x", why));
	CHECK(r.help && !r.body);
	CHECK_SPAN("connection.add", span_of(r.command->wire));
	CHECK_OK(read_line(&r, "--help", "x", why));
	CHECK(r.help && !r.command);
	CHECK_OK(read_line(&r, "connection --help", "x", why));
	CHECK(r.help && !r.command);
	CHECK_OK(read_line(&r, "connection show --help", "x", why));
	CHECK(r.help && !r.body);
}

static void wrong_usage_is_told(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		LINE("--json", "which command? see sotto ctl --help"),
		LINE("conection", "command \"conection\" is not known, see sotto ctl --help"),
		LINE("connection", "connection: allowed: add, list, show, rm"),
		LINE("number delete 1", "number: found \"delete\", allowed: add, list, rm"),
		LINE("connection show", "ID|NAME is missing"),
		LINE("connection show a b", "\"b\" is one word too many"),
		LINE("status now", "\"now\" is one word too many"),
		LINE("status --frob", "option --frob is not known to status"),
		LINE("connection list --name a", "option --name is not known to connection list"),
		LINE("connection add --name", "--name: NAME must follow"),
		LINE("connection add --name a --name b", "--name: name is given already"),
		LINE("connection add --port x", "--port: found \"x\", allowed: a whole number"),
		LINE("connection add --port -1", "--port: found \"-1\", allowed: a whole number"),
		LINE("connection add --password a --password-stdin",
			"--password-stdin: password is given already"),
		LINE("status --socket", "--socket: a path must follow"),
		LINE("connection add --name \xff", "--name: not UTF-8"),
		LINE("connection show \xff", "ID|NAME: not UTF-8"),
	};
	char why[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct ctl_request r;
		ROW(rows[i].line);
		CHECK_INT(SOTTO_EINVAL, read_line(&r, rows[i].line, "pw\n", why));
		CHECK_SPAN(rows[i].want, span_of(why));
		CHECK(!r.body);
	}
}

static void a_password_is_one_line(void **state)
{
	struct ctl_request r;
	char why[256], big[300];

	(void)state;
	CHECK_INT(SOTTO_EINVAL, read_line(&r, "credential add a --password-stdin", "\n", why));
	CHECK_SPAN("--password-stdin: found nothing on standard input, allowed: one line",
		span_of(why));
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	CHECK_INT(SOTTO_EINVAL, read_line(&r, "credential add a --password-stdin", big, why));
	CHECK_SPAN("--password-stdin: the line on standard input is too long", span_of(why));
}

static void check_printed(
	void (*print)(FILE *out, const json_t *data), const char *json, const char *want)
{
	char got[4096] = "";
	FILE *out = fmemopen(got, sizeof(got), "w");
	json_t *data = json_loads(json, JSON_DECODE_ANY, NULL);

	CHECK(out && data);
	print(out, data);
	fclose(out);
	json_decref(data);
	CHECK_SPAN(want, span_of(got));
}

static void answers_are_printed_in_columns(void **state)
{
	(void)state;
	check_printed(ctl_print_numbers,
		"[{\"number\":\"1\",\"connection_name\":\"caf\xc3\xa9 a\",\"connection_id\":\"x\"},"
		" {\"number\":\"12345678\",\"connection_name\":\"b\",\"connection_id\":\"y\"}]",
		"NUMBER    CONNECTION  ID\n"
		"1         caf\xc3\xa9 a      x\n"
		"12345678  b           y\n");
	check_printed(ctl_print_numbers, "[]", "NUMBER  CONNECTION  ID\n");
	check_printed(ctl_print_connections,
		"[{\"id\":\"cc_1\",\"name\":\"a\",\"kind\":\"ip\",\"host\":\"\",\"addresses\":"
		"[\"192.0.2.1\",\"192.0.2.2\"],\"users\":[],\"numbers\":[],\"transport\":\"tls\","
		"\"inbound_media\":\"srtp\",\"outbound_media\":\"off\",\"require_tls\":true,"
		"\"is_active\":false}]",
		"ID    NAME  KIND  USER, ADDRESS OR HOST  TRANSPORT  INBOUND  OUTBOUND  TLS       "
		"ACTIVE  NUMBERS\n"
		"cc_1  a     ip    192.0.2.1,192.0.2.2    tls        srtp     off       required  "
		"no      -\n");
	check_printed(ctl_print_removed, "{\"number\":\"100\"}", "removed 100\n");
	check_printed(ctl_print_status, "{\"version\":\"1\",\"calls\":2,\"x\":true,\"y\":null}",
		"version                1\n"
		"calls                  2\n"
		"x                      yes\n"
		"y                      -\n");
}

static void records_say_what_protected_each_leg(void **state)
{
	(void)state;
	check_printed(ctl_print_records,
		"[{\"call_id\":\"c1\",\"caller\":\"\\u001b[31mred\",\"callee\":\"test\","
		"\"started_ms\":1700000000000,\"answered_ms\":1700000001000,"
		"\"ended_ms\":1700000004500,\"failure\":\"none\",\"sip_status\":200,"
		"\"caller_leg\":{\"transport\":\"tls\",\"tls_version\":\"TLSv1.3\",\"is_srtp\":true,"
		"\"suite\":\"AES_CM_128_HMAC_SHA1_80\",\"is_protected\":true},"
		"\"callee_leg\":{\"transport\":\"udp\",\"tls_version\":\"\",\"is_srtp\":false}},"
		"{\"call_id\":\"c2\",\"caller\":\"a\",\"callee\":\"b\",\"started_ms\":1700000000000,"
		"\"answered_ms\":0,\"ended_ms\":1700000000000,\"failure\":\"srtp_no_common_suite\","
		"\"sip_status\":488,\"caller_leg\":{\"transport\":\"udp\",\"tls_version\":\"\","
		"\"is_srtp\":true,\"suite\":\"X\",\"keys_exposed\":true},\"callee_leg\":null}]",
		"STARTED               SECONDS  FROM      TO    RESULT                    CALLER'S LEG  "
		"                                       CALLEE'S LEG           CALL\n"
		"2023-11-14T22:13:20Z  3.5      ?[31mred  test  200                       tls TLSv1.3, "
		"srtp AES_CM_128_HMAC_SHA1_80 protected  udp, rtp in the clear  c1\n"
		"2023-11-14T22:13:20Z  -        a         b     488 srtp_no_common_suite  udp, srtp X "
		"keys exposed                             -                      c2\n");
}

static void every_command_has_a_usage(void **state)
{
	char got[8192];

	(void)state;
	for (size_t i = 0; i < ctl_command_count; i++) {
		FILE *out = fmemopen(got, sizeof(got), "w");
		ROW(ctl_commands[i].wire);
		ctl_usage(out, &ctl_commands[i]);
		fclose(out);
		CHECK(strstr(got, ctl_commands[i].text) != NULL);
		for (size_t k = 0; k < ctl_commands[i].option_count; k++)
			CHECK(strstr(got, ctl_commands[i].options[k].name) != NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_line_becomes_a_request),
		cmocka_unit_test(common_options_are_taken_anywhere),
		cmocka_unit_test(wrong_usage_is_told),
		cmocka_unit_test(a_password_is_one_line),
		cmocka_unit_test(answers_are_printed_in_columns),
		cmocka_unit_test(records_say_what_protected_each_leg),
		cmocka_unit_test(every_command_has_a_usage),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
