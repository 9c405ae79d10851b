/** @file media/pipeline.c  Legs, links and timers; each turn's packets from one stage to the next.
 */
#include "media/pipeline.h"

#include <assert.h>
#include <stdlib.h>

#include "media/batch.h"

#define RETRY       100 /* ms until an event that was not taken is offered again */
#define TIMERS_EACH 2   /* of a leg */
#define OWN_PACKET  (TEST_PEER_PACKET + MEDIA_TAILROOM)

struct pipeline {
	struct pipeline_params params;
	struct leg **legs; /* by the slot of the handle */
	uint32_t cap, open;
	struct timer_heap timers;
	struct batch batch;
	uint8_t own[MEDIA_BATCH][OWN_PACKET]; /* packets that are made here */
	struct media_packet own_packets[MEDIA_BATCH];
};

static uint32_t slot_of(handle_t leg)
{
	return (uint32_t)leg - 1; /* 0 names nothing, and comes out beyond every maximum */
}

uint32_t pipeline_port_id(handle_t leg)
{
	return slot_of(leg) * 2;
}

sotto_err pipeline_create(struct pipeline **out, const struct pipeline_params *params)
{
	struct pipeline *p;

	*out = NULL;
	if (params->legs_max == 0 || params->legs_max > MEDIA_LEGS_MAX)
		return SOTTO_EINVAL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return SOTTO_ENOMEM;
	p->params = *params;
	timer_heap_init(&p->timers);
	*out = p;
	return SOTTO_OK;
}

void pipeline_destroy(struct pipeline *p)
{
	if (!p)
		return;
	timer_heap_deinit(&p->timers);
	for (uint32_t i = 0; i < p->cap; i++)
		relay_leg_destroy(p->legs[i]);
	free(p->legs);
	free(p);
}

static struct leg *find(const struct pipeline *p, handle_t handle)
{
	uint32_t slot = slot_of(handle);
	struct leg *leg = slot < p->cap ? p->legs[slot] : NULL;

	return leg && leg->handle == handle ? leg : NULL;
}

static sotto_err make_room(struct pipeline *p, uint32_t slot)
{
	uint32_t cap = p->cap ? p->cap : 64;
	struct leg **legs;

	if (slot >= p->params.legs_max)
		return SOTTO_ELIMIT;
	TRY(timer_heap_reserve(&p->timers, (size_t)(p->open + 1) * TIMERS_EACH));
	if (slot < p->cap)
		return SOTTO_OK;
	while (cap <= slot)
		cap *= 2;
	legs = realloc(p->legs, cap * sizeof(struct leg *));
	if (!legs)
		return SOTTO_ENOMEM;
	for (uint32_t i = p->cap; i < cap; i++)
		legs[i] = NULL;
	p->legs = legs;
	p->cap = cap;
	return SOTTO_OK;
}

sotto_err pipeline_open(struct pipeline *p, handle_t handle, uint64_t owner)
{
	uint32_t slot = slot_of(handle);
	struct leg *leg;

	TRY(make_room(p, slot));
	if (p->legs[slot])
		return SOTTO_EEXIST;
	leg = relay_leg_create(handle, owner, pipeline_port_id(handle));
	if (!leg)
		return SOTTO_ENOMEM;
	leg->pipeline = p;
	p->legs[slot] = leg;
	p->open++;
	return SOTTO_OK;
}

/** Room was reserved when the leg was opened, so this cannot fail. */
static void arm(struct leg *leg, struct timer *t, instant_t at, timer_fn *fire)
{
	sotto_err err = timer_set(&leg->pipeline->timers, t, at, fire);

	assert(err == SOTTO_OK);
	(void)err;
}

static bool tell(struct leg *leg, enum media_event_kind kind)
{
	struct pipeline *p = leg->pipeline;
	struct media_event event = {
		.kind = kind,
		.leg = leg->handle,
		.owner = leg->owner,
		.stats = leg_stats(leg),
	};

	return p->params.event(p->params.ctx, &event);
}

/* ---- silence ---- */

/** The timer is not moved by each packet: it looks when the last one came. */
static void on_silence(struct timer *t, instant_t now)
{
	struct leg *leg = container_of(t, struct leg, silence);
	instant_t due = instant_add(leg->heard_at, leg->params.silence);

	if (due > now)
		arm(leg, t, due, on_silence);
	else if (tell(leg, MEDIA_SILENT))
		leg->is_silent = true;
	else
		arm(leg, t, instant_add(now, RETRY), on_silence);
}

static void watch_silence(struct leg *leg)
{
	leg->is_silent = false;
	if (leg->params.silence > 0)
		arm(leg, &leg->silence, instant_add(leg->heard_at, leg->params.silence),
			on_silence);
	else
		timer_stop(&leg->pipeline->timers, &leg->silence);
}

/* ---- the test destination ---- */

static void flush(struct pipeline *p, instant_t now)
{
	size_t n = batch_send(&p->batch, p->params.rng, now);

	if (n)
		p->params.send(p->params.ctx, p->batch.out, n);
	p->batch.n = 0;
}

/** A packet of our own, to be sent with the others of this turn. */
static uint8_t *own_packet(struct leg *to, instant_t now)
{
	struct pipeline *p = to->pipeline;
	struct media_packet *packet;
	size_t i;

	if (p->batch.n == MEDIA_BATCH)
		flush(p, now);
	i = p->batch.n++;
	packet = &p->own_packets[i];
	*packet = (struct media_packet){
		.payload = p->own[i],
		.len = TEST_PEER_PACKET,
		.cap = OWN_PACKET,
	};
	p->batch.entries[i] = (struct batch_entry){
		.packet = packet,
		.to = to,
		.source = to->test.ssrc,
	};
	return packet->payload;
}

static void on_tone(struct timer *t, instant_t now)
{
	struct leg *leg = container_of(t, struct leg, tone);

	test_peer_write(&leg->test, own_packet(leg, now));
	if (leg->test.phase == TEST_TONE)
		arm(leg, t, instant_add(t->at, TEST_PEER_FRAME_MS), on_tone);
}

static void start_tone(struct leg *leg, uint8_t payload_type, instant_t now)
{
	enum g711_law law = payload_type == G711_A ? G711_A : G711_MU;
	bool is_secure = leg_sends(leg) == LEG_SECURE;

	test_peer_start(&leg->test, law, is_secure ? TEST_PEER_SECURE_HZ : TEST_PEER_CLEAR_HZ,
		leg->pipeline->params.rng);
	arm(leg, &leg->tone, now, on_tone);
}

static void on_patience(struct timer *t, instant_t now)
{
	struct leg *leg = container_of(t, struct leg, tone);
	struct netaddr target;

	leg->test.phase = TEST_IDLE;
	if (leg_target(leg, false, &target))
		start_tone(leg, leg->params.payload_type, now);
}

/** The tone begins with the caller's first packet: then it is there, and its address is sure. */
static void expect_caller(struct leg *leg, instant_t now)
{
	struct netaddr target;

	if (leg->peer_kind != MEDIA_PEER_TEST || leg->test.phase != TEST_IDLE ||
		!leg_target(leg, false, &target))
		return;
	leg->test.phase = TEST_WAITING;
	arm(leg, &leg->tone, instant_add(now, TEST_PEER_PATIENCE), on_patience);
}

static void test_peer_hear(struct batch_entry *e, instant_t now)
{
	struct leg *leg = e->from;
	uint8_t type = e->rtp.payload_type;
	struct netaddr target;

	if (e->is_rtcp)
		return;
	switch (leg->test.phase) {
	case TEST_IDLE:
	case TEST_WAITING:
		if (leg_target(leg, false, &target))
			start_tone(leg,
				type == G711_MU || type == G711_A ? type : leg->params.payload_type,
				now);
		break;
	case TEST_TONE: break; /* what is said into the tone is lost */
	case TEST_ECHO:
		test_peer_echo(&leg->test, e->packet->payload, &e->rtp);
		e->source = leg->test.ssrc;
		e->to = leg;
		break;
	}
}

/* ---- what signalling asks ---- */

sotto_err pipeline_set(
	struct pipeline *p, handle_t handle, const struct media_leg_params *params, instant_t now)
{
	struct leg *leg = find(p, handle);
	bool watch;
	sotto_err err;

	if (!leg)
		return SOTTO_ENOENT;
	watch = !leg->is_set || leg->params.silence != params->silence ||
		leg->params.may_receive != params->may_receive;
	err = leg_set(leg, params, now);
	if (watch) {
		leg->heard_at = now;
		watch_silence(leg);
	}
	expect_caller(leg, now);
	return err;
}

static void unlink_peer(struct leg *leg)
{
	if (leg->peer) {
		leg->peer->peer = NULL;
		leg->peer->peer_kind = MEDIA_PEER_NONE;
	}
	leg->peer = NULL;
	leg->peer_kind = MEDIA_PEER_NONE;
	leg->test.phase = TEST_IDLE;
	timer_stop(&leg->pipeline->timers, &leg->tone);
}

static void link_legs(struct leg *a, struct leg *b)
{
	unlink_peer(a);
	unlink_peer(b);
	a->peer = b;
	b->peer = a;
	a->peer_kind = b->peer_kind = MEDIA_PEER_LEG;
}

sotto_err pipeline_link(
	struct pipeline *p, handle_t handle, enum media_peer kind, handle_t peer, instant_t now)
{
	struct leg *leg = find(p, handle), *other = find(p, peer);

	if (!leg || (kind == MEDIA_PEER_LEG && !other))
		return SOTTO_ENOENT;
	if (kind == MEDIA_PEER_LEG && leg == other)
		return SOTTO_EINVAL;
	switch (kind) {
	case MEDIA_PEER_LEG: link_legs(leg, other); break;
	case MEDIA_PEER_NONE: unlink_peer(leg); break;
	case MEDIA_PEER_TEST:
		if (leg->peer_kind != MEDIA_PEER_TEST) /* else it goes on */
			unlink_peer(leg);
		leg->peer_kind = MEDIA_PEER_TEST;
		expect_caller(leg, now);
		break;
	}
	return SOTTO_OK;
}

void pipeline_close(struct pipeline *p, handle_t handle)
{
	struct leg *leg = find(p, handle);

	if (!leg)
		return;
	timer_stop(&p->timers, &leg->silence);
	unlink_peer(leg);
	p->legs[slot_of(handle)] = NULL;
	p->open--;
	(void)tell(leg, MEDIA_CLOSED);
	relay_leg_destroy(leg);
}

sotto_err pipeline_stats(const struct pipeline *p, handle_t handle, struct media_leg_stats *out)
{
	const struct leg *leg = find(p, handle);

	*out = (struct media_leg_stats){ 0 };
	if (!leg)
		return SOTTO_ENOENT;
	*out = leg_stats(leg);
	return SOTTO_OK;
}

/* ---- packets ---- */

static struct leg *leg_at(const struct pipeline *p, uint32_t port_id)
{
	return port_id / 2 < p->cap ? p->legs[port_id / 2] : NULL;
}

static void route(struct batch_entry *e, instant_t now)
{
	struct leg *from = e->from;

	if (from->is_silent)
		watch_silence(from);
	switch (from->peer_kind) {
	case MEDIA_PEER_NONE: break;
	case MEDIA_PEER_LEG:
		if (e->is_rtcp || from->params.may_receive)
			e->to = from->peer;
		break;
	case MEDIA_PEER_TEST: test_peer_hear(e, now); break;
	}
}

static void relay(struct pipeline *p, struct media_packet *packets, size_t n, instant_t now)
{
	struct batch *b = &p->batch;

	b->n = n;
	for (size_t i = 0; i < n; i++)
		b->entries[i] = (struct batch_entry){
			.packet = &packets[i],
			.from = leg_at(p, packets[i].port_id),
		};
	batch_receive(b, now);
	for (size_t i = 0; i < n; i++)
		if (b->entries[i].is_accepted)
			route(&b->entries[i], now);
	flush(p, now);
}

void pipeline_on_packets(struct pipeline *p, struct media_packet *packets, size_t n, instant_t now)
{
	for (; n > MEDIA_BATCH; packets += MEDIA_BATCH, n -= MEDIA_BATCH)
		relay(p, packets, MEDIA_BATCH, now);
	relay(p, packets, n, now);
}

instant_t pipeline_next_deadline(const struct pipeline *p)
{
	return timer_heap_next(&p->timers);
}

void pipeline_run_timers(struct pipeline *p, instant_t now)
{
	p->batch.n = 0;
	timer_heap_run(&p->timers, now);
	flush(p, now);
}
