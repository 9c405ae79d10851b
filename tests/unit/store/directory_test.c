/** @file unit/store/directory_test.c */
#include "store/directory.h"

#include <pthread.h>

#include "unit/alloc_fail.h"
#include "unit/test.h"

/* a row of a table: clang-format 14 tears bare ones apart */
#define LINE(...)           \
	{                   \
		__VA_ARGS__ \
	}

static struct netaddr address(const char *text)
{
	struct netaddr a;

	CHECK_OK(netaddr_parse(span_of(text), &a));
	return a;
}

static struct connection connection(const char *id, enum connection_kind kind)
{
	struct connection c = { .kind = kind, .is_active = true };

	snprintf(c.id, sizeof(c.id), "%s", id);
	return c;
}

static void add_source(struct connection *c, const char *ip, uint8_t bits)
{
	c->addresses[c->address_count++] =
		(struct connection_address){ .address = address(ip), .prefix = bits };
}

static struct credential credential(const char *user, const char *id)
{
	struct credential c = { 0 };

	snprintf(c.user, sizeof(c.user), "%s", user);
	snprintf(c.connection_id, sizeof(c.connection_id), "%s", id);
	return c;
}

static struct number number(const char *digits, const char *id)
{
	struct number n = { 0 };

	snprintf(n.digits, sizeof(n.digits), "%s", digits);
	snprintf(n.connection_id, sizeof(n.connection_id), "%s", id);
	return n;
}

static struct directory *sample(void)
{
	struct connection c[4] = { connection("cred", CONNECTION_CREDENTIAL),
		connection("wide", CONNECTION_IP), connection("narrow", CONNECTION_IP),
		connection("fqdn", CONNECTION_FQDN) };
	struct credential u[] = { credential("alice", "cred"), credential("bob", "fqdn") };
	struct number n[] = { number("15551234", "cred"), number("100", "wide") };
	struct directory_rows rows = { c, 4, u, 2, n, 2 };
	struct directory *d;

	add_source(&c[1], "192.0.2.1", 24);
	add_source(&c[1], "2001:db8::1", 32);
	add_source(&c[2], "192.0.2.128", 25);
	add_source(&c[2], "192.0.2.7", 32);
	add_source(&c[2], "192.0.2.7:5070", 32); /* a second place to call */
	add_source(&c[3], "2001:db8:1:8000::", 49);
	CHECK_OK(directory_create(&d, &rows, rng_system()));
	return d;
}

static void directory_finds_rows_by_name(void **state)
{
	struct directory *d = sample();

	(void)state;
	CHECK_INT(CONNECTION_IP, directory_connection(d, SPAN("wide"))->kind);
	CHECK(!directory_connection(d, SPAN("wid")));
	CHECK(!directory_connection(d, SPAN_NONE));
	CHECK_SPAN("fqdn", span_of(directory_credential(d, SPAN("bob"))->connection_id));
	CHECK(!directory_credential(d, SPAN("Bob")));
	CHECK_SPAN("cred", span_of(directory_number(d, SPAN("15551234"))->connection_id));
	CHECK_SPAN("cred", span_of(directory_number(d, SPAN("+15551234"))->connection_id));
	CHECK(!directory_number(d, SPAN("++15551234")));
	CHECK(!directory_number(d, SPAN("+")));
	CHECK_INT(4, directory_count(d).connections);
	CHECK_INT(2, directory_count(d).credentials);
	CHECK_INT(2, directory_count(d).numbers);
	directory_release(d);
}

static void directory_takes_the_most_specific_prefix(void **state)
{
	static const struct {
		const char *label, *source, *want;
	} rows[] = {
		LINE("only the wide one", "192.0.2.1", "wide"),
		LINE("its last address", "192.0.2.127", "wide"),
		LINE("half of it", "192.0.2.128", "narrow"),
		LINE("one host", "192.0.2.7", "narrow"),
		LINE("ports do not matter", "192.0.2.7:4000", "narrow"),
		LINE("one beyond", "192.0.3.0", NULL),
		LINE("IPv6", "2001:db8:ffff::1", "wide"),
		LINE("IPv6, a prefix within a byte", "2001:db8:1:8fff::1", "fqdn"),
		LINE("IPv6, one bit off", "2001:db8:1:7fff::1", "wide"),
		LINE("IPv6, none", "2001:db9::1", NULL),
	};
	struct directory *d = sample();
	struct netaddr none = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct netaddr a = address(rows[i].source);
		const struct connection *c = directory_by_source(d, &a);
		ROW(rows[i].label);
		CHECK(!c == !rows[i].want);
		if (c)
			CHECK_SPAN(rows[i].want, span_of(c->id));
	}
	CHECK(!directory_by_source(d, &none));
	directory_release(d);
}

static void directory_matches_every_address_with_a_prefix_of_zero(void **state)
{
	struct connection c = connection("all", CONNECTION_IP);
	struct directory_rows rows = { .connections = &c, .connection_count = 1 };
	struct netaddr v4 = address("203.0.113.9"), v6 = address("::1");
	struct directory *d;

	(void)state;
	add_source(&c, "192.0.2.1", 0);
	CHECK_OK(directory_create(&d, &rows, rng_system()));
	CHECK(directory_by_source(d, &v4));
	CHECK(!directory_by_source(d, &v6));
	directory_release(d);
}

static void directory_refuses_what_is_ambiguous_or_dangling(void **state)
{
	struct connection two[2] = { connection("a", CONNECTION_IP),
		connection("b", CONNECTION_IP) };
	struct credential users[2] = { credential("u", "a"), credential("u", "b") };
	struct number numbers[2] = { number("1", "a"), number("1", "a") };
	struct directory *d;
	struct directory_rows rows = { .connections = two, .connection_count = 2 };

	(void)state;
	ROW("the same users");
	rows.credentials = users;
	rows.credential_count = 2;
	CHECK_INT(SOTTO_EEXIST, directory_create(&d, &rows, rng_system()));
	CHECK(!d);
	ROW("the same numbers");
	rows.credential_count = 0;
	rows.numbers = numbers;
	rows.number_count = 2;
	CHECK_INT(SOTTO_EEXIST, directory_create(&d, &rows, rng_system()));
	ROW("a number of nobody");
	snprintf(numbers[1].connection_id, CONNECTION_ID_MAX, "c");
	snprintf(numbers[1].digits, NUMBER_MAX, "2");
	CHECK_INT(SOTTO_ENOENT, directory_create(&d, &rows, rng_system()));
	ROW("a user of nobody");
	rows.number_count = 0;
	rows.credential_count = 1;
	snprintf(users[0].connection_id, CONNECTION_ID_MAX, "c");
	CHECK_INT(SOTTO_ENOENT, directory_create(&d, &rows, rng_system()));
	ROW("one source, two connections");
	rows.credential_count = 0;
	add_source(&two[0], "192.0.2.1", 24);
	add_source(&two[1], "192.0.2.77:5080", 24);
	CHECK_INT(SOTTO_EEXIST, directory_create(&d, &rows, rng_system()));
	ROW("a prefix that is too long");
	two[1].addresses[0].prefix = 33;
	CHECK_INT(SOTTO_EINVAL, directory_create(&d, &rows, rng_system()));
	ROW("the same ids");
	two[1] = two[0];
	CHECK_INT(SOTTO_EEXIST, directory_create(&d, &rows, rng_system()));
}

static void directory_holds_its_maximum_and_not_one_more(void **state)
{
	size_t n = DIRECTORY_NUMBERS_MAX + 1;
	struct connection c = connection("a", CONNECTION_IP);
	struct number *numbers = calloc(n, sizeof(*numbers));
	struct directory_rows rows = { .connections = &c, .connection_count = 1 };
	struct directory *d;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		snprintf(numbers[i].digits, NUMBER_MAX, "%zu", i);
		snprintf(numbers[i].connection_id, CONNECTION_ID_MAX, "a");
	}
	rows.numbers = numbers;
	rows.number_count = n;
	CHECK_INT(SOTTO_ELIMIT, directory_create(&d, &rows, rng_system()));
	rows.number_count = n - 1;
	CHECK_OK(directory_create(&d, &rows, rng_system()));
	CHECK(directory_number(d, SPAN("262143")));
	directory_release(d);
	free(numbers);
	rows = (struct directory_rows){ .connection_count = DIRECTORY_CONNECTIONS_MAX + 1 };
	CHECK_INT(SOTTO_ELIMIT, directory_create(&d, &rows, rng_system()));
	rows = (struct directory_rows){ .credential_count = DIRECTORY_CREDENTIALS_MAX + 1 };
	CHECK_INT(SOTTO_ELIMIT, directory_create(&d, &rows, rng_system()));
	c.address_count = CONNECTION_ADDRESSES_MAX + 1;
	rows = (struct directory_rows){ .connections = &c, .connection_count = 1 };
	CHECK_INT(SOTTO_ELIMIT, directory_create(&d, &rows, rng_system()));
}

static void directory_of_nothing_finds_nothing(void **state)
{
	struct directory_rows rows = { 0 };
	struct netaddr a = address("192.0.2.1");
	struct directory *d;

	(void)state;
	CHECK_OK(directory_create(&d, &rows, rng_system()));
	CHECK(!directory_number(d, SPAN("1")));
	CHECK(!directory_by_source(d, &a));
	directory_release(d);
	directory_release(NULL);
}

static void *retain_and_release(void *ctx)
{
	for (int i = 0; i < 10000; i++)
		directory_release(directory_retain(ctx));
	directory_release(ctx);
	return NULL;
}

static void directory_lives_until_its_last_reference(void **state)
{
	struct directory *d = sample();
	pthread_t threads[4];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		CHECK_INT(0,
			pthread_create(&threads[i], NULL, retain_and_release, directory_retain(d)));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	CHECK(directory_connection(d, SPAN("cred")));
	directory_release(d); /* ASan reports one too many or too few */
}

static void create_once(void *ctx)
{
	struct directory *d;
	sotto_err err = directory_create(&d, ctx, rng_system());

	CHECK(err == SOTTO_OK || err == SOTTO_ENOMEM);
	CHECK(!err == !!d);
	directory_release(d);
}

static void directory_survives_every_failed_allocation(void **state)
{
	struct connection c = connection("a", CONNECTION_IP);
	struct credential u = credential("u", "a");
	struct number n = number("1", "a");
	struct directory_rows rows = { &c, 1, &u, 1, &n, 1 };

	(void)state;
	add_source(&c, "192.0.2.1", 32);
	alloc_fail_sweep(create_once, &rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directory_finds_rows_by_name),
		cmocka_unit_test(directory_takes_the_most_specific_prefix),
		cmocka_unit_test(directory_matches_every_address_with_a_prefix_of_zero),
		cmocka_unit_test(directory_refuses_what_is_ambiguous_or_dangling),
		cmocka_unit_test(directory_holds_its_maximum_and_not_one_more),
		cmocka_unit_test(directory_of_nothing_finds_nothing),
		cmocka_unit_test(directory_lives_until_its_last_reference),
		cmocka_unit_test(directory_survives_every_failed_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
