/** @file unit/cli/agent_test.c  Tests cli/agent.h against a far side that does as it likes. */
#include "cli/agent.h"

#include <stdio.h>

#include "unit/test.h"

struct far {
	struct agent *agent;
	struct timer_heap timers;
	char invite[8192], heard[8192];
	size_t sent;
	enum agent_state states[8];
	size_t state_count;
};

static sotto_err on_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct far *f = ctx;

	(void)hop;
	if (f->sent++ == 0)
		CHECK_OK(span_cstr(message, f->invite, sizeof(f->invite)));
	return SOTTO_OK;
}

static const struct transport_listener *on_listener(void *ctx, struct sip_hop *hop)
{
	static const struct transport_listener l = {
		.advertise = { .family = IP_V4, .ip = { 192, 0, 2, 1 }, .port = 5060 }
	};

	(void)ctx, (void)hop;
	return &l;
}

static void on_media(void *ctx, const struct offer_stream *stream, uint8_t payload_type)
{
	(void)ctx, (void)stream, (void)payload_type;
}

static void on_state(void *ctx, enum agent_state state, instant_t now)
{
	struct far *f = ctx;

	(void)now;
	CHECK(f->state_count < ARRAY_LEN(f->states));
	f->states[f->state_count++] = state;
}

static void far_open(struct far *f)
{
	struct agent_env env = {
		.transport = { .ctx = f, .send = on_send, .listener = on_listener },
		.timers = &f->timers,
		.rng = rng_system(),
		.on_media = on_media,
		.on_state = on_state,
		.ctx = f,
	};
	struct agent_settings s = {
		.target = SPAN("sip:b@example.com"),
		.domain = SPAN("example.com"),
		.hop = { .transport = SIP_TRANSPORT_UDP,
			.remote = { .family = IP_V4, .ip = { 192, 0, 2, 2 }, .port = 5060 } },
		.rtp = { .family = IP_V4, .ip = { 192, 0, 2, 1 }, .port = 4000 },
	};

	*f = (struct far){ .sent = 0 };
	timer_heap_init(&f->timers);
	offer_policy_default(&s.policy);
	CHECK_OK(agent_create(&f->agent, &env, &s));
	CHECK_OK(agent_start(f->agent, SECONDS(1) * 1000));
}

static void far_close(struct far *f)
{
	agent_destroy(f->agent);
	timer_heap_deinit(&f->timers);
}

/** The value of a header of our INVITE. */
static const char *of_invite(const struct far *f, const char *name, char out[256])
{
	const char *at = strstr(f->invite, name);

	CHECK(at != NULL);
	snprintf(out, 256, "%.*s", (int)strcspn(at + strlen(name), "\r"), at + strlen(name));
	return out;
}

static void far_says(struct far *f, const char *text)
{
	struct transport_events events = agent_transport_events(f->agent);
	struct sip_hop from = { .transport = SIP_TRANSPORT_UDP,
		.remote = { .family = IP_V4, .ip = { 192, 0, 2, 2 }, .port = 5060 } };
	size_t n = strlen(text);

	memcpy(f->heard, text, n);
	events.on_message(events.ctx, f->heard, n, &from, SECONDS(1) * 1000);
}

static void nothing_follows_the_end(void **state)
{
	char text[2048], us[256], id[256], via[256];
	struct far f;

	(void)state;
	far_open(&f);
	snprintf(text, sizeof(text),
		"BYE sip:sotto@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP "
		"192.0.2.2;branch=z9hG4bKbye\r\nFrom: <sip:b@example.com>;tag=far\r\nTo: %s\r\n"
		"Call-ID: %s\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
		of_invite(&f, "\r\nFrom: ", us), of_invite(&f, "\r\nCall-ID: ", id));
	far_says(&f, text);
	CHECK_INT(AGENT_ENDED, agent_result(f.agent)->state);
	snprintf(text, sizeof(text),
		"SIP/2.0 200 OK\r\nVia: %s\r\nFrom: %s\r\nTo: <sip:b@example.com>;tag=far\r\n"
		"Call-ID: %s\r\nCSeq: 1 INVITE\r\nContact: <sip:b@192.0.2.2>\r\n"
		"Content-Length: 0\r\n\r\n",
		of_invite(&f, "\r\nVia: ", via), us, id);
	far_says(&f, text);
	CHECK_INT(2, f.state_count);
	CHECK_INT(AGENT_CALLING, f.states[0]);
	CHECK_INT(AGENT_ENDED, f.states[1]);
	CHECK_INT(AGENT_ENDED, agent_result(f.agent)->state);
	far_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_follows_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
