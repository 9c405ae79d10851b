/** @file unit/edge/admit_test.c  Whose request is it, and what a scanner learns (SPEC §4). */
#include "unit/edge/rig.h"

static void admission_follows_the_order_of_the_specification(void **state)
{
	static const struct {
		const char *label, *from, *user, *password, *number;
		unsigned status; /* after 100, or at once */
		bool has_trying;
	} rows[] = {
		{ "by source", "192.0.2.50:5060", NULL, NULL, "999", 200, true },
		{ "by digest", "203.0.113.5:5060", "alice", "secret", "999", 200, true },
		{ "digest before source", "192.0.2.70:5060", "alice", "secret", "999", 200, true },
		{ "wrong password", "203.0.113.5:5060", "alice", "guess", "999", 401, false },
		{ "unknown user", "203.0.113.5:5060", "mallory", "secret", "999", 401, false },
		{ "wrong password, unknown number", "203.0.113.5:5060", "alice", "guess", "12345",
			401, false },
		{ "wrong password from a known source", "192.0.2.50:5060", "alice", "guess", "999",
			401, false },
		{ "switched off", "203.0.113.5:5060", "off", "secret", "999", 403, false },
		{ "unknown number", "203.0.113.5:5060", "alice", "secret", "12345", 404, true },
		{ "not registered", "203.0.113.5:5060", "alice", "secret", "200", 480, true },
		{ "to one that is switched off", "203.0.113.5:5060", "alice", "secret", "700", 403,
			true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig r;
		struct rig_party p;
		struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, rows[i].from, 0);
		char uri[64];
		bool is_source = hop.remote.ip[0] == 192;

		ROW(rows[i].label);
		rig_init(&r);
		CHECK_OK(rig_start(&r));
		snprintf(uri, sizeof(uri), "sip:%s@sotto", rows[i].number);
		rig_party(&p, "admit", "1", &hop);
		if (is_source && rows[i].user) { /* a nonce from where one is asked for */
			p.hop = rig_hop(SIP_TRANSPORT_UDP, "203.0.113.5:5060", 0);
			rig_request(&r, &p, "INVITE", uri, NULL, rig_sdp_clear);
			r.taken = 0;
			r.sent_count = 1;
		}
		p.hop = hop;
		if (is_source && rows[i].user) {
			struct sip_out o;
			char headers[2048];
			struct rng_seeded rng;

			rng_seeded_init(&rng, 9);
			sip_out_init(&o, headers, sizeof(headers) - 1);
			CHECK_OK(auth_client_answer(&o, &rig_take_status(&r, 401)->msg,
				SPAN("INVITE"), span_of(uri), span_of(rows[i].user),
				span_of(rows[i].password), &rng.rng));
			headers[o.b.n] = '\0';
			rig_request(&r, &p, "INVITE", uri, headers, rig_sdp_clear);
		} else if (rows[i].user) {
			rig_request_as(&r, &p, rows[i].user, rows[i].password, "INVITE", uri, NULL,
				rig_sdp_clear);
		} else {
			rig_request(&r, &p, "INVITE", uri, NULL, rig_sdp_clear);
		}
		if (rows[i].has_trying)
			rig_take_status(&r, 100);
		rig_take_status(&r, rows[i].status);
		rig_take_nothing(&r);
		CHECK_INT(rows[i].has_trying, edge_count(r.edge).calls);
		rig_deinit(&r);
	}
}

/** The answer without what must differ: nonces and branches. */
static void neutral(const struct rig_sent *s, char *out, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < s->msg.field_count; i++) {
		const struct sip_field *f = &s->msg.fields[i];
		bool differs = f->id == SIP_HEADER_WWW_AUTHENTICATE || f->id == SIP_HEADER_VIA ||
			       f->id == SIP_HEADER_TO || f->id == SIP_HEADER_CSEQ ||
			       f->id == SIP_HEADER_CALL_ID || f->id == SIP_HEADER_FROM;

		n += (size_t)snprintf(out + n, cap - n, "%.*s: %.*s\n", SPAN_FMT(f->name),
			differs ? 0 : SPAN_FMT(f->value));
	}
}

static void a_scanner_cannot_tell_what_is_wrong(void **state)
{
	static const struct {
		const char *label, *user, *password, *number;
	} rows[] = {
		{ "wrong password", "alice", "guess", "999" },
		{ "unknown user", "mallory", "guess", "999" },
		{ "unknown number", "mallory", "guess", "12345" },
		{ "a number of a phone that is not there", "alice", "guess", "200" },
	};
	struct rig r;
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "203.0.113.5:5060", 0);
	char first[1024] = "", text[1024];

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct rig_party p;
		char id[8], uri[64];

		ROW(rows[i].label);
		snprintf(id, sizeof(id), "s%zu", i);
		snprintf(uri, sizeof(uri), "sip:%s@sotto", rows[i].number);
		rig_party(&p, id, "1", &hop);
		rig_request_as(
			&r, &p, rows[i].user, rows[i].password, "INVITE", uri, NULL, rig_sdp_clear);
		neutral(rig_take_status(&r, 401), text, sizeof(text));
		if (i == 0)
			memcpy(first, text, sizeof(first));
		CHECK_SPAN(first, span_of(text));
	}
	CHECK_INT(0, edge_count(r.edge).calls);
	CHECK_INT(0, r.record_count);
	rig_deinit(&r);
}

static void settings_change_for_new_requests_only(void **state)
{
	struct rig r;
	struct rig_party p;
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);
	struct directory_rows none = { NULL, 0, NULL, 0, NULL, 0 };
	struct directory *empty;

	(void)state;
	rig_init(&r);
	CHECK_OK(rig_start(&r));
	rig_party(&p, "before", "1", &hop);
	rig_invite(&r, &p, "999", NULL, rig_sdp_clear);
	rig_take_status(&r, 100);
	rig_learn(&p, rig_take_status(&r, 200));
	CHECK_OK(directory_create(&empty, &none, &r.rng.rng));
	edge_set_directory(r.edge, empty);
	directory_release(empty);
	rig_in_dialog(&r, &p, "ACK", NULL);
	rig_in_dialog(&r, &p, "INVITE", rig_sdp_hold);
	rig_take_status(&r, 100);
	rig_take_status(&r, 200);
	rig_party(&p, "after", "1", &hop);
	rig_invite(&r, &p, "999", NULL, rig_sdp_clear);
	rig_take_status(&r, 401);
	rig_deinit(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(admission_follows_the_order_of_the_specification),
		cmocka_unit_test(a_scanner_cannot_tell_what_is_wrong),
		cmocka_unit_test(settings_change_for_new_requests_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
