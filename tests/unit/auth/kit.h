/** @file unit/auth/kit.h  Messages around challenges and credentials, for the tests of auth/. */
#pragma once
#include "auth/digest_client.h"
#include "auth/digest_server.h"
#include "unit/test.h"

/** A parsed message; its bytes and index live as long. */
struct kit_msg {
	struct sip_msg msg;
	struct arena arena;
	char text[8192];
};

/** `headers` are whole lines. A response if `status` is not 0, else a REGISTER. */
static inline void kit_msg_make(struct kit_msg *m, unsigned status, const char *headers)
{
	struct sip_fault fault;
	char line[64];

	snprintf(line, sizeof(line), status ? "SIP/2.0 %u X" : "REGISTER sip:example.com SIP/2.0",
		status);
	snprintf(m->text, sizeof(m->text),
		"%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n"
		"From: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n"
		"%sContent-Length: 0\r\n\r\n",
		line, headers);
	arena_init(&m->arena, 65536);
	CHECK_OK(sip_msg_parse(&m->msg, &m->arena, m->text, strlen(m->text), &fault));
}

static inline void kit_msg_free(struct kit_msg *m)
{
	arena_deinit(&m->arena);
}

/** The lines in `o` as a string. */
static inline const char *kit_lines(struct sip_out *o)
{
	CHECK(!o->bad && !o->b.overflow && o->b.n < o->b.cap);
	o->b.p[o->b.n] = 0;
	return o->b.p;
}
