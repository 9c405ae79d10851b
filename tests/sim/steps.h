/**
 * @file sim/steps.h  What each step of a scenario does. False: it failed, world_fail was called.
 */
#pragma once
#include "sim/scenario.h"
#include "sim/world.h"

/** Runs one step. */
bool step_run(struct world *w, const struct scenario_step *step);

/** `at TIME …`: the instant, or 0 for none. */
struct step_when {
	bool is_set;
	instant_t at;
};

/* steps_setup.c */
bool step_phone(struct world *w, const struct scenario_step *step);
bool step_dns(struct world *w, const struct scenario_step *step);
bool step_listen(struct world *w, const struct scenario_step *step);
/** The listeners that a scenario has unless it names its own. */
bool step_listen_default(struct world *w);

/* steps_send.c: `PHONE > MESSAGE …` */
bool step_send(struct world *w, struct phone *p, unsigned call, const struct scenario_step *step);

/* steps_expect.c: `PHONE < MESSAGE …`, `silence`, `left`, `log`; steps_record.c */
bool step_expect(struct world *w, struct phone *p, unsigned call, const struct scenario_step *step,
	const struct step_when *when);
bool step_silence(struct world *w, const struct scenario_step *step);
bool step_record(struct world *w, const struct scenario_step *step);
bool step_left(struct world *w, const struct scenario_step *step);
bool step_log(struct world *w, const struct scenario_step *step);

/** Waits for a phone's next message: until `limit`. NULL: none came. */
struct message *step_await(struct world *w, struct phone *p, instant_t limit);

/* steps_media.c: `media`, `rtcp`, `forge`, `clear`, `replay` */
bool step_media(struct world *w, const struct scenario_step *step);
bool step_rtcp(struct world *w, const struct scenario_step *step);
bool step_attack(struct world *w, const struct scenario_step *step);

/* steps_chaos.c */
bool step_chaos(struct world *w, const struct scenario_step *step);

/* steps_world.c: time, the network, the edge, and what phones do beside messages */
bool step_wait(struct world *w, const struct scenario_step *step);
bool step_mark(struct world *w, const struct scenario_step *step);
bool step_network(struct world *w, const struct scenario_step *step);
bool step_drop(struct world *w, const struct scenario_step *step);
bool step_stop(struct world *w, const struct scenario_step *step);
bool step_phone_does(struct world *w, struct phone *p, const struct scenario_step *step);

/** How long an expectation without `at` or `within` waits: less than T1, so that no retransmission
 * hides a loss. */
#define STEP_PATIENCE ((ms_t)400)

/** Longer where the network is slow; where it loses, retransmissions are meant to help. */
ms_t step_patience(const struct world *w);

/** A phone and perhaps a call: "alice", "alice#2". */
bool step_phone_word(struct world *w, struct span word, struct phone **p, unsigned *call);
