/** @file unit/edge/route_test.c  Numbers to targets, and settings to policies. */
#include "edge/policy.h"
#include "unit/edge/rig.h"

static void numbers_lead_to_their_connection_only(void **state)
{
	static const struct {
		const char *label, *uri, *target; /* NULL: refused */
		unsigned status;
	} rows[] = {
		{ "a trunk", "sip:300@x", "sip:300@192.0.2.50:5060", 0 },
		{ "with a plus", "sip:+300@x", "sip:+300@192.0.2.50:5060", 0 },
		{ "escaped", "sip:%330%30@x", "sip:300@192.0.2.50:5060", 0 },
		{ "with parameters", "sip:300;phone-context=x@x", "sip:300@192.0.2.50:5060", 0 },
		{ "tel", "tel:+300", "sip:+300@192.0.2.50:5060", 0 },
		{ "tel as people write it", "tel:+(3)0-0.;ext=1", "sip:+300@192.0.2.50:5060", 0 },
		{ "a name with a dash", "sip:3-00@x", NULL, 404 },
		{ "over TLS", "sip:600@x", "sip:600@192.0.2.60:5061;transport=tls", 0 },
		{ "unknown", "sip:301@x", NULL, 404 },
		{ "no number", "sip:x", NULL, 404 },
		{ "a name of another domain", "sip:300.example@x", NULL, 404 },
		{ "a NUL in it", "sip:300%00@x", NULL, 404 },
		{ "31 characters", "sip:1234567890123456789012345678901@x", NULL, 404 },
		{ "32 characters", "sip:12345678901234567890123456789012@x", NULL, 404 },
		{ "switched off", "sip:700@x", NULL, 403 },
		{ "nobody registered", "sip:200@x", NULL, 480 },
	};
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.70:5060", 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct rig_party p;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		rig_party(&p, "route", "1", &hop);
		rig_request(&r, &p, "INVITE", rows[i].uri, NULL, rig_sdp_srtp);
		rig_take_status(&r, 100);
		if (rows[i].target)
			CHECK_SPAN(rows[i].target, rig_take_method(&r, "INVITE")->msg.uri.text);
		else
			rig_take_status(&r, rows[i].status);
		rig_take_nothing(&r);
		rig_deinit(&r);
	}
}

static void settings_become_a_policy_by_direction_and_way(void **state)
{
	struct connection c = { .id = "c",
		.inbound = { .encrypted_media = ENCRYPTED_MEDIA_SRTP },
		.outbound = { .encrypted_media = ENCRYPTED_MEDIA_OPTIONAL,
			.suites = { SRTP_AES_CM_128_HMAC_SHA1_32 },
			.suite_count = 1 },
		.lenient_tag = true,
		.require_tls = true };
	struct sip_hop udp = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.1:1", 0);
	struct sip_hop tls = rig_hop(SIP_TRANSPORT_TLS, "192.0.2.1:1", 1);
	struct offer_policy p, usual;

	(void)state;
	offer_policy_default(&usual);
	policy_make(&p, &c, POLICY_INBOUND, &udp);
	CHECK_INT(ENCRYPTED_MEDIA_SRTP, p.encrypted_media);
	CHECK_INT(usual.suite_count, p.suite_count);
	CHECK(p.signalling_is_udp && !p.signalling_is_secure);
	CHECK(p.lenient_tag && p.require_tls && !p.suite_choice_theirs);
	policy_make(&p, &c, POLICY_OUTBOUND, &tls);
	CHECK_INT(ENCRYPTED_MEDIA_OPTIONAL, p.encrypted_media);
	CHECK_INT(1, p.suite_count);
	CHECK_INT(SRTP_AES_CM_128_HMAC_SHA1_32, p.suites[0]);
	CHECK(!p.signalling_is_udp && p.signalling_is_secure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_lead_to_their_connection_only),
		cmocka_unit_test(settings_become_a_policy_by_direction_and_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
