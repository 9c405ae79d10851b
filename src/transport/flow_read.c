/** @file transport/flow_read.c */
#include "transport/flow_read.h"

#include <stdlib.h>

#include "transport/refusal.h"

/* sip_frame finds a message too big before more of it is kept, and one read comes on top */
#define FLOW_IN_MAX (SIP_MESSAGE_MAX + LOOP_READ_MAX)

static void refuse(struct flow *f, char *head, size_t n, unsigned status)
{
	char text[REFUSAL_MAX];
	struct buf answer = buf_over(text, sizeof(text));

	if (n == 0 || refusal_write(&answer, head, n, &f->remote, status))
		return;
	if (flow_send(f, buf_span(&answer)))
		return; /* it is closed next anyhow */
}

/** RFC 5626 §3.5.1: a pong is a single CRLF. */
static void answer_ping(struct flow *f)
{
	if (flow_send(f, SPAN("\r\n")))
		return; /* the queue is full: the peer does not read, and learns of it by itself */
}

/**
 * Takes what is whole off the front; `*used` bytes are done with. Pings that came together get one
 * pong: a read full of them would make us write ten thousand times. And a ping is no message: who
 * only pings has a connection for as long as a first message may take.
 */
static enum flow_read_result take_whole(
	struct flow *f, char *bytes, size_t n, size_t *used, bool *has_message_come)
{
	bool is_answered = false;
	size_t length;

	for (*used = 0; f->state == FLOW_OPEN; *used += length) {
		char *at = bytes + *used;
		switch (sip_frame_next(&f->frame, at, n - *used, &length)) {
		case SIP_FRAME_MORE: return FLOW_READ_ON;
		case SIP_FRAME_MESSAGE:
			f->has_spoken = *has_message_come = true;
			f->owner->on_message(f->owner->ctx, f, at, length);
			break;
		case SIP_FRAME_PING:
			*has_message_come = true;
			if (!is_answered)
				answer_ping(f);
			is_answered = true;
			break;
		case SIP_FRAME_PONG: break;
		case SIP_FRAME_NO_LENGTH: refuse(f, at, length, 400); return FLOW_READ_REFUSED;
		case SIP_FRAME_TOO_BIG: refuse(f, at, length, 513); return FLOW_READ_REFUSED;
		}
	}
	return FLOW_READ_GONE;
}

/** Appends to f->in, whose bound holds because sip_frame refuses what grows over it. */
static bool keep(struct flow *f, const char *bytes, size_t n)
{
	size_t need = f->in_n + n, cap = f->in_cap ? f->in_cap : 2048;
	char *grown;

	while (cap < need)
		cap *= 2;
	if (cap > f->in_cap) {
		grown = need <= FLOW_IN_MAX ? realloc(f->in, cap) : NULL;
		if (!grown)
			return false;
		f->in = grown;
		f->in_cap = cap;
	}
	if (n)
		memcpy(f->in + f->in_n, bytes, n);
	f->in_n = need;
	return true;
}

/** Drops `used` bytes of f->in; an idle flow keeps no buffer. */
static void drop(struct flow *f, size_t used)
{
	f->in_n -= used;
	if (f->in_n) {
		memmove(f->in, f->in + used, f->in_n);
		return;
	}
	free(f->in);
	f->in = NULL;
	f->in_cap = 0;
}

enum flow_read_result flow_read(struct flow *f, char *bytes, size_t n, bool *has_message_come)
{
	enum flow_read_result result;
	size_t used;

	*has_message_come = false;
	if (f->in_n == 0) { /* the usual case: whole messages, handled where they lie */
		result = take_whole(f, bytes, n, &used, has_message_come);
		if (result == FLOW_READ_ON && used < n && !keep(f, bytes + used, n - used))
			return FLOW_READ_NO_MEMORY;
		return result;
	}
	if (!keep(f, bytes, n))
		return FLOW_READ_NO_MEMORY;
	result = take_whole(f, f->in, f->in_n, &used, has_message_come);
	if (result == FLOW_READ_ON)
		drop(f, used);
	return result;
}
