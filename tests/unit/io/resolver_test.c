/** @file unit/io/resolver_test.c  Tests io/resolver.h against a name server of our own. */
#include "io/resolver.h"

#include <stdlib.h>

#include "io/udp.h"
#include "unit/alloc_fail.h"
#include "unit/io/net.h"

struct world {
	struct loop *loop;
	struct resolver *resolver;
	struct udp_socket *dns;
	unsigned answers, questions;
	bool in_call, is_deaf, destroys;
	uint64_t cookie;
	struct netaddr addresses[RESOLVER_ADDRESSES_MAX];
	size_t n;
	unsigned records; /* in each answer of type A */
};

static void on_answer(void *ctx, uint64_t cookie, const struct netaddr *addresses, size_t n)
{
	struct world *w = ctx;

	CHECK(!w->in_call && n <= RESOLVER_ADDRESSES_MAX);
	w->answers++;
	w->cookie = cookie;
	w->n = n;
	for (size_t i = 0; i < n; i++)
		w->addresses[i] = addresses[i];
	if (w->destroys) {
		resolver_destroy(w->resolver);
		w->resolver = NULL;
	}
}

/** Answers each question of type A with `records` addresses, any other with none. */
static void on_question(
	void *ctx, char *bytes, size_t n, const struct netaddr *remote, const struct netaddr *local)
{
	static const char record[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2";
	struct world *w = ctx;
	char out[1024];
	struct buf b = buf_over(out, sizeof(out));
	size_t end = 12;
	unsigned count;

	w->questions++;
	if (w->is_deaf)
		return;
	while (end < n && bytes[end])
		end += (unsigned char)bytes[end] + 1u;
	end += 5; /* the root's label, type, class */
	CHECK(end <= n);
	count = bytes[end - 3] == 1 ? w->records : 0;
	buf_put(&b, (struct span){ bytes, 2 });
	buf_put(&b, (struct span){ "\x81\x80\0\1\0", 5 });
	buf_putc(&b, (char)count);
	buf_put(&b, (struct span){ "\0\0\0\0", 4 });
	buf_put(&b, (struct span){ bytes + 12, end - 12 });
	for (unsigned i = 0; i < count; i++) {
		buf_put(&b, (struct span){ record, sizeof(record) - 1 });
		buf_putc(&b, (char)(i + 1));
	}
	CHECK_OK(udp_send(w->dns, remote, local, buf_span(&b)));
}

static struct world *world_open(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct netaddr any = net_addr("127.0.0.1:0");

	CHECK_OK(loop_create(&w->loop));
	CHECK_OK(udp_open(&w->dns, w->loop, &any, NULL));
	CHECK_OK(udp_start(w->dns, on_question, w));
	CHECK_OK(resolver_create(&w->resolver, w->loop, on_answer, w));
	CHECK_OK(resolver_use_server(w->resolver, udp_local(w->dns)));
	return w;
}

static void world_close(struct world *w)
{
	resolver_destroy(w->resolver);
	udp_close(w->dns);
	loop_destroy(w->loop);
	free(w);
}

static sotto_err ask(struct world *w, const char *host, uint64_t cookie)
{
	sotto_err err;

	w->in_call = true;
	err = resolver_ask(w->resolver, span_of(host), 5061, cookie);
	w->in_call = false;
	return err;
}

static void names_and_literals_are_answered(void **state)
{
	static const struct {
		const char *label, *host;
		unsigned records;
		size_t want;
		const char *first;
	} rows[] = {
		{ "one address", "a.example.com", 1, 1, "192.0.2.1:5061" },
		{ "none", "b.example.com", 0, 0, NULL },
		{ "the most that is kept", "c.example.com", RESOLVER_ADDRESSES_MAX,
			RESOLVER_ADDRESSES_MAX, NULL },
		{ "one more", "d.example.com", RESOLVER_ADDRESSES_MAX + 1, RESOLVER_ADDRESSES_MAX,
			NULL },
		{ "IPv4 literal", "192.0.2.9", 0, 1, "192.0.2.9:5061" },
		{ "IPv6 literal", "2001:db8::1", 0, 1, "[2001:db8::1]:5061" },
		{ "IPv6 reference", "[2001:db8::1]", 0, 1, "[2001:db8::1]:5061" },
	};
	struct world *w = world_open();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct netaddr want;

		ROW(rows[i].label);
		w->records = rows[i].records;
		CHECK_OK(ask(w, rows[i].host, i + 100));
		WAIT(w->loop, w->answers == i + 1);
		CHECK_INT(i + 100, w->cookie);
		CHECK_INT(rows[i].want, w->n);
		if (!rows[i].first)
			continue;
		want = net_addr(rows[i].first);
		CHECK(netaddr_eq(&want, &w->addresses[0]));
	}
	world_close(w);
}

static void what_cannot_be_a_name_is_refused(void **state)
{
	struct world *w = world_open();
	char long_name[RESOLVER_HOST_MAX + 1];

	(void)state;
	memset(long_name, 'a', sizeof(long_name));
	CHECK_INT(SOTTO_ESYNTAX, resolver_ask(w->resolver, SPAN_NONE, 1, 1));
	CHECK_INT(SOTTO_ESYNTAX, resolver_ask(w->resolver, SPAN("a\0b"), 1, 1));
	CHECK_INT(SOTTO_ESYNTAX,
		resolver_ask(w->resolver, (struct span){ long_name, sizeof(long_name) }, 1, 1));
	for (size_t i = 63; i < sizeof(long_name); i += 64)
		long_name[i] = '.';
	CHECK_OK(resolver_ask(w->resolver, (struct span){ long_name, RESOLVER_HOST_MAX }, 1, 1));
	WAIT(w->loop, w->answers == 1);
	world_close(w);
}

static void questions_under_way_have_a_maximum(void **state)
{
	struct world *w = world_open();
	char host[32];

	(void)state;
	w->is_deaf = true;
	for (unsigned i = 0; i < RESOLVER_QUERIES_MAX; i++) {
		snprintf(host, sizeof(host), "host%u.example.com", i);
		CHECK_OK(ask(w, host, i));
	}
	CHECK_INT(SOTTO_ELIMIT, ask(w, "one.more.example.com", 1));
	CHECK_INT(SOTTO_ELIMIT, ask(w, "192.0.2.1", 1));
	WAIT(w->loop, w->questions > 0);
	CHECK_INT(0, w->answers);
	world_close(w); /* with all of them open */
}

static void it_may_be_destroyed_in_an_answer(void **state)
{
	struct world *w = world_open();

	(void)state;
	w->destroys = true;
	CHECK_OK(ask(w, "192.0.2.1", 1));
	CHECK_OK(ask(w, "192.0.2.2", 2));
	CHECK_OK(ask(w, "a.example.com", 3));
	WAIT(w->loop, w->answers == 1);
	loop_turn(w->loop, 1);
	CHECK_INT(1, w->answers);
	world_close(w);
}

static void live_once(void *ctx)
{
	struct world *w = ctx;

	w->answers = 0;
	if (resolver_create(&w->resolver, w->loop, on_answer, w) ||
		resolver_use_server(w->resolver, udp_local(w->dns)) || ask(w, "192.0.2.1", 1)) {
		resolver_destroy(w->resolver);
		w->resolver = NULL;
		return;
	}
	WAIT(w->loop, w->answers == 1);
	resolver_destroy(w->resolver);
	w->resolver = NULL;
	loop_turn(w->loop, 0);
}

static void it_survives_want_of_memory(void **state)
{
	struct world *w = world_open();

	(void)state;
	resolver_destroy(w->resolver);
	alloc_fail_sweep(live_once, w);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_literals_are_answered),
		cmocka_unit_test(what_cannot_be_a_name_is_refused),
		cmocka_unit_test(questions_under_way_have_a_maximum),
		cmocka_unit_test(it_may_be_destroyed_in_an_answer),
		cmocka_unit_test(it_survives_want_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
