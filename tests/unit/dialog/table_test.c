/** @file unit/dialog/table_test.c  Finding the dialog of a message (RFC 3261 §12, §12.2.2). */
#include "unit/alloc_fail.h"
#include "unit/dialog/kit.h"

static struct kit_msg m; /* too large for the stack */
static struct rng_seeded rng;

static struct dialog *uac(const char *call_id, const char *tag)
{
	struct dialog *d;

	CHECK_OK(dialog_create_uac(&d, span_of(call_id), SPAN(ALICE), span_of(tag), SPAN(BOB),
		SPAN("sip:bob@b.example")));
	return d;
}

static void early(struct dialog *d, const char *to)
{
	kit_msg_make(&m, "SIP/2.0 180 X", ALICE ";tag=ours", to, "1 INVITE", "");
	CHECK_OK(dialog_on_response(d, &m.msg));
	kit_msg_free(&m);
}

static struct dialog_table *table(size_t max)
{
	rng_seeded_init(&rng, 5);
	return dialog_table_create(&rng.rng, max);
}

static void messages_find_their_dialog(void **state)
{
	static const struct {
		const char *label, *first, *from, *to;
		handle_t owner; /* 0: none */
	} rows[] = {
		{ "answer of the first fork", "SIP/2.0 200 OK", ALICE ";tag=ours", BOB ";tag=b1",
			1 },
		{ "answer of the second fork", "SIP/2.0 200 OK", ALICE ";tag=ours", BOB ";tag=b2",
			2 },
		{ "answer of a new fork: the one that knows no tag yet", "SIP/2.0 200 OK",
			ALICE ";tag=ours", BOB ";tag=b3", 3 },
		{ "answer without tag: that one too", "SIP/2.0 100 Trying", ALICE ";tag=ours", BOB,
			3 },
		{ "answer to another tag of ours", "SIP/2.0 200 OK", ALICE ";tag=other",
			BOB ";tag=b1", 0 },
		{ "request of the first fork", "BYE sip:x@h SIP/2.0", BOB ";tag=b1",
			ALICE ";tag=ours", 1 },
		{ "request of the second fork", "BYE sip:x@h SIP/2.0", BOB ";tag=b2",
			ALICE ";tag=ours", 2 },
		{ "request with the tags swapped", "BYE sip:x@h SIP/2.0", ALICE ";tag=ours",
			BOB ";tag=b1", 0 },
		{ "request that begins a dialog", "BYE sip:x@h SIP/2.0", BOB ";tag=b1", ALICE, 0 },
	};
	struct dialog_table *t = table(10);
	struct dialog *d[] = { uac("c1@there", "ours"), uac("c1@there", "ours"),
		uac("c1@there", "ours"), uac("c2@there", "other") };

	(void)state;
	ROW("");
	early(d[0], BOB ";tag=b1");
	early(d[1], BOB ";tag=b2");
	for (size_t i = 0; i < ARRAY_LEN(d); i++)
		CHECK_OK(dialog_table_add(t, d[i], i + 1));
	CHECK_INT(4, dialog_table_count(t));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		handle_t owner = 99;
		struct dialog *got;
		ROW(rows[i].label);
		kit_msg_make(&m, rows[i].first, rows[i].from, rows[i].to,
			strncmp(rows[i].first, "BYE", 3) ? "1 INVITE" : "1 BYE", "");
		got = dialog_table_find(t, &m.msg, &owner);
		CHECK_INT(rows[i].owner, owner);
		CHECK(got == (owner ? d[owner - 1] : NULL));
		kit_msg_free(&m);
	}
	for (size_t i = 0; i < ARRAY_LEN(d); i++)
		dialog_destroy(d[i]); /* takes it out */
	CHECK_INT(0, dialog_table_count(t));
	dialog_table_destroy(t);
}

static void a_known_tag_shuts_others_out(void **state)
{
	struct dialog_table *t = table(10);
	struct dialog *d = uac("c1@there", "ours");
	handle_t owner;

	(void)state;
	ROW("");
	CHECK_OK(dialog_table_add(t, d, 1));
	early(d, BOB ";tag=b1"); /* learnt while it is in the table */
	kit_msg_make(&m, "BYE sip:x@h SIP/2.0", BOB ";tag=b2", ALICE ";tag=ours", "1 BYE", "");
	CHECK(dialog_table_find(t, &m.msg, &owner) == NULL);
	kit_msg_free(&m);
	dialog_destroy(d);
	dialog_table_destroy(t);
}

static void table_has_a_maximum(void **state)
{
	struct dialog_table *t = table(2);
	struct dialog *d[] = { uac("c1", "ours"), uac("c2", "ours"), uac("c3", "ours") };

	(void)state;
	ROW("");
	CHECK_OK(dialog_table_add(t, d[0], 1));
	CHECK_OK(dialog_table_add(t, d[1], 2));
	CHECK_INT(SOTTO_ELIMIT, dialog_table_add(t, d[2], 3));
	dialog_table_remove(t, d[0]);
	dialog_table_remove(t, d[0]);
	CHECK_OK(dialog_table_add(t, d[2], 3));
	CHECK_INT(2, dialog_table_count(t));
	dialog_table_destroy(t); /* the dialogs live on */
	for (size_t i = 0; i < ARRAY_LEN(d); i++)
		dialog_destroy(d[i]);
}

static void no_two_are_alike(void **state)
{
	struct dialog_table *t = table(10);
	struct dialog *a = uac("c1", "ours"), *b = uac("c1", "ours");

	(void)state;
	ROW("");
	CHECK_OK(dialog_table_add(t, a, 1));
	CHECK_INT(SOTTO_EEXIST, dialog_table_add(t, a, 1));
	CHECK_INT(SOTTO_EEXIST, dialog_table_add(t, b, 2));
	CHECK_INT(1, dialog_table_count(t));
	dialog_destroy(a);
	CHECK_OK(dialog_table_add(t, b, 2));
	dialog_destroy(b);
	dialog_table_destroy(t);
}

static void add_one(void *ctx)
{
	struct dialog_table *t = table(10);
	struct dialog *d = NULL;
	sotto_err err;

	(void)ctx;
	if (!t)
		return;
	err = dialog_create_uac(
		&d, SPAN("c1"), SPAN(ALICE), SPAN("ours"), SPAN(BOB), SPAN("sip:b@b"));
	if (!err) {
		err = dialog_table_add(t, d, 1);
		CHECK_INT(err ? 0 : 1, dialog_table_count(t));
	}
	CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
	dialog_destroy(d);
	dialog_table_destroy(t);
}

static void lack_of_memory_is_an_error(void **state)
{
	(void)state;
	ROW("");
	alloc_fail_sweep(add_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_find_their_dialog),
		cmocka_unit_test(a_known_tag_shuts_others_out),
		cmocka_unit_test(table_has_a_maximum),
		cmocka_unit_test(no_two_are_alike),
		cmocka_unit_test(lack_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
