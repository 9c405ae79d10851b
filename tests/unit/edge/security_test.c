/** @file unit/edge/security_test.c  SPEC §2.3 and T9..T11 as they show from outside. */
#include "unit/edge/rig.h"

static struct sip_hop hop_of(const char *who)
{
	if (strcmp(who, "strict") == 0)
		return rig_hop(SIP_TRANSPORT_UDP, "192.0.2.70:5060", 0);
	if (strcmp(who, "tls") == 0)
		return rig_hop(SIP_TRANSPORT_TLS, "192.0.2.60:40000", 0x60);
	return rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);
}

#define BAD_PROFILE                                                                 \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/SAVP 0\r\n"
#define NO_COMMON                                     \
	BAD_PROFILE "a=crypto:1 F8_128_HMAC_SHA1_80 " \
		    "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"
#define GARBAGE "this is no description"

static void an_offer_is_judged_before_any_far_leg_is_dialled(void **state)
{
	static const struct {
		const char *label, *from, *sdp;
		enum failure failure;
	} rows[] = {
		{ "required, not offered", "strict", NULL, FAILURE_srtp_required_not_offered },
		{ "profile without crypto", "trunk", BAD_PROFILE,
			FAILURE_srtp_profile_without_crypto },
		{ "none in common", "strict", NO_COMMON, FAILURE_srtp_no_common_suite },
		{ "no description", "trunk", GARBAGE, FAILURE_sdp_malformed },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct rig_party a;
		struct sip_hop hop = hop_of(rows[i].from);
		struct rig_sent *refusal;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		rig_party(&a, "judged", "1", &hop);
		rig_invite(&r, &a, "600", NULL, rows[i].sdp ? rows[i].sdp : rig_sdp_clear);
		rig_take_status(&r, 100);
		refusal = rig_take_status(&r, 488);
		CHECK(rig_has(
			refusal, "Reason: Q.850;cause=88;text=\"INCOMPATIBLE_DESTINATION\"\r\n"));
		CHECK(rig_has(refusal, "Warning: 399 sotto \""));
		rig_take_nothing(&r);
		CHECK_INT(0, r.media_count);
		rig_check_empty(&r);
		CHECK_INT(rows[i].failure, r.record.failure);
		rig_deinit(&r);
	}
}

/** What the far leg says to an offer of required SRTP. */
static void a_far_leg_that_breaks_the_table_is_503(void **state)
{
	static const struct {
		const char *label;
		unsigned status;
		bool has_sdp;
		const char *release;
	} rows[] = {
		{ "183 without crypto", 183, true, "CANCEL" },
		{ "200 without crypto", 200, true, "BYE" },
		{ "488", 488, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct rig_party a;
		struct sip_hop hop = hop_of("trunk");
		struct rig_sent *invite;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		rig_party(&a, "broken", "1", &hop);
		rig_invite(&r, &a, "800", NULL, rig_sdp_clear);
		rig_take_status(&r, 100);
		invite = rig_take_method(&r, "INVITE");
		CHECK(rig_has(invite, "RTP/SAVP") && rig_has(invite, "a=crypto:"));
		rig_respond(
			&r, invite, rows[i].status, NULL, rows[i].has_sdp ? rig_sdp_clear : NULL);
		if (rows[i].status >= 200)
			rig_take_method(&r, "ACK");
		if (rows[i].release)
			CHECK(rig_has(rig_take_method(&r, rows[i].release), "cause=88"));
		CHECK(rig_has(rig_take_status(&r, 503), "cause=88"));
		CHECK(!rig_media(&r, 1)->was_ever_open_to_clear);
		if (rows[i].status == 183)
			rig_respond(&r, invite, 487, NULL, NULL);
		rig_check_empty(&r);
		CHECK_INT(FAILURE_far_legs_failed_encryption, r.record.failure);
		rig_deinit(&r);
	}
}

static void a_leg_over_tls_with_srtp_is_protected(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop hop = hop_of("tls");
	struct rig_sent *invite, *ok;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&a, "tls", "1", &hop);
	rig_invite(&r, &a, "300", NULL, rig_sdp_srtp);
	rig_take_status(&r, 100);
	invite = rig_take_method(&r, "INVITE");
	CHECK(!rig_has(invite, "crypto"));
	rig_respond(&r, invite, 200, NULL, rig_sdp_clear);
	rig_take_method(&r, "ACK");
	ok = rig_take_status(&r, 200);
	CHECK(rig_has(ok, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"));
	CHECK(rig_has(ok, "Contact: <sip:w03-"));
	CHECK(rig_has(ok, "@198.51.100.1:5061;transport=tls>"));
	rig_learn(&a, ok);
	rig_in_dialog(&r, &a, "ACK", NULL);
	rig_in_dialog(&r, &a, "BYE", NULL);
	rig_check_empty(&r);
	CHECK(r.record.caller.is_protected);
	CHECK(!r.record.callee.is_protected && !r.record.callee.is_srtp);
	rig_deinit(&r);
}

static void no_key_is_ever_logged(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop hop = hop_of("tls");
	struct rig_sent *ok;
	char key[41];

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&a, "log", "1", &hop);
	rig_invite(&r, &a, "999", NULL, rig_sdp_srtp);
	rig_take_status(&r, 100);
	ok = rig_take_status(&r, 200);
	memcpy(key, strstr(ok->bytes, "inline:") + 7, 40);
	key[40] = '\0';
	CHECK(strstr(r.log_text, "call_answered") != NULL);
	CHECK(strstr(r.log_text, "sip_message") != NULL);
	CHECK(strstr(r.log_text, key) == NULL);
	CHECK(strstr(r.log_text, "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj") == NULL);
	CHECK(strstr(r.log_text, "inline") == NULL);
	rig_deinit(&r);
}

/** SPEC T11. */
static void a_sips_call_stays_on_tls(void **state)
{
	static const struct {
		const char *label, *number;
		unsigned status; /* 0: it goes on */
		const char *target;
	} rows[] = {
		{ "a trunk over TLS", "600", 0, "sips:600@192.0.2.60:5061" },
		{ "a trunk over UDP", "300", 480, NULL },
		{ "a phone that registered over TLS", "200", 0, "sip:bob@10.0.0.5" },
		{ "a phone that registered over UDP", "100", 480, NULL },
	};
	struct sip_hop bob = rig_hop(SIP_TRANSPORT_TLS, "203.0.113.20:40000", 0x20);
	struct sip_hop alice = rig_hop(SIP_TRANSPORT_UDP, "203.0.113.21:5060", 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct rig_party a;
		struct sip_hop hop = hop_of("tls");
		struct rig_sent *invite;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		rig_register(&r, "bob", "<sip:bob@10.0.0.5>", &bob);
		rig_register(&r, "alice", "<sip:alice@10.0.0.6>", &alice);
		rig_party(&a, "sips", "1", &hop);
		a.is_sips = true;
		rig_invite(&r, &a, rows[i].number, NULL, rig_sdp_clear);
		rig_take_status(&r, 100);
		if (rows[i].status) {
			rig_take_status(&r, rows[i].status);
			rig_take_nothing(&r);
		} else {
			invite = rig_take_method(&r, "INVITE");
			CHECK_SPAN(rows[i].target, invite->msg.uri.text);
			CHECK(rig_has(invite, "Contact: <sips:w03-"));
		}
		rig_deinit(&r);
	}
}

/** SPEC T11, T12: what began over TLS is not answered in the clear, the ACK neither. */
static void an_answer_in_an_ack_in_the_clear_is_not_heard(void **state)
{
	struct rig r;
	struct rig_party a, in_the_clear;
	struct sip_hop hop = hop_of("tls");

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&a, "ack", "1", &hop);
	rig_invite(&r, &a, "999", NULL, NULL);
	rig_take_status(&r, 100);
	rig_learn(&a, rig_take_status(&r, 200));
	in_the_clear = a;
	in_the_clear.hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.60:5060", 0);
	rig_in_dialog(&r, &in_the_clear, "ACK", rig_sdp_clear);
	CHECK_INT(IP_NONE, rig_media(&r, 0)->params.remote_rtp.family);
	rig_in_dialog(&r, &a, "ACK", rig_sdp_clear);
	CHECK_INT(IP_V4, rig_media(&r, 0)->params.remote_rtp.family);
	rig_deinit(&r);
}

static void media_ports_that_run_out_are_503(void **state)
{
	struct rig r;
	struct rig_party a;
	struct sip_hop hop = hop_of("trunk");

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	r.media_is_exhausted = true;
	rig_party(&a, "ports", "1", &hop);
	rig_invite(&r, &a, "600", NULL, rig_sdp_clear);
	rig_take_status(&r, 100);
	rig_take_status(&r, 503);
	rig_check_empty(&r);
	CHECK_INT(FAILURE_media_ports_exhausted, r.record.failure);
	rig_deinit(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_offer_is_judged_before_any_far_leg_is_dialled),
		cmocka_unit_test(a_far_leg_that_breaks_the_table_is_503),
		cmocka_unit_test(a_leg_over_tls_with_srtp_is_protected),
		cmocka_unit_test(no_key_is_ever_logged),
		cmocka_unit_test(a_sips_call_stays_on_tls),
		cmocka_unit_test(an_answer_in_an_ack_in_the_clear_is_not_heard),
		cmocka_unit_test(media_ports_that_run_out_are_503),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
