/**
 * @file base/mailbox.h  Value messages from any thread to one owner. Bounded: a full box refuses.
 */
#pragma once
#include "base/span.h"

struct mailbox;

/**
 * @param size      bytes of a message, 1..1024: all messages of a box are of one size
 * @param max       messages it holds, a power of two
 * @param wake      called by the sender after a message, from the sender's thread; may be NULL
 * @return NULL if out of memory
 */
SOTTO_MUST_USE struct mailbox *mailbox_create(
	size_t size, size_t max, void (*wake)(void *ctx), void *ctx);

/** Only when no thread can send any more. Messages still inside are wiped. */
void mailbox_destroy(struct mailbox *m);

/** Copies one message in. SOTTO_ELIMIT: full, nothing was sent. Any thread. */
SOTTO_MUST_USE sotto_err mailbox_send(struct mailbox *m, const void *message);

/** Moves the oldest message out, and wipes its slot; false if there is none. Owner's thread only.
 */
bool mailbox_receive(struct mailbox *m, void *message);
