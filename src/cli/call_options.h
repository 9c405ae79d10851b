/** @file cli/call_options.h  The command line of `sotto call`. */
#pragma once
#include "base/buf.h"
#include "crypto/suite.h"
#include "sip/hop.h"

#define CALL_HEAR_MAX 4

struct call_options {
	const char *target; /* sip:user@host[:port] */
	enum sip_transport transport;
	bool wants_srtp;
	enum srtp_suite suite; /* SRTP_SUITE_NONE with wants_srtp: all that are built */
	char user[128];
	char password[128]; /* a secret: wipe it */
	const char *ca_file, *tls_name, *wav_in, *wav_out, *bind;
	bool verifies; /* the server's certificate */
	bool json, quiet, help;
	unsigned seconds, tone_hz;    /* tone 0: one is drawn for this call */
	unsigned hear[CALL_HEAR_MAX]; /* tones that must be heard; none: our own, if we send one */
	size_t hear_count;
};

/**
 * @param why [out] one sentence on failure
 * @return SOTTO_OK, SOTTO_EINVAL: usage; SOTTO_EIO: the password file
 */
SOTTO_MUST_USE sotto_err call_options_parse(
	struct call_options *out, int argc, char **argv, struct buf *why);

extern const char call_usage[];
