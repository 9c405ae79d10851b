/** @file sip/frame.c */
#include "sip/frame.h"

static const char empty_line[] = "\r\n\r\n";
#define EMPTY_LINE (sizeof(empty_line) - 1)

/** CRLFs between messages: keep-alives (RFC 5626 §4.4.1) or nothing (RFC 3261 §7.5). */
static enum sip_frame_kind keep_alive(struct sip_frame *f, const char *p, size_t n, size_t *length)
{
	if (f->after_crlf) {
		*length = 2;
		*f = (struct sip_frame){ .searched = 0 };
		return SIP_FRAME_PING;
	}
	if (n >= EMPTY_LINE && memcmp(p, empty_line, EMPTY_LINE) == 0) {
		*length = EMPTY_LINE;
		return SIP_FRAME_PING;
	}
	*length = 2;
	*f = (struct sip_frame){ .after_crlf = true };
	return SIP_FRAME_PONG;
}

/** The line at the front with those folded under it. */
static struct span take_unfolded(struct span *rest)
{
	struct span all = *rest, line;

	do
		span_take(rest, '\n', &line);
	while (rest->n && (rest->p[0] == ' ' || rest->p[0] == '\t'));
	return (struct span){ all.p, all.n - rest->n };
}

/** The only Content-Length of the head. */
static sotto_err content_length(struct span head, uint64_t *length)
{
	unsigned count = 0;
	struct span value = SPAN_NONE;

	*length = 0;
	while (head.n) {
		struct span line = take_unfolded(&head), name;
		if (!span_take(&line, ':', &name) ||
			sip_header_parse(span_trim(name)) != SIP_HEADER_CONTENT_LENGTH)
			continue;
		value = span_trim(line);
		count++;
	}
	return count == 1 ? span_u64(value, SIP_MESSAGE_MAX, length) : SOTTO_ESYNTAX;
}

static enum sip_frame_kind read_head(struct sip_frame *f, struct span head, size_t *length)
{
	uint64_t body;
	sotto_err err = content_length(head, &body);

	*length = head.n;
	if (err && err != SOTTO_ETOOBIG)
		return SIP_FRAME_NO_LENGTH;
	if (err || head.n + body > SIP_MESSAGE_MAX)
		return SIP_FRAME_TOO_BIG;
	*length = 0;
	f->whole = head.n + (size_t)body;
	return SIP_FRAME_MESSAGE;
}

/** Looks for the end of the head and what it says. SIP_FRAME_MESSAGE: f->whole is known. */
static enum sip_frame_kind find_whole(struct sip_frame *f, const char *p, size_t n, size_t *length)
{
	size_t from = f->searched > EMPTY_LINE ? f->searched - EMPTY_LINE : 0;
	size_t window = n < SIP_MESSAGE_MAX ? n : SIP_MESSAGE_MAX;
	const char *end = memmem(p + from, window - from, empty_line, EMPTY_LINE);

	f->searched = window;
	if (end)
		return read_head(f, (struct span){ p, (size_t)(end - p) + EMPTY_LINE }, length);
	return n >= SIP_MESSAGE_MAX ? SIP_FRAME_TOO_BIG : SIP_FRAME_MORE;
}

enum sip_frame_kind sip_frame_next(struct sip_frame *f, const char *bytes, size_t n, size_t *length)
{
	enum sip_frame_kind kind;

	*length = 0;
	if (n == 0 || (n == 1 && bytes[0] == '\r'))
		return SIP_FRAME_MORE;
	if (bytes[0] == '\r' && bytes[1] == '\n')
		return keep_alive(f, bytes, n, length);
	f->after_crlf = false;
	if (f->whole == 0) {
		kind = find_whole(f, bytes, n, length);
		if (kind != SIP_FRAME_MESSAGE)
			return kind;
	}
	if (n < f->whole)
		return SIP_FRAME_MORE;
	*length = f->whole;
	*f = (struct sip_frame){ .searched = 0 };
	return SIP_FRAME_MESSAGE;
}
