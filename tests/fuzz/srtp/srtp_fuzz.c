/**
 * @file fuzz/srtp/srtp_fuzz.c  Arbitrary packets amid an arbitrary history: what is refused leaves
 * the receiving context bit for bit as it was; what is accepted is what the sender protected, once.
 *
 * The input is a list of steps: a byte says what, further bytes what with.
 */
#include <assert.h>

#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CAP      (64 + SRTP_TRAILER_MAX)
#define SENT_MAX 64

struct sent {
	uint8_t bytes[CAP];
	size_t len;
	bool is_rtcp, was_accepted;
};

struct session {
	struct srtp *send, *receive;
	struct sent sent[SENT_MAX];
	size_t count;
};

static struct srtp *make(enum srtp_suite suite, enum srtp_direction direction)
{
	static const uint8_t key[SRTP_KEY_SALT_MAX] = { 1, 2, 3 };
	struct srtp_params params = srtp_params_of(suite, key);
	struct srtp *s;

	assert(srtp_create(&s, direction, &params) == SOTTO_OK);
	return s;
}

static bool receive(struct session *f, const uint8_t *bytes, size_t len, bool is_rtcp)
{
	struct srtp before = *f->receive;
	uint8_t packet[CAP] = { 0 };
	struct srtp_item item = { f->receive, packet, len, CAP, is_rtcp, SOTTO_OK };

	memcpy(packet, bytes, len);
	srtp_unprotect(&item, 1);
	if (item.status != SOTTO_OK)
		assert(memcmp(&before, f->receive, sizeof(before)) == 0);
	return item.status == SOTTO_OK;
}

static void send_one(struct session *f, uint8_t stream, uint16_t seq, bool is_rtcp)
{
	struct sent s = { .is_rtcp = is_rtcp };
	struct srtp_item item = { f->send, s.bytes, is_rtcp ? 8 : 20, CAP, is_rtcp, SOTTO_OK };
	struct rtp_header h = { .ssrc = stream, .seq = seq };

	rtp_write(s.bytes, &h);
	if (is_rtcp)
		write_u32(s.bytes + 4, stream);
	srtp_protect(&item, 1);
	if (item.status != SOTTO_OK)
		return;
	s.len = item.len;
	f->sent[f->count++ % SENT_MAX] = s;
}

static void deliver(struct session *f, size_t i)
{
	size_t live = f->count < SENT_MAX ? f->count : SENT_MAX;
	struct sent *s;

	if (live == 0)
		return;
	s = &f->sent[i % live];
	if (receive(f, s->bytes, s->len, s->is_rtcp)) {
		assert(!s->was_accepted);
		s->was_accepted = true;
	}
}

/** A packet of ours with one byte changed, and then any bytes at all. */
static void forge(struct session *f, size_t i, uint8_t at, uint8_t change)
{
	size_t live = f->count < SENT_MAX ? f->count : SENT_MAX;
	struct sent s;

	if (live == 0 || change == 0)
		return;
	s = f->sent[i % live];
	s.bytes[at % s.len] ^= change;
	assert(!receive(f, s.bytes, s.len, s.is_rtcp));
}

static size_t step(struct session *f, const uint8_t *p, size_t n)
{
	if (n < 4)
		return n;
	switch (p[0] % 5) {
	case 0: send_one(f, p[1] % 20, read_u16(p + 2), false); break;
	case 1: send_one(f, p[1] % 20, 0, true); break;
	case 2: deliver(f, p[1]); break;
	case 3: forge(f, p[1], p[2], p[3]); break;
	case 4: {
		size_t len = p[1] % 64 < n - 2 ? p[1] % 64 : n - 2;
		assert(!receive(f, p + 2, len, p[1] & 64));
		return 2 + len;
	}
	}
	return 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* under whichever suite the last byte says, of those that can tell a forgery */
	static const enum srtp_suite suites[] = { SRTP_AES_CM_128_HMAC_SHA1_80,
		SRTP_AEAD_AES_128_GCM, SRTP_F8_128_HMAC_SHA1_80, SRTP_NULL_HMAC_SHA1_80,
		SRTP_AES_192_CM_HMAC_SHA1_80, SRTP_AEAD_AES_256_GCM_8 };
	enum srtp_suite suite = suites[size ? data[size - 1] % ARRAY_LEN(suites) : 0];
	struct session f = { .send = make(suite, SRTP_SEND), .receive = make(suite, SRTP_RECEIVE) };

	for (size_t at = 0; at < size && at < 4096;)
		at += step(&f, data + at, size - at);
	srtp_destroy(f.send);
	srtp_destroy(f.receive);
	return 0;
}
