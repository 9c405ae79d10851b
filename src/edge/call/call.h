/**
 * @file edge/call/call.h  One call: the caller's leg, the callees' branches, what they agreed, and
 * its end. Private to edge/.
 *
 * A call owns its legs; everybody else (dialogs, transactions, media) holds a leg's handle. It ends
 * in two phases: call_end releases the legs at once and may be called twice; the memory goes from
 * the call's own timer, when its legs are down and media has told its last figures. The record is
 * handed over there, exactly once.
 */
#pragma once
#include "edge/admit.h"
#include "edge/kept.h"
#include "edge/route.h"
#include "offer/offer.h"

#define CALL_BRANCHES_MAX EDGE_BINDINGS_PER_USER
#define CALL_PARTY_MAX    256 /* bytes of a user part or display name that is carried over */

/** A copy of a session description: holds keys, and is wiped. */
struct secret_text {
	char *p;
	size_t n;
};
SOTTO_MUST_USE sotto_err secret_text_set(struct secret_text *t, struct span s);
void secret_text_wipe(struct secret_text *t);
static inline struct span secret_text_span(const struct secret_text *t)
{
	return (struct span){ t->p, t->n };
}

enum leg_side {
	LEG_CALLER,
	LEG_CALLEE,
};

enum leg_state {
	LEG_NEW,       /* nothing has been sent; perhaps its name is being resolved */
	LEG_INVITING,  /* the INVITE has no final answer yet, either way */
	LEG_CANCELLED, /* callee: CANCEL has been asked for, the final answer is waited for */
	LEG_UP,        /* 2xx */
	LEG_RELEASING, /* caller: BYE waits for the ACK of our 2xx (§15) */
	LEG_DOWN,
};

struct leg_media {
	handle_t handle;                /* 0: not open, or closed */
	struct offer_policy policy;     /* of the connection, for this leg's direction */
	struct offer_local local;       /* our addresses and keys */
	struct offer_made made;         /* our offer that waits for its answer */
	struct offer_streams streams;   /* agreed */
	struct secret_text description; /* the peer's, that was agreed to */
	bool must_encrypt;              /* whatever happens: SPEC §2.3 */
	uint8_t payload_type;           /* what a test destination sends */
	uint32_t clock_rate;            /* of the peer's first codec; 0: not told */
};

struct leg {
	struct call *call;
	handle_t self;
	enum leg_side side;
	enum leg_state state;
	struct dialog *dialog;
	struct sip_ident tag;
	struct sip_hop hop;                  /* where our requests go: the flow (SPEC T12) */
	struct netaddr dialled;              /* where a flow to a trunk can be made again */
	const struct connection *connection; /* in the call's directory */
	bool is_sips;
	bool is_counted; /* against the connection's channel limit */
	/* transactions */
	handle_t client; /* our INVITE or re-INVITE without a final answer */
	uint32_t client_cseq;
	handle_t accepted; /* our last INVITE that got a 2xx */
	uint32_t accepted_cseq;
	struct kept_request *server; /* the peer's, that waits for our final answer */
	handle_t unacked;            /* our 2xx that waits for ACK */
	uint32_t unacked_cseq;
	bool has_offered_in_2xx; /* that ACK brings the answer to our offer */
	bool is_ack_due;         /* of the first INVITE's 2xx: no BYE of ours before (§15) */
	char reason[REASON_MAX]; /* of the BYE that waits for the ACK */
	struct leg_media media;
	struct leg_record record;
};

/** An offer and its answer, from one leg over the other and back. One at a time (RFC 3264 §4). */
struct exchange {
	struct leg *from;  /* who offers; NULL: none is going on */
	bool is_offerless; /* it asked us to offer: our 2xx will, its ACK answers */
	struct secret_text offer;
	struct offer_streams judged;
	struct secret_text answer; /* ours, once written: repeated word for word in the 2xx */
};

enum call_deadline {
	DEADLINE_PROGRESS, /* no provisional answer */
	DEADLINE_ANSWER,   /* no final answer */
	DEADLINE_DURATION, /* the longest call */
	DEADLINE_LINGER,   /* ended: what does not finish by itself is dropped */
	DEADLINE_REAP,     /* ended, and nothing is waited for */
	DEADLINE_COUNT
};

struct call {
	struct edge *edge;
	struct list of_edge;
	struct directory *directory; /* the snapshot that it began with */
	struct leg *caller;
	struct leg *branches[CALL_BRANCHES_MAX];
	size_t branch_count;
	struct leg *callee; /* the branch that answered; NULL: none yet, or the test destination */
	struct route route;
	char from_user[CALL_PARTY_MAX], from_display[CALL_PARTY_MAX];
	unsigned max_forwards; /* for the far leg */
	char *merge_key;
	size_t stream; /* the m-line that is relayed */
	bool has_stream;
	struct exchange exchange;
	bool is_answered, is_ended, is_linked;
	instant_t deadlines[DEADLINE_COUNT]; /* INSTANT_NEVER: not set */
	struct timer timer;                  /* the earliest of them; always set */
	struct call_record record;
};

/** Why a call ends, and what its legs are told. */
struct call_release {
	enum failure failure;
	unsigned status;    /* for a caller that has no answer yet; 0: the failure's */
	struct span reason; /* a Reason value to carry on; empty: the failure's, or none */
	const char *by;     /* "caller", "callee", "edge" */
};

/* call.c: its life */

/** A call with its caller's leg, in the tables. SOTTO_EEXIST: merged request (§8.2.2.2). */
SOTTO_MUST_USE sotto_err call_create(struct call **out, struct edge *e, handle_t server,
	const struct sip_msg *invite, const struct sip_hop *from, const struct admission *who,
	instant_t now);
/** Ends it, from whatever state; later calls do nothing. */
void call_end(struct call *c, const struct call_release *why, instant_t now);
/** call_end by the edge itself. */
void call_fail(struct call *c, enum failure failure, instant_t now);
/** A leg went down, or a media leg closed: perhaps nothing is left to wait for. */
void call_settle(struct call *c, instant_t now);
/** Frees it without a word: for edge_destroy. */
void call_destroy(struct call *c);
/** The other party of a two-legged call; NULL: none, or the test destination. */
struct leg *call_other(const struct call *c, const struct leg *l);

/* timeout.c */

/** The timer of a new call. */
SOTTO_MUST_USE sotto_err call_timer_start(struct call *c, instant_t now);
/** INSTANT_NEVER clears. */
void call_set_deadline(struct call *c, enum call_deadline which, instant_t at);

/* invite.c, indialog.c, event.c: what the edge hands in */
void call_on_invite(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now);
/** A request with a To tag, ACK too. */
void call_on_request(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now);
/** txn_user's on_event; ctx: the edge. */
void call_on_event(void *ctx, handle_t leg, const struct txn_event *ev);
void call_on_stray_response(
	struct edge *e, const struct sip_msg *msg, const struct sip_hop *from, instant_t now);
void call_on_resolved(
	struct edge *e, handle_t leg, const struct netaddr *addresses, size_t n, instant_t now);
void call_on_media(struct edge *e, const struct media_event *event, instant_t now);

/* record.c */
void record_leg_signalling(struct leg *l);
void record_leg_media(struct leg *l);
void record_leg_stats(struct leg *l, const struct media_leg_stats *s);
/** The whole, to the store and the log. */
void record_send(struct call *c);
