/** @file sim/sim_run.c  sim_run [-v] [--seed N] FILE…: runs scenarios; a failing one shows its
 * ladder. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/steps.h"

#define SEED_DEFAULT 1

struct run_options {
	bool is_verbose;
	uint64_t seed;
};

static void ladder_show(const struct world *w, FILE *f, enum ladder_detail detail)
{
	const char *names[WORLD_PHONES_MAX];

	for (unsigned i = 0; i < w->phone_count; i++)
		names[i] = w->phones[i]->name;
	ladder_print(&w->ladder, f, names, w->phone_count, detail);
}

/** The step as it stands in the file, in the ladder. */
static void step_show(struct world *w, const struct scenario_step *step)
{
	char text[512] = { 0 };
	struct buf b = buf_over(text, sizeof(text) - 1);

	buf_printf(&b, "%4u ", step->number);
	for (size_t i = 0; i < step->count; i++)
		buf_printf(&b, " %.*s", SPAN_FMT(step->words[i]));
	ladder_note(&w->ladder, world_elapsed(w), LADDER_STEP, span_of(text));
}

/** A tone that no step listened to came from nowhere. */
static bool media_is_explained(struct world *w)
{
	for (unsigned i = 0; i < w->phone_count && !w->is_chaotic; i++)
		for (size_t k = 0; k < w->phones[i]->call_count; k++)
			if (w->phones[i]->calls[k].media.tone_count)
				return world_fail(
					w, "%s heard what no phone sent", w->phones[i]->name);
	return true;
}

static bool scenario_run(const char *path, const struct run_options *o)
{
	struct scenario s;
	struct world *w = NULL;
	char fault[256];
	bool ok = false;

	if (scenario_read(&s, path, fault, sizeof(fault))) {
		printf("%s: %s\n", path, fault);
		goto out;
	}
	w = world_create(path, o->seed);
	ok = true;
	for (size_t i = 0; ok && i < s.count; i++) {
		step_show(w, &s.steps[i]);
		ok = step_run(w, &s.steps[i]);
	}
	ok = ok && world_finish(w) && media_is_explained(w);
	if (!ok)
		printf("%s:%u: %s (seed %llu)\n", path, w->line, w->failure,
			(unsigned long long)o->seed);
	if (!ok || o->is_verbose)
		ladder_show(w, stdout, o->is_verbose ? LADDER_MESSAGES : LADDER_ARROWS);
	world_destroy(w);
out:
	scenario_free(&s);
	return ok;
}

int main(int argc, char **argv)
{
	struct run_options o = { .seed = SEED_DEFAULT };
	int failed = 0, ran = 0;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			o.is_verbose = true;
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			o.seed = strtoull(argv[++i], NULL, 0);
		} else {
			bool ok = scenario_run(argv[i], &o);
			printf("%s %s\n", ok ? "ok    " : "FAILED", argv[i]);
			failed += !ok;
			ran++;
		}
	}
	if (!ran)
		fprintf(stderr, "sim_run [-v] [--seed N] FILE...\n");
	return failed || !ran;
}
