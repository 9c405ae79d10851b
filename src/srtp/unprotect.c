/**
 * @file srtp/unprotect.c  Receiving. Each packet is authenticated against a copy of what is known
 * of its stream; only then is the stream touched. Deciphering comes last, for the whole batch.
 */
#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/context.h"

static sotto_err rtp_frame(struct srtp_frame *f, const struct srtp_item *item)
{
	size_t tag_len = item->srtp->rtp.tag_len;
	struct srtp_stream known;
	struct rtp_header h;
	sotto_err err;

	TRY(rtp_parse(&h, item->packet, item->len));
	if (item->len < h.len + tag_len)
		return SOTTO_ESYNTAX;
	known = srtp_stream_peek(&item->srtp->streams, h.ssrc);
	*f = (struct srtp_frame){
		.packet = item->packet,
		.clear_len = h.len,
		.cipher_len = item->len - tag_len - h.len,
		.signed_len = item->len - tag_len,
		.ssrc = h.ssrc,
		.signs_roc = true,
	};
	err = srtp_index_guess(&known.rtp, h.seq, &f->index);
	if (err == SOTTO_ELIMIT) /* the key is used up: index 2^48 would be index 0 again */
		return SOTTO_EREPLAY;
	if (err == SOTTO_EREPLAY) /* before index 0 is nothing: it must be a leap ahead */
		f->index = h.seq;
	write_u32(f->roc, (uint32_t)(f->index >> 16));
	return srtp_window_is_fresh(&known.rtp, f->index) ? SOTTO_OK : SOTTO_EREPLAY;
}

/** RFC 3711 §3.4: header, enciphered part, E flag and index, tag. */
static sotto_err rtcp_frame(struct srtp_frame *f, const struct srtp_item *item)
{
	size_t tag_len = item->srtp->rtcp.tag_len, index_at;
	struct srtp_stream known;
	uint32_t word;

	if (item->len < RTCP_HEADER_MIN + SRTCP_INDEX_LEN + tag_len || item->packet[0] >> 6 != 2)
		return SOTTO_ESYNTAX;
	index_at = item->len - tag_len - SRTCP_INDEX_LEN;
	word = read_u32(item->packet + index_at);
	*f = (struct srtp_frame){
		.packet = item->packet,
		.clear_len = RTCP_HEADER_MIN,
		.cipher_len = index_at - RTCP_HEADER_MIN,
		.signed_len = index_at + SRTCP_INDEX_LEN,
		.ssrc = read_u32(item->packet + 4),
		.index = word & ~SRTCP_E_FLAG,
	};
	if (!(word & SRTCP_E_FLAG)) /* these suites encipher: a clear report is none of ours */
		return SOTTO_EAUTH;
	known = srtp_stream_peek(&item->srtp->streams, f->ssrc);
	return srtp_window_is_fresh(&known.rtcp, f->index) ? SOTTO_OK : SOTTO_EREPLAY;
}

static sotto_err check_tag(const struct srtp_item *item, const struct srtp_frame *f)
{
	struct srtp_keys *k = srtp_keys_of(item);
	uint8_t tag[SRTP_TAG_MAX];

	TRY(k->auth->sign(k, f, tag));
	return secret_eq(tag, item->packet + f->signed_len, k->tag_len) ? SOTTO_OK : SOTTO_EAUTH;
}

/**
 * A peer may have wrapped before it was heard for the first time: it sends from its answer on, and
 * the key is here when the answer is. Then its rollover counter is 1, which RTP does not tell.
 */
static bool may_have_wrapped(const struct srtp_item *item, const struct srtp_frame *f)
{
	return !item->is_rtcp && f->index < 0x8000 &&
	       !srtp_stream_peek(&item->srtp->streams, f->ssrc).rtp.any;
}

static sotto_err check_tags(const struct srtp_item *item, struct srtp_frame *f)
{
	sotto_err err = check_tag(item, f);

	if (err != SOTTO_EAUTH || !may_have_wrapped(item, f))
		return err;
	f->index += 0x10000;
	write_u32(f->roc, 1);
	return check_tag(item, f);
}

/** Only from here on does anything change. */
static sotto_err commit(struct srtp_item *item, const struct srtp_frame *f)
{
	struct srtp_stream *stream = srtp_stream_hear(&item->srtp->streams, f->ssrc);

	if (!stream)
		return SOTTO_ELIMIT;
	srtp_window_use(item->is_rtcp ? &stream->rtcp : &stream->rtp, f->index);
	item->len = f->clear_len + f->cipher_len;
	return SOTTO_OK;
}

/** One at a time and in order: a wrap of the sequence number may lie within the batch. */
static sotto_err authenticate(struct srtp_item *item, struct srtp_frame *f)
{
	if (item->srtp->direction != SRTP_RECEIVE)
		return SOTTO_EINVAL;
	TRY(item->is_rtcp ? rtcp_frame(f, item) : rtp_frame(f, item));
	TRY(check_tags(item, f));
	return commit(item, f);
}

static void unprotect_chunk(struct srtp_item *items, size_t n)
{
	struct srtp_frame frames[SRTP_CHUNK];

	for (size_t i = 0; i < n; i++)
		items[i].status = authenticate(&items[i], &frames[i]);
	for (size_t i = 0; i < n; i++) {
		struct srtp_keys *k = srtp_keys_of(&items[i]);

		if (items[i].status == SOTTO_OK)
			items[i].status = k->cipher->crypt(k, &frames[i]);
	}
}

void srtp_unprotect(struct srtp_item *items, size_t n)
{
	for (; n > SRTP_CHUNK; items += SRTP_CHUNK, n -= SRTP_CHUNK)
		unprotect_chunk(items, SRTP_CHUNK);
	unprotect_chunk(items, n);
}
