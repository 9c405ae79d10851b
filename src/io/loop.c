/** @file io/loop.c */
#include "io/loop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

struct loop {
	uv_loop_t uv;
	uv_prepare_t turn_end;
	uv_timer_t deadline; /* the heap's next */
	uv_timer_t at_most;  /* bounds loop_turn */
	uv_async_t wake;
	atomic_bool stop, woken;
	struct timer_heap timers;
	struct list tasks;
	void (*on_wake)(void *ctx);
	void *wake_ctx;
	void (*on_turn_end)(void *ctx);
	void *turn_end_ctx;
	char read[LOOP_READ_MAX];
};

static void on_wake(uv_async_t *h)
{
	struct loop *l = h->data;

	if (atomic_load(&l->stop))
		uv_stop(&l->uv);
	if (atomic_exchange(&l->woken, false) && l->on_wake)
		l->on_wake(l->wake_ctx);
}

static void on_deadline(uv_timer_t *h)
{
	struct loop *l = h->data;

	timer_heap_run(&l->timers, clock_now());
}

static void on_at_most(uv_timer_t *h)
{
	(void)h; /* the loop has come back from its sleep: that is all */
}

/** Those that wait now; what they add waits for the next turn, so that sockets get theirs. */
static void run_tasks(struct loop *l)
{
	struct list now;

	list_init(&now);
	if (list_is_empty(&l->tasks))
		return;
	now = l->tasks; /* moves the whole ring to the other head */
	now.next->prev = now.prev->next = &now;
	list_init(&l->tasks);
	while (!list_is_empty(&now)) {
		struct loop_task *t = container_of(now.next, struct loop_task, link);
		list_remove(&t->link);
		t->run(t);
	}
}

static instant_t next_deadline(struct loop *l, instant_t now)
{
	return list_is_empty(&l->tasks) ? timer_heap_next(&l->timers) : now;
}

static void arm(struct loop *l)
{
	instant_t now = clock_now(), next = next_deadline(l, now);
	uint64_t wait_ms = next <= now ? 0 : (next - now + 999) / 1000;

	if (next == INSTANT_NEVER) {
		uv_timer_stop(&l->deadline);
		return;
	}
	uv_update_time(&l->uv); /* the wait counts from libuv's idea of now */
	uv_timer_start(&l->deadline, on_deadline, wait_ms, 0);
}

static void on_prepare(uv_prepare_t *h)
{
	struct loop *l = h->data;

	run_tasks(l);
	if (l->on_turn_end)
		l->on_turn_end(l->turn_end_ctx);
	arm(l);
}

static void own_handles(struct loop *l)
{
	uv_prepare_init(&l->uv, &l->turn_end);
	uv_timer_init(&l->uv, &l->deadline);
	uv_timer_init(&l->uv, &l->at_most);
	l->turn_end.data = l->deadline.data = l->at_most.data = l->wake.data = l;
	uv_prepare_start(&l->turn_end, on_prepare);
}

sotto_err loop_create(struct loop **out)
{
	struct loop *l = calloc(1, sizeof(*l));

	*out = NULL;
	if (!l)
		return SOTTO_ENOMEM;
	signal(SIGPIPE, SIG_IGN);
	timer_heap_init(&l->timers);
	list_init(&l->tasks);
	if (uv_loop_init(&l->uv)) {
		free(l);
		return SOTTO_EIO;
	}
	if (uv_async_init(&l->uv, &l->wake, on_wake)) {
		uv_loop_close(&l->uv);
		free(l);
		return SOTTO_EIO;
	}
	own_handles(l);
	*out = l;
	return SOTTO_OK;
}

static void run_all_tasks(struct loop *l)
{
	while (!list_is_empty(&l->tasks))
		run_tasks(l);
}

void loop_destroy(struct loop *l)
{
	if (!l)
		return;
	run_all_tasks(l);
	uv_close((uv_handle_t *)&l->turn_end, NULL);
	uv_close((uv_handle_t *)&l->deadline, NULL);
	uv_close((uv_handle_t *)&l->at_most, NULL);
	uv_close((uv_handle_t *)&l->wake, NULL);
	uv_run(&l->uv, UV_RUN_DEFAULT); /* ends when the last handle has closed */
	run_all_tasks(l);
	uv_loop_close(&l->uv);
	timer_heap_deinit(&l->timers);
	free(l);
}

void loop_run(struct loop *l)
{
	if (!atomic_load(&l->stop))
		uv_run(&l->uv, UV_RUN_DEFAULT);
	atomic_store(&l->stop, false);
}

void loop_turn(struct loop *l, ms_t at_most)
{
	if (at_most <= 0) { /* a timer due at once would fire before the loop looks at sockets */
		uv_run(&l->uv, UV_RUN_NOWAIT);
		return;
	}
	uv_update_time(&l->uv);
	uv_timer_start(&l->at_most, on_at_most, (uint64_t)at_most, 0);
	uv_run(&l->uv, UV_RUN_ONCE);
	uv_timer_stop(&l->at_most);
}

void loop_stop(struct loop *l)
{
	atomic_store(&l->stop, true);
	uv_async_send(&l->wake);
}

void loop_on_wake(struct loop *l, void (*fn)(void *ctx), void *ctx)
{
	l->on_wake = fn;
	l->wake_ctx = ctx;
}

void loop_wake(void *loop)
{
	struct loop *l = loop;

	atomic_store(&l->woken, true);
	uv_async_send(&l->wake);
}

void loop_on_turn_end(struct loop *l, void (*fn)(void *ctx), void *ctx)
{
	l->on_turn_end = fn;
	l->turn_end_ctx = ctx;
}

struct timer_heap *loop_timers(struct loop *l)
{
	return &l->timers;
}

uv_loop_t *loop_uv(struct loop *l)
{
	return &l->uv;
}

char *loop_read_buffer(struct loop *l)
{
	return l->read;
}

void loop_later(struct loop *l, struct loop_task *t, void (*run)(struct loop_task *t))
{
	t->run = run;
	list_init(&t->link);
	list_add(&l->tasks, &t->link);
}

void loop_task_cancel(struct loop_task *t)
{
	if (t->link.next)
		list_remove(&t->link);
}

sotto_err loop_err(int status)
{
	switch (status) {
	case 0: return SOTTO_OK;
	case UV_ENOMEM:
	case UV_ENOBUFS: return SOTTO_ENOMEM;
	case UV_EAGAIN: return SOTTO_EAGAIN;
	case UV_EADDRINUSE: return SOTTO_EADDRINUSE;
	case UV_ETIMEDOUT: return SOTTO_ETIMEOUT;
	case UV_EOF:
	case UV_ECONNRESET:
	case UV_EPIPE: return SOTTO_ECLOSED;
	default: return SOTTO_EIO;
	}
}
