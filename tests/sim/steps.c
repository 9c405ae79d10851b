/** @file sim/steps.c  Finds out what a step is. */
#include "sim/steps.h"

static const struct {
	const char *word;
	bool (*run)(struct world *w, const struct scenario_step *step);
	bool is_setup; /* before the edge runs; later: the edge gets a new snapshot */
} verbs[] = {
	{ "edge", site_edge, true },
	{ "listen", step_listen, true },
	{ "dns", step_dns, true },
	{ "connection", site_connection, true },
	{ "number", site_number, true },
	{ "phone", step_phone, true },
	{ "wait", step_wait, false },
	{ "mark", step_mark, false },
	{ "network", step_network, true },
	{ "drop", step_drop, true },
	{ "stop", step_stop, false },
	{ "silence", step_silence, false },
	{ "record", step_record, false },
	{ "left", step_left, false },
	{ "log", step_log, false },
	{ "media", step_media, false },
	{ "rtcp", step_rtcp, false },
	{ "forge", step_attack, false },
	{ "clear", step_attack, false },
	{ "replay", step_attack, false },
	{ "chaos", step_chaos, false },
};

bool step_phone_word(struct world *w, struct span word, struct phone **p, unsigned *call)
{
	struct span name;
	uint64_t number = 0;

	*p = NULL;
	*call = 0;
	if (!span_take(&word, '#', &name))
		return false;
	if (word.n && span_u64(word, PHONE_CALLS_MAX, &number))
		return false;
	*call = (unsigned)number;
	*p = world_phone(w, name);
	return *p != NULL;
}

/** Takes `at TIME` off the front. */
static bool when_take(struct world *w, struct scenario_step *step, struct step_when *when)
{
	uint64_t us;

	*when = (struct step_when){ 0 };
	if (!span_eq(step->words[0], SPAN("at")))
		return true;
	if (step->count < 3 || word_duration(step->words[1], &us))
		return world_fail(w, "at TIME STEP");
	*when = (struct step_when){ true, w->mark + us };
	step->count -= 2;
	memmove(step->words, step->words + 2, step->count * sizeof(step->words[0]));
	return true;
}

static bool message_step(struct world *w, struct phone *p, unsigned call,
	const struct scenario_step *step, const struct step_when *when)
{
	if (span_eq(step->words[1], SPAN("<")))
		return step_expect(w, p, call, step, when);
	if (when->is_set && !world_run_until(w, when->at))
		return false;
	if (span_eq(step->words[1], SPAN(">")))
		return step_send(w, p, call, step);
	return step_phone_does(w, p, step);
}

static bool verb_step(
	struct world *w, const struct scenario_step *step, const struct step_when *when)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (!span_eq(step->words[0], span_of(verbs[i].word)))
			continue;
		if (!verbs[i].is_setup && !world_apply(w))
			return false;
		if (when->is_set && !world_run_until(w, when->at))
			return false;
		return verbs[i].run(w, step);
	}
	return world_fail(w, "'%.*s' is neither a phone nor a step", SPAN_FMT(step->words[0]));
}

bool step_run(struct world *w, const struct scenario_step *given)
{
	struct scenario_step step = *given;
	struct step_when when;
	struct phone *p;
	unsigned call;

	w->line = step.number;
	if (!when_take(w, &step, &when))
		return false;
	if (!w->net.listener_count && !span_eq(step.words[0], SPAN("listen")) &&
		!step_listen_default(w))
		return false;
	if (step_phone_word(w, step.words[0], &p, &call)) {
		if (step.count < 2)
			return world_fail(w, "%s does what?", p->name);
		return world_apply(w) && message_step(w, p, call, &step, &when) && !w->failed;
	}
	return verb_step(w, &step, &when) && !w->failed;
}
