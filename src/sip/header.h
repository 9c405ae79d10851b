/** @file sip/header.h  Header field names, long and compact (RFC 3261 §7.3.3, §20). */
#pragma once
#include "base/span.h"

/** X(id, "Name", "compact or empty") */
#define SIP_HEADERS(X)                                      \
	X(ACCEPT, "Accept", "")                             \
	X(ALLOW, "Allow", "")                               \
	X(ALLOW_EVENTS, "Allow-Events", "u")                \
	X(AUTHENTICATION_INFO, "Authentication-Info", "")   \
	X(AUTHORIZATION, "Authorization", "")               \
	X(CALL_ID, "Call-ID", "i")                          \
	X(CONTACT, "Contact", "m")                          \
	X(CONTENT_DISPOSITION, "Content-Disposition", "")   \
	X(CONTENT_ENCODING, "Content-Encoding", "e")        \
	X(CONTENT_LENGTH, "Content-Length", "l")            \
	X(CONTENT_TYPE, "Content-Type", "c")                \
	X(CSEQ, "CSeq", "")                                 \
	X(DATE, "Date", "")                                 \
	X(DIVERSION, "Diversion", "")                       \
	X(EVENT, "Event", "o")                              \
	X(EXPIRES, "Expires", "")                           \
	X(FROM, "From", "f")                                \
	X(HISTORY_INFO, "History-Info", "")                 \
	X(MAX_FORWARDS, "Max-Forwards", "")                 \
	X(MIN_EXPIRES, "Min-Expires", "")                   \
	X(MIN_SE, "Min-SE", "")                             \
	X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", "")   \
	X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", "") \
	X(PATH, "Path", "")                                 \
	X(PRIVACY, "Privacy", "")                           \
	X(PROXY_AUTHENTICATE, "Proxy-Authenticate", "")     \
	X(PROXY_AUTHORIZATION, "Proxy-Authorization", "")   \
	X(PROXY_REQUIRE, "Proxy-Require", "")               \
	X(RACK, "RAck", "")                                 \
	X(REASON, "Reason", "")                             \
	X(RECORD_ROUTE, "Record-Route", "")                 \
	X(REFER_TO, "Refer-To", "r")                        \
	X(REFERRED_BY, "Referred-By", "b")                  \
	X(REPLACES, "Replaces", "")                         \
	X(REQUIRE, "Require", "")                           \
	X(RETRY_AFTER, "Retry-After", "")                   \
	X(ROUTE, "Route", "")                               \
	X(RSEQ, "RSeq", "")                                 \
	X(SERVER, "Server", "")                             \
	X(SESSION_EXPIRES, "Session-Expires", "x")          \
	X(SUBJECT, "Subject", "s")                          \
	X(SUPPORTED, "Supported", "k")                      \
	X(TIMESTAMP, "Timestamp", "")                       \
	X(TO, "To", "t")                                    \
	X(UNSUPPORTED, "Unsupported", "")                   \
	X(USER_AGENT, "User-Agent", "")                     \
	X(VIA, "Via", "v")                                  \
	X(WARNING, "Warning", "")                           \
	X(WWW_AUTHENTICATE, "WWW-Authenticate", "")

enum sip_header_id {
	SIP_HEADER_OTHER,
#define X(id, name, compact) SIP_HEADER_##id,
	SIP_HEADERS(X)
#undef X
		SIP_HEADER_COUNT
};

/** Case-insensitive, long or compact. */
enum sip_header_id sip_header_parse(struct span name);

/** The long form; empty for SIP_HEADER_OTHER. */
struct span sip_header_name(enum sip_header_id id);
