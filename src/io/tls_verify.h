/**
 * @file io/tls_verify.h  Whom a certificate names (RFC 5922 §7), and the hash of its key.
 * Pure: no I/O, no clock. Allocates inside OpenSSL only.
 */
#pragma once
#include <openssl/x509.h>

#include "base/netaddr.h"
#include "base/span.h"

/**
 * True if `host` is one of the certificate's domain identities: a SIP URI without a user, or a DNS
 * name, of its subjectAltName; the common name only if it has no subjectAltName (§7.1). Compared
 * whole and without case (§7.2); with `wildcard` "*." at its front matches one label of `host`.
 */
bool tls_cert_has_host(const X509 *cert, struct span host, bool wildcard);

/** True if its subjectAltName holds this IP address. */
bool tls_cert_has_ip(const X509 *cert, const struct netaddr *ip);

/** SHA-256 of the SubjectPublicKeyInfo. SOTTO_ECRYPTO. */
SOTTO_MUST_USE sotto_err tls_cert_pin(const X509 *cert, uint8_t out[32]);
