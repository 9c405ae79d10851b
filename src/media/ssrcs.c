/** @file media/ssrcs.c */
#include "media/ssrcs.h"

#include "rtp/bytes.h"
#include "rtp/rtp.h"

#define RTCP_RTPFB 205 /* RFC 4585 §6.1 */
#define RTCP_PSFB  206

uint32_t ssrcs_out(const struct ssrcs *s, uint32_t source)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->maps[i].source == source)
			return s->maps[i].out;
	return source;
}

uint32_t ssrcs_source(const struct ssrcs *s, uint32_t out)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->maps[i].out == out)
			return s->maps[i].source;
	return out;
}

void ssrcs_on_sent(struct ssrcs *s, uint32_t source)
{
	if (s->refused.ssrc == source)
		s->refused.count = 0;
}

static void map_anew(struct ssrcs *s, uint32_t source, uint32_t out)
{
	size_t i = 0;

	while (i < s->count && s->maps[i].source != source)
		i++;
	if (i == SSRC_MAPPINGS_MAX) {
		i = s->oldest;
		s->oldest = (s->oldest + 1) % SSRC_MAPPINGS_MAX;
	} else if (i == s->count) {
		s->count++;
	}
	s->maps[i].source = source;
	s->maps[i].out = out;
}

void ssrcs_on_refused(struct ssrcs *s, uint32_t source, uint16_t seq, struct rng *rng)
{
	bool goes_on = s->refused.count && s->refused.ssrc == source &&
		       (uint16_t)(s->refused.seq + 1) == seq;

	s->refused.count = goes_on ? s->refused.count + 1 : 1;
	s->refused.ssrc = source;
	s->refused.seq = seq;
	if (s->refused.count < SSRC_PROOF)
		return;
	map_anew(s, source, rng_u32(rng));
	s->refused.count = 0;
}

static void rewrite_at(const struct rtcp_part *part, size_t at,
	uint32_t (*map)(const struct ssrcs *, uint32_t), const struct ssrcs *s)
{
	if (at + 4 <= part->len)
		write_u32(part->p + at, map(s, read_u32(part->p + at)));
}

/** RFC 3550 §6.5: chunks of an SSRC and items; a null item ends one, padded to a word. */
static void rewrite_sdes(const struct rtcp_part *part, const struct ssrcs *to)
{
	size_t at = 4;

	for (unsigned i = 0; i < part->count && at + 4 <= part->len; i++) {
		rewrite_at(part, at, ssrcs_out, to);
		at += 4;
		while (at + 2 <= part->len && part->p[at] != 0)
			at += 2 + (size_t)part->p[at + 1];
		at = (at + 4) & ~(size_t)3;
	}
}

static void rewrite_part(
	const struct rtcp_part *part, const struct ssrcs *from, const struct ssrcs *to)
{
	size_t reports = part->type == RTCP_SR ? 28 : 8;

	if (part->type == RTCP_SDES) {
		rewrite_sdes(part, to);
		return;
	}
	if (part->type == RTCP_BYE) {
		for (unsigned i = 0; i < part->count; i++)
			rewrite_at(part, 4 + 4 * (size_t)i, ssrcs_out, to);
		return;
	}
	rewrite_at(part, 4, ssrcs_out, to);
	if (part->type == RTCP_SR || part->type == RTCP_RR)
		for (unsigned i = 0; i < part->count; i++)
			rewrite_at(part, reports + 24 * (size_t)i, ssrcs_source, from);
	else if (part->type == RTCP_RTPFB || part->type == RTCP_PSFB)
		rewrite_at(part, 8, ssrcs_source, from);
}

void ssrcs_rewrite_rtcp(const struct ssrcs *from, const struct ssrcs *to, uint8_t *p, size_t n)
{
	struct rtcp_part part = { 0 };

	if (from->count == 0 && to->count == 0)
		return;
	while (rtcp_next(&part, p, n))
		rewrite_part(&part, from, to);
}
