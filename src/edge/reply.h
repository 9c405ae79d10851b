/**
 * @file edge/reply.h  Responses of ours: what every one of them carries, and how a failure is told
 * (SPEC §2.4): Reason with the Q.850 cause (RFC 3326, 6432), Warning 399 with what to change.
 */
#pragma once
#include "edge/core.h"

#define REPLY_ALLOW "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER"
#define REASON_MAX  256 /* bytes of a Reason value that is carried from leg to leg */

struct reply {
	unsigned status;          /* 0: the failure's */
	struct span phrase;       /* empty: the usual one */
	enum failure failure;     /* not none: Reason and Warning are added */
	struct span reason;       /* a Reason value that is carried on; empty: the failure's */
	struct span to_tag;       /* empty: one that equal requests get alike (§8.2.7) */
	struct span contact;      /* whole value; empty: none */
	struct span sdp;          /* empty: none */
	bool allow, accept;       /* those headers */
	bool unsupported;         /* all that the request requires (§8.2.2.3) */
	bool challenge, is_stale; /* 401: WWW-Authenticate */
	unsigned retry_after_s;   /* 0: none */
	void (*more)(struct sip_out *o, const void *ctx, instant_t now); /* further headers */
	const void *ctx;
};

/** The status that `r` will have. */
unsigned reply_status(const struct reply *r);

/**
 * Answers `req`, which came from `from`.
 * @param server its transaction, or 0: sent without one
 * @return as txn_server_respond; SOTTO_ENOSPACE, SOTTO_EINVAL: it cannot be written
 */
SOTTO_MUST_USE sotto_err reply_send(struct edge *e, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, const struct reply *r, instant_t now);

/** The same where nothing can be done about a failure: it is logged. */
void reply_or_log(struct edge *e, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, const struct reply *r, instant_t now);

/**
 * The same to who has not shown who he is: sent once, and nothing of the request stays (RFC 3261
 * §8.2.7, §26.3.2.4). A flood of such fills no table, and no repeats are aimed at a forged source.
 */
void reply_to_stranger(struct edge *e, handle_t server, const struct sip_msg *req,
	const struct sip_hop *from, const struct reply *r, instant_t now);

/** A Reason value: Q.850;cause=88;text="INCOMPATIBLE_DESTINATION". Nothing for cause 0. */
void reason_write(struct buf *b, unsigned q850_cause);
