/** @file io/tls.c  OpenSSL between two memory BIOs. */
#include "io/tls.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "io/tls_context_impl.h"
#include "io/tls_verify.h"

#define TLS_RECORD_MAX      16384 /* plain bytes of a record (RFC 8446 §5.1) */
#define TLS_RECORD_OVERHEAD 256   /* more than any suite adds */
#define TLS_KEY_BITS_MIN    112   /* the strength that level 2 asks for */

struct tls_session {
	SSL *ssl;
	BIO *in, *out; /* belong to ssl */
	struct tls_context *context;
	char host[TLS_NAME_MAX + 1]; /* empty: `ip` is what is verified */
	struct netaddr ip;
	bool is_open, has_failed, has_bytes;
	struct tls_failure failure;
	char peer_name[TLS_NAME_MAX + 1];
};

/* Judging the server's certificate */

static void write_name(char *out, size_t cap, const X509_NAME *name)
{
	BIO *b = BIO_new(BIO_s_mem());
	int n = 0;

	if (b && X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253) >= 0)
		n = BIO_read(b, out, (int)cap - 1);
	out[n > 0 ? n : 0] = '\0';
	BIO_free(b);
}

static int refuse(struct tls_session *s, X509_STORE_CTX *store, X509 *cert, int why)
{
	s->failure.verify_error = why;
	if (cert) {
		write_name(s->failure.subject, sizeof(s->failure.subject),
			X509_get_subject_name(cert));
		write_name(
			s->failure.issuer, sizeof(s->failure.issuer), X509_get_issuer_name(cert));
	}
	X509_STORE_CTX_set_error(store, why); /* decides which alert is sent */
	return 0;
}

/** RFC 5922 §7.3, with an address in place of a name where no name is known. */
static int check_strict(struct tls_session *s, X509_STORE_CTX *store, X509 *leaf)
{
	struct buf name = buf_over(s->peer_name, sizeof(s->peer_name) - 1);
	bool is_named;

	if (X509_verify_cert(store) != 1)
		return refuse(s, store, X509_STORE_CTX_get_current_cert(store),
			X509_STORE_CTX_get_error(store));
	is_named = s->host[0]
			   ? tls_cert_has_host(leaf, span_of(s->host), s->context->allows_wildcard)
			   : tls_cert_has_ip(leaf, &s->ip);
	if (!is_named)
		return refuse(s, store, leaf,
			s->host[0] ? X509_V_ERR_HOSTNAME_MISMATCH : X509_V_ERR_IP_ADDRESS_MISMATCH);
	if (s->host[0])
		buf_put(&name, span_of(s->host));
	else
		netaddr_write_ip(&name, &s->ip);
	return 1;
}

static int check_pin(struct tls_session *s, X509_STORE_CTX *store, X509 *leaf)
{
	struct buf name = buf_over(s->peer_name, sizeof(s->peer_name) - 1);
	uint8_t pin[TLS_PIN_SIZE];

	if (tls_cert_pin(leaf, pin))
		return refuse(s, store, leaf, X509_V_ERR_UNSPECIFIED);
	for (size_t i = 0; i < s->context->pin_count; i++)
		if (memcmp(pin, s->context->pins[i], sizeof(pin)) == 0) {
			buf_lit(&name, "sha256:");
			hex_write(&name, pin, sizeof(pin));
			return 1;
		}
	return refuse(s, store, leaf, X509_V_ERR_CERT_REJECTED);
}

int tls_on_certificate(X509_STORE_CTX *store, void *ctx)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_session *s = SSL_get_app_data(ssl);
	X509 *leaf = X509_STORE_CTX_get0_cert(store);
	EVP_PKEY *key = leaf ? X509_get0_pubkey(leaf) : NULL;

	(void)ctx;
	if (!key)
		return refuse(s, store, leaf, X509_V_ERR_INVALID_CA);
	/* level 2 looks at keys only while it builds a chain, which pin and off do not (SPEC T4) */
	if (EVP_PKEY_get_security_bits(key) < TLS_KEY_BITS_MIN)
		return refuse(s, store, leaf, X509_V_ERR_EE_KEY_TOO_SMALL);
	switch (s->context->verify) {
	case TLS_VERIFY_STRICT: return check_strict(s, store, leaf);
	case TLS_VERIFY_PIN: return check_pin(s, store, leaf);
	case TLS_VERIFY_OFF: break;
	}
	return 1;
}

static void on_info(const SSL *ssl, int where, int ret)
{
	struct tls_session *s = SSL_get_app_data(ssl);
	int alert = ret & 0xff;

	if (!(where & SSL_CB_ALERT) || alert == SSL3_AD_CLOSE_NOTIFY)
		return;
	if (where & SSL_CB_READ)
		s->failure.alert_received = alert;
	else
		s->failure.alert_sent = alert;
}

/* The session's life */

static sotto_err set_up_client(struct tls_session *s)
{
	SSL_set_connect_state(s->ssl);
	SSL_set_verify(s->ssl, SSL_VERIFY_PEER, NULL);
	if (s->host[0] && !SSL_set_tlsext_host_name(s->ssl, s->host))
		return SOTTO_ENOMEM;
	return SOTTO_OK;
}

static sotto_err set_up(struct tls_session *s)
{
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	s->ssl = SSL_new(s->context->ssl);
	if (!in || !out || !s->ssl) {
		BIO_free(in);
		BIO_free(out);
		return SOTTO_ENOMEM;
	}
	SSL_set_bio(s->ssl, in, out);
	s->in = in;
	s->out = out;
	SSL_set_app_data(s->ssl, s);
	SSL_set_info_callback(s->ssl, on_info);
	if (!s->context->is_server)
		return set_up_client(s);
	SSL_set_accept_state(s->ssl);
	return SOTTO_OK;
}

sotto_err tls_session_create(
	struct tls_session **out, struct tls_context *c, struct span host, const struct netaddr *ip)
{
	struct netaddr literal;
	struct tls_session *s;
	sotto_err err;

	*out = NULL;
	if (host.n > TLS_NAME_MAX)
		return SOTTO_ETOOBIG;
	s = calloc(1, sizeof(*s));
	if (!s)
		return SOTTO_ENOMEM;
	s->context = c;
	c->refs++;
	s->failure.alert_sent = s->failure.alert_received = -1;
	if (ip)
		s->ip = *ip;
	if (netaddr_parse_ip(host, &literal) == SOTTO_OK)
		s->ip = literal; /* an address written as a name is still an address */
	else
		memcpy(s->host, host.p ? host.p : "", host.n);
	err = set_up(s);
	if (err) {
		tls_session_destroy(s);
		return err;
	}
	*out = s;
	return SOTTO_OK;
}

void tls_session_destroy(struct tls_session *s)
{
	if (!s)
		return;
	SSL_free(s->ssl); /* with both BIOs */
	tls_context_destroy(s->context);
	free(s);
}

sotto_err tls_put(struct tls_session *s, struct span bytes)
{
	if (bytes.n == 0)
		return SOTTO_OK;
	if (!s->has_bytes) { /* the first record is a handshake (22) or an alert (21) */
		s->has_bytes = true;
		if (bytes.p[0] != 22 && bytes.p[0] != 21)
			s->failure.trouble = TLS_TROUBLE_NOT_TLS;
	}
	return BIO_write(s->in, bytes.p, (int)bytes.n) == (int)bytes.n ? SOTTO_OK : SOTTO_ENOMEM;
}

static enum tls_event fail(struct tls_session *s)
{
	struct tls_failure *f = &s->failure;
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	s->has_failed = true;
	if (f->trouble == TLS_TROUBLE_NONE)
		f->trouble = f->verify_error          ? TLS_TROUBLE_CERTIFICATE
			     : f->alert_received >= 0 ? TLS_TROUBLE_ALERT_RECEIVED
			     : f->alert_sent >= 0     ? TLS_TROUBLE_ALERT_SENT
						      : TLS_TROUBLE_LIBRARY;
	if (reason)
		snprintf(f->detail, sizeof(f->detail), "%s", reason);
	ERR_clear_error();
	return TLS_EVENT_FAILED;
}

enum tls_event tls_next(struct tls_session *s, char *out, size_t cap, size_t *n)
{
	int rc, why;

	*n = 0;
	if (s->has_failed)
		return TLS_EVENT_FAILED;
	ERR_clear_error(); /* SSL_get_error looks at the thread's queue */
	rc = s->is_open ? SSL_read_ex(s->ssl, out, cap, n) : SSL_do_handshake(s->ssl);
	if (rc == 1 && s->is_open)
		return TLS_EVENT_DATA;
	if (rc == 1) {
		s->is_open = true;
		return TLS_EVENT_OPEN;
	}
	why = SSL_get_error(s->ssl, rc);
	if (why == SSL_ERROR_WANT_READ)
		return TLS_EVENT_MORE;
	if (why == SSL_ERROR_ZERO_RETURN)
		return TLS_EVENT_END;
	return fail(s);
}

sotto_err tls_write(struct tls_session *s, struct span plain)
{
	size_t done;

	if (!s->is_open || s->has_failed)
		return SOTTO_ESTATE;
	if (plain.n == 0)
		return SOTTO_OK;
	ERR_clear_error();
	return SSL_write_ex(s->ssl, plain.p, plain.n, &done) == 1 && done == plain.n
		       ? SOTTO_OK
		       : SOTTO_ECRYPTO;
}

size_t tls_write_size(size_t n)
{
	return n + (n / TLS_RECORD_MAX + 1) * TLS_RECORD_OVERHEAD;
}

void tls_bye(struct tls_session *s)
{
	if (s->is_open && !s->has_failed)
		(void)SSL_shutdown(s->ssl);
	ERR_clear_error();
}

struct span tls_output(struct tls_session *s)
{
	char *p = NULL;
	long n = BIO_get_mem_data(s->out, &p);

	return n > 0 ? (struct span){ p, (size_t)n } : SPAN_NONE;
}

void tls_output_sent(struct tls_session *s)
{
	(void)BIO_reset(s->out);
}

bool tls_session_info(const struct tls_session *s, struct tls_info *out)
{
	memset(out, 0, sizeof(*out));
	if (!s->is_open)
		return false;
	snprintf(out->version, sizeof(out->version), "%s", SSL_get_version(s->ssl));
	snprintf(out->cipher, sizeof(out->cipher), "%s", SSL_get_cipher_name(s->ssl));
	memcpy(out->peer_name, s->peer_name, sizeof(out->peer_name));
	return true;
}

void tls_failure_of(
	const struct tls_session *s, enum tls_trouble otherwise, struct tls_failure *out)
{
	*out = s->failure;
	if (!s->has_failed && out->trouble == TLS_TROUBLE_NONE)
		out->trouble = out->alert_received >= 0 ? TLS_TROUBLE_ALERT_RECEIVED : otherwise;
}
