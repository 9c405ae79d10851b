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
	uint64_t *sent = &s->masters[s->current].sent;

	TRY(srtp_index_guess(&known.rtp, seq, index));
	if (!srtp_window_is_fresh(&known.rtp, *index))
		return SOTTO_EREPLAY;
	if (*sent == SRTP_INDEX_END) /* RFC 3711 §9.2: all streams of a key together */
		return SOTTO_ELIMIT;
	stream = srtp_stream_hear(&s->streams, ssrc);
	if (!stream)
		return SOTTO_ELIMIT;
	srtp_window_use(&stream->rtp, *index);
	(*sent)++;
	return SOTTO_OK;
}

/** RFC 3711 §3.4: zero before the first packet, then incremented by one. */
static sotto_err use_rtcp_index(struct srtp *s, uint32_t ssrc, uint64_t *index)
{
	struct srtp_stream known = srtp_stream_peek(&s->streams, ssrc), *stream;
	uint64_t *sent = &s->masters[s->current].sent_rtcp;

	*index = known.rtcp.any ? known.rtcp.highest + 1 : 0;
	if (*index == SRTCP_INDEX_END || *sent == SRTCP_INDEX_END)
		return SOTTO_ELIMIT;
	stream = srtp_stream_hear(&s->streams, ssrc);
	if (!stream)
		return SOTTO_ELIMIT;
	srtp_window_use(&stream->rtcp, *index);
	(*sent)++;
	return SOTTO_OK;
}

/** @param header bytes that are never enciphered */
static void frame_begin(struct srtp_frame *f, const struct srtp_item *item, size_t header)
{
	const struct srtp *s = item->srtp;

	*f = (struct srtp_frame){
		.kind = srtp_kind_of(s, item->is_rtcp),
		.derived = &item->srtp->masters[s->current].derived[s->derivation],
		.packet = item->packet,
		.is_rtcp = item->is_rtcp,
	};
	f->clear_len = f->kind->is_clear ? item->len : header;
	f->cipher_len = item->len - f->clear_len;
	srtp_frame_layout(s, f, item->len);
}

static sotto_err rtp_frame(struct srtp_frame *f, const struct srtp_item *item)
{
	struct rtp_header h;

	TRY(rtp_parse(&h, item->packet, item->len));
	TRY(check_room(item));
	frame_begin(f, item, h.len);
	f->ssrc = h.ssrc;
	TRY(use_rtp_index(item->srtp, h.ssrc, h.seq, &f->index));
	write_u32(f->word, (uint32_t)(f->index >> 16));
	return SOTTO_OK;
}

/** RFC 3711 §3.4: the E flag says whether the packet is enciphered; under the NULL cipher none is.
 */
static bool is_enciphered(const struct srtp_kind *kind)
{
	return !kind->is_clear && kind->cipher != &srtp_cipher_null;
}

static sotto_err rtcp_frame(struct srtp_frame *f, struct srtp_item *item)
{
	if (item->len < RTCP_HEADER_MIN || item->packet[0] >> 6 != 2)
		return SOTTO_ESYNTAX;
	TRY(check_room(item));
	frame_begin(f, item, RTCP_HEADER_MIN);
	f->ssrc = read_u32(item->packet + 4);
	TRY(use_rtcp_index(item->srtp, f->ssrc, &f->index));
	write_u32(f->word, (is_enciphered(f->kind) ? SRTCP_E_FLAG : 0) | (uint32_t)f->index);
	memcpy(item->packet + f->index_at, f->word, SRTCP_INDEX_LEN);
	return SOTTO_OK;
}

static sotto_err claim(struct srtp_item *item, struct srtp_frame *f)
{
	if (item->srtp->direction != SRTP_SEND)
		return SOTTO_EINVAL;
	return item->is_rtcp ? rtcp_frame(f, item) : rtp_frame(f, item);
}

static sotto_err encipher(const struct srtp_item *item, struct srtp_frame *f)
{
	TRY(srtp_frame_keys(item->srtp, f));
	return f->kind->cipher->crypt(f);
}

static sotto_err sign(struct srtp_item *item, struct srtp_frame *f)
{
	const struct srtp *s = item->srtp;

	TRY(srtp_frame_keys(s, f)); /* another packet of the batch may have needed their place */
	TRY(f->kind->auth->sign(f));
	memcpy(item->packet + f->mki_at, s->masters[s->current].mki, s->mki_len);
	item->len = f->end;
	return SOTTO_OK;
}

static void protect_chunk(struct srtp_item *items, size_t n)
{
	struct srtp_frame frames[SRTP_CHUNK];

	for (size_t i = 0; i < n; i++)
		items[i].status = claim(&items[i], &frames[i]);
	for (size_t i = 0; i < n; i++)
		if (items[i].status == SOTTO_OK)
			items[i].status = encipher(&items[i], &frames[i]);
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
