/** @file unit/edge/registrar_test.c  RFC 3261 §10.3 and SPEC T9, row by row. */
#include "unit/edge/rig.h"

struct session {
	struct rig r;
	struct sip_hop hop;
	char credentials[2048];
	char call_id[32];
	unsigned cseq, branch;
};

static void say_register(struct session *s, const char *to, const char *headers)
{
	char at[NETADDR_TEXT_MAX];

	netaddr_text(&s->hop.remote, at);
	rig_say(&s->r, &s->hop,
		"REGISTER sip:sotto SIP/2.0\r\n"
		"Via: SIP/2.0/%.*s %s;branch=z9hG4bKs-%u;rport\r\n"
		"Max-Forwards: 70\r\nFrom: <sip:x@sotto>;tag=r\r\nTo: <%s>\r\n"
		"Call-ID: %s\r\nCSeq: %u REGISTER\r\n%s%sContent-Length: 0\r\n\r\n",
		SPAN_FMT(sip_transport_name(s->hop.transport)), at, ++s->branch, to, s->call_id,
		++s->cseq, s->credentials, headers);
}

/** One exchange with credentials: a challenge first, since a nonce count may serve once. */
static struct rig_sent *register_as(
	struct session *s, const char *user, const char *to, const char *headers)
{
	struct rng_seeded rng;
	struct sip_out o;

	rig_skip(&s->r);
	s->credentials[0] = '\0';
	say_register(s, to, headers);
	rng_seeded_init(&rng, 11);
	sip_out_init(&o, s->credentials, sizeof(s->credentials) - 1);
	CHECK_OK(auth_client_answer(&o, &rig_take_status(&s->r, 401)->msg, SPAN("REGISTER"),
		SPAN("sip:sotto"), span_of(user), SPAN("secret"), &rng.rng));
	s->credentials[o.b.n] = '\0';
	say_register(s, to, headers);
	return rig_take(&s->r);
}

static void begin(struct session *s)
{
	memset(s, 0, sizeof(*s));
	rig_init(&s->r);
	CHECK_OK(rig_start(&s->r));
	s->hop = rig_hop(SIP_TRANSPORT_TLS, "203.0.113.20:40000", 0x20);
	snprintf(s->call_id, sizeof(s->call_id), "reg");
}

static size_t bindings(struct session *s)
{
	return edge_count(s->r.edge).bindings;
}

static void each_rule_of_10_3_has_its_answer(void **state)
{
	static const struct {
		const char *label, *to, *headers;
		unsigned status;
		size_t bindings; /* afterwards */
		const char *has;
	} rows[] = {
		{ "a query", "sip:alice@sotto", "", 200, 0, "Date: " },
		{ "one contact", "sip:alice@sotto", "Contact: <sip:a@10.0.0.1>\r\n", 200, 1,
			"Contact: <sip:a@10.0.0.1>;expires=3600\r\n" },
		{ "two contacts", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>;q=0.5, <sip:a@10.0.0.2>;expires=60\r\n", 200, 2,
			"<sip:a@10.0.0.1>;expires=3600;q=0.500\r\n" },
		{ "the header's expiry", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>\r\nExpires: 120\r\n", 200, 1,
			";expires=120\r\n" },
		{ "the contact's comes first", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>;expires=90\r\nExpires: 120\r\n", 200, 1,
			";expires=90\r\n" },
		{ "longer than we keep", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>;expires=99999\r\n", 200, 1,
			";expires=3600\r\n" },
		{ "at the minimum", "sip:alice@sotto", "Contact: <sip:a@10.0.0.1>;expires=60\r\n",
			200, 1, ";expires=60\r\n" },
		{ "below the minimum", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>;expires=59\r\n", 423, 0, "Min-Expires: 60\r\n" },
		{ "all or nothing", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>, <sip:a@10.0.0.2>;expires=1\r\n", 423, 0, NULL },
		{ "removing what is not there", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>;expires=0\r\n", 200, 0, NULL },
		{ "a star", "sip:alice@sotto", "Contact: *\r\nExpires: 0\r\n", 200, 0, NULL },
		{ "a star without expires", "sip:alice@sotto", "Contact: *\r\n", 400, 0, NULL },
		{ "a star that expires later", "sip:alice@sotto", "Contact: *\r\nExpires: 60\r\n",
			400, 0, NULL },
		{ "a star and more", "sip:alice@sotto",
			"Contact: *, <sip:a@10.0.0.1>\r\nExpires: 0\r\n", 400, 0, NULL },
		{ "another scheme", "sip:alice@sotto", "Contact: <mailto:a@x>\r\n", 400, 0, NULL },
		{ "somebody else's record", "sip:bob@sotto", "Contact: <sip:a@10.0.0.1>\r\n", 403,
			0, NULL },
		{ "an escaped name", "sip:%61lice@sotto", "Contact: <sip:a@10.0.0.1>\r\n", 200, 1,
			NULL },
		{ "ten contacts", "sip:alice@sotto",
			"Contact: <sip:0@x>,<sip:1@x>,<sip:2@x>,<sip:3@x>,<sip:4@x>,<sip:5@x>,"
			"<sip:6@x>,<sip:7@x>,<sip:8@x>,<sip:9@x>\r\n",
			200, 10, NULL },
		{ "eleven contacts", "sip:alice@sotto",
			"Contact: <sip:0@x>,<sip:1@x>,<sip:2@x>,<sip:3@x>,<sip:4@x>,<sip:5@x>,"
			"<sip:6@x>,<sip:7@x>,<sip:8@x>,<sip:9@x>,<sip:10@x>\r\n",
			403, 0, NULL },
		{ "an instance is told again", "sip:alice@sotto",
			"Contact: <sip:a@10.0.0.1>;+sip.instance=\"<urn:uuid:1>\"\r\n", 200, 1,
			"+sip.instance=\"<urn:uuid:1>\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct session s;
		struct rig_sent *answer;

		ROW(rows[i].label);
		begin(&s);
		answer = register_as(&s, "alice", rows[i].to, rows[i].headers);
		CHECK_INT(rows[i].status, answer->msg.status);
		CHECK(!rows[i].has || rig_has(answer, rows[i].has));
		CHECK_INT(rows[i].bindings, bindings(&s));
		rig_deinit(&s.r);
	}
}

static void bindings_are_replaced_removed_and_listed(void **state)
{
	static const char to[] = "sip:alice@sotto";
	struct session s;
	struct rig_sent *answer;

	(void)state;
	begin(&s);
	register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>\r\n");
	register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.2>\r\n");
	CHECK_INT(2, bindings(&s));
	register_as(&s, "alice", to, "Contact: <sip:A@10.0.0.1>\r\n"); /* user: case matters */
	CHECK_INT(3, bindings(&s));
	answer = register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>;expires=0\r\n");
	CHECK_INT(2, bindings(&s));
	CHECK(rig_has(answer, "10.0.0.2") && !rig_has(answer, "<sip:a@10.0.0.1>"));
	register_as(&s, "alice", to, "Contact: *\r\nExpires: 0\r\n");
	CHECK_INT(0, bindings(&s));
	rig_deinit(&s.r);
}

/** §10.3 step 7 by §19.1.4: one address is one binding, however often a request has it. */
static void a_contact_that_stands_twice_is_one_binding(void **state)
{
	static const char to[] = "sip:alice@sotto";
	static const struct {
		const char *label, *headers, *has;
		size_t bindings;
	} rows[] = {
		{ "alike", "Contact: <sip:a@10.0.0.1>, <sip:a@10.0.0.1>\r\n", "", 1 },
		{ "written otherwise", "Contact: <sip:a@10.0.0.1>, <sip:%61@10.0.0.1>\r\n", "", 1 },
		{ "the later one counts",
			"Contact: <sip:a@10.0.0.1>;q=0.1, <sip:a@10.0.0.1>;q=0.2\r\n", "q=0.200",
			1 },
		{ "removed at last", "Contact: <sip:a@10.0.0.1>, <sip:a@10.0.0.1>;expires=0\r\n",
			"", 0 },
		{ "one device",
			"Contact: <sip:a@10.0.0.1>;+sip.instance=\"<urn:1>\", "
			"<sip:a@10.0.0.2>;+sip.instance=\"<urn:1>\"\r\n",
			"10.0.0.2", 1 },
		{ "two devices",
			"Contact: <sip:a@10.0.0.1>;+sip.instance=\"<urn:1>\", "
			"<sip:a@10.0.0.1>;+sip.instance=\"<urn:2>\"\r\n",
			"", 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (int again = 0; again < 2; again++) {
			struct session s;
			struct rig_sent *answer;

			ROW(rows[i].label);
			begin(&s);
			if (again)
				register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>\r\n");
			answer = register_as(&s, "alice", to, rows[i].headers);
			CHECK_INT(200, answer->msg.status);
			CHECK(rig_has(answer, rows[i].has));
			CHECK_INT(rows[i].bindings, bindings(&s));
			rig_deinit(&s.r);
		}
	}
}

static void the_same_instance_replaces_its_contact(void **state)
{
	static const char to[] = "sip:alice@sotto";
	struct session s;
	struct rig_sent *answer;

	(void)state;
	begin(&s);
	register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>;+sip.instance=\"<urn:1>\"\r\n");
	answer = register_as(
		&s, "alice", to, "Contact: <sip:a@10.0.0.9>;+sip.instance=\"<urn:1>\"\r\n");
	CHECK_INT(1, bindings(&s));
	CHECK(rig_has(answer, "10.0.0.9"));
	rig_deinit(&s.r);
}

static void a_request_out_of_order_changes_nothing(void **state)
{
	static const char to[] = "sip:alice@sotto";
	struct session s;

	(void)state;
	begin(&s);
	s.cseq = 100;
	register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>\r\n");
	s.cseq = 50;
	CHECK_INT(500, register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>;expires=0\r\n")
			       ->msg.status);
	CHECK_INT(500, register_as(&s, "alice", to, "Contact: *\r\nExpires: 0\r\n")->msg.status);
	CHECK_INT(1, bindings(&s));
	snprintf(s.call_id, sizeof(s.call_id), "another");
	CHECK_INT(200, register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>;expires=0\r\n")
			       ->msg.status);
	CHECK_INT(0, bindings(&s));
	rig_deinit(&s.r);
}

/** The directory with alice's name given to bob's connection. */
static void move_alice(struct session *s)
{
	struct connection bob = { .id = "bob", .kind = CONNECTION_CREDENTIAL, .is_active = true };
	struct credential alice = { .user = "alice", .connection_id = "bob" };
	struct directory_rows rows = { &bob, 1, &alice, 1, NULL, 0 };
	struct directory *d;

	CHECK_OK(auth_ha1_make(
		&alice.ha1, SPAN("alice"), span_of(s->r.settings.realm), SPAN("secret")));
	CHECK_OK(directory_create(&d, &rows, &s->r.rng.rng));
	edge_set_directory(s->r.edge, d);
	directory_release(d);
}

static void a_user_who_moves_to_another_connection_leaves_his_bindings(void **state)
{
	static const char to[] = "sip:alice@sotto";
	static const struct {
		const char *label, *headers;
		size_t bindings;
	} rows[] = {
		{ "refreshed", "Contact: <sip:a@10.0.0.1>\r\n", 1 },
		{ "another", "Contact: <sip:a@10.0.0.2>\r\n", 1 },
		{ "removed", "Contact: <sip:a@10.0.0.1>;expires=0\r\n", 0 },
		{ "all removed", "Contact: *\r\nExpires: 0\r\n", 0 },
		{ "asked for", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct session s;

		ROW(rows[i].label);
		begin(&s);
		register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>\r\n");
		move_alice(&s);
		CHECK_INT(200, register_as(&s, "alice", to, rows[i].headers)->msg.status);
		CHECK_INT(rows[i].bindings, bindings(&s));
		rig_deinit(&s.r);
	}
}

static void bindings_expire(void **state)
{
	struct session s;

	(void)state;
	begin(&s);
	register_as(&s, "alice", "sip:alice@sotto", "Contact: <sip:a@10.0.0.1>;expires=60\r\n");
	rig_wait(&s.r, SECONDS(60) - 1);
	CHECK_INT(1, bindings(&s));
	rig_wait(&s.r, 1);
	CHECK_INT(0, bindings(&s));
	rig_deinit(&s.r);
}

static void bindings_go_with_their_flow_and_no_other(void **state)
{
	static const char to[] = "sip:alice@sotto";
	struct session s;

	(void)state;
	begin(&s);
	register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.1>, <sip:a@10.0.0.2>\r\n");
	s.hop = rig_hop(SIP_TRANSPORT_TCP, "203.0.113.21:40000", 0x21);
	register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.3>\r\n");
	s.hop = rig_hop(SIP_TRANSPORT_UDP, "203.0.113.22:40000", 0);
	register_as(&s, "alice", to, "Contact: <sip:a@10.0.0.4>\r\n");
	CHECK_INT(4, bindings(&s));
	s.r.in.on_flow_gone(s.r.in.ctx, 0x99, s.r.now);
	CHECK_INT(4, bindings(&s));
	s.r.in.on_flow_gone(s.r.in.ctx, 0x20, s.r.now);
	CHECK_INT(2, bindings(&s));
	s.r.in.on_flow_gone(s.r.in.ctx, 0x21, s.r.now);
	CHECK_INT(1, bindings(&s));
	rig_deinit(&s.r);
}

/** The contact that rings: highest q, then the latest. */
static void the_best_contact_is_called(void **state)
{
	static const struct {
		const char *label, *headers, *target;
	} rows[] = {
		{ "the latest", "Contact: <sip:a@10.0.0.1>, <sip:a@10.0.0.2>\r\n",
			"sip:a@10.0.0.2" },
		{ "the highest q", "Contact: <sip:a@10.0.0.1>;q=0.9, <sip:a@10.0.0.2>;q=0.1\r\n",
			"sip:a@10.0.0.1" },
		{ "none given is the highest", "Contact: <sip:a@10.0.0.1>, <sip:a@x>;q=0.999\r\n",
			"sip:a@10.0.0.1" },
		{ "an escaped header of it is kept",
			"Contact: <sip:a@10.0.0.1?Route=%3Csip:b%3E>\r\n", "sip:a@10.0.0.1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct session s;
		struct rig_party p;
		struct sip_hop trunk = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);

		ROW(rows[i].label);
		begin(&s);
		register_as(&s, "alice", "sip:alice@sotto", rows[i].headers);
		rig_skip(&s.r);
		rig_party(&p, "best", "1", &trunk);
		rig_invite(&s.r, &p, "100", NULL, rig_sdp_clear);
		rig_take_status(&s.r, 100);
		CHECK_SPAN(rows[i].target, rig_take_method(&s.r, "INVITE")->msg.uri.text);
		rig_deinit(&s.r);
	}
}

static void a_source_address_is_no_user(void **state)
{
	struct session s;

	(void)state;
	begin(&s);
	s.hop = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);
	say_register(&s, "sip:alice@sotto", "Contact: <sip:a@10.0.0.1>\r\n");
	rig_take_status(&s.r, 401);
	CHECK_INT(0, bindings(&s));
	rig_deinit(&s.r);
}

static void a_contact_has_at_most_512_bytes(void **state)
{
	static const struct {
		const char *label;
		size_t bytes;
		unsigned status;
	} rows[] = {
		{ "at the maximum", 512, 200 },
		{ "one above", 513, 400 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct session s;
		char contact[600] = "", headers[700];

		ROW(rows[i].label);
		begin(&s);
		memset(contact, 'a', rows[i].bytes);
		memcpy(contact, "sip:", 4);
		memcpy(contact + rows[i].bytes - 9, "@10.0.0.1", 9);
		snprintf(headers, sizeof(headers), "Contact: <%s>\r\n", contact);
		CHECK_INT(rows[i].status,
			register_as(&s, "alice", "sip:alice@sotto", headers)->msg.status);
		CHECK_INT(rows[i].status == 200, bindings(&s));
		rig_deinit(&s.r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_of_10_3_has_its_answer),
		cmocka_unit_test(bindings_are_replaced_removed_and_listed),
		cmocka_unit_test(a_contact_that_stands_twice_is_one_binding),
		cmocka_unit_test(the_same_instance_replaces_its_contact),
		cmocka_unit_test(a_request_out_of_order_changes_nothing),
		cmocka_unit_test(a_user_who_moves_to_another_connection_leaves_his_bindings),
		cmocka_unit_test(bindings_expire),
		cmocka_unit_test(bindings_go_with_their_flow_and_no_other),
		cmocka_unit_test(the_best_contact_is_called),
		cmocka_unit_test(a_source_address_is_no_user),
		cmocka_unit_test(a_contact_has_at_most_512_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
