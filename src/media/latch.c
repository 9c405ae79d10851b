/** @file media/latch.c */
#include "media/latch.h"

static bool is_known(const struct netaddr *a)
{
	return a->family != IP_NONE;
}

void latch_set(struct latch *l, const struct media_leg_params *before,
	const struct media_leg_params *params, instant_t now)
{
	bool moved = !netaddr_eq(&before->remote_rtp, &params->remote_rtp);

	if (moved || !params->symmetric)
		l->rtp = (struct netaddr){ 0 };
	if (moved || !params->symmetric || before->rtcp_mux != params->rtcp_mux ||
		!netaddr_eq(&before->remote_rtcp, &params->remote_rtcp))
		l->rtcp = (struct netaddr){ 0 };
	l->trial.count = 0;
	l->is_learning = true;
	l->learn_until = instant_add(now, MEDIA_LEARN_WINDOW);
}

static void learn(struct latch *l, const struct netaddr *from)
{
	l->rtp = *from;
	l->is_learning = false;
	l->trial.count = 0;
}

static void try_anew(struct latch *l, const struct netaddr *from, const struct rtp_header *h)
{
	l->trial.from = *from;
	l->trial.ssrc = h->ssrc;
	l->trial.count = 1;
}

/** True when `from` has stood its trial. */
static bool stands_trial(
	struct latch *l, const struct netaddr *from, const struct rtp_header *h, instant_t now)
{
	uint16_t ahead = (uint16_t)(h->seq - l->trial.seq);

	if (l->trial.count && !netaddr_eq(&l->trial.from, from) &&
		instant_diff(l->trial.at, now) < LATCH_TRIAL)
		return false; /* another one's turn */
	if (l->trial.count && netaddr_eq(&l->trial.from, from) && l->trial.ssrc == h->ssrc &&
		ahead >= 1 && ahead <= LATCH_GAP)
		l->trial.count++;
	else
		try_anew(l, from, h);
	l->trial.seq = h->seq;
	l->trial.at = now;
	return l->trial.count >= LATCH_PROOF;
}

bool latch_clear_rtp(struct latch *l, const struct media_leg_params *params,
	const struct netaddr *from, const struct rtp_header *h, instant_t now)
{
	bool in_window = now < l->learn_until;

	if (!params->symmetric) /* the port that a peer sends from stands in no SDP */
		return is_known(&params->remote_rtp) && netaddr_eq_ip(&params->remote_rtp, from);
	if ((in_window || !is_known(&l->rtp)) && netaddr_eq(&params->remote_rtp, from))
		learn(l, from);
	else if (in_window && l->is_learning && stands_trial(l, from, h, now))
		learn(l, from);
	return netaddr_eq(&l->rtp, from);
}

static bool is_rtcp_source(
	const struct latch *l, const struct media_leg_params *params, const struct netaddr *from)
{
	const struct netaddr *rtp = is_known(&l->rtp) ? &l->rtp : &params->remote_rtp;

	if (params->rtcp_mux && params->symmetric)
		return netaddr_eq(rtp, from);
	if (is_known(&params->remote_rtcp) && netaddr_eq(&params->remote_rtcp, from))
		return true;
	return is_known(rtp) && netaddr_eq_ip(rtp, from);
}

bool latch_clear_rtcp(
	struct latch *l, const struct media_leg_params *params, const struct netaddr *from)
{
	if (!is_rtcp_source(l, params, from))
		return false;
	if (params->symmetric && !params->rtcp_mux)
		l->rtcp = *from;
	return true;
}

bool latch_unproven(const struct media_leg_params *params, const struct netaddr *from, bool is_rtcp)
{
	return netaddr_eq(
		from, is_rtcp && !params->rtcp_mux ? &params->remote_rtcp : &params->remote_rtp);
}

void latch_authentic_rtp(
	struct latch *l, const struct media_leg_params *params, const struct netaddr *from)
{
	if (params->symmetric)
		learn(l, from);
}

void latch_authentic_rtcp(
	struct latch *l, const struct media_leg_params *params, const struct netaddr *from)
{
	if (!params->symmetric)
		return;
	if (!params->rtcp_mux)
		l->rtcp = *from;
	else if (!is_known(&l->rtp)) /* a peer that only listens has reports, and no RTP */
		l->rtp = *from;
}

/**
 * One party's address: an old-style hold names 0.0.0.0 (RFC 3264 §8.4), and we feed no crowds. For
 * each packet, so without netaddr_is_unicast, which reads its table from text.
 */
static bool is_target(const struct netaddr *a)
{
	if (a->port == 0)
		return false;
	if (a->family == IP_V4)
		return a->ip[0] > 0 && a->ip[0] < 224;
	return a->family == IP_V6 && a->ip[0] != 0xff && !netaddr_is_any(a);
}

bool latch_rtp_target(
	const struct latch *l, const struct media_leg_params *params, struct netaddr *out)
{
	*out = is_known(&l->rtp) ? l->rtp : params->remote_rtp;
	return is_target(out);
}

bool latch_rtcp_target(
	const struct latch *l, const struct media_leg_params *params, struct netaddr *out)
{
	bool has_rtp = latch_rtp_target(l, params, out);

	if (params->rtcp_mux)
		return has_rtp;
	if (is_known(&l->rtcp))
		*out = l->rtcp;
	else if (is_known(&params->remote_rtcp))
		*out = params->remote_rtcp;
	else if (has_rtp && out->port < UINT16_MAX)
		out->port++; /* RFC 3550 §11 */
	else
		return false;
	return is_target(out);
}
