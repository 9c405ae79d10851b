/** @file offer/lines.c */
#include "offer/lines.h"

static unsigned flags_of(const struct sdes_line *line)
{
	return (line->params & SDES_UNENCRYPTED_SRTP ? SRTP_UNENCRYPTED_RTP : 0u) |
	       (line->params & SDES_UNENCRYPTED_SRTCP ? SRTP_UNENCRYPTED_RTCP : 0u) |
	       (line->params & SDES_UNAUTHENTICATED_SRTP ? SRTP_UNAUTHENTICATED_RTP : 0u);
}

/* The line asks for something that the SRTP core does not have: it would be silent noise. */
static bool asks_too_much(const struct sdes_line *line)
{
	if (line->params & SDES_FEC_KEY) /* RFC 4568 §6.3.5: no FEC stream of its own is relayed */
		return true;
	/* RFC 7714 §10: an AEAD's tag is no option */
	return (line->params & SDES_UNAUTHENTICATED_SRTP) &&
	       srtp_suite_info(line->suite)->auth == SRTP_AUTH_AEAD;
}

static bool lists(const struct offer_policy *p, enum srtp_suite suite)
{
	return offer_policy_rank(p, suite) < p->suite_count;
}

/* SPEC §2.1: less protection only where a suite that has as little is listed by name. */
static bool permits(const struct offer_policy *p, unsigned flags)
{
	if ((flags & (SRTP_UNENCRYPTED_RTP | SRTP_UNENCRYPTED_RTCP)) &&
		!lists(p, SRTP_NULL_HMAC_SHA1_80) && !lists(p, SRTP_NULL_HMAC_SHA1_32))
		return false;
	return !(flags & SRTP_UNAUTHENTICATED_RTP) || lists(p, SRTP_AES_CM_128_NULL_AUTH);
}

/* KEYING_COMMON: the line can be used, if its suite is wanted. */
static enum offer_keying line_read(struct sdes_line *out, const struct sdp_attribute *a)
{
	sotto_err err = sdes_parse(out, a->value);

	if (err == SOTTO_EUNSUPPORTED && srtp_suite_parse(out->suite_name) == SRTP_SUITE_NONE)
		return KEYING_NO_SUITE;
	if (err == SOTTO_EUNSUPPORTED || (!err && asks_too_much(out)))
		return KEYING_UNSUPPORTED;
	return err ? KEYING_UNUSABLE : KEYING_COMMON;
}

/* Of several reasons why no line serves, the one that is nearest to success is told. */
static enum offer_keying nearer(enum offer_keying a, enum offer_keying b)
{
	return a > b ? a : b;
}

static enum offer_keying without_crypto(const struct sdp_media *m)
{
	return m->has_fingerprint ? KEYING_FINGERPRINT : KEYING_NONE;
}

static const struct sdp_attribute *crypto_line(const struct sdp_media *m, size_t n)
{
	return sdp_attribute(m->attributes, m->attribute_count, SPAN("crypto"), n);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* SPEC §2.1: what does not encrypt stands where the list has NULL, not where it has the cipher. */
static size_t rank_as_it_protects(
	const struct offer_policy *p, enum srtp_suite suite, unsigned flags)
{
	size_t rank = offer_policy_rank(p, suite);

	if (flags & (SRTP_UNENCRYPTED_RTP | SRTP_UNENCRYPTED_RTCP))
		rank = larger(rank, smaller(offer_policy_rank(p, SRTP_NULL_HMAC_SHA1_80),
					    offer_policy_rank(p, SRTP_NULL_HMAC_SHA1_32)));
	if (flags & SRTP_UNAUTHENTICATED_RTP)
		rank = larger(rank, offer_policy_rank(p, SRTP_AES_CM_128_NULL_AUTH));
	return rank;
}

/* Smaller is better; SIZE_MAX: not allowed. */
static size_t line_rank(
	const struct offer_policy *p, enum srtp_suite suite, unsigned flags, size_t place)
{
	size_t rank = rank_as_it_protects(p, suite, flags);

	if (rank == p->suite_count)
		return SIZE_MAX;
	if (suite == p->agreed && !flags) /* the stream goes on under its suite */
		return 0;
	return 1 + (p->suite_choice_theirs ? place : rank);
}

enum offer_keying lines_choose(
	struct sdes_line *out, const struct sdp_media *m, const struct offer_policy *policy)
{
	enum offer_keying reason = KEYING_NO_SUITE;
	const struct sdp_attribute *a;
	size_t best = SIZE_MAX;
	struct sdes_line line;

	*out = (struct sdes_line){ 0 };
	for (size_t n = 0; (a = crypto_line(m, n)) != NULL; n++) {
		enum offer_keying keying = line_read(&line, a);
		unsigned flags = keying == KEYING_COMMON ? flags_of(&line) : 0;

		if (!permits(policy, flags)) {
			keying = KEYING_UNSUPPORTED;
			flags = 0;
		}
		/* a line of a suite that is not wanted may be as wrong as it likes */
		size_t rank = line_rank(policy, srtp_suite_parse(line.suite_name), flags, n);

		if (keying == KEYING_COMMON && rank < best) {
			*out = line;
			best = rank;
		} else if (keying != KEYING_COMMON && (rank != SIZE_MAX || !line.suite_name.n)) {
			reason = nearer(reason, keying);
		}
		sdes_wipe(&line);
	}
	if (m->crypto_count == 0)
		return without_crypto(m);
	return best == SIZE_MAX ? reason : KEYING_COMMON;
}

/* RFC 4568 §5.1.3: tag and suite MUST be those of one of the offered lines. */
static enum offer_keying line_accepts(
	const struct sdes_line *line, const struct offer_made *made, size_t index)
{
	bool tag_known = false, suite_known = false;

	for (size_t i = 0; i < made->media[index].crypto_count; i++) {
		bool tag = made->media[index].crypto[i].tag == line->tag;
		bool suite = made->media[index].crypto[i].suite == line->suite;

		/* §6.3: what is negotiated must be as we offered it */
		if (suite && made->media[index].crypto[i].flags != flags_of(line))
			return KEYING_UNSUPPORTED;
		if (tag && suite)
			return KEYING_COMMON;
		tag_known = tag_known || tag;
		suite_known = suite_known || suite;
	}
	return suite_known && !tag_known ? KEYING_ONE_FITS : KEYING_NO_SUITE;
}

enum offer_keying lines_match(struct sdes_line *out, const struct sdp_media *m,
	const struct offer_made *made, size_t index)
{
	enum offer_keying reason = KEYING_NO_SUITE, best = KEYING_NO_SUITE;
	const struct sdp_attribute *a;
	struct sdes_line line;
	size_t exact = 0, fits = 0;

	*out = (struct sdes_line){ 0 };
	for (size_t n = 0; (a = crypto_line(m, n)) != NULL; n++) {
		enum offer_keying keying = line_read(&line, a);

		if (keying == KEYING_COMMON)
			keying = line_accepts(&line, made, index);
		if (keying != KEYING_COMMON && keying != KEYING_ONE_FITS)
			reason = nearer(reason, keying);
		exact += keying == KEYING_COMMON;
		fits += keying == KEYING_ONE_FITS;
		if ((keying == KEYING_COMMON && exact == 1) ||
			(keying == KEYING_ONE_FITS && exact == 0)) {
			*out = line;
			best = keying;
		}
		sdes_wipe(&line);
	}
	if (m->crypto_count == 0)
		return without_crypto(m);
	/* §5.1.2: exactly one line. A second one that nobody asked for is seen in the field and
	 * does no harm; two that accept the same offer leave the key unknown. */
	if (exact == 1 || (exact == 0 && fits == 1))
		return best;
	sdes_wipe(out);
	return exact ? KEYING_UNUSABLE : reason;
}

void lines_key(struct srtp_keying *out, const struct sdes_line *line)
{
	const struct sdes_key *k = line->keys;

	*out = (struct srtp_keying){ .suite = line->suite,
		.mki = k->mki,
		.mki_len = k->mki_len,
		.lifetime = k->lifetime,
		.flags = flags_of(line),
		.kdr = line->kdr };
	memcpy(out->bytes, k->bytes, k->len);
	for (size_t i = 1; i < line->key_count && i < SRTP_MASTERS_MAX; i++) {
		out->more[i - 1].mki = k[i].mki;
		memcpy(out->more[i - 1].bytes, k[i].bytes, k[i].len);
		out->more_count++;
	}
}
