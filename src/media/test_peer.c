/** @file media/test_peer.c */
#include "media/test_peer.h"

#include "rtp/bytes.h"

void test_peer_start(struct test_peer *t, enum g711_law law, unsigned hz, struct rng *rng)
{
	*t = (struct test_peer){ .phase = TEST_TONE, .law = law };
	tone_init(&t->tone, hz, G711_RATE);
	t->ssrc = rng_u32(rng); /* RFC 3550 §8, §5.1: all three are random */
	t->timestamp = rng_u32(rng);
	t->seq = (uint16_t)(rng_u32(rng) & 0x7fff); /* in the lower half: RFC 3711 §3.3.1 */
}

void test_peer_write(struct test_peer *t, uint8_t out[TEST_PEER_PACKET])
{
	struct rtp_header h = {
		.marker = t->frames == 0, /* RFC 3551 §4.1: a talkspurt begins */
		.payload_type = (uint8_t)t->law,
		.seq = t->seq,
		.timestamp = t->timestamp,
		.ssrc = t->ssrc,
	};
	int16_t samples[TEST_PEER_FRAME];

	rtp_write(out, &h);
	tone_fill(&t->tone, samples, TEST_PEER_FRAME);
	for (size_t i = 0; i < TEST_PEER_FRAME; i++)
		out[RTP_HEADER_MIN + i] = g711_encode(t->law, samples[i]);
	t->seq++;
	t->timestamp += TEST_PEER_FRAME;
	if (++t->frames == TEST_PEER_FRAMES)
		t->phase = TEST_ECHO;
}

/** The stream goes on where it stands, whatever the source counts. */
static void follow(struct test_peer *t, const struct rtp_header *h)
{
	t->has_source = true;
	t->source = h->ssrc;
	t->seq_shift = (uint16_t)(t->seq - h->seq);
	t->timestamp_shift = t->timestamp - h->timestamp;
}

void test_peer_echo(struct test_peer *t, uint8_t *packet, const struct rtp_header *h)
{
	uint16_t seq;

	if (!t->has_source || t->source != h->ssrc)
		follow(t, h);
	seq = (uint16_t)(h->seq + t->seq_shift);
	write_u16(packet + 2, seq);
	write_u32(packet + 4, h->timestamp + t->timestamp_shift);
	write_u32(packet + 8, t->ssrc);
	if ((uint16_t)(seq - t->seq) < 0x8000) { /* not a late one */
		t->seq = (uint16_t)(seq + 1);
		t->timestamp = h->timestamp + t->timestamp_shift + TEST_PEER_FRAME;
	}
}
