/**
 * @file sim/steps_chaos.c  `chaos N actions`: the phones do anything at any time, well-formed but
 * senseless. Nothing is expected but what holds in every scenario.
 */
#include <stdio.h>

#include "sim/steps.h"

#define CHAOS_WAIT_MAX_MS   3000
#define CHAOS_REPEAT_MAX_MS 20000

static uint32_t dice(struct world *w, uint32_t sides)
{
	return rng_u32(&w->phone_rng.rng) % sides;
}

static const char *pick(struct world *w, const char *const *texts, size_t n)
{
	return texts[dice(w, (uint32_t)n)];
}

/** A step as if it stood in the file. */
static bool act(struct world *w, char *text)
{
	struct scenario_step step = { .number = w->line };
	struct span rest = span_of(text), word;

	while (span_word(&rest, &word))
		step.words[step.count++] = word;
	return step_run(w, &step);
}

static const char *offer(struct world *w)
{
	static const char *const offers[] = { "offer=plain", "offer=srtp", "offer=osrtp",
		"offer=savp", "offer=t38", "offer=none", "offer=srtp direction=sendonly",
		"offer=plain direction=inactive", "offer=srtp newkey", "offer=dtls" };

	return pick(w, offers, ARRAY_LEN(offers));
}

static const char *answer(struct world *w)
{
	static const char *const answers[] = { "answer=plain", "answer=srtp", "answer=none",
		"answer=srtp tag=5", "answer=plain direction=recvonly", "answer=savp",
		"offer=srtp" };

	return pick(w, answers, ARRAY_LEN(answers));
}

/** A new call to one of the numbers. */
static bool calls(struct world *w, struct phone *p)
{
	const struct site *s = &w->site;
	char text[200];

	for (unsigned i = 0; i < w->phone_count; i++)
		if (w->phones[i]->call_count + 2 >= PHONE_CALLS_MAX || !s->number_count)
			return true;
	snprintf(text, sizeof(text), "%s > INVITE sip:%s@edge.example %s auth=held", p->name,
		s->numbers[dice(w, (uint32_t)s->number_count)].digits, offer(w));
	if (!p->challenge.is_set)
		*strstr(text, " auth=held") = 0;
	return act(w, text);
}

static bool answers(struct world *w, struct phone *p, struct call *c)
{
	static const char *const statuses[] = { "100", "180", "183", "200", "200", "200", "200",
		"302", "407", "481", "486", "487", "488", "491", "503", "603" };
	const struct message *request = phone_unanswered(p, c, SPAN_NONE);
	char text[200];

	if (!request)
		return true;
	snprintf(text, sizeof(text), "%s#%u > %s to %.*s %s", p->name, c->number,
		pick(w, statuses, ARRAY_LEN(statuses)), SPAN_FMT(request->msg.method_name),
		request->msg.method == SIP_METHOD_INVITE ? answer(w) : "");
	return act(w, text);
}

/** A request within a call, in its place or not. */
static bool asks(struct world *w, struct phone *p, struct call *c)
{
	static const char *const methods[] = { "INVITE", "INVITE", "ACK", "ACK", "ACK", "BYE",
		"UPDATE", "OPTIONS", "INFO", "REFER" };
	const char *method = pick(w, methods, ARRAY_LEN(methods));
	const bool is_ack = strcmp(method, "ACK") == 0, is_invite = strcmp(method, "INVITE") == 0;
	char text[200];

	if (!c->target[0] || (is_ack && !c->invite))
		return true;
	snprintf(text, sizeof(text), "%s#%u > %s %s", p->name, c->number, method,
		is_invite                   ? offer(w)
		: is_ack && dice(w, 4) == 0 ? answer(w)
					    : "");
	return act(w, text);
}

static bool cancels(struct world *w, struct phone *p, struct call *c)
{
	char text[80];

	if (!c->invite)
		return true;
	snprintf(text, sizeof(text), "%s#%u > CANCEL", p->name, c->number);
	return act(w, text);
}

/** Any message that it has sent, once more: while its transaction lives. Later it would be new. */
static bool repeats(struct world *w, struct phone *p)
{
	uint32_t skip = dice(w, 20);

	for (struct message *m = p->messages; m; m = m->older)
		if (instant_diff(m->at, w->now) > CHAOS_REPEAT_MAX_MS)
			break;
		else if (m->is_sent && skip-- == 0) {
			phone_send_again(m);
			break;
		}
	return !w->failed;
}

static void hears(struct phone *p)
{
	while (phone_peek(p))
		phone_take(p);
}

/** Genuine packets, and clear ones where none may pass: to wherever the edge said last. */
static bool plays(struct world *w, struct call *c)
{
	for (int i = 0; i < 3 && c->media.remote.port && media_end_must_encrypt(c); i++)
		media_end_forge(&c->media, c, &c->media.seen, true);
	for (int i = 0; i < 5 && !w->failed && c->media.remote.port; i++)
		if (!media_end_send(&c->media, c) || !world_run_until(w, w->now + 20000))
			return false;
	return !w->failed;
}

static bool waits(struct world *w)
{
	return world_run_until(w, instant_add(w->now, (ms_t)dice(w, CHAOS_WAIT_MAX_MS)));
}

static bool any_action(struct world *w)
{
	struct phone *p = w->phones[dice(w, w->phone_count)];
	struct call *c = p->call_count ? &p->calls[dice(w, (uint32_t)p->call_count)] : NULL;
	const uint32_t what = dice(w, 20);

	hears(p);
	if (!c || what == 0)
		return calls(w, p);
	if (what < 8)
		return answers(w, p, c);
	if (what < 12)
		return asks(w, p, c);
	if (what == 12)
		return cancels(w, p, c);
	if (what == 13)
		return repeats(w, p);
	if (what == 14 && dice(w, 4) == 0)
		net_disconnect(&w->net, p);
	if (what == 15)
		return plays(w, c);
	return what < 18 ? waits(w) : world_run_until(w, w->now);
}

bool step_chaos(struct world *w, const struct scenario_step *step)
{
	uint64_t n;

	if (step->count != 3 || span_u64(step->words[1], 1000000, &n))
		return world_fail(w, "chaos N actions");
	w->is_chaotic = true;
	for (uint64_t i = 0; i < n; i++)
		if (!any_action(w))
			return false;
	if (!world_run_until(w, w->now))
		return false;
	for (unsigned i = 0; i < w->phone_count; i++)
		hears(w->phones[i]);
	return true;
}
