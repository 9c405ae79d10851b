/** @file unit/offer/decide_test.c  Tests offer/decide.h: the table as a whole. */
#include "unit/offer/fixture.h"

#include "offer/decide.h"

typedef void each_fn(enum offer_role role, enum encrypted_media setting,
	enum offer_transport transport, enum offer_keying keying,
	const struct offer_policy *policy);

/* Every case that the table can be asked, with every setting that it looks at. */
static void each_case(each_fn *fn)
{
	struct offer_policy p;

	offer_policy_default(&p);
	for (unsigned n = 0; n < 2u * 3 * OFFER_TRANSPORT_COUNT * KEYING_COUNT * 16; n++) {
		unsigned i = n;

		p.osrtp_decline_rtp = i & 1;
		p.lenient_tag = i & 2;
		p.require_tls = i & 4;
		p.signalling_is_secure = i & 8;
		i /= 16;
		enum offer_role role = i % 2 ? OFFER_OFFERING : OFFER_ANSWERING;
		i /= 2;
		enum encrypted_media setting = (enum encrypted_media)(i % 3);
		i /= 3;
		enum offer_transport transport = (enum offer_transport)(i % OFFER_TRANSPORT_COUNT);
		i /= OFFER_TRANSPORT_COUNT;
		fn(role, setting, transport, (enum offer_keying)i, &p);
	}
}

static void has_a_row(enum offer_role role, enum encrypted_media setting,
	enum offer_transport transport, enum offer_keying keying, const struct offer_policy *policy)
{
	struct decision d = offer_decide(role, setting, transport, keying, policy);

	ROW(d.rule);
	if (role == OFFER_ANSWERING && keying == KEYING_ONE_FITS && transport != OFFER_DTLS &&
		transport != OFFER_T38 && transport != OFFER_OTHER)
		return; /* only an answer has it */
	CHECK(d.why != FAILURE_internal_error);
	CHECK_INT(d.accepted, d.why == FAILURE_none);
}

static void every_case_has_a_row(void **state)
{
	(void)state;
	each_case(has_a_row);
}

static void is_never_clear_when_required(enum offer_role role, enum encrypted_media setting,
	enum offer_transport transport, enum offer_keying keying, const struct offer_policy *policy)
{
	struct decision d = offer_decide(role, setting, transport, keying, policy);

	ROW(d.rule);
	if (d.accepted && setting == ENCRYPTED_MEDIA_SRTP)
		CHECK(d.security != MEDIA_CLEAR);
	if (d.accepted && transport == OFFER_SAVP) /* the peer will send SRTP, or nothing */
		CHECK(d.security != MEDIA_CLEAR);
	if (d.accepted && d.security == MEDIA_SDES)
		CHECK(keying == KEYING_COMMON || keying == KEYING_ONE_FITS);
	if (d.accepted && d.security == MEDIA_SDES)
		CHECK(!offer_policy_forbids_keys(policy));
}

static void srtp_required_is_never_clear(void **state)
{
	(void)state;
	each_case(is_never_clear_when_required);
}

static void answering_optional_is_as_off(enum offer_role role, enum encrypted_media setting,
	enum offer_transport transport, enum offer_keying keying, const struct offer_policy *policy)
{
	struct decision off, optional;

	if (role != OFFER_ANSWERING || setting != ENCRYPTED_MEDIA_OFF)
		return;
	off = offer_decide(role, setting, transport, keying, policy);
	optional = offer_decide(role, ENCRYPTED_MEDIA_OPTIONAL, transport, keying, policy);
	ROW(off.rule);
	assert_string_equal(off.rule, optional.rule);
}

static void optional_answers_as_off(void **state)
{
	(void)state;
	each_case(answering_optional_is_as_off);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_has_a_row),
		cmocka_unit_test(srtp_required_is_never_clear),
		cmocka_unit_test(optional_answers_as_off),
	};

	return cmocka_run_group_tests_name("offer.decide", tests, NULL, NULL);
}
