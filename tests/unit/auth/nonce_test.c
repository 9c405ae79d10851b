/** @file unit/auth/nonce_test.c  Nonces: signed, timed, counted, bounded (RFC 7616 §5). */
#include "auth/nonce.h"
#include "unit/alloc_fail.h"
#include "unit/auth/kit.h"

#define MAX 4

static struct rng_seeded rng;
static struct nonces ns;

static void start(void)
{
	rng_seeded_init(&rng, 7);
	nonces_init(&ns, &rng.rng, 9, MAX);
}

static struct nonce made_at(instant_t now)
{
	char text[NONCE_TEXT_LEN];
	struct nonce n;

	CHECK_OK(nonce_make(&ns, now, text));
	CHECK_OK(nonce_read(&ns, (struct span){ text, sizeof(text) }, now, &n));
	CHECK_INT(now, n.made);
	return n;
}

static void nonce_carries_worker_and_is_no_ones_else(void **state)
{
	char a[NONCE_TEXT_LEN], b[NONCE_TEXT_LEN];
	struct nonces other;
	struct nonce n;

	(void)state;
	ROW("");
	start();
	nonces_init(&other, &rng.rng, 9, MAX);
	CHECK_OK(nonce_make(&ns, 5, a));
	CHECK_OK(nonce_make(&ns, 5, b));
	CHECK(memcmp(a, b, sizeof(a)) != 0);
	CHECK(memcmp(a, "09", 2) == 0);
	CHECK_INT(SOTTO_EAUTH, nonce_read(&other, (struct span){ a, sizeof(a) }, 5, &n));
	CHECK_INT(SOTTO_EAUTH, nonce_read(&ns, (struct span){ a, sizeof(a) - 1 }, 5, &n));
	CHECK_INT(SOTTO_EAUTH, nonce_read(&ns, SPAN("dcd98b7102dd2f0e"), 5, &n));
	for (size_t i = 0; i < sizeof(a); i++) {
		char forged[NONCE_TEXT_LEN];
		memcpy(forged, a, sizeof(a));
		forged[i] = forged[i] == '0' ? '1' : '0';
		CHECK_INT(SOTTO_EAUTH,
			nonce_read(&ns, (struct span){ forged, sizeof(forged) }, 5, &n));
	}
	nonces_deinit(&other);
	nonces_deinit(&ns);
}

static void nonce_lives_its_time_and_no_longer(void **state)
{
	instant_t end = instant_add(1000, AUTH_NONCE_LIFE);
	char text[NONCE_TEXT_LEN];
	struct nonce n;

	(void)state;
	ROW("");
	start();
	CHECK_OK(nonce_make(&ns, 1000, text));
	CHECK_OK(nonce_read(&ns, (struct span){ text, sizeof(text) }, end, &n));
	CHECK_INT(
		SOTTO_ETIMEOUT, nonce_read(&ns, (struct span){ text, sizeof(text) }, end + 1, &n));
	nonces_deinit(&ns);
}

static void nonce_counts_only_upwards(void **state)
{
	static const struct {
		const char *label;
		bool has_count;
		uint32_t nc;
		sotto_err want;
	} rows[] = {
		{ "a count of 0 is none", true, 0, SOTTO_EREPLAY },
		{ "the first", true, 1, SOTTO_OK },
		{ "repeated", true, 1, SOTTO_EREPLAY },
		{ "one left out", true, 3, SOTTO_OK },
		{ "lower", true, 2, SOTTO_EREPLAY },
		{ "without a count, after one with", false, 0, SOTTO_EREPLAY },
		{ "highest", true, UINT32_MAX, SOTTO_OK },
		{ "nothing is above it", true, UINT32_MAX, SOTTO_EREPLAY },
	};
	struct nonce n;

	(void)state;
	start();
	n = made_at(0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		CHECK_INT(rows[i].want, nonce_use(&ns, &n, rows[i].has_count, rows[i].nc, 0));
	}
	ROW("without a count it serves once");
	n = made_at(0);
	CHECK_OK(nonce_use(&ns, &n, false, 0, 0));
	CHECK_INT(SOTTO_EREPLAY, nonce_use(&ns, &n, false, 0, 0));
	CHECK_INT(SOTTO_EREPLAY, nonce_use(&ns, &n, true, 5, 0));
	nonces_deinit(&ns);
}

static void oldest_use_makes_room_and_never_counts_again(void **state)
{
	struct nonce n[MAX + 2], unused;

	(void)state;
	ROW("");
	start();
	unused = made_at(0);
	for (unsigned i = 0; i < MAX + 2; i++)
		n[i] = made_at(1 + i);
	for (unsigned i = 0; i < MAX; i++)
		CHECK_OK(nonce_use(&ns, &n[i], true, 1, 100));
	CHECK_INT(MAX, ns.used.count);
	CHECK_OK(nonce_use(&ns, &n[0], true, 2, 100)); /* at the maximum all are known */
	CHECK_OK(nonce_use(&ns, &n[MAX], true, 1, 100));
	CHECK_INT(MAX, ns.used.count);
	CHECK_INT(SOTTO_EREPLAY, nonce_use(&ns, &n[0], true, 3, 100));   /* its counts are lost */
	CHECK_INT(SOTTO_EREPLAY, nonce_use(&ns, &unused, true, 1, 100)); /* older: who knows? */
	CHECK_OK(nonce_use(&ns, &n[1], true, 2, 100));
	CHECK_OK(nonce_use(&ns, &n[MAX + 1], true, 1, 100)); /* younger: surely unused */
	nonces_deinit(&ns);
}

static void expired_uses_are_dropped(void **state)
{
	instant_t later = instant_add(10, AUTH_NONCE_LIFE);
	struct nonce n;

	(void)state;
	ROW("");
	start();
	for (int i = 0; i < 3; i++) {
		n = made_at(5);
		CHECK_OK(nonce_use(&ns, &n, true, 1, 5));
	}
	CHECK_INT(3, ns.used.count);
	n = made_at(later);
	CHECK_OK(nonce_use(&ns, &n, true, 1, later));
	CHECK_INT(1, ns.used.count);
	nonces_deinit(&ns);
}

static void use_once(void *ctx)
{
	struct nonce n;
	sotto_err err;

	(void)ctx;
	start();
	n = made_at(5);
	err = nonce_use(&ns, &n, true, 1, 5);
	CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
	CHECK_INT(err ? 0 : 1, ns.used.count);
	nonces_deinit(&ns);
}

static void what_cannot_be_remembered_does_not_count(void **state)
{
	(void)state;
	ROW("");
	alloc_fail_sweep(use_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nonce_carries_worker_and_is_no_ones_else),
		cmocka_unit_test(nonce_lives_its_time_and_no_longer),
		cmocka_unit_test(nonce_counts_only_upwards),
		cmocka_unit_test(oldest_use_makes_room_and_never_counts_again),
		cmocka_unit_test(expired_uses_are_dropped),
		cmocka_unit_test(what_cannot_be_remembered_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
