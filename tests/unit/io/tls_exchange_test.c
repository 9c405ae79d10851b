/**
 * @file unit/io/tls_exchange_test.c  Which key exchanges TLS agrees on (SPEC T4), with an RSA
 * certificate, since only that could be used without forward secrecy.
 */
#include <stdio.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "io/tls.h"
#include "unit/io/ca.h"
#include "unit/test.h"

static struct ca ca; // NOLINT: made once for the whole program
static struct cert rsa;
static char rsa_file[CA_PATH_MAX], rsa_key_file[CA_PATH_MAX];

/** Our session against bare OpenSSL at security level 0; what each has to say, until both rest. */
static enum tls_event meet(struct tls_session *s, SSL *bare)
{
	enum tls_event event, last = TLS_EVENT_MORE;
	struct span out;
	char plain[64];
	size_t n;
	char *p;
	long got;

	do {
		while ((event = tls_next(s, plain, sizeof(plain), &n)) != TLS_EVENT_MORE) {
			last = event;
			if (event == TLS_EVENT_FAILED)
				break;
		}
		out = tls_output(s);
		if (out.n)
			BIO_write(SSL_get_rbio(bare), out.p, (int)out.n);
		tls_output_sent(s);
		(void)SSL_do_handshake(bare);
		ERR_clear_error();
		got = BIO_get_mem_data(SSL_get_wbio(bare), &p);
		if (got > 0)
			CHECK_OK(tls_put(s, (struct span){ p, (size_t)got }));
		(void)BIO_reset(SSL_get_wbio(bare));
	} while (out.n || got > 0);
	return last;
}

static SSL *bare_of(SSL_CTX *ctx, int version)
{
	SSL *ssl;

	SSL_CTX_set_security_level(ctx, 0);
	assert_true(SSL_CTX_set_min_proto_version(ctx, version));
	assert_true(SSL_CTX_set_max_proto_version(ctx, version));
	ssl = SSL_new(ctx);
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	return ssl;
}

static void our_server_exchanges_keys_with_forward_secrecy(void **state)
{
	static const struct {
		const char *label;
		int version;
		const char *ciphers, *groups; /* NULL: the library's */
		enum tls_event want;
		const char *group; /* of the server's key, if it has a name */
	} rows[] = {
		{ "1.2, ECDHE", TLS1_2_VERSION, "ECDHE", NULL, TLS_EVENT_OPEN, NULL },
		{ "1.2, DHE in ffdhe2048", TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", NULL,
			TLS_EVENT_OPEN, "ffdhe2048" },
		{ "1.2, static RSA, GCM", TLS1_2_VERSION, "AES128-GCM-SHA256", NULL,
			TLS_EVENT_FAILED, NULL },
		{ "1.2, static RSA, CBC", TLS1_2_VERSION, "AES256-SHA:AES128-SHA", NULL,
			TLS_EVENT_FAILED, NULL },
		{ "1.3, ffdhe2048", TLS1_3_VERSION, NULL, "ffdhe2048", TLS_EVENT_OPEN,
			"ffdhe2048" },
		/* whoever asks for it makes us work a hundred times as hard as X25519 does */
		{ "1.3, the costliest group", TLS1_3_VERSION, NULL, "ffdhe8192", TLS_EVENT_FAILED,
			NULL },
		{ "1.3, the next", TLS1_3_VERSION, NULL, "ffdhe6144", TLS_EVENT_FAILED, NULL },
	};
	struct tls_server_settings settings = { rsa_file, rsa_key_file };
	struct tls_context *c;

	(void)state;
	CHECK_OK(tls_context_create_server(&c, &settings, NULL));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
		SSL *client = bare_of(ctx, rows[i].version);
		EVP_PKEY *key = NULL;
		char group[32] = "";
		struct tls_session *s;

		ROW(rows[i].label);
		if (rows[i].ciphers)
			assert_true(SSL_set_cipher_list(client, rows[i].ciphers));
		if (rows[i].groups)
			assert_true(SSL_set1_groups_list(client, rows[i].groups));
		SSL_set_connect_state(client);
		CHECK_OK(tls_session_create(&s, c, SPAN_NONE, NULL));
		CHECK_INT(rows[i].want, meet(s, client));
		if (rows[i].group) {
			assert_true(SSL_get_peer_tmp_key(client, &key));
			CHECK(EVP_PKEY_get_group_name(key, group, sizeof(group), NULL));
			CHECK_SPAN(rows[i].group, span_of(group));
		}
		EVP_PKEY_free(key);
		tls_session_destroy(s);
		SSL_free(client);
		SSL_CTX_free(ctx);
	}
	tls_context_destroy(c);
}

static void our_client_refuses_small_groups_and_static_rsa(void **state)
{
	static const struct {
		const char *label, *ciphers;
		unsigned bits; /* of the server's DH prime; 0: none */
		enum tls_event want;
	} rows[] = {
		{ "DHE of 2048 bits", "DHE", 2048, TLS_EVENT_OPEN },
		{ "DHE of 1536 bits", "DHE", 1536, TLS_EVENT_FAILED },
		{ "static RSA", "kRSA", 0, TLS_EVENT_FAILED },
	};
	struct tls_client_settings settings = { .verify = TLS_VERIFY_OFF };
	struct tls_context *c;

	(void)state;
	CHECK_OK(tls_context_create_client(&c, &settings, NULL));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
		SSL *server = bare_of(ctx, TLS1_2_VERSION);
		struct tls_session *s;

		ROW(rows[i].label);
		assert_true(SSL_use_certificate(server, rsa.x509));
		assert_true(SSL_use_PrivateKey(server, rsa.key));
		assert_true(SSL_set_cipher_list(server, rows[i].ciphers));
		if (rows[i].bits) {
			EVP_PKEY *dh = NULL;
			EVP_PKEY_CTX *gen = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
			char name[16];

			snprintf(name, sizeof(name), "modp_%u", rows[i].bits);
			assert_true(EVP_PKEY_keygen_init(gen) == 1);
			assert_true(EVP_PKEY_CTX_set_group_name(gen, name) == 1);
			assert_true(EVP_PKEY_generate(gen, &dh) == 1);
			assert_true(SSL_set0_tmp_dh_pkey(server, dh));
			EVP_PKEY_CTX_free(gen);
		}
		SSL_set_accept_state(server);
		CHECK_OK(tls_session_create(&s, c, SPAN("localhost"), NULL));
		CHECK_INT(rows[i].want, meet(s, server));
		tls_session_destroy(s);
		SSL_free(server);
		SSL_CTX_free(ctx);
	}
	tls_context_destroy(c);
}

static int set_up(void **state)
{
	(void)state;
	ca_setup(&ca);
	rsa = cert_make(
		&(struct cert_spec){ .name = "localhost", .rsa_bits = 2048, .issuer = &ca.root });
	ca_write(&ca, "rsa.pem", &rsa.x509, 1, NULL, rsa_file);
	ca_write(&ca, "rsakey.pem", NULL, 0, rsa.key, rsa_key_file);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	cert_free(&rsa);
	ca_teardown(&ca);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_server_exchanges_keys_with_forward_secrecy),
		cmocka_unit_test(our_client_refuses_small_groups_and_static_rsa),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
