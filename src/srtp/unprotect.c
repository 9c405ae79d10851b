/**
 * @file srtp/unprotect.c  Receiving. Each packet is authenticated against a copy of what is known
 * of its stream; only then is the stream touched. Deciphering comes last, for the whole batch.
 */
#include "crypto/hmac_sha1.h"
#include "rtp/bytes.h"
#include "rtp/rtp.h"
#include "srtp/context.h"

#define UNPROVEN_LEAP 100 /* packets: SPEC §2.5, what a suite without authentication believes */

/** RFC 3711 §3.1: by the MKI that it carries; without MKIs there is one. */
static struct srtp_master_state *master_of(struct srtp *s, const uint8_t *mki)
{
	for (size_t i = 0; i < s->master_count; i++)
		if (secret_eq(s->masters[i].mki, mki, s->mki_len))
			return &s->masters[i];
	return NULL;
}

/** @param header bytes that are never enciphered */
static sotto_err frame_begin(struct srtp_frame *f, const struct srtp_item *item, size_t header)
{
	struct srtp *s = item->srtp;
	struct srtp_master_state *master;
	size_t body;

	*f = (struct srtp_frame){
		.kind = srtp_kind_of(s, item->is_rtcp),
		.packet = item->packet,
		.is_rtcp = item->is_rtcp,
	};
	srtp_frame_layout(s, f, 0); /* so that `end` is the trailer's length */
	if (item->len < header + f->end)
		return SOTTO_ESYNTAX;
	body = item->len - f->end;
	srtp_frame_layout(s, f, body);
	f->clear_len = f->kind->is_clear ? body : header;
	f->cipher_len = body - f->clear_len;
	master = master_of(s, item->packet + f->mki_at);
	if (!master)
		return SOTTO_EAUTH;
	f->derived = &master->derived[s->derivation];
	return SOTTO_OK;
}

/** A guess that nothing proves must not carry the stream away. */
static bool is_believable(
	const struct srtp_frame *f, const struct srtp_window *w, uint64_t round_bits)
{
	return f->kind->auth->is_proof || !w->any || f->index <= w->highest ||
	       f->index >> round_bits == w->highest >> round_bits ||
	       f->index - w->highest <= UNPROVEN_LEAP;
}

static sotto_err rtp_frame(struct srtp_frame *f, const struct srtp_item *item)
{
	struct srtp_stream known;
	struct rtp_header h;
	sotto_err err;

	TRY(rtp_parse(&h, item->packet, item->len));
	TRY(frame_begin(f, item, h.len));
	known = srtp_stream_peek(&item->srtp->streams, h.ssrc);
	f->ssrc = h.ssrc;
	err = srtp_index_guess(&known.rtp, h.seq, &f->index);
	if (err == SOTTO_ELIMIT) /* the key is used up: index 2^48 would be index 0 again */
		return SOTTO_EREPLAY;
	if (err == SOTTO_EREPLAY) /* before index 0 is nothing: it must be a leap ahead */
		f->index = h.seq;
	write_u32(f->word, (uint32_t)(f->index >> 16));
	if (!is_believable(f, &known.rtp, 16))
		return SOTTO_EAUTH;
	return srtp_window_is_fresh(&known.rtp, f->index) ? SOTTO_OK : SOTTO_EREPLAY;
}

/**
 * RFC 4568 §6.3.2: the E flag is set in all messages, or with UNENCRYPTED_SRTCP in none. Under the
 * NULL cipher it says nothing, and implementations differ.
 */
static bool is_right_flag(const struct srtp_kind *kind, bool flag)
{
	return kind->cipher == &srtp_cipher_null || flag == !kind->is_clear;
}

/** RFC 3711 §3.4: header, enciphered part, E flag and index, tag. */
static sotto_err rtcp_frame(struct srtp_frame *f, const struct srtp_item *item)
{
	struct srtp_stream known;
	uint32_t word;

	if (item->len < RTCP_HEADER_MIN || item->packet[0] >> 6 != 2)
		return SOTTO_ESYNTAX;
	TRY(frame_begin(f, item, RTCP_HEADER_MIN));
	memcpy(f->word, item->packet + f->index_at, SRTCP_INDEX_LEN);
	word = read_u32(f->word);
	f->ssrc = read_u32(item->packet + 4);
	f->index = word & ~SRTCP_E_FLAG;
	if (!is_right_flag(f->kind, word & SRTCP_E_FLAG))
		return SOTTO_EAUTH;
	known = srtp_stream_peek(&item->srtp->streams, f->ssrc);
	if (!is_believable(f, &known.rtcp, 0))
		return SOTTO_EAUTH;
	return srtp_window_is_fresh(&known.rtcp, f->index) ? SOTTO_OK : SOTTO_EREPLAY;
}

static sotto_err check_tag(const struct srtp_item *item, struct srtp_frame *f)
{
	TRY(srtp_frame_keys(item->srtp, f));
	return f->kind->auth->check(f);
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

static sotto_err check_counters(const struct srtp_item *item, struct srtp_frame *f)
{
	uint64_t guess = f->index;
	sotto_err err = check_tag(item, f);

	if (err != SOTTO_EAUTH || !may_have_wrapped(item, f))
		return err;
	f->index += 0x10000;
	write_u32(f->word, 1);
	err = check_tag(item, f);
	if (err) {
		f->index = guess;
		write_u32(f->word, 0);
	}
	return err;
}

/** Until a packet has passed, each way to derive the keys may be the peer's. */
static sotto_err check_derivations(
	const struct srtp_item *item, struct srtp_frame *f, enum srtp_derivation *which)
{
	const struct srtp *s = item->srtp;
	sotto_err err;

	*which = s->derivation;
	err = check_counters(item, f);
	if (err != SOTTO_EAUTH || s->derivation_is_known || s->derivation_count == 1)
		return err;
	*which = SRTP_DERIVATION_OLD_LIBSRTP;
	f->derived += SRTP_DERIVATION_OLD_LIBSRTP - SRTP_DERIVATION_RFC;
	return check_counters(item, f);
}

/** Only from here on does anything change. */
static sotto_err commit(
	struct srtp_item *item, const struct srtp_frame *f, enum srtp_derivation derivation)
{
	struct srtp *s = item->srtp;
	struct srtp_stream *stream = srtp_stream_hear(&s->streams, f->ssrc);

	if (!stream)
		return SOTTO_ELIMIT;
	srtp_window_use(item->is_rtcp ? &stream->rtcp : &stream->rtp, f->index);
	s->derivation = derivation;
	s->derivation_is_known = s->derivation_is_known || f->kind->auth->is_proof;
	item->len = f->clear_len + f->cipher_len;
	return SOTTO_OK;
}

/** One at a time and in order: a wrap of the sequence number may lie within the batch. */
static sotto_err authenticate(struct srtp_item *item, struct srtp_frame *f)
{
	enum srtp_derivation derivation;

	if (item->srtp->direction != SRTP_RECEIVE)
		return SOTTO_EINVAL;
	TRY(item->is_rtcp ? rtcp_frame(f, item) : rtp_frame(f, item));
	TRY(check_derivations(item, f, &derivation));
	return commit(item, f, derivation);
}

static sotto_err decipher(const struct srtp_item *item, struct srtp_frame *f)
{
	TRY(srtp_frame_keys(item->srtp, f)); /* another packet may have needed their place */
	return f->kind->cipher->crypt(f);
}

static void unprotect_chunk(struct srtp_item *items, size_t n)
{
	struct srtp_frame frames[SRTP_CHUNK];

	for (size_t i = 0; i < n; i++)
		items[i].status = authenticate(&items[i], &frames[i]);
	for (size_t i = 0; i < n; i++)
		if (items[i].status == SOTTO_OK)
			items[i].status = decipher(&items[i], &frames[i]);
}

void srtp_unprotect(struct srtp_item *items, size_t n)
{
	for (; n > SRTP_CHUNK; items += SRTP_CHUNK, n -= SRTP_CHUNK)
		unprotect_chunk(items, SRTP_CHUNK);
	unprotect_chunk(items, n);
}
