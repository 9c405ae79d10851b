/** @file sim/steps_media.c  Packets: genuine ones that must arrive, others that must not. */
#include <stdio.h>

#include "media/tone.h"
#include "sim/steps.h"

#define PACKET_MS 20

struct media_step {
	struct call *from, *to; /* to: the same call for `echo` */
	bool is_echo;
	uint64_t count, least;
};

static struct call *call_word(struct world *w, struct span word)
{
	struct phone *p;
	unsigned number;
	struct call *c = NULL;

	if (word.n > 2 && span_eq((struct span){ word.p + word.n - 2, 2 }, SPAN("'s")))
		word.n -= 2;
	if (step_phone_word(w, word, &p, &number))
		c = phone_call(p, number);
	if (!c)
		world_fail(w, "'%.*s' is in no call", SPAN_FMT(word));
	return c;
}

/** `media A > B N packets [none | at least N]` */
static bool media_read(struct world *w, const struct scenario_step *step, struct media_step *out)
{
	const size_t n = step->count;

	*out = (struct media_step){ 0 };
	if (n < 6 || !span_eq(step->words[2], SPAN(">")) ||
		span_u64(step->words[4], 100000, &out->count) ||
		!span_eq(step->words[5], SPAN("packets")))
		return world_fail(
			w, "%.*s A > B N packets [none | at least N]", SPAN_FMT(step->words[0]));
	out->least = out->count;
	if (n == 7 && span_eq(step->words[6], SPAN("none")))
		out->least = 0;
	else if (n == 9 && span_eq(step->words[6], SPAN("at")) &&
		 span_u64(step->words[8], out->count, &out->least) == SOTTO_OK)
		;
	else if (n != 6)
		return world_fail(w, "none, or at least N");
	out->is_echo = span_eq(step->words[3], SPAN("echo"));
	out->from = call_word(w, step->words[1]);
	out->to = out->is_echo ? out->from : call_word(w, step->words[3]);
	return out->from && out->to;
}

static uint64_t media_got(const struct media_step *m, bool is_rtcp)
{
	const struct media_end *end = &m->to->media;

	return is_rtcp ? end->got_rtcp : m->is_echo ? end->got_own : end->got;
}

/** After the last packet: as long as the network may take. */
static bool settle(struct world *w)
{
	uint64_t us = 1000;

	for (unsigned i = 0; i < w->phone_count; i++)
		us += w->phones[i]->from.delay_max_us + w->phones[i]->to.delay_max_us;
	return world_run_until(w, w->now + us);
}

static bool arrived_check(
	struct world *w, const struct scenario_step *step, const struct media_step *m, uint64_t got)
{
	const bool is_none = step->count == 7;

	if (is_none ? got == 0 : got >= m->least && got <= m->count)
		return true;
	return world_fail(w, "of %llu packets %llu arrived", (unsigned long long)m->count,
		(unsigned long long)got);
}

static bool stream_run(struct world *w, const struct scenario_step *step, bool is_rtcp)
{
	struct media_step m;
	uint64_t before;

	if (!media_read(w, step, &m))
		return false;
	before = media_got(&m, is_rtcp);
	world_note(w, "%s: %llu %s packets for %s", m.from->phone->name,
		(unsigned long long)m.count, is_rtcp ? "RTCP" : "RTP",
		m.is_echo ? "the echo" : m.to->phone->name);
	for (uint64_t i = 0; i < m.count; i++) {
		if (is_rtcp ? !media_end_send_rtcp(&m.from->media, m.from)
			    : !media_end_send(&m.from->media, m.from))
			return false;
		if (!world_run_until(w, instant_add(w->now, PACKET_MS)))
			return false;
	}
	return settle(w) && arrived_check(w, step, &m, media_got(&m, is_rtcp) - before);
}

/** `media A hears 880Hz`: what came that no phone sent, at least half a second of it. */
static bool tone_check(struct world *w, const struct scenario_step *step)
{
	static const unsigned candidates[] = { 440, 880, 1000 };
	struct call *c = call_word(w, step->words[1]);
	struct span text = step->words[3];
	struct tone_found found;
	uint64_t hz;

	if (!c)
		return false;
	if (text.n < 3 || span_u64((struct span){ text.p, text.n - 2 }, 4000, &hz))
		return world_fail(w, "media PHONE hears NHz");
	found = tone_find(
		c->media.tone, c->media.tone_count, 8000, candidates, ARRAY_LEN(candidates));
	if (c->media.tone_count < 4000 || found.hz != hz || found.share < 0.5)
		return world_fail(w, "%s hears %u Hz in %zu samples", c->phone->name, found.hz,
			c->media.tone_count);
	c->media.tone_count = 0;
	return true;
}

bool step_media(struct world *w, const struct scenario_step *step)
{
	if (step->count == 4 && span_eq(step->words[2], SPAN("hears")))
		return tone_check(w, step);
	return stream_run(w, step, false);
}

bool step_rtcp(struct world *w, const struct scenario_step *step)
{
	return stream_run(w, step, true);
}

static uint64_t arrivals(const struct world *w)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < w->phone_count; i++)
		for (size_t k = 0; k < w->phones[i]->call_count; k++) {
			const struct media_end *m = &w->phones[i]->calls[k].media;
			n += m->got + m->got_own + m->got_dropped + m->tone_count;
		}
	return n;
}

/**
 * `forge N packets to A's leg [from ADDRESS]`, `clear …`, `replay N packets to A's leg`: none may
 * come out anywhere.
 */
bool step_attack(struct world *w, const struct scenario_step *step)
{
	const bool is_clear = span_eq(step->words[0], SPAN("clear"));
	const bool is_replay = span_eq(step->words[0], SPAN("replay"));
	const uint64_t before = arrivals(w);
	struct netaddr from;
	struct call *c;
	uint64_t n;

	if ((step->count != 6 && step->count != 8) || span_u64(step->words[1], 1000000, &n))
		return world_fail(
			w, "%.*s N packets to A's leg [from ADDRESS]", SPAN_FMT(step->words[0]));
	if (!(c = call_word(w, step->words[4])))
		return false;
	from = c->media.seen;
	if (step->count == 8 && netaddr_parse(step->words[7], &from))
		return world_fail(w, "no address: %.*s", SPAN_FMT(step->words[7]));
	world_note(w, "%llu packets to %s's leg that must be refused", (unsigned long long)n,
		c->phone->name);
	for (uint64_t i = 0; i < n; i++) {
		if (!is_replay)
			media_end_forge(&c->media, c, &from, is_clear);
		else if (!media_end_replay(&c->media, c, i + 1))
			return false;
		if (!world_run_until(w, w->now + 1000))
			return false;
	}
	if (!settle(w))
		return false;
	if (arrivals(w) != before)
		return world_fail(
			w, "%llu of them came out", (unsigned long long)(arrivals(w) - before));
	return true;
}
