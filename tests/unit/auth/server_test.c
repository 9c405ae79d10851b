/** @file unit/auth/server_test.c  Challenges, and the verdicts on their answers. */
#include "auth/digest.h"
#include "auth/nonce.h"
#include "unit/alloc_fail.h"
#include "unit/auth/kit.h"

#define REALM "sotto.example.com"
#define URI   "sip:example.com"

static struct rng_seeded rng;
static struct auth_server *server;
static struct auth_ha1 ha1;

static void start(void)
{
	rng_seeded_init(&rng, 7);
	server = auth_server_create(&rng.rng, SPAN(REALM), 3);
	CHECK(server != NULL);
	CHECK_OK(auth_ha1_make(&ha1, SPAN("alice"), SPAN(REALM), SPAN("secret")));
}

/** Good credentials for a fresh challenge; their bytes stay until the next. */
struct answer {
	struct sip_credentials c;
	char nonce[NONCE_TEXT_LEN], response[AUTH_RESPONSE_MAX];
};

static void sign(struct answer *a, const struct auth_ha1 *with)
{
	CHECK_OK(auth_response(a->response, with, &a->c, SPAN("REGISTER")));
	a->c.response = (struct span){ a->response, auth_response_len(a->c.algorithm) };
}

static void answer_make(
	struct answer *a, enum digest_algorithm algorithm, bool has_qop, instant_t now)
{
	char text[1024];
	struct sip_out o;
	const char *at;

	sip_out_init(&o, text, sizeof(text));
	auth_server_challenge(server, &o, SIP_HEADER_WWW_AUTHENTICATE, false, now);
	at = strstr(kit_lines(&o), "nonce=\"");
	CHECK(at != NULL);
	memcpy(a->nonce, at + strlen("nonce=\""), sizeof(a->nonce));
	a->c = (struct sip_credentials){
		.username = SPAN("alice"),
		.realm = SPAN(REALM),
		.nonce = { a->nonce, sizeof(a->nonce) },
		.uri = SPAN(URI),
		.algorithm = algorithm,
		.has_qop = has_qop,
		.nc = has_qop,
		.nc_text = has_qop ? SPAN("00000001") : SPAN_NONE,
		.cnonce = has_qop ? SPAN("0a4f113b") : SPAN_NONE,
	};
	sign(a, &ha1);
}

static enum auth_verdict check(const struct answer *a, instant_t now)
{
	return auth_server_check(server, &a->c, SPAN("REGISTER"), SPAN(URI), &ha1, now);
}

static void challenge_offers_sha256_before_md5(void **state)
{
	char text[1024];
	struct sip_challenge c;
	struct kit_msg m;
	struct sip_out o;

	(void)state;
	ROW("");
	start();
	sip_out_init(&o, text, sizeof(text));
	auth_server_challenge(server, &o, SIP_HEADER_PROXY_AUTHENTICATE, true, 0);
	kit_msg_make(&m, 407, kit_lines(&o));
	CHECK_OK(sip_challenge_parse(&c, m.msg.fields[m.msg.field_count - 3].value));
	CHECK_INT(DIGEST_SHA256, c.algorithm);
	CHECK_SPAN(REALM, c.realm);
	CHECK(c.stale && c.has_qop && c.qop_auth);
	CHECK_OK(sip_challenge_parse(&c, m.msg.fields[m.msg.field_count - 2].value));
	CHECK_INT(DIGEST_MD5, c.algorithm);
	CHECK_INT(SIP_HEADER_PROXY_AUTHENTICATE, m.msg.fields[m.msg.field_count - 2].id);
	kit_msg_free(&m);
	auth_server_destroy(server);
}

static void an_algorithm_that_is_off_is_neither_offered_nor_taken(void **state)
{
	char text[1024];
	struct sip_challenge c;
	struct answer a;
	struct kit_msg m;
	struct sip_out o;

	(void)state;
	ROW("");
	start();
	auth_server_set_algorithms(server, AUTH_MD5);
	sip_out_init(&o, text, sizeof(text));
	auth_server_challenge(server, &o, SIP_HEADER_WWW_AUTHENTICATE, false, 0);
	kit_msg_make(&m, 401, kit_lines(&o));
	CHECK_OK(sip_challenge_parse(&c, m.msg.fields[m.msg.field_count - 2].value));
	CHECK_INT(DIGEST_MD5, c.algorithm);
	CHECK(m.msg.fields[m.msg.field_count - 3].id != SIP_HEADER_WWW_AUTHENTICATE);
	kit_msg_free(&m);
	answer_make(&a, DIGEST_SHA256, true, 0);
	CHECK_INT(AUTH_WRONG, check(&a, 0));
	answer_make(&a, DIGEST_MD5, true, 0);
	CHECK_INT(AUTH_OK, check(&a, 0));
	auth_server_destroy(server);
}

static void right_answers_are_accepted_once(void **state)
{
	static const struct {
		const char *label;
		enum digest_algorithm algorithm;
		bool has_qop;
	} rows[] = {
		{ "SHA-256, qop", DIGEST_SHA256, true },
		{ "MD5, qop", DIGEST_MD5, true },
		{ "SHA-256 without qop", DIGEST_SHA256, false },
		{ "MD5 without qop (RFC 2069)", DIGEST_MD5, false },
	};
	struct answer a;

	(void)state;
	start();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		answer_make(&a, rows[i].algorithm, rows[i].has_qop, 0);
		CHECK_INT(AUTH_OK, check(&a, 0));
		CHECK_INT(AUTH_STALE, check(&a, 0)); /* the same bytes again: a replay */
		if (!rows[i].has_qop)
			continue;
		a.c.nc = 2;
		a.c.nc_text = SPAN("00000002");
		CHECK_INT(AUTH_WRONG, check(&a, 0)); /* the count is under the hash */
		sign(&a, &ha1);
		CHECK_INT(AUTH_OK, check(&a, 0));
	}
	auth_server_destroy(server);
}

enum change {
	PASSWORD,
	USER_UNKNOWN,
	USER_UNKNOWN_ZERO,
	REALM_OTHER,
	ALGORITHM_OTHER,
	ALGORITHM_SWAPPED,
	URI_OTHER,
	URI_EQUAL,
	METHOD,
	NONCE_FORGED,
	NONCE_FORGED_AND_PASSWORD,
	NONCE_OLD,
	NONCE_ALMOST_OLD,
	RESPONSE_SHORT,
	RESPONSE_EMPTY,
	RESPONSE_UPPER,
	RESPONSE_NOT_HEX,
};

static void change(struct answer *a, enum change what)
{
	struct auth_ha1 other, zero = { { 0 }, { 0 } };

	CHECK_OK(auth_ha1_make(&other, SPAN("alice"), SPAN(REALM), SPAN("guess")));
	if (what == PASSWORD || what == NONCE_FORGED_AND_PASSWORD)
		sign(a, &other);
	if (what == USER_UNKNOWN_ZERO)
		sign(a, &zero);
	if (what == REALM_OTHER)
		a->c.realm = SPAN("elsewhere");
	if (what == ALGORITHM_OTHER)
		a->c.algorithm = DIGEST_OTHER;
	if (what == ALGORITHM_SWAPPED)
		a->c.algorithm = DIGEST_MD5;
	if (what == URI_OTHER || what == URI_EQUAL) {
		a->c.uri = what == URI_EQUAL ? SPAN("sip:EXAMPLE.com") : SPAN("sip:example.org");
		sign(a, &ha1);
	}
	if (what == NONCE_FORGED || what == NONCE_FORGED_AND_PASSWORD) {
		a->nonce[20] = a->nonce[20] == 'a' ? 'b' : 'a';
		sign(a, what == NONCE_FORGED ? &ha1 : &other);
	}
	if (what == RESPONSE_SHORT)
		a->c.response.n--;
	if (what == RESPONSE_EMPTY)
		a->c.response.n = 0;
	if (what == RESPONSE_NOT_HEX)
		a->response[0] = 'g';
	for (size_t i = 0; what == RESPONSE_UPPER && i < a->c.response.n; i++)
		if (a->response[i] >= 'a')
			a->response[i] = (char)(a->response[i] - 32);
}

static void verdicts(void **state)
{
	static const struct {
		const char *label;
		enum change change;
		enum auth_verdict want;
	} rows[] = {
		{ "wrong password", PASSWORD, AUTH_WRONG },
		{ "nobody of that name", USER_UNKNOWN, AUTH_WRONG },
		{ "nobody of that name, and the answer to zeros", USER_UNKNOWN_ZERO, AUTH_WRONG },
		{ "another realm", REALM_OTHER, AUTH_ABSENT },
		{ "an algorithm that was not offered", ALGORITHM_OTHER, AUTH_WRONG },
		{ "the length of another algorithm", ALGORITHM_SWAPPED, AUTH_MALFORMED },
		{ "another URI than the request's", URI_OTHER, AUTH_MALFORMED },
		{ "an equal URI (§19.1.4)", URI_EQUAL, AUTH_OK },
		{ "another method", METHOD, AUTH_WRONG },
		{ "a nonce that we did not make", NONCE_FORGED, AUTH_STALE },
		{ "such a nonce teaches nothing about the password", NONCE_FORGED_AND_PASSWORD,
			AUTH_STALE },
		{ "a nonce over its life", NONCE_OLD, AUTH_STALE },
		{ "a nonce at the end of its life", NONCE_ALMOST_OLD, AUTH_OK },
		{ "a response too short", RESPONSE_SHORT, AUTH_MALFORMED },
		{ "no response", RESPONSE_EMPTY, AUTH_MALFORMED },
		{ "upper-case digits", RESPONSE_UPPER, AUTH_OK },
		{ "no digit", RESPONSE_NOT_HEX, AUTH_WRONG },
	};
	struct answer a;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum change what = rows[i].change;
		bool is_unknown = what == USER_UNKNOWN || what == USER_UNKNOWN_ZERO;
		instant_t now = 50;
		ROW(rows[i].label);
		start();
		answer_make(&a, DIGEST_SHA256, true, now);
		change(&a, what);
		if (what == NONCE_OLD || what == NONCE_ALMOST_OLD)
			now = instant_add(now, AUTH_NONCE_LIFE) + (what == NONCE_OLD);
		CHECK_INT(rows[i].want, auth_server_check(server, &a.c,
						what == METHOD ? SPAN("INVITE") : SPAN("REGISTER"),
						SPAN(URI), is_unknown ? NULL : &ha1, now));
		auth_server_destroy(server);
	}
}

static void wrong_answers_leave_no_trace(void **state)
{
	struct answer a, wrong;
	struct auth_ha1 other;

	(void)state;
	ROW("");
	start();
	answer_make(&a, DIGEST_SHA256, true, 0);
	wrong = a;
	wrong.c.nc = 9;
	wrong.c.nc_text = SPAN("00000009");
	CHECK_OK(auth_ha1_make(&other, SPAN("alice"), SPAN(REALM), SPAN("guess")));
	wrong.c.response.p = wrong.response;
	sign(&wrong, &other);
	CHECK_INT(AUTH_WRONG, check(&wrong, 0));
	CHECK_INT(AUTH_OK, check(&a, 0)); /* the count 9 was not remembered */
	auth_server_destroy(server);
}

#define CRED(realm, more)                                                                \
	"Digest username=\"alice\", realm=\"" realm "\", nonce=\"n\", uri=\"" URI "\", " \
	"response=\"00\"" more "\r\n"

static void credentials_are_found_by_realm(void **state)
{
	static const struct {
		const char *label, *headers;
		sotto_err want;
	} rows[] = {
		{ "none", "", SOTTO_ENOENT },
		{ "ours", "Authorization: " CRED(REALM, ""), SOTTO_OK },
		{ "ours for a proxy", "Proxy-Authorization: " CRED(REALM, ""), SOTTO_OK },
		{ "another realm's", "Authorization: " CRED("x", ""), SOTTO_ENOENT },
		{ "behind another realm's",
			"Authorization: " CRED("x", "") "Authorization: " CRED(REALM, ""),
			SOTTO_OK },
		{ "another scheme", "Authorization: Basic YTpi\r\n", SOTTO_ENOENT },
		{ "auth-int, which we do not offer",
			"Authorization: " CRED(REALM, ", qop=auth-int, nc=00000001, cnonce=\"c\""),
			SOTTO_ENOENT },
		{ "without a response",
			"Authorization: Digest username=\"a\", realm=\"" REALM "\"\r\n",
			SOTTO_ESYNTAX },
		{ "qop without cnonce", "Authorization: " CRED(REALM, ", qop=auth"),
			SOTTO_ESYNTAX },
		{ "a bad one before ours",
			"Authorization: Digest ;\r\nAuthorization: " CRED(REALM, ""), SOTTO_OK },
	};

	(void)state;
	start();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_credentials c = { .nc = 99 };
		struct kit_msg m;
		ROW(rows[i].label);
		kit_msg_make(&m, 0, rows[i].headers);
		CHECK_INT(rows[i].want, auth_server_credentials(server, &m.msg, &c));
		CHECK_SPAN(rows[i].want ? "" : "alice", c.username);
		kit_msg_free(&m);
	}
	auth_server_destroy(server);
}

static void realm_has_bounds(void **state)
{
	char longest[129];
	static const char *const bad[] = { "", "a\"b", "a\\b", "a\r\nb" };

	(void)state;
	rng_seeded_init(&rng, 7);
	memset(longest, 'r', sizeof(longest));
	ROW("128 bytes");
	server = auth_server_create(&rng.rng, (struct span){ longest, 128 }, 0);
	CHECK(server != NULL);
	CHECK_INT(128, auth_server_realm(server).n);
	auth_server_destroy(server);
	ROW("129 bytes");
	CHECK(auth_server_create(&rng.rng, (struct span){ longest, 129 }, 0) == NULL);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		ROW(bad[i]);
		CHECK(auth_server_create(&rng.rng, span_of(bad[i]), 0) == NULL);
	}
	auth_server_destroy(NULL);
}

static void create_and_use(void *ctx)
{
	struct answer a;
	enum auth_verdict v;

	(void)ctx;
	rng_seeded_init(&rng, 7);
	server = auth_server_create(&rng.rng, SPAN(REALM), 3);
	if (!server)
		return;
	answer_make(&a, DIGEST_SHA256, true, 0);
	v = check(&a, 0);
	CHECK(v == AUTH_OK || v == AUTH_STALE); /* never forgotten and accepted */
	CHECK(v == AUTH_STALE || check(&a, 0) == AUTH_STALE);
	auth_server_destroy(server);
}

static void lack_of_memory_fails_closed(void **state)
{
	(void)state;
	ROW("");
	alloc_fail_sweep(create_and_use, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(challenge_offers_sha256_before_md5),
		cmocka_unit_test(an_algorithm_that_is_off_is_neither_offered_nor_taken),
		cmocka_unit_test(right_answers_are_accepted_once),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(wrong_answers_leave_no_trace),
		cmocka_unit_test(credentials_are_found_by_realm),
		cmocka_unit_test(realm_has_bounds),
		cmocka_unit_test(lack_of_memory_fails_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
