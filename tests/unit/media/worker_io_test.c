/**
 * @file unit/media/worker_io_test.c  Tests media/worker.h over a back end that fails, or is held
 * up, as the test wants: full mailboxes, ports that cannot be entered, memory that runs out.
 */
#include "media/worker.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "unit/alloc_fail.h"
#include "unit/test.h"

#define PATIENCE 20000 /* ms */

/** A back end without a network. The worker's thread stands in rx until the gate is open. */
struct fake {
	struct media_io io;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool is_open, is_awake; /* under the lock */
	atomic_int bound, refuses_bind_at, refuses_port;
	int woken; /* an eventfd: the worker has events */
};

static sotto_err on_bind(void *ctx, const struct netaddr *local, int *fd)
{
	struct fake *f = ctx;

	*fd = -1;
	if (local->port == f->refuses_bind_at)
		return SOTTO_EIO;
	*fd = 1000 + f->bound++;
	return SOTTO_OK;
}

static void on_unbind(void *ctx, int fd)
{
	struct fake *f = ctx;

	CHECK(fd >= 1000);
	f->bound--;
}

static sotto_err on_add_port(void *ctx, int fd, uint32_t port_id, uint8_t dscp)
{
	struct fake *f = ctx;

	(void)fd, (void)dscp;
	return (int)(port_id % 2) + 1 == f->refuses_port ? SOTTO_EIO : SOTTO_OK;
}

static bool on_is_local(void *ctx, const struct netaddr *a)
{
	(void)ctx, (void)a;
	return false;
}

static void on_set_dscp(void *ctx, uint32_t port_id, uint8_t dscp)
{
	(void)ctx, (void)port_id, (void)dscp;
}

static void on_remove_port(void *ctx, uint32_t port_id)
{
	struct fake *f = ctx;

	(void)port_id;
	f->bound--;
}

static size_t on_rx(void *ctx, struct media_packet *packets, size_t n, int wait_ms)
{
	struct fake *f = ctx;

	(void)packets, (void)n, (void)wait_ms;
	pthread_mutex_lock(&f->lock);
	while (!f->is_open || !f->is_awake)
		pthread_cond_wait(&f->moved, &f->lock);
	f->is_awake = false;
	pthread_mutex_unlock(&f->lock);
	return 0;
}

static void on_tx(void *ctx, const struct media_packet *packets, size_t n)
{
	(void)ctx, (void)packets, (void)n;
}

static void on_wake(void *ctx)
{
	struct fake *f = ctx;

	pthread_mutex_lock(&f->lock);
	f->is_awake = true;
	pthread_cond_signal(&f->moved);
	pthread_mutex_unlock(&f->lock);
}

static void gate(struct fake *f, bool is_open)
{
	pthread_mutex_lock(&f->lock);
	f->is_open = is_open;
	pthread_cond_signal(&f->moved);
	pthread_mutex_unlock(&f->lock);
}

static void on_event(void *ctx)
{
	struct fake *f = ctx;
	uint64_t one = 1;

	CHECK(write(f->woken, &one, sizeof(one)) == sizeof(one));
}

static void fake_start(struct fake *f)
{
	*f = (struct fake){ .io = { f, on_bind, on_unbind, on_add_port, on_set_dscp, on_remove_port,
				    on_rx, on_tx, on_is_local, on_wake } };
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->moved, NULL);
	f->woken = eventfd(0, 0);
	CHECK(f->woken >= 0);
}

static void fake_stop(struct fake *f)
{
	close(f->woken);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->moved);
}

static struct media_worker *worker_over(struct fake *f, uint32_t legs_max)
{
	struct media_worker_params params = { f->io, 20000, 20063, legs_max, rng_system(), NULL,
		on_event, f };
	struct media_worker *w;

	CHECK_OK(media_worker_create(&w, &params));
	return w;
}

static struct media_event next_event(struct fake *f, struct media_worker *w)
{
	struct pollfd p = { .fd = f->woken, .events = POLLIN };
	struct media_event e = { 0 };
	uint64_t count;

	while (!media_worker_receive(w, &e)) {
		CHECK_INT(1, poll(&p, 1, PATIENCE));
		CHECK(read(f->woken, &count, sizeof(count)) == sizeof(count));
	}
	return e;
}

static const struct media_open some_leg = {
	.bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } },
	.owner = 7,
};

static void a_full_mailbox_refuses_a_set_but_never_a_close(void **state)
{
	enum { LEGS = 8 };
	struct media_leg_params params = { 0 };
	struct netaddr local;
	handle_t legs[LEGS], more;
	struct media_worker *w;
	struct media_port port;
	unsigned sent = 0;
	sotto_err err;
	struct fake f;

	(void)state;
	fake_start(&f);
	w = worker_over(&f, LEGS + 1);
	port = media_worker_port(w);
	for (unsigned i = 0; i < LEGS; i++)
		CHECK_OK(port.open(port.ctx, &some_leg, &legs[i], &local));
	while ((err = port.set(port.ctx, legs[0], &params)) == SOTTO_OK)
		CHECK(++sent < 100000);
	CHECK_INT(SOTTO_ELIMIT, err);
	CHECK_INT(SOTTO_ELIMIT, port.link(port.ctx, legs[0], MEDIA_PEER_TEST, 0));
	CHECK_INT(SOTTO_ELIMIT, port.open(port.ctx, &some_leg, &more, &local));
	CHECK_INT(0, more);
	CHECK_INT(2 * LEGS, f.bound); /* what was bound for it is closed again */
	for (unsigned i = 0; i < LEGS; i++)
		port.close(port.ctx, legs[i]);
	gate(&f, true);
	for (unsigned i = 0; i < LEGS; i++) {
		struct media_event e = next_event(&f, w);

		CHECK_INT(MEDIA_CLOSED, e.kind);
		CHECK_INT(7, e.owner);
	}
	CHECK_OK(port.open(port.ctx, &some_leg, &more, &local));
	media_worker_destroy(w);
	fake_stop(&f);
}

static void what_never_reached_the_thread_is_closed_with_it(void **state)
{
	struct media_leg_params params = { 0 };
	struct media_worker *w;
	struct netaddr local;
	struct media_port port;
	handle_t leg;
	struct fake f;

	(void)state;
	fake_start(&f);
	w = worker_over(&f, 4);
	port = media_worker_port(w);
	CHECK_OK(port.open(port.ctx, &some_leg, &leg, &local));
	CHECK_OK(port.set(port.ctx, leg, &params));
	port.close(port.ctx, leg);
	CHECK_INT(2, f.bound);
	gate(&f, true);
	media_worker_destroy(w);
	CHECK_INT(0, f.bound); /* by the thread in its last turn, or after it */
	fake_stop(&f);
}

static void a_port_that_cannot_be_entered_ends_the_leg(void **state)
{
	(void)state;
	for (int which = 1; which <= 2; which++) {
		struct media_worker *w;
		struct netaddr local;
		struct media_port port;
		struct media_event e;
		handle_t leg;
		struct fake f;

		fake_start(&f);
		f.refuses_port = which;
		gate(&f, true);
		w = worker_over(&f, 4);
		port = media_worker_port(w);
		CHECK_OK(port.open(port.ctx, &some_leg, &leg, &local));
		e = next_event(&f, w);
		CHECK_INT(MEDIA_CLOSED, e.kind);
		CHECK_INT(leg, e.leg);
		CHECK_INT(7, e.owner);
		CHECK_INT(0, f.bound);
		port.close(port.ctx, leg); /* names nothing any more */
		media_worker_destroy(w);
		fake_stop(&f);
	}
}

static void a_pair_is_bound_whole_or_not_at_all(void **state)
{
	static const int refused[] = { 20000, 20001 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct media_worker_params params = {
			.port_first = 20000, .port_last = 20001, .legs_max = 2, .rng = rng_system()
		};
		struct media_worker *w;
		struct netaddr local;
		struct media_port port;
		handle_t leg;
		struct fake f;

		fake_start(&f);
		f.refuses_bind_at = refused[i];
		params.io = f.io;
		CHECK_OK(media_worker_create(&w, &params));
		port = media_worker_port(w);
		CHECK_INT(SOTTO_EIO, port.open(port.ctx, &some_leg, &leg, &local));
		CHECK_INT(0, f.bound);
		f.refuses_bind_at = 0;
		CHECK_OK(port.open(port.ctx, &some_leg, &leg, &local)); /* the pair is free again */
		gate(&f, true);
		media_worker_destroy(w);
		fake_stop(&f);
	}
}

static void create_and_destroy(void *ctx)
{
	struct fake *f = ctx;
	struct media_worker_params params = { f->io, 20000, 20063, 8, rng_system(), NULL, NULL,
		NULL };
	struct media_worker *w;
	sotto_err err = media_worker_create(&w, &params);

	CHECK_INT(alloc_fail_hit() ? SOTTO_ENOMEM : SOTTO_OK, err);
	CHECK_INT(err == SOTTO_OK, w != NULL);
	media_worker_destroy(w);
}

static void creating_survives_every_failing_allocation(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f);
	gate(&f, true);
	alloc_fail_sweep(create_and_destroy, &f);
	fake_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_mailbox_refuses_a_set_but_never_a_close),
		cmocka_unit_test(what_never_reached_the_thread_is_closed_with_it),
		cmocka_unit_test(a_port_that_cannot_be_entered_ends_the_leg),
		cmocka_unit_test(a_pair_is_bound_whole_or_not_at_all),
		cmocka_unit_test(creating_survives_every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
