/** @file io/tls_failure.c  Failures of TLS in plain words (SPEC T8). */
#include <openssl/x509.h>

#include "io/tls.h"

/* RFC 8446 §6, with those that only TLS 1.2 has (RFC 5246 §7.2) */
static const struct {
	int alert;
	const char *name;
} alerts[] = {
	{ 0, "close_notify" },
	{ 10, "unexpected_message" },
	{ 20, "bad_record_mac" },
	{ 22, "record_overflow" },
	{ 40, "handshake_failure" },
	{ 42, "bad_certificate" },
	{ 43, "unsupported_certificate" },
	{ 44, "certificate_revoked" },
	{ 45, "certificate_expired" },
	{ 46, "certificate_unknown" },
	{ 47, "illegal_parameter" },
	{ 48, "unknown_ca" },
	{ 49, "access_denied" },
	{ 50, "decode_error" },
	{ 51, "decrypt_error" },
	{ 70, "protocol_version" },
	{ 71, "insufficient_security" },
	{ 80, "internal_error" },
	{ 86, "inappropriate_fallback" },
	{ 90, "user_canceled" },
	{ 100, "no_renegotiation" },
	{ 109, "missing_extension" },
	{ 110, "unsupported_extension" },
	{ 112, "unrecognized_name" },
	{ 113, "bad_certificate_status_response" },
	{ 115, "unknown_psk_identity" },
	{ 116, "certificate_required" },
	{ 120, "no_application_protocol" },
};

const char *tls_alert_name(int alert)
{
	for (size_t i = 0; i < ARRAY_LEN(alerts); i++)
		if (alerts[i].alert == alert)
			return alerts[i].name;
	return "?";
}

static void write_alert(struct buf *b, const char *who, int alert)
{
	buf_printf(b, "%s sent alert %s (%d)", who, tls_alert_name(alert), alert);
}

static void write_certificate(struct buf *b, const struct tls_failure *f)
{
	buf_printf(b, "we refused the peer's certificate: %s",
		X509_verify_cert_error_string(f->verify_error));
	if (f->subject[0])
		buf_printf(b, "; subject '%s', issuer '%s'", f->subject, f->issuer);
	if (f->alert_sent >= 0) {
		buf_lit(b, "; ");
		write_alert(b, "we", f->alert_sent);
	}
}

void tls_failure_write(struct buf *b, const struct tls_failure *f)
{
	switch (f->trouble) {
	case TLS_TROUBLE_NONE: buf_lit(b, "nothing failed"); return;
	case TLS_TROUBLE_CERTIFICATE: write_certificate(b, f); return;
	case TLS_TROUBLE_ALERT_RECEIVED: write_alert(b, "the peer", f->alert_received); break;
	case TLS_TROUBLE_ALERT_SENT: write_alert(b, "we", f->alert_sent); break;
	case TLS_TROUBLE_NOT_TLS:
		buf_lit(b, "the peer does not speak TLS on this connection (plain SIP?)");
		break;
	case TLS_TROUBLE_CLOSED: buf_lit(b, "the connection ended during the handshake"); break;
	case TLS_TROUBLE_TIMEOUT: buf_lit(b, "the handshake took too long"); break;
	case TLS_TROUBLE_LIBRARY: buf_lit(b, "the TLS library refused"); break;
	}
	if (f->detail[0])
		buf_printf(b, ": %s", f->detail);
}
