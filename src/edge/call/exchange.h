/**
 * @file edge/call/exchange.h  Offers and answers carried from leg to leg (RFC 3264), over the pure
 * functions of offer/. Nothing of a leg's agreement changes before the whole has succeeded.
 */
#pragma once
#include "edge/call/leg.h"

/**
 * Judges an offer, before any far leg hears of it.
 * @param sdp [in] empty: an offerless request, our answer will be the offer
 */
SOTTO_MUST_USE enum failure exchange_begin(struct call *c, struct leg *from, struct span sdp);

/** Forgets it; agreements stay as they were. */
void exchange_abandon(struct call *c);

/** Our offer to `to` from what is offered. `*out` lies in the edge's scratch: wipe it after use. */
SOTTO_MUST_USE enum failure exchange_offer(struct call *c, struct leg *to, struct span *out);

/** The answer of `to` to our last offer (in its response, or its ACK): agreed, and in force. */
SOTTO_MUST_USE enum failure exchange_accept(struct call *c, struct leg *to, struct span sdp);

/**
 * Writes our answer to who offered, once (c->exchange.answer), and puts it in force.
 * @param far [in] whose description it follows; NULL: our own (the test destination)
 */
SOTTO_MUST_USE enum failure exchange_answer(struct call *c, struct leg *far, struct span info);

/**
 * For an offerless request: the offer in our 2xx (c->exchange.answer), after `far`'s description.
 */
SOTTO_MUST_USE enum failure exchange_offer_in_2xx(struct call *c, struct leg *far);

/** The final answer is out: the next exchange may begin. */
void exchange_finish(struct call *c);
