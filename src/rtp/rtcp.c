/** @file rtp/rtcp.c  RTCP compound packets (RFC 3550 §6). */
#include "rtp/bytes.h"
#include "rtp/rtp.h"

#define PART_HEADER_LEN 4

bool rtcp_next(struct rtcp_part *part, uint8_t *p, size_t n)
{
	uint8_t *at = part->p ? part->p + part->len : p;
	size_t left = n - (size_t)(at - p), len;

	*part = (struct rtcp_part){ 0 };
	if (left < PART_HEADER_LEN || at[0] >> 6 != 2)
		return false;
	len = 4 * ((size_t)read_u16(at + 2) + 1);
	if (len > left)
		return false;
	*part = (struct rtcp_part){ .type = at[1], .count = at[0] & 0x1f, .p = at, .len = len };
	return true;
}

/** RFC 3550 §A.2: the lengths of all parts add up to the whole. */
static bool adds_up(const uint8_t *p, size_t n)
{
	size_t at = 0;

	while (at < n) {
		if (n - at < PART_HEADER_LEN || p[at] >> 6 != 2)
			return false;
		at += 4 * ((size_t)read_u16(p + at + 2) + 1);
		if (at > n)
			return false;
	}
	return true;
}

sotto_err rtcp_parse(struct rtcp_header *out, const uint8_t *p, size_t n)
{
	*out = (struct rtcp_header){ 0 };
	/* RFC 5761 §4: types 192..223; the first part must reach as far as its SSRC */
	if (n < RTCP_HEADER_MIN || p[1] < 192 || p[1] > 223 || read_u16(p + 2) == 0 ||
		!adds_up(p, n))
		return SOTTO_ESYNTAX;
	*out = (struct rtcp_header){
		.type = p[1],
		.count = p[0] & 0x1f,
		.ssrc = read_u32(p + 4),
	};
	return SOTTO_OK;
}
