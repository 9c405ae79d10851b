/**
 * @file srtp/protect.c  Sending. An index is marked as used before its key stream is made, so that
 * no failure in between can make it be used twice.
 */
#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/context.h"

static sotto_err check_room(const struct srtp_item *item)
{
	return item->len > SRTP_PACKET_MAX - SRTP_TRAILER_MAX ||
			       item->cap < item->len + SRTP_TRAILER_MAX
		       ? SOTTO_ENOSPACE
		       : SOTTO_OK;
}

static sotto_err use_rtp_index(struct srtp *s, uint32_t ssrc, uint16_t seq, uint64_t *index)
{
	struct srtp_stream known = srtp_stream_peek(&s->streams, ssrc), *stream;

	TRY(srtp_index_guess(&known.rtp, seq, index));
	if (!srtp_window_is_fresh(&known.rtp, *index))
		return SOTTO_EREPLAY;
	if (s->sent == SRTP_INDEX_END) /* RFC 3711 §9.2: all streams of a key together */
		return SOTTO_ELIMIT;
	stream = srtp_stream_hear(&s->streams, ssrc);
	if (!stream)
		return SOTTO_ELIMIT;
	srtp_window_use(&stream->rtp, *index);
	s->sent++;
	return SOTTO_OK;
}

/** RFC 3711 §3.4: zero before the first packet, then incremented by one. */
static sotto_err use_rtcp_index(struct srtp *s, uint32_t ssrc, uint64_t *index)
{
	struct srtp_stream known = srtp_stream_peek(&s->streams, ssrc), *stream;

	*index = known.rtcp.any ? known.rtcp.highest + 1 : 0;
	if (*index == SRTCP_INDEX_END || s->sent_rtcp == SRTCP_INDEX_END)
		return SOTTO_ELIMIT;
	stream = srtp_stream_hear(&s->streams, ssrc);
	if (!stream)
		return SOTTO_ELIMIT;
	srtp_window_use(&stream->rtcp, *index);
	s->sent_rtcp++;
	return SOTTO_OK;
}

static sotto_err rtp_frame(struct srtp_frame *f, const struct srtp_item *item)
{
	struct rtp_header h;

	TRY(rtp_parse(&h, item->packet, item->len));
	*f = (struct srtp_frame){
		.packet = item->packet,
		.clear_len = h.len,
		.cipher_len = item->len - h.len,
		.signed_len = item->len,
		.ssrc = h.ssrc,
		.signs_roc = true,
	};
	TRY(check_room(item));
	TRY(use_rtp_index(item->srtp, h.ssrc, h.seq, &f->index));
	write_u32(f->roc, (uint32_t)(f->index >> 16));
	return SOTTO_OK;
}

static sotto_err rtcp_frame(struct srtp_frame *f, struct srtp_item *item)
{
	if (item->len < RTCP_HEADER_MIN || item->packet[0] >> 6 != 2)
		return SOTTO_ESYNTAX;
	*f = (struct srtp_frame){
		.packet = item->packet,
		.clear_len = RTCP_HEADER_MIN,
		.cipher_len = item->len - RTCP_HEADER_MIN,
		.signed_len = item->len + SRTCP_INDEX_LEN,
		.ssrc = read_u32(item->packet + 4),
	};
	TRY(check_room(item));
	TRY(use_rtcp_index(item->srtp, f->ssrc, &f->index));
	write_u32(item->packet + item->len, SRTCP_E_FLAG | (uint32_t)f->index);
	return SOTTO_OK;
}

static sotto_err claim(struct srtp_item *item, struct srtp_frame *f)
{
	if (item->srtp->direction != SRTP_SEND)
		return SOTTO_EINVAL;
	return item->is_rtcp ? rtcp_frame(f, item) : rtp_frame(f, item);
}

static sotto_err sign(struct srtp_item *item, const struct srtp_frame *f)
{
	struct srtp_keys *k = srtp_keys_of(item);
	uint8_t tag[SRTP_TAG_MAX];

	TRY(k->auth->sign(k, f, tag));
	memcpy(item->packet + f->signed_len, tag, k->tag_len);
	item->len = f->signed_len + k->tag_len;
	return SOTTO_OK;
}

static void protect_chunk(struct srtp_item *items, size_t n)
{
	struct srtp_frame frames[SRTP_CHUNK];

	for (size_t i = 0; i < n; i++)
		items[i].status = claim(&items[i], &frames[i]);
	for (size_t i = 0; i < n; i++) {
		struct srtp_keys *k = srtp_keys_of(&items[i]);

		if (items[i].status == SOTTO_OK)
			items[i].status = k->cipher->crypt(k, &frames[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (items[i].status == SOTTO_OK)
			items[i].status = sign(&items[i], &frames[i]);
}

void srtp_protect(struct srtp_item *items, size_t n)
{
	for (; n > SRTP_CHUNK; items += SRTP_CHUNK, n -= SRTP_CHUNK)
		protect_chunk(items, SRTP_CHUNK);
	protect_chunk(items, n);
}
