/** @file sip/ident.c */
#include "sip/ident.h"

#include "base/buf.h"
#include "base/text.h"
#include "sip/via.h"

#define RANDOM_BYTES 12 /* 96 bits: cannot be guessed, and no two are ever alike */
#define BRANCH_START SIP_BRANCH_COOKIE "-"

static struct sip_ident make(struct span start, unsigned worker, struct rng *rng)
{
	struct sip_ident id = { "" };
	struct buf b = buf_over(id.text, sizeof(id.text) - 1);
	uint8_t number = (uint8_t)worker, random[RANDOM_BYTES];

	rng_fill(rng, random, sizeof(random));
	buf_put(&b, start);
	buf_putc(&b, 'w');
	hex_write(&b, &number, 1);
	buf_putc(&b, '-');
	hex_write(&b, random, sizeof(random));
	return id;
}

struct sip_ident sip_ident_branch(unsigned worker, struct rng *rng)
{
	return make(SPAN(BRANCH_START), worker, rng); /* the cookie: RFC 3261 §8.1.1.7 */
}

struct sip_ident sip_ident_tag(unsigned worker, struct rng *rng)
{
	return make(SPAN(""), worker, rng);
}

struct sip_ident sip_ident_call_id(unsigned worker, struct rng *rng)
{
	return make(SPAN(""), worker, rng);
}

int sip_ident_worker(struct span ident)
{
	uint8_t number, random[RANDOM_BYTES];

	span_strip(&ident, SPAN(BRANCH_START));
	if (!span_strip(&ident, SPAN("w")) || ident.n != 3 + 2 * RANDOM_BYTES || ident.p[2] != '-')
		return -1;
	if (hex_decode(&number, 1, (struct span){ ident.p, 2 }) ||
		hex_decode(random, sizeof(random), (struct span){ ident.p + 3, ident.n - 3 }))
		return -1;
	return number;
}
