/** @file unit/edge/port_test.c  Ports that fail, each call to each of them in turn: the call ends,
 * once, with one record, and nothing stays. */
#include "unit/edge/rig.h"

/** What stands between the edge and the rig's ports. */
struct faulty {
	struct rig r;
	struct transport_port transport;
	struct media_port media;
	size_t calls, fails_at; /* of all ports together, counted from 1; 0: none fails */
	size_t last;            /* how many fail from there on */
};

static bool fails(struct faulty *f)
{
	f->calls++;
	return f->fails_at && f->calls >= f->fails_at && f->calls < f->fails_at + f->last;
}

static sotto_err on_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct faulty *f = ctx;

	return fails(f) ? SOTTO_EIO : f->transport.send(f->transport.ctx, hop, message);
}

static const struct transport_listener *on_listener(void *ctx, struct sip_hop *hop)
{
	struct faulty *f = ctx;

	return fails(f) ? NULL : f->transport.listener(f->transport.ctx, hop);
}

static bool on_security(void *ctx, handle_t flow, struct transport_security *out)
{
	struct faulty *f = ctx;

	return !fails(f) && f->transport.security(f->transport.ctx, flow, out);
}

static sotto_err on_resolve(void *ctx, struct span host, uint16_t port, uint64_t cookie)
{
	struct faulty *f = ctx;

	return fails(f) ? SOTTO_ELIMIT : f->transport.resolve(f->transport.ctx, host, port, cookie);
}

static sotto_err on_open(
	void *ctx, const struct media_open *req, handle_t *leg, struct netaddr *local)
{
	struct faulty *f = ctx;

	*leg = 0;
	return fails(f) ? SOTTO_EIO : f->media.open(f->media.ctx, req, leg, local);
}

static sotto_err on_set(void *ctx, handle_t leg, const struct media_leg_params *params)
{
	struct faulty *f = ctx;

	return fails(f) ? SOTTO_ELIMIT : f->media.set(f->media.ctx, leg, params);
}

static sotto_err on_link(void *ctx, handle_t leg, enum media_peer kind, handle_t peer)
{
	struct faulty *f = ctx;

	return fails(f) ? SOTTO_ELIMIT : f->media.link(f->media.ctx, leg, kind, peer);
}

static void on_close(void *ctx, handle_t leg)
{
	struct faulty *f = ctx;

	f->media.close(f->media.ctx, leg);
}

static void wrap(void *ctx, struct edge_env *env)
{
	struct faulty *f = ctx;

	f->transport = env->transport;
	f->media = env->media;
	env->transport =
		(struct transport_port){ f, on_send, on_listener, on_security, on_resolve };
	env->media = (struct media_port){ f, on_open, on_set, on_link, on_close };
}

/** The next such message, or NULL. */
static struct rig_sent *next(struct rig *r, const char *method, unsigned status)
{
	while (r->taken < r->sent_count) {
		struct rig_sent *s = &r->sent[r->taken++];
		if (method ? s->msg.is_request && span_eq(s->msg.method_name, span_of(method))
			   : !s->msg.is_request && s->msg.status == status)
			return s;
	}
	return NULL;
}

static void reinvite(struct rig *r, struct rig_party *by, const char *offer, const char *answer)
{
	struct rig_sent *invite;

	rig_in_dialog(r, by, "INVITE", offer);
	invite = next(r, "INVITE", 0);
	if (invite)
		rig_respond(r, invite, 200, NULL, answer);
	rig_in_dialog(r, by, "ACK", NULL);
}

/** A call over TLS with SRTP to a name, early media, a hold from each side, a hang-up. */
static void talk(struct rig *r)
{
	struct rig_party a, b;
	struct sip_hop hop = rig_hop(SIP_TRANSPORT_TLS, "192.0.2.60:5061", 0x60);
	struct netaddr at = rig_hop(SIP_TRANSPORT_TLS, "192.0.2.61:5061", 0).remote;
	struct rig_sent *invite, *ok;

	rig_party(&a, "ports", "1", &hop);
	rig_invite(r, &a, "500", NULL, rig_sdp_srtp);
	r->in.on_resolved(r->in.ctx, r->resolve_cookie, &at, 1, r->now);
	invite = next(r, "INVITE", 0);
	if (!invite)
		return;
	rig_called(&b, invite, &invite->hop);
	rig_respond(r, invite, 183, NULL, rig_sdp_clear);
	rig_respond(r, invite, 200, NULL, rig_sdp_clear);
	ok = next(r, NULL, 200);
	if (!ok)
		return;
	rig_learn(&a, ok);
	rig_in_dialog(r, &a, "ACK", NULL);
	reinvite(r, &a, rig_sdp_srtp, rig_sdp_clear);
	reinvite(r, &b, rig_sdp_hold, rig_sdp_srtp);
	rig_in_dialog(r, &b, "BYE", NULL);
}

/** @return false if nothing failed: the sweep is over */
static bool run(size_t fails_at, size_t last)
{
	static struct faulty f;

	memset(&f, 0, sizeof(f));
	rig_init(&f.r);
	f.r.is_patient = true;
	f.r.wrap = wrap;
	f.r.wrap_ctx = &f;
	f.fails_at = fails_at;
	f.last = last;
	CHECK_OK(rig_start(&f.r));
	talk(&f.r);
	rig_wait(&f.r, 1);
	edge_stop(f.r.edge, f.r.now);
	for (size_t i = 0; i < f.r.media_count; i++)
		if (!f.r.media[i].is_open)
			rig_media_event(&f.r, i, MEDIA_CLOSED);
	rig_wait(&f.r, 3 * 64 * TXN_T1);
	CHECK_INT(0, edge_count(f.r.edge).calls);
	CHECK_INT(0, edge_count(f.r.edge).dialogs);
	CHECK_INT(0, edge_count(f.r.edge).transactions);
	CHECK_INT(1, f.r.record_count);
	for (size_t i = 0; i < f.r.media_count; i++) {
		CHECK(!f.r.media[i].is_open);
		CHECK(i > 0 || !f.r.media[i].was_ever_open_to_clear);
	}
	rig_deinit(&f.r);
	return f.calls >= fails_at;
}

static void a_call_survives_every_failing_port(void **state)
{
	static const struct {
		const char *label;
		size_t last;
	} rows[] = {
		{ "once", 1 },
		{ "three times", 3 },
		{ "from then on", 1000000 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t at = 1;

		ROW(rows[i].label);
		while (run(at, rows[i].last))
			at++;
		CHECK(at > 40);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_survives_every_failing_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
