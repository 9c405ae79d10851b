/**
 * @file fuzz/auth/auth_fuzz.c  Any header line as credentials or challenge: nothing crashes, nobody
 * gets in without the password, and our own answer to a challenge always reads back.
 */
#include <assert.h>
#include <stdio.h>

#include "auth/digest_client.h"
#include "auth/digest_server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REALM     "r"
#define INPUT_MAX 8192

struct parsed {
	struct sip_msg msg;
	struct arena arena;
	char text[INPUT_MAX + 512];
};

static bool parse(struct parsed *p, const char *first, const char *name, struct span value)
{
	struct buf b = buf_over(p->text, sizeof(p->text));
	struct sip_fault fault;

	buf_printf(&b,
		"%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
		"From: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n%s: ",
		first, name);
	buf_put(&b, value);
	buf_lit(&b, "\r\n\r\n");
	arena_init(&p->arena, 65536);
	if (!b.overflow && !sip_msg_parse(&p->msg, &p->arena, p->text, b.n, &fault))
		return true;
	arena_deinit(&p->arena);
	return false;
}

/** The server: the input is what a stranger sends. */
static void fuzz_server(struct rng *rng, struct span value)
{
	struct auth_server *s = auth_server_create(rng, SPAN(REALM), 1);
	struct sip_credentials c;
	struct auth_ha1 ha1;
	struct parsed p;

	assert(s);
	assert(!auth_ha1_make(&ha1, SPAN("alice"), SPAN(REALM), SPAN("secret")));
	if (parse(&p, "REGISTER sip:h SIP/2.0", "Authorization", value)) {
		if (!auth_server_credentials(s, &p.msg, &c)) {
			struct span uri = p.msg.uri.text;
			assert(auth_server_check(s, &c, SPAN("REGISTER"), uri, &ha1, 5) != AUTH_OK);
			assert(auth_server_check(s, &c, SPAN("REGISTER"), uri, NULL, 5) != AUTH_OK);
			/* nothing of a stranger's is believed, whatever URI it says */
			assert(auth_server_check(s, &c, SPAN("REGISTER"), c.uri, &ha1, 5) !=
				AUTH_OK);
		}
		arena_deinit(&p.arena);
	}
	auth_server_destroy(s);
}

/** The client: the input is a challenge. What we answer can be read again. */
static void fuzz_client(struct rng *rng, struct span value)
{
	struct sip_credentials c;
	char text[2 * INPUT_MAX];
	struct sip_out o;
	struct span line;
	struct parsed p;

	if (!parse(&p, "SIP/2.0 401 X", "WWW-Authenticate", value))
		return;
	sip_out_init(&o, text, sizeof(text));
	if (!auth_client_answer(&o, &p.msg, SPAN("REGISTER"), SPAN("sip:h"), SPAN("alice"),
		    SPAN("secret"), rng) &&
		!o.bad && !o.b.overflow) {
		line = span_trim(buf_span(&o.b));
		assert(span_strip(&line, SPAN("Authorization: ")));
		assert(!sip_credentials_parse(&c, line));
		assert(span_eq(c.username, SPAN("alice")) && span_eq(c.uri, SPAN("sip:h")));
	}
	arena_deinit(&p.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span value = { (const char *)data, size };
	struct rng_seeded rng;

	if (size == 0 || size > INPUT_MAX)
		return 0;
	rng_seeded_init(&rng, 1);
	fuzz_server(&rng.rng, value);
	fuzz_client(&rng.rng, value);
	return 0;
}
