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
 * or a request so broken that none can be addressed: Via, From, To, Call-ID or CSeq is missing).
 */
struct sip_fault {
	unsigned status;    /* 400, 413, 416, 501, 505 … */
	const char *reason; /* for the status line: "Bad CSeq" */
};

/**
 * Parses one whole message (a datagram, or what sip_frame cut from a stream).
 *
 * @param out   [out] zeroed first. On failure it holds what had been read until then: if
 *              fault->status is not 0, via, from, to, call_id and cseq are good enough to answer.
 * @param bytes [in, out] folded lines are unfolded in place (CR LF SP become blanks)
 * @param arena [in] for the index; a named share of the worker's message arena
 * @param fault [out] filled on failure
 * @return SOTTO_OK
 *         SOTTO_ESYNTAX, SOTTO_EMISSING, SOTTO_EVERSION, SOTTO_ETOOBIG: see fault
 *         SOTTO_ENOMEM  arena exhausted (fault: 0 or 500)
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
 * Commas inside quotes and <> do not separate.
 */
struct sip_values {
	const struct sip_msg *msg;
	enum sip_header_id id;
	size_t field;
	struct span rest;
};
struct sip_values sip_msg_values(const struct sip_msg *m, enum sip_header_id id);
bool sip_values_next(struct sip_values *it, struct span *value);

/** True if the list header `id` (Require, Supported, Allow …) holds `token`, case-insensitive. */
bool sip_msg_lists(const struct sip_msg *m, enum sip_header_id id, struct span token);

/** A number of seconds: Expires, Min-Expires …; SOTTO_ENOENT: absent, SOTTO_ESYNTAX. */
SOTTO_MUST_USE sotto_err sip_msg_u32(const struct sip_msg *m, enum sip_header_id id, uint32_t *out);
