/** @file sim/media_end.c  The packets that phones send and get. */
#include "sim/media_end.h"

#include <stdlib.h>

#include "media/g711.h"
#include "rtp/rtp.h"
#include "sim/world.h"

#define CONTENT_MAGIC "SIM1" /* phone, call, serial and a pattern of them follow */
#define FORGED_MAGIC  "FORG" /* must never come out anywhere */
#define SERIALS_MAX   4096   /* of one call: above, numbers would repeat */
#define PACKET_MAX    (RTP_HEADER_MIN + MEDIA_END_PAYLOAD + SRTP_TRAILER_MAX)
#define RTCP_SR_LEN   28

void media_end_init(
	struct media_end *m, struct call *c, const struct netaddr *rtp, const struct netaddr *seen)
{
	struct rng *rng = &c->phone->world->phone_rng.rng;

	m->rtp = *rtp;
	m->seen = *seen;
	m->ssrc = m->rtcp_ssrc = rng_u32(rng);
	m->seq = (uint16_t)(rng_u32(rng) & 0x7fff);
	m->timestamp = rng_u32(rng);
}

void media_end_deinit(struct media_end *m)
{
	for (size_t i = 0; i < m->sent_count; i++)
		free(m->sent[i].bytes);
	srtp_destroy(m->rx);
	srtp_destroy(m->tx);
	free(m->seen_serials);
	*m = (struct media_end){ 0 };
}

/* -- sending --------------------------------------------------------------------------------- */

static void content_write(uint8_t out[MEDIA_END_PAYLOAD], unsigned phone, unsigned call, uint32_t n)
{
	uint32_t pattern = (n + 1) * 2654435761u + phone;

	memcpy(out, CONTENT_MAGIC, 4);
	out[4] = (uint8_t)phone;
	out[5] = (uint8_t)call;
	memcpy(out + 6, &n, 4);
	for (size_t i = 10; i < MEDIA_END_PAYLOAD; i++) {
		pattern = pattern * 1664525u + 1013904223u;
		out[i] = (uint8_t)(pattern >> 24);
	}
}

struct media_packet_wire {
	struct errand errand;
	struct netaddr from, to;
	struct call *call; /* the phone's, if it is for a phone */
	bool is_rtcp;
	uint8_t bytes[2048];
	size_t n;
};

static void to_edge_run(struct errand *e)
{
	struct media_packet_wire *p = container_of(e, struct media_packet_wire, errand);

	vmedia_deliver(e->world->media, &p->from, &p->to, p->bytes, p->n);
}

static void to_edge_post(struct world *w, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *bytes, size_t n, instant_t at)
{
	struct media_packet_wire *p = must_alloc(sizeof(*p));

	p->errand.run = to_edge_run;
	p->from = *from;
	p->to = *to;
	p->n = n < sizeof(p->bytes) ? n : sizeof(p->bytes);
	memcpy(p->bytes, bytes, p->n);
	world_later(w, &p->errand, at);
}

static void send_bytes(struct call *c, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *bytes, size_t n)
{
	struct world *w = c->phone->world;
	instant_t at[2];
	unsigned copies = net_transit(w, &c->phone->from, at);

	for (unsigned i = 0; i < copies; i++)
		to_edge_post(w, from, to, bytes, n, at[i]);
}

static void sent_keep(struct media_end *m, const uint8_t *bytes, size_t n)
{
	struct media_sent *s;

	if (m->sent_count == MEDIA_END_SENT_MAX)
		return;
	s = &m->sent[m->sent_count++];
	s->bytes = must_alloc(n);
	s->n = n;
	memcpy(s->bytes, bytes, n);
}

static bool protect(
	struct world *w, struct srtp *srtp, uint8_t *bytes, size_t *n, size_t cap, bool is_rtcp)
{
	struct srtp_item item = {
		.srtp = srtp, .packet = bytes, .len = *n, .cap = cap, .is_rtcp = is_rtcp
	};

	if (!srtp)
		return true;
	srtp_protect(&item, 1);
	*n = item.len;
	return item.status == SOTTO_OK ||
	       world_fail(w, "a phone cannot protect its packet: %s", err_text(item.status));
}

bool media_end_send(struct media_end *m, struct call *c)
{
	struct world *w = c->phone->world;
	uint8_t packet[PACKET_MAX];
	size_t n = RTP_HEADER_MIN + MEDIA_END_PAYLOAD;
	const struct rtp_header h = { .seq = m->seq++,
		.timestamp = m->timestamp,
		.ssrc = m->ssrc,
		.marker = m->serial == 0 };

	if (m->remote.family == IP_NONE)
		return world_fail(w, "%s has no address of the edge to send to", c->phone->name);
	if (m->serial == SERIALS_MAX)
		return world_fail(w, "more than %d packets of one call", SERIALS_MAX);
	m->timestamp += MEDIA_END_PAYLOAD;
	rtp_write(packet, &h);
	content_write(packet + RTP_HEADER_MIN, c->phone->index, c->number, m->serial++);
	if (!protect(w, m->tx, packet, &n, sizeof(packet), false))
		return false;
	sent_keep(m, packet, n);
	send_bytes(c, &m->seen, &m->remote, packet, n);
	return true;
}

static void put_u32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

bool media_end_send_rtcp(struct media_end *m, struct call *c)
{
	uint8_t packet[RTCP_SR_LEN + SRTP_TRAILER_MAX] = { 0x80, RTCP_SR, 0, RTCP_SR_LEN / 4 - 1 };
	size_t n = RTCP_SR_LEN;
	struct netaddr from = m->seen;

	put_u32(packet + 4, m->rtcp_ssrc);
	put_u32(packet + 16, m->timestamp);
	if (!protect(c->phone->world, m->tx, packet, &n, sizeof(packet), true))
		return false;
	if (m->remote_rtcp.port != m->remote.port)
		from.port++;
	send_bytes(c, &from, &m->remote_rtcp, packet, n);
	return true;
}

bool media_end_replay(struct media_end *m, struct call *c, size_t n_th_last)
{
	const struct media_sent *s;

	if (n_th_last == 0 || n_th_last > m->sent_count)
		return world_fail(
			c->phone->world, "%s has not sent as many packets", c->phone->name);
	s = &m->sent[m->sent_count - n_th_last];
	to_edge_post(c->phone->world, &m->seen, &m->remote, s->bytes, s->n, c->phone->world->now);
	return true;
}

void media_end_forge(struct media_end *m, struct call *c, const struct netaddr *from, bool is_clear)
{
	struct world *w = c->phone->world;
	struct rng *rng = &w->net_rng.rng;
	uint8_t packet[PACKET_MAX];
	/* as a good forger: the right SSRC, and numbers near, far ahead and wrapped */
	const struct rtp_header h = { .seq = (uint16_t)(m->seq + rng_u32(rng) % 40000),
		.timestamp = m->timestamp,
		.ssrc = m->ssrc };

	rtp_write(packet, &h);
	content_write(packet + RTP_HEADER_MIN, c->phone->index, c->number, rng_u32(rng));
	memcpy(packet + RTP_HEADER_MIN, FORGED_MAGIC, 4);
	if (is_clear) {
		to_edge_post(
			w, from, &m->remote, packet, RTP_HEADER_MIN + MEDIA_END_PAYLOAD, w->now);
		return;
	}
	if (m->suite != SRTP_SUITE_NONE)
		rng_fill(rng, packet + RTP_HEADER_MIN, MEDIA_END_PAYLOAD + 10);
	to_edge_post(w, from, &m->remote, packet,
		RTP_HEADER_MIN + MEDIA_END_PAYLOAD + (m->suite != SRTP_SUITE_NONE ? 10 : 0),
		w->now);
}

/* -- receiving ------------------------------------------------------------------------------- */

bool media_end_must_encrypt(const struct call *c)
{
	const struct connection *k = site_connection_of(&c->phone->world->site, c->phone);

	return k &&
	       (c->is_caller ? k->outbound : k->inbound).encrypted_media == ENCRYPTED_MEDIA_SRTP;
}

static void bad_packet(struct media_end *m, struct call *c, const char *why)
{
	m->bad++;
	world_fail(c->phone->world, "a packet reached %s: %s", c->phone->name, why);
}

/** What a phone sent stands in it for all to read. */
static bool is_in_clear(const uint8_t *bytes, size_t n)
{
	return n >= RTP_HEADER_MIN + 4 && memcmp(bytes + RTP_HEADER_MIN, CONTENT_MAGIC, 4) == 0;
}

/** Suite 13: signed, and not enciphered; only where a connection lists it by name. */
static bool readable_by_agreement(const struct media_end *m)
{
	return m->rx && srtp_suite_info(m->suite)->cipher == SRTP_CIPHER_NULL;
}

/** A packet for which this phone has no key, or the wrong one. */
static void unreadable_packet(struct media_end *m, struct call *c, const char *why)
{
	if (!c->phone->world->is_chaotic) /* there phones answer what they do not mean */
		bad_packet(m, c, why);
}

/** True if the packet is now clear and fit to be read. */
static bool unprotect(struct media_end *m, struct call *c, uint8_t *bytes, size_t *n, bool is_rtcp)
{
	struct srtp_item item = {
		.srtp = m->rx, .packet = bytes, .len = *n, .cap = 2048, .is_rtcp = is_rtcp
	};

	if (media_end_must_encrypt(c) && !readable_by_agreement(m) && is_in_clear(bytes, *n)) {
		bad_packet(m, c, "it is clear, on a leg that must be encrypted");
		return false;
	}
	if (!m->rx && media_end_must_encrypt(c))
		unreadable_packet(m, c, "no key was agreed, on a leg that must be encrypted");
	if (!m->rx)
		return !media_end_must_encrypt(c);
	srtp_unprotect(&item, 1);
	*n = item.len;
	if (item.status == SOTTO_EREPLAY && c->phone->to.duplicate)
		m->got_dropped++;
	else if (item.status != SOTTO_OK)
		unreadable_packet(m, c,
			item.status == SOTTO_EAUTH ? "its SRTP tag is wrong, or it is clear"
						   : err_text(item.status));
	return item.status == SOTTO_OK;
}

static void tone_take(struct media_end *m, const struct rtp_header *h, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n && m->tone_count < MEDIA_END_TONE_MAX; i++)
		m->tone[m->tone_count++] =
			g711_decode(h->payload_type == G711_A ? G711_A : G711_MU, p[i]);
}

/** Whether that packet of that call was here before; it is from now on. */
static bool serial_seen(struct media_end *m, unsigned phone, unsigned call, uint32_t serial)
{
	const size_t bit = (phone * (PHONE_CALLS_MAX + 1u) + call) * SERIALS_MAX + serial;
	const uint8_t mask = (uint8_t)(1u << bit % 8);
	bool is_seen;

	if (!m->seen_serials)
		m->seen_serials =
			must_alloc(WORLD_PHONES_MAX * (PHONE_CALLS_MAX + 1u) * SERIALS_MAX / 8);
	is_seen = (m->seen_serials[bit / 8] & mask) != 0;
	m->seen_serials[bit / 8] |= mask;
	return is_seen;
}

static void content_take(struct media_end *m, struct call *c, const uint8_t *p)
{
	uint8_t want[MEDIA_END_PAYLOAD];
	bool is_seen;
	uint32_t serial;

	memcpy(&serial, p + 6, 4);
	content_write(want, p[4], p[5], serial);
	if (p[4] >= WORLD_PHONES_MAX || p[5] > PHONE_CALLS_MAX || serial >= SERIALS_MAX ||
		memcmp(want, p, sizeof(want)) != 0) {
		bad_packet(m, c, "its content was changed on the way");
		return;
	}
	is_seen = serial_seen(m, p[4], p[5], serial);
	if (is_seen && !c->phone->to.duplicate && !c->phone->world->phones[p[4]]->from.duplicate)
		bad_packet(m, c, "it was forwarded before");
	else if (!is_seen && p[4] == c->phone->index)
		m->got_own++;
	else if (!is_seen)
		m->got++;
}

static void rtp_take(struct media_end *m, struct call *c, const uint8_t *bytes, size_t n)
{
	struct rtp_header h;

	if (rtp_parse(&h, bytes, n) != SOTTO_OK) {
		bad_packet(m, c, "it is no RTP");
		return;
	}
	bytes += h.len;
	n -= h.len;
	if (n == MEDIA_END_PAYLOAD && memcmp(bytes, FORGED_MAGIC, 4) == 0)
		bad_packet(m, c, "it was forged");
	else if (n == MEDIA_END_PAYLOAD && memcmp(bytes, CONTENT_MAGIC, 4) == 0)
		content_take(m, c, bytes);
	else
		tone_take(m, &h, bytes, n);
}

void media_end_receive(struct media_end *m, struct call *c, const struct netaddr *from,
	const uint8_t *bytes, size_t n, bool is_rtcp)
{
	uint8_t copy[2048];

	if (m->remote.family == IP_NONE && c->phone->world->is_chaotic)
		return; /* the edge's description never reached this phone */
	if (!netaddr_eq(from, is_rtcp ? &m->remote_rtcp : &m->remote)) {
		bad_packet(m, c, "it comes from another address than the edge described");
		return;
	}
	memcpy(copy, bytes, n < sizeof(copy) ? n : sizeof(copy));
	if (!unprotect(m, c, copy, &n, is_rtcp))
		return;
	if (is_rtcp)
		m->got_rtcp++;
	else
		rtp_take(m, c, copy, n);
}
