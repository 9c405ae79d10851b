/** @file unit/dialog/dialog_test.c  A dialog's life (RFC 3261 §12) and the requests in it. */
#include "unit/alloc_fail.h"
#include "unit/dialog/kit.h"

static struct kit_msg m; /* too large for the stack */
static const struct sip_hop udp = { .transport = SIP_TRANSPORT_UDP };

static struct dialog *uas_of(const char *from, const char *to, const char *headers)
{
	struct dialog *d;

	kit_msg_make(&m, INVITE, from, to, "9 INVITE", headers);
	CHECK_OK(dialog_create_uas(&d, &m.msg, SPAN("ours"), &udp));
	kit_msg_free(&m);
	return d;
}

static struct dialog *uac(void)
{
	struct dialog *d;

	CHECK_OK(dialog_create_uac(&d, SPAN("c1@there"), SPAN(ALICE), SPAN("ours"), SPAN(BOB),
		SPAN("sip:bob@b.example")));
	return d;
}

static sotto_err answer(struct dialog *d, const char *status, const char *to, const char *headers)
{
	char first[64];
	sotto_err err;

	snprintf(first, sizeof(first), "SIP/2.0 %s X", status);
	kit_msg_make(&m, first, ALICE ";tag=ours", to, "1 INVITE", headers);
	err = dialog_on_response(d, &m.msg);
	kit_msg_free(&m);
	return err;
}

/** The request that `d` writes next, in one string with "|" for line ends. */
static const char *written(struct dialog *d, enum sip_method method, uint32_t *cseq)
{
	static char text[2 * DIALOG_TEXT_MAX];
	struct sip_out o;
	size_t n = 0;

	sip_out_init(&o, text, sizeof(text) - 1);
	dialog_write_request(d, &o, method, SPAN("SIP/2.0/UDP me;branch=z9hG4bK2"), cseq);
	CHECK(!o.bad && !o.b.overflow);
	for (size_t i = 0; i < o.b.n; i++)
		if (text[i] != '\r')
			text[n++] = text[i] == '\n' ? '|' : text[i];
	text[n] = 0;
	return text;
}

static void uas_takes_its_side_from_the_request(void **state)
{
	struct dialog *d = uas_of(ALICE ";tag=a1;q=w", "Bob <sip:bob@b.example>",
		CONTACT RR("p1.example") RR("p2.example"));
	uint32_t cseq;

	(void)state;
	ROW("");
	CHECK_SPAN("c1@there", dialog_call_id(d));
	CHECK_SPAN("ours", dialog_local_tag(d));
	CHECK_SPAN("a1", dialog_remote_tag(d));
	CHECK_SPAN("Bob <sip:bob@b.example>", dialog_local_party(d));
	CHECK_SPAN(ALICE ";q=w", dialog_remote_party(d));
	CHECK_SPAN("sip:alice@192.0.2.7:5070;transport=tcp", dialog_remote_target(d));
	CHECK_SPAN("sip:p1.example;lr", dialog_next_hop_uri(d));
	CHECK(!dialog_is_confirmed(d));
	dialog_confirm(d);
	CHECK(dialog_is_confirmed(d));
	CHECK_SPAN("BYE sip:alice@192.0.2.7:5070;transport=tcp SIP/2.0|"
		   "Via: SIP/2.0/UDP me;branch=z9hG4bK2|Max-Forwards: 70|"
		   "Route: <sip:p1.example;lr>|Route: <sip:p2.example;lr>|"
		   "From: Bob <sip:bob@b.example>;tag=ours|To: " ALICE ";q=w;tag=a1|"
		   "Call-ID: c1@there|CSeq: 1 BYE|",
		span_of(written(d, SIP_METHOD_BYE, &cseq)));
	CHECK_INT(1, cseq);
	dialog_destroy(d);
}

static void uac_learns_from_answers(void **state)
{
	struct dialog *d = uac();
	uint32_t cseq, invite_cseq;

	(void)state;
	ROW("the first request");
	CHECK_SPAN("INVITE sip:bob@b.example SIP/2.0|Via: SIP/2.0/UDP me;branch=z9hG4bK2|"
		   "Max-Forwards: 70|From: " ALICE ";tag=ours|To: " BOB "|Call-ID: c1@there|"
		   "CSeq: 1 INVITE|",
		span_of(written(d, SIP_METHOD_INVITE, &invite_cseq)));
	CHECK_SPAN("sip:bob@b.example", dialog_next_hop_uri(d));
	ROW("100 and a 1xx without tag make no dialog");
	CHECK_OK(answer(d, "100", BOB ";tag=x", ""));
	CHECK_OK(answer(d, "180", BOB, ""));
	CHECK_SPAN("", dialog_remote_tag(d));
	ROW("a 1xx with tag does, the route set reversed (§12.1.2)");
	CHECK_OK(answer(d, "180", BOB ";tag=b1",
		"Contact: <sip:bob@192.0.2.8>\r\n" RR("p1.example") RR("p2.example")));
	CHECK_SPAN("b1", dialog_remote_tag(d));
	CHECK_SPAN("sip:p2.example;lr", dialog_next_hop_uri(d));
	CHECK(!dialog_is_confirmed(d));
	CHECK_SPAN("PRACK sip:bob@192.0.2.8 SIP/2.0|Via: SIP/2.0/UDP me;branch=z9hG4bK2|"
		   "Max-Forwards: 70|Route: <sip:p2.example;lr>|Route: <sip:p1.example;lr>|"
		   "From: " ALICE ";tag=ours|To: " BOB ";tag=b1|Call-ID: c1@there|CSeq: 2 PRACK|",
		span_of(written(d, SIP_METHOD_PRACK, &cseq)));
	ROW("a 2xx computes it anew and confirms (§13.2.2.4)");
	CHECK_OK(answer(d, "200", BOB ";tag=b1", "Contact: <sip:bob@192.0.2.9>\r\n"));
	CHECK(dialog_is_confirmed(d));
	CHECK_SPAN("sip:bob@192.0.2.9", dialog_next_hop_uri(d));
	ROW("its ACK has the number of the INVITE");
	CHECK(strstr(written(d, SIP_METHOD_ACK, &invite_cseq), "|CSeq: 1 ACK|") != NULL);
	CHECK_INT(1, invite_cseq);
	ROW("a repeat changes nothing");
	CHECK_OK(answer(d, "200", BOB ";tag=b1", "Contact: <sip:x@h>\r\n" RR("p3.example")));
	CHECK_SPAN("sip:bob@192.0.2.9", dialog_next_hop_uri(d));
	CHECK(strstr(written(d, SIP_METHOD_BYE, &cseq), "|CSeq: 3 BYE|") != NULL);
	dialog_destroy(d);
}

static void answers_are_judged(void **state)
{
	static const struct {
		const char *label, *early_tag, *status, *to, *headers;
		sotto_err want;
		bool is_confirmed;
	} rows[] = {
		{ "2xx", NULL, "200", BOB ";tag=b1", CONTACT, SOTTO_OK, true },
		{ "2xx without tag", NULL, "200", BOB, CONTACT, SOTTO_EMISSING, false },
		{ "2xx without Contact", NULL, "200", BOB ";tag=b1", "", SOTTO_EMISSING, false },
		{ "2xx of a fork", "b1", "200", BOB ";tag=b2", CONTACT, SOTTO_ESTATE, false },
		{ "1xx of a fork", "b1", "183", BOB ";tag=b2", CONTACT, SOTTO_ESTATE, false },
		{ "the same tag in another case is a fork", "b1", "200", BOB ";tag=B1", CONTACT,
			SOTTO_ESTATE, false },
		{ "2xx of the early dialog", "b1", "200", BOB ";tag=b1", CONTACT, SOTTO_OK, true },
		{ "1xx without Contact", NULL, "180", BOB ";tag=b1", "", SOTTO_OK, false },
		{ "Contact of a star", NULL, "200", BOB ";tag=b1", "Contact: *\r\n", SOTTO_ESYNTAX,
			false },
		{ "Contact that is no SIP URI", NULL, "200", BOB ";tag=b1",
			"Contact: <mailto:a@b>\r\n", SOTTO_ESYNTAX, false },
		{ "route that is no SIP URI", NULL, "200", BOB ";tag=b1",
			CONTACT "Record-Route: <tel:1>\r\n", SOTTO_ESYNTAX, false },
		{ "a refusal is not the dialog's matter", "b1", "486", BOB ";tag=b2", "", SOTTO_OK,
			false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dialog *d = uac();
		char to[64];
		ROW(rows[i].label);
		if (rows[i].early_tag) {
			snprintf(to, sizeof(to), BOB ";tag=%s", rows[i].early_tag);
			CHECK_OK(answer(d, "180", to, ""));
		}
		CHECK_INT(rows[i].want, answer(d, rows[i].status, rows[i].to, rows[i].headers));
		CHECK_INT(rows[i].is_confirmed, dialog_is_confirmed(d));
		dialog_destroy(d);
	}
}

static void forks_count_on_from_their_invite(void **state)
{
	struct dialog *d = uac(), *fork;
	uint32_t cseq;

	(void)state;
	ROW("");
	(void)written(d, SIP_METHOD_INVITE, &cseq);
	CHECK_OK(answer(d, "180", BOB ";tag=b1", ""));
	CHECK_INT(SOTTO_ESTATE, answer(d, "200", BOB ";tag=b2", CONTACT));
	CHECK_OK(dialog_create_fork(&fork, d));
	CHECK_OK(answer(fork, "200", BOB ";tag=b2", CONTACT));
	CHECK(dialog_is_confirmed(fork) && !dialog_is_confirmed(d));
	CHECK_SPAN("BYE sip:alice@192.0.2.7:5070;transport=tcp SIP/2.0|"
		   "Via: SIP/2.0/UDP me;branch=z9hG4bK2|Max-Forwards: 70|From: " ALICE
		   ";tag=ours|To: " BOB ";tag=b2|Call-ID: c1@there|CSeq: 2 BYE|",
		span_of(written(fork, SIP_METHOD_BYE, &cseq)));
	dialog_destroy(fork);
	dialog_destroy(d);
}

static void requests_carry_the_hops_that_are_left(void **state)
{
	struct dialog *d = uac();
	uint32_t cseq;

	(void)state;
	ROW("");
	CHECK(strstr(written(d, SIP_METHOD_INVITE, &cseq), "|Max-Forwards: 70|") != NULL);
	dialog_set_max_forwards(d, 0);
	CHECK(strstr(written(d, SIP_METHOD_INVITE, &cseq), "|Max-Forwards: 0|") != NULL);
	dialog_destroy(d);
}

static void uas_needs_a_contact(void **state)
{
	static const struct {
		const char *label, *headers;
		sotto_err want;
	} rows[] = {
		{ "none", "", SOTTO_EMISSING },
		{ "a star", "Contact: *\r\n", SOTTO_ESYNTAX },
		{ "a tel URI", "Contact: <tel:+15550100>\r\n", SOTTO_ESYNTAX },
		{ "good", CONTACT, SOTTO_OK },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct dialog *d = NULL;
		ROW(rows[i].label);
		kit_msg_make(&m, INVITE, ALICE ";tag=a1", BOB, "9 INVITE", rows[i].headers);
		CHECK_INT(rows[i].want, dialog_create_uas(&d, &m.msg, SPAN("ours"), &udp));
		CHECK((rows[i].want == SOTTO_OK) == (d != NULL));
		dialog_destroy(d);
		kit_msg_free(&m);
	}
}

static void requests_move_cseq_and_target(void **state)
{
	static const struct {
		const char *label, *method, *cseq, *headers;
		sotto_err want;
		const char *target; /* afterwards */
	} rows[] = {
		{ "the next", "INFO", "10 INFO", "", SOTTO_OK,
			"sip:alice@192.0.2.7:5070;transport=tcp" },
		{ "not a target refresh", "INFO", "11 INFO", "Contact: <sip:x@h>\r\n", SOTTO_OK,
			"sip:alice@192.0.2.7:5070;transport=tcp" },
		{ "re-INVITE moves the target", "INVITE", "15 INVITE", "Contact: <sip:a2@h>\r\n",
			SOTTO_OK, "sip:a2@h" },
		{ "lower: 500", "INVITE", "14 INVITE", "Contact: <sip:a3@h>\r\n", SOTTO_ESTATE,
			"sip:a2@h" },
		{ "ACK belongs to its INVITE", "ACK", "9 ACK", "Contact: <sip:a4@h>\r\n", SOTTO_OK,
			"sip:a2@h" },
		{ "CANCEL too", "CANCEL", "9 CANCEL", "", SOTTO_OK, "sip:a2@h" },
		{ "equal: the transactions absorb repeats", "INVITE", "15 INVITE", "", SOTTO_OK,
			"sip:a2@h" },
		{ "UPDATE moves the target", "UPDATE", "16 UPDATE", "Contact: <sip:a5@h>\r\n",
			SOTTO_OK, "sip:a5@h" },
		{ "a bad Contact moves nothing", "INVITE", "20 INVITE", "Contact: *\r\n",
			SOTTO_ESYNTAX, "sip:a5@h" },
		{ "not even the number", "INVITE", "17 INVITE", "", SOTTO_OK, "sip:a5@h" },
		{ "highest number", "BYE", "2147483647 BYE", "", SOTTO_OK, "sip:a5@h" },
		{ "after it", "BYE", "18 BYE", "", SOTTO_ESTATE, "sip:a5@h" },
	};
	struct dialog *d = uas_of(ALICE ";tag=a1", BOB, CONTACT);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char first[64];
		ROW(rows[i].label);
		snprintf(first, sizeof(first), "%s sip:me@h SIP/2.0", rows[i].method);
		kit_msg_make(
			&m, first, ALICE ";tag=a1", BOB ";tag=ours", rows[i].cseq, rows[i].headers);
		CHECK_INT(rows[i].want, dialog_on_request(d, &m.msg));
		CHECK_SPAN(rows[i].target, dialog_remote_target(d));
		kit_msg_free(&m);
	}
	ROW("a 2xx to our re-INVITE");
	kit_msg_make(&m, "SIP/2.0 200 OK", BOB ";tag=ours", ALICE ";tag=a1", "1 INVITE",
		"Contact: <sip:a6@h>\r\n");
	CHECK_OK(dialog_refresh_target(d, &m.msg));
	CHECK_SPAN("sip:a6@h", dialog_remote_target(d));
	kit_msg_free(&m);
	dialog_destroy(d);
}

static void requests_follow_the_route_set(void **state)
{
	static const struct {
		const char *label, *routes, *contact, *line, *route_lines, *next_hop;
	} rows[] = {
		{ "no routes", "", "<sip:a@h>", "sip:a@h", "", "sip:a@h" },
		{ "loose", RR("p1.example"), "<sip:a@h>", "sip:a@h", "Route: <sip:p1.example;lr>|",
			"sip:p1.example;lr" },
		{ "strict: it stands in the request line, the target last (§12.2.1.1)",
			"Record-Route: <sip:p1.example;x=y>\r\n" RR("p2.example"), "<sip:a@h>",
			"sip:p1.example;x=y", "Route: <sip:p2.example;lr>|Route: <sip:a@h>|",
			"sip:p1.example;x=y" },
		{ "strict and alone", "Record-Route: <sip:p1.example>\r\n", "<sip:a@h>",
			"sip:p1.example", "Route: <sip:a@h>|", "sip:p1.example" },
		{ "strict: no method, no headers in a request line (§19.1.1)",
			"Record-Route: <sip:p1.example;method=BYE;x=y?a=b>\r\n", "<sip:a@h>",
			"sip:p1.example;x=y", "Route: <sip:a@h>|",
			"sip:p1.example;method=BYE;x=y?a=b" },
		{ "strict behind loose", RR("p1.example") "Record-Route: <sip:p2.example>\r\n",
			"<sip:a@h>", "sip:a@h",
			"Route: <sip:p1.example;lr>|Route: <sip:p2.example>|",
			"sip:p1.example;lr" },
		{ "two values in one line, with display name and parameters",
			"Record-Route: \"P, 1\" <sip:p1.example;lr=on>;x=y, <sip:p2.example;lr>\r\n",
			"<sip:a@h>", "sip:a@h",
			"Route: \"P, 1\" <sip:p1.example;lr=on>;x=y|Route: <sip:p2.example;lr>|",
			"sip:p1.example;lr=on" },
		{ "a target with headers and a method", "", "<sip:a@h;method=INVITE;ob?Replaces=x>",
			"sip:a@h;ob", "", "sip:a@h;ob" },
		{ "a target with headers alone", "", "<sip:a@h?Replaces=x>", "sip:a@h", "",
			"sip:a@h" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char headers[1024], want[1024];
		const char *got, *from;
		struct dialog *d;
		uint32_t cseq;
		ROW(rows[i].label);
		snprintf(headers, sizeof(headers), "Contact: %s\r\n%s", rows[i].contact,
			rows[i].routes);
		d = uas_of(ALICE ";tag=a1", BOB, headers);
		got = written(d, SIP_METHOD_BYE, &cseq);
		from = strstr(got, "From: ");
		CHECK(from != NULL);
		snprintf(want, sizeof(want),
			"BYE %s SIP/2.0|Via: SIP/2.0/UDP me;branch=z9hG4bK2|Max-Forwards: 70|%s",
			rows[i].line, rows[i].route_lines);
		CHECK_SPAN(want, ((struct span){ got, (size_t)(from - got) }));
		CHECK_SPAN(rows[i].next_hop, dialog_next_hop_uri(d));
		dialog_destroy(d);
	}
}

static void sips_over_tls_is_secure(void **state)
{
	static const struct {
		const char *label, *line;
		enum sip_transport transport;
		bool want;
	} rows[] = {
		{ "sips over TLS (§12.1.1)", "INVITE sips:bob@b.example SIP/2.0", SIP_TRANSPORT_TLS,
			true },
		{ "sip over TLS", INVITE, SIP_TRANSPORT_TLS, false },
		{ "sips over UDP", "INVITE sips:bob@b.example SIP/2.0", SIP_TRANSPORT_UDP, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_hop hop = { .transport = rows[i].transport };
		struct dialog *d;
		ROW(rows[i].label);
		kit_msg_make(&m, rows[i].line, ALICE ";tag=a1", BOB, "9 INVITE", CONTACT);
		CHECK_OK(dialog_create_uas(&d, &m.msg, SPAN("ours"), &hop));
		CHECK_INT(rows[i].want, dialog_is_secure(d));
		dialog_destroy(d);
		kit_msg_free(&m);
	}
}

static void routes_have_a_maximum(void **state)
{
	static const struct {
		const char *label;
		unsigned n;
		sotto_err want;
	} rows[] = {
		{ "at the maximum", DIALOG_ROUTES_MAX, SOTTO_OK },
		{ "one above", DIALOG_ROUTES_MAX + 1, SOTTO_ETOOBIG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char headers[4096] = CONTACT;
		struct dialog *d;
		ROW(rows[i].label);
		for (unsigned k = 0; k < rows[i].n; k++)
			strncat(headers, RR("p.example"), sizeof(headers) - strlen(headers) - 1);
		kit_msg_make(&m, INVITE, ALICE ";tag=a1", BOB, "9 INVITE", headers);
		CHECK_INT(rows[i].want, dialog_create_uas(&d, &m.msg, SPAN("ours"), &udp));
		dialog_destroy(d);
		kit_msg_free(&m);
	}
}

static void texts_have_a_maximum(void **state)
{
	static char call_id[DIALOG_TEXT_MAX + 1];
	size_t rest = strlen(ALICE) + strlen("ours") + strlen(BOB) + strlen("sip:bob@b.example");
	struct dialog *d;

	(void)state;
	memset(call_id, 'c', sizeof(call_id));
	ROW("at the maximum");
	CHECK_OK(dialog_create_uac(&d, (struct span){ call_id, DIALOG_TEXT_MAX - rest },
		SPAN(ALICE), SPAN("ours"), SPAN(BOB), SPAN("sip:bob@b.example")));
	ROW("no room for a tag");
	CHECK_INT(SOTTO_ETOOBIG, answer(d, "180", BOB ";tag=b1", ""));
	CHECK_SPAN("", dialog_remote_tag(d));
	dialog_destroy(d);
	ROW("one above");
	CHECK_INT(SOTTO_ETOOBIG,
		dialog_create_uac(&d, (struct span){ call_id, DIALOG_TEXT_MAX - rest + 1 },
			SPAN(ALICE), SPAN("ours"), SPAN(BOB), SPAN("sip:bob@b.example")));
	CHECK(d == NULL);
	ROW("a target that is no URI");
	CHECK_INT(SOTTO_ESYNTAX, dialog_create_uac(&d, SPAN("c"), SPAN(ALICE), SPAN("ours"),
					 SPAN(BOB), SPAN("<sip:bob>")));
}

static void live(void *ctx)
{
	struct dialog *d;

	(void)ctx;
	if (!kit_msg_make(&m, INVITE, ALICE ";tag=a1", BOB, "9 INVITE", CONTACT RR("p1.example")))
		return;
	if (!dialog_create_uas(&d, &m.msg, SPAN("ours"), &udp)) {
		sotto_err err = dialog_on_request(d, &m.msg);
		CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
		CHECK_SPAN("sip:alice@192.0.2.7:5070;transport=tcp", dialog_remote_target(d));
	}
	dialog_destroy(d);
	kit_msg_free(&m);
	if (dialog_create_uac(&d, SPAN("c1@there"), SPAN(ALICE), SPAN("ours"), SPAN(BOB),
		    SPAN("sip:bob@b.example")))
		return;
	if (kit_msg_make(&m, "SIP/2.0 200 OK", ALICE ";tag=ours", BOB ";tag=b1", "1 INVITE",
		    CONTACT RR("p1.example"))) {
		CHECK(dialog_on_response(d, &m.msg) ? !dialog_is_confirmed(d)
						    : dialog_is_confirmed(d));
		kit_msg_free(&m);
	}
	dialog_destroy(d);
}

static void lack_of_memory_is_an_error(void **state)
{
	(void)state;
	ROW("");
	alloc_fail_sweep(live, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uas_takes_its_side_from_the_request),
		cmocka_unit_test(uac_learns_from_answers),
		cmocka_unit_test(answers_are_judged),
		cmocka_unit_test(forks_count_on_from_their_invite),
		cmocka_unit_test(requests_carry_the_hops_that_are_left),
		cmocka_unit_test(uas_needs_a_contact),
		cmocka_unit_test(requests_move_cseq_and_target),
		cmocka_unit_test(requests_follow_the_route_set),
		cmocka_unit_test(sips_over_tls_is_secure),
		cmocka_unit_test(routes_have_a_maximum),
		cmocka_unit_test(texts_have_a_maximum),
		cmocka_unit_test(lack_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
