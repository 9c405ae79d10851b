/** @file sip/uri.h  SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966). */
#pragma once
#include "base/netaddr.h"

enum sip_scheme {
	SIP_SCHEME_OTHER, /* an absoluteURI that we only carry */
	SIP_SCHEME_SIP,
	SIP_SCHEME_SIPS,
	SIP_SCHEME_TEL,
};

/** All spans point into the parsed text. */
struct sip_uri {
	struct span text; /* the whole of it */
	enum sip_scheme scheme;
	struct span scheme_name;
	struct span user;     /* escaped as received, without the password; tel: the number */
	struct span password; /* p is NULL if none */
	struct span host;     /* name, IPv4 or [IPv6] with brackets */
	uint16_t port;        /* 0: none given */
	struct span params;   /* ";transport=tls;lr", as sip_param_next takes it */
	struct span headers;  /* behind '?', without it */
};

/**
 * Bare URI, nothing before or behind. SOTTO_ESYNTAX; SOTTO_ETOOBIG: more than SIP_PARAMS_MAX
 * parameters or headers.
 */
SOTTO_MUST_USE sotto_err sip_uri_parse(struct sip_uri *out, struct span text);

/** Equality by RFC 3261 §19.1.4 (escapes, case, parameters, ports). */
bool sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b);

/** The host as an address, if it is one; false for a name. The port is the URI's. */
bool sip_uri_address(const struct sip_uri *u, struct netaddr *out);

/**
 * Unescapes %HH of `in` into `out` of `cap` bytes; a NUL (%00) stays a byte like others.
 * @return SOTTO_OK, SOTTO_ENOSPACE, SOTTO_ESYNTAX: a broken escape
 */
SOTTO_MUST_USE sotto_err sip_unescape(struct span in, char *out, size_t cap, size_t *n);

/** Writes `user`, escaping what may not stand in a user part (RFC 3261 §25.1). */
void sip_write_user(struct buf *b, struct span user);
