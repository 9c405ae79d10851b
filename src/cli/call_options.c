/** @file cli/call_options.c */
#include "cli/call_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

const char call_usage[] =
	"usage: sotto call sip:USER@HOST[:PORT] [options]\n"
	"\n"
	"Places a call, sends a tone, listens for it, and says what protected the call.\n"
	"\n"
	"  --udp, --tcp, --tls    transport (default: udp, or tls for sips: and ;transport=tls)\n"
	"  --srtp SUITE|all|off   media encryption that must be agreed (default: all with --tls, else "
	"off)\n"
	"  --from USER[:PASSWORD] credentials; a password given here is seen by other users of this "
	"machine\n"
	"  --password-file FILE   its first line is the password; - is standard input\n"
	"  --ca FILE              trust these roots (PEM) instead of the system's\n"
	"  --tls-name NAME        the name that the certificate must have (default: HOST)\n"
	"  --no-verify            accept any certificate: the call may be listened to\n"
	"  --bind IP              local address\n"
	"  --seconds N            length of the call, 1 to 600 (default 4)\n"
	"  --tone HZ              the tone to send, 300 to 3400 (default: drawn anew)\n"
	"  --hear HZ              a tone that must be heard; may be given 4 times (default: our own)\n"
	"  --wav-in FILE          send this (16-bit mono, 8000 Hz) instead of a tone\n"
	"  --wav-out FILE         keep what was heard\n"
	"  --json                 the result as one line of JSON\n"
	"  --quiet                no ladder of messages\n"
	"\n"
	"Exit status: 0 the call was answered and sounded as it should, 1 it was not, 2 usage.\n";

enum option_id {
	OPT_UDP = 256,
	OPT_TCP,
	OPT_TLS,
	OPT_SRTP,
	OPT_FROM,
	OPT_PASSWORD_FILE,
	OPT_CA,
	OPT_TLS_NAME,
	OPT_NO_VERIFY,
	OPT_BIND,
	OPT_SECONDS,
	OPT_TONE,
	OPT_HEAR,
	OPT_WAV_IN,
	OPT_WAV_OUT,
	OPT_JSON,
	OPT_QUIET,
	OPT_HELP,
};

static const struct option long_options[] = {
	{ "udp", no_argument, NULL, OPT_UDP },
	{ "tcp", no_argument, NULL, OPT_TCP },
	{ "tls", no_argument, NULL, OPT_TLS },
	{ "srtp", required_argument, NULL, OPT_SRTP },
	{ "from", required_argument, NULL, OPT_FROM },
	{ "password-file", required_argument, NULL, OPT_PASSWORD_FILE },
	{ "ca", required_argument, NULL, OPT_CA },
	{ "tls-name", required_argument, NULL, OPT_TLS_NAME },
	{ "no-verify", no_argument, NULL, OPT_NO_VERIFY },
	{ "bind", required_argument, NULL, OPT_BIND },
	{ "seconds", required_argument, NULL, OPT_SECONDS },
	{ "tone", required_argument, NULL, OPT_TONE },
	{ "hear", required_argument, NULL, OPT_HEAR },
	{ "wav-in", required_argument, NULL, OPT_WAV_IN },
	{ "wav-out", required_argument, NULL, OPT_WAV_OUT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static sotto_err number(
	const char *name, unsigned min, unsigned max, unsigned *out, struct buf *why)
{
	uint64_t v;

	if (span_u64(span_of(optarg), max, &v) == SOTTO_OK && v >= min) {
		*out = (unsigned)v;
		return SOTTO_OK;
	}
	buf_printf(why, "--%s: found '%.40s', allowed: %u to %u", name, optarg, min, max);
	return SOTTO_EINVAL;
}

static sotto_err take_srtp(struct call_options *o, struct buf *why)
{
	struct span s = span_of(optarg);

	o->suite = SRTP_SUITE_NONE;
	o->wants_srtp = !span_eq(s, SPAN("off"));
	if (!o->wants_srtp || span_eq(s, SPAN("all")))
		return SOTTO_OK;
	o->suite = srtp_suite_parse(s);
	if (o->suite != SRTP_SUITE_NONE && srtp_suite_info(o->suite)->is_built)
		return SOTTO_OK;
	buf_printf(why, "--srtp: found '%.60s', allowed: all, off", optarg);
	for (int i = SRTP_SUITE_NONE + 1; i < SRTP_SUITE_COUNT; i++)
		if (srtp_suite_info((enum srtp_suite)i)->is_built)
			buf_printf(why, ", %s", srtp_suite_info((enum srtp_suite)i)->name);
	return SOTTO_EINVAL;
}

/** USER or USER:PASSWORD; the password is taken out of the process's argument list. */
static sotto_err take_from(struct call_options *o, struct buf *why)
{
	struct span rest = span_of(optarg), user;

	if (!span_take(&rest, ':', &user) || user.n == 0 ||
		span_cstr(user, o->user, sizeof(o->user)) ||
		span_cstr(rest, o->password, sizeof(o->password))) {
		buf_lit(why, "--from: wants USER or USER:PASSWORD, at most 127 bytes each");
		return SOTTO_EINVAL;
	}
	explicit_bzero(optarg + user.n, strlen(optarg + user.n));
	return SOTTO_OK;
}

static sotto_err take_password_file(struct call_options *o, struct buf *why)
{
	bool is_stdin = strcmp(optarg, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(optarg, "r");

	if (!f || !fgets(o->password, sizeof(o->password), f)) {
		buf_printf(why, "--password-file %s: %s", optarg, f ? "is empty" : strerror(errno));
		if (f && !is_stdin)
			fclose(f);
		return SOTTO_EIO;
	}
	o->password[strcspn(o->password, "\r\n")] = 0;
	if (!is_stdin)
		fclose(f);
	return SOTTO_OK;
}

static sotto_err take_hear(struct call_options *o, struct buf *why)
{
	if (o->hear_count == CALL_HEAR_MAX) {
		buf_printf(why, "--hear: at most %d", CALL_HEAR_MAX);
		return SOTTO_EINVAL;
	}
	return number("hear", 300, 3400, &o->hear[o->hear_count++], why);
}

static sotto_err take(struct call_options *o, int option, bool *srtp_given, struct buf *why)
{
	switch (option) {
	case OPT_UDP: o->transport = SIP_TRANSPORT_UDP; return SOTTO_OK;
	case OPT_TCP: o->transport = SIP_TRANSPORT_TCP; return SOTTO_OK;
	case OPT_TLS: o->transport = SIP_TRANSPORT_TLS; return SOTTO_OK;
	case OPT_SRTP: *srtp_given = true; return take_srtp(o, why);
	case OPT_FROM: return take_from(o, why);
	case OPT_PASSWORD_FILE: return take_password_file(o, why);
	case OPT_CA: o->ca_file = optarg; return SOTTO_OK;
	case OPT_TLS_NAME: o->tls_name = optarg; return SOTTO_OK;
	case OPT_NO_VERIFY: o->verifies = false; return SOTTO_OK;
	case OPT_BIND: o->bind = optarg; return SOTTO_OK;
	case OPT_SECONDS: return number("seconds", 1, 600, &o->seconds, why);
	case OPT_TONE: return number("tone", 300, 3400, &o->tone_hz, why);
	case OPT_HEAR: return take_hear(o, why);
	case OPT_WAV_IN: o->wav_in = optarg; return SOTTO_OK;
	case OPT_WAV_OUT: o->wav_out = optarg; return SOTTO_OK;
	case OPT_JSON: o->json = true; return SOTTO_OK;
	case OPT_QUIET: o->quiet = true; return SOTTO_OK;
	case OPT_HELP: o->help = true; return SOTTO_OK;
	}
	buf_lit(why, "unknown option, or one without its value; see sotto call --help");
	return SOTTO_EINVAL;
}

sotto_err call_options_parse(struct call_options *out, int argc, char **argv, struct buf *why)
{
	bool srtp_given = false;
	int option;

	*out = (struct call_options){ .verifies = true, .seconds = 4 };
	optind = 1;
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		TRY(take(out, option, &srtp_given, why));
	if (out->help)
		return SOTTO_OK;
	if (optind != argc - 1) {
		buf_lit(why, "wants one address to call: sip:USER@HOST");
		return SOTTO_EINVAL;
	}
	out->target = argv[optind];
	if (strncmp(out->target, "sips:", 5) == 0 || strstr(out->target, ";transport=tls"))
		out->transport = SIP_TRANSPORT_TLS;
	if (!srtp_given)
		out->wants_srtp = out->transport == SIP_TRANSPORT_TLS;
	return SOTTO_OK;
}
