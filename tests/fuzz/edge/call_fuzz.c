/**
 * @file fuzz/edge/call_fuzz.c  Calls in any order of events: each input byte is something that a
 * party, the network or the clock does. Whatever happens, a leg that must be encrypted is never
 * open to a clear packet, no key serves twice, each call leaves one record, and nothing is left
 * when 64*T1 are over.
 */
#include "unit/edge/rig.h"

#define ACTIONS_MAX 64

#define REQUIRE(cond)            \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

struct play {
	struct rig r;
	struct rig_party a, b;
	struct rig_sent *invite; /* the last that the callee got */
	bool has_caller, has_callee, is_strict;
	unsigned calls;
};

static const char *sdp_of(unsigned n)
{
	const char *const all[] = { rig_sdp_clear, rig_sdp_srtp, rig_sdp_hold, NULL };

	return all[n % ARRAY_LEN(all)];
}

/** What the edge sent since: the dialogs and INVITEs that it makes known. */
static void look(struct play *p)
{
	for (; p->r.taken < p->r.sent_count; p->r.taken++) {
		struct rig_sent *s = &p->r.sent[p->r.taken];
		const struct sip_msg *m = &s->msg;
		bool has_contact = sip_msg_field(m, SIP_HEADER_CONTACT) != NULL;

		if (m->is_request && m->method == SIP_METHOD_INVITE) {
			p->invite = s;
			if (!m->to.tag.n) {
				rig_called(&p->b, s, &s->hop);
				p->has_callee = true;
			}
		} else if (!m->is_request && m->cseq.method == SIP_METHOD_INVITE && has_contact &&
			   span_eq(m->call_id, span_of(p->a.call_id))) {
			rig_learn(&p->a, s);
			p->has_caller = true;
		}
	}
}

static void call(struct play *p, unsigned n)
{
	struct sip_hop hop =
		rig_hop(SIP_TRANSPORT_UDP, p->is_strict ? "192.0.2.70:5060" : "192.0.2.50:5060", 0);
	const char *number = p->is_strict ? "800" : n & 4 ? "999" : "600";
	char id[16];

	if (p->calls == 4)
		return;
	snprintf(id, sizeof(id), "fuzz%u", p->calls++);
	rig_party(&p->a, id, "1", &hop);
	p->has_caller = p->has_callee = false;
	rig_invite(&p->r, &p->a, number, NULL, sdp_of(n));
}

static void respond(struct play *p, unsigned n)
{
	static const unsigned statuses[] = { 100, 180, 183, 200, 200, 486, 488, 302 };

	if (p->invite)
		rig_respond(&p->r, p->invite, statuses[n % 8], NULL, sdp_of(n >> 3));
}

static void cancel(struct play *p)
{
	if (p->a.call_id[0])
		rig_say(&p->r, &p->a.hop,
			"CANCEL sip:1@sotto SIP/2.0\r\n"
			"Via: SIP/2.0/UDP %s:5060;branch=z9hG4bK%s-%u;rport\r\n"
			"From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u CANCEL\r\n"
			"Content-Length: 0\r\n\r\n",
			p->is_strict ? "192.0.2.70" : "192.0.2.50", p->a.call_id, p->a.branch,
			p->a.local, p->a.remote, p->a.call_id, p->a.cseq);
}

static void in_dialog(struct play *p, unsigned n)
{
	static const char *const methods[] = { "ACK", "BYE", "INVITE", "INVITE", "OPTIONS",
		"UPDATE", "INFO", "ACK" };
	struct rig_party *who = n & 8 ? &p->b : &p->a;
	const char *method = methods[n % 8];
	bool may_describe = method[0] == 'I' || method[0] == 'A' || method[0] == 'U';

	if (n & 8 ? p->has_callee : p->has_caller)
		rig_in_dialog(&p->r, who, method, may_describe ? sdp_of(n >> 4) : NULL);
}

static void happen(struct play *p, unsigned n)
{
	static const ms_t waits[] = { 1, 500, 4000, 32000, 61000 };

	switch (n % 8) {
	case 0:
	case 1:
	case 2:
	case 3:
	case 4: rig_wait(&p->r, waits[n % 8]); break;
	case 5:
		p->r.dead_flow = 0x700;
		p->r.in.on_flow_gone(p->r.in.ctx, 0x700, p->r.now);
		break;
	case 6:
		if (p->r.media_count)
			rig_media_event(&p->r, n % p->r.media_count, MEDIA_SILENT);
		break;
	case 7: p->r.dead_flow = 0; break;
	}
}

static void check_media(const struct play *p)
{
	for (size_t i = 0; i < p->r.media_count; i++) {
		const struct rig_media *m = &p->r.media[i], *o;

		REQUIRE(!p->is_strict || !m->was_ever_open_to_clear);
		REQUIRE(!m->had_half_a_pair);
		REQUIRE(m->params.rx.suite == SRTP_SUITE_NONE || m->params.must_encrypt);
		for (size_t k = 0; k < i && m->params.tx.suite; k++) {
			o = &p->r.media[k];
			REQUIRE(memcmp(m->params.tx.bytes, o->params.tx.bytes, 30) != 0);
		}
	}
}

static void finish(struct play *p)
{
	struct edge_counts n;

	edge_stop(p->r.edge, p->r.now);
	for (size_t i = 0; i < p->r.media_count; i++)
		if (!p->r.media[i].is_open)
			rig_media_event(&p->r, i, MEDIA_CLOSED);
	rig_wait(&p->r, 2 * 64 * TXN_T1 + 1);
	n = edge_count(p->r.edge);
	REQUIRE(n.calls == 0 && n.dialogs == 0);
	rig_wait(&p->r, 64 * TXN_T1 + 1);
	REQUIRE(edge_count(p->r.edge).transactions == 0);
	REQUIRE(p->r.record_count == p->r.calls_started);
	for (size_t i = 0; i < p->r.media_count; i++)
		REQUIRE(!p->r.media[i].is_open);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play p;

	memset(&p, 0, sizeof(p));
	rig_init(&p.r);
	p.r.is_patient = true;
	REQUIRE(rig_start(&p.r) == SOTTO_OK);
	log_set_level(&p.r.log, LOG_LEVEL_INFO);
	p.is_strict = size && (data[0] & 1);
	for (size_t i = 1; i < size && i < ACTIONS_MAX; i++) {
		unsigned n = data[i];
		switch (n >> 6) {
		case 0: n & 32 ? cancel(&p) : call(&p, n); break;
		case 1: respond(&p, n & 63); break;
		case 2: in_dialog(&p, n & 63); break;
		case 3: happen(&p, n & 63); break;
		}
		look(&p);
		check_media(&p);
	}
	finish(&p);
	rig_deinit(&p.r);
	return 0;
}
