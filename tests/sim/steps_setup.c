/** @file sim/steps_setup.c  Phones, names and listeners. */
#include <stdio.h>

#include "sim/steps.h"

static bool phone_option(struct phone *p, struct span word)
{
	struct span v;
	struct netaddr seen;

	if (word_option(word, "user", &v))
		return span_cstr(v, p->user, sizeof(p->user)) == SOTTO_OK;
	if (word_option(word, "password", &v))
		return span_cstr(v, p->password, sizeof(p->password)) == SOTTO_OK;
	if (word_option(word, "name", &v))
		return span_cstr(v, p->tls_name, sizeof(p->tls_name)) == SOTTO_OK;
	if (word_option(word, "nat", &v)) {
		if (netaddr_parse(v, &seen))
			return false;
		p->seen = seen;
		return true;
	}
	if (span_eq(word, SPAN("retransmits"))) {
		p->retransmits = true;
		return true;
	}
	return false;
}

static void phone_secrets(struct world *w, struct phone *p)
{
	char text[NETADDR_TEXT_MAX] = { 0 };
	struct buf b = buf_over(text, sizeof(text) - 1);
	const struct netaddr *const addresses[] = { &p->own, &p->seen };

	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		b.n = 0;
		memset(text, 0, sizeof(text));
		netaddr_write_ip(&b, addresses[i]);
		watch_secret(w, p, WATCH_ADDRESS, span_of(text));
	}
	watch_secret(w, p, WATCH_PASSWORD, span_of(p->password));
}

bool step_phone(struct world *w, const struct scenario_step *step)
{
	enum sip_transport transport;
	struct netaddr own;
	char name[32];
	struct phone *p;
	const char *password;

	if (step->count < 4 || span_cstr(step->words[1], name, sizeof(name)) ||
		sip_transport_parse(step->words[2], &transport) ||
		netaddr_parse(step->words[3], &own))
		return world_fail(w, "phone NAME udp|tcp|tls ADDRESS:PORT …");
	if (w->phone_count == WORLD_PHONES_MAX)
		return world_fail(w, "more than %d phones", WORLD_PHONES_MAX);
	if (own.port == 0)
		own.port = sip_transport_port(transport);
	p = w->phones[w->phone_count] = phone_create(w, name, transport, &own);
	w->phone_count++;
	for (size_t i = 4; i < step->count; i++)
		if (!phone_option(p, step->words[i]))
			return world_fail(w, "'%.*s' is not understood", SPAN_FMT(step->words[i]));
	password = site_password(&w->site, span_of(p->user));
	if (password && !p->password[0])
		snprintf(p->password, sizeof(p->password), "%s", password);
	phone_secrets(w, p);
	return true;
}

bool step_dns(struct world *w, const struct scenario_step *step)
{
	struct net_name *name = &w->net.names[w->net.name_count];

	if (step->count < 3 || step->count > 2 + TRANSPORT_ADDRESSES_MAX ||
		w->net.name_count == NET_NAMES_MAX ||
		span_cstr(step->words[1], name->host, sizeof(name->host)))
		return world_fail(w, "dns HOST ADDRESS …");
	for (size_t i = 2; i < step->count; i++)
		if (netaddr_parse_ip(step->words[i], &name->addresses[name->count++]))
			return world_fail(w, "no address: %.*s", SPAN_FMT(step->words[i]));
	w->net.name_count++;
	return true;
}

static bool listener_add(
	struct world *w, struct span transport, struct span bind, struct span public)
{
	struct transport_listener *l = &w->net.listeners[w->net.listener_count];

	*l = (struct transport_listener){ 0 };
	if (w->net.listener_count == TRANSPORT_LISTENERS_MAX ||
		sip_transport_parse(transport, &l->transport) || netaddr_parse(bind, &l->bind))
		return false;
	if (l->bind.port == 0)
		l->bind.port = sip_transport_port(l->transport);
	l->advertise = l->bind;
	if (public.n && netaddr_parse(public, &l->advertise))
		return false;
	if (l->advertise.port == 0)
		l->advertise.port = l->bind.port;
	l->media_bind = l->bind;
	l->media_advertise = l->advertise;
	l->media_bind.port = l->media_advertise.port = 0;
	w->net.listener_count++;
	return true;
}

bool step_listen(struct world *w, const struct scenario_step *step)
{
	struct span public = SPAN_NONE;

	if (w->edge)
		return world_fail(w, "listeners stand before the first step of a call");
	if (step->count < 3 ||
		(step->count == 4 && !word_option(step->words[3], "advertise", &public)) ||
		!listener_add(w, step->words[1], step->words[2], public))
		return world_fail(w, "listen udp|tcp|tls ADDRESS:PORT [advertise=ADDRESS:PORT]");
	return true;
}

bool step_listen_default(struct world *w)
{
	static const char *const listeners[][2] = {
		{ "udp", "198.51.100.1:5060" },
		{ "tcp", "198.51.100.1:5060" },
		{ "tls", "198.51.100.1:5061" },
		{ "udp", "[2001:db8::1]:5060" },
		{ "tcp", "[2001:db8::1]:5060" },
		{ "tls", "[2001:db8::1]:5061" },
	};

	for (size_t i = 0; i < ARRAY_LEN(listeners); i++)
		if (!listener_add(w, span_of(listeners[i][0]), span_of(listeners[i][1]), SPAN_NONE))
			return world_fail(w, "the default listeners");
	return true;
}
