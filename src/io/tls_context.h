/**
 * @file io/tls_context.h  What a TLS server or client presents and whom it trusts (SPEC T2–T5).
 * TLS 1.2 and 1.3 only, security level 2, forward secrecy always (ECDHE, or DHE in ffdhe2048), no
 * compression, no renegotiation, no resumption.
 * A context stays on the thread that made it.
 */
#pragma once
#include "base/buf.h"
#include "base/netaddr.h"

#define TLS_PINS_MAX  4
#define TLS_PIN_SIZE  32
#define TLS_NAME_MAX  127 /* bytes of a name to verify */
#define TLS_CHAIN_MAX 8   /* certificates that we send behind the leaf */

/** How a client judges the server's certificate. */
enum tls_verify {
	TLS_VERIFY_STRICT, /* a chain to a trusted root, and the name (RFC 5922) */
	TLS_VERIFY_PIN,    /* the key is one of `pins`; names, dates and issuers do not matter */
	TLS_VERIFY_OFF,    /* any certificate: safe from listeners only */
};

/** Paths are read while the context is made, and not kept. */
struct tls_server_settings {
	const char *chain_file; /* PEM: leaf first, then its intermediates */
	const char *key_file;   /* PEM, not encrypted */
};

struct tls_client_settings {
	enum tls_verify verify;
	const char *ca_file;  /* PEM roots to trust; NULL: none of our own */
	bool uses_system_cas; /* trust the system's roots too */
	bool allows_wildcard; /* "*." in a certificate matches one left-most label */
	uint8_t pins[TLS_PINS_MAX][TLS_PIN_SIZE]; /* SHA-256 of the SubjectPublicKeyInfo */
	size_t pin_count;
	const char *chain_file, *key_file; /* a certificate of ours to show if asked; or NULL */
};

struct tls_context;

/**
 * @param why [out] one sentence with the file's name if it fails; may be NULL
 * @return SOTTO_OK; SOTTO_ENOENT: a file cannot be read; SOTTO_ESYNTAX: it holds no certificate or
 *         key, or the key is not the certificate's; SOTTO_EREFUSED: too weak for level 2;
 *         SOTTO_ETOOBIG: more than TLS_CHAIN_MAX intermediates; SOTTO_ENOMEM; SOTTO_ECRYPTO
 */
SOTTO_MUST_USE sotto_err tls_context_create_server(
	struct tls_context **out, const struct tls_server_settings *settings, struct buf *why);

/** As above; SOTTO_EINVAL: mode `pin` without a pin. */
SOTTO_MUST_USE sotto_err tls_context_create_client(
	struct tls_context **out, const struct tls_client_settings *settings, struct buf *why);

/** NULL is legal. Sessions that still use it keep it alive. */
void tls_context_destroy(struct tls_context *c);
