/**
 * @file io/loop.h  The signalling worker's event loop: libuv, with the deadlines of base/timer.h,
 * a wake-up from other threads, and a place for what must wait until the current turn is over.
 *
 * A turn: timers that are due, then sockets, then the end of the turn (before the loop sleeps):
 * the tasks of loop_later, then the turn-end function.
 * All functions are for the loop's own thread unless they say otherwise.
 */
#pragma once
#include <uv.h>

#include "base/err.h"
#include "base/list.h"
#include "base/timer.h"

#define LOOP_READ_MAX 65536 /* bytes that a stream reads at once */

struct loop;

/** Something to do at the end of the turn. Lies inside its object (see container_of). */
struct loop_task {
	struct list link;
	void (*run)(struct loop_task *t);
};

/**
 * Also ignores SIGPIPE for the process: libuv writes to sockets without MSG_NOSIGNAL.
 * SOTTO_ENOMEM or SOTTO_EIO.
 */
SOTTO_MUST_USE sotto_err loop_create(struct loop **out);

/** Every user must have closed its handles; what is closing is waited for. NULL is legal. */
void loop_destroy(struct loop *l);

/** Runs until loop_stop. */
void loop_run(struct loop *l);

/** One turn, which sleeps for at most `at_most` for something to happen. */
void loop_turn(struct loop *l, ms_t at_most);

/** Ends loop_run after the current turn. Any thread. */
void loop_stop(struct loop *l);

/** `fn` is called on the loop's thread after one or more loop_wake. Set it before the first. */
void loop_on_wake(struct loop *l, void (*fn)(void *ctx), void *ctx);

/** Has the wake function called soon. Any thread; fits mailbox_create's `wake` with ctx the loop.
 */
void loop_wake(void *loop);

/** `fn` is called at the end of every turn. */
void loop_on_turn_end(struct loop *l, void (*fn)(void *ctx), void *ctx);

/** The deadlines: set timers here; the loop fires them. */
struct timer_heap *loop_timers(struct loop *l);

/** For libuv's own kinds of handles (signals, files). */
uv_loop_t *loop_uv(struct loop *l);

/** LOOP_READ_MAX bytes for a read whose result is handled before the next: streams share it. */
char *loop_read_buffer(struct loop *l);

/**
 * Has `run` called at the end of the current turn, from the loop's top: for the second phase of
 * closing (nothing of the object is on the stack then), and for news that must not come from within
 * a call. It cannot fail. `t` must not be waiting already.
 */
void loop_later(struct loop *l, struct loop_task *t, void (*run)(struct loop_task *t));

/** Harmless if it is not waiting but was zeroed. */
void loop_task_cancel(struct loop_task *t);

/** A libuv status (< 0) as one of ours. */
SOTTO_MUST_USE sotto_err loop_err(int status);
