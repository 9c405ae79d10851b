/**
 * @file srtp/stream.h  What a context remembers of each SSRC. The 16 that were heard last have full
 * windows; of others only the highest indexes are kept, so that nothing of them can come again.
 */
#pragma once
#include "srtp/window.h"

#define SRTP_RETIRED_MAX (SRTP_SSRCS_MAX - SRTP_STREAMS_MAX)

struct srtp_stream {
	bool in_use;
	uint32_t ssrc;
	uint64_t heard_at; /* on the table's own clock, which counts packets */
	struct srtp_window rtp, rtcp;
};

struct srtp_retired {
	uint32_t ssrc;
	uint32_t rtcp_end; /* the first SRTCP index that was not used */
	uint64_t rtp_end;  /* the same for RTP */
};

/** All zero: empty. */
struct srtp_streams {
	struct srtp_stream live[SRTP_STREAMS_MAX];
	struct srtp_retired retired[SRTP_RETIRED_MAX];
	size_t retired_count;
	uint64_t clock;
};

/** What is known of `ssrc`, as a copy: nothing is entered for a packet that may be forged. */
struct srtp_stream srtp_stream_peek(const struct srtp_streams *t, uint32_t ssrc);

/**
 * The live stream of `ssrc`, made if need be, and heard just now. Only for an authenticated packet.
 * NULL: it would be number SRTP_SSRCS_MAX + 1, and nothing has changed.
 */
struct srtp_stream *srtp_stream_hear(struct srtp_streams *t, uint32_t ssrc);
