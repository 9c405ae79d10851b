/** @file srtp/context.h  What a context holds. For srtp.c, and for tests that compare it bit for
 * bit. */
#pragma once
#include "srtp/stream.h"
#include "srtp/transform.h"

struct srtp {
	enum srtp_direction direction;
	struct srtp_keys rtp, rtcp;
	struct srtp_streams streams;
	uint64_t sent, sent_rtcp; /* packets under this key */
};
