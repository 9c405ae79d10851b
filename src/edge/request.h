/** @file edge/request.h  What every request is checked for before it means anything (§8.2). */
#pragma once
#include "edge/reply.h"

/**
 * The checks of RFC 3261 §8.2.1 to §8.2.3 that need no state, so that they may come before
 * authentication: method, scheme, Require, Accept, body.
 *
 * @param refusal [out] what to answer, if false is returned
 */
bool request_is_sound(const struct sip_msg *msg, struct reply *refusal);

/** The session description that a request or response carries; empty: none that we read. */
struct span message_sdp(const struct sip_msg *msg);

/** A NUL, a line break, anything that is not text. */
bool text_has_control(struct span s);

/**
 * The Reason value of a message that may be carried on (RFC 3326): Q.850's before others; empty:
 * none, or none that is sound and shorter than REASON_MAX.
 */
struct span message_reason(const struct sip_msg *msg);

/** Answers what sip_msg_parse refused, if an answer is due. */
void request_refuse_malformed(struct edge *e, const struct sip_msg *msg,
	const struct sip_fault *fault, const struct sip_hop *from, instant_t now);
