/** @file sim/steps_record.c  `record KEY=VALUE …`: the next call record, field by field. */
#include <stdio.h>

#include "sim/steps.h"

#define VALUE_MAX 160

static const char *yes_no(bool b)
{
	return b ? "yes" : "no";
}

/** One field of a leg as text; false if there is none of that name. */
static bool leg_field(const struct leg_record *l, struct span name, char out[VALUE_MAX])
{
	const char *suite = l->is_srtp ? srtp_suite_info(l->suite)->name : "none";
	char remote_text[NETADDR_TEXT_MAX], media_text[NETADDR_TEXT_MAX];
	const char *const remote = netaddr_text(&l->remote, remote_text);
	const char *const media = netaddr_text(&l->media_remote, media_text);
	const char *const transport = sip_transport_name(l->transport).p;
	const char *const exists = yes_no(l->exists), *const exposed = yes_no(l->keys_exposed);
	const char *const is_protected = yes_no(l->is_protected);
	const struct {
		const char *name, *value;
	} texts[] = {
		{ "exists", exists },
		{ "connection", l->connection_id },
		{ "transport", transport },
		{ "remote", remote },
		{ "media", media },
		{ "tls", l->tls_version },
		{ "srtp", suite },
		{ "keys", l->key_exchange },
		{ "exposed", exposed },
		{ "protected", is_protected },
	};
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "status", l->sip_status },
		{ "rx", l->rx_packets },
		{ "tx", l->tx_packets },
		{ "lost", l->rx_lost },
		{ "auth_failed", l->auth_failed },
		{ "replayed", l->replayed },
		{ "clear_ms", l->clear_ms },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (span_eq(name, span_of(texts[i].name)))
			return snprintf(out, VALUE_MAX, "%s", texts[i].value) >= 0;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if (span_eq(name, span_of(numbers[i].name)))
			return snprintf(out, VALUE_MAX, "%llu",
				       (unsigned long long)numbers[i].value) >= 0;
	return false;
}

static bool record_field(const struct call_record *r, struct span name, char out[VALUE_MAX])
{
	const struct {
		const char *name, *value;
	} texts[] = {
		{ "failure", failure_info(r->failure)->name },
		{ "ended_by", r->ended_by },
		{ "from", r->from },
		{ "to", r->to },
		{ "answered", yes_no(r->answered != 0) },
	};
	struct span key = name;

	if (span_strip(&key, SPAN("caller.")))
		return leg_field(&r->caller, key, out);
	if (span_strip(&key, SPAN("callee.")))
		return leg_field(&r->callee, key, out);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (span_eq(name, span_of(texts[i].name)))
			return snprintf(out, VALUE_MAX, "%s", texts[i].value) >= 0;
	if (span_eq(name, SPAN("status")))
		return snprintf(out, VALUE_MAX, "%u", r->sip_status) >= 0;
	if (span_eq(name, SPAN("cause")))
		return snprintf(out, VALUE_MAX, "%u", r->q850_cause) >= 0;
	if (span_eq(name, SPAN("seconds")))
		return snprintf(out, VALUE_MAX, "%lld",
			       (long long)(r->answered ? r->ended - r->answered : 0) / 1000) >= 0;
	return false;
}

static bool no_record_yet(void *ctx)
{
	const struct world *w = ctx;

	return w->record_next == w->record_count;
}

static bool field_check(struct world *w, const struct call_record *r, struct span word)
{
	struct span value = word, name;
	char got[VALUE_MAX] = { 0 };

	if (!span_take(&value, '=', &name) || !record_field(r, name, got))
		return world_fail(w, "'%.*s' is no field of a record", SPAN_FMT(word));
	return span_eq(value, span_of(got)) || world_fail(w, "the record says %.*s=%s, not %.*s",
						       SPAN_FMT(name), got, SPAN_FMT(value));
}

bool step_record(struct world *w, const struct scenario_step *step)
{
	const struct call_record *r;
	bool ok = true;

	if (step->count == 2 && span_eq(step->words[1], SPAN("any"))) {
		w->record_next = w->record_count;
		return true;
	}

	if (!world_run_while(w, instant_add(w->now, STEP_PATIENCE), no_record_yet, w))
		return false;
	if (no_record_yet(w))
		return world_fail(w, "no call was recorded");
	r = &w->records[w->record_next++];
	for (size_t i = 1; ok && i < step->count; i++)
		ok = field_check(w, r, step->words[i]);
	for (size_t i = 0; ok && i < step->detail_count; i++) {
		struct span rest = step->details[i].text, word;
		while (ok && span_word(&rest, &word))
			ok = field_check(w, r, word);
	}
	return ok;
}
