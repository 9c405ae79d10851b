/**
 * @file sim/phone_write.h  The messages that phones write, right unless the scenario says
 * otherwise.
 */
#pragma once
#include "sim/draft.h"
#include "sim/phone.h"

enum phone_auth {
	PHONE_AUTH_NONE,
	PHONE_AUTH_ANSWER, /* sends bare, then answers the challenge that comes */
	PHONE_AUTH_HELD,   /* uses the latest challenge again, with the next count */
};

struct phone_request {
	struct span method, uri; /* uri empty: within the dialog */
	struct media_shape media;
	bool media_is_answer;
	enum phone_auth auth;
	struct span algorithm;             /* "md5", "sha256"; empty: SHA-256 if it is offered */
	struct span user, password, nonce; /* others than the phone's own and the challenge's */
	uint32_t nc;                       /* 0: the next */
	int64_t expires;                   /* -1: none */
	int64_t cseq;                      /* -1: the next */
};

/** The request as a draft, to be edited; the branch is new. */
void phone_write_request(
	struct phone *p, struct call *c, const struct phone_request *r, struct draft *d);

/** ACK of a 2xx, CANCEL of the latest INVITE. False if there is none. */
bool phone_write_ack(struct call *c, const struct phone_request *r, struct draft *d);
bool phone_write_cancel(struct call *c, struct draft *d);

/** The response to `request`; with c->fork_tag if `is_fork`. */
void phone_write_response(struct call *c, const struct message *request, unsigned status,
	const struct media_shape *media, bool media_is_answer, bool is_fork, struct draft *d);

/** Writes and sends the ACK that belongs to the INVITE transaction (RFC 3261 §17.1.1.3). */
struct message *phone_ack(
	struct phone *p, const struct message *invite, const struct message *response);

/** Appends the value of Authorization for the held challenge (RFC 7616), by own arithmetic. */
bool phone_digest(struct phone *p, const struct phone_request *r, struct span uri, struct buf *b);
