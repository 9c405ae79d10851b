/**
 * @file dialog/table.c  Dialogs by Call-ID and our own tag. Forks of one INVITE of ours have both
 * in common: they hang on one chain and differ in the remote tag.
 */
#include <stdlib.h>

#include "base/timer.h" /* container_of */
#include "dialog/state.h"

#define KEY_MAX DIALOG_TEXT_MAX

struct dialog_table {
	struct map chains;
	size_t count, max;
};

struct dialog_chain {
	struct dialog_table *table;
	struct list dialogs;
	size_t key_n;
	char key[];
};

struct dialog_table *dialog_table_create(struct rng *rng, size_t max)
{
	struct dialog_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	map_init(&t->chains, rng, max);
	t->max = max;
	return t;
}

static void take_out(struct dialog *d)
{
	list_remove(&d->in_chain);
	d->chain->table->count--;
	d->chain = NULL;
}

static void destroy_chain(struct dialog_chain *c)
{
	map_remove(&c->table->chains, (struct span){ c->key, c->key_n });
	free(c);
}

static void empty_chain(void *value, void *ctx)
{
	struct dialog_chain *c = value;

	(void)ctx;
	list_each(at, &c->dialogs) take_out(container_of(at, struct dialog, in_chain));
	destroy_chain(c);
}

void dialog_table_destroy(struct dialog_table *t)
{
	if (!t)
		return;
	map_each(&t->chains, empty_chain, NULL); /* the dialogs themselves are their owners' */
	map_deinit(&t->chains);
	free(t);
}

/** Neither part can hold a line break. Empty: too long to be ours. */
static struct span make_key(char text[KEY_MAX + 1], struct span call_id, struct span local_tag)
{
	struct buf b = buf_over(text, KEY_MAX + 1);

	buf_put(&b, call_id);
	buf_putc(&b, '\n');
	buf_put(&b, local_tag);
	return b.overflow ? SPAN_NONE : buf_span(&b);
}

static sotto_err add_chain(struct dialog_table *t, struct span key, struct dialog_chain **out)
{
	struct dialog_chain *c = calloc(1, sizeof(*c) + key.n);
	sotto_err err;

	*out = NULL;
	if (!c)
		return SOTTO_ENOMEM;
	c->table = t;
	c->key_n = key.n;
	memcpy(c->key, key.p, key.n);
	list_init(&c->dialogs);
	err = map_add(&t->chains, (struct span){ c->key, c->key_n }, c);
	if (err) {
		free(c);
		return err;
	}
	*out = c;
	return SOTTO_OK;
}

static struct dialog *find_exact(const struct dialog_chain *c, struct span remote_tag)
{
	list_each(at, &c->dialogs)
	{
		struct dialog *d = container_of(at, struct dialog, in_chain);
		if (span_eq(d->text[DIALOG_REMOTE_TAG], remote_tag))
			return d;
	}
	return NULL;
}

sotto_err dialog_table_add(struct dialog_table *t, struct dialog *d, handle_t owner)
{
	char text[KEY_MAX + 1];
	struct span key = make_key(text, d->text[DIALOG_CALL_ID], d->text[DIALOG_LOCAL_TAG]);
	struct dialog_chain *c = map_find(&t->chains, key);

	if (d->chain || (c && find_exact(c, d->text[DIALOG_REMOTE_TAG])))
		return SOTTO_EEXIST;
	if (t->count >= t->max)
		return SOTTO_ELIMIT;
	if (!c)
		TRY(add_chain(t, key, &c));
	list_add(&c->dialogs, &d->in_chain);
	d->chain = c;
	d->owner = owner;
	t->count++;
	return SOTTO_OK;
}

void dialog_table_remove(struct dialog_table *t, struct dialog *d)
{
	struct dialog_chain *c = d->chain;

	(void)t; /* it knows its own */
	if (!c)
		return;
	take_out(d);
	if (list_is_empty(&c->dialogs))
		destroy_chain(c);
}

struct dialog *dialog_table_find(
	const struct dialog_table *t, const struct sip_msg *msg, handle_t *owner)
{
	/* §12.2.2: our tag is in To of what the peer asks, in From of what it answers */
	struct span local = msg->is_request ? msg->to.tag : msg->from.tag;
	struct span remote = msg->is_request ? msg->from.tag : msg->to.tag;
	char text[KEY_MAX + 1];
	struct span key = make_key(text, msg->call_id, local);
	struct dialog_chain *c = key.p ? map_find(&t->chains, key) : NULL;
	struct dialog *d;

	*owner = 0;
	if (!c)
		return NULL;
	d = find_exact(c, remote);
	if (!d)
		d = find_exact(c, SPAN_NONE); /* not known yet: matches any */
	if (d)
		*owner = d->owner;
	return d;
}

size_t dialog_table_count(const struct dialog_table *t)
{
	return t->count;
}
