/**
 * @file txn/txn.h  The four transaction machines of RFC 3261 §17 with the Accepted states of
 * RFC 6026, for one signalling worker. No I/O: messages and `now` in, messages and events out.
 *
 * The layer owns every transaction; a user keeps its handle. Events are delivered from within
 * txn_on_message and timers, never from within a call that the user makes, so a user may start,
 * answer or forget transactions from an event. A CANCEL is answered here: 200, or 481 when it
 * matches nothing (§9.2).
 */
#pragma once
#include "base/log.h"
#include "base/map.h"
#include "base/timer.h"
#include "sip/hop.h"
#include "sip/ident.h"
#include "sip/msg.h"

#define TXN_T1  500   /* ms, RFC 3261 §17.1.1.1 */
#define TXN_T2  4000  /* ms */
#define TXN_T4  5000  /* ms */
#define TXN_MAX 65536 /* live transactions of one worker; above: 503 to new requests */

enum txn_event_kind {
	TXN_RESPONSE,        /* client: msg is a response; every 2xx of an INVITE, repeats too */
	TXN_TIMEOUT,         /* client: timers B or F. The transaction is gone */
	TXN_TRANSPORT_ERROR, /* the message cannot be sent, or its flow is gone. The transaction is
				gone; that of an INVITE server stays and wants its answer, or to be
				forgotten (RFC 6026 §7.1). May follow a refusal whose ACK is lost */
	TXN_CANCELLED, /* INVITE server without a final answer: CANCEL came (200 was sent to it) */
	TXN_NO_ACK,    /* INVITE server: timer H, or 64*T1 after a 2xx, without ACK. It is gone */
};

struct txn_event {
	enum txn_event_kind kind;
	handle_t txn;
	const struct sip_msg *msg;  /* TXN_RESPONSE, TXN_CANCELLED; else NULL */
	const struct sip_hop *from; /* likewise */
	instant_t now;
};

/** Whom a transaction reports to. on_event NULL: nobody. */
struct txn_user {
	void (*on_event)(void *ctx, handle_t owner, const struct txn_event *ev);
	void *ctx;
	handle_t owner; /* the user's own name for itself, handed back */
};

struct txn_env {
	void *ctx;
	/**
	 * Sends, or queues for a connection that is being made. A stream opened for it is entered
	 * in hop->flow. An error is reported to the transaction's user as TXN_TRANSPORT_ERROR.
	 */
	sotto_err (*send)(void *ctx, struct sip_hop *hop, struct span message);
	/**
	 * A request that no transaction absorbs, never a CANCEL. `server` is its new server
	 * transaction; 0 for an ACK (of a 2xx). When no transaction can be made, the layer answers
	 * 503 with Retry-After by itself, and this is not called. 100 Trying is the callee's duty.
	 */
	void (*on_request)(void *ctx, handle_t server, const struct sip_msg *msg,
		const struct sip_hop *from, instant_t now);
	/**
	 * A response that no transaction wants, or a 2xx to an INVITE that nobody is told of any
	 * more: it needs an ACK and, if its dialog is unknown, a BYE.
	 */
	void (*on_stray_response)(
		void *ctx, const struct sip_msg *msg, const struct sip_hop *from, instant_t now);
	struct timer_heap *timers; /* the worker's */
	struct rng *rng;
	const struct log *log;
	unsigned worker; /* 0..SIP_WORKER_MAX */
	size_t max;      /* live transactions; 0: TXN_MAX, which it may not exceed */
};

struct txn_layer;

SOTTO_MUST_USE struct txn_layer *txn_layer_create(const struct txn_env *env);
void txn_layer_destroy(struct txn_layer *l);

/** One parsed message from the network: matched (§17.1.3, §17.2.3), absorbed or handed up. */
void txn_on_message(
	struct txn_layer *l, const struct sip_msg *msg, const struct sip_hop *from, instant_t now);

/**
 * The flow is closed or could not be made: TXN_TRANSPORT_ERROR to its client transactions, and to
 * INVITE server transactions that have no final answer yet: nobody waits for one.
 */
void txn_on_flow_gone(struct txn_layer *l, handle_t flow, instant_t now);

/**
 * Sends `request` and starts a client transaction (INVITE or not, by its method).
 * @param request [in, copied] whole message whose topmost Via has `branch`
 * @param branch  [in, copied] made with sip_ident_branch
 * @param hop     [in, copied]
 * @param out     [out] 0 on failure
 * @return SOTTO_OK; SOTTO_ENOMEM, SOTTO_ELIMIT: nothing was sent; SOTTO_EINVAL: no such request, or
 *         the branch is in use.
 *         A failing send is no error here: TXN_TRANSPORT_ERROR follows from the worker's timers.
 */
SOTTO_MUST_USE sotto_err txn_client_start(struct txn_layer *l, struct span request,
	struct span branch, enum sip_method method, const struct sip_hop *hop,
	const struct txn_user *user, instant_t now, handle_t *out);

/**
 * CANCELs an INVITE client transaction (§9.1): at once if a provisional response has come, else as
 * soon as one does; nothing if a final one has. The answers to the CANCEL itself are absorbed; if
 * no final response to the INVITE follows within 64*T1, the user gets TXN_TIMEOUT.
 *
 * @param reason [in, copied] value of a Reason header, or SPAN_NONE
 */
void txn_client_cancel(struct txn_layer *l, handle_t client, struct span reason, instant_t now);

/**
 * Who is told what happens to a server transaction: at once in on_request, or never. An INVITE's
 * user may answer it hours later; one without a user, and any other request, is dropped without an
 * answer after 64*T1, when its client has given up (RFC 4320 §4.2 forbids a 408 then).
 */
void txn_server_set_user(struct txn_layer *l, handle_t server, const struct txn_user *user);

/**
 * Answers. 1xx may be repeated; one final response per transaction. A 2xx to an INVITE is sent
 * again T1, 2*T1 … T2 until txn_server_acked, also over reliable transports (§13.3.1.4).
 * @param response [in, copied] whole message, as sip_out_response begins it
 * @return SOTTO_OK; SOTTO_ENOENT: the transaction is gone; SOTTO_ESTATE: it has a final answer;
 *         SOTTO_ENOMEM; SOTTO_EINVAL: no such status, empty or over SIP_MESSAGE_MAX
 */
SOTTO_MUST_USE sotto_err txn_server_respond(
	struct txn_layer *l, handle_t server, unsigned status, struct span response, instant_t now);

/**
 * The user has answered by himself, without state (§8.2.7): nothing of the request stays, and a
 * repeat of it is a new one. Of a transaction without any answer yet.
 */
void txn_server_drop(struct txn_layer *l, handle_t server);

/** The ACK of a 2xx has reached the dialog: its repeats stop. */
void txn_server_acked(struct txn_layer *l, handle_t server);

/** Where a server transaction's responses go (§18.2.2, RFC 3581), for a record; false if it is
 * gone. */
bool txn_server_hop(struct txn_layer *l, handle_t server, struct sip_hop *out);

/**
 * The user is going away: no more events for `txn`. The machine lives on to absorb repeats. An
 * INVITE still without a final answer ends 64*T1 later at most: cancel or answer it first.
 */
void txn_forget(struct txn_layer *l, handle_t txn);

/** Live transactions. */
size_t txn_count(const struct txn_layer *l);
