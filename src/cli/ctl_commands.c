/** @file cli/ctl_commands.c  The commands: one row each. */
#include "cli/ctl_print.h"
#include "cli/ctl_request.h"

/* clang-format 14 falls over an array of rows of unlike length: hence the macro */
#define ROW(...)            \
	{                   \
		__VA_ARGS__ \
	}

static const struct ctl_option connection_add[] = {
	ROW("--name", "name", CTL_TEXT, "NAME", "what people call it; unique"),
	ROW("--kind", "kind", CTL_TEXT, "credential|ip|fqdn",
		"registers with a password; known by its address; a DNS name that we call"),
	ROW("--user", "user", CTL_TEXT, "USER", "who may log in for it"),
	ROW("--password-stdin", "password", CTL_PASSWORD, NULL,
		"reads the password from standard input (the safest)"),
	ROW("--password-random", "password_random", CTL_FLAG, NULL,
		"makes a password and shows it, this once"),
	ROW("--password", "password", CTL_TEXT, "PASSWORD",
		"here; other users of this machine see it in ps"),
	ROW("--address", "addresses", CTL_LIST, "IP[/BITS][:PORT]",
		"source of its calls, and where ours go; again for more"),
	ROW("--host", "host", CTL_TEXT, "NAME", "kind fqdn: the name that we call"),
	ROW("--port", "port", CTL_NUMBER, "PORT",
		"kind fqdn: 5060, or 5061 with TLS, if not given"),
	ROW("--transport", "transport", CTL_TEXT, "udp|tcp|tls", "how we reach it (udp)"),
	ROW("--tls-name", "tls_name", CTL_TEXT, "NAME", "name in its certificate, if not the host"),
	ROW("--encrypted-media", "", CTL_MEDIA, "off|srtp|optional", "both of the next two"),
	ROW("--inbound-media", "inbound_media", CTL_TEXT, "off|srtp|optional",
		"encryption of calls to it (off)"),
	ROW("--outbound-media", "outbound_media", CTL_TEXT, "off|srtp|optional",
		"encryption of calls from it (off)"),
	ROW("--inbound-suites", "inbound_suites", CTL_SUITES, "SUITE,...",
		"allowed there, in order of preference"),
	ROW("--outbound-suites", "outbound_suites", CTL_SUITES, "SUITE,...",
		"allowed there, in order of preference"),
	ROW("--require-tls", "require_tls", CTL_FLAG, NULL,
		"refuses SRTP whose keys come over UDP or TCP"),
	ROW("--suite-choice-theirs", "suite_choice_theirs", CTL_FLAG, NULL,
		"the offer's order of suites counts, not ours"),
	ROW("--answer-profile-mirror", "answer_profile_mirror", CTL_FLAG, NULL,
		"answers SRTP in the profile of the offer"),
	ROW("--offer-profile-avp", "offer_profile_avp", CTL_FLAG, NULL,
		"offers SRTP as RTP/AVP with a=crypto"),
	ROW("--osrtp-decline-rtp", "osrtp_decline_rtp", CTL_FLAG, NULL,
		"RTP where SRTP is optional and no suite is common"),
	ROW("--lenient-tag", "lenient_tag", CTL_FLAG, NULL,
		"takes an answer with a wrong a=crypto tag"),
	ROW("--timeout-1xx", "timeout_1xx_secs", CTL_NUMBER, "SECONDS",
		"for any answer; 0: as configured"),
	ROW("--timeout-2xx", "timeout_2xx_secs", CTL_NUMBER, "SECONDS",
		"for somebody to pick up; 0: as configured"),
	ROW("--channel-limit", "channel_limit", CTL_NUMBER, "N", "calls at a time; 0: no limit"),
	ROW("--inactive", "is_active", CTL_NO_FLAG, NULL, "its calls are refused"),
};

static const struct ctl_option credential_add[] = {
	ROW("--connection", "connection", CTL_TEXT, "ID|NAME", "for which one"),
	ROW("--password-stdin", "password", CTL_PASSWORD, NULL,
		"reads the password from standard input (the safest)"),
	ROW("--password-random", "password_random", CTL_FLAG, NULL,
		"makes a password and shows it, this once"),
	ROW("--password", "password", CTL_TEXT, "PASSWORD",
		"here; other users of this machine see it in ps"),
};

static const struct ctl_option number_add[] = {
	ROW("--connection", "connection", CTL_TEXT, "ID|NAME", "whose it is"),
};

static const struct ctl_option record_list[] = {
	ROW("--limit", "limit", CTL_NUMBER, "N", "how many, the newest first (20; 1000 at most)"),
};

#define OPTIONS(list) (list), ARRAY_LEN(list)

const struct ctl_command ctl_commands[] = {
	ROW("connection", "add", "connection.add", NULL, NULL, OPTIONS(connection_add),
		ctl_print_connection, "adds a customer's trunk"),
	ROW("connection", "list", "connection.list", NULL, NULL, NULL, 0, ctl_print_connections,
		"all of them"),
	ROW("connection", "show", "connection.show", "connection", "ID|NAME", NULL, 0,
		ctl_print_connection, "everything about one"),
	ROW("connection", "rm", "connection.remove", "connection", "ID|NAME", NULL, 0,
		ctl_print_removed, "removes one, with its users and numbers"),
	ROW("credential", "add", "credential.add", "user", "USER", OPTIONS(credential_add),
		ctl_print_credential, "adds a user, or gives one a new password"),
	ROW("credential", "rm", "credential.remove", "user", "USER", NULL, 0, ctl_print_removed,
		"removes one"),
	ROW("number", "add", "number.add", "number", "NUMBER", OPTIONS(number_add),
		ctl_print_number, "gives a number to a connection"),
	ROW("number", "list", "number.list", NULL, NULL, NULL, 0, ctl_print_numbers, "all of them"),
	ROW("number", "rm", "number.remove", "number", "NUMBER", NULL, 0, ctl_print_removed,
		"takes one away"),
	ROW("record", "list", "record.list", NULL, NULL, OPTIONS(record_list), ctl_print_records,
		"calls that have ended, and what protected them"),
	ROW("status", NULL, "status", NULL, NULL, NULL, 0, ctl_print_status, "what runs"),
};
const size_t ctl_command_count = ARRAY_LEN(ctl_commands);
