/** @file unit/sip/digest_test.c  Tests sip/digest.h. */
#include "sip/digest.h"

#include "unit/test.h"

#define CRED "Digest username=\"bob\", realm=\"r\", nonce=\"n\", uri=\"sip:r\", response=\"00ff\""
#define QOP  ", qop=auth, cnonce=\"c\", nc=0000000f"

static void challenges_are_read(void **state)
{
	static const struct {
		const char *label, *in, *realm, *nonce;
		enum digest_algorithm algorithm;
		bool stale, has_qop, qop_auth;
		const char *opaque; /* NULL: none */
	} rows[] = {
		{ "the least", "Digest realm=\"r\", nonce=\"n\"", "r", "n", DIGEST_MD5, false,
			false, false, NULL },
		{ "all, odd case and blanks",
			"dIGEST\tRealm = \"atlanta.com\" ,NONCE=\"84a4\",opaque=\"\", Stale=TRUE, "
			"algorithm=sha-256 , qop=\"auth-int, AUTH\"",
			"atlanta.com", "84a4", DIGEST_SHA256, true, true, true, "" },
		{ "another algorithm", "Digest realm=\"r\",nonce=\"n\",algorithm=SHA-512-256", "r",
			"n", DIGEST_OTHER, false, false, false, NULL },
		{ "session algorithm", "Digest realm=\"r\",nonce=\"n\",algorithm=MD5-sess", "r",
			"n", DIGEST_OTHER, false, false, false, NULL },
		{ "quoted algorithm [field]", "Digest realm=\"r\",nonce=\"n\",algorithm=\"MD5\"",
			"r", "n", DIGEST_MD5, false, false, false, NULL },
		{ "only auth-int", "Digest realm=\"r\",nonce=\"n\",qop=\"auth-int\"", "r", "n",
			DIGEST_MD5, false, true, false, NULL },
		{ "unquoted qop [field]", "Digest realm=\"r\",nonce=\"n\",qop=auth", "r", "n",
			DIGEST_MD5, false, true, true, NULL },
		{ "comma and escape in quotes", "Digest realm=\"a, \\\"b\\\"\",nonce=\"n=\"",
			"a, \\\"b\\\"", "n=", DIGEST_MD5, false, false, false, NULL },
		{ "unknown parameters", "Digest realm=\"r\",x=y,nonce=\"n\",domain=\"sip:a sip:b\"",
			"r", "n", DIGEST_MD5, false, false, false, NULL },
		{ "empty elements", "Digest ,realm=\"r\",,nonce=\"n\",", "r", "n", DIGEST_MD5,
			false, false, false, NULL },
		{ "stale=false", "Digest realm=\"r\",nonce=\"n\",stale=false", "r", "n", DIGEST_MD5,
			false, false, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_challenge c;
		ROW(rows[i].label);
		CHECK_OK(sip_challenge_parse(&c, span_of(rows[i].in)));
		CHECK_SPAN(rows[i].realm, c.realm);
		CHECK_SPAN(rows[i].nonce, c.nonce);
		CHECK_INT(rows[i].algorithm, c.algorithm);
		CHECK_INT(rows[i].stale, c.stale);
		CHECK_INT(rows[i].has_qop, c.has_qop);
		CHECK_INT(rows[i].qop_auth, c.qop_auth);
		CHECK_INT(rows[i].opaque == NULL, c.opaque.p == NULL);
	}
}

static void bad_challenges_are_refused(void **state)
{
	static const struct {
		const char *label, *in;
		sotto_err want;
	} rows[] = {
		{ "empty", "", SOTTO_ESYNTAX },
		{ "another scheme", "Basic realm=\"r\"", SOTTO_EUNSUPPORTED },
		{ "scheme alone", "Digest", SOTTO_EMISSING },
		{ "no realm", "Digest nonce=\"n\"", SOTTO_EMISSING },
		{ "no nonce", "Digest realm=\"r\"", SOTTO_EMISSING },
		{ "empty nonce", "Digest realm=\"r\", nonce=\"\"", SOTTO_EMISSING },
		{ "open quote", "Digest realm=\"r, nonce=n", SOTTO_ESYNTAX },
		{ "no value", "Digest realm=", SOTTO_ESYNTAX },
		{ "no '='", "Digest realm", SOTTO_ESYNTAX },
		{ "no comma", "Digest realm=\"r\" nonce=\"n\"", SOTTO_ESYNTAX },
		{ "twice", "Digest realm=\"r\",nonce=\"n\",Realm=\"s\"", SOTTO_ESYNTAX },
		{ "no blank", "Digest,realm=\"r\"", SOTTO_ESYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_challenge c;
		ROW(rows[i].label);
		memset(&c, 0x77, sizeof(c));
		CHECK_INT(rows[i].want, sip_challenge_parse(&c, span_of(rows[i].in)));
		CHECK(c.realm.p == NULL && c.nonce.p == NULL && !c.stale);
	}
}

static void credentials_are_read(void **state)
{
	struct sip_credentials c;

	(void)state;
	ROW("without qop (RFC 2617)");
	CHECK_OK(sip_credentials_parse(&c, SPAN(CRED)));
	CHECK_SPAN("bob", c.username);
	CHECK_SPAN("r", c.realm);
	CHECK_SPAN("n", c.nonce);
	CHECK_SPAN("sip:r", c.uri);
	CHECK_SPAN("00ff", c.response);
	CHECK(!c.has_qop && c.nc == 0 && c.cnonce.p == NULL && c.opaque.p == NULL);
	CHECK_INT(DIGEST_MD5, c.algorithm);
	ROW("with qop");
	CHECK_OK(sip_credentials_parse(&c, SPAN(CRED QOP ", opaque=\"o\", algorithm=SHA-256")));
	CHECK(c.has_qop);
	CHECK_INT(15, c.nc);
	CHECK_SPAN("0000000f", c.nc_text);
	CHECK_SPAN("c", c.cnonce);
	CHECK_SPAN("o", c.opaque);
	CHECK_INT(DIGEST_SHA256, c.algorithm);
	ROW("largest count, quoted as some do");
	CHECK_OK(sip_credentials_parse(
		&c, SPAN(CRED ", qop=\"auth\", cnonce=\"c\", nc=\"FFFFFFFF\"")));
	CHECK_INT(UINT32_MAX, c.nc);
	ROW("empty user name");
	CHECK_OK(sip_credentials_parse(
		&c, SPAN("Digest username=\"\",realm=\"\",nonce=\"n\",uri=\"u\",response=\"x\"")));
	CHECK(c.username.p != NULL && c.username.n == 0);
}

static void bad_credentials_are_refused(void **state)
{
	static const struct {
		const char *label, *in;
		sotto_err want;
	} rows[] = {
		{ "another scheme (RFC 4475 §3.3.7)", "NoOneKnowsThisScheme opaque-data=here",
			SOTTO_EUNSUPPORTED },
		{ "no user", "Digest realm=\"r\",nonce=\"n\",uri=\"u\",response=\"x\"",
			SOTTO_EMISSING },
		{ "no realm", "Digest username=\"b\",nonce=\"n\",uri=\"u\",response=\"x\"",
			SOTTO_EMISSING },
		{ "no nonce", "Digest username=\"b\",realm=\"r\",uri=\"u\",response=\"x\"",
			SOTTO_EMISSING },
		{ "no uri", "Digest username=\"b\",realm=\"r\",nonce=\"n\",response=\"x\"",
			SOTTO_EMISSING },
		{ "no response", "Digest username=\"b\",realm=\"r\",nonce=\"n\",uri=\"u\"",
			SOTTO_EMISSING },
		{ "qop without cnonce", CRED ", qop=auth, nc=00000001", SOTTO_EMISSING },
		{ "qop without nc", CRED ", qop=auth, cnonce=\"c\"", SOTTO_EMISSING },
		{ "auth-int", CRED ", qop=auth-int, cnonce=\"c\", nc=00000001",
			SOTTO_EUNSUPPORTED },
		{ "nc of seven digits", CRED ", qop=auth, cnonce=\"c\", nc=0000001",
			SOTTO_ESYNTAX },
		{ "nc of nine digits", CRED ", qop=auth, cnonce=\"c\", nc=000000001",
			SOTTO_ESYNTAX },
		{ "nc of letters", CRED ", qop=auth, cnonce=\"c\", nc=0000000g", SOTTO_ESYNTAX },
		{ "response twice", CRED ", response=\"11\"", SOTTO_ESYNTAX },
		{ "trailing text", CRED " x", SOTTO_ESYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_credentials c;
		ROW(rows[i].label);
		memset(&c, 0x77, sizeof(c));
		CHECK_INT(rows[i].want, sip_credentials_parse(&c, span_of(rows[i].in)));
		CHECK(c.username.p == NULL && c.response.p == NULL && !c.has_qop);
	}
}

static void challenges_are_written(void **state)
{
	char text[256];
	struct buf b = buf_over(text, sizeof(text));
	struct sip_challenge c = { .realm = SPAN("a \"b\\\" c"),
		.nonce = SPAN("n"),
		.algorithm = DIGEST_SHA256,
		.stale = true,
		.has_qop = true,
		.qop_auth = true };

	(void)state;
	sip_challenge_write(&b, &c);
	/* a quote that had no backslash gets one: it cannot end the string */
	CHECK_SPAN("Digest realm=\"a \\\"b\\\" c\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\", "
		   "stale=true",
		buf_span(&b));
	b.n = 0;
	c = (struct sip_challenge){ .realm = SPAN("r\\"), .nonce = SPAN("n"), .opaque = SPAN("o") };
	sip_challenge_write(&b, &c);
	CHECK_SPAN(
		"Digest realm=\"r\\\\\", nonce=\"n\", opaque=\"o\", algorithm=MD5", buf_span(&b));
}

static void unknown_algorithm_is_not_named(void **state)
{
	char text[64];
	struct buf b = buf_over(text, sizeof(text));
	struct sip_challenge c = {
		.realm = SPAN("r"), .nonce = SPAN("n"), .algorithm = DIGEST_OTHER
	};

	(void)state;
	sip_challenge_write(&b, &c);
	CHECK_SPAN("Digest realm=\"r\", nonce=\"n\"", buf_span(&b));
}

static void credentials_are_written_to_be_read_again(void **state)
{
	static const char *const rows[] = { CRED ", algorithm=MD5",
		CRED ", algorithm=SHA-256, opaque=\"o\", qop=auth, nc=0000000f, cnonce=\"c\"" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[256];
		struct buf b = buf_over(text, sizeof(text));
		struct sip_credentials c;
		CHECK_OK(sip_credentials_parse(&c, span_of(rows[i])));
		sip_credentials_write(&b, &c);
		CHECK_SPAN(rows[i], buf_span(&b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(challenges_are_read),
		cmocka_unit_test(bad_challenges_are_refused),
		cmocka_unit_test(credentials_are_read),
		cmocka_unit_test(bad_credentials_are_refused),
		cmocka_unit_test(challenges_are_written),
		cmocka_unit_test(unknown_algorithm_is_not_named),
		cmocka_unit_test(credentials_are_written_to_be_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
