/**
 * @file fuzz/media/media_fuzz.c  Arbitrary packets, settings and links, in any order, through the
 * relay. One leg must be encrypted: whatever leaves it opens under its key, once; and it never
 * counts clear time.
 *
 * The input is a list of steps: four bytes say what, packets follow theirs.
 */
#include <assert.h>

#include "media/local.h"
#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/srtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LEGS      3
#define SECURE    0 /* this leg must be encrypted; the others are clear or the test destination */
#define STEPS_MAX 400
#define PACKET    256

struct world {
	struct media_local *local;
	struct media_port port;
	struct rng_seeded rng;
	instant_t now;
	handle_t legs[LEGS];
	struct netaddr at[LEGS];     /* the relay's */
	struct srtp *send, *receive; /* the secure peer's */
	uint16_t seq;
};

static const struct srtp_keying keys[2] = {
	{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .bytes = { 1 } },
	{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .bytes = { 2 } },
};

static instant_t on_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static bool is_leg(const struct world *w, unsigned leg, const struct netaddr *from)
{
	return from->port == w->at[leg].port || from->port == w->at[leg].port + 1;
}

static void on_send(void *ctx, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *packet, size_t n)
{
	uint8_t copy[SRTP_PACKET_MAX];
	struct world *w = ctx;
	struct srtp_item item = { w->receive, copy, n, sizeof(copy), false, SOTTO_OK };

	assert(to->port != 0 && n <= sizeof(copy));
	if (!is_leg(w, SECURE, from))
		return;
	memcpy(copy, packet, n);
	item.is_rtcp = packet_classify(packet, n) == PACKET_RTCP;
	srtp_unprotect(&item, 1);
	assert(item.status == SOTTO_OK);
}

static struct srtp *context(enum srtp_direction direction, const struct srtp_keying *crypto)
{
	struct srtp_params params = srtp_params_of(crypto->suite, crypto->bytes);
	struct srtp *s;

	assert(srtp_create(&s, direction, &params) == SOTTO_OK);
	return s;
}

static struct netaddr peer(unsigned host)
{
	return (struct netaddr){
		.family = IP_V4,
		.ip = { 198, 51, 100, (uint8_t)(host % 6 + 1) },
		.port = (uint16_t)(4000 + host / 6 % 4),
	};
}

static void set(struct world *w, unsigned leg, uint8_t how, uint8_t remote)
{
	struct media_leg_params params = {
		.remote_rtp = peer(remote),
		.may_send = how & 1,
		.may_receive = how & 2,
		.rtcp_mux = how & 4,
		.symmetric = how & 8,
		.silence = how & 16 ? 100 : 0,
	};

	if (leg == SECURE) {
		params.must_encrypt = true;
		params.rx = how & 32 ? (struct srtp_keying){ 0 } : keys[0];
		params.tx = how & 64 ? (struct srtp_keying){ 0 } : keys[1];
	}
	assert(w->port.set(w->port.ctx, w->legs[leg], &params) == SOTTO_OK);
}

static void world_start(struct world *w)
{
	struct media_local_params params = { 20000, 20007, 4, &w->rng.rng, w, on_now, on_send };
	struct media_open open = { .bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } } };

	*w = (struct world){ .now = 1000000 };
	rng_seeded_init(&w->rng, 1);
	params.rng = &w->rng.rng;
	assert(media_local_create(&w->local, &params) == SOTTO_OK);
	w->port = media_local_port(w->local);
	w->send = context(SRTP_SEND, &keys[0]);
	w->receive = context(SRTP_RECEIVE, &keys[1]);
	for (unsigned i = 0; i < LEGS; i++) {
		assert(w->port.open(w->port.ctx, &open, &w->legs[i], &w->at[i]) == SOTTO_OK);
		set(w, i, 1 | 2 | 8, (uint8_t)i);
	}
	assert(w->port.link(w->port.ctx, w->legs[0], MEDIA_PEER_LEG, w->legs[1]) == SOTTO_OK);
}

static void deliver(struct world *w, uint8_t where, uint8_t from, const uint8_t *p, size_t n)
{
	struct netaddr to = w->at[where % LEGS], source = peer(from);

	to.port = (uint16_t)(to.port + (where / LEGS & 1));
	media_local_on_packet(w->local, &to, &source, p, n);
}

/** A packet of the secure peer's, as it should be. */
static void speak(struct world *w, uint8_t from, uint8_t leap)
{
	struct rtp_header h = { .ssrc = leap % 4, .seq = w->seq };
	uint8_t packet[PACKET] = { 0 };
	struct srtp_item item = { w->send, packet, 52, sizeof(packet), false, SOTTO_OK };

	w->seq = (uint16_t)(w->seq + 1 + (leap > 250 ? 30000 : 0));
	rtp_write(packet, &h);
	srtp_protect(&item, 1);
	if (item.status == SOTTO_OK)
		deliver(w, SECURE, from, packet, item.len);
}

static void pass(struct world *w, ms_t ms)
{
	instant_t end = instant_add(w->now, ms);
	struct media_event e;

	while (media_local_next_deadline(w->local) <= end) {
		instant_t at = media_local_next_deadline(w->local);
		w->now = at > w->now ? at : w->now;
		media_local_run_timers(w->local);
	}
	w->now = end;
	while (media_local_receive(w->local, &e))
		assert(e.kind == MEDIA_SILENT);
}

static size_t step(struct world *w, const uint8_t *p, size_t n)
{
	size_t len;

	if (n < 4)
		return n;
	switch (p[0] % 5) {
	case 0: set(w, p[1] % LEGS, p[2], p[3]); break;
	case 1:
		(void)!w->port.link(w->port.ctx, w->legs[p[1] % LEGS], (enum media_peer)(p[2] % 3),
			w->legs[p[3] % LEGS]);
		break;
	case 2: pass(w, p[1]); break;
	case 3: speak(w, p[1], p[2]); break;
	case 4:
		len = p[3] < n - 4 ? p[3] : n - 4;
		deliver(w, p[1], p[2], p + 4, len);
		return 4 + len;
	}
	return 4;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_leg_stats stats;
	struct world w;
	unsigned steps = 0;

	world_start(&w);
	for (size_t at = 0; at < size && steps < STEPS_MAX; steps++)
		at += step(&w, data + at, size - at);
	assert(media_local_stats(w.local, w.legs[SECURE], &stats) == SOTTO_OK);
	assert(stats.clear_ms == 0);
	media_local_destroy(w.local);
	srtp_destroy(w.send);
	srtp_destroy(w.receive);
	return 0;
}
