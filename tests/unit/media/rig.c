/** @file unit/media/rig.c */
#include "unit/media/rig.h"

#include "rtp/bytes.h"
#include "unit/test.h"

static instant_t on_now(void *ctx)
{
	return ((struct rig *)ctx)->now;
}

static void on_send(void *ctx, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *packet, size_t n)
{
	struct rig *r = ctx;
	struct rig_packet *s = &r->sent[r->count++ % RIG_SENT_MAX];

	CHECK(n <= RIG_BYTES);
	*s = (struct rig_packet){ .from = *from, .to = *to, .len = n };
	memcpy(s->bytes, packet, n);
}

void rig_start(struct rig *r)
{
	struct media_local_params params = {
		.port_first = 20000,
		.port_last = 20063,
		.legs_max = 16,
		.rng = &r->rng.rng,
		.ctx = r,
		.now = on_now,
		.send = on_send,
	};

	r->now = 5000000;
	r->count = 0;
	rng_seeded_init(&r->rng, 42);
	CHECK_OK(media_local_create(&r->local, &params));
	r->port = media_local_port(r->local);
}

void rig_stop(struct rig *r)
{
	media_local_destroy(r->local);
}

void rig_forget(struct rig *r)
{
	r->count = 0;
}

void rig_pass(struct rig *r, ms_t ms)
{
	instant_t end = instant_add(r->now, ms);

	while (media_local_next_deadline(r->local) <= end) {
		instant_t at = media_local_next_deadline(r->local);
		r->now = at > r->now ? at : r->now;
		media_local_run_timers(r->local);
	}
	r->now = end;
}

struct netaddr rig_addr(uint8_t host, uint16_t port)
{
	return (struct netaddr){ .family = IP_V4, .ip = { 198, 51, 100, host }, .port = port };
}

static struct srtp *context(enum srtp_direction direction, const struct srtp_keying *crypto)
{
	struct srtp_params params = srtp_params_of(crypto->suite, crypto->bytes);
	struct srtp *s;

	CHECK_OK(srtp_create(&s, direction, &params));
	return s;
}

void rig_secure(struct media_leg_params *params, uint8_t key)
{
	params->must_encrypt = true;
	params->rx =
		(struct srtp_keying){ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .bytes = { key, 1 } };
	params->tx =
		(struct srtp_keying){ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .bytes = { key, 2 } };
}

void rig_peer_open(struct rig *r, struct rig_peer *p, uint8_t host, uint16_t port, uint8_t key)
{
	struct media_open open = {
		.bind = { .family = IP_V4, .ip = { 192, 0, 2, 1 } },
		.owner = host,
	};

	*p = (struct rig_peer){
		.rig = r,
		.at = rig_addr(host, port),
		.ssrc = host * 1000u,
		.seq = 100,
		.params = {
			.remote_rtp = rig_addr(host, port),
			.may_send = true,
			.may_receive = true,
			.symmetric = true,
		},
	};
	CHECK_OK(r->port.open(r->port.ctx, &open, &p->leg, &p->local));
	CHECK_INT(0, p->local.port % 2);
	if (key) {
		rig_secure(&p->params, key);
		p->send = context(SRTP_SEND, &p->params.rx);
		p->receive = context(SRTP_RECEIVE, &p->params.tx);
	}
	rig_peer_set(p);
}

void rig_peer_set(struct rig_peer *p)
{
	CHECK_OK(p->rig->port.set(p->rig->port.ctx, p->leg, &p->params));
}

void rig_peer_close(struct rig_peer *p)
{
	p->rig->port.close(p->rig->port.ctx, p->leg);
	srtp_destroy(p->send);
	srtp_destroy(p->receive);
	p->send = p->receive = NULL;
}

static void protect(struct rig_peer *p, struct rig_packet *packet, bool is_rtcp)
{
	struct srtp_item item = { p->send, packet->bytes, packet->len, RIG_BYTES, is_rtcp,
		SOTTO_OK };

	if (!p->send)
		return;
	srtp_protect(&item, 1);
	CHECK_OK(item.status);
	packet->len = item.len;
}

struct rig_packet rig_rtp_of(struct rig_peer *p, uint32_t ssrc, uint16_t seq)
{
	struct rtp_header h = { .payload_type = 0, .seq = seq, .ssrc = ssrc };
	struct rig_packet packet = { .from = p->at, .to = p->local, .len = RTP_HEADER_MIN + 160 };

	h.timestamp = p->timestamp;
	p->timestamp += 160;
	rtp_write(packet.bytes, &h);
	memset(packet.bytes + RTP_HEADER_MIN, (int)(seq & 0xff), 160);
	protect(p, &packet, false);
	return packet;
}

struct rig_packet rig_rtp(struct rig_peer *p)
{
	return rig_rtp_of(p, p->ssrc, p->seq++);
}

struct rig_packet rig_rtcp(struct rig_peer *p, uint32_t about)
{
	struct rig_packet packet = { .from = p->at, .to = p->local, .len = 52 };

	if (!p->params.rtcp_mux) {
		packet.from.port++;
		packet.to.port++;
	}
	packet.bytes[0] = 0x81;
	packet.bytes[1] = RTCP_SR;
	write_u16(packet.bytes + 2, 12);
	write_u32(packet.bytes + 4, p->ssrc);
	write_u32(packet.bytes + 28, about);
	protect(p, &packet, true);
	return packet;
}

void rig_deliver(struct rig *r, const struct rig_packet *packet)
{
	media_local_on_packet(r->local, &packet->to, &packet->from, packet->bytes, packet->len);
}

void rig_deliver_from(struct rig *r, struct rig_packet packet, const struct netaddr *from)
{
	packet.from = *from;
	rig_deliver(r, &packet);
}

size_t rig_sent_to(const struct rig *r, const struct netaddr *to)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count && i < RIG_SENT_MAX; i++)
		n += netaddr_eq(&r->sent[i].to, to);
	return n;
}

bool rig_open(struct rig_peer *p, struct rig_packet *packet, bool is_rtcp)
{
	struct srtp_item item = { p->receive, packet->bytes, packet->len, RIG_BYTES, is_rtcp,
		SOTTO_OK };

	if (!netaddr_eq_ip(&packet->to, &p->at))
		return false;
	if (!p->receive)
		return true;
	srtp_unprotect(&item, 1);
	packet->len = item.len;
	return item.status == SOTTO_OK;
}

struct media_leg_stats rig_stats(const struct rig_peer *p)
{
	struct media_leg_stats stats;

	CHECK_OK(media_local_stats(p->rig->local, p->leg, &stats));
	return stats;
}
