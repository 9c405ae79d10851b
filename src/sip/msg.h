/**
 * @file sip/msg.h  A SIP message as an index over the received bytes (RFC 3261 §7).
 * Pure: no I/O, no clock. All spans point into the caller's bytes, which must live as long.
 */
#pragma once
#include "base/arena.h"
#include "sip/header.h"
#include "sip/method.h"
#include "sip/nameaddr.h"
#include "sip/via.h"

#define SIP_MESSAGE_MAX 65535 /* bytes, body included */
#define SIP_HEADERS_MAX 256   /* header lines of a message */
#define SIP_VALUES_MAX  128   /* comma-separated values of one header line */
#define SIP_BODY_MAX    SIP_MESSAGE_MAX

struct sip_field {
	enum sip_header_id id;
	struct span name;
	struct span value; /* trimmed; folds have become blanks */
};

struct sip_cseq {
	uint32_t number; /* < 2^31 (§8.1.1.5) */
	enum sip_method method;
	struct span method_name;
};

struct sip_msg {
	bool is_request;
	/* request line */
	enum sip_method method;
	struct span method_name;
	struct sip_uri uri;
	/* status line */
	unsigned status; /* 100..699 */
	struct span reason;
	/* what every message has, parsed once */
	struct sip_via via; /* the topmost */
	struct sip_nameaddr from, to;
	struct span call_id;
	struct sip_cseq cseq;
	bool has_max_forwards;
	unsigned max_forwards; /* 0..255 */
	bool has_content_length;
	struct span body;         /* by Content-Length over UDP too; the rest is dropped (§18.3) */
	struct sip_field *fields; /* in the order received; in the arena */
	size_t field_count;
};

/**
 * Why a message was refused, and with what to answer it. `status` 0: no answer is due (a response,
 * an ACK) or none can be addressed (no start line, no end of the head, no readable Via). A request
 * that lacks From, To, Call-ID or CSeq is answered with 400 (RFC 4475 §3.3.1): sip_out_response
 * copies those that are there.
 */
struct sip_fault {
	unsigned status;    /* 400, 501, 505, 513 */
	const char *reason; /* for the status line: "Bad CSeq" */
};

/**
 * Parses one whole message (a datagram, or what sip_frame cut from a stream).
 *
 * Strict: CR LF ends a line, a lone CR or LF within the head is an error (what one element takes
 * for one header must not be two for the next); single blanks in the request line; From, To,
 * Call-ID, CSeq, Max-Forwards and Content-Length once. Liberal: blank lines before the start line
 * (§7.5), the end of the bytes in place of the empty line, a status line that ends behind its code.
 * Contact, Route and others are only indexed: their users parse them.
 *
 * @param out   [out] zeroed first. On failure it holds what could be read: if fault->status is not
 *              0, enough for sip_out_response.
 * @param bytes [in, out] folded lines are unfolded in place (CR LF SP become blanks)
 * @param n     [in] over SIP_MESSAGE_MAX: the head is read, so that a 513 can be sent
 * @param arena [in] for the index; a named share of the worker's message arena
 * @param fault [out] filled on failure
 * @return SOTTO_OK
 *         SOTTO_ESYNTAX, SOTTO_EMISSING, SOTTO_EVERSION, SOTTO_ETOOBIG: see fault
 *         SOTTO_ENOMEM  arena exhausted (fault status 0: nothing was read)
 */
SOTTO_MUST_USE sotto_err sip_msg_parse(
	struct sip_msg *out, struct arena *arena, char *bytes, size_t n, struct sip_fault *fault);

/** The first field of that kind, or NULL. */
const struct sip_field *sip_msg_field(const struct sip_msg *m, enum sip_header_id id);

/** Its value, or SPAN_NONE. */
struct span sip_msg_value(const struct sip_msg *m, enum sip_header_id id);

/** By name, case-insensitive, for headers that have no id. */
struct span sip_msg_value_named(const struct sip_msg *m, struct span name);

/**
 * Walks the comma-separated values of all fields of one kind, in order:
 *   struct sip_values it = sip_msg_values(m, SIP_HEADER_CONTACT);
 *   while (sip_values_next(&it, &value)) ...
 * Commas inside quotes and <> do not separate; empty values are skipped. No more than
 * SIP_VALUES_MAX values of one line are handed out.
 */
struct sip_values {
	const struct sip_msg *msg;
	enum sip_header_id id;
	size_t field;
	struct span rest;
	size_t count; /* values taken from the current line */
};
struct sip_values sip_msg_values(const struct sip_msg *m, enum sip_header_id id);
bool sip_values_next(struct sip_values *it, struct span *value);

/** True if the list header `id` (Require, Supported, Allow …) holds `token`, case-insensitive. */
bool sip_msg_lists(const struct sip_msg *m, enum sip_header_id id, struct span token);

/**
 * The number that a header begins with, up to its parameters or comment: Expires, Min-SE,
 * Session-Expires, Retry-After, RSeq … SOTTO_ENOENT: absent; SOTTO_ESYNTAX: none, or over 2^32 - 1.
 */
SOTTO_MUST_USE sotto_err sip_msg_u32(const struct sip_msg *m, enum sip_header_id id, uint32_t *out);
