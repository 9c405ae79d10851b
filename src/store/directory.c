/**
 * @file store/directory.c  Four hash tables over copies of the rows. The longest source prefix is
 * found by asking the table once per prefix length in use, longest first: at most 33 or 129 looks.
 */
#include "store/directory.h"

#include <stdatomic.h>
#include <stdlib.h>

struct source {
	uint8_t key[DIRECTORY_SOURCE_KEY_LEN];
	struct connection *connection;
};

struct directory {
	atomic_uint refs;
	struct connection *connections;
	struct credential *credentials;
	struct number *numbers;
	struct source *sources;
	size_t connection_count, credential_count, number_count, source_count;
	struct map by_id, by_user, by_number, by_source;
	bool has_v4[33], has_v6[129]; /* prefix lengths in use */
};

static struct span source_span(const uint8_t key[DIRECTORY_SOURCE_KEY_LEN])
{
	return (struct span){ (const char *)key, DIRECTORY_SOURCE_KEY_LEN };
}

void source_key_write(uint8_t key[DIRECTORY_SOURCE_KEY_LEN], const struct netaddr *a, unsigned bits)
{
	memset(key, 0, DIRECTORY_SOURCE_KEY_LEN);
	key[0] = (uint8_t)a->family;
	key[1] = (uint8_t)bits;
	memcpy(key + 2, a->ip, bits / 8);
	if (bits % 8)
		key[2 + bits / 8] = (uint8_t)(a->ip[bits / 8] & (0xff00u >> (bits % 8)));
}

/** A copy of `n` rows of `size` bytes; `n` may be 0. */
static sotto_err copy_rows(void **out, const void *rows, size_t n, size_t size)
{
	*out = calloc(n ? n : 1, size);
	if (!*out)
		return SOTTO_ENOMEM;
	if (n)
		memcpy(*out, rows, n * size);
	return SOTTO_OK;
}

static bool has_sources(const struct connection *c)
{
	return c->kind == CONNECTION_IP || c->kind == CONNECTION_FQDN;
}

static size_t sources_of(const struct directory *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->connection_count; i++)
		if (has_sources(&d->connections[i]))
			n += d->connections[i].address_count;
	return n;
}

static sotto_err copy_all(struct directory *d, const struct directory_rows *rows)
{
	void *p;

	TRY(copy_rows(&p, rows->connections, rows->connection_count, sizeof(*d->connections)));
	d->connections = p;
	d->connection_count = rows->connection_count;
	TRY(copy_rows(&p, rows->credentials, rows->credential_count, sizeof(*d->credentials)));
	d->credentials = p;
	d->credential_count = rows->credential_count;
	TRY(copy_rows(&p, rows->numbers, rows->number_count, sizeof(*d->numbers)));
	d->numbers = p;
	d->number_count = rows->number_count;
	d->source_count = sources_of(d);
	d->sources = calloc(d->source_count ? d->source_count : 1, sizeof(*d->sources));
	return d->sources ? SOTTO_OK : SOTTO_ENOMEM;
}

/** One connection may list a prefix twice, with two ports to call; two connections may not. */
static sotto_err enter_source(struct directory *d, struct source *s, struct connection *c,
	const struct connection_address *a)
{
	struct source *other;

	if (a->prefix > (a->address.family == IP_V4 ? 32 : 128) || a->address.family == IP_NONE)
		return SOTTO_EINVAL;
	source_key_write(s->key, &a->address, a->prefix);
	s->connection = c;
	(a->address.family == IP_V4 ? d->has_v4 : d->has_v6)[a->prefix] = true;
	other = map_find(&d->by_source, source_span(s->key));
	if (other)
		return other->connection == c ? SOTTO_OK : SOTTO_EEXIST;
	return map_add(&d->by_source, source_span(s->key), s);
}

static sotto_err enter_connections(struct directory *d)
{
	struct source *s = d->sources;

	for (size_t i = 0; i < d->connection_count; i++) {
		struct connection *c = &d->connections[i];
		TRY(map_add(&d->by_id, span_of(c->id), c));
		for (size_t k = 0; has_sources(c) && k < c->address_count; k++)
			TRY(enter_source(d, s++, c, &c->addresses[k]));
	}
	return SOTTO_OK;
}

static sotto_err enter_users_and_numbers(struct directory *d)
{
	for (size_t i = 0; i < d->credential_count; i++) {
		struct credential *c = &d->credentials[i];
		if (!map_find(&d->by_id, span_of(c->connection_id)))
			return SOTTO_ENOENT;
		TRY(map_add(&d->by_user, span_of(c->user), c));
	}
	for (size_t i = 0; i < d->number_count; i++) {
		struct number *n = &d->numbers[i];
		if (!map_find(&d->by_id, span_of(n->connection_id)))
			return SOTTO_ENOENT;
		TRY(map_add(&d->by_number, span_of(n->digits), n));
	}
	return SOTTO_OK;
}

static void destroy(struct directory *d)
{
	map_deinit(&d->by_id);
	map_deinit(&d->by_user);
	map_deinit(&d->by_number);
	map_deinit(&d->by_source);
	if (d->credentials) /* HA1s are as good as passwords */
		explicit_bzero(d->credentials, d->credential_count * sizeof(*d->credentials));
	free(d->connections);
	free(d->credentials);
	free(d->numbers);
	free(d->sources);
	free(d);
}

static sotto_err check_limits(const struct directory_rows *rows)
{
	if (rows->connection_count > DIRECTORY_CONNECTIONS_MAX ||
		rows->credential_count > DIRECTORY_CREDENTIALS_MAX ||
		rows->number_count > DIRECTORY_NUMBERS_MAX)
		return SOTTO_ELIMIT;
	for (size_t i = 0; i < rows->connection_count; i++)
		if (rows->connections[i].address_count > CONNECTION_ADDRESSES_MAX)
			return SOTTO_ELIMIT;
	return SOTTO_OK;
}

sotto_err directory_create(
	struct directory **out, const struct directory_rows *rows, struct rng *rng)
{
	struct directory *d;
	sotto_err err;

	*out = NULL;
	TRY(check_limits(rows));
	d = calloc(1, sizeof(*d));
	if (!d)
		return SOTTO_ENOMEM;
	atomic_init(&d->refs, 1);
	map_init(&d->by_id, rng, DIRECTORY_CONNECTIONS_MAX);
	map_init(&d->by_user, rng, DIRECTORY_CREDENTIALS_MAX);
	map_init(&d->by_number, rng, DIRECTORY_NUMBERS_MAX);
	map_init(&d->by_source, rng, DIRECTORY_CONNECTIONS_MAX * CONNECTION_ADDRESSES_MAX);
	err = copy_all(d, rows);
	if (!err)
		err = enter_connections(d);
	if (!err)
		err = enter_users_and_numbers(d);
	if (err)
		destroy(d);
	else
		*out = d;
	return err;
}

struct directory *directory_retain(struct directory *d)
{
	atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
	return d;
}

void directory_release(struct directory *d)
{
	if (d && atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel) == 1)
		destroy(d);
}

const struct connection *directory_connection(const struct directory *d, struct span id)
{
	return map_find(&d->by_id, id);
}

const struct credential *directory_credential(const struct directory *d, struct span user)
{
	return map_find(&d->by_user, user);
}

const struct number *directory_number(const struct directory *d, struct span digits)
{
	span_strip(&digits, SPAN("+"));
	return map_find(&d->by_number, digits);
}

const struct connection *directory_by_source(
	const struct directory *d, const struct netaddr *source)
{
	const bool *in_use = source->family == IP_V4 ? d->has_v4 : d->has_v6;
	uint8_t key[DIRECTORY_SOURCE_KEY_LEN];

	if (source->family == IP_NONE)
		return NULL;
	for (int bits = source->family == IP_V4 ? 32 : 128; bits >= 0; bits--) {
		struct source *s;
		if (!in_use[bits])
			continue;
		source_key_write(key, source, (unsigned)bits);
		s = map_find(&d->by_source, source_span(key));
		if (s)
			return s->connection;
	}
	return NULL;
}

struct directory_counts directory_count(const struct directory *d)
{
	return (struct directory_counts){ .connections = d->connection_count,
		.credentials = d->credential_count,
		.numbers = d->number_count };
}

const struct connection *directory_connection_at(const struct directory *d, size_t i)
{
	return i < d->connection_count ? &d->connections[i] : NULL;
}

const struct credential *directory_credential_at(const struct directory *d, size_t i)
{
	return i < d->credential_count ? &d->credentials[i] : NULL;
}

const struct number *directory_number_at(const struct directory *d, size_t i)
{
	return i < d->number_count ? &d->numbers[i] : NULL;
}
