/** @file offer/local.c */
#include "offer/local.h"

void offer_local_init(struct offer_local *l, struct rng *rng)
{
	*l = (struct offer_local){ .agreed = SRTP_SUITE_NONE };
	l->session_id = rng_u32(rng) >> 1; /* some read it into 32 bits, signed */
	rng_fill(rng, l->hash_secret, sizeof(l->hash_secret));
}

void offer_local_wipe(struct offer_local *l)
{
	explicit_bzero(l, sizeof(*l));
}

void offer_streams_wipe(struct offer_streams *s)
{
	explicit_bzero(s, sizeof(*s));
}

struct offer_stream *offer_streams_audio(struct offer_streams *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->stream[i].accepted && s->stream[i].kind == SDP_KIND_AUDIO)
			return &s->stream[i];
	return NULL;
}

const struct offer_key *local_key(
	struct offer_local *l, struct rng *rng, size_t stream, enum srtp_suite suite)
{
	const struct srtp_suite_info *info = srtp_suite_info(suite);
	struct offer_key *k;

	for (size_t i = 0; i < l->key_count; i++)
		if (l->keys[i].stream == stream && l->keys[i].suite == suite)
			return &l->keys[i];
	if (!rng || l->key_count == OFFER_KEYS_MAX)
		return NULL;
	k = &l->keys[l->key_count++];
	*k = (struct offer_key){ .stream = (uint8_t)stream, .suite = suite };
	rng_fill(rng, k->bytes, (size_t)info->key_len + (size_t)info->salt_len);
	return k;
}

void local_forget(struct offer_local *l, size_t stream)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->key_count; i++)
		if (l->keys[i].stream != stream)
			l->keys[kept++] = l->keys[i];
	explicit_bzero(l->keys + kept, (l->key_count - kept) * sizeof(l->keys[0]));
	l->key_count = kept;
}

void local_media_key(struct srtp_keying *out, const struct offer_key *key)
{
	*out = (struct srtp_keying){ .suite = key->suite };
	memcpy(out->bytes, key->bytes, sizeof(out->bytes));
}

void local_crypto_write(struct buf *b, const struct offer_key *key, uint32_t tag, unsigned flags,
	struct span suite_name)
{
	const struct srtp_suite_info *info = srtp_suite_info(key->suite);
	struct sdes_line line = {
		.tag = tag, .suite = key->suite, .suite_name = suite_name, .key_count = 1
	};

	line.params = (flags & SRTP_UNENCRYPTED_RTP ? SDES_UNENCRYPTED_SRTP : 0u) |
		      (flags & SRTP_UNENCRYPTED_RTCP ? SDES_UNENCRYPTED_SRTCP : 0u) |
		      (flags & SRTP_UNAUTHENTICATED_RTP ? SDES_UNAUTHENTICATED_SRTP : 0u);
	line.keys[0].len = (size_t)info->key_len + (size_t)info->salt_len;
	memcpy(line.keys[0].bytes, key->bytes, line.keys[0].len);
	buf_lit(b, "a=crypto:");
	sdes_write(b, &line);
	buf_lit(b, "\r\n");
	sdes_wipe(&line);
}

/** Wipes the keys of a suite that was left: should it come back, it brings new ones. */
static void forget_suite(struct offer_local *l, enum srtp_suite suite)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->key_count; i++)
		if (l->keys[i].suite != suite)
			l->keys[kept++] = l->keys[i];
	explicit_bzero(l->keys + kept, (l->key_count - kept) * sizeof(l->keys[0]));
	l->key_count = kept;
}

void local_agree(struct offer_local *l, const struct offer_streams *s)
{
	enum srtp_suite left = l->agreed;

	l->agreed = SRTP_SUITE_NONE;
	l->agreed_tag = 0;
	l->agreed_flags = 0;
	for (size_t i = 0; i < s->count && l->agreed == SRTP_SUITE_NONE; i++)
		if (s->stream[i].accepted && s->stream[i].security == MEDIA_SDES) {
			l->agreed = s->stream[i].tx.suite;
			l->agreed_tag = s->stream[i].tag;
			l->agreed_flags = s->stream[i].tx.flags;
		}
	if (left != SRTP_SUITE_NONE && left != l->agreed)
		forget_suite(l, left);
}

void streams_refuse(struct offer_streams *s)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->stream[i].accepted) /* it would have been, beside an audio stream */
			s->stream[i].why = FAILURE_stream_not_relayed;
		s->stream[i].accepted = false;
		explicit_bzero(&s->stream[i].rx, sizeof(s->stream[i].rx));
		explicit_bzero(&s->stream[i].tx, sizeof(s->stream[i].tx));
	}
}

bool stream_is_reflected(const struct offer_stream *s)
{
	const struct srtp_keying *rx = &s->rx;
	bool reflected = memcmp(rx->bytes, s->tx.bytes, sizeof(rx->bytes)) == 0;

	/* the MKI is not signed: under any of the peer's keys our own packets could come back */
	for (size_t i = 0; i < rx->more_count; i++)
		reflected |= memcmp(rx->more[i].bytes, s->tx.bytes, sizeof(rx->bytes)) == 0;
	return s->security == MEDIA_SDES && reflected;
}
