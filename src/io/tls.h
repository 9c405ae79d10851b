/**
 * @file io/tls.h  One TLS connection as a pair of pipes: bytes of the network in, bytes of the
 * network out; no socket, no clock, no callback. Its owner moves the bytes:
 *
 *   tls_put(s, received);
 *   while ((event = tls_next(s, plain, sizeof(plain), &n)) != TLS_EVENT_MORE) ...
 *   send(tls_output(s)); tls_output_sent(s);  // after every call: there may be some
 *
 * A client's owner calls tls_next once to begin: that writes the ClientHello.
 */
#pragma once
#include "io/tls_context.h"

struct tls_session;

enum tls_event {
	TLS_EVENT_MORE,   /* nothing more until tls_put brings more bytes */
	TLS_EVENT_OPEN,   /* the handshake is done; once */
	TLS_EVENT_DATA,   /* `n` bytes of plain text */
	TLS_EVENT_END,    /* the peer said good-bye (close_notify) */
	TLS_EVENT_FAILED, /* see tls_failure_of; send the output (an alert), then close */
};

enum tls_trouble {
	TLS_TROUBLE_NONE,
	TLS_TROUBLE_CERTIFICATE,    /* we refused the peer's certificate */
	TLS_TROUBLE_ALERT_RECEIVED, /* the peer refused */
	TLS_TROUBLE_ALERT_SENT,     /* we refused */
	TLS_TROUBLE_NOT_TLS,        /* the first bytes were something else */
	TLS_TROUBLE_CLOSED,         /* the connection ended in mid-handshake */
	TLS_TROUBLE_TIMEOUT,        /* the handshake took too long */
	TLS_TROUBLE_LIBRARY,        /* anything else */
};

/** A failure as plain data, for one log record (SPEC T8). */
struct tls_failure {
	enum tls_trouble trouble;
	int alert_sent, alert_received; /* RFC 8446 §6.2; -1: none */
	long verify_error;              /* X509_V_ERR_…; 0: none */
	char subject[160];              /* of the certificate that was refused */
	char issuer[160];               /* and who issued it: the CA that may be missing */
	char detail[96];                /* the library's reason */
};

/** What protects the session, and as whom the peer was verified. */
struct tls_info {
	char version[16]; /* "TLSv1.3" */
	char cipher[64];
	char peer_name[TLS_NAME_MAX + 1]; /* the name, address or "sha256:…" that was verified */
};

/**
 * @param host [in] client: the name to send as SNI and to verify; empty: verify `ip`, no SNI
 *             (RFC 6066 §3: never an address). Server: empty
 * @param ip   [in] client: the peer's address; server: NULL
 * @return SOTTO_OK; SOTTO_ETOOBIG: `host` is over TLS_NAME_MAX; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err tls_session_create(struct tls_session **out, struct tls_context *c,
	struct span host, const struct netaddr *ip);

/** Wipes its keys. NULL is legal. */
void tls_session_destroy(struct tls_session *s);

/** Bytes from the network. SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err tls_put(struct tls_session *s, struct span bytes);

/** The next thing that happened. `out` of `cap` bytes takes plain text. */
enum tls_event tls_next(struct tls_session *s, char *out, size_t cap, size_t *n);

/** Encrypts all of `plain` into the output. SOTTO_ESTATE: not open; SOTTO_ECRYPTO. */
SOTTO_MUST_USE sotto_err tls_write(struct tls_session *s, struct span plain);

/** Bytes of output, at most, that tls_write makes of `n`. */
size_t tls_write_size(size_t n);

/** Puts close_notify into the output, if the session is open. */
void tls_bye(struct tls_session *s);

/** Bytes for the network; valid until the next call for `s`. */
struct span tls_output(struct tls_session *s);
/** They were sent: forgets them. */
void tls_output_sent(struct tls_session *s);

/** False until it is open. */
bool tls_session_info(const struct tls_session *s, struct tls_info *out);

/**
 * Why it failed. If the session itself did not fail, the trouble is `otherwise`: what its owner saw
 * (TLS_TROUBLE_CLOSED or TLS_TROUBLE_TIMEOUT), with the alerts that went before.
 */
void tls_failure_of(
	const struct tls_session *s, enum tls_trouble otherwise, struct tls_failure *out);

/** One plain sentence. */
void tls_failure_write(struct buf *b, const struct tls_failure *f);

/** "protocol_version"; "?" if there is no such alert. */
const char *tls_alert_name(int alert);
