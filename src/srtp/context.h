/** @file srtp/context.h  What a context holds. For srtp.c, and for tests that compare it bit for
 * bit. */
#pragma once
#include "srtp/stream.h"
#include "srtp/transform.h"

#define SRTP_CHUNK      64 /* packets: their frames lie on the stack between two passes */
#define SRTCP_INDEX_LEN 4  /* bytes behind the payload: the E flag and 31 bits of index */
#define SRTCP_E_FLAG    UINT32_C(0x80000000)

struct srtp {
	enum srtp_direction direction;
	struct srtp_keys rtp, rtcp;
	struct srtp_streams streams;
	uint64_t sent, sent_rtcp; /* packets under this key */
};

static inline struct srtp_keys *srtp_keys_of(const struct srtp_item *item)
{
	return item->is_rtcp ? &item->srtp->rtcp : &item->srtp->rtp;
}
