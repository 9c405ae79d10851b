/** @file edge/call/leg.h  One leg: its dialog, its way, and the messages on it. */
#pragma once
#include "edge/call/call.h"

/** In the edge's table of legs. */
SOTTO_MUST_USE sotto_err leg_create(struct leg **out, struct call *c, enum leg_side side);
/** NULL is legal. */
void leg_destroy(struct leg *l);

/** Takes `d` over, and enters it in the table of dialogs. */
SOTTO_MUST_USE sotto_err leg_set_dialog(struct leg *l, struct dialog *d);

/** Counts it against its connection's limit, until it is down. */
SOTTO_MUST_USE enum failure leg_count(struct leg *l);

/** What a request of ours carries beside its dialog's headers. */
struct leg_request {
	struct span reason; /* Reason; empty: none */
	struct span sdp;    /* empty: none */
};

/** INVITE or re-INVITE; l->client is its transaction. SOTTO_ECLOSED: its flow is gone (SPEC T9). */
SOTTO_MUST_USE sotto_err leg_invite(struct leg *l, struct span sdp, instant_t now);
/** The ACK of a 2xx, made anew for each of its repeats (§13.2.2.4). */
void leg_ack(struct leg *l, uint32_t cseq);
/** BYE within the leg's dialog; its answer is not waited for. */
void leg_send_bye(struct leg *l, struct span reason, instant_t now);
/** BYE, and the leg is down. */
void leg_bye(struct leg *l, struct span reason, instant_t now);
/** Answers the INVITE that waits. A final answer forgets it; a 2xx waits for ACK. */
SOTTO_MUST_USE sotto_err leg_respond(struct leg *l, struct reply *r, instant_t now);
/** Final answer where nothing can be done about a failure. */
void leg_refuse(struct leg *l, struct reply *r, instant_t now);

/** No more requests, no more events. */
void leg_down(struct leg *l, instant_t now);

/** The `txn_user` of a leg. */
struct txn_user leg_user(const struct leg *l);

/** "caller", "callee". */
const char *leg_name(const struct leg *l);

/** One line of the ladder (event sip_message, area sip). `what`: method or phrase. */
void leg_log(const struct leg *l, const char *direction, struct span what, unsigned status);
