/** @file rtp/rtp.c */
#include "rtp/rtp.h"

#include "rtp/bytes.h"

enum packet_kind packet_classify(const uint8_t *p, size_t n)
{
	if (n < 2)
		return PACKET_OTHER;
	if (p[0] < 4) /* RFC 7983 §7 */
		return PACKET_STUN;
	if (p[0] >= 20 && p[0] <= 63)
		return PACKET_DTLS;
	if (p[0] < 128 || p[0] > 191)
		return PACKET_OTHER;
	/* RFC 5761 §4: the byte holds RTP's marker and payload type, or RTCP's type 192..223 */
	return (p[1] & 0x7f) >= 64 && (p[1] & 0x7f) <= 95 ? PACKET_RTCP : PACKET_RTP;
}

sotto_err rtp_parse(struct rtp_header *out, const uint8_t *p, size_t n)
{
	size_t len;

	*out = (struct rtp_header){ 0 };
	if (n < RTP_HEADER_MIN || p[0] >> 6 != 2)
		return SOTTO_ESYNTAX;
	len = RTP_HEADER_MIN + 4 * (size_t)(p[0] & 0x0f);
	if (p[0] & 0x10) { /* RFC 3550 §5.3.1: a header extension, its length in words */
		if (n < len + 4)
			return SOTTO_ESYNTAX;
		len += 4 + 4 * (size_t)read_u16(p + len + 2);
	}
	if (n < len)
		return SOTTO_ESYNTAX;
	*out = (struct rtp_header){
		.padding = p[0] & 0x20,
		.extension = p[0] & 0x10,
		.marker = p[1] & 0x80,
		.csrc_count = p[0] & 0x0f,
		.payload_type = p[1] & 0x7f,
		.seq = read_u16(p + 2),
		.timestamp = read_u32(p + 4),
		.ssrc = read_u32(p + 8),
		.len = len,
	};
	return SOTTO_OK;
}

void rtp_write(uint8_t out[RTP_HEADER_MIN], const struct rtp_header *h)
{
	out[0] = (uint8_t)(2 << 6 | h->padding << 5 | h->extension << 4 | (h->csrc_count & 0x0f));
	out[1] = (uint8_t)(h->marker << 7 | (h->payload_type & 0x7f));
	write_u16(out + 2, h->seq);
	write_u32(out + 4, h->timestamp);
	write_u32(out + 8, h->ssrc);
}
