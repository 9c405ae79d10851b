/** @file base/timer.c */
#include "base/timer.h"

#include <stdlib.h>

void timer_heap_init(struct timer_heap *h)
{
	*h = (struct timer_heap){ 0 };
}

void timer_heap_deinit(struct timer_heap *h)
{
	for (size_t i = 0; i < h->n; i++)
		h->heap[i]->slot = 0;
	free(h->heap);
	*h = (struct timer_heap){ 0 };
}

sotto_err timer_heap_reserve(struct timer_heap *h, size_t n)
{
	size_t cap = h->cap ? h->cap : 64;
	struct timer **heap;

	if (n <= h->cap)
		return SOTTO_OK;
	while (cap < n)
		cap *= 2;
	heap = realloc(h->heap, cap * sizeof(*heap)); // NOLINT: pointers are what it holds
	if (!heap)
		return SOTTO_ENOMEM;
	h->heap = heap;
	h->cap = cap;
	return SOTTO_OK;
}

static bool earlier(const struct timer *a, const struct timer *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void place(struct timer_heap *h, struct timer *t, size_t i)
{
	h->heap[i] = t;
	t->slot = i + 1;
}

static void sift_up(struct timer_heap *h, struct timer *t, size_t i)
{
	while (i > 0 && earlier(t, h->heap[(i - 1) / 2])) {
		place(h, h->heap[(i - 1) / 2], i);
		i = (i - 1) / 2;
	}
	place(h, t, i);
}

static void sift_down(struct timer_heap *h, struct timer *t, size_t i)
{
	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= h->n)
			break;
		if (child + 1 < h->n && earlier(h->heap[child + 1], h->heap[child]))
			child++;
		if (!earlier(h->heap[child], t))
			break;
		place(h, h->heap[child], i);
		i = child;
	}
	place(h, t, i);
}

void timer_stop(struct timer_heap *h, struct timer *t)
{
	struct timer *last;
	size_t i;

	if (!t->slot)
		return;
	i = t->slot - 1;
	t->slot = 0;
	last = h->heap[--h->n];
	if (last == t)
		return;
	sift_down(h, last, i);
	sift_up(h, last, last->slot - 1);
}

sotto_err timer_set(struct timer_heap *h, struct timer *t, instant_t at, timer_fn *fire)
{
	timer_stop(h, t);
	TRY(timer_heap_reserve(h, h->n + 1));
	t->at = at;
	t->fire = fire;
	t->order = h->order++;
	sift_up(h, t, h->n++);
	return SOTTO_OK;
}

instant_t timer_heap_next(const struct timer_heap *h)
{
	return h->n ? h->heap[0]->at : INSTANT_NEVER;
}

void timer_heap_run(struct timer_heap *h, instant_t now)
{
	while (h->n && h->heap[0]->at <= now) {
		struct timer *t = h->heap[0];
		timer_stop(h, t);
		t->fire(t, now);
	}
}
