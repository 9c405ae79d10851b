/** @file unit/auth/client_test.c  Answers to 401 and 407. */
#include "auth/digest.h"
#include "unit/auth/kit.h"

#define CH(more) "Digest realm=\"r\", nonce=\"n1\"" more "\r\n"

static void first_challenge_that_we_can_answer_is_taken(void **state)
{
	static const struct {
		const char *label;
		unsigned status;
		const char *headers;
		sotto_err want;
		const char *start; /* of what is appended */
		enum digest_algorithm algorithm;
		bool has_qop;
	} rows[] = {
		{ "SHA-256 as the server lists it first", 401,
			"WWW-Authenticate: " CH(", algorithm=SHA-256, qop=\"auth\"") "WWW-Authenticate: " CH(
				", algorithm=MD5, qop=\"auth\""),
			SOTTO_OK, "Authorization: Digest ", DIGEST_SHA256, true },
		{ "MD5 if the server prefers it (RFC 8760 §2.4)", 401,
			"WWW-Authenticate: " CH(", algorithm=MD5, qop=\"auth\"") "WWW-Authenticate: " CH(
				", algorithm=SHA-256, qop=\"auth\""),
			SOTTO_OK, "Authorization: Digest ", DIGEST_MD5, true },
		{ "an algorithm that we do not know is passed over", 401,
			"WWW-Authenticate: " CH(", algorithm=SHA-512-256, qop=\"auth\"") "WWW-Authenticate: " CH(
				", algorithm=MD5"),
			SOTTO_OK, "Authorization: Digest ", DIGEST_MD5, false },
		{ "407", 407, "Proxy-Authenticate: " CH(", qop=\"auth-int,auth\""), SOTTO_OK,
			"Proxy-Authorization: Digest ", DIGEST_MD5, true },
		{ "opaque goes back", 401, "WWW-Authenticate: " CH(", opaque=\"o1\""), SOTTO_OK,
			"Authorization: Digest ", DIGEST_MD5, false },
		{ "no challenge", 401, "", SOTTO_EMISSING, NULL, DIGEST_MD5, false },
		{ "the other kind of challenge", 401, "Proxy-Authenticate: " CH(""), SOTTO_EMISSING,
			NULL, DIGEST_MD5, false },
		{ "auth-int alone", 401, "WWW-Authenticate: " CH(", qop=\"auth-int\""),
			SOTTO_EUNSUPPORTED, NULL, DIGEST_MD5, false },
		{ "another scheme", 401, "WWW-Authenticate: Basic realm=\"r\"\r\n",
			SOTTO_EUNSUPPORTED, NULL, DIGEST_MD5, false },
		{ "no nonce", 401, "WWW-Authenticate: Digest realm=\"r\"\r\n", SOTTO_EUNSUPPORTED,
			NULL, DIGEST_MD5, false },
	};
	struct rng_seeded rng;

	(void)state;
	rng_seeded_init(&rng, 3);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_credentials c;
		char text[4096], want[AUTH_RESPONSE_MAX];
		struct auth_ha1 ha1;
		struct kit_msg m;
		struct sip_out o;
		struct span value;
		ROW(rows[i].label);
		kit_msg_make(&m, rows[i].status, rows[i].headers);
		sip_out_init(&o, text, sizeof(text));
		CHECK_INT(rows[i].want,
			auth_client_answer(&o, &m.msg, SPAN("REGISTER"), SPAN("sip:h;x=y"),
				SPAN("alice"), SPAN("p\"w"), &rng.rng));
		value = span_trim(span_of(kit_lines(&o)));
		if (rows[i].want) {
			CHECK_INT(0, value.n);
			kit_msg_free(&m);
			continue;
		}
		CHECK(span_strip(&value, span_of(rows[i].start)));
		value.p -= strlen("Digest ");
		value.n += strlen("Digest ");
		CHECK_OK(sip_credentials_parse(&c, value));
		CHECK_INT(rows[i].algorithm, c.algorithm);
		CHECK_INT(rows[i].has_qop, c.has_qop);
		CHECK_INT(rows[i].has_qop, c.nc);
		CHECK_SPAN("sip:h;x=y", c.uri);
		CHECK_SPAN("n1", c.nonce);
		CHECK_SPAN(strstr(rows[i].headers, "opaque") ? "o1" : "", c.opaque);
		CHECK_OK(auth_ha1_make(&ha1, SPAN("alice"), SPAN("r"), SPAN("p\"w")));
		CHECK_OK(auth_response(want, &ha1, &c, SPAN("REGISTER")));
		CHECK(span_eq(c.response, (struct span){ want, auth_response_len(c.algorithm) }));
		kit_msg_free(&m);
	}
}

static void what_cannot_stand_in_quotes_is_refused(void **state)
{
	static const struct {
		const char *label, *user, *uri;
	} rows[] = {
		{ "a quote in the user", "al\"ice", "sip:h" },
		{ "a backslash in the user", "al\\ice", "sip:h" },
		{ "no user", "", "sip:h" },
		{ "a quote in the URI", "alice", "sip:\"h" },
		{ "no URI", "alice", "" },
	};
	struct rng_seeded rng;
	struct kit_msg m;

	(void)state;
	rng_seeded_init(&rng, 3);
	kit_msg_make(&m, 401, "WWW-Authenticate: " CH(""));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[4096];
		struct sip_out o;
		ROW(rows[i].label);
		sip_out_init(&o, text, sizeof(text));
		CHECK_INT(SOTTO_EINVAL,
			auth_client_answer(&o, &m.msg, SPAN("REGISTER"), span_of(rows[i].uri),
				span_of(rows[i].user), SPAN("x"), &rng.rng));
		CHECK_INT(0, o.b.n);
	}
	kit_msg_free(&m);
}

/** Each answer has a cnonce of its own, so that nobody can prepare for it. */
static void cnonces_differ(void **state)
{
	struct rng_seeded rng;
	struct kit_msg m;
	char text[2][2048];

	(void)state;
	ROW("");
	rng_seeded_init(&rng, 3);
	kit_msg_make(&m, 401, "WWW-Authenticate: " CH(", qop=\"auth\""));
	for (size_t i = 0; i < 2; i++) {
		struct sip_out o;
		sip_out_init(&o, text[i], sizeof(text[i]));
		CHECK_OK(auth_client_answer(
			&o, &m.msg, SPAN("BYE"), SPAN("sip:h"), SPAN("a"), SPAN("p"), &rng.rng));
		(void)kit_lines(&o);
	}
	CHECK(strcmp(text[0], text[1]) != 0);
	kit_msg_free(&m);
}

/** A challenge may be as long as a message: what does not fit is an overflow, never half a line. */
static void long_challenges_overflow(void **state)
{
	static char headers[6000];
	struct rng_seeded rng;
	struct kit_msg m;
	char text[16384];
	struct sip_out o;

	(void)state;
	ROW("");
	rng_seeded_init(&rng, 3);
	snprintf(headers, sizeof(headers),
		"WWW-Authenticate: Digest realm=\"r\", nonce=\"%05000d\"\r\n", 1);
	kit_msg_make(&m, 401, headers);
	sip_out_init(&o, text, sizeof(text));
	CHECK_OK(auth_client_answer(
		&o, &m.msg, SPAN("BYE"), SPAN("sip:h"), SPAN("a"), SPAN("p"), &rng.rng));
	CHECK(o.b.overflow);
	CHECK_INT(0, o.b.n);
	kit_msg_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_challenge_that_we_can_answer_is_taken),
		cmocka_unit_test(what_cannot_stand_in_quotes_is_refused),
		cmocka_unit_test(cnonces_differ),
		cmocka_unit_test(long_challenges_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
