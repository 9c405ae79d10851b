/** @file io/tls_context.c */
#include "io/tls_context.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "io/tls_context_impl.h"

#define TLS_SECURITY_LEVEL 2 /* 112 bits: RSA and DH of 2048 bits at least (SPEC T4) */

/* Forward secrecy always: no static RSA. CBC stays for phones that have no GCM. */
#define TLS_12_CIPHERS                                                           \
	"ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDHE+AES:DHE+AES:" \
	"!aNULL:!eNULL:!PSK:!SRP:!DSS:!AESCCM"

/*
 * Groups for both versions. The larger ffdhe groups are left out: a handshake in ffdhe8192 costs
 * us a hundred times that in X25519, and anybody may ask for it.
 */
#define TLS_GROUPS   "X25519:P-256:X448:P-384:P-521:ffdhe2048"
#define TLS_DH_GROUP "ffdhe2048" /* of DHE in TLS 1.2 (RFC 7919) */

static sotto_err explain(struct buf *why, sotto_err err, const char *file, const char *what)
{
	if (why)
		buf_printf(why, "%s%s%s", file ? file : "TLS", ": ", what);
	ERR_clear_error();
	return err;
}

/** An encrypted key is refused: nobody is there to type a password. */
static int no_password(char *out, int size, int is_writing, void *ctx)
{
	(void)out, (void)size, (void)is_writing, (void)ctx;
	return -1;
}

/** The library's own choice would be a group of RFC 3526. */
static bool set_dh_group(SSL_CTX *ssl)
{
	char name[] = TLS_DH_GROUP;
	OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(
					OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof(name) - 1),
		OSSL_PARAM_construct_end() };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	EVP_PKEY *group = NULL;
	bool ok = ctx && EVP_PKEY_fromdata_init(ctx) == 1 &&
		  EVP_PKEY_fromdata(ctx, &group, EVP_PKEY_KEY_PARAMETERS, params) == 1 &&
		  SSL_CTX_set0_tmp_dh_pkey(ssl, group) == 1;

	if (!ok)
		EVP_PKEY_free(group);
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

static sotto_err set_rules(SSL_CTX *ssl)
{
	SSL_CTX_set_security_level(ssl, TLS_SECURITY_LEVEL);
	SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_default_passwd_cb(ssl, no_password);
	/* set explicitly: an older ClientHello then gets alert protocol_version (SPEC T3) */
	if (!SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION) ||
		!SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) ||
		!SSL_CTX_set_cipher_list(ssl, TLS_12_CIPHERS) ||
		!SSL_CTX_set1_groups_list(ssl, TLS_GROUPS) || !set_dh_group(ssl) ||
		!SSL_CTX_set_num_tickets(ssl, 0))
		return SOTTO_ECRYPTO;
	return SOTTO_OK;
}

/** The certificate in `chain` that issued `cert`, or NULL. */
static X509 *issuer_of(STACK_OF(X509) * chain, X509 *cert)
{
	for (int i = 0; i < sk_X509_num(chain); i++)
		if (X509_check_issued(sk_X509_value(chain, i), cert) == X509_V_OK)
			return sk_X509_value(chain, i);
	return NULL;
}

/**
 * What we send: the leaf and each intermediate in issuing order, never the root (SPEC T2),
 * whatever the order of the file.
 */
static sotto_err order_chain(SSL_CTX *ssl)
{
	STACK_OF(X509) *given = NULL, *sent = sk_X509_new_null();
	X509 *at = SSL_CTX_get0_certificate(ssl);
	sotto_err err = SOTTO_ENOMEM;

	if (!sent || !SSL_CTX_get0_chain_certs(ssl, &given))
		goto out;
	while (at && !X509_self_signed(at, 0) && (at = issuer_of(given, at)) &&
		!X509_self_signed(at, 0)) {
		err = SOTTO_ETOOBIG; /* also ends two that claim to have issued each other */
		if (sk_X509_num(sent) == TLS_CHAIN_MAX)
			goto out;
		err = SOTTO_ENOMEM;
		if (!sk_X509_push(sent, at))
			goto out;
	}
	if (SSL_CTX_set1_chain(ssl, sent)) /* takes references of its own */
		err = SOTTO_OK;
out:
	sk_X509_free(sent);
	return err;
}

static bool is_too_weak(unsigned long e)
{
	int reason = ERR_GET_REASON(e);

	return ERR_GET_LIB(e) == ERR_LIB_SSL &&
	       (reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_KEY_TOO_SMALL ||
		       reason == SSL_R_CA_MD_TOO_WEAK);
}

static sotto_err check_readable(const char *file, struct buf *why)
{
	return access(file, R_OK) ? explain(why, SOTTO_ENOENT, file, strerror(errno)) : SOTTO_OK;
}

static sotto_err load_identity(
	SSL_CTX *ssl, const char *chain_file, const char *key_file, struct buf *why)
{
	sotto_err err;

	TRY(check_readable(chain_file, why));
	TRY(check_readable(key_file, why));
	if (!SSL_CTX_use_certificate_chain_file(ssl, chain_file)) {
		if (is_too_weak(ERR_peek_last_error()))
			return explain(why, SOTTO_EREFUSED, chain_file,
				"the certificate's key or signature is too weak (RSA needs 2048 bits)");
		return explain(why, SOTTO_ESYNTAX, chain_file, "no PEM certificate can be read");
	}
	if (!SSL_CTX_use_PrivateKey_file(ssl, key_file, SSL_FILETYPE_PEM)) {
		bool differs = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
		return explain(why, SOTTO_ESYNTAX, key_file,
			differs ? "this is not the certificate's key"
				: "no unencrypted PEM key can be read");
	}
	if (!SSL_CTX_check_private_key(ssl))
		return explain(why, SOTTO_ESYNTAX, key_file, "this is not the certificate's key");
	err = order_chain(ssl);
	return err ? explain(why, err, chain_file, "the chain cannot be built from it") : SOTTO_OK;
}

static sotto_err load_roots(
	SSL_CTX *ssl, const struct tls_client_settings *settings, struct buf *why)
{
	if (settings->uses_system_cas && !SSL_CTX_set_default_verify_paths(ssl))
		return explain(why, SOTTO_ECRYPTO, NULL, "the system's CA store cannot be opened");
	if (!settings->ca_file)
		return SOTTO_OK;
	TRY(check_readable(settings->ca_file, why));
	if (!SSL_CTX_load_verify_file(ssl, settings->ca_file))
		return explain(
			why, SOTTO_ESYNTAX, settings->ca_file, "no PEM certificate can be read");
	return SOTTO_OK;
}

static sotto_err create(struct tls_context **out, const SSL_METHOD *method, struct buf *why)
{
	struct tls_context *c = calloc(1, sizeof(*c));

	*out = NULL;
	if (!c)
		return SOTTO_ENOMEM;
	c->refs = 1;
	c->ssl = SSL_CTX_new(method);
	if (!c->ssl || set_rules(c->ssl)) {
		tls_context_destroy(c);
		return explain(why, SOTTO_ECRYPTO, NULL, "the library refused our rules");
	}
	*out = c;
	return SOTTO_OK;
}

sotto_err tls_context_create_server(
	struct tls_context **out, const struct tls_server_settings *settings, struct buf *why)
{
	sotto_err err;

	TRY(create(out, TLS_server_method(), why));
	(*out)->is_server = true;
	err = load_identity((*out)->ssl, settings->chain_file, settings->key_file, why);
	if (err) {
		tls_context_destroy(*out);
		*out = NULL;
	}
	return err;
}

sotto_err tls_context_create_client(
	struct tls_context **out, const struct tls_client_settings *settings, struct buf *why)
{
	struct tls_context *c;
	sotto_err err;

	*out = NULL;
	if (settings->pin_count > TLS_PINS_MAX ||
		(settings->verify == TLS_VERIFY_PIN && settings->pin_count == 0))
		return explain(why, SOTTO_EINVAL, NULL, "verify: pin needs one to four pins");
	TRY(create(&c, TLS_client_method(), why));
	c->verify = settings->verify;
	c->allows_wildcard = settings->allows_wildcard;
	c->pin_count = settings->pin_count;
	memcpy(c->pins, settings->pins, sizeof(c->pins));
	SSL_CTX_set_cert_verify_callback(c->ssl, tls_on_certificate, NULL);
	err = load_roots(c->ssl, settings, why);
	if (!err && settings->chain_file && settings->key_file)
		err = load_identity(c->ssl, settings->chain_file, settings->key_file, why);
	if (err) {
		tls_context_destroy(c);
		return err;
	}
	*out = c;
	return SOTTO_OK;
}

void tls_context_destroy(struct tls_context *c)
{
	if (!c || --c->refs > 0)
		return;
	SSL_CTX_free(c->ssl);
	free(c);
}
