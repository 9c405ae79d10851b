/** @file edge/call/media.c */
#include "edge/call/media.h"

#include <stdlib.h>

static sotto_err set(struct leg *l, struct media_leg_params *p)
{
	const struct media_port *m = &l->call->edge->env.media;
	sotto_err err = m->set(m->ctx, l->media.handle, p);

	explicit_bzero(p, sizeof(*p));
	return err;
}

static struct media_leg_params closed_params(const struct leg *l)
{
	return (struct media_leg_params){
		.must_encrypt = l->media.must_encrypt,
		.symmetric = true,
		.dscp = l->call->edge->settings.media_dscp,
	};
}

static enum failure open_ports(struct leg *l, const struct transport_listener *listener)
{
	const struct media_port *m = &l->call->edge->env.media;
	struct media_open req = { .bind = listener->media_bind, .owner = l->self };
	struct netaddr local, *described = &l->media.local.rtp[l->call->stream];
	sotto_err err = m->open(m->ctx, &req, &l->media.handle, &local);

	if (err)
		return err == SOTTO_ELIMIT ? FAILURE_media_ports_exhausted : FAILURE_internal_error;
	*described = listener->media_advertise;
	described->port = local.port;
	return FAILURE_none;
}

enum failure leg_media_open(struct leg *l, bool must_encrypt)
{
	const struct transport_port *t = &l->call->edge->env.transport;
	const struct transport_listener *listener = t->listener(t->ctx, &l->hop);
	struct media_leg_params params;
	enum failure why;

	if (!listener)
		return FAILURE_route_unreachable;
	l->media.must_encrypt =
		must_encrypt || l->media.policy.encrypted_media == ENCRYPTED_MEDIA_SRTP;
	why = open_ports(l, listener);
	if (why)
		return why;
	params = closed_params(l);
	return set(l, &params) ? FAILURE_internal_error : FAILURE_none;
}

sotto_err leg_media_apply(struct leg *l)
{
	const struct offer_stream *s = &l->media.streams.stream[l->call->stream];
	const struct edge_settings *settings = &l->call->edge->settings;
	bool is_sdes = s->security == MEDIA_SDES;
	struct media_leg_params p = closed_params(l);

	/* what was agreed as SRTP is SRTP, whatever the setting would have allowed */
	p.must_encrypt = is_sdes || l->media.policy.encrypted_media == ENCRYPTED_MEDIA_SRTP;
	l->media.must_encrypt = p.must_encrypt;
	p.remote_rtp = s->rtp;
	p.remote_rtcp = s->rtcp;
	p.rtcp_mux = s->rtcp_mux;
	p.payload_type = l->media.payload_type;
	p.clock_rate = l->media.clock_rate;
	p.may_send = s->direction == SDP_SENDRECV || s->direction == SDP_RECVONLY;
	p.may_receive = s->direction == SDP_SENDRECV || s->direction == SDP_SENDONLY;
	if (s->direction == SDP_SENDRECV) /* whoever holds or is held is silent by right */
		p.silence = SECONDS(settings->media_silence_s);
	if (is_sdes) {
		p.rx = s->rx;
		p.tx = s->tx;
	}
	record_leg_media(l);
	return set(l, &p);
}

sotto_err leg_media_link(struct leg *a, struct leg *b)
{
	const struct media_port *m = &a->call->edge->env.media;

	return m->link(m->ctx, a->media.handle, b ? MEDIA_PEER_LEG : MEDIA_PEER_TEST,
		b ? b->media.handle : 0);
}

void leg_media_close(struct leg *l)
{
	const struct media_port *m = &l->call->edge->env.media;

	if (l->media.handle)
		m->close(m->ctx, l->media.handle);
}

void leg_media_wipe(struct leg *l)
{
	offer_local_wipe(&l->media.local);
	offer_streams_wipe(&l->media.streams);
	secret_text_wipe(&l->media.description);
}

sotto_err secret_text_set(struct secret_text *t, struct span s)
{
	char *copy = malloc(s.n + 1);

	if (!copy)
		return SOTTO_ENOMEM;
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	secret_text_wipe(t);
	*t = (struct secret_text){ copy, s.n };
	return SOTTO_OK;
}

void secret_text_wipe(struct secret_text *t)
{
	if (t->p)
		explicit_bzero(t->p, t->n);
	free(t->p);
	*t = (struct secret_text){ NULL, 0 };
}
