/**
 * @file sim/phone.h  A scripted user agent: a test double that does what the scenario says, wrong
 * things too. It keeps just enough of a dialog to write the next message.
 */
#pragma once
#include "base/list.h"
#include "base/timer.h"
#include "sim/media_end.h"
#include "sim/net.h"
#include "sip/msg.h"

#define PHONE_CALLS_MAX   40
#define PHONE_INBOX_MAX   512
#define PHONE_IGNORES_MAX 8
#define PHONE_TEXT_MAX    256

struct world;
struct call;

/** A message that a phone sent or got; kept until the end of the run. */
struct message {
	struct message *older;
	struct phone *phone;
	struct call *call;
	instant_t at;
	char *raw; /* as it was on the wire */
	size_t n;
	char *bytes; /* the parser's copy */
	struct arena arena;
	struct sip_msg msg;
	char label[32];
	size_t listener; /* by which it went or came */
	bool is_sent;
	bool is_broken;        /* our parser refused it */
	bool is_raw;           /* sent as bytes that need not be SIP */
	bool is_expected;      /* received: a step has taken it from the inbox */
	struct message *final; /* request: its final response */
	struct message *last;  /* received request: our latest response */
	struct message *ack;   /* received final response: our ACK */
	bool is_acked;         /* sent final response: their ACK came */
	struct timer repeat;   /* `retransmits`: sends it again */
	ms_t interval;
	instant_t first_sent;
};

struct challenge {
	bool is_set, is_proxy;
	char realm[128], opaque[128];
	bool has_md5, has_sha256, qop_auth;
	char md5_nonce[256], sha256_nonce[256];
	uint32_t nc;
};

struct call {
	struct phone *phone;
	unsigned number; /* from 1; 0: requests outside of calls */
	bool is_caller;
	char call_id[PHONE_TEXT_MAX], local_tag[64], remote_tag[PHONE_TEXT_MAX];
	char fork_tag[64]; /* a second phone behind this one has answered by it; empty: none */
	char local_uri[PHONE_TEXT_MAX], remote_uri[PHONE_TEXT_MAX];
	char request_uri[PHONE_TEXT_MAX]; /* of the first request */
	char target[PHONE_TEXT_MAX];      /* the edge's Contact; empty: none yet */
	uint32_t cseq, remote_cseq;
	size_t listener;
	struct message *invite;          /* the latest that we sent */
	struct message *invite_received; /* the first one */
	struct media_end media;
};

struct phone {
	struct world *world;
	unsigned index;
	char name[32], user[64], password[64], tls_name[128];
	enum sip_transport transport;
	struct netaddr own;  /* what it writes into its messages */
	struct netaddr seen; /* where its packets come from: NAT */
	struct net_conditions from, to;
	handle_t flow;    /* its connection; 0: none */
	uint16_t dialled; /* connections made so far: each has a port of its own */
	int listener;     /* UDP: the one it sends to; -1: by transport and family */
	bool retransmits; /* behaves as a transaction layer: repeats and absorbs */
	bool never_acks;
	bool is_unreachable;
	bool has_moved; /* perhaps to a transport that its dialogs did not begin with */
	char ignores[PHONE_IGNORES_MAX][32];
	size_t ignore_count;
	struct message *messages; /* newest first */
	struct message *inbox[PHONE_INBOX_MAX];
	size_t inbox_head, inbox_tail;
	struct call outside;
	struct call calls[PHONE_CALLS_MAX];
	size_t call_count;
	struct challenge challenge;
};

struct phone *phone_create(
	struct world *w, const char *name, enum sip_transport transport, const struct netaddr *own);
void phone_destroy(struct phone *p);

/** A message from the edge, by the network. */
void phone_on_message(struct phone *p, struct span raw, size_t listener);

/** The oldest message that no step has taken; NULL: none. */
struct message *phone_peek(const struct phone *p);
void phone_take(struct phone *p);

/** The call of that number; 0: the newest. NULL: none. */
struct call *phone_call(struct phone *p, unsigned number);

/** A call that this phone begins. */
struct call *phone_call_add(struct phone *p, bool is_caller);

/** For requests outside of calls: REGISTER, OPTIONS. */
struct call *phone_outside(struct phone *p);

/** Sends `raw` within `c`: remembers it, and sends it again if the phone retransmits. */
struct message *phone_send(struct phone *p, struct call *c, struct span raw, size_t listener);

/** The same bytes once more. */
void phone_send_again(struct message *m);

/** The newest request that we got in `c`, expected and not finally answered; `method` empty: any.
 */
struct message *phone_unanswered(struct phone *p, const struct call *c, struct span method);

/** The newest message with that label that we sent in `c`, or NULL. */
struct message *phone_sent(struct phone *p, const struct call *c, const char *label);

/** "a random token" of n characters and a NUL. */
void phone_token(struct phone *p, char *out, size_t n);
