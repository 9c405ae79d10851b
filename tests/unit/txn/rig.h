/**
 * @file unit/txn/rig.h  A transaction layer with false time, a network that only writes down, and
 * scripts. A script is words; what happens is written down as words too, each "MS" and a mark:
 *
 *   script  @N         time goes on to N ms, timer by timer
 *           udp tcp    the transport from here on
 *           INVITE     (or another method) we start a client transaction
 *           cancel     we cancel the INVITE        cancel+   with a Reason
 *           forget     we forget the transaction   acked     the ACK has reached the dialog
 *           =180       we answer the request       <180      the peer answers our request
 *           <c200      the peer answers our CANCEL
 *           <INVITE    the peer's request (the same one again if repeated); <ACK of its answer
 *           <ACK+      the ACK of a 2xx, a transaction of its own
 *           fail ok    sends fail, or no more      gone      the flow is gone
 *   trace   5>INVITE   sent at 5 ms                5!180     the user is told of a 180
 *           5?BYE      a request is handed up      5?ACK-    without a transaction
 *           5~200      a response that nobody wants
 *           !timeout !error !cancelled !no-ack     other events
 *           =-6        SOTTO_ENOENT (its number) was returned to us
 *           #2         at the end: two transactions are left
 */
#pragma once
#include "txn/txn.h"
#include "unit/test.h"

#define RIG_TRACE_MAX 4096

struct rig {
	struct txn_layer *layer;
	struct timer_heap timers;
	struct rng_seeded rng;
	struct arena arena;
	instant_t now;
	struct sip_hop hop;
	bool fails;
	handle_t flow_on_send; /* what the network enters in a hop without a flow */
	handle_t client, server;
	struct sip_ident branch;
	const char *method; /* of `client` */
	struct buf trace;
	char trace_text[RIG_TRACE_MAX];
	char sent[SIP_MESSAGE_MAX]; /* the last message */
	size_t sent_n;
	struct sip_hop sent_hop;
	unsigned sends;
};

/** False, with all freed, if there was no memory. `max` as in struct txn_env. */
bool rig_start(struct rig *r, size_t max);
void rig_stop(struct rig *r);

/** Runs a script; the trace grows. */
void rig_run(struct rig *r, const char *script);

/** The peer's message, as text; its hop is r->hop. */
void rig_receive(struct rig *r, const char *text);
void rig_advance(struct rig *r, unsigned to_ms);

struct rig_row {
	const char *label, *script, *trace;
};

/** Each row in a rig of its own; the whole trace must be as given. */
void rig_check(const struct rig_row *rows, size_t n);
