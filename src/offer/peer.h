/**
 * @file offer/peer.h  What a peer's description says of one stream, whether offer or answer.
 * Pure: no I/O, no clock, no allocation; any thread.
 */
#pragma once
#include "offer/offer.h"

/** Kind, profile, direction and addresses; nothing is accepted by it. */
void peer_stream(struct offer_stream *s, const struct sdp_media *m);

/** RTCP to a port of its own, whatever a=rtcp-mux says. */
void peer_rtcp_apart(struct offer_stream *s, const struct sdp_media *m);

/** Tag, spelling and key of the line that counts. */
void peer_line(
	struct offer_stream *s, const struct sdes_line *line, const struct offer_policy *policy);
