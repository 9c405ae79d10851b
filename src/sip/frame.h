/** @file sip/frame.h  Cuts messages from a stream by Content-Length (RFC 3261 §18.3, RFC 5626
 * §4.4.1). */
#pragma once
#include "sip/msg.h"

enum sip_frame_kind {
	SIP_FRAME_MORE,      /* not whole yet: read more */
	SIP_FRAME_MESSAGE,   /* `length` bytes are a message */
	SIP_FRAME_PING,      /* CRLF CRLF: answer with CRLF, then drop `length` bytes */
	SIP_FRAME_PONG,      /* a lone CRLF, or stray blank lines: drop `length` bytes */
	SIP_FRAME_NO_LENGTH, /* headers are whole, Content-Length is missing or bad: `length` is the
				head; answer 400, then close */
	SIP_FRAME_TOO_BIG,   /* over SIP_MESSAGE_MAX: answer 513 if `length` (the head) is not 0,
				close */
};

/** Remembers how far the search for the empty line has come, so that slow input costs O(n) in all.
 */
struct sip_frame {
	size_t searched;
};

/**
 * Looks at the front of what has been received and not yet dropped.
 * @param length [out] bytes of what was found
 */
enum sip_frame_kind sip_frame_next(
	struct sip_frame *f, const char *bytes, size_t n, size_t *length);
