/**
 * @file media/test_peer.h  The test destination: one second of tone, so that the caller hears the
 * way back and how it is protected, then an echo of what it says. Pure.
 */
#pragma once
#include "base/rng.h"
#include "base/span.h"
#include "media/g711.h"
#include "media/tone.h"
#include "rtp/rtp.h"

#define TEST_PEER_CLEAR_HZ  440
#define TEST_PEER_SECURE_HZ 880
#define TEST_PEER_FRAME     160 /* samples, and bytes of G.711: 20 ms */
#define TEST_PEER_FRAME_MS  20
#define TEST_PEER_FRAMES    50 /* one second */
#define TEST_PEER_PACKET    (RTP_HEADER_MIN + TEST_PEER_FRAME)
#define TEST_PEER_PATIENCE  500 /* ms: for a caller that only listens, or is not heard yet */

enum test_phase {
	TEST_IDLE,
	TEST_WAITING, /* for the caller's first packet */
	TEST_TONE,
	TEST_ECHO,
};

struct test_peer {
	enum test_phase phase;
	unsigned frames; /* sent */
	struct tone tone;
	enum g711_law law;
	uint32_t ssrc, timestamp; /* of what it sends next: one stream, tone and echo */
	uint16_t seq;
	bool has_source; /* the echo follows this one */
	uint32_t source, timestamp_shift;
	uint16_t seq_shift;
};

void test_peer_start(struct test_peer *t, enum g711_law law, unsigned hz, struct rng *rng);

/** Writes the next packet of the tone; after the last one the phase is TEST_ECHO. */
void test_peer_write(struct test_peer *t, uint8_t out[TEST_PEER_PACKET]);

/**
 * Makes a received packet ours: our own SSRC (the caller's would look like a loop, RFC 3550 §8.2),
 * sequence numbers and timestamps that go on from the tone's.
 */
void test_peer_echo(struct test_peer *t, uint8_t *packet, const struct rtp_header *h);
