/** @file unit/edge/alloc_test.c  A registration and a call with each allocation failing in turn:
 * errors and answers, never a crash, a leak, or a call without its record. */
#include "unit/alloc_fail.h"
#include "unit/edge/rig.h"

/** The next message, or NULL; nothing is expected of it. */
static struct rig_sent *next(struct rig *r, const char *method, unsigned status)
{
	while (r->taken < r->sent_count) {
		struct rig_sent *s = &r->sent[r->taken++];
		if (method ? s->msg.is_request && span_eq(s->msg.method_name, span_of(method))
			   : !s->msg.is_request && s->msg.status == status)
			return s;
	}
	return NULL;
}

static void talk(struct rig *r)
{
	struct rig_party a, b;
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.70:5060", 0);
	struct rig_sent *invite, *ok;

	rig_party(&a, "alloc", "1", &hop);
	rig_invite(r, &a, "600", NULL, rig_sdp_srtp);
	invite = next(r, "INVITE", 0);
	if (!invite)
		return;
	rig_called(&b, invite, &invite->hop);
	rig_respond(r, invite, 183, NULL, rig_sdp_clear);
	rig_respond(r, invite, 200, NULL, rig_sdp_clear);
	ok = next(r, NULL, 200);
	if (!ok)
		return;
	rig_learn(&a, ok);
	rig_in_dialog(r, &a, "ACK", NULL);
	rig_in_dialog(r, &a, "INVITE", rig_sdp_srtp);
	invite = next(r, "INVITE", 0);
	if (invite)
		rig_respond(r, invite, 200, NULL, rig_sdp_clear);
	rig_in_dialog(r, &a, "ACK", NULL);
	rig_in_dialog(r, &b, "BYE", NULL);
}

static void close_media(struct rig *r)
{
	for (size_t i = 0; i < r->media_count; i++)
		if (!r->media[i].is_open)
			rig_media_event(r, i, MEDIA_CLOSED);
}

static void run(void *ctx)
{
	static struct rig r;

	(void)ctx;
	rig_init(&r);
	if (!rig_start(&r)) {
		talk(&r);
		edge_stop(r.edge, r.now);
		close_media(&r);
		rig_wait(&r, 3 * 64 * TXN_T1);
		CHECK_INT(0, edge_count(r.edge).calls);
		CHECK_INT(r.calls_started, r.record_count);
		CHECK(r.media_count == 0 || r.record_count == 1);
		for (size_t i = 0; i < r.media_count; i++)
			CHECK(!r.media[i].is_open);
	}
	rig_deinit(&r);
}

static void a_call_survives_every_failing_allocation(void **state)
{
	(void)state;
	alloc_fail_sweep(run, NULL);
}

static void run_register(void *ctx)
{
	static struct rig r;
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_TLS, "203.0.113.5:5061", 0x5);
	struct rig_sent *challenge;
	struct rig_party p;

	(void)ctx;
	rig_init(&r);
	if (!rig_start(&r)) {
		char headers[2048];
		struct rng_seeded rng;
		struct sip_out o;

		rig_party(&p, "alloc", "alice", &hop);
		rig_request(&r, &p, "REGISTER", "sip:alice@sotto", NULL, NULL);
		challenge = next(&r, NULL, 401);
		rng_seeded_init(&rng, 3);
		sip_out_init(&o, headers, sizeof(headers) - 1);
		if (challenge &&
			!auth_client_answer(&o, &challenge->msg, SPAN("REGISTER"),
				SPAN("sip:alice@sotto"), SPAN("alice"), SPAN("secret"), &rng.rng)) {
			headers[o.b.n] = '\0';
			rig_request(&r, &p, "REGISTER", "sip:alice@sotto", headers, NULL);
			/* what was answered is so; an answer that could not be sent is asked again
			 */
			if (next(&r, NULL, 200))
				CHECK_INT(1, edge_count(r.edge).bindings);
		}
	}
	rig_deinit(&r);
}

static void a_registration_survives_every_failing_allocation(void **state)
{
	(void)state;
	alloc_fail_sweep(run_register, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_survives_every_failing_allocation),
		cmocka_unit_test(a_registration_survives_every_failing_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
