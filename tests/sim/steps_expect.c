/** @file sim/steps_expect.c  What must come, and what must not. */
#include <stdio.h>

#include "sim/steps.h"
#include "txn/txn.h"

static bool inbox_is_empty(void *ctx)
{
	return phone_peek(ctx) == NULL;
}

struct message *step_await(struct world *w, struct phone *p, instant_t limit)
{
	world_run_while(w, limit, inbox_is_empty, p);
	return w->failed ? NULL : phone_peek(p);
}

ms_t step_patience(const struct world *w)
{
	ms_t longest = STEP_PATIENCE;

	for (unsigned i = 0; i < w->phone_count; i++) {
		const struct phone *p = w->phones[i];
		const uint64_t delay = p->from.delay_max_us + p->to.delay_max_us;
		if (p->from.loss || p->to.loss)
			return 64 * TXN_T1;
		longest += (ms_t)(delay / 1000);
	}
	return longest;
}

static bool text_has(const struct message *m, struct span text)
{
	return text.n == 0 || (m->n && memmem(m->raw, m->n, text.p, text.n) != NULL);
}

static bool text_check(struct world *w, const struct message *m, struct span what, struct span text)
{
	if (span_eq(what, SPAN("has")))
		return text_has(m, text) || world_fail(w, "%s's %s lacks \"%.*s\"", m->phone->name,
						    m->label, SPAN_FMT(text));
	if (span_eq(what, SPAN("lacks")))
		return !text_has(m, text) || world_fail(w, "%s's %s has \"%.*s\"", m->phone->name,
						     m->label, SPAN_FMT(text));
	if (span_eq(what, SPAN("to")))
		return span_eq(m->msg.cseq.method_name, text) ||
		       world_fail(w, "%s's %s answers %.*s", m->phone->name, m->label,
			       SPAN_FMT(m->msg.cseq.method_name));
	return world_fail(w, "'%.*s' is not understood", SPAN_FMT(what));
}

static struct span unquoted(struct span s)
{
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		return (struct span){ s.p + 1, s.n - 2 };
	return s;
}

static bool texts_check(
	struct world *w, const struct message *m, const struct scenario_step *step, size_t first)
{
	for (size_t i = first; i + 1 < step->count; i += 2)
		if (!span_eq(step->words[i], SPAN("within")) &&
			!text_check(w, m, step->words[i], step->words[i + 1]))
			return false;
	if ((step->count - first) % 2)
		return world_fail(w, "has TEXT, lacks TEXT, to METHOD, within TIME");
	for (size_t i = 0; i < step->detail_count; i++) {
		struct span text = step->details[i].text, what;
		span_take(&text, ' ', &what);
		if (!text_check(w, m, what, unquoted(span_trim(text))))
			return false;
	}
	return true;
}

static instant_t expect_limit(
	struct world *w, const struct scenario_step *step, const struct step_when *when)
{
	uint64_t us;

	if (when->is_set)
		return when->at;
	for (size_t i = 3; i + 1 < step->count; i++)
		if (span_eq(step->words[i], SPAN("within")) &&
			word_duration(step->words[i + 1], &us) == SOTTO_OK)
			return w->now + us;
	return instant_add(w->now, step_patience(w));
}

static bool expect_nothing(struct world *w, struct phone *p, const struct scenario_step *step)
{
	uint64_t us = 0;
	const struct message *m;

	if (step->count == 5 &&
		(!span_eq(step->words[3], SPAN("for")) || word_duration(step->words[4], &us)))
		return world_fail(w, "PHONE < nothing [for TIME]");
	m = step_await(w, p, w->now + us);
	if (m)
		return world_fail(w, "%s got %s", p->name, m->label);
	return !w->failed;
}

bool step_expect(struct world *w, struct phone *p, unsigned call, const struct scenario_step *step,
	const struct step_when *when)
{
	const struct span label = step->count > 2 ? step->words[2] : SPAN_NONE;
	struct message *m;

	if (span_eq(label, SPAN("nothing")))
		return expect_nothing(w, p, step);
	m = step_await(w, p, expect_limit(w, step, when));
	if (!m)
		return world_fail(
			w, "%s waits for %.*s, and nothing came", p->name, SPAN_FMT(label));
	if (!span_eq(label, span_of(m->label)))
		return world_fail(w, "%s waits for %.*s and got %s at %.3f s", p->name,
			SPAN_FMT(label), m->label, (double)(m->at - WORLD_START) / 1e6);
	if (when->is_set && m->at != when->at)
		return world_fail(w, "%s got %s at %.6f s, not at %.6f s", p->name, m->label,
			(double)(m->at - w->mark) / 1e6, (double)(when->at - w->mark) / 1e6);
	if (call && (!m->call || m->call->number != call))
		return world_fail(w, "%s got %s in another call", p->name, m->label);
	phone_take(p);
	return texts_check(w, m, step, 3);
}

static bool inboxes_empty(void *ctx)
{
	struct world *w = ctx;

	for (unsigned i = 0; i < w->phone_count; i++)
		if (phone_peek(w->phones[i]))
			return false;
	return true;
}

bool step_silence(struct world *w, const struct scenario_step *step)
{
	uint64_t us;

	if (step->count != 2 || word_duration(step->words[1], &us))
		return world_fail(w, "silence TIME");
	world_run_while(w, w->now + us, inboxes_empty, w);
	for (unsigned i = 0; i < w->phone_count; i++) {
		const struct message *m = phone_peek(w->phones[i]);
		if (m)
			return world_fail(w, "%s got %s at %.3f s", w->phones[i]->name, m->label,
				(double)(m->at - WORLD_START) / 1e6);
	}
	return !w->failed;
}

bool step_left(struct world *w, const struct scenario_step *step)
{
	const struct edge_counts c = edge_count(w->edge);
	const struct {
		const char *name;
		size_t n;
	} rows[] = {
		{ "calls", c.calls },
		{ "dialogs", c.dialogs },
		{ "transactions", c.transactions },
		{ "bindings", c.bindings },
		{ "legs", vmedia_legs(w->media) },
	};
	uint64_t want;

	for (size_t i = 1; i + 1 < step->count; i += 2) {
		size_t at = 0;
		while (at < ARRAY_LEN(rows) && !span_eq(step->words[i + 1], span_of(rows[at].name)))
			at++;
		if (at == ARRAY_LEN(rows) || span_u64(step->words[i], UINT32_MAX, &want))
			return world_fail(w, "left N calls|dialogs|transactions|bindings|legs …");
		if (rows[at].n != want)
			return world_fail(w, "%zu %s are left, not %zu", rows[at].n, rows[at].name,
				(size_t)want);
	}
	return true;
}

bool step_log(struct world *w, const struct scenario_step *step)
{
	const struct span text = step->count == 3 ? step->words[2] : SPAN_NONE;
	const bool has = text.n && memmem(w->logged.p, w->logged.n, text.p, text.n) != NULL;

	if (!text.n)
		return world_fail(w, "log has|lacks TEXT");
	return has == span_eq(step->words[1], SPAN("has")) ||
	       world_fail(w, "the log %s \"%.*s\"", has ? "has" : "lacks", SPAN_FMT(text));
}
