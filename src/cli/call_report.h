/** @file cli/call_report.h  What `sotto call` prints in the end. */
#pragma once
#include "cli/agent.h"
#include "cli/audio.h"
#include "cli/call_options.h"
#include "cli/listen.h"

struct call_report {
	const struct call_options *options;
	const struct agent_result *result;
	const struct audio_counts *counts;
	struct transport_security security;
	struct listen_report heard;
	bool was_answered;
	enum srtp_suite suite; /* SRTP_SUITE_NONE: clear */
	unsigned tone_hz;      /* 0: a file was sent */
	const char *trouble;   /* why no call could be tried; NULL: it was tried */
};

/** Answered, and each tone that must be heard was, for half a second at least. */
bool call_report_is_good(const struct call_report *r);

/** To standard output. */
void call_report_print(const struct call_report *r);
