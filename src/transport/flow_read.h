/** @file transport/flow_read.h  A flow's stream of plain bytes cut into messages. For flow.c. */
#pragma once
#include "transport/flow.h"

enum flow_read_result {
	FLOW_READ_ON,        /* go on */
	FLOW_READ_GONE,      /* the flow was closed, or failed, while a message was handled */
	FLOW_READ_REFUSED,   /* the stream cannot be read any further; the answer is sent */
	FLOW_READ_NO_MEMORY, /* the rest could not be kept */
};

/**
 * Hands every whole message to the owner, answers pings, and keeps the rest in f->in.
 * @param has_message_come [out] true if at least one message or ping was whole
 */
enum flow_read_result flow_read(struct flow *f, char *bytes, size_t n, bool *has_message_come);
