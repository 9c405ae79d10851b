/** @file auth/nonce.c */
#include "auth/nonce.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/timer.h"
#include "crypto/digest.h"

struct nonce_use {
	struct nonce nonce;
	uint32_t highest;
	struct list order;
};

void nonces_init(struct nonces *ns, struct rng *rng, unsigned worker, size_t max)
{
	*ns = (struct nonces){ .rng = rng, .worker = (uint8_t)worker, .max = max };
	rng_fill(rng, ns->secret, sizeof(ns->secret));
	rng_fill(rng, &ns->skew, sizeof(ns->skew));
	map_init(&ns->used, rng, max);
	list_init(&ns->order);
}

static void forget(struct nonces *ns, struct nonce_use *u)
{
	map_remove(&ns->used, (struct span){ (const char *)u->nonce.body, NONCE_BODY_LEN });
	list_remove(&u->order);
	free(u);
}

void nonces_deinit(struct nonces *ns)
{
	list_each(at, &ns->order) forget(ns, container_of(at, struct nonce_use, order));
	map_deinit(&ns->used);
	explicit_bzero(ns->secret, sizeof(ns->secret));
}

static sotto_err sign(
	const struct nonces *ns, const uint8_t body[NONCE_BODY_LEN], uint8_t mac[HASH_SHA256_LEN])
{
	struct span data = { (const char *)body, NONCE_BODY_LEN };

	return hmac_sha256(ns->secret, sizeof(ns->secret), data, mac);
}

static void put_u64(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static uint64_t get_u64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

sotto_err nonce_make(struct nonces *ns, instant_t now, char out[NONCE_TEXT_LEN])
{
	struct buf b = buf_over(out, NONCE_TEXT_LEN);
	uint8_t body[NONCE_BODY_LEN] = { ns->worker }, mac[HASH_SHA256_LEN];

	put_u64(body + 1, now + ns->skew);
	rng_fill(ns->rng, body + 9, 8); /* no two are alike, so that each has counts of its own */
	memset(out, 0, NONCE_TEXT_LEN);
	TRY(sign(ns, body, mac));
	hex_write(&b, body, sizeof(body));
	hex_write(&b, mac, NONCE_MAC_LEN);
	return buf_err(&b);
}

sotto_err nonce_read(const struct nonces *ns, struct span text, instant_t now, struct nonce *out)
{
	uint8_t raw[NONCE_RAW_LEN], mac[HASH_SHA256_LEN];

	*out = (struct nonce){ { 0 }, 0 };
	if (hex_decode(raw, sizeof(raw), text))
		return SOTTO_EAUTH;
	TRY(sign(ns, raw, mac));
	if (!bytes_equal(mac, raw + NONCE_BODY_LEN, NONCE_MAC_LEN))
		return SOTTO_EAUTH;
	memcpy(out->body, raw, NONCE_BODY_LEN);
	out->made = get_u64(raw + 1) - ns->skew;
	return now > instant_add(out->made, AUTH_NONCE_LIFE) ? SOTTO_ETIMEOUT : SOTTO_OK;
}

/** Drops the oldest while they have expired, or while there is no room. */
static void make_room(struct nonces *ns, instant_t now)
{
	list_each(at, &ns->order)
	{
		struct nonce_use *u = container_of(at, struct nonce_use, order);
		bool has_expired = now > instant_add(u->nonce.made, AUTH_NONCE_LIFE);

		if (!has_expired && ns->used.count < ns->max)
			break;
		if (u->nonce.made >= ns->floor)
			ns->floor = u->nonce.made + 1;
		forget(ns, u);
	}
}

static sotto_err remember(struct nonces *ns, const struct nonce *n, uint32_t count, instant_t now)
{
	struct nonce_use *u;
	sotto_err err;

	/* it may be one that had to make room: then its counts are lost, and it must go too */
	if (n->made < ns->floor)
		return SOTTO_EREPLAY;
	make_room(ns, now);
	u = calloc(1, sizeof(*u));
	if (!u)
		return SOTTO_ENOMEM;
	u->nonce = *n;
	u->highest = count;
	list_init(&u->order);
	err = map_add(&ns->used, (struct span){ (const char *)u->nonce.body, NONCE_BODY_LEN }, u);
	if (err) {
		free(u);
		return err;
	}
	list_add(&ns->order, &u->order);
	return SOTTO_OK;
}

sotto_err nonce_use(
	struct nonces *ns, const struct nonce *n, bool has_count, uint32_t nc, instant_t now)
{
	struct span key = { (const char *)n->body, NONCE_BODY_LEN };
	struct nonce_use *u = map_find(&ns->used, key);
	uint32_t count = has_count ? nc : UINT32_MAX; /* without a count there is no second use */

	if (u && (!has_count || count <= u->highest))
		return SOTTO_EREPLAY;
	if (u) {
		u->highest = count;
		return SOTTO_OK;
	}
	return count ? remember(ns, n, count, now) : SOTTO_EREPLAY; /* counts begin at 1 */
}
