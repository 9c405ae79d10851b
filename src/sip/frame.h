/** @file sip/frame.h  Cuts messages from a stream by Content-Length (RFC 3261 §18.3, RFC 5626
 * §4.4.1). */
#pragma once
#include "sip/msg.h"

enum sip_frame_kind {
	SIP_FRAME_MORE,    /* not whole yet: read more */
	SIP_FRAME_MESSAGE, /* `length` bytes are a message */
	SIP_FRAME_PING, /* CRLF CRLF: answer with CRLF, then drop `length` bytes. On a stream that
			   we opened, and ping ourselves, two pongs look like this */
	SIP_FRAME_PONG, /* a lone CRLF: drop `length` bytes. The first half of a ping that comes in
			   two pieces is reported as this, the second half as the ping */
	SIP_FRAME_NO_LENGTH, /* headers are whole, Content-Length is missing or bad: `length` is the
				head; answer 400, then close */
	SIP_FRAME_TOO_BIG,   /* over SIP_MESSAGE_MAX: answer 513 if `length` (the head) is not 0,
				close */
};

/**
 * Begins as all zeroes, one for each stream. Remembers how far the search for the empty line has
 * come and how long the message is, so that slow input costs O(n) in all.
 */
struct sip_frame {
	size_t searched;
	size_t whole;    /* head and body, once the head is there; else 0 */
	bool after_crlf; /* the last thing was a lone CRLF: another makes it a ping */
};

/**
 * Looks at the front of what has been received and not yet dropped. On every answer but
 * SIP_FRAME_MORE the caller drops `length` bytes, or closes; on SIP_FRAME_MORE it calls again with
 * the same bytes and more.
 * @param length [out] bytes of what was found
 */
enum sip_frame_kind sip_frame_next(
	struct sip_frame *f, const char *bytes, size_t n, size_t *length);
