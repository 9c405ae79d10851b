/**
 * @file sip/grammar.h  The character classes and small words of RFC 3261 §25.1, for this folder's
 * parsers and for who checks a word. Pure.
 */
#pragma once
#include "base/netaddr.h"

/** Classes of a byte; sip_char_is takes any of them, or several at once. */
enum sip_char {
	SIP_CHAR_DIGIT = 1 << 0,
	SIP_CHAR_HEX = 1 << 1,
	SIP_CHAR_TOKEN = 1 << 2,    /* token */
	SIP_CHAR_WORD = 1 << 3,     /* word, of which a Call-ID is made */
	SIP_CHAR_USER = 1 << 4,     /* may stand unescaped in a URI's user part */
	SIP_CHAR_PASSWORD = 1 << 5, /* … in its password */
	SIP_CHAR_PARAM = 1 << 6,    /* … in its parameters */
	SIP_CHAR_URI = 1 << 7,      /* … anywhere in a URI */
	SIP_CHAR_HOST = 1 << 8,     /* host names; '_' is no letter of DNS hosts but occurs */
	SIP_CHAR_RESERVED = 1 << 9, /* escaped, it means something else than bare */
	SIP_CHAR_VALUE = 1 << 10,   /* an unquoted parameter value, as liberal as the field needs */
	SIP_CHAR_ALPHA = 1 << 11,
	SIP_CHAR_UNRESERVED = 1 << 12,
};

extern const uint16_t sip_char_classes[256];

static inline bool sip_char_is(char c, enum sip_char classes)
{
	return (sip_char_classes[(uint8_t)c] & classes) != 0;
}

/** How many bytes at the front of `s` are of one of the classes. */
size_t sip_span_of(struct span s, enum sip_char classes);

/** True if `s` is a token: not empty, nothing else. */
bool sip_is_token(struct span s);

/** True if all of `s` is of the classes or "%HH". */
bool sip_is_escaped(struct span s, enum sip_char classes);

/** Bytes of the quoted-string at the front of `s`, both quotes counted; 0: none, or not closed. */
size_t sip_quoted_length(struct span s);

/** Drops the first `n` bytes. */
static inline void sip_skip(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

/** Drops spaces and tabs at the front (LWS; folds have become blanks already). */
static inline void sip_skip_blanks(struct span *s)
{
	while (s->n && (s->p[0] == ' ' || s->p[0] == '\t'))
		sip_skip(s, 1);
}

#define SIP_HOST_MAX 255 /* bytes of a host name (RFC 1035 §2.3.4) */

/**
 * Takes "host" or "host:port" off the front of `*s`, blanks around the colon allowed (sent-by).
 * @param port [out] 0: none given
 * @return SOTTO_OK, SOTTO_ESYNTAX: no host, a bad IPv6 reference, or a port outside 1..65535
 */
SOTTO_MUST_USE sotto_err sip_take_hostport(struct span *s, struct span *host, uint16_t *port);

/** The address, if `host` is one: "192.0.2.1", "[2001:db8::1]". No zone. */
bool sip_host_address(struct span host, struct netaddr *out);
