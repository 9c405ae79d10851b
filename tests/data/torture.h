/** @file data/torture.h  The form of the verdict tables beside RFC 4475's and RFC 5118's messages.
 */
#pragma once
#include <stddef.h>

#include "base/err.h"

/** Who gives the verdict that the RFC names. */
enum torture_layer {
	TORTURE_PARSER,      /* sip_msg_parse */
	TORTURE_VALUE,       /* the parser of a header that sip_msg_parse only indexes */
	TORTURE_TRANSACTION, /* matching, and what a UAC drops */
	TORTURE_EDGE,        /* registrar, UAS, B2BUA */
};

struct torture_verdict {
	const char *file; /* without ".dat" */
	const char *section;
	/* what sip_msg_parse says of it as a datagram */
	sotto_err err;
	unsigned status;    /* the fault's; 0: no answer is due, or nothing is wrong */
	const char *reason; /* the fault's; NULL: none */
	/* the verdict in the end, if nothing else (credentials, routing) stands in the way */
	enum torture_layer layer;
	unsigned final; /* 0: processed like any other, or silently dropped; see `why` */
	const char *why;
};
