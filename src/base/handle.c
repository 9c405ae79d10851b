/** @file base/handle.c */
#include "base/handle.h"

#include <stdlib.h>

struct handle_slot {
	void *object;
	uint32_t generation; /* odd while in use */
	uint32_t next_free;
};

void handle_table_init(struct handle_table *t, uint32_t max)
{
	*t = (struct handle_table){ .max = max };
}

void handle_table_deinit(struct handle_table *t)
{
	free(t->slots);
	*t = (struct handle_table){ .max = t->max };
}

static sotto_err grow(struct handle_table *t)
{
	uint32_t cap = t->cap ? t->cap * 2 : 64;
	struct handle_slot *slots;

	if (cap > t->max)
		cap = t->max;
	if (cap == t->cap)
		return SOTTO_ELIMIT;
	slots = realloc(t->slots, cap * sizeof(*slots));
	if (!slots)
		return SOTTO_ENOMEM;
	t->slots = slots;
	for (uint32_t i = cap; i-- > t->cap;) {
		slots[i] = (struct handle_slot){ .next_free = t->free_head };
		t->free_head = i + 1;
	}
	t->cap = cap;
	return SOTTO_OK;
}

sotto_err handle_add(struct handle_table *t, void *object, handle_t *out)
{
	struct handle_slot *s;
	uint32_t i;

	*out = 0;
	if (!t->free_head)
		TRY(grow(t));
	i = t->free_head - 1;
	s = &t->slots[i];
	t->free_head = s->next_free;
	s->object = object;
	s->generation++;
	t->count++;
	*out = (handle_t)s->generation << 32 | (i + 1);
	return SOTTO_OK;
}

static struct handle_slot *slot_of(const struct handle_table *t, handle_t h)
{
	uint32_t i = (uint32_t)h;

	if (i == 0 || i > t->cap || t->slots[i - 1].generation != h >> 32 ||
		!t->slots[i - 1].object)
		return NULL;
	return &t->slots[i - 1];
}

void *handle_find(const struct handle_table *t, handle_t h)
{
	struct handle_slot *s = slot_of(t, h);

	return s ? s->object : NULL;
}

void handle_remove(struct handle_table *t, handle_t h)
{
	struct handle_slot *s = slot_of(t, h);

	if (!s)
		return;
	s->object = NULL;
	s->generation++;
	s->next_free = t->free_head;
	t->free_head = (uint32_t)h;
	t->count--;
}

void handle_each(struct handle_table *t, void (*fn)(void *object, void *ctx), void *ctx)
{
	for (uint32_t i = 0; i < t->cap; i++)
		if (t->slots[i].object)
			fn(t->slots[i].object, ctx);
}
