/** @file io/tls_context_impl.h  The inside of a TLS context, for io/tls.c. */
#pragma once
#include <openssl/ssl.h>

#include "io/tls_context.h"

struct tls_context {
	SSL_CTX *ssl;
	unsigned refs;
	bool is_server;
	enum tls_verify verify;
	bool allows_wildcard;
	uint8_t pins[TLS_PINS_MAX][TLS_PIN_SIZE];
	size_t pin_count;
};

/** Judges the server's certificate for the session (struct tls_session) of the handshake. */
int tls_on_certificate(X509_STORE_CTX *store, void *ctx);
