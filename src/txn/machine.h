/**
 * @file txn/machine.h  What the four machines share: one transaction, the layer, and the calls
 * between them. Private to txn/.
 *
 * A transaction is destroyed only from its own timers: whoever else holds a pointer to it keeps it
 * until he returns. Thus "terminated" is an end timer of length zero.
 */
#pragma once
#include "base/list.h"
#include "sip/write.h"
#include "txn/txn.h"

#define TXN_TIMEOUT_MS   (64 * TXN_T1) /* timers B, D, F, H, J, L, M */
#define TXN_FLOW_BUCKETS 256
#define TXN_KEY_MAX      (SIP_MESSAGE_MAX + 64) /* parts of one message, with their lengths */
#define TXN_ARENA_MAX    (128 * 1024)           /* the index of one message of ours */
#define TXN_TIMERS_EACH  3

enum txn_state {
	TXN_CALLING,    /* INVITE client */
	TXN_TRYING,     /* non-INVITE */
	TXN_PROCEEDING, /* all */
	TXN_ACCEPTED,   /* INVITE: 2xx came or went (RFC 6026) */
	TXN_COMPLETED,  /* another final answer came or went; non-INVITE: any */
	TXN_CONFIRMED,  /* INVITE server: ACK came */
};

struct txn;

/** One row per machine. A member is NULL where the machine has no such event. */
struct txn_machine {
	bool is_server;
	bool is_invite;
	/* a response (client), or a repeated request or ACK (server) */
	void (*on_message)(struct txn *t, const struct sip_msg *msg, const struct sip_hop *from,
		instant_t now);
	sotto_err (*respond)(struct txn *t, unsigned status, struct span response, instant_t now);
	void (*on_resend)(struct txn *t, instant_t now);  /* timers A, E, G; repeats of a 2xx */
	void (*on_end)(struct txn *t, instant_t now);     /* the others: the last touch of `t` */
	void (*on_failure)(struct txn *t, instant_t now); /* a send failed, or the flow is gone */
	void (*on_forget)(struct txn *t, instant_t now);  /* nobody listens any more; or NULL */
};

extern const struct txn_machine ict_machine;  /* INVITE client */
extern const struct txn_machine nict_machine; /* non-INVITE client */
extern const struct txn_machine ist_machine;  /* INVITE server */
extern const struct txn_machine nist_machine; /* non-INVITE server */

/** What ACK and CANCEL take from their INVITE: spans into its transaction's message. */
struct txn_invite {
	struct span uri, via, branch, from, to, call_id;
	uint32_t cseq;
	struct span *routes; /* heap */
	size_t route_count;
};

struct txn {
	struct txn_layer *layer;
	const struct txn_machine *machine;
	enum txn_state state;
	handle_t handle;
	struct txn_user user;
	struct sip_hop hop;
	struct list by_flow;
	struct timer resend, end, failure;
	ms_t interval; /* of `resend`, when it fires next */
	char *message; /* heap. client: the request; server: the last response, or NULL */
	size_t message_n;
	struct txn_invite invite; /* INVITE client */
	char *reason;             /* INVITE client: for its CANCEL, heap, or NULL */
	bool cancel_wanted, cancel_sent;
	bool failure_told;
	bool is_acked; /* INVITE server, Accepted */
	size_t key_n;
	char key[];
};

struct txn_layer {
	struct txn_env env;
	size_t max;
	instant_t now; /* of the latest event: for calls that do not bring the time */
	struct handle_table handles;
	struct map by_key;
	struct list by_flow[TXN_FLOW_BUCKETS];
	/*
	 * Our timers lie in a heap of our own, with room made for all when a transaction is
	 * created, so that setting one cannot fail. The worker's heap holds one: the next of ours.
	 */
	struct timer_heap timers;
	struct timer tick;
	struct arena arena; /* for messages of ours that are read again */
	uint64_t tag_secret[2];
	char key[TXN_KEY_MAX];
	char text[SIP_MESSAGE_MAX];
};

/* clock.c: timers that cannot fail to be set */

SOTTO_MUST_USE sotto_err txn_clock_init(struct txn_layer *l);
void txn_clock_deinit(struct txn_layer *l);
/** Makes room for the timers of one transaction more. */
SOTTO_MUST_USE sotto_err txn_clock_reserve(struct txn_layer *l);
void txn_resend_after(struct txn *t, ms_t interval, instant_t now);
void txn_end_after(struct txn *t, ms_t delay, instant_t now);
/** machine->on_failure follows at once, but not from within this call. */
void txn_fail_soon(struct txn *t, instant_t now);
void txn_stop_resend(struct txn *t);
void txn_stop_end(struct txn *t);
void txn_stop_all(struct txn *t);

/* object.c: one transaction */

/** SOTTO_ELIMIT, SOTTO_ENOMEM, SOTTO_EEXIST: the key is in use. */
SOTTO_MUST_USE sotto_err txn_create(struct txn_layer *l, const struct txn_machine *machine,
	struct span key, const struct sip_hop *hop, struct txn **out);
void txn_destroy(struct txn *t);
SOTTO_MUST_USE sotto_err txn_set_message(struct txn *t, struct span message);

/** Sends t->message, or `other`; a failure comes back as machine->on_failure, by timer. */
void txn_send(struct txn *t, instant_t now);
void txn_send_other(struct txn *t, struct span other, instant_t now);

bool txn_is_reliable(const struct txn *t);
void txn_tell(struct txn *t, enum txn_event_kind kind, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now);
/** Tells, then destroys: the user's handle names nothing any more when he hears of it. */
void txn_tell_last(struct txn *t, enum txn_event_kind kind, instant_t now);

/* match.c: §17.1.3, §17.2.3. Keys lie in l->key until the next call. */

struct span txn_client_key(struct txn_layer *l, struct span branch, struct span method);
struct span txn_server_key(struct txn_layer *l, const struct sip_msg *request);
struct txn *txn_find_client(struct txn_layer *l, const struct sip_msg *response);
/** That of a repeated request; an ACK finds its INVITE. */
struct txn *txn_find_server(struct txn_layer *l, const struct sip_msg *request);
/** The INVITE server transaction that a CANCEL means (§9.2). */
struct txn *txn_find_cancelled(struct txn_layer *l, const struct sip_msg *cancel);

/* reply.c: answers that the layer gives by itself */

/** Where responses to `request` go (§18.2.2, RFC 3581). */
struct sip_hop txn_response_hop(const struct sip_msg *request, const struct sip_hop *from);
/** Without a transaction. `retry_after` 0: no such header. */
void txn_reply_stateless(struct txn_layer *l, const struct sip_msg *request,
	const struct sip_hop *from, unsigned status, unsigned retry_after);
/** A CANCEL: 200 and TXN_CANCELLED, or 481. */
void txn_on_cancel(struct txn_layer *l, const struct sip_msg *cancel, const struct sip_hop *from,
	instant_t now);
/** Parses t->message (copied to l->text) and finds the To tag; SPAN_NONE: none. */
struct span txn_message_to_tag(struct txn *t);

/* derive.c: requests made from an INVITE */

/** SOTTO_EINVAL: t->message is no INVITE with `branch`; SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err txn_invite_read(struct txn *t, struct span branch);
/** In l->text. `to` is the response's To value. */
SOTTO_MUST_USE sotto_err txn_write_ack(struct txn *t, struct span to, struct span *out);
SOTTO_MUST_USE sotto_err txn_write_cancel(struct txn *t, struct span *out);

/* the clients' beginnings; `request` may lie in l->text */

SOTTO_MUST_USE sotto_err ict_start(struct txn_layer *l, struct span request, struct span branch,
	const struct sip_hop *hop, const struct txn_user *user, instant_t now, handle_t *out);
SOTTO_MUST_USE sotto_err nict_start(struct txn_layer *l, struct span request, struct span branch,
	struct span method, const struct sip_hop *hop, const struct txn_user *user, instant_t now,
	handle_t *out);
void ict_cancel(struct txn *t, struct span reason, instant_t now);
