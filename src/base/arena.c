/** @file base/arena.c */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#define ARENA_BLOCK 8192

struct arena_block {
	struct arena_block *next;
	size_t cap, used;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

static void free_after(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;
		free(b);
		b = next;
	}
}

void arena_deinit(struct arena *a)
{
	free_after(a->blocks);
	a->blocks = NULL;
	a->used = 0;
}

void arena_reset(struct arena *a)
{
	struct arena_block *first = a->blocks;

	a->used = 0;
	if (!first)
		return;
	free_after(first->next);
	first->next = NULL;
	first->used = 0;
}

static struct arena_block *block_add(struct arena *a, size_t need)
{
	size_t cap = need > ARENA_BLOCK ? need : ARENA_BLOCK;
	struct arena_block *b = malloc(sizeof(*b) + cap);

	if (!b)
		return NULL;
	*b = (struct arena_block){ .next = a->blocks, .cap = cap };
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->blocks;
	size_t size;
	void *p;

	if (n > a->max)
		return NULL;
	size = (n + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (size > a->max - a->used)
		return NULL;
	if (!b || b->cap - b->used < size)
		b = block_add(a, size);
	if (!b)
		return NULL;
	p = b->bytes + b->used;
	b->used += size;
	a->used += size;
	memset(p, 0, size);
	return p;
}

sotto_err arena_copy(struct arena *a, struct span s, struct span *out)
{
	char *p;

	*out = SPAN_NONE;
	if (s.n == 0)
		return SOTTO_OK;
	p = arena_alloc(a, s.n);
	if (!p)
		return SOTTO_ENOMEM;
	memcpy(p, s.p, s.n);
	*out = (struct span){ p, s.n };
	return SOTTO_OK;
}
