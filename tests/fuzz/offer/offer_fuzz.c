/**
 * @file fuzz/offer/offer_fuzz.c  A call between two legs of arbitrary policies, with an arbitrary
 * offer from one side and an arbitrary answer from the other. Input: two bytes of settings for each
 * leg, then the offer, a byte 0xff, the answer.
 *
 * Properties: a leg that requires SRTP never has an accepted clear stream; a description that we
 * write can be read again, and has as many m-lines as it must; no key of ours or the peer's is in a
 * stream that is not accepted; our own offer is acceptable to us, and keys cross.
 */
#include <assert.h>

#include "offer/offer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;
static struct rng_seeded rng;

static void policy_read(struct offer_policy *p, const uint8_t bits[2])
{
	offer_policy_default(p);
	p->encrypted_media = (enum encrypted_media)(bits[0] % 3);
	p->osrtp_decline_rtp = bits[0] & 4;
	p->lenient_tag = bits[0] & 8;
	p->require_tls = bits[0] & 16;
	p->signalling_is_secure = bits[0] & 32;
	p->suite_choice_theirs = bits[0] & 64;
	p->answer_profile_mirror = bits[0] & 128;
	p->offer_profile_avp = bits[1] & 1;
	p->signalling_is_udp = bits[1] & 2;
	if (bits[1] & 4) {
		p->codecs[0] = SPAN("PCMA");
		p->codecs[1] = SPAN("PCMU");
		p->codec_count = 2;
	}
	if (bits[1] & 8) /* one that is allowed only by name stands first */
		p->suites[0] = SRTP_F8_128_HMAC_SHA1_80;
	if (bits[1] & 16)
		p->suite_count = 0;
	p->agreed = bits[1] & 32 ? SRTP_AES_CM_128_HMAC_SHA1_32 : SRTP_SUITE_NONE;
}

static void local_open(struct offer_local *l, uint8_t bits, uint16_t port)
{
	offer_local_init(l, &rng.rng);
	for (size_t i = 0; i < OFFER_STREAMS_MAX; i++)
		if (i < 2 || bits & 64) {
			l->rtp[i] = (struct netaddr){ .family = IP_V4, .ip = { 192, 0, 2, 1 } };
			l->rtp[i].port = (uint16_t)(port + 2 * i);
		}
	if (bits & 128)
		l->rtp[0].family = IP_NONE;
}

static void check_streams(const struct offer_streams *s, const struct offer_policy *p, bool has_tx)
{
	static const struct srtp_keying none;

	for (size_t i = 0; i < s->count; i++) {
		const struct offer_stream *t = &s->stream[i];

		if (!t->accepted) {
			assert(memcmp(&t->rx, &none, sizeof(none)) == 0);
			assert(memcmp(&t->tx, &none, sizeof(none)) == 0);
			assert(t->why != FAILURE_none && t->why != FAILURE_internal_error);
			continue;
		}
		if (p->encrypted_media == ENCRYPTED_MEDIA_SRTP)
			assert(t->security == MEDIA_SDES);
		if (t->security == MEDIA_CLEAR)
			continue;
		assert(offer_policy_rank(p, t->rx.suite) < p->suite_count);
		assert(!has_tx || t->tx.suite == t->rx.suite);
		assert(!offer_policy_forbids_keys(p));
	}
}

/* What we wrote reads again; clear lines in use are not there where SRTP is required. */
static void check_text(struct sdp *out, struct span text, size_t lines, bool is_srtp)
{
	assert(sdp_parse(out, &arena, text) == SOTTO_OK);
	assert(out->media_count == lines);
	for (size_t i = 0; i < out->media_count; i++) {
		const struct sdp_media *m = &out->media[i];

		assert(!is_srtp || !m->port || m->crypto_count > 0);
		assert(m->port || !m->crypto_count);
		assert(!m->has_fingerprint);
	}
}

struct leg {
	struct offer_policy policy;
	struct offer_local local;
	struct offer_streams streams;
	char text[SDP_TEXT_MAX];
	struct buf b;
};

static bool requires_srtp(const struct leg *l)
{
	return l->policy.encrypted_media == ENCRYPTED_MEDIA_SRTP;
}

static void leg_answer(struct leg *l, const struct sdp *offer, const struct sdp *source)
{
	static struct offer_streams before;
	static struct sdp back;
	enum failure f;

	before = l->streams;
	l->b = buf_over(l->text, sizeof(l->text));
	f = offer_write_answer(
		&l->b, offer, &l->streams, source, &l->policy, &l->local, &rng.rng, SPAN_NONE);
	check_streams(&l->streams, &l->policy, f == FAILURE_none);
	if (f == FAILURE_none)
		check_text(&back, buf_span(&l->b), offer->media_count, requires_srtp(l));
	else
		assert(l->b.n == 0 && memcmp(&before, &l->streams, sizeof(before)) == 0);
}

/* The far end is one of us, with the same policy: it accepts, and keys cross. */
static void check_mirror(const struct leg *b, const struct offer_made *made)
{
	static struct leg far;
	static struct offer_local local;
	static struct offer_streams agreed;
	static struct sdp offer, answer;

	far.policy = b->policy;
	far.policy.agreed = SRTP_SUITE_NONE;
	local = b->local;
	local_open(&far.local, 64, 6000);
	check_text(&offer, buf_span(&b->b), made->count, requires_srtp(b));
	assert(offer_judge(&offer, &far.policy, &far.streams) == FAILURE_none);
	leg_answer(&far, &offer, NULL);
	if (far.b.n == 0)
		return; /* neither PCMU nor PCMA */
	assert(sdp_parse(&answer, &arena, buf_span(&far.b)) == SOTTO_OK);
	assert(offer_accept(made, &answer, &b->policy, &local, &agreed) == FAILURE_none);
	for (size_t i = 0; i < agreed.count; i++) {
		const struct offer_stream *x = &agreed.stream[i], *y = &far.streams.stream[i];

		assert(x->accepted == y->accepted);
		if (!x->accepted)
			continue;
		assert(memcmp(x->tx.bytes, y->rx.bytes, sizeof(x->tx.bytes)) == 0);
		assert(memcmp(x->rx.bytes, y->tx.bytes, sizeof(x->rx.bytes)) == 0);
	}
}

static void call_run(struct leg *a, struct leg *b, struct span offer_text, struct span answer_text)
{
	static struct sdp offer, answer;
	static struct offer_made made;
	enum failure f;

	if (sdp_parse(&offer, &arena, offer_text))
		return;
	f = offer_judge(&offer, &a->policy, &a->streams);
	check_streams(&a->streams, &a->policy, false);
	assert((f == FAILURE_none) == (offer_streams_audio(&a->streams) != NULL));
	b->b = buf_over(b->text, sizeof(b->text));
	if (offer_write(&b->b, &offer, &b->policy, &b->local, &rng.rng, &made)) {
		assert(b->b.n == 0 && made.count == 0);
		leg_answer(a, &offer, NULL);
		return;
	}
	check_mirror(b, &made);
	if (sdp_parse(&answer, &arena, answer_text))
		return;
	f = offer_accept(&made, &answer, &b->policy, &b->local, &b->streams);
	check_streams(&b->streams, &b->policy, f == FAILURE_none);
	assert((f == FAILURE_none) == (offer_streams_audio(&b->streams) != NULL));
	leg_answer(a, &offer, &answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct leg a, b;
	struct span offer, answer;

	if (size < 4)
		return 0;
	arena_init(&arena, 1u << 20);
	rng_seeded_init(&rng, size);
	policy_read(&a.policy, data);
	policy_read(&b.policy, data + 2);
	local_open(&a.local, data[1], 20000);
	local_open(&b.local, data[3], 30000);
	answer = (struct span){ (const char *)data + 4, size - 4 };
	if (!span_take(&answer, (char)0xff, &offer))
		offer = SPAN_NONE;
	call_run(&a, &b, offer, answer);
	arena_deinit(&arena);
	return 0;
}
