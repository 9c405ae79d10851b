/** @file txn/clock.c  The timers of all transactions, behind one timer of the worker's heap. */
#include <assert.h>

#include "txn/machine.h"

static void tick_at(struct txn_layer *l, instant_t at);

static void on_tick(struct timer *tick, instant_t now)
{
	struct txn_layer *l = container_of(tick, struct txn_layer, tick);

	l->now = now;
	tick_at(l, INSTANT_NEVER); /* first, before another takes the place it had in the heap */
	timer_heap_run(&l->timers, now);
	tick_at(l, timer_heap_next(&l->timers));
}

/** The tick is always set, or was a moment ago: there is room for it. */
static void tick_at(struct txn_layer *l, instant_t at)
{
	sotto_err err = SOTTO_OK;

	if (!timer_is_set(&l->tick) || l->tick.at != at)
		err = timer_set(l->env.timers, &l->tick, at, on_tick);
	assert(!err);
	(void)err;
}

sotto_err txn_clock_init(struct txn_layer *l)
{
	timer_heap_init(&l->timers);
	return timer_set(l->env.timers, &l->tick, INSTANT_NEVER, on_tick);
}

void txn_clock_deinit(struct txn_layer *l)
{
	timer_stop(l->env.timers, &l->tick);
	timer_heap_deinit(&l->timers);
}

sotto_err txn_clock_reserve(struct txn_layer *l)
{
	return timer_heap_reserve(&l->timers, ((size_t)l->handles.count + 1) * TXN_TIMERS_EACH);
}

static void set(struct txn *t, struct timer *timer, instant_t at, timer_fn *fire)
{
	struct txn_layer *l = t->layer;
	sotto_err err = timer_set(&l->timers, timer, at, fire);

	assert(!err); /* txn_clock_reserve made room */
	(void)err;
	tick_at(l, timer_heap_next(&l->timers));
}

static void on_resend(struct timer *timer, instant_t now)
{
	struct txn *t = container_of(timer, struct txn, resend);

	t->machine->on_resend(t, now);
}

static void on_end(struct timer *timer, instant_t now)
{
	struct txn *t = container_of(timer, struct txn, end);

	t->machine->on_end(t, now);
}

static void on_failure(struct timer *timer, instant_t now)
{
	struct txn *t = container_of(timer, struct txn, failure);

	t->machine->on_failure(t, now);
}

void txn_resend_after(struct txn *t, ms_t interval, instant_t now)
{
	t->interval = interval;
	set(t, &t->resend, instant_add(now, interval), on_resend);
}

void txn_end_after(struct txn *t, ms_t delay, instant_t now)
{
	set(t, &t->end, instant_add(now, delay), on_end);
}

void txn_fail_soon(struct txn *t, instant_t now)
{
	if (!timer_is_set(&t->failure))
		set(t, &t->failure, now, on_failure);
}

void txn_stop_resend(struct txn *t)
{
	timer_stop(&t->layer->timers, &t->resend);
}

void txn_stop_end(struct txn *t)
{
	timer_stop(&t->layer->timers, &t->end);
}

void txn_stop_all(struct txn *t)
{
	txn_stop_resend(t);
	txn_stop_end(t);
	timer_stop(&t->layer->timers, &t->failure);
}
