/** @file unit/io/loop_test.c  Tests io/loop.h. */
#include "io/loop.h"

#include <pthread.h>

#include "unit/alloc_fail.h"
#include "unit/io/net.h"

struct seen {
	struct loop *loop;
	struct timer timers[3];
	struct loop_task tasks[2];
	char order[16];
	size_t n;
	unsigned wakes, ends;
	pthread_t woken_on;
};

static void note(struct seen *s, char what)
{
	if (s->n < sizeof(s->order) - 1)
		s->order[s->n++] = what;
}

static struct seen *seen_of_timer(struct timer *t, size_t i)
{
	return container_of(t - i, struct seen, timers[0]);
}

static void fire_first(struct timer *t, instant_t now)
{
	(void)now;
	note(seen_of_timer(t, 0), '1');
}

static void fire_second(struct timer *t, instant_t now)
{
	(void)now;
	note(seen_of_timer(t, 1), '2');
}

static void timers_fire_in_order_and_wake_the_loop(void **state)
{
	struct seen s = { 0 };
	instant_t now = clock_now();

	(void)state;
	CHECK_OK(loop_create(&s.loop));
	CHECK_OK(timer_set(loop_timers(s.loop), &s.timers[1], instant_add(now, 3), fire_second));
	CHECK_OK(timer_set(loop_timers(s.loop), &s.timers[0], instant_add(now, 1), fire_first));
	WAIT(s.loop, s.n == 2);
	CHECK_SPAN("12", span_of(s.order));
	loop_destroy(s.loop);
}

static void on_wake(void *ctx)
{
	struct seen *s = ctx;

	s->wakes++;
	s->woken_on = pthread_self();
}

static void *wake_it(void *ctx)
{
	struct seen *s = ctx;

	loop_wake(s->loop);
	return NULL;
}

static void another_thread_wakes_the_loop_on_its_own_thread(void **state)
{
	struct seen s = { 0 };
	pthread_t thread;

	(void)state;
	CHECK_OK(loop_create(&s.loop));
	loop_on_wake(s.loop, on_wake, &s);
	assert_int_equal(0, pthread_create(&thread, NULL, wake_it, &s));
	WAIT(s.loop, s.wakes > 0);
	CHECK(pthread_equal(s.woken_on, pthread_self()));
	pthread_join(thread, NULL);
	loop_destroy(s.loop);
}

static void *stop_it(void *ctx)
{
	loop_stop(ctx);
	return NULL;
}

static void another_thread_stops_the_loop(void **state)
{
	struct loop *l;
	pthread_t thread;

	(void)state;
	CHECK_OK(loop_create(&l));
	assert_int_equal(0, pthread_create(&thread, NULL, stop_it, l));
	loop_run(l); /* comes back: that is the test */
	pthread_join(thread, NULL);
	loop_destroy(l);
}

static void second_task(struct loop_task *t)
{
	note(container_of(t, struct seen, tasks[1]), 'b');
}

static void first_task(struct loop_task *t)
{
	struct seen *s = container_of(t, struct seen, tasks[0]);

	note(s, 'a');
	loop_later(s->loop, &s->tasks[1], second_task);
}

static void on_end(void *ctx)
{
	note(ctx, '.');
}

static void tasks_run_at_the_end_of_a_turn_and_their_own_in_the_next(void **state)
{
	struct seen s = { 0 };

	(void)state;
	CHECK_OK(loop_create(&s.loop));
	loop_on_turn_end(s.loop, on_end, &s);
	loop_later(s.loop, &s.tasks[0], first_task);
	CHECK_SPAN("", span_of(s.order));
	WAIT(s.loop, s.n >= 4);
	s.order[4] = '\0';
	CHECK_SPAN("a.b.", span_of(s.order));
	loop_destroy(s.loop);
}

static void a_cancelled_task_does_not_run(void **state)
{
	struct seen s = { 0 };

	(void)state;
	CHECK_OK(loop_create(&s.loop));
	loop_task_cancel(&s.tasks[1]); /* was never set: harmless */
	loop_later(s.loop, &s.tasks[1], second_task);
	loop_task_cancel(&s.tasks[1]);
	loop_task_cancel(&s.tasks[1]);
	loop_turn(s.loop, 0);
	CHECK_INT(0, s.n);
	loop_destroy(s.loop);
}

static void tasks_that_wait_are_run_by_destroy(void **state)
{
	struct seen s = { 0 };

	(void)state;
	CHECK_OK(loop_create(&s.loop));
	loop_later(s.loop, &s.tasks[0], first_task);
	loop_destroy(s.loop);
	CHECK_SPAN("ab", span_of(s.order));
	loop_destroy(NULL);
}

static void create_once(void *ctx)
{
	struct loop *l;

	(void)ctx;
	if (loop_create(&l))
		CHECK(l == NULL);
	loop_destroy(l);
}

static void create_survives_want_of_memory(void **state)
{
	(void)state;
	alloc_fail_sweep(create_once, NULL);
}

static void libuv_errors_become_ours(void **state)
{
	static const struct {
		const char *label;
		int uv;
		sotto_err want;
	} rows[] = {
		{ "none", 0, SOTTO_OK },
		{ "memory", UV_ENOMEM, SOTTO_ENOMEM },
		{ "again", UV_EAGAIN, SOTTO_EAGAIN },
		{ "in use", UV_EADDRINUSE, SOTTO_EADDRINUSE },
		{ "time-out", UV_ETIMEDOUT, SOTTO_ETIMEOUT },
		{ "end of file", UV_EOF, SOTTO_ECLOSED },
		{ "reset", UV_ECONNRESET, SOTTO_ECLOSED },
		{ "refused", UV_ECONNREFUSED, SOTTO_EIO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		CHECK_INT(rows[i].want, loop_err(rows[i].uv));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order_and_wake_the_loop),
		cmocka_unit_test(another_thread_wakes_the_loop_on_its_own_thread),
		cmocka_unit_test(another_thread_stops_the_loop),
		cmocka_unit_test(tasks_run_at_the_end_of_a_turn_and_their_own_in_the_next),
		cmocka_unit_test(a_cancelled_task_does_not_run),
		cmocka_unit_test(tasks_that_wait_are_run_by_destroy),
		cmocka_unit_test(create_survives_want_of_memory),
		cmocka_unit_test(libuv_errors_become_ours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
