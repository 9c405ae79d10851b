/** @file unit/io/tls_test.c  Tests io/tls.h and io/tls_context.h: two ends in memory, no socket. */
#include "io/tls.h"

#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "io/tls_verify.h"
#include "unit/alloc_fail.h"
#include "unit/io/ca.h"
#include "unit/test.h"

static struct ca ca; // NOLINT: made once for the whole program

/** A peer made of bare OpenSSL, to be as old or as wrong as we are not. */
struct bare {
	SSL_CTX *ctx;
	SSL *ssl;
	int alert; /* received */
	int chain; /* certificates received */
};

static void note_alert(const SSL *ssl, int where, int ret)
{
	struct bare *b = SSL_get_app_data(ssl);

	if ((where & SSL_CB_ALERT) && (where & SSL_CB_READ))
		b->alert = ret & 0xff;
}

static void bare_open(struct bare *b, bool is_server, int version)
{
	*b = (struct bare){ .ctx = SSL_CTX_new(
				    is_server ? TLS_server_method() : TLS_client_method()) };
	SSL_CTX_set_security_level(b->ctx, 0);
	assert_true(SSL_CTX_set_min_proto_version(b->ctx, version));
	assert_true(SSL_CTX_set_max_proto_version(b->ctx, version));
	if (is_server) {
		assert_true(SSL_CTX_use_certificate(b->ctx, ca.leaf.x509));
		assert_true(SSL_CTX_use_PrivateKey(b->ctx, ca.leaf.key));
		X509_up_ref(ca.intermediate.x509);
		assert_true(SSL_CTX_add_extra_chain_cert(b->ctx, ca.intermediate.x509));
	}
	b->ssl = SSL_new(b->ctx);
	SSL_set_bio(b->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_app_data(b->ssl, b);
	SSL_set_info_callback(b->ssl, note_alert);
	if (is_server)
		SSL_set_accept_state(b->ssl);
	else
		SSL_set_connect_state(b->ssl);
}

static void bare_close(struct bare *b)
{
	SSL_free(b->ssl);
	SSL_CTX_free(b->ctx);
	ERR_clear_error();
}

/** Moves what our session has written into the bare peer and back, once. */
static bool shuttle_bare(struct tls_session *s, struct bare *b)
{
	struct span out = tls_output(s);
	char *p;
	long n;

	if (out.n)
		BIO_write(SSL_get_rbio(b->ssl), out.p, (int)out.n);
	tls_output_sent(s);
	(void)SSL_do_handshake(b->ssl);
	ERR_clear_error();
	n = BIO_get_mem_data(SSL_get_wbio(b->ssl), &p);
	if (n > 0)
		CHECK_OK(tls_put(s, (struct span){ p, (size_t)n }));
	(void)BIO_reset(SSL_get_wbio(b->ssl));
	return out.n > 0 || n > 0;
}

/** Our end's last event but MORE, after as much as there is to say. */
static enum tls_event meet_bare(struct tls_session *s, struct bare *b)
{
	enum tls_event last = TLS_EVENT_MORE, event;
	char plain[256];
	size_t n;

	do {
		while ((event = tls_next(s, plain, sizeof(plain), &n)) != TLS_EVENT_MORE) {
			last = event;
			if (event == TLS_EVENT_FAILED || event == TLS_EVENT_END)
				break;
		}
	} while (shuttle_bare(s, b));
	return last;
}

static struct tls_context *server_context(void)
{
	struct tls_server_settings settings = { ca.chain_file, ca.key_file };
	struct tls_context *c;
	char text[256] = "";
	struct buf why = buf_over(text, sizeof(text));

	if (tls_context_create_server(&c, &settings, &why))
		fail_msg("%s", text);
	return c;
}

static struct tls_context *client_context(const struct tls_client_settings *settings)
{
	struct tls_context *c;

	CHECK_OK(tls_context_create_client(&c, settings, NULL));
	return c;
}

/* Our server, and clients of every age */

static void our_server_speaks_1_2_and_1_3_only(void **state)
{
	static const struct {
		const char *label;
		int version;
		enum tls_event want;
		int alert;
		const char *name;
	} rows[] = {
		{ "TLS 1.0", TLS1_VERSION, TLS_EVENT_FAILED, 70, "" },
		{ "TLS 1.1", TLS1_1_VERSION, TLS_EVENT_FAILED, 70, "" },
		{ "TLS 1.2", TLS1_2_VERSION, TLS_EVENT_OPEN, 0, "TLSv1.2" },
		{ "TLS 1.3", TLS1_3_VERSION, TLS_EVENT_OPEN, 0, "TLSv1.3" },
	};
	struct tls_context *c = server_context();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tls_failure failure;
		struct tls_session *s;
		struct tls_info info;
		struct bare client;

		ROW(rows[i].label);
		bare_open(&client, false, rows[i].version);
		CHECK_OK(tls_session_create(&s, c, SPAN_NONE, NULL));
		CHECK_INT(rows[i].want, meet_bare(s, &client));
		CHECK_INT(rows[i].alert, client.alert);
		CHECK_INT(rows[i].want == TLS_EVENT_OPEN, tls_session_info(s, &info));
		CHECK_SPAN(rows[i].name, span_of(info.version));
		tls_failure_of(s, TLS_TROUBLE_NONE, &failure);
		CHECK_INT(
			rows[i].alert ? TLS_TROUBLE_ALERT_SENT : TLS_TROUBLE_NONE, failure.trouble);
		if (rows[i].alert)
			CHECK_INT(70, failure.alert_sent);
		tls_session_destroy(s);
		bare_close(&client);
	}
	tls_context_destroy(c);
}

static void our_server_sends_leaf_and_intermediates_but_no_root(void **state)
{
	struct tls_context *c = server_context();
	struct tls_session *s;
	struct bare client;
	STACK_OF(X509) * chain;

	(void)state;
	bare_open(&client, false, TLS1_3_VERSION);
	CHECK_OK(tls_session_create(&s, c, SPAN_NONE, NULL));
	CHECK_INT(TLS_EVENT_OPEN, meet_bare(s, &client));
	chain = SSL_get_peer_cert_chain(client.ssl);
	CHECK_INT(2, sk_X509_num(chain)); /* the file has the root in the middle */
	CHECK(X509_cmp(sk_X509_value(chain, 0), ca.leaf.x509) == 0);
	CHECK(X509_cmp(sk_X509_value(chain, 1), ca.intermediate.x509) == 0);
	tls_session_destroy(s);
	bare_close(&client);
	tls_context_destroy(c);
}

static void our_server_takes_a_list_of_ciphers(void **state)
{
	static const struct {
		const char *label, *ciphers;
		enum tls_event want;
	} rows[] = {
		{ "forward secret GCM", "ECDHE+AESGCM", TLS_EVENT_OPEN },
		{ "CBC of old phones", "ECDHE-ECDSA-AES128-SHA", TLS_EVENT_OPEN },
		{ "static RSA", "kRSA", TLS_EVENT_FAILED },
		{ "no authentication", "aNULL", TLS_EVENT_FAILED },
	};
	struct tls_context *c = server_context();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tls_session *s;
		struct bare client;

		ROW(rows[i].label);
		bare_open(&client, false, TLS1_2_VERSION);
		assert_true(SSL_set_cipher_list(client.ssl, rows[i].ciphers));
		CHECK_OK(tls_session_create(&s, c, SPAN_NONE, NULL));
		CHECK_INT(rows[i].want, meet_bare(s, &client));
		if (rows[i].want == TLS_EVENT_FAILED)
			CHECK_INT(40, client.alert);
		tls_session_destroy(s);
		bare_close(&client);
	}
	tls_context_destroy(c);
}

static void plain_sip_on_the_tls_port_is_told_as_such(void **state)
{
	struct tls_context *c = server_context();
	struct tls_failure failure;
	struct tls_session *s;
	char plain[64], text[256] = "";
	struct buf b = buf_over(text, sizeof(text) - 1);
	size_t n;

	(void)state;
	CHECK_OK(tls_session_create(&s, c, SPAN_NONE, NULL));
	CHECK_OK(tls_put(s, SPAN("OPTIONS sip:edge.example.com SIP/2.0\r\n\r\n")));
	CHECK_INT(TLS_EVENT_FAILED, tls_next(s, plain, sizeof(plain), &n));
	CHECK_INT(TLS_EVENT_FAILED, tls_next(s, plain, sizeof(plain), &n)); /* and stays so */
	CHECK_INT(SOTTO_ESTATE, tls_write(s, SPAN("x")));
	tls_failure_of(s, TLS_TROUBLE_CLOSED, &failure);
	CHECK_INT(TLS_TROUBLE_NOT_TLS, failure.trouble);
	tls_failure_write(&b, &failure);
	CHECK(strstr(text, "does not speak TLS") != NULL);
	tls_session_destroy(s);
	tls_context_destroy(c);
}

/* Our client, and servers to be judged */

struct judged {
	const char *label;
	enum tls_verify verify;
	bool own_root, right_pin; /* else the other root; else another key's pin */
	const char *host, *ip;
	enum tls_event want;
	int alert; /* that the server gets; 0: none */
	long verify_error;
	const char *peer; /* as whom it was verified; NULL: do not look */
};

static const struct judged judgements[] = {
	{ "strict: chain and name", TLS_VERIFY_STRICT, true, false, "edge.example.com", "192.0.2.9",
		TLS_EVENT_OPEN, 0, 0, "edge.example.com" },
	{ "strict: chain and address", TLS_VERIFY_STRICT, true, false, "", "127.0.0.1",
		TLS_EVENT_OPEN, 0, 0, "127.0.0.1" },
	{ "strict: an address as the name", TLS_VERIFY_STRICT, true, false, "::1", "192.0.2.9",
		TLS_EVENT_OPEN, 0, 0, "::1" },
	{ "strict: wrong name", TLS_VERIFY_STRICT, true, false, "other.example.com", "127.0.0.1",
		TLS_EVENT_FAILED, 42, X509_V_ERR_HOSTNAME_MISMATCH, NULL },
	{ "strict: wrong address", TLS_VERIFY_STRICT, true, false, "", "192.0.2.9",
		TLS_EVENT_FAILED, 42, X509_V_ERR_IP_ADDRESS_MISMATCH, NULL },
	{ "strict: unknown CA", TLS_VERIFY_STRICT, false, false, "edge.example.com", "127.0.0.1",
		TLS_EVENT_FAILED, 48, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, NULL },
	{ "pin: the key", TLS_VERIFY_PIN, false, true, "other.example.com", "192.0.2.9",
		TLS_EVENT_OPEN, 0, 0, NULL },
	{ "pin: another key", TLS_VERIFY_PIN, true, false, "edge.example.com", "127.0.0.1",
		TLS_EVENT_FAILED, 42, X509_V_ERR_CERT_REJECTED, NULL },
	{ "off: anything", TLS_VERIFY_OFF, false, false, "other.example.com", "192.0.2.9",
		TLS_EVENT_OPEN, 0, 0, "" },
};

static struct tls_context *judge(const struct judged *j)
{
	struct tls_client_settings settings = { .verify = j->verify,
		.ca_file = j->own_root ? ca.root_file : ca.other_root_file,
		.pin_count = 1 };

	CHECK_OK(
		tls_cert_pin(j->right_pin ? ca.leaf.x509 : ca.intermediate.x509, settings.pins[0]));
	return client_context(&settings);
}

static void check_judgement(const struct judged *j, int version)
{
	struct tls_context *c = judge(j);
	struct tls_failure failure;
	struct tls_session *s;
	struct tls_info info;
	struct netaddr ip;
	struct bare server;

	CHECK_OK(netaddr_parse_ip(span_of(j->ip), &ip));
	bare_open(&server, true, version);
	CHECK_OK(tls_session_create(&s, c, span_of(j->host), &ip));
	CHECK_INT(j->want, meet_bare(s, &server));
	CHECK_INT(j->alert, server.alert);
	tls_failure_of(s, TLS_TROUBLE_NONE, &failure);
	CHECK_INT(j->verify_error, failure.verify_error);
	CHECK_INT(j->verify_error ? TLS_TROUBLE_CERTIFICATE : TLS_TROUBLE_NONE, failure.trouble);
	(void)tls_session_info(s, &info);
	if (j->peer)
		CHECK_SPAN(j->peer, span_of(info.peer_name));
	tls_session_destroy(s);
	bare_close(&server);
	tls_context_destroy(c);
}

static void our_client_judges_the_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(judgements); i++) {
		ROW(judgements[i].label);
		check_judgement(&judgements[i], TLS1_2_VERSION);
		check_judgement(&judgements[i], TLS1_3_VERSION);
	}
}

static void a_refusal_names_the_ca_that_is_missing(void **state)
{
	struct tls_context *c = judge(&(struct judged){ .verify = TLS_VERIFY_STRICT });
	struct tls_failure failure;
	struct tls_session *s;
	struct bare server;
	char text[640] = "";
	struct buf b = buf_over(text, sizeof(text) - 1);

	(void)state;
	bare_open(&server, true, TLS1_3_VERSION);
	CHECK_OK(tls_session_create(&s, c, SPAN("edge.example.com"), NULL));
	CHECK_INT(TLS_EVENT_FAILED, meet_bare(s, &server));
	tls_failure_of(s, TLS_TROUBLE_NONE, &failure);
	tls_failure_write(&b, &failure);
	CHECK(strstr(text, "CN=Test Root") != NULL);
	CHECK(strstr(text, "we sent alert unknown_ca (48)") != NULL);
	tls_session_destroy(s);
	bare_close(&server);
	tls_context_destroy(c);
}

static void a_weak_key_is_refused_in_every_mode(void **state)
{
	static const enum tls_verify modes[] = { TLS_VERIFY_STRICT, TLS_VERIFY_PIN,
		TLS_VERIFY_OFF };
	struct cert weak = cert_make(
		&(struct cert_spec){ .name = "weak", .rsa_bits = 1024, .issuer = &ca.root });

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		struct tls_client_settings settings = {
			.verify = modes[i], .ca_file = ca.root_file, .pin_count = 1
		};
		struct tls_context *c;
		struct tls_failure failure;
		struct tls_session *s;
		struct bare server;

		CHECK_OK(tls_cert_pin(weak.x509, settings.pins[0]));
		c = client_context(&settings);
		bare_open(&server, true, TLS1_2_VERSION);
		SSL_certs_clear(server.ssl);
		assert_true(SSL_use_certificate(server.ssl, weak.x509));
		assert_true(SSL_use_PrivateKey(server.ssl, weak.key));
		CHECK_OK(tls_session_create(&s, c, SPAN("weak"), NULL));
		CHECK_INT(TLS_EVENT_FAILED, meet_bare(s, &server));
		tls_failure_of(s, TLS_TROUBLE_NONE, &failure);
		CHECK_INT(X509_V_ERR_EE_KEY_TOO_SMALL, failure.verify_error);
		tls_session_destroy(s);
		bare_close(&server);
		tls_context_destroy(c);
	}
	cert_free(&weak);
}

static void our_client_sends_names_but_no_addresses_as_sni(void **state)
{
	static const struct {
		const char *label, *host, *want;
	} rows[] = {
		{ "a name", "edge.example.com", "edge.example.com" },
		{ "IPv4", "192.0.2.1", NULL },
		{ "IPv6", "2001:db8::1", NULL },
		{ "none", "", NULL },
	};
	struct tls_context *c = judge(&(struct judged){ .verify = TLS_VERIFY_OFF });

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tls_session *s;
		struct bare server;
		const char *sni;

		ROW(rows[i].label);
		bare_open(&server, true, TLS1_3_VERSION);
		CHECK_OK(tls_session_create(&s, c, span_of(rows[i].host), NULL));
		CHECK_INT(TLS_EVENT_OPEN, meet_bare(s, &server));
		sni = SSL_get_servername(server.ssl, TLSEXT_NAMETYPE_host_name);
		CHECK_SPAN(rows[i].want ? rows[i].want : "", span_of(sni));
		tls_session_destroy(s);
		bare_close(&server);
	}
	tls_context_destroy(c);
}

static void a_name_has_a_maximum(void **state)
{
	struct tls_context *c = judge(&(struct judged){ .verify = TLS_VERIFY_OFF });
	char name[TLS_NAME_MAX + 1];
	struct tls_session *s;

	(void)state;
	memset(name, 'a', sizeof(name));
	name[63] = '.';
	CHECK_OK(tls_session_create(&s, c, (struct span){ name, TLS_NAME_MAX }, NULL));
	tls_session_destroy(s);
	CHECK_INT(SOTTO_ETOOBIG,
		tls_session_create(&s, c, (struct span){ name, TLS_NAME_MAX + 1 }, NULL));
	CHECK(s == NULL);
	tls_session_destroy(NULL);
	tls_context_destroy(c);
}

/* Both ends ours */

static void carry(struct tls_session *from, struct tls_session *to)
{
	CHECK_OK(tls_put(to, tls_output(from)));
	tls_output_sent(from);
}

static void open_both(struct tls_session *client, struct tls_session *server)
{
	bool client_open = false, server_open = false;
	char plain[16];
	size_t n;

	for (unsigned i = 0; i < 4; i++) {
		client_open |= tls_next(client, plain, sizeof(plain), &n) == TLS_EVENT_OPEN;
		carry(client, server);
		server_open |= tls_next(server, plain, sizeof(plain), &n) == TLS_EVENT_OPEN;
		carry(server, client);
	}
	CHECK(client_open && server_open);
}

static void messages_and_good_bye_pass(void **state)
{
	static char big[100000], got[sizeof(big)];
	struct tls_context *sc = server_context();
	struct tls_context *cc = judge(&judgements[0]);
	struct tls_session *server, *client;
	size_t n, have = 0;

	(void)state;
	memset(big, 'm', sizeof(big));
	CHECK_OK(tls_session_create(&server, sc, SPAN_NONE, NULL));
	CHECK_OK(tls_session_create(&client, cc, SPAN("edge.example.com"), NULL));
	CHECK_INT(SOTTO_ESTATE, tls_write(client, SPAN("too early")));
	open_both(client, server);
	tls_context_destroy(sc); /* sessions keep it alive */
	tls_context_destroy(cc);
	CHECK_OK(tls_write(client, SPAN_NONE));
	CHECK_OK(tls_write(client, (struct span){ big, sizeof(big) }));
	CHECK(tls_output(client).n <= tls_write_size(sizeof(big)));
	carry(client, server);
	while (tls_next(server, got + have, sizeof(got) - have, &n) == TLS_EVENT_DATA)
		have += n;
	CHECK_INT(sizeof(big), have);
	CHECK(memcmp(big, got, sizeof(big)) == 0);
	tls_bye(client);
	carry(client, server);
	CHECK_INT(TLS_EVENT_END, tls_next(server, got, sizeof(got), &n));
	tls_session_destroy(server);
	tls_session_destroy(client);
}

static void a_changed_byte_is_refused(void **state)
{
	struct tls_context *sc = server_context(), *cc = judge(&judgements[0]);
	struct tls_session *server, *client;
	struct tls_failure failure;
	char record[256], plain[64];
	struct span out;
	size_t n;

	(void)state;
	CHECK_OK(tls_session_create(&server, sc, SPAN_NONE, NULL));
	CHECK_OK(tls_session_create(&client, cc, SPAN("edge.example.com"), NULL));
	open_both(client, server);
	CHECK_OK(tls_write(client, SPAN("BYE")));
	out = tls_output(client);
	CHECK(out.n <= sizeof(record));
	memcpy(record, out.p, out.n);
	record[out.n - 1] ^= 1;
	CHECK_OK(tls_put(server, (struct span){ record, out.n }));
	CHECK_INT(TLS_EVENT_FAILED, tls_next(server, plain, sizeof(plain), &n));
	tls_failure_of(server, TLS_TROUBLE_CLOSED, &failure);
	CHECK_INT(TLS_TROUBLE_ALERT_SENT, failure.trouble);
	CHECK_INT(20, failure.alert_sent);
	tls_session_destroy(server);
	tls_session_destroy(client);
	tls_context_destroy(sc);
	tls_context_destroy(cc);
}

/* Contexts */

static void a_bad_set_of_files_is_refused_by_name(void **state)
{
	struct cert weak = cert_make(&(struct cert_spec){ .name = "weak", .rsa_bits = 1024 });
	char weak_file[CA_PATH_MAX], weak_key[CA_PATH_MAX], junk[CA_PATH_MAX];
	char other_key[CA_PATH_MAX];

	ca_write(&ca, "weak.pem", &weak.x509, 1, NULL, weak_file);
	ca_write(&ca, "weakkey.pem", NULL, 0, weak.key, weak_key);
	ca_write(&ca, "otherkey.pem", NULL, 0, ca.root.key, other_key);
	ca_write(&ca, "junk.pem", NULL, 0, NULL, junk);
	const struct {
		const char *label, *chain, *key;
		sotto_err want;
		const char *names;
	} rows[] = {
		{ "good", ca.chain_file, ca.key_file, SOTTO_OK, "" },
		{ "no chain file", "/nowhere/chain.pem", ca.key_file, SOTTO_ENOENT,
			"/nowhere/chain.pem" },
		{ "no key file", ca.chain_file, "/nowhere/key.pem", SOTTO_ENOENT,
			"/nowhere/key.pem" },
		{ "no certificate in it", junk, ca.key_file, SOTTO_ESYNTAX, junk },
		{ "no key in it", ca.chain_file, junk, SOTTO_ESYNTAX, junk },
		{ "another's key", ca.chain_file, other_key, SOTTO_ESYNTAX, other_key },
		{ "weak", weak_file, weak_key, SOTTO_EREFUSED, weak_file },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tls_server_settings settings = { rows[i].chain, rows[i].key };
		char text[256] = "";
		struct buf why = buf_over(text, sizeof(text) - 1);
		struct tls_context *c;

		ROW(rows[i].label);
		CHECK_INT(rows[i].want, tls_context_create_server(&c, &settings, &why));
		CHECK_INT(rows[i].want == SOTTO_OK, c != NULL);
		CHECK(strstr(text, rows[i].names) == text);
		tls_context_destroy(c);
	}
	cert_free(&weak);
}

static void a_chain_has_a_maximum(void **state)
{
	struct cert certs[TLS_CHAIN_MAX + 3];
	X509 *file[ARRAY_LEN(certs)];
	char chain[CA_PATH_MAX], key[CA_PATH_MAX];

	(void)state;
	certs[0] = cert_make(&(struct cert_spec){ .name = "root", .is_ca = 1 });
	for (size_t i = 1; i < ARRAY_LEN(certs); i++) {
		char name[16];
		snprintf(name, sizeof(name), "ca %zu", i);
		certs[i] = cert_make(
			&(struct cert_spec){ .name = name, .is_ca = 1, .issuer = &certs[i - 1] });
	}
	for (size_t over = 0; over < 2; over++) {
		size_t leaf = TLS_CHAIN_MAX + 1 + over;
		struct tls_server_settings settings = { chain, key };
		struct tls_context *c;

		for (size_t i = 0; i <= leaf; i++)
			file[i] = certs[leaf - i].x509;
		ca_write(&ca, "long.pem", file, leaf + 1, NULL, chain);
		ca_write(&ca, "longkey.pem", NULL, 0, certs[leaf].key, key);
		CHECK_INT(over ? SOTTO_ETOOBIG : SOTTO_OK,
			tls_context_create_server(&c, &settings, NULL));
		tls_context_destroy(c);
	}
	for (size_t i = 0; i < ARRAY_LEN(certs); i++)
		cert_free(&certs[i]);
}

static void pin_mode_wants_one_to_four_pins(void **state)
{
	static const struct {
		size_t pins;
		sotto_err want;
	} rows[] = { { 0, SOTTO_EINVAL }, { 1, SOTTO_OK }, { TLS_PINS_MAX, SOTTO_OK },
		{ TLS_PINS_MAX + 1, SOTTO_EINVAL } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct tls_client_settings settings = { .verify = TLS_VERIFY_PIN,
			.pin_count = rows[i].pins };
		struct tls_context *c;

		CHECK_INT(rows[i].want, tls_context_create_client(&c, &settings, NULL));
		tls_context_destroy(c);
	}
}

static void create_once(void *ctx)
{
	struct tls_server_settings settings = { ca.chain_file, ca.key_file };
	struct tls_session *s = NULL;
	struct tls_context *c;

	(void)ctx;
	if (tls_context_create_server(&c, &settings, NULL) == SOTTO_OK &&
		tls_session_create(&s, c, SPAN_NONE, NULL))
		CHECK(s == NULL);
	tls_session_destroy(s);
	tls_context_destroy(c);
}

static void creation_survives_want_of_memory(void **state)
{
	(void)state;
	alloc_fail_sweep(create_once, NULL);
}

static void alerts_have_the_rfcs_names(void **state)
{
	(void)state;
	CHECK_SPAN("protocol_version", span_of(tls_alert_name(70)));
	CHECK_SPAN("unknown_ca", span_of(tls_alert_name(48)));
	CHECK_SPAN("?", span_of(tls_alert_name(255)));
}

static int set_up(void **state)
{
	(void)state;
	ca_setup(&ca);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ca_teardown(&ca);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_server_speaks_1_2_and_1_3_only),
		cmocka_unit_test(our_server_sends_leaf_and_intermediates_but_no_root),
		cmocka_unit_test(our_server_takes_a_list_of_ciphers),
		cmocka_unit_test(plain_sip_on_the_tls_port_is_told_as_such),
		cmocka_unit_test(our_client_judges_the_server),
		cmocka_unit_test(a_refusal_names_the_ca_that_is_missing),
		cmocka_unit_test(a_weak_key_is_refused_in_every_mode),
		cmocka_unit_test(our_client_sends_names_but_no_addresses_as_sni),
		cmocka_unit_test(a_name_has_a_maximum),
		cmocka_unit_test(messages_and_good_bye_pass),
		cmocka_unit_test(a_changed_byte_is_refused),
		cmocka_unit_test(a_bad_set_of_files_is_refused_by_name),
		cmocka_unit_test(a_chain_has_a_maximum),
		cmocka_unit_test(pin_mode_wants_one_to_four_pins),
		cmocka_unit_test(creation_survives_want_of_memory),
		cmocka_unit_test(alerts_have_the_rfcs_names),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
