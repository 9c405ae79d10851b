/** @file unit/base/tables_test.c  Arenas, handles and maps, with allocations that fail. */
#include "unit/test.h"

#include "base/arena.h"
#include "base/handle.h"
#include "base/map.h"
#include "unit/alloc_fail.h"

static void arena_stops_at_its_maximum(void **state)
{
	struct arena a;
	char *p;

	(void)state;
	arena_init(&a, 64);
	p = arena_alloc(&a, 48);
	CHECK(p && p[0] == 0 && p[47] == 0);
	CHECK(arena_alloc(&a, 17) == NULL);
	CHECK(arena_alloc(&a, 16) != NULL);
	CHECK(arena_alloc(&a, 1) == NULL);
	arena_reset(&a);
	p = arena_alloc(&a, 64);
	CHECK(p && p[0] == 0); /* zeroed again */
	CHECK(arena_alloc(&a, SIZE_MAX) == NULL);
	arena_deinit(&a);
}

static void arena_grows_by_blocks_and_keeps_what_it_gave(void **state)
{
	struct arena a;
	struct span copies[100];

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t i = 0; i < 100; i++) {
		char text[1000];
		memset(text, (int)('a' + i % 26), sizeof(text));
		CHECK_OK(arena_copy(&a, (struct span){ text, sizeof(text) }, &copies[i]));
	}
	for (size_t i = 0; i < 100; i++)
		CHECK(copies[i].p[0] == (char)('a' + i % 26) && copies[i].p[999] == copies[i].p[0]);
	arena_deinit(&a);
}

static void handles_of_removed_objects_name_nothing(void **state)
{
	struct handle_table t;
	int object[3];
	handle_t h[3], again;

	(void)state;
	handle_table_init(&t, 2);
	CHECK_OK(handle_add(&t, &object[0], &h[0]));
	CHECK_OK(handle_add(&t, &object[1], &h[1]));
	CHECK_INT(SOTTO_ELIMIT, handle_add(&t, &object[2], &h[2]));
	CHECK_INT(0, h[2]);
	CHECK(handle_find(&t, h[0]) == &object[0]);
	handle_remove(&t, h[0]);
	CHECK(handle_find(&t, h[0]) == NULL);
	handle_remove(&t, h[0]); /* twice is harmless */
	CHECK_INT(1, t.count);
	CHECK_OK(handle_add(&t, &object[2], &again));
	CHECK(again != h[0]);
	CHECK(handle_find(&t, h[0]) == NULL && handle_find(&t, again) == &object[2]);
	CHECK(handle_find(&t, 0) == NULL && handle_find(&t, ~(handle_t)0) == NULL);
	handle_table_deinit(&t);
}

struct entry {
	char key[16];
	bool is_in;
};

/** A thousand entries in and out at random, held against a plain array. */
static void map_agrees_with_an_array(void **state)
{
	static struct entry entries[1000];
	struct rng_seeded r;
	struct map m;
	size_t count = 0;

	(void)state;
	rng_seeded_init(&r, 7);
	map_init(&m, &r.rng, ARRAY_LEN(entries));
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		snprintf(entries[i].key, sizeof(entries[i].key), "k%zu", i);
	for (size_t step = 0; step < 20000; step++) {
		struct entry *e = &entries[rng_u32(&r.rng) % ARRAY_LEN(entries)];
		if (e->is_in) {
			CHECK_INT(SOTTO_EEXIST, map_add(&m, span_of(e->key), e));
			CHECK(map_remove(&m, span_of(e->key)) == e);
			count--;
		} else {
			CHECK(map_find(&m, span_of(e->key)) == NULL);
			CHECK_OK(map_add(&m, span_of(e->key), e));
			count++;
		}
		e->is_in = !e->is_in;
		CHECK_INT(count, m.count);
	}
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		CHECK(map_find(&m, span_of(entries[i].key)) ==
			(entries[i].is_in ? &entries[i] : NULL));
	map_deinit(&m);
}

static void map_stops_at_its_maximum(void **state)
{
	struct rng_seeded r;
	struct map m;
	int value;

	(void)state;
	rng_seeded_init(&r, 7);
	map_init(&m, &r.rng, 2);
	CHECK_OK(map_add(&m, SPAN("a"), &value));
	CHECK_OK(map_add(&m, SPAN_NONE, &value)); /* the empty key is a key */
	CHECK_INT(SOTTO_ELIMIT, map_add(&m, SPAN("c"), &value));
	CHECK(map_remove(&m, SPAN("x")) == NULL);
	CHECK(map_remove(&m, SPAN("")) == &value);
	CHECK_OK(map_add(&m, SPAN("c"), &value));
	map_deinit(&m);
}

/** The vectors of the SipHash paper, appendix A: key 00..0f, input 00..0e. */
static void siphash_gives_the_published_value(void **state)
{
	const uint64_t secret[2] = { 0x0706050403020100u, 0x0f0e0d0c0b0a0908u };
	char in[15];

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (char)i;
	CHECK(siphash(secret, (struct span){ in, sizeof(in) }) == 0xa129ca6149be45e5u);
}

static void use_all(void *ctx)
{
	struct rng_seeded r;
	struct handle_table t;
	struct arena a;
	struct map m;
	handle_t h;
	sotto_err err;

	(void)ctx;
	rng_seeded_init(&r, 1);
	map_init(&m, &r.rng, 1000);
	handle_table_init(&t, 1000);
	arena_init(&a, 100000);
	for (size_t i = 0; i < 200; i++) {
		char *key = arena_alloc(&a, 100);
		if (!key)
			break;
		snprintf(key, 100, "%zu", i);
		err = map_add(&m, span_of(key), key);
		CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
		if (err)
			break;
		CHECK(map_find(&m, span_of("0")) != NULL);
		err = handle_add(&t, key, &h);
		CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
		if (err)
			break;
	}
	map_deinit(&m);
	handle_table_deinit(&t);
	arena_deinit(&a);
}

static void tables_survive_each_failing_allocation(void **state)
{
	(void)state;
	alloc_fail_sweep(use_all, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_stops_at_its_maximum),
		cmocka_unit_test(arena_grows_by_blocks_and_keeps_what_it_gave),
		cmocka_unit_test(handles_of_removed_objects_name_nothing),
		cmocka_unit_test(map_agrees_with_an_array),
		cmocka_unit_test(map_stops_at_its_maximum),
		cmocka_unit_test(siphash_gives_the_published_value),
		cmocka_unit_test(tables_survive_each_failing_allocation),
	};

	return cmocka_run_group_tests_name("base.tables", tests, NULL, NULL);
}
