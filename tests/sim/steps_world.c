/** @file sim/steps_world.c  Time, the network, and what phones do beside messages. */
#include <stdio.h>

#include "sim/steps.h"

bool step_wait(struct world *w, const struct scenario_step *step)
{
	uint64_t us;

	if (step->count != 2 || word_duration(step->words[1], &us))
		return world_fail(w, "wait TIME");
	return world_run_until(w, w->now + us);
}

bool step_mark(struct world *w, const struct scenario_step *step)
{
	if (step->count != 1)
		return world_fail(w, "mark");
	w->mark = w->now;
	return true;
}

static bool percent_parse(struct span v, unsigned *out)
{
	uint64_t n;

	if (v.n && v.p[v.n - 1] == '%')
		v.n--;
	if (span_u64(v, 100, &n))
		return false;
	*out = (unsigned)n;
	return true;
}

/** "20ms" or "20..80ms" */
static bool delay_parse(struct span v, struct net_conditions *c)
{
	const char *dots = v.n ? memmem(v.p, v.n, "..", 2) : NULL;
	char low[24];

	if (!dots) {
		if (word_duration(v, &c->delay_min_us))
			return false;
		c->delay_max_us = c->delay_min_us;
		return true;
	}
	snprintf(low, sizeof(low), "%.*sms", (int)(dots - v.p), v.p);
	if (word_duration(
		    (struct span){ dots + 2, (size_t)(v.p + v.n - dots - 2) }, &c->delay_max_us) ||
		word_duration(span_of(low), &c->delay_min_us))
		return false;
	return c->delay_min_us <= c->delay_max_us;
}

static bool condition_word(struct net_conditions *c, struct span word)
{
	struct span v;

	if (word_option(word, "loss", &v))
		return percent_parse(v, &c->loss);
	if (word_option(word, "duplicate", &v))
		return percent_parse(v, &c->duplicate);
	if (word_option(word, "delay", &v))
		return delay_parse(v, c);
	if (span_eq(word, SPAN("reorder")))
		return c->reorder = true;
	return false;
}

static bool conditions_set(
	struct world *w, struct net_conditions *c, const struct scenario_step *step, size_t first)
{
	instant_t latest = c->latest;

	*c = (struct net_conditions){ .latest = latest };
	for (size_t i = first; i < step->count; i++)
		if (!condition_word(c, step->words[i]))
			return world_fail(w, "'%.*s' is no condition", SPAN_FMT(step->words[i]));
	return true;
}

/** `network …`: all phones; `network alice …`; `network alice > …`: one direction. */
bool step_network(struct world *w, const struct scenario_step *step)
{
	struct phone *one = step->count > 1 ? world_phone(w, step->words[1]) : NULL;
	const bool is_from = one && step->count > 2 && span_eq(step->words[2], SPAN(">"));
	const bool is_to = one && step->count > 2 && span_eq(step->words[2], SPAN("<"));
	const size_t first = one ? (is_from || is_to ? 3 : 2) : 1;

	for (unsigned i = 0; i < w->phone_count; i++) {
		struct phone *p = w->phones[i];
		if (one && p != one)
			continue;
		if (!is_to && !conditions_set(w, &p->from, step, first))
			return false;
		if (!is_from && !conditions_set(w, &p->to, step, first))
			return false;
	}
	return true;
}

/** `drop next [N] PHONE >|< MESSAGE` */
bool step_drop(struct world *w, const struct scenario_step *step)
{
	struct net_drop *d = &w->net.drops[w->net.drop_count];
	uint64_t count = 1;
	size_t at = 2;

	if (w->net.drop_count == NET_DROPS_MAX || step->count < 5)
		return world_fail(w, "drop next [N] PHONE >|< MESSAGE");
	if (span_u64(step->words[at], 1000, &count) == SOTTO_OK)
		at++;
	else
		count = 1;
	if (step->count != at + 3 || !(d->phone = world_phone(w, step->words[at])) ||
		span_cstr(step->words[at + 2], d->label, sizeof(d->label)))
		return world_fail(w, "drop next [N] PHONE >|< MESSAGE");
	d->is_from_phone = span_eq(step->words[at + 1], SPAN(">"));
	d->left = (unsigned)count;
	w->net.drop_count++;
	return true;
}

bool step_stop(struct world *w, const struct scenario_step *step)
{
	(void)step;
	world_note(w, "the edge is stopped");
	edge_stop(w->edge, w->now);
	return true;
}

static bool ignores(struct phone *p, const struct scenario_step *step)
{
	for (size_t i = 2; i < step->count; i++)
		if (p->ignore_count == PHONE_IGNORES_MAX ||
			span_cstr(step->words[i], p->ignores[p->ignore_count++],
				sizeof(p->ignores[0])))
			return world_fail(p->world, "too many, or too long");
	return true;
}

/** Another network, or another transport: its next packets come from there. */
static bool moves(struct world *w, struct phone *p, const struct scenario_step *step)
{
	if (netaddr_parse(step->words[3], &p->own) ||
		(step->count == 5 && sip_transport_parse(step->words[4], &p->transport)))
		return world_fail(w, "PHONE moves to ADDRESS:PORT [udp|tcp|tls]");
	net_disconnect(&w->net, p);
	p->seen = p->own;
	p->has_moved = true;
	return true;
}

bool step_phone_does(struct world *w, struct phone *p, const struct scenario_step *step)
{
	const struct span verb = step->words[1];
	const struct span what = step->count > 2 ? step->words[2] : SPAN_NONE;

	if (span_eq(verb, SPAN("disconnects")))
		net_disconnect(&w->net, p);
	else if (span_eq(verb, SPAN("ignores")))
		return ignores(p, step);
	else if (span_eq(verb, SPAN("moves")) && step->count >= 4)
		return moves(w, p, step);
	else if (span_eq(verb, SPAN("is")) && span_eq(what, SPAN("unreachable")))
		p->is_unreachable = true;
	else if (span_eq(verb, SPAN("is")) && span_eq(what, SPAN("reachable")))
		p->is_unreachable = false;
	else if (span_eq(verb, SPAN("never")) && span_eq(what, SPAN("acks")))
		p->never_acks = true;
	else
		return world_fail(w, "no phone can do that: %.*s", SPAN_FMT(verb));
	return true;
}
