/** @file base/list.h  An intrusive, circular, doubly linked list. A link lies in its object. */
#pragma once
#include <stdbool.h>

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
	return l->next == l;
}

/** Adds at the end. */
static inline void list_add(struct list *l, struct list *item)
{
	item->prev = l->prev;
	item->next = l;
	l->prev->next = item;
	l->prev = item;
}

/** Takes `item` out; harmless if it was never in a list but was initialised. */
static inline void list_remove(struct list *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_init(item);
}

/** Iterates; the body may remove `at`. */
#define list_each(at, list_)                                                        \
	for (struct list *at = (list_)->next, *at##_next = at->next; at != (list_); \
		at = at##_next, at##_next = at->next)
