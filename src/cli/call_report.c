/** @file cli/call_report.c */
#include "cli/call_report.h"

#include <jansson.h>
#include <stdio.h>

#define HEARD_MS_MIN 500

static bool must_hear(const struct call_report *r, unsigned hz)
{
	return listen_ms(&r->heard, hz) >= HEARD_MS_MIN;
}

bool call_report_is_good(const struct call_report *r)
{
	if (r->trouble || !r->was_answered || r->result->failure || r->counts->received == 0)
		return false;
	for (size_t i = 0; i < r->options->hear_count; i++)
		if (!must_hear(r, r->options->hear[i]))
			return false;
	return r->options->hear_count || !r->tone_hz || must_hear(r, r->tone_hz);
}

static bool is_protected(const struct call_report *r)
{
	return srtp_suite_protects(r->suite) && sip_transport_is_secure(r->result->hop.transport);
}

static json_t *heard_json(const struct listen_report *heard)
{
	json_t *list = json_array();

	for (size_t i = 0; i < heard->run_count; i++)
		json_array_append_new(list, json_pack("{s:i, s:i}", "hz", (int)heard->runs[i].hz,
						    "ms", (int)heard->runs[i].ms));
	return list;
}

static const char *transport_text(const struct call_report *r)
{
	return sip_transport_name(r->options->transport).p;
}

static void print_json(const struct call_report *r)
{
	json_t *o = json_pack(
		"{s:b, s:b, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, "
		"s:i, s:o}",
		"ok", call_report_is_good(r), "answered", r->was_answered, "status",
		(int)r->result->status, "reason", r->trouble ? r->trouble : r->result->reason,
		"transport", transport_text(r), "tls_version", r->security.tls_version,
		"tls_cipher", r->security.tls_cipher, "tls_peer", r->security.peer_name, "suite",
		srtp_suite_info(r->suite)->name, "key_exchange", r->suite ? "sdes" : "none",
		"protected", is_protected(r), "packets_sent", (json_int_t)r->counts->sent,
		"packets_received", (json_int_t)r->counts->received, "packets_refused",
		(json_int_t)(r->counts->auth_failed + r->counts->replayed + r->counts->malformed),
		"tone_hz", (int)r->tone_hz, "heard", heard_json(&r->heard));

	if (o && *r->result->warning)
		json_object_set_new(o, "warning", json_string(r->result->warning));
	if (o && r->result->failure)
		json_object_set_new(
			o, "failure", json_string(failure_info(r->result->failure)->name));
	if (o && json_dumpf(o, stdout, JSON_COMPACT) == 0)
		putchar('\n');
	json_decref(o);
}

static void print_refusal(const struct call_report *r)
{
	if (r->trouble) {
		printf("no call: %s\n", r->trouble);
		return;
	}
	printf("not answered: %u %s\n", r->result->status, r->result->reason);
	if (*r->result->warning)
		printf("the far side says: %s\n", r->result->warning);
	if (r->result->failure)
		printf("refused by us: %s (%s)\n", failure_info(r->result->failure)->text,
			failure_info(r->result->failure)->name);
}

static void print_heard(const struct call_report *r)
{
	printf("heard       ");
	for (size_t i = 0; i < r->heard.run_count; i++)
		printf("%s%u Hz for %u.%u s%s", i ? ", then " : "", r->heard.runs[i].hz,
			r->heard.runs[i].ms / 1000, r->heard.runs[i].ms / 100 % 10,
			r->heard.runs[i].hz == r->tone_hz ? " (our own tone, echoed)" : "");
	puts(r->heard.run_count ? "" : "no tone");
}

static void print_text(const struct call_report *r)
{
	if (r->trouble || !r->was_answered || r->result->failure) {
		print_refusal(r);
		return;
	}
	printf("answered    %u %s\n", r->result->status, r->result->reason);
	printf("signalling  %s", transport_text(r));
	if (*r->security.tls_version)
		printf(", %s, %s, certificate of %s%s", r->security.tls_version,
			r->security.tls_cipher,
			*r->security.peer_name ? r->security.peer_name : "nobody in particular",
			r->options->verifies ? " (verified)" : " (NOT verified)");
	printf("\nmedia       %s\n", r->suite ? srtp_suite_info(r->suite)->name
					      : "clear RTP: anybody on the path can listen");
	if (r->suite)
		printf("keys        SDES, %s\n",
			is_protected(r) ? "inside TLS: the leg is protected"
					: "EXPOSED: the signalling is not encrypted");
	printf("packets     %llu sent, %llu received, %llu refused\n",
		(unsigned long long)r->counts->sent, (unsigned long long)r->counts->received,
		(unsigned long long)(r->counts->auth_failed + r->counts->replayed +
				     r->counts->malformed));
	print_heard(r);
	printf("verdict     %s\n",
		call_report_is_good(r) ? "good" : "not as it should be: a tone is missing");
}

void call_report_print(const struct call_report *r)
{
	if (r->options->json)
		print_json(r);
	else
		print_text(r);
	fflush(stdout);
}
