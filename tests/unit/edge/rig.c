/** @file unit/edge/rig.c */
#include "unit/edge/rig.h"

#define AUDIO(port, profile)                         \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n" \
	"c=IN IP4 192.0.2.9\r\nt=0 0\r\n"            \
	"m=audio " port " " profile " 0 8 101\r\n"   \
	"a=rtpmap:101 telephone-event/8000\r\n"

const char *const rig_sdp_clear = AUDIO("4000", "RTP/AVP");
const char *const rig_sdp_hold = AUDIO("4000", "RTP/AVP") "a=sendonly\r\n";
#define CRYPTO(tag)                                 \
	"a=crypto:" tag " AES_CM_128_HMAC_SHA1_80 " \
	"inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n"

const char *const rig_sdp_srtp = AUDIO("4000", "RTP/SAVP") CRYPTO("1");
const char *const rig_sdp_srtp_answer = AUDIO("4000", "RTP/SAVP") CRYPTO("4");

/* ---- ports ---- */

static struct netaddr address(const char *text)
{
	struct netaddr a;

	CHECK_OK(netaddr_parse(span_of(text), &a));
	return a;
}

static struct transport_listener *listeners(void)
{
	static struct transport_listener l[3];

	for (unsigned i = 0; i < 3; i++) {
		l[i].transport = (enum sip_transport)i;
		l[i].bind = address(i == 2 ? "192.0.2.1:5061" : "192.0.2.1:5060");
		l[i].advertise = address(i == 2 ? "198.51.100.1:5061" : "198.51.100.1:5060");
		l[i].media_bind = address("192.0.2.1:0");
		l[i].media_advertise = address("198.51.100.1:0");
	}
	return l;
}

static sotto_err on_send(void *ctx, struct sip_hop *hop, struct span message)
{
	struct rig *r = ctx;
	struct rig_sent *s = &r->sent[r->sent_count % RIG_SENT_MAX];
	struct sip_fault fault;
	sotto_err err;

	if (hop->flow && hop->flow == r->dead_flow)
		return SOTTO_ECLOSED;
	if (r->is_patient && r->sent_count == RIG_SENT_MAX)
		return SOTTO_OK;
	assert_true(r->sent_count < RIG_SENT_MAX);
	if (hop->transport != SIP_TRANSPORT_UDP && !hop->flow)
		hop->flow = 0x700; /* one was opened */
	r->sent_count++;
	s->hop = *hop;
	s->bytes = test_malloc(message.n + 1);
	memcpy(s->bytes, message.p, message.n);
	s->bytes[message.n] = '\0';
	s->n = message.n;
	arena_init(&s->arena, 64 * 1024);
	/* what the edge sends is a sound message, but for an answer to what was none */
	err = sip_msg_parse(&s->msg, &s->arena, s->bytes, s->n, &fault);
	if (err == SOTTO_ENOMEM) /* of a test that lets memory run out once */
		err = sip_msg_parse(&s->msg, &s->arena, s->bytes, s->n, &fault);
	if (s->msg.is_request || s->msg.status < 400)
		CHECK_OK(err);
	return SOTTO_OK;
}

static const struct transport_listener *on_listener(void *ctx, struct sip_hop *hop)
{
	(void)ctx;
	if (hop->transport > SIP_TRANSPORT_TLS || hop->remote.family == IP_V6)
		return NULL;
	hop->listener = (uint16_t)hop->transport;
	return &listeners()[hop->transport];
}

static bool on_security(void *ctx, handle_t flow, struct transport_security *out)
{
	const struct rig *r = ctx;

	*out = (struct transport_security){ .tls_version = "TLSv1.3" };
	return flow != r->dead_flow;
}

static sotto_err on_resolve(void *ctx, struct span host, uint16_t port, uint64_t cookie)
{
	struct rig *r = ctx;

	(void)port;
	r->resolve_cookie = cookie;
	return span_cstr(host, r->resolve_host, sizeof(r->resolve_host));
}

static sotto_err on_open(
	void *ctx, const struct media_open *req, handle_t *leg, struct netaddr *local)
{
	struct rig *r = ctx;
	struct rig_media *m = &r->media[r->media_count % RIG_MEDIA_MAX];

	*leg = 0;
	if (r->media_is_exhausted || (r->is_patient && r->media_count == RIG_MEDIA_MAX))
		return SOTTO_ELIMIT;
	assert_true(r->media_count < RIG_MEDIA_MAX);
	m->handle = *leg = ++r->media_count;
	m->owner = req->owner;
	m->is_open = true;
	*local = req->bind;
	local->port = (uint16_t)(20000 + 2 * r->media_count);
	return SOTTO_OK;
}

static sotto_err on_set(void *ctx, handle_t leg, const struct media_leg_params *params)
{
	struct rig_media *m = rig_media(ctx, leg - 1);

	CHECK(m->is_open);
	m->params = *params;
	m->sets++;
	m->was_ever_open_to_clear |= !params->must_encrypt;
	m->had_half_a_pair |=
		(params->rx.suite == SRTP_SUITE_NONE) != (params->tx.suite == SRTP_SUITE_NONE);
	return SOTTO_OK;
}

static sotto_err on_link(void *ctx, handle_t leg, enum media_peer kind, handle_t peer)
{
	rig_media(ctx, leg - 1)->linked = kind;
	rig_media(ctx, leg - 1)->peer = peer;
	return SOTTO_OK;
}

static void on_close(void *ctx, handle_t leg)
{
	rig_media(ctx, leg - 1)->is_open = false;
}

static void on_record(void *ctx, const struct call_record *record)
{
	struct rig *r = ctx;

	r->record = *record;
	r->record_count++;
}

static wall_t on_wall(void *ctx)
{
	const struct rig *r = ctx;

	return (wall_t)(r->now / 1000) + 1700000000000;
}

static void on_log(void *ctx, struct span line)
{
	struct rig *r = ctx;
	struct span head = SPAN("info call call_started ");

	if (line.n > head.n && memcmp(line.p, head.p, head.n) == 0)
		r->calls_started++;
	if (r->log_n + line.n < sizeof(r->log_text)) {
		memcpy(r->log_text + r->log_n, line.p, line.n);
		r->log_n += line.n;
	}
}

/* ---- what is configured ---- */

static struct connection connection(const char *id, enum connection_kind kind)
{
	struct connection c = { .kind = kind, .is_active = true };

	CHECK_OK(span_cstr(span_of(id), c.id, sizeof(c.id)));
	CHECK_OK(span_cstr(span_of(id), c.name, sizeof(c.name)));
	return c;
}

static struct connection trunk(const char *id, const char *at, enum sip_transport t)
{
	struct connection c = connection(id, CONNECTION_IP);

	c.transport = t;
	c.addresses[0] = (struct connection_address){ .address = address(at), .prefix = 32 };
	c.address_count = 1;
	return c;
}

static struct directory *make_directory(struct rig *r)
{
	static const char *const users[] = { "alice", "bob", "sue", "off" };
	static const char *const numbers[][2] = {
		{ "100", "alice" },
		{ "200", "bob" },
		{ "300", "trunk" },
		{ "400", "sue" },
		{ "500", "pbx" },
		{ "600", "tls" },
		{ "700", "off" },
		{ "800", "strict" },
	};
	static struct connection c[9];
	struct credential credentials[ARRAY_LEN(users)] = { 0 };
	struct number n[ARRAY_LEN(numbers)] = { 0 };
	struct directory_rows rows = { c, 9, credentials, 4, n, ARRAY_LEN(numbers) };
	struct directory *d = NULL;

	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		c[i] = connection(users[i], CONNECTION_CREDENTIAL);
		CHECK_OK(span_cstr(span_of(users[i]), credentials[i].user, CREDENTIAL_USER_MAX));
		CHECK_OK(span_cstr(
			span_of(users[i]), credentials[i].connection_id, CONNECTION_ID_MAX));
		CHECK_OK(auth_ha1_make(&credentials[i].ha1, span_of(users[i]),
			span_of(r->settings.realm), SPAN("secret")));
	}
	c[2].inbound.encrypted_media = c[2].outbound.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	c[3].is_active = false;
	c[4] = trunk("trunk", "192.0.2.50:5060", SIP_TRANSPORT_UDP);
	c[5] = trunk("tls", "192.0.2.60:5061", SIP_TRANSPORT_TLS);
	c[5].addresses[c[5].address_count++] = c[5].addresses[0]; /* behind a network of callers */
	CHECK_OK(netaddr_parse(SPAN("192.0.3.0"), &c[5].addresses[0].address));
	c[5].addresses[0].prefix = 24;
	c[6] = trunk("strict", "192.0.2.70:5060", SIP_TRANSPORT_UDP);
	c[6].inbound.encrypted_media = c[6].outbound.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	c[7] = connection("pbx", CONNECTION_FQDN);
	c[7].transport = SIP_TRANSPORT_TLS;
	c[8] = trunk("narrow", "192.0.2.80:5060", SIP_TRANSPORT_UDP);
	c[8].channel_limit = 2;
	CHECK_OK(span_cstr(SPAN("pbx.example.com"), c[7].host, sizeof(c[7].host)));
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		CHECK_OK(span_cstr(span_of(numbers[i][0]), n[i].digits, NUMBER_MAX));
		CHECK_OK(span_cstr(span_of(numbers[i][1]), n[i].connection_id, CONNECTION_ID_MAX));
	}
	return directory_create(&d, &rows, &r->rng.rng) ? NULL : d;
}

/* ---- life ---- */

void rig_init(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	edge_settings_default(&r->settings);
	memcpy(r->settings.test_destination, "999", 4);
	r->settings.timeout_2xx_s = 60;
	r->settings.media_silence_s = 30;
	r->now = 1000000;
}

sotto_err rig_start(struct rig *r)
{
	struct edge_env env = {
		.transport = { r, on_send, on_listener, on_security, on_resolve },
		.media = { r, on_open, on_set, on_link, on_close },
		.record = on_record,
		.record_ctx = r,
		.wall = on_wall,
		.wall_ctx = r,
		.timers = &r->timers,
		.rng = &r->rng.rng,
		.log = &r->log,
		.worker = 3,
	};
	struct directory *d;
	sotto_err err;

	if (r->wrap)
		r->wrap(r->wrap_ctx, &env);
	rng_seeded_init(&r->rng, 42);
	timer_heap_init(&r->timers);
	r->log = (struct log){ .sink = on_log, .ctx = r };
	log_set_level(&r->log, LOG_LEVEL_DEBUG);
	d = make_directory(r);
	if (!d)
		return SOTTO_ENOMEM;
	err = edge_create(&r->edge, &env, &r->settings, d);
	directory_release(d);
	if (!err)
		r->in = edge_transport_events(r->edge);
	return err;
}

void rig_deinit(struct rig *r)
{
	edge_destroy(r->edge);
	timer_heap_deinit(&r->timers);
	for (size_t i = 0; i < r->sent_count; i++) {
		arena_deinit(&r->sent[i].arena);
		test_free(r->sent[i].bytes);
	}
}

struct sip_hop rig_hop(enum sip_transport t, const char *text, handle_t flow)
{
	return (struct sip_hop){ .transport = t,
		.remote = address(text),
		.local = address("192.0.2.1:5060"),
		.listener = (uint16_t)t,
		.flow = flow };
}

void rig_say(struct rig *r, const struct sip_hop *from, const char *fmt, ...)
{
	static char text[SIP_MESSAGE_MAX + 1];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	assert_true(n > 0 && (size_t)n < sizeof(text));
	r->in.on_message(r->in.ctx, text, (size_t)n, from, r->now);
}

void rig_wait(struct rig *r, ms_t d)
{
	instant_t end = instant_add(r->now, d), next;

	while ((next = timer_heap_next(&r->timers)) <= end) {
		r->now = next > r->now ? next : r->now;
		timer_heap_run(&r->timers, r->now);
	}
	r->now = end;
}

/* ---- what was sent ---- */

struct rig_sent *rig_take(struct rig *r)
{
	if (r->taken == r->sent_count)
		fail_msg("[%s] nothing was sent", test_row_);
	return &r->sent[r->taken++];
}

struct rig_sent *rig_take_status(struct rig *r, unsigned status)
{
	struct rig_sent *s = rig_take(r);

	if (s->msg.is_request || s->msg.status != status)
		fail_msg("want %u, got:\n%s", status, s->bytes);
	return s;
}

struct rig_sent *rig_take_method(struct rig *r, const char *method)
{
	struct rig_sent *s = rig_take(r);

	if (!s->msg.is_request || !span_eq(s->msg.method_name, span_of(method)))
		fail_msg("want %s, got:\n%s", method, s->bytes);
	return s;
}

void rig_take_nothing(struct rig *r)
{
	if (r->taken != r->sent_count)
		fail_msg("sent beside what was due:\n%s", r->sent[r->taken].bytes);
}

void rig_skip(struct rig *r)
{
	r->taken = r->sent_count;
}

bool rig_has(const struct rig_sent *s, const char *text)
{
	return strstr(s->bytes, text) != NULL;
}

/* ---- peers ---- */

void rig_respond(struct rig *r, const struct rig_sent *to, unsigned status, const char *extra,
	const char *sdp)
{
	static char memory[SIP_MESSAGE_MAX];
	struct sip_hop from = to->hop;
	struct sip_out o;
	struct span message;

	sip_out_init(&o, memory, sizeof(memory));
	sip_out_response(&o, &to->msg, &from.remote, status, SPAN("Whatever"),
		status > 100 ? SPAN("callee-tag") : SPAN_NONE);
	if (status > 100 && status < 300)
		sip_out_header(&o, SIP_HEADER_CONTACT, SPAN("<sip:callee@192.0.2.99:5070>"));
	if (extra)
		buf_put(&o.b, span_of(extra));
	sip_out_body(&o, sdp ? SPAN("application/sdp") : SPAN_NONE, span_of(sdp));
	CHECK_OK(sip_out_done(&o, &message));
	rig_say(r, &from, "%.*s", (int)message.n, message.p);
}

void rig_party(
	struct rig_party *p, const char *call_id, const char *user, const struct sip_hop *hop)
{
	*p = (struct rig_party){ .hop = *hop, .cseq = 0 };
	snprintf(p->call_id, sizeof(p->call_id), "%s", call_id);
	snprintf(p->local, sizeof(p->local), "\"%s\" <sip:%s@peer.example>;tag=t-%s", user, user,
		call_id);
}

static void say_request(struct rig *r, struct rig_party *p, const char *method, const char *uri,
	unsigned cseq, const char *extra, const char *sdp)
{
	char at[NETADDR_TEXT_MAX];
	size_t n = sdp ? strlen(sdp) : 0;

	netaddr_text(&p->hop.remote, at);
	rig_say(r, &p->hop,
		"%s %s SIP/2.0\r\n"
		"Via: SIP/2.0/%.*s %s;branch=z9hG4bK%s-%u;rport\r\n"
		"Max-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n"
		"Contact: <sip:user@%s>\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		method, uri, SPAN_FMT(sip_transport_name(p->hop.transport)), at, p->call_id,
		++p->branch, p->local, p->remote, p->call_id, cseq, method, at, extra ? extra : "",
		n ? "Content-Type: application/sdp\r\n" : "", n, sdp ? sdp : "");
}

void rig_request(struct rig *r, struct rig_party *p, const char *method, const char *uri,
	const char *extra, const char *sdp)
{
	snprintf(p->remote, sizeof(p->remote), "<%s>", uri);
	say_request(r, p, method, uri, ++p->cseq, extra, sdp);
}

void rig_invite(
	struct rig *r, struct rig_party *p, const char *number, const char *extra, const char *sdp)
{
	char uri[128];

	snprintf(uri, sizeof(uri), "%s:%s@198.51.100.1", p->is_sips ? "sips" : "sip", number);
	rig_request(r, p, "INVITE", uri, extra, sdp);
}

static void copy_target(struct rig_party *p, const struct sip_msg *msg)
{
	struct sip_nameaddr contact;

	CHECK_OK(sip_nameaddr_parse(&contact, sip_msg_value(msg, SIP_HEADER_CONTACT)));
	CHECK_OK(span_cstr(contact.uri.text, p->target, sizeof(p->target)));
}

void rig_learn(struct rig_party *p, const struct rig_sent *response)
{
	CHECK_OK(span_cstr(response->msg.to.text, p->remote, sizeof(p->remote)));
	copy_target(p, &response->msg);
}

void rig_called(struct rig_party *p, const struct rig_sent *invite, const struct sip_hop *hop)
{
	*p = (struct rig_party){ .hop = *hop };
	CHECK_OK(span_cstr(invite->msg.call_id, p->call_id, sizeof(p->call_id)));
	snprintf(p->local, sizeof(p->local), "%.*s;tag=callee-tag", SPAN_FMT(invite->msg.to.text));
	CHECK_OK(span_cstr(invite->msg.from.text, p->remote, sizeof(p->remote)));
	copy_target(p, &invite->msg);
	p->branch = 500;
}

void rig_in_dialog(struct rig *r, struct rig_party *p, const char *method, const char *sdp)
{
	if (strcmp(method, "ACK") != 0)
		p->cseq++;
	say_request(r, p, method, p->target, p->cseq, NULL, sdp);
}

static void answer_challenge(const struct rig_sent *challenge, const char *method, const char *uri,
	const char *user, const char *password, char *out, size_t cap)
{
	struct sip_out o;
	struct rng_seeded rng;

	rng_seeded_init(&rng, 7);
	sip_out_init(&o, out, cap - 1);
	CHECK_OK(auth_client_answer(&o, &challenge->msg, span_of(method), span_of(uri),
		span_of(user), span_of(password), &rng.rng));
	out[o.b.n] = '\0';
}

void rig_request_as(struct rig *r, struct rig_party *p, const char *user, const char *password,
	const char *method, const char *uri, const char *extra, const char *sdp)
{
	char headers[2048];
	size_t n;

	rig_request(r, p, method, uri, extra, sdp);
	answer_challenge(
		rig_take_status(r, 401), method, uri, user, password, headers, sizeof(headers));
	n = strlen(headers);
	snprintf(headers + n, sizeof(headers) - n, "%s", extra ? extra : "");
	rig_request(r, p, method, uri, headers, sdp);
}

void rig_register(struct rig *r, const char *user, const char *contact, const struct sip_hop *hop)
{
	char uri[128], headers[2048], at[NETADDR_TEXT_MAX];
	static unsigned serial;
	unsigned id = ++serial;

	netaddr_text(&hop->remote, at);
	snprintf(uri, sizeof(uri), "sip:%s@sotto", user);
	headers[0] = '\0';
	for (unsigned cseq = 1; cseq <= 2; cseq++) {
		rig_say(r, hop,
			"REGISTER sip:sotto SIP/2.0\r\n"
			"Via: SIP/2.0/%.*s %s;branch=z9hG4bKreg-%u-%u;rport\r\n"
			"Max-Forwards: 70\r\nFrom: <%s>;tag=r\r\nTo: <%s>\r\n"
			"Call-ID: reg-%u\r\nCSeq: %u REGISTER\r\n"
			"Contact: %s\r\n%sContent-Length: 0\r\n\r\n",
			SPAN_FMT(sip_transport_name(hop->transport)), at, id, cseq, uri, uri, id,
			cseq, contact, headers);
		if (cseq == 1)
			answer_challenge(rig_take_status(r, 401), "REGISTER", "sip:sotto", user,
				"secret", headers, sizeof(headers));
	}
	rig_take_status(r, 200);
}

/* ---- media, and the end ---- */

struct rig_media *rig_media(struct rig *r, size_t i)
{
	assert_true(i < r->media_count);
	return &r->media[i];
}

void rig_media_event(struct rig *r, size_t i, enum media_event_kind kind)
{
	struct rig_media *m = rig_media(r, i);
	struct media_event ev = { .kind = kind,
		.leg = m->handle,
		.owner = m->owner,
		.stats = { .rx_packets = 10 + i, .tx_packets = 20 + i } };

	edge_on_media(r->edge, &ev, r->now);
}

void rig_check_empty(struct rig *r)
{
	struct edge_counts n;

	for (size_t i = 0; i < r->media_count; i++) {
		CHECK(!r->media[i].is_open);
		rig_media_event(r, i, MEDIA_CLOSED);
	}
	rig_wait(r, 64 * TXN_T1 + 1);
	n = edge_count(r->edge);
	CHECK_INT(0, n.calls);
	CHECK_INT(0, n.dialogs);
	CHECK_INT(0, n.transactions);
}
