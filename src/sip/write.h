/**
 * @file sip/write.h  Messages out. A struct sip_out is a bounded buffer with the order of headers
 * kept by the caller. Values must be free of CR and LF, methods and header names must be tokens,
 * and a request URI holds no blanks: what breaks this sets `bad`, whoever it came from.
 */
#pragma once
#include "sip/hop.h"
#include "sip/msg.h"

struct sip_out {
	struct buf b;
	bool bad; /* something would not have been one header or one line: must not be sent */
};

void sip_out_init(struct sip_out *o, char *memory, size_t cap);

void sip_out_request_line(struct sip_out *o, struct span method, struct span uri);
void sip_out_status_line(struct sip_out *o, unsigned status, struct span reason);

/** "Name: value\r\n" */
void sip_out_header(struct sip_out *o, enum sip_header_id id, struct span value);
void sip_out_header_named(struct sip_out *o, struct span name, struct span value);
void sip_out_header_u64(struct sip_out *o, enum sip_header_id id, uint64_t value);
void sip_out_headerf(struct sip_out *o, enum sip_header_id id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** Content-Type (if body is not empty), Content-Length, the empty line and the body. Last call. */
void sip_out_body(struct sip_out *o, struct span content_type, struct span body);

/** SOTTO_ENOSPACE: longer than `cap` or SIP_MESSAGE_MAX; SOTTO_EINVAL: `bad`. */
SOTTO_MUST_USE sotto_err sip_out_done(const struct sip_out *o, struct span *message);

/**
 * The start of a response to `req` (RFC 3261 §8.2.6): status line, all Via values (the topmost with
 * received and rport as of `source`), From, To (with `to_tag` if the request had none and it is not
 * empty), Call-ID, CSeq, Timestamp in a 100, and Record-Route copied where the answer may make a
 * dialog (101..299 to INVITE, SUBSCRIBE, REFER; §12.1.1). The caller goes on with its own headers
 * and sip_out_body. A request that sip_msg_parse refused can be answered too: what it lacks is left
 * out.
 */
void sip_out_response(struct sip_out *o, const struct sip_msg *req, const struct netaddr *source,
	unsigned status, struct span reason, struct span to_tag);

/** The phrase of RFC 3261 §21 and later RFCs, or that of the class ("Request Failure"). */
struct span sip_reason_phrase(unsigned status);
