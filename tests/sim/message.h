/**
 * @file sim/message.h  The messages that a phone has sent and got, which it keeps to the end, and
 * the repeats of those that it must repeat. Private to the phones.
 */
#pragma once
#include "sim/phone.h"

/** Keeps a copy of `raw`, parsed. What the edge sent must parse, or the scenario fails. */
struct message *message_add(struct phone *p, struct span raw, bool is_sent);
void message_destroy(struct message *m);

/** What `response` answers, or NULL. */
struct message *message_request(struct phone *p, const struct message *response);

/** The latest copy of `m` that came before it, or NULL. */
struct message *message_earlier(const struct message *m);

/** It has its answer, or its ACK. */
void message_repeat_stop(struct message *m);
