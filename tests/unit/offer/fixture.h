/** @file unit/offer/fixture.h  Descriptions, legs and policies for the tests of offer/. */
#pragma once
#include "unit/test.h"

#include "offer/offer.h"

#define HEAD       "v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define K30        "jEmY+mg/xiYIpYZVs2RbMTxe3lW0+dKT3ofEWwQr"
#define K30B       "fBziJqm3YTA+kgxLVM95x4QAdA5Wz5VaYP31/iDm"
#define K28        "jEmY+mg/xiYIpYZVs2RbMTxe3lW0+dKT3ofEWw=="
#define CM80       "AES_CM_128_HMAC_SHA1_80"
#define CM32       "AES_CM_128_HMAC_SHA1_32"

#define AVP        "m=audio 4000 RTP/AVP 0 8 101\r\n" EVENTS
#define SAVP       "m=audio 4000 RTP/SAVP 0 8 101\r\n" EVENTS
#define EVENTS     "a=rtpmap:101 telephone-event/8000\r\n"
#define CRYPTO80   "a=crypto:1 " CM80 " inline:" K30 "\r\n"
#define CRYPTO32   "a=crypto:2 " CM32 " inline:" K30 "\r\n"
#define CRYPTO_F8  "a=crypto:3 F8_128_HMAC_SHA1_80 inline:" K30 "\r\n"
#define CRYPTO_BAD "a=crypto:1 " CM80 " inline:" K28 "\r\n"
#define PRINT      "a=fingerprint:sha-256 AE:24\r\na=setup:actpass\r\n"

/** A described text, its parse and the arena of it. */
struct described {
	char text[SDP_TEXT_MAX];
	struct buf b;
	struct arena arena;
	struct sdp sdp;
};

static inline void described_init(struct described *d)
{
	d->b = buf_over(d->text, sizeof(d->text));
	arena_init(&d->arena, 65536);
}

static inline void described_parse(struct described *d)
{
	arena_reset(&d->arena);
	CHECK_OK(buf_err(&d->b));
	CHECK_OK(sdp_parse(&d->sdp, &d->arena, buf_span(&d->b)));
}

static inline void described_set(struct described *d, const char *head, const char *media)
{
	d->b = buf_over(d->text, sizeof(d->text));
	buf_put(&d->b, span_of(head));
	buf_put(&d->b, span_of(media));
	described_parse(d);
}

static inline bool described_has(const struct described *d, const char *text)
{
	return memmem(d->text, d->b.n, text, strlen(text)) != NULL;
}

static inline void described_deinit(struct described *d)
{
	arena_deinit(&d->arena);
}

/** A leg with one port. */
static inline void local_open(struct offer_local *l, struct rng *rng, const char *ip, uint16_t port)
{
	offer_local_init(l, rng);
	CHECK_OK(netaddr_parse_ip(span_of(ip), &l->rtp[0]));
	l->rtp[0].port = port;
}

/** Allows the suites that the descriptions above name with their tags, in that order. */
static inline void policy_narrow(struct offer_policy *p)
{
	p->suites[0] = SRTP_AES_CM_128_HMAC_SHA1_80;
	p->suites[1] = SRTP_AES_CM_128_HMAC_SHA1_32;
	p->suite_count = 2;
}

/** The settings of one row; what is not named is the default. */
struct settings {
	enum encrypted_media media;
	bool declines, mirrors, offers_avp, theirs, lenient, needs_tls, is_tls;
};

static inline struct offer_policy policy_of(const struct settings *s)
{
	struct offer_policy p;

	offer_policy_default(&p);
	policy_narrow(&p);
	p.encrypted_media = s->media;
	p.osrtp_decline_rtp = s->declines;
	p.answer_profile_mirror = s->mirrors;
	p.offer_profile_avp = s->offers_avp;
	p.suite_choice_theirs = s->theirs;
	p.lenient_tag = s->lenient;
	p.require_tls = s->needs_tls;
	p.signalling_is_secure = s->is_tls;
	return p;
}
