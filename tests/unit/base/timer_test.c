/** @file unit/base/timer_test.c  Tests base/timer.h. */
#include "unit/test.h"

#include "base/rng.h"
#include "base/timer.h"
#include "unit/alloc_fail.h"

struct bell {
	struct timer timer;
	struct timer_heap *heap;
	unsigned rung;
	instant_t last;
	instant_t again_at; /* set once more from within its own firing; 0: not */
	unsigned *order;    /* counts all bells */
	unsigned place;
};

static void ring(struct timer *t, instant_t now)
{
	struct bell *b = container_of(t, struct bell, timer);

	b->rung++;
	b->last = now;
	if (b->order)
		b->place = ++*b->order;
	if (b->again_at) {
		CHECK_OK(timer_set(b->heap, t, b->again_at, ring));
		b->again_at = 0;
	}
}

static void timers_fire_in_order_and_equal_ones_as_set(void **state)
{
	struct timer_heap h;
	struct bell bells[4] = { 0 };
	unsigned order = 0;
	static const instant_t at[4] = { 30, 10, 20, 10 };
	static const unsigned place[4] = { 4, 1, 3, 2 };

	(void)state;
	timer_heap_init(&h);
	CHECK(timer_heap_next(&h) == INSTANT_NEVER);
	for (size_t i = 0; i < 4; i++) {
		bells[i].order = &order;
		CHECK_OK(timer_set(&h, &bells[i].timer, at[i], ring));
	}
	CHECK_INT(10, timer_heap_next(&h));
	timer_heap_run(&h, 9);
	CHECK_INT(0, order);
	timer_heap_run(&h, 30);
	for (size_t i = 0; i < 4; i++)
		CHECK_INT(place[i], bells[i].place);
	CHECK(!timer_is_set(&bells[0].timer));
	timer_heap_deinit(&h);
}

static void a_timer_may_be_moved_stopped_and_set_from_within(void **state)
{
	struct timer_heap h;
	struct bell a = { .heap = &h }, b = { .heap = &h };

	(void)state;
	timer_heap_init(&h);
	CHECK_OK(timer_set(&h, &a.timer, 10, ring));
	CHECK_OK(timer_set(&h, &a.timer, 50, ring)); /* moved */
	CHECK_OK(timer_set(&h, &b.timer, 20, ring));
	timer_stop(&h, &b.timer);
	timer_stop(&h, &b.timer);
	timer_heap_run(&h, 40);
	CHECK_INT(0, a.rung + b.rung);
	a.again_at = 55; /* due at once when run at 60 */
	timer_heap_run(&h, 60);
	CHECK_INT(2, a.rung);
	CHECK_OK(timer_set(&h, &b.timer, 70, ring));
	timer_heap_deinit(&h);
	CHECK(!timer_is_set(&b.timer));
}

/** Random sets, moves and stops: each fires exactly at its last deadline, or never. */
static void a_thousand_timers_fire_exactly_once(void **state)
{
	static struct bell bells[1000];
	static instant_t due[1000];
	struct timer_heap h;
	struct rng_seeded r;

	(void)state;
	rng_seeded_init(&r, 3);
	timer_heap_init(&h);
	for (size_t step = 0; step < 5000; step++) {
		size_t i = rng_u32(&r.rng) % 1000;
		if (rng_u32(&r.rng) % 3 == 0) {
			timer_stop(&h, &bells[i].timer);
			due[i] = 0;
		} else {
			due[i] = 1 + rng_u32(&r.rng) % 10000;
			CHECK_OK(timer_set(&h, &bells[i].timer, due[i], ring));
		}
	}
	while (timer_heap_next(&h) != INSTANT_NEVER)
		timer_heap_run(&h, timer_heap_next(&h));
	for (size_t i = 0; i < 1000; i++) {
		CHECK_INT(due[i] != 0, bells[i].rung);
		CHECK(bells[i].last == due[i]);
	}
	timer_heap_deinit(&h);
}

static void reserved_timers_can_be_set_without_memory(void **state)
{
	struct timer_heap h;
	static struct bell bells[65];

	(void)state;
	timer_heap_init(&h);
	CHECK_OK(timer_heap_reserve(&h, 64));
	for (size_t i = 0; i < 64; i++) {
		alloc_fail_at(1);
		CHECK_OK(timer_set(&h, &bells[i].timer, 1, ring));
	}
	CHECK_INT(SOTTO_ENOMEM, timer_set(&h, &bells[64].timer, 1, ring));
	CHECK(!timer_is_set(&bells[64].timer));
	alloc_fail_at(0);
	timer_heap_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order_and_equal_ones_as_set),
		cmocka_unit_test(a_timer_may_be_moved_stopped_and_set_from_within),
		cmocka_unit_test(a_thousand_timers_fire_exactly_once),
		cmocka_unit_test(reserved_timers_can_be_set_without_memory),
	};

	return cmocka_run_group_tests_name("base.timer", tests, NULL, NULL);
}
