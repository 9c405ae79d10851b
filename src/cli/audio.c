/** @file cli/audio.c  RTP with G.711 (RFC 3550, 3551), through srtp/ if keys were agreed. */
#include "cli/audio.h"

#include <stdlib.h>

#include "io/udp.h"
#include "media/g711.h"
#include "media/tone.h"
#include "rtp/rtp.h"
#include "srtp/srtp.h"

#define FRAME_MS   20
#define BIND_TRIES 64 /* until the kernel's choice is even */

struct audio {
	struct loop *loop;
	struct udp_socket *socket;
	const struct log *log;
	struct audio_source source;
	size_t played;
	struct tone tone;
	struct timer tick;
	struct rtp_header next;
	struct netaddr remote;
	bool may_send;
	struct srtp *rx, *tx;              /* NULL: clear */
	struct srtp_keying rx_key, tx_key; /* what they were made from; secrets */
	struct audio_counts counts;
	int16_t *heard;
	size_t heard_count, heard_cap;
};

static void hear(struct audio *a, const uint8_t *payload, size_t n, enum g711_law law)
{
	if (a->heard_count + n > AUDIO_HEARD_MAX)
		return;
	if (a->heard_count + n > a->heard_cap) {
		size_t cap = a->heard_cap ? a->heard_cap * 2 : 16384;
		int16_t *more = realloc(a->heard, cap * sizeof(*more));
		if (!more)
			return;
		a->heard = more;
		a->heard_cap = cap;
	}
	for (size_t i = 0; i < n; i++)
		a->heard[a->heard_count++] = g711_decode(law, payload[i]);
}

/** False: it must not be used. */
static bool open_packet(struct audio *a, uint8_t *packet, size_t *n)
{
	struct srtp_item item = { .srtp = a->rx, .packet = packet, .len = *n, .cap = *n };

	if (!a->rx)
		return true;
	srtp_unprotect(&item, 1);
	*n = item.len;
	a->counts.auth_failed += item.status == SOTTO_EAUTH;
	a->counts.replayed += item.status == SOTTO_EREPLAY;
	a->counts.malformed += item.status == SOTTO_ESYNTAX;
	if (item.status == SOTTO_OK && a->tx)
		srtp_follow(a->tx, a->rx);
	return item.status == SOTTO_OK;
}

static void on_datagram(
	void *ctx, char *bytes, size_t n, const struct netaddr *remote, const struct netaddr *local)
{
	struct audio *a = ctx;
	uint8_t *packet = (uint8_t *)bytes;
	struct rtp_header h;

	(void)local;
	if (packet_classify(packet, n) != PACKET_RTP || n > SRTP_PACKET_MAX ||
		!netaddr_eq_ip(remote, &a->remote))
		return;
	if (!open_packet(a, packet, &n))
		return;
	if (rtp_parse(&h, packet, n) != SOTTO_OK) {
		a->counts.malformed++;
		return;
	}
	a->counts.received++;
	if (h.payload_type == G711_MU || h.payload_type == G711_A)
		hear(a, packet + h.len, n - h.len, (enum g711_law)h.payload_type);
}

static void fill(struct audio *a, int16_t frame[AUDIO_FRAME])
{
	if (!a->source.samples) {
		tone_fill(&a->tone, frame, AUDIO_FRAME);
		return;
	}
	for (size_t i = 0; i < AUDIO_FRAME; i++)
		frame[i] = a->played < a->source.sample_count ? a->source.samples[a->played++] : 0;
}

static void send_frame(struct audio *a)
{
	uint8_t packet[RTP_HEADER_MIN + AUDIO_FRAME + SRTP_TRAILER_MAX];
	struct srtp_item item = { .srtp = a->tx,
		.packet = packet,
		.len = RTP_HEADER_MIN + AUDIO_FRAME,
		.cap = sizeof(packet) };
	int16_t frame[AUDIO_FRAME];

	fill(a, frame);
	rtp_write(packet, &a->next);
	for (size_t i = 0; i < AUDIO_FRAME; i++)
		packet[RTP_HEADER_MIN + i] =
			g711_encode((enum g711_law)a->next.payload_type, frame[i]);
	a->next.seq++;
	a->next.timestamp += AUDIO_FRAME;
	a->next.marker = false;
	if (a->tx) {
		srtp_protect(&item, 1);
		if (item.status != SOTTO_OK)
			return;
	}
	if (udp_send(a->socket, &a->remote, NULL, (struct span){ (char *)packet, item.len }) ==
		SOTTO_OK)
		a->counts.sent++;
}

static void on_tick(struct timer *t, instant_t now)
{
	struct audio *a = container_of(t, struct audio, tick);

	if (a->may_send)
		send_frame(a);
	/* from the last deadline, not from now: the sound must not drift */
	if (timer_set(loop_timers(a->loop), t, instant_add(t->at, FRAME_MS), on_tick) != SOTTO_OK)
		log_error(a->log, media, "timer_lost", LOG_INT("now", now));
}

/** A context whose key stays is kept, with its rollover counter and its windows. */
static sotto_err set_key(struct srtp **context, struct srtp_keying *held,
	enum srtp_direction direction, const struct srtp_keying *key)
{
	if (srtp_keying_eq(held, key))
		return SOTTO_OK;
	srtp_destroy(*context);
	*context = NULL;
	*held = (struct srtp_keying){ .suite = SRTP_SUITE_NONE };
	if (key->suite != SRTP_SUITE_NONE)
		TRY(srtp_create_keyed(context, direction, key));
	*held = *key; /* only now: after a failure the same key must not pass for one that works */
	return SOTTO_OK;
}

sotto_err audio_set(struct audio *a, const struct offer_stream *stream, uint8_t payload_type)
{
	a->may_send = false;
	a->remote = (struct netaddr){ 0 }; /* nothing is heard either, if this fails */
	if (payload_type != G711_MU && payload_type != G711_A)
		return SOTTO_EUNSUPPORTED;
	TRY(set_key(&a->rx, &a->rx_key, SRTP_RECEIVE, &stream->rx));
	TRY(set_key(&a->tx, &a->tx_key, SRTP_SEND, &stream->tx));
	a->remote = stream->rtp;
	a->next.payload_type = payload_type;
	a->may_send = stream->rtp.family != IP_NONE && stream->rtp.port &&
		      (stream->direction == SDP_SENDRECV || stream->direction == SDP_RECVONLY);
	if (timer_is_set(&a->tick))
		return SOTTO_OK;
	return timer_set(loop_timers(a->loop), &a->tick, clock_now(), on_tick);
}

static sotto_err bind_even(struct audio *a, const struct netaddr *local)
{
	struct netaddr any = *local;

	any.port = 0;
	for (unsigned i = 0; i < BIND_TRIES; i++) {
		TRY(udp_open(&a->socket, a->loop, &any, a->log));
		if (udp_local(a->socket)->port % 2 == 0)
			return udp_start(a->socket, on_datagram, a);
		udp_close(a->socket);
		a->socket = NULL;
	}
	return SOTTO_EIO;
}

sotto_err audio_open(struct audio **out, struct loop *loop, const struct netaddr *local,
	const struct audio_source *source, struct rng *rng, const struct log *log)
{
	struct audio *a = calloc(1, sizeof(*a));
	sotto_err err;

	*out = NULL;
	if (!a)
		return SOTTO_ENOMEM;
	a->loop = loop;
	a->log = log;
	a->source = *source;
	a->next = (struct rtp_header){ .marker = true,
		.seq = (uint16_t)(rng_u32(rng) & 0x7fff), /* RFC 3711 §3.3.1: away from a wrap */
		.timestamp = rng_u32(rng),
		.ssrc = rng_u32(rng) };
	tone_init(&a->tone, source->tone_hz, G711_RATE);
	err = bind_even(a, local);
	if (err)
		audio_close(a);
	else
		*out = a;
	return err;
}

void audio_close(struct audio *a)
{
	if (!a)
		return;
	timer_stop(loop_timers(a->loop), &a->tick);
	udp_close(a->socket);
	srtp_destroy(a->rx);
	srtp_destroy(a->tx);
	free(a->heard);
	explicit_bzero(a, sizeof(*a));
	free(a);
}

const struct netaddr *audio_local(const struct audio *a)
{
	return udp_local(a->socket);
}

const struct audio_counts *audio_counts(const struct audio *a)
{
	return &a->counts;
}

const int16_t *audio_heard(const struct audio *a, size_t *samples)
{
	*samples = a->heard_count;
	return a->heard;
}
