/** @file sip/method.h  Request methods (RFC 3261 §7.1 and the RFCs named below). Case-sensitive. */
#pragma once
#include "base/span.h"

#define SIP_METHODS(X)              \
	X(INVITE)    /* RFC 3261 */ \
	X(ACK)       /* RFC 3261 */ \
	X(BYE)       /* RFC 3261 */ \
	X(CANCEL)    /* RFC 3261 */ \
	X(REGISTER)  /* RFC 3261 */ \
	X(OPTIONS)   /* RFC 3261 */ \
	X(PRACK)     /* RFC 3262 */ \
	X(SUBSCRIBE) /* RFC 6665 */ \
	X(NOTIFY)    /* RFC 6665 */ \
	X(PUBLISH)   /* RFC 3903 */ \
	X(INFO)      /* RFC 6086 */ \
	X(REFER)     /* RFC 3515 */ \
	X(MESSAGE)   /* RFC 3428 */ \
	X(UPDATE)    /* RFC 3311 */

enum sip_method {
	SIP_METHOD_OTHER, /* a token that we do not know */
#define X(name) SIP_METHOD_##name,
	SIP_METHODS(X)
#undef X
};

enum sip_method sip_method_parse(struct span token);

/** "INVITE"; empty for SIP_METHOD_OTHER. */
struct span sip_method_name(enum sip_method m);
