/** @file edge/policy.c */
#include "edge/policy.h"

void policy_make(struct offer_policy *out, const struct connection *c, enum policy_side side,
	const struct sip_hop *hop)
{
	const struct connection_media *m = side == POLICY_INBOUND ? &c->inbound : &c->outbound;

	offer_policy_default(out);
	out->encrypted_media = m->encrypted_media;
	if (m->suite_count) {
		memcpy(out->suites, m->suites, sizeof(out->suites));
		out->suite_count = m->suite_count;
	}
	out->suite_choice_theirs = c->suite_choice_theirs;
	out->answer_profile_mirror = c->answer_profile_mirror;
	out->offer_profile_avp = c->offer_profile_avp;
	out->osrtp_decline_rtp = c->osrtp_decline_rtp;
	out->lenient_tag = c->lenient_tag;
	out->require_tls = c->require_tls;
	out->signalling_is_secure = sip_transport_is_secure(hop->transport);
	out->signalling_is_udp = hop->transport == SIP_TRANSPORT_UDP;
}
