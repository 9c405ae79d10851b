/** @file cli/call.c  `sotto call`: the user agent on real sockets. */
#include "cli/call.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/agent.h"
#include "cli/audio.h"
#include "cli/call_options.h"
#include "cli/call_report.h"
#include "cli/wav.h"
#include "io/udp.h"
#include "sip/uri.h"
#include "transport/sip_server.h"

#define ANSWER_WAIT SECONDS(40) /* for a final answer, then CANCEL: over timer B */
#define TURN_MS     100

/** Everything of one run. */
struct call_run {
	const struct call_options *options;
	struct log log;
	struct loop *loop;
	struct sip_server *server;
	struct transport_port wire;    /* the server's own, under the ladder */
	struct transport_events inner; /* the agent's */
	struct agent *agent;
	struct audio *audio;
	struct timer hang_up;
	struct sip_hop hop;
	int16_t *samples; /* of --wav-in */
	size_t sample_count;
	bool was_answered, has_ended;
	enum srtp_suite suite;
	struct transport_security security;
	char text[256]; /* why nothing could be tried */
	struct buf why;
	instant_t began;
};

/** One line of the ladder: when, which way, and the message's first line. */
static void show(const struct call_run *r, const char *arrow, struct span message)
{
	struct span line;

	if (r->options->quiet || r->options->json || !span_take(&message, '\n', &line))
		return;
	line = span_trim(line);
	if (line.n > 72)
		line.n = 72;
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < ' ' || line.p[i] > '~')
			return;
	printf("%6lld ms  %s %.*s\n", (long long)instant_diff(r->began, clock_now()), arrow,
		SPAN_FMT(line));
}

static sotto_err ladder_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct call_run *r = ctx;

	show(r, "->", message);
	return r->wire.send(r->wire.ctx, hop, message);
}

static const struct transport_listener *pass_listener(void *ctx, struct sip_hop *hop)
{
	struct call_run *r = ctx;

	return r->wire.listener(r->wire.ctx, hop);
}

static void ladder_message(
	void *ctx, char *bytes, size_t n, const struct sip_hop *from, instant_t now)
{
	struct call_run *r = ctx;

	show(r, "<-", (struct span){ bytes, n });
	r->inner.on_message(r->inner.ctx, bytes, n, from, now);
}

static void pass_flow_gone(void *ctx, handle_t flow, instant_t now)
{
	struct call_run *r = ctx;

	r->inner.on_flow_gone(r->inner.ctx, flow, now);
}

static void ignore_resolved(
	void *ctx, uint64_t cookie, const struct netaddr *addresses, size_t n, instant_t now)
{
	(void)ctx, (void)cookie, (void)addresses, (void)n, (void)now; /* getaddrinfo did it */
}

static void on_hang_up(struct timer *t, instant_t now)
{
	struct call_run *r = container_of(t, struct call_run, hang_up);

	agent_hang_up(r->agent, now);
}

static void set_hang_up(struct call_run *r, instant_t now, ms_t after)
{
	if (timer_set(loop_timers(r->loop), &r->hang_up, instant_add(now, after), on_hang_up) !=
		SOTTO_OK)
		agent_hang_up(r->agent, now);
}

static void on_state(void *ctx, enum agent_state state, instant_t now)
{
	struct call_run *r = ctx;

	if (state == AGENT_ESTABLISHED) {
		r->was_answered = true;
		(void)r->wire.security(r->wire.ctx, agent_result(r->agent)->hop.flow, &r->security);
		set_hang_up(r, now, SECONDS(r->options->seconds));
	}
	if (state == AGENT_ENDED) {
		timer_stop(loop_timers(r->loop), &r->hang_up);
		r->has_ended = true;
	}
}

static void on_media(void *ctx, const struct offer_stream *stream, uint8_t payload_type)
{
	struct call_run *r = ctx;

	r->suite = stream->security == MEDIA_SDES ? stream->rx.suite : SRTP_SUITE_NONE;
	if (audio_set(r->audio, stream, payload_type) != SOTTO_OK)
		log_error(
			&r->log, media, "media_not_started", LOG_INT("payload_type", payload_type));
}

static sotto_err fail(struct call_run *r, sotto_err err, const char *text, struct span what)
{
	if (!r->why.n)
		buf_printf(&r->why, "%s%.*s", text, SPAN_FMT(what));
	return err;
}

/** With --bind only addresses of that family can be reached. */
static int bound_family(const struct call_run *r)
{
	struct netaddr bind;

	if (!r->options->bind || netaddr_parse_ip(span_of(r->options->bind), &bind) != SOTTO_OK)
		return AF_UNSPEC;
	return bind.family == IP_V6 ? AF_INET6 : AF_INET;
}

static sotto_err look_up(struct call_run *r, const struct sip_uri *uri)
{
	struct addrinfo hints = { .ai_family = bound_family(r), .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found = NULL;
	uint16_t port = uri->port ? uri->port : sip_transport_port(r->options->transport);
	char host[256];

	r->hop.transport = r->options->transport;
	if (sip_uri_address(uri, &r->hop.remote)) {
		r->hop.remote.port = port;
		return SOTTO_OK;
	}
	TRY(span_cstr(uri->host, host, sizeof(host)));
	if (getaddrinfo(host, NULL, &hints, &found) != 0 || !found)
		return fail(r, SOTTO_ENOENT, "no address is known for ", uri->host);
	netaddr_from_sockaddr(&r->hop.remote, found->ai_addr);
	freeaddrinfo(found);
	r->hop.remote.port = port;
	return SOTTO_OK;
}

/** The name that the certificate must have: as given, else the host, unless that is an address. */
static sotto_err set_tls_name(struct call_run *r, const struct sip_uri *uri)
{
	struct netaddr ignored;

	if (r->options->tls_name)
		return span_cstr(
			span_of(r->options->tls_name), r->hop.tls_name, sizeof(r->hop.tls_name));
	if (sip_uri_address(uri, &ignored))
		return SOTTO_OK;
	return span_cstr(uri->host, r->hop.tls_name, sizeof(r->hop.tls_name));
}

static sotto_err open_server(struct call_run *r, const struct netaddr *local)
{
	struct sip_server_settings s = { .listener_count = 1 };

	s.listeners[0] = (struct sip_listener_settings){ .transport = r->options->transport,
		.bind = *local,
		.is_outgoing_only = r->options->transport != SIP_TRANSPORT_UDP };
	s.tls_client = (struct tls_client_settings){
		.verify = r->options->verifies ? TLS_VERIFY_STRICT : TLS_VERIFY_OFF,
		.ca_file = r->options->ca_file,
		.uses_system_cas = r->options->ca_file == NULL,
		.allows_wildcard = true,
	};
	TRY(sip_server_create(&r->server, r->loop, &s, &r->log, &r->why));
	r->wire = sip_server_port(r->server);
	return SOTTO_OK;
}

static sotto_err open_audio(struct call_run *r, const struct netaddr *local, unsigned tone_hz)
{
	struct audio_source source = { .tone_hz = tone_hz };

	if (r->options->wav_in) {
		TRY(wav_read(r->options->wav_in, &r->samples, &r->sample_count, &r->why));
		source.samples = r->samples;
		source.sample_count = r->sample_count;
	}
	return audio_open(&r->audio, r->loop, local, &source, rng_system(), &r->log);
}

static void set_policy(const struct call_options *o, struct offer_policy *p)
{
	offer_policy_default(p);
	p->encrypted_media = o->wants_srtp ? ENCRYPTED_MEDIA_SRTP : ENCRYPTED_MEDIA_OFF;
	if (o->suite != SRTP_SUITE_NONE) {
		p->suites[0] = o->suite;
		p->suite_count = 1;
	}
	p->signalling_is_secure = sip_transport_is_secure(o->transport);
	p->signalling_is_udp = o->transport == SIP_TRANSPORT_UDP;
}

static sotto_err start_agent(struct call_run *r, const struct sip_uri *uri)
{
	struct agent_env env = {
		.transport = r->wire,
		.timers = loop_timers(r->loop),
		.rng = rng_system(),
		.log = &r->log,
		.on_media = on_media,
		.on_state = on_state,
		.ctx = r,
	};
	struct agent_settings s = {
		.target = uri->text,
		.user = span_of(r->options->user),
		.password = span_of(r->options->password),
		.domain = uri->host,
		.hop = r->hop,
		.rtp = *audio_local(r->audio),
	};
	struct transport_events events = { r, ladder_message, pass_flow_gone, ignore_resolved };

	env.transport.ctx = r;
	env.transport.send = ladder_send;
	env.transport.listener = pass_listener;
	set_policy(r->options, &s.policy);
	TRY(agent_create(&r->agent, &env, &s));
	r->inner = agent_transport_events(r->agent);
	TRY(sip_server_start(r->server, &events));
	r->began = clock_now();
	set_hang_up(r, r->began, ANSWER_WAIT);
	return agent_start(r->agent, r->began);
}

static sotto_err local_address(struct call_run *r, struct netaddr *out)
{
	if (!r->options->bind)
		return udp_source_for(&r->hop.remote, out);
	if (netaddr_parse_ip(span_of(r->options->bind), out) != SOTTO_OK)
		return fail(r, SOTTO_EINVAL, "--bind wants an address, found ",
			span_of(r->options->bind));
	return SOTTO_OK;
}

static sotto_err begin(struct call_run *r, unsigned tone_hz)
{
	struct netaddr local;
	struct sip_uri uri;

	if (sip_uri_parse(&uri, span_of(r->options->target)) != SOTTO_OK ||
		(uri.scheme != SIP_SCHEME_SIP && uri.scheme != SIP_SCHEME_SIPS))
		return fail(r, SOTTO_ESYNTAX, "not a SIP address: ", span_of(r->options->target));
	TRY(look_up(r, &uri));
	TRY(set_tls_name(r, &uri));
	TRY(loop_create(&r->loop));
	TRY(local_address(r, &local));
	local.port = 0;
	TRY(open_server(r, &local));
	TRY(open_audio(r, &local, tone_hz));
	return start_agent(r, &uri);
}

static void finish(struct call_run *r)
{
	agent_destroy(r->agent);
	audio_close(r->audio);
	sip_server_destroy(r->server);
	if (r->loop)
		loop_destroy(r->loop);
	free(r->samples);
}

static void judge(struct call_run *r, struct call_report *report)
{
	unsigned hz[LISTEN_TONES_MAX] = { 440, 880 };
	size_t n = 2, samples;
	const int16_t *heard = audio_heard(r->audio, &samples);

	if (report->tone_hz)
		hz[n++] = report->tone_hz;
	for (size_t i = 0; i < r->options->hear_count; i++)
		hz[n++] = r->options->hear[i];
	listen_judge(&report->heard, heard, samples, hz, n);
	if (r->options->wav_out &&
		wav_write(r->options->wav_out, heard, samples, &r->why) != SOTTO_OK)
		fprintf(stderr, "sotto: %.*s\n", SPAN_FMT(buf_span(&r->why)));
}

/** Between 1,000 and 2,980 Hz in steps of 20, so that no echo of an older call is taken for ours.
 */
static unsigned draw_tone(void)
{
	return 1000 + rng_u32(rng_system()) % 100 * 20;
}

static int run(const struct call_options *options)
{
	static const struct audio_counts no_counts;
	static const struct agent_result no_result;
	struct call_run r = { .options = options };
	struct call_report report = { .options = options,
		.result = &no_result,
		.counts = &no_counts,
		.tone_hz = options->wav_in    ? 0
			   : options->tone_hz ? options->tone_hz
					      : draw_tone() };
	sotto_err err;
	int status;

	r.why = buf_over(r.text, sizeof(r.text) - 1);
	log_init_stderr(&r.log);
	log_set_level(&r.log, LOG_LEVEL_WARN);
	err = begin(&r, report.tone_hz);
	if (err) {
		if (!r.why.n)
			buf_put(&r.why, span_of(err_text(err)));
		report.trouble = r.text;
	} else {
		while (!r.has_ended)
			loop_turn(r.loop, TURN_MS);
		report.result = agent_result(r.agent);
		report.counts = audio_counts(r.audio);
		report.security = r.security;
		report.was_answered = r.was_answered;
		report.suite = r.suite;
		judge(&r, &report);
	}
	call_report_print(&report);
	status = call_report_is_good(&report) ? 0 : 1; /* before what it points to goes */
	finish(&r);
	return status;
}

int call_main(int argc, char **argv)
{
	struct call_options options;
	char text[512];
	struct buf why = buf_over(text, sizeof(text));
	int status = 0;

	if (call_options_parse(&options, argc, argv, &why) != SOTTO_OK) {
		fprintf(stderr, "sotto call: %.*s\n", SPAN_FMT(buf_span(&why)));
		status = 2;
	} else if (options.help) {
		fputs(call_usage, stdout);
	} else {
		status = run(&options);
	}
	explicit_bzero(&options, sizeof(options));
	return status;
}
