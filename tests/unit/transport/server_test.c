/**
 * @file unit/transport/server_test.c  Tests transport/sip_server.h: two servers that talk over
 * loopback, and bare TCP clients that misbehave.
 */
#include "transport/sip_server.h"

#include <stdlib.h>

#include "io/tcp.h"
#include "sip/msg.h"
#include "unit/alloc_fail.h"
#include "unit/io/ca.h"
#include "unit/io/net.h"

#define MESSAGE(name, body)                                                                  \
	"OPTIONS sip:edge.example.com SIP/2.0\r\n"                                           \
	"Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK" name "\r\n"                         \
	"Max-Forwards: 70\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\n" \
	"Call-ID: " name "\r\nCSeq: 1 OPTIONS\r\nContent-Length: " body

#define PLAIN MESSAGE("plain", "4\r\n\r\nbody")

static struct ca ca; // NOLINT: made once for the whole program

enum { UDP, TCP, TLS, LISTENERS }; /* each side's listeners */

struct side {
	struct loop *loop;
	struct sip_server *server;
	struct transport_port port;
	unsigned messages, gone, resolved;
	char last[SIP_MESSAGE_MAX];
	size_t last_n;
	struct sip_hop from;
	handle_t gone_flow;
	bool in_call; /* of the port: no event may come */
	bool echoes, closes;
};

static void on_message(void *ctx, char *bytes, size_t n, const struct sip_hop *from, instant_t now)
{
	struct side *s = ctx;
	struct sip_hop back = *from;

	(void)now;
	CHECK(!s->in_call && n <= sizeof(s->last));
	s->messages++;
	memcpy(s->last, bytes, n);
	s->last_n = n;
	s->from = *from;
	memset(bytes, 0, n); /* the bytes are ours to change */
	if (s->echoes)
		CHECK_OK(s->port.send(s->port.ctx, &back, (struct span){ s->last, n }));
	if (s->closes)
		sip_server_close_flow(s->server, from->flow);
}

static void on_flow_gone(void *ctx, handle_t flow, instant_t now)
{
	struct side *s = ctx;

	(void)now;
	CHECK(!s->in_call);
	s->gone++;
	s->gone_flow = flow;
}

static void on_resolved(
	void *ctx, uint64_t cookie, const struct netaddr *addresses, size_t n, instant_t now)
{
	struct side *s = ctx;

	(void)now, (void)addresses;
	CHECK(!s->in_call && n == 1 && cookie == 7);
	s->resolved++;
}

static struct sip_server_settings settings_for(const char *bind)
{
	struct sip_server_settings set = { .listener_count = LISTENERS };

	for (size_t i = 0; i < LISTENERS; i++)
		set.listeners[i] = (struct sip_listener_settings){
			.transport = (enum sip_transport)i,
			.bind = net_addr(bind),
			.tls = { ca.chain_file, ca.key_file },
		};
	set.tls_client = (struct tls_client_settings){ .ca_file = ca.root_file };
	return set;
}

static void side_open(struct side *s, struct loop *l, const struct sip_server_settings *set)
{
	struct transport_events events = { s, on_message, on_flow_gone, on_resolved };
	char text[256] = "";
	struct buf why = buf_over(text, sizeof(text) - 1);

	*s = (struct side){ .loop = l };
	if (sip_server_create(&s->server, l, set, NULL, &why))
		fail_msg("[%s] %s", test_row_, text);
	s->port = sip_server_port(s->server);
	CHECK_OK(sip_server_start(s->server, &events));
}

/** Two servers, `a` calling and `b` called. */
struct pair {
	struct loop *loop;
	struct side a, b;
};

static struct pair *pair_with(
	const struct sip_server_settings *a, const struct sip_server_settings *b)
{
	struct pair *p = calloc(1, sizeof(*p));

	CHECK_OK(loop_create(&p->loop));
	side_open(&p->a, p->loop, a);
	side_open(&p->b, p->loop, b);
	return p;
}

static struct pair *pair_open(const char *bind)
{
	struct sip_server_settings set = settings_for(bind);

	return pair_with(&set, &set);
}

static void pair_close(struct pair *p)
{
	sip_server_destroy(p->a.server);
	sip_server_destroy(p->b.server);
	loop_destroy(p->loop);
	free(p);
}

static struct sip_hop hop_to(const struct side *s, enum sip_transport t, const char *ip)
{
	size_t n;
	struct sip_hop hop = { .transport = t, .remote = net_addr(ip) };

	hop.remote.port = sip_server_listeners(s->server, &n)[t].bind.port;
	return hop;
}

static sotto_err side_send(struct side *s, struct sip_hop *hop, const char *text, size_t n)
{
	sotto_err err;

	s->in_call = true;
	err = s->port.send(s->port.ctx, hop, (struct span){ text, n });
	s->in_call = false;
	return err;
}

#define SEND(side, hop, lit) side_send((side), (hop), (lit), sizeof(lit) - 1)

static void a_message_and_its_answer_pass(void **state)
{
	static const struct {
		const char *label, *bind, *ip;
		enum sip_transport transport;
	} rows[] = {
		{ "UDP, IPv4", "127.0.0.1:0", "127.0.0.1", SIP_TRANSPORT_UDP },
		{ "UDP, IPv4 any, another address", "0.0.0.0:0", "127.0.0.2", SIP_TRANSPORT_UDP },
		{ "UDP, IPv6", "[::1]:0", "::1", SIP_TRANSPORT_UDP },
		{ "TCP, IPv4", "127.0.0.1:0", "127.0.0.1", SIP_TRANSPORT_TCP },
		{ "TCP, IPv6", "[::]:0", "::1", SIP_TRANSPORT_TCP },
		{ "TLS, IPv4", "127.0.0.1:0", "127.0.0.1", SIP_TRANSPORT_TLS },
		{ "TLS, IPv6", "[::1]:0", "::1", SIP_TRANSPORT_TLS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct transport_security security;
		struct pair *p;
		struct sip_hop to;

		ROW(rows[i].label);
		p = pair_open(rows[i].bind);
		p->b.echoes = true;
		to = hop_to(&p->b, rows[i].transport, rows[i].ip);
		CHECK(p->a.port.listener(p->a.port.ctx, &to) != NULL);
		CHECK_INT(rows[i].transport, to.listener);
		CHECK_OK(SEND(&p->a, &to, PLAIN));
		WAIT(p->loop, p->a.messages == 1);
		CHECK_SPAN(PLAIN, ((struct span){ p->b.last, p->b.last_n }));
		CHECK_SPAN(PLAIN, ((struct span){ p->a.last, p->a.last_n }));
		CHECK_INT(rows[i].transport, p->b.from.transport);
		CHECK_INT(rows[i].transport, p->b.from.listener);
		CHECK(netaddr_eq(&to.remote, &p->b.from.local));  /* the address that was asked */
		CHECK(netaddr_eq(&to.remote, &p->a.from.remote)); /* answers from there */
		CHECK_INT(sip_transport_is_reliable(rows[i].transport), p->b.from.flow != 0);
		CHECK_INT(to.flow, p->a.from.flow);
		CHECK_INT(to.flow != 0, p->a.port.security(p->a.port.ctx, to.flow, &security));
		CHECK_INT(rows[i].transport == SIP_TRANSPORT_TLS, security.tls_version[0] != '\0');
		CHECK_INT(rows[i].transport == SIP_TRANSPORT_TLS, security.peer_name[0] != '\0');
		pair_close(p);
	}
}

static void a_connection_is_used_again_and_a_tls_name_has_its_own(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");
	struct sip_hop first = hop_to(&p->b, SIP_TRANSPORT_TLS, "127.0.0.1"), again = first;
	struct sip_hop named = first, other_case = first;

	(void)state;
	memcpy(named.tls_name, "localhost", 10);
	memcpy(other_case.tls_name, "LocalHost", 10);
	CHECK_OK(SEND(&p->a, &first, PLAIN));
	CHECK_OK(SEND(&p->a, &again, PLAIN)); /* while it is still connecting */
	CHECK_OK(SEND(&p->a, &named, PLAIN));
	CHECK_INT(first.flow, again.flow);
	CHECK(named.flow != first.flow);
	WAIT(p->loop, p->b.messages == 3);
	CHECK_OK(SEND(&p->a, &other_case, PLAIN));
	CHECK_INT(named.flow, other_case.flow);
	CHECK_INT(2, sip_server_flow_count(p->a.server));
	pair_close(p);
}

static void a_flow_that_cannot_be_made_is_gone(void **state)
{
	static const struct {
		const char *label;
		enum sip_transport transport;
		const char *name;
		bool unheard; /* nobody listens there */
	} rows[] = {
		{ "refused, TCP", SIP_TRANSPORT_TCP, "", true },
		{ "refused, TLS", SIP_TRANSPORT_TLS, "", true },
		{ "TLS, wrong name", SIP_TRANSPORT_TLS, "other.example.com", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pair *p = pair_open("127.0.0.1:0");
		struct sip_hop to = hop_to(&p->b, rows[i].transport, "127.0.0.1");

		ROW(rows[i].label);
		snprintf(to.tls_name, sizeof(to.tls_name), "%s", rows[i].name);
		if (rows[i].unheard) {
			sip_server_destroy(p->b.server);
			p->b.server = NULL;
			loop_turn(p->loop, 0);
		}
		CHECK_OK(SEND(&p->a, &to, PLAIN));
		WAIT(p->loop, p->a.gone == 1);
		CHECK_INT(to.flow, p->a.gone_flow);
		CHECK_INT(0, p->b.messages);
		CHECK_INT(0, sip_server_flow_count(p->a.server));
		CHECK_INT(SOTTO_ECLOSED, SEND(&p->a, &to, PLAIN)); /* that flow only */
		pair_close(p);
	}
}

static void a_closed_flow_is_gone_at_both_ends(void **state)
{
	static const enum sip_transport kinds[] = { SIP_TRANSPORT_TCP, SIP_TRANSPORT_TLS };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct pair *p = pair_open("127.0.0.1:0");
		struct sip_hop to = hop_to(&p->b, kinds[i], "127.0.0.1");

		p->b.closes = true;
		CHECK_OK(SEND(&p->a, &to, PLAIN));
		WAIT(p->loop, p->a.gone == 1 && p->b.gone == 1);
		CHECK_INT(p->b.from.flow, p->b.gone_flow);
		CHECK_INT(to.flow, p->a.gone_flow);
		pair_close(p);
	}
}

static void flows_have_a_maximum(void **state)
{
	struct sip_server_settings a = settings_for("127.0.0.1:0"), b = a;
	struct sip_hop one, two, three;
	struct pair *p;

	(void)state;
	a.flows_max = 2;
	p = pair_with(&a, &b);
	one = two = three = hop_to(&p->b, SIP_TRANSPORT_TLS, "127.0.0.1");
	memcpy(two.tls_name, "localhost", 10);
	memcpy(three.tls_name, "edge.example.com", 17);
	CHECK_OK(SEND(&p->a, &one, PLAIN));
	CHECK_OK(SEND(&p->a, &two, PLAIN));
	CHECK_INT(SOTTO_ELIMIT, SEND(&p->a, &three, PLAIN));
	CHECK_INT(0, three.flow);
	WAIT(p->loop, p->b.messages == 2);
	pair_close(p);
}

/** One host may not take all connections from the others. */
static void flows_of_one_source_have_a_maximum(void **state)
{
	struct sip_server_settings a = settings_for("127.0.0.1:0"), b = a;
	struct sip_hop one, two, three;
	struct pair *p;

	(void)state;
	b.source_flows_max = 2;
	p = pair_with(&a, &b);
	one = two = three = hop_to(&p->b, SIP_TRANSPORT_TLS, "127.0.0.1");
	memcpy(two.tls_name, "localhost", 10);
	memcpy(three.tls_name, "edge.example.com", 17);
	CHECK_OK(SEND(&p->a, &one, PLAIN));
	CHECK_OK(SEND(&p->a, &two, PLAIN));
	WAIT(p->loop, p->b.messages == 2); /* at the maximum */
	CHECK_OK(SEND(&p->a, &three, PLAIN));
	WAIT(p->loop, p->a.gone == 1); /* one above */
	CHECK_INT(2, p->b.messages);
	CHECK_INT(2, sip_server_flow_count(p->b.server));
	pair_close(p);
}

static void a_flows_queue_has_a_maximum(void **state)
{
	static char big[SIP_MESSAGE_MAX];
	struct pair *p = pair_open("127.0.0.1:0");
	struct sip_hop to = hop_to(&p->b, SIP_TRANSPORT_TCP, "127.0.0.1");
	size_t taken = 0;

	(void)state;
	memset(big, 'x', sizeof(big));
	while (side_send(&p->a, &to, big, sizeof(big)) == SOTTO_OK) /* still connecting */
		CHECK((taken += sizeof(big)) < 1 << 20);
	CHECK_INT(SOTTO_ELIMIT, side_send(&p->a, &to, big, sizeof(big)));
	CHECK_INT(0, p->a.gone); /* the flow itself lives */
	CHECK_INT(1, sip_server_flow_count(p->a.server));
	pair_close(p);
}

static void a_name_is_resolved_outside_the_call(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");

	(void)state;
	p->a.in_call = true;
	CHECK_OK(p->a.port.resolve(p->a.port.ctx, SPAN("127.0.0.1"), 5060, 7));
	p->a.in_call = false;
	WAIT(p->loop, p->a.resolved == 1);
	pair_close(p);
}

/* Bare TCP clients */

struct bare {
	struct tcp_conn *conn;
	bool is_open, is_over;
	char in[8192];
	size_t n;
};

static void bare_opened(void *ctx)
{
	((struct bare *)ctx)->is_open = true;
}

static void bare_read(void *ctx, char *bytes, size_t n)
{
	struct bare *b = ctx;

	CHECK(b->n + n < sizeof(b->in));
	memcpy(b->in + b->n, bytes, n);
	b->n += n;
}

static void bare_over(void *ctx, sotto_err why)
{
	(void)why;
	((struct bare *)ctx)->is_over = true;
}

static void bare_connect(struct bare *b, struct pair *p, enum sip_transport t)
{
	struct tcp_events events = { b, bare_opened, bare_read, bare_over };
	struct sip_hop to = hop_to(&p->b, t, "127.0.0.1");

	*b = (struct bare){ 0 };
	CHECK_OK(tcp_connect(&b->conn, p->loop, &to.remote, NULL, SECONDS(5), &events));
	WAIT(p->loop, b->is_open && sip_server_flow_count(p->b.server) == 1);
}

static void a_message_cut_anywhere_is_whole(void **state)
{
	static const char two[] = PLAIN PLAIN;
	struct pair *p = pair_open("127.0.0.1:0");
	unsigned want = 0;
	struct bare b;

	(void)state;
	bare_connect(&b, p, SIP_TRANSPORT_TCP);
	for (size_t cut = 1; cut < sizeof(two) - 1; cut++) {
		CHECK_OK(tcp_send(b.conn, (struct span){ two, cut }));
		loop_turn(p->loop, 10); /* usually enough for the first part to come alone */
		CHECK_OK(tcp_send(b.conn, (struct span){ two + cut, sizeof(two) - 1 - cut }));
		want += 2;
		WAIT(p->loop, p->b.messages == want);
		CHECK_SPAN(PLAIN, ((struct span){ p->b.last, p->b.last_n }));
	}
	tcp_close(b.conn);
	pair_close(p);
}

static void a_ping_gets_a_pong(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");
	struct bare b;

	(void)state;
	bare_connect(&b, p, SIP_TRANSPORT_TCP);
	CHECK_OK(tcp_send(b.conn, SPAN("\r\n\r\n" PLAIN)));
	WAIT(p->loop, b.n == 2 && p->b.messages == 1);
	CHECK_SPAN("\r\n", ((struct span){ b.in, b.n }));
	tcp_close(b.conn);
	pair_close(p);
}

static void many_pings_at_once_get_one_pong(void **state)
{
	static char pings[40000];
	struct pair *p = pair_open("127.0.0.1:0");
	struct bare b;

	(void)state;
	for (size_t i = 0; i < sizeof(pings); i++)
		pings[i] = i % 2 ? '\n' : '\r';
	bare_connect(&b, p, SIP_TRANSPORT_TCP);
	CHECK_OK(tcp_send(b.conn, (struct span){ pings, sizeof(pings) }));
	CHECK_OK(tcp_send(b.conn, SPAN(PLAIN)));
	p->b.echoes = true;
	WAIT(p->loop, p->b.messages == 1 && b.n >= sizeof(PLAIN) - 1);
	CHECK(b.n < sizeof(PLAIN) - 1 + 200); /* some for each read; 20,000 bytes are too many */
	tcp_close(b.conn);
	pair_close(p);
}

static void what_has_no_end_is_answered_and_closed(void **state)
{
	static char endless[SIP_MESSAGE_MAX + 1];
	static const struct {
		const char *label;
		const char *text;
		const char *answer; /* how it begins; empty: none */
	} rows[] = {
		{ "Content-Length is no number", MESSAGE("x", "many\r\n\r\n"), "SIP/2.0 400 " },
		{ "too long", MESSAGE("x", "65535\r\n\r\n"), "SIP/2.0 513 " },
		{ "a response is not answered", "SIP/2.0 200 OK\r\nContent-Length: many\r\n\r\n",
			"" },
		{ "a head without an end", NULL, "" },
	};

	(void)state;
	memset(endless, 'x', sizeof(endless));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pair *p = pair_open("127.0.0.1:0");
		struct span out = rows[i].text ? span_of(rows[i].text)
					       : (struct span){ endless, sizeof(endless) };
		struct bare b;

		ROW(rows[i].label);
		bare_connect(&b, p, SIP_TRANSPORT_TCP);
		CHECK_OK(tcp_send(b.conn, out));
		WAIT(p->loop, b.is_over && p->b.gone == 1);
		CHECK_INT(0, p->b.messages);
		CHECK_INT(rows[i].answer[0] != '\0', b.n > 0);
		CHECK(strncmp(b.in, rows[i].answer, strlen(rows[i].answer)) == 0);
		tcp_close(b.conn);
		pair_close(p);
	}
}

static void the_longest_message_passes(void **state)
{
	static char longest[SIP_MESSAGE_MAX];
	static const char head[] = MESSAGE("x", "65242\r\n\r\n");
	struct pair *p = pair_open("127.0.0.1:0");
	char with_length[sizeof(head) + 8];
	struct bare b;
	int n = snprintf(with_length, sizeof(with_length), "%.*s%zu\r\n\r\n",
		(int)(sizeof(head) - 1 - 9), head, SIP_MESSAGE_MAX - (sizeof(head) - 1));

	(void)state;
	CHECK_INT(sizeof(head) - 1, n);
	memset(longest, 'b', sizeof(longest));
	memcpy(longest, with_length, (size_t)n);
	bare_connect(&b, p, SIP_TRANSPORT_TCP);
	CHECK_OK(tcp_send(b.conn, (struct span){ longest, sizeof(longest) }));
	WAIT(p->loop, p->b.messages == 1);
	CHECK_INT(SIP_MESSAGE_MAX, p->b.last_n);
	tcp_close(b.conn);
	pair_close(p);
}

static void who_dawdles_is_closed(void **state)
{
	static const struct {
		const char *label;
		enum sip_transport transport;
		const char *first;
		ms_t handshake_ms, message_ms, first_ms;
	} rows[] = {
		{ "no TLS handshake", SIP_TRANSPORT_TLS, "", 1, 0, 0 },
		{ "half a TLS record", SIP_TRANSPORT_TLS, "\x16\x03\x01", 1, 0, 0 },
		{ "no first message", SIP_TRANSPORT_TCP, "", 0, 0, 1 },
		{ "pings and no message", SIP_TRANSPORT_TCP, "\r\n\r\n", 0, 0, 1 },
		{ "half a first message", SIP_TRANSPORT_TCP, "OPTIONS sip:", 0, 0, 1 },
		{ "half a later message", SIP_TRANSPORT_TCP, PLAIN "OPTIONS sip:", 0, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_server_settings a = settings_for("127.0.0.1:0"), set = a;
		struct tcp_events events;
		struct sip_hop to;
		struct bare b = { 0 };
		struct pair *p;

		ROW(rows[i].label);
		set.handshake_ms = rows[i].handshake_ms;
		set.message_ms = rows[i].message_ms;
		set.first_ms = rows[i].first_ms;
		p = pair_with(&a, &set);
		to = hop_to(&p->b, rows[i].transport, "127.0.0.1");
		events = (struct tcp_events){ &b, bare_opened, bare_read, bare_over };
		CHECK_OK(tcp_connect(&b.conn, p->loop, &to.remote, NULL, SECONDS(5), &events));
		WAIT(p->loop, b.is_open);
		if (tcp_send(b.conn, span_of(rows[i].first)))
			CHECK(b.is_over || rows[i].first_ms); /* closed before that: as well */
		WAIT(p->loop, b.is_over && p->b.gone == 1);
		tcp_close(b.conn);
		pair_close(p);
	}
}

static void who_has_spoken_may_be_idle(void **state)
{
	struct sip_server_settings a = settings_for("127.0.0.1:0"), set = a;
	struct pair *p;
	struct bare b;

	(void)state;
	set.first_ms = SECONDS(30);
	p = pair_with(&a, &set);
	bare_connect(&b, p, SIP_TRANSPORT_TCP);
	CHECK_OK(tcp_send(b.conn, SPAN(PLAIN)));
	WAIT(p->loop, p->b.messages == 1);
	CHECK_INT(0, loop_timers(p->loop)->n); /* nothing is left that could close it */
	tcp_close(b.conn);
	pair_close(p);
}

static void plain_sip_on_the_tls_port_is_closed(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");
	struct bare b;

	(void)state;
	bare_connect(&b, p, SIP_TRANSPORT_TLS);
	CHECK_OK(tcp_send(b.conn, SPAN(PLAIN)));
	WAIT(p->loop, b.is_over && p->b.gone == 1);
	CHECK_INT(0, p->b.messages);
	tcp_close(b.conn);
	pair_close(p);
}

static void a_reset_in_mid_message_harms_nobody(void **state)
{
	struct pair *p = pair_open("127.0.0.1:0");
	struct sip_hop to = hop_to(&p->b, SIP_TRANSPORT_TCP, "127.0.0.1");

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		struct bare b;

		bare_connect(&b, p, i % 2 ? SIP_TRANSPORT_TLS : SIP_TRANSPORT_TCP);
		CHECK_OK(tcp_send(b.conn, i % 2 ? SPAN("\x16\x03\x01\x02") : SPAN("OPTIONS s")));
		CHECK_OK(tcp_send(b.conn, SPAN("\r\n\r\n\r\n"))); /* an answer that nobody reads */
		tcp_close(b.conn);
		WAIT(p->loop, p->b.gone == i + 1);
		CHECK_INT(0, sip_server_flow_count(p->b.server));
	}
	CHECK_OK(SEND(&p->a, &to, PLAIN));
	WAIT(p->loop, p->b.messages == 1);
	pair_close(p);
}

static void junk_on_udp_is_ignored(void **state)
{
	static const struct {
		const char *label;
		struct span bytes;
	} junk[] = {
		{ "CRLF CRLF", SPAN_INIT("\r\n\r\n") },
		{ "zeroes", SPAN_INIT("\0\0\0\0") },
		{ "jaK", SPAN_INIT("jaK") },
		{ "nothing", SPAN_INIT("") },
		{ "STUN", SPAN_INIT("\0\1\0\0\x21\x12\xa4\x42"
				    "0123456789ab0123456789") },
	};
	struct pair *p = pair_open("127.0.0.1:0");
	struct sip_hop to = hop_to(&p->b, SIP_TRANSPORT_UDP, "127.0.0.1");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(junk); i++)
		CHECK_OK(side_send(&p->a, &to, junk[i].bytes.p, junk[i].bytes.n));
	CHECK_OK(SEND(
		&p->a, &to, "\r\n" PLAIN)); /* after all of them: UDP on loopback is in order */
	WAIT(p->loop, p->b.messages == 1);
	CHECK_SPAN(PLAIN, ((struct span){ p->b.last, p->b.last_n }));
	pair_close(p);
}

/* Settings */

static void a_listener_that_cannot_be_made_is_named(void **state)
{
	static const struct {
		const char *label, *bind, *chain;
		enum sip_transport transport;
		sotto_err want;
		const char *words;
	} rows[] = {
		{ "not our address", "192.0.2.1:5060", "", SIP_TRANSPORT_UDP, SOTTO_EIO,
			"UDP listener on 192.0.2.1:5060: " },
		{ "not our address, TCP", "192.0.2.1:5060", "", SIP_TRANSPORT_TCP, SOTTO_EIO,
			"TCP listener on 192.0.2.1:5060: " },
		{ "no such chain file", "127.0.0.1:0", "/nowhere/x.pem", SIP_TRANSPORT_TLS,
			SOTTO_ENOENT, "/nowhere/x.pem: " },
		{ "WSS is not built", "127.0.0.1:0", "", SIP_TRANSPORT_WSS, SOTTO_EUNSUPPORTED,
			"WSS listener on 127.0.0.1: " },
	};
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct sip_server_settings set = { .listener_count = 1 };
		char text[256] = "";
		struct buf why = buf_over(text, sizeof(text) - 1);
		struct sip_server *s;

		ROW(rows[i].label);
		set.listeners[0] = (struct sip_listener_settings){ .transport = rows[i].transport,
			.bind = net_addr(rows[i].bind),
			.tls = { rows[i].chain, rows[i].chain } };
		CHECK_INT(rows[i].want, sip_server_create(&s, l, &set, NULL, &why));
		CHECK(s == NULL);
		CHECK(strncmp(text, rows[i].words, strlen(rows[i].words)) == 0);
	}
	loop_destroy(l);
}

static void listeners_show_what_is_advertised(void **state)
{
	struct sip_server_settings set = settings_for("127.0.0.1:0");
	const struct transport_listener *views;
	struct pair *p;
	size_t n;

	(void)state;
	set.listeners[UDP].advertise = net_addr("192.0.2.7");
	set.listeners[TCP].media_advertise = net_addr("192.0.2.8");
	set.listeners[TLS].is_outgoing_only = true;
	p = pair_with(&set, &set);
	views = sip_server_listeners(p->a.server, &n);
	CHECK_INT(LISTENERS, n);
	CHECK(views[UDP].bind.port != 0);
	CHECK_INT(views[UDP].bind.port, views[UDP].advertise.port);
	CHECK_INT(192, views[UDP].advertise.ip[0]);
	CHECK(netaddr_eq_ip(&views[UDP].advertise, &views[UDP].media_advertise));
	CHECK_INT(0, views[UDP].media_advertise.port);
	CHECK(netaddr_eq(&views[TCP].bind, &views[TCP].advertise));
	CHECK_INT(8, views[TCP].media_advertise.ip[3]);
	CHECK_INT(127, views[TCP].media_bind.ip[0]);
	CHECK_INT(0, views[TLS].bind.port);
	pair_close(p);
}

static void no_listener_of_a_kind_means_no_way_out(void **state)
{
	struct sip_server_settings set = settings_for("127.0.0.1:0");
	struct sip_hop v6 = { .transport = SIP_TRANSPORT_UDP, .remote = net_addr("[::1]:5060") };
	struct sip_hop wss = { .transport = SIP_TRANSPORT_WSS, .remote = net_addr("127.0.0.1:9") };
	struct pair *p = pair_with(&set, &set);

	(void)state;
	CHECK(p->a.port.listener(p->a.port.ctx, &v6) == NULL);
	CHECK_INT(SOTTO_EIO, SEND(&p->a, &v6, PLAIN));
	v6.transport = SIP_TRANSPORT_TCP;
	CHECK_INT(SOTTO_EIO, SEND(&p->a, &v6, PLAIN));
	CHECK_INT(SOTTO_EIO, SEND(&p->a, &wss, PLAIN));
	pair_close(p);
}

/** A server's life and one TCP message, as far as it comes. */
static void live_once(void *ctx)
{
	struct sip_server_settings set = settings_for("127.0.0.1:0");
	struct transport_events events;
	struct side s = { .loop = ctx };
	struct sip_hop to;

	if (sip_server_create(&s.server, s.loop, &set, NULL, NULL) == SOTTO_OK) {
		events = (struct transport_events){ &s, on_message, on_flow_gone, on_resolved };
		s.port = sip_server_port(s.server);
		CHECK_OK(sip_server_start(s.server, &events));
		to = hop_to(&s, SIP_TRANSPORT_TLS, "127.0.0.1");
		if (SEND(&s, &to, PLAIN) == SOTTO_OK) /* to itself */
			WAIT(s.loop, s.messages || s.gone);
	}
	sip_server_destroy(s.server);
	loop_turn(s.loop, 0);
	loop_turn(s.loop, 0);
}

static void a_server_survives_want_of_memory(void **state)
{
	struct loop *l;

	(void)state;
	CHECK_OK(loop_create(&l));
	alloc_fail_sweep(live_once, l);
	loop_destroy(l);
}

static int set_up(void **state)
{
	(void)state;
	ca_setup(&ca);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ca_teardown(&ca);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_and_its_answer_pass),
		cmocka_unit_test(a_connection_is_used_again_and_a_tls_name_has_its_own),
		cmocka_unit_test(a_flow_that_cannot_be_made_is_gone),
		cmocka_unit_test(a_closed_flow_is_gone_at_both_ends),
		cmocka_unit_test(flows_have_a_maximum),
		cmocka_unit_test(flows_of_one_source_have_a_maximum),
		cmocka_unit_test(a_flows_queue_has_a_maximum),
		cmocka_unit_test(a_name_is_resolved_outside_the_call),
		cmocka_unit_test(a_message_cut_anywhere_is_whole),
		cmocka_unit_test(a_ping_gets_a_pong),
		cmocka_unit_test(many_pings_at_once_get_one_pong),
		cmocka_unit_test(what_has_no_end_is_answered_and_closed),
		cmocka_unit_test(the_longest_message_passes),
		cmocka_unit_test(who_dawdles_is_closed),
		cmocka_unit_test(who_has_spoken_may_be_idle),
		cmocka_unit_test(plain_sip_on_the_tls_port_is_closed),
		cmocka_unit_test(a_reset_in_mid_message_harms_nobody),
		cmocka_unit_test(junk_on_udp_is_ignored),
		cmocka_unit_test(a_listener_that_cannot_be_made_is_named),
		cmocka_unit_test(listeners_show_what_is_advertised),
		cmocka_unit_test(no_listener_of_a_kind_means_no_way_out),
		cmocka_unit_test(a_server_survives_want_of_memory),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
