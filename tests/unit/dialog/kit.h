/** @file unit/dialog/kit.h  Messages for the tests of dialog/. */
#pragma once
#include "dialog/dialog.h"
#include "unit/test.h"

/** A parsed message; its bytes and index live as long. */
struct kit_msg {
	struct sip_msg msg;
	struct arena arena;
	char text[65536];
};

/** `first` is a request or status line; From, To and CSeq are values, `headers` whole lines. */
static inline bool kit_msg_make(struct kit_msg *m, const char *first, const char *from,
	const char *to, const char *cseq, const char *headers)
{
	struct sip_fault fault;
	sotto_err err;

	snprintf(m->text, sizeof(m->text),
		"%s\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: %s\r\n"
		"To: %s\r\nCall-ID: c1@there\r\nCSeq: %s\r\n%sContent-Length: 0\r\n\r\n",
		first, from, to, cseq, headers);
	arena_init(&m->arena, 256 * 1024);
	err = sip_msg_parse(&m->msg, &m->arena, m->text, strlen(m->text), &fault);
	if (err == SOTTO_ENOMEM) {
		arena_deinit(&m->arena);
		return false;
	}
	CHECK_OK(err);
	return true;
}

static inline void kit_msg_free(struct kit_msg *m)
{
	arena_deinit(&m->arena);
}

#define ALICE    "\"Al <i>\" <sip:alice@a.example;x=1>"
#define BOB      "<sip:bob@b.example>"
#define INVITE   "INVITE sip:bob@b.example SIP/2.0"
#define CONTACT  "Contact: <sip:alice@192.0.2.7:5070;transport=tcp>\r\n"
#define RR(host) "Record-Route: <sip:" host ";lr>\r\n"
