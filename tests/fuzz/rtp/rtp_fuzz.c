/**
 * @file fuzz/rtp/rtp_fuzz.c  Any bytes as RTP and as RTCP: what parses is written back the same,
 * and nothing points outside of the packet.
 */
#include <assert.h>
#include <stdlib.h>

#include "rtp/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_rtp(const uint8_t *data, size_t size)
{
	uint8_t out[RTP_HEADER_MIN];
	struct rtp_header h;

	if (rtp_parse(&h, data, size) != SOTTO_OK) {
		assert(h.len == 0);
		return;
	}
	assert(h.len >= RTP_HEADER_MIN && h.len <= size);
	rtp_write(out, &h);
	assert(memcmp(out, data, sizeof(out)) == 0);
}

static void as_rtcp(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct rtcp_part part = { 0 };
	struct rtcp_header h;
	bool valid = rtcp_parse(&h, data, size) == SOTTO_OK;
	size_t sum = 0;

	assert(copy);
	memcpy(copy, data, size);
	while (rtcp_next(&part, copy, size)) {
		assert(part.p == copy + sum && part.len >= 4 && part.len <= size - sum);
		sum += part.len;
	}
	assert(!valid || (sum == size && h.type >= 192 && h.type <= 223));
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)packet_classify(data, size);
	as_rtp(data, size);
	as_rtcp(data, size);
	return 0;
}
