/**
 * @file edge/call/timeout.c  A call's deadlines. One timer stands for the earliest: it is set for
 * as long as the call lives, so that moving it never needs memory.
 */
#include "edge/call/exchange.h"
#include "edge/call/leg.h"

static instant_t earliest(const struct call *c)
{
	instant_t at = INSTANT_NEVER;

	for (size_t i = 0; i < DEADLINE_COUNT; i++)
		if (c->deadlines[i] < at)
			at = c->deadlines[i];
	return at;
}

static void down_at_last(struct leg *l, instant_t now)
{
	l->media.handle = 0; /* its worker owes us MEDIA_CLOSED, and will not be waited for */
	leg_down(l, now);
}

static void on_linger(struct call *c, instant_t now)
{
	log_warn(c->edge->env.log, call, "call_lingered", LOG_STR("call", c->record.call_id));
	for (size_t i = 0; i < c->branch_count; i++)
		down_at_last(c->branches[i], now);
	down_at_last(c->caller, now);
	call_settle(c, now);
}

static void on_deadline(struct call *c, enum call_deadline which, instant_t now)
{
	switch (which) {
	case DEADLINE_PROGRESS: call_fail(c, FAILURE_far_timeout, now); break;
	case DEADLINE_ANSWER: call_fail(c, FAILURE_no_answer, now); break;
	case DEADLINE_DURATION: call_fail(c, FAILURE_call_too_long, now); break;
	case DEADLINE_LINGER: on_linger(c, now); break;
	case DEADLINE_REAP:
		record_send(c);
		call_destroy(c);
		break;
	case DEADLINE_COUNT: break;
	}
}

static void on_timer(struct timer *t, instant_t now)
{
	struct call *c = container_of(t, struct call, timer);
	enum call_deadline due = DEADLINE_COUNT;

	edge_begin_turn(c->edge);
	/* at once, while its place in the heap is still free */
	if (timer_set(c->edge->env.timers, t, INSTANT_NEVER, on_timer))
		return;
	for (unsigned i = 0; i < DEADLINE_COUNT; i++)
		if (c->deadlines[i] <= now)
			due = (enum call_deadline)i; /* the last in order: reaping is final */
	if (due == DEADLINE_COUNT)
		return;
	call_set_deadline(c, due, INSTANT_NEVER);
	on_deadline(c, due, now); /* `c` may be gone; another one due fires at once */
}

sotto_err call_timer_start(struct call *c, instant_t now)
{
	(void)now;
	for (size_t i = 0; i < DEADLINE_COUNT; i++)
		c->deadlines[i] = INSTANT_NEVER;
	return timer_set(c->edge->env.timers, &c->timer, INSTANT_NEVER, on_timer);
}

void call_set_deadline(struct call *c, enum call_deadline which, instant_t at)
{
	c->deadlines[which] = at;
	if (timer_set(c->edge->env.timers, &c->timer, earliest(c), c->timer.fire))
		log_error(c->edge->env.log, call, "call_without_timer",
			LOG_STR("call", c->record.call_id));
}
