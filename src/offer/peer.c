/** @file offer/peer.c */
#include "offer/peer.h"

#include "offer/lines.h"

/* Never to 0.0.0.0 (hold), a multicast or broadcast address: one packet would become many. */
static struct netaddr destination(struct netaddr a)
{
	if (a.family == IP_NONE || a.port == 0 || !netaddr_is_unicast(&a))
		return (struct netaddr){ .family = IP_NONE };
	return a;
}

void peer_stream(struct offer_stream *s, const struct sdp_media *m)
{
	*s = (struct offer_stream){ .kind = m->kind, .profile = m->profile };
	s->direction = m->direction;
	s->rtcp_mux = m->rtcp_mux;
	s->rtp = destination(m->address);
	s->rtcp = m->rtcp_mux ? s->rtp : destination(m->rtcp_address);
}

void peer_rtcp_apart(struct offer_stream *s, const struct sdp_media *m)
{
	s->rtcp = destination(m->rtcp_address);
}

void peer_line(
	struct offer_stream *s, const struct sdes_line *line, const struct offer_policy *policy)
{
	s->tag = line->tag;
	if (span_cstr(line->suite_name, s->suite_name, sizeof(s->suite_name)))
		s->suite_name[0] = 0; /* cannot be: a known name is shorter. Ours is written then */
	lines_key(&s->rx, line);
	s->keys_exposed = !policy->signalling_is_secure;
}
