/**
 * @file base/mailbox.c  A ring under one short mutex: signalling hands over some messages a call,
 * media none a packet, so a lock that is held for one memcpy is simpler than a lock-free ring, and
 * costs nothing that could be measured.
 */
#include "base/mailbox.h"

#include <pthread.h>
#include <stdlib.h>

struct mailbox {
	pthread_mutex_t lock;
	size_t size, max;
	size_t head, count;
	void (*wake)(void *ctx);
	void *ctx;
	char *ring;
};

struct mailbox *mailbox_create(size_t size, size_t max, void (*wake)(void *ctx), void *ctx)
{
	struct mailbox *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->ring = calloc(max, size);
	if (!m->ring) {
		free(m);
		return NULL;
	}
	m->size = size;
	m->max = max;
	m->wake = wake;
	m->ctx = ctx;
	pthread_mutex_init(&m->lock, NULL);
	return m;
}

void mailbox_destroy(struct mailbox *m)
{
	if (!m)
		return;
	explicit_bzero(m->ring, m->size * m->max); /* messages may carry keys */
	pthread_mutex_destroy(&m->lock);
	free(m->ring);
	free(m);
}

sotto_err mailbox_send(struct mailbox *m, const void *message)
{
	bool full;

	pthread_mutex_lock(&m->lock);
	full = m->count == m->max;
	if (!full) {
		memcpy(m->ring + (m->head + m->count) % m->max * m->size, message, m->size);
		m->count++;
	}
	pthread_mutex_unlock(&m->lock);
	if (full)
		return SOTTO_ELIMIT;
	if (m->wake)
		m->wake(m->ctx);
	return SOTTO_OK;
}

bool mailbox_receive(struct mailbox *m, void *message)
{
	bool some;

	pthread_mutex_lock(&m->lock);
	some = m->count > 0;
	if (some) {
		char *slot = m->ring + m->head * m->size;
		memcpy(message, slot, m->size);
		explicit_bzero(slot, m->size);
		m->head = (m->head + 1) % m->max;
		m->count--;
	}
	pthread_mutex_unlock(&m->lock);
	return some;
}
