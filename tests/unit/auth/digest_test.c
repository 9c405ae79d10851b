/** @file unit/auth/digest_test.c  The arithmetic of digest authentication. */
#include "auth/digest.h"
#include "data/digest_vectors.h"
#include "unit/auth/kit.h"

static struct sip_credentials credentials_of(const struct digest_vector *v)
{
	struct sip_credentials c = {
		.username = span_of(v->user),
		.realm = span_of(v->realm),
		.nonce = span_of(v->nonce),
		.uri = span_of(v->uri),
		.algorithm = v->algorithm,
		.has_qop = v->nc != NULL,
		.nc_text = span_of(v->nc),
		.cnonce = span_of(v->cnonce),
	};

	return c;
}

static void responses_are_those_of_the_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(digest_vectors); i++) {
		const struct digest_vector *v = &digest_vectors[i];
		struct sip_credentials c = credentials_of(v);
		char got[AUTH_RESPONSE_MAX];
		struct auth_ha1 ha1;
		ROW(v->id);
		CHECK_OK(auth_ha1_make(&ha1, c.username, c.realm, span_of(v->password)));
		CHECK_OK(auth_response(got, &ha1, &c, span_of(v->method)));
		CHECK_INT(strlen(v->response), auth_response_len(c.algorithm));
		CHECK_SPAN(v->response, ((struct span){ got, auth_response_len(c.algorithm) }));
	}
}

static void other_algorithms_are_not_computed(void **state)
{
	static const char zero[AUTH_RESPONSE_MAX];
	struct sip_credentials c = credentials_of(&digest_vectors[0]);
	struct auth_ha1 ha1 = { { 1 }, { 1 } };
	char got[AUTH_RESPONSE_MAX];

	(void)state;
	ROW("");
	memset(got, 'x', sizeof(got));
	c.algorithm = DIGEST_OTHER;
	CHECK_INT(SOTTO_EUNSUPPORTED, auth_response(got, &ha1, &c, SPAN("REGISTER")));
	CHECK(memcmp(got, zero, sizeof(got)) == 0);
}

static void ha1_is_wiped(void **state)
{
	static const struct auth_ha1 zero;
	struct auth_ha1 ha1;

	(void)state;
	ROW("");
	CHECK_OK(auth_ha1_make(&ha1, SPAN("u"), SPAN("r"), SPAN("p")));
	CHECK(memcmp(&ha1, &zero, sizeof(zero)) != 0);
	auth_ha1_wipe(&ha1);
	CHECK(memcmp(&ha1, &zero, sizeof(zero)) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responses_are_those_of_the_vectors),
		cmocka_unit_test(other_algorithms_are_not_computed),
		cmocka_unit_test(ha1_is_wiped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
