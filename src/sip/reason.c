/** @file sip/reason.c  Reason phrases (RFC 3261 §21 and the RFCs named). */
#include "sip/write.h"

static const struct {
	unsigned status;
	struct span phrase;
} phrases[] = {
	{ 100, SPAN_INIT("Trying") }, { 180, SPAN_INIT("Ringing") },
	{ 181, SPAN_INIT("Call Is Being Forwarded") }, { 182, SPAN_INIT("Queued") },
	{ 183, SPAN_INIT("Session Progress") },
	{ 199, SPAN_INIT("Early Dialog Terminated") },            /* RFC 6228 */
	{ 200, SPAN_INIT("OK") }, { 202, SPAN_INIT("Accepted") }, /* RFC 6665 */
	{ 204, SPAN_INIT("No Notification") },                    /* RFC 5839 */
	{ 300, SPAN_INIT("Multiple Choices") }, { 301, SPAN_INIT("Moved Permanently") },
	{ 302, SPAN_INIT("Moved Temporarily") }, { 305, SPAN_INIT("Use Proxy") },
	{ 380, SPAN_INIT("Alternative Service") }, { 400, SPAN_INIT("Bad Request") },
	{ 401, SPAN_INIT("Unauthorized") }, { 402, SPAN_INIT("Payment Required") },
	{ 403, SPAN_INIT("Forbidden") }, { 404, SPAN_INIT("Not Found") },
	{ 405, SPAN_INIT("Method Not Allowed") }, { 406, SPAN_INIT("Not Acceptable") },
	{ 407, SPAN_INIT("Proxy Authentication Required") }, { 408, SPAN_INIT("Request Timeout") },
	{ 410, SPAN_INIT("Gone") }, { 412, SPAN_INIT("Conditional Request Failed") }, /* RFC 3903 */
	{ 413, SPAN_INIT("Request Entity Too Large") }, { 414, SPAN_INIT("Request-URI Too Long") },
	{ 415, SPAN_INIT("Unsupported Media Type") }, { 416, SPAN_INIT("Unsupported URI Scheme") },
	{ 420, SPAN_INIT("Bad Extension") }, { 421, SPAN_INIT("Extension Required") },
	{ 422, SPAN_INIT("Session Interval Too Small") }, /* RFC 4028 */
	{ 423, SPAN_INIT("Interval Too Brief") },
	{ 428, SPAN_INIT("Use Identity Header") },              /* RFC 8224 */
	{ 429, SPAN_INIT("Provide Referrer Identity") },        /* RFC 3892 */
	{ 430, SPAN_INIT("Flow Failed") },                      /* RFC 5626 */
	{ 433, SPAN_INIT("Anonymity Disallowed") },             /* RFC 5079 */
	{ 439, SPAN_INIT("First Hop Lacks Outbound Support") }, /* RFC 5626 */
	{ 440, SPAN_INIT("Max-Breadth Exceeded") },             /* RFC 5393 */
	{ 469, SPAN_INIT("Bad Info Package") },                 /* RFC 6086 */
	{ 480, SPAN_INIT("Temporarily Unavailable") },
	{ 481, SPAN_INIT("Call/Transaction Does Not Exist") }, { 482, SPAN_INIT("Loop Detected") },
	{ 483, SPAN_INIT("Too Many Hops") }, { 484, SPAN_INIT("Address Incomplete") },
	{ 485, SPAN_INIT("Ambiguous") }, { 486, SPAN_INIT("Busy Here") },
	{ 487, SPAN_INIT("Request Terminated") }, { 488, SPAN_INIT("Not Acceptable Here") },
	{ 489, SPAN_INIT("Bad Event") }, /* RFC 6665 */
	{ 491, SPAN_INIT("Request Pending") }, { 493, SPAN_INIT("Undecipherable") },
	{ 494, SPAN_INIT("Security Agreement Required") }, /* RFC 3329 */
	{ 500, SPAN_INIT("Server Internal Error") }, { 501, SPAN_INIT("Not Implemented") },
	{ 502, SPAN_INIT("Bad Gateway") }, { 503, SPAN_INIT("Service Unavailable") },
	{ 504, SPAN_INIT("Server Time-out") }, { 505, SPAN_INIT("Version Not Supported") },
	{ 513, SPAN_INIT("Message Too Large") },
	{ 580, SPAN_INIT("Precondition Failure") }, /* RFC 3312 */
	{ 600, SPAN_INIT("Busy Everywhere") }, { 603, SPAN_INIT("Decline") },
	{ 604, SPAN_INIT("Does Not Exist Anywhere") }, { 606, SPAN_INIT("Not Acceptable") },
	{ 607, SPAN_INIT("Unwanted") }, /* RFC 8197 */
	{ 608, SPAN_INIT("Rejected") }, /* RFC 8688 */
};

static const struct span classes[] = {
	[1] = SPAN_INIT("Provisional"),
	[2] = SPAN_INIT("Success"),
	[3] = SPAN_INIT("Redirection"),
	[4] = SPAN_INIT("Request Failure"),
	[5] = SPAN_INIT("Server Failure"),
	[6] = SPAN_INIT("Global Failure"),
};

struct span sip_reason_phrase(unsigned status)
{
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	if (status < 100 || status > 699)
		return SPAN("Unknown");
	return classes[status / 100];
}
