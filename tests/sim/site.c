/** @file sim/site.c */
#include "sim/site.h"

#include <stdio.h>

#include "sim/world.h"

/** Sets one field of a row from "key=value"; the value is empty where only the key stands. */
struct option {
	const char *key;
	bool (*set)(void *row, struct span value);
};

/** Applies every word from `first` on by the table; false, with the reason, at an unknown one. */
static bool options_apply(struct world *w, const struct scenario_step *step, size_t first,
	const struct option *options, size_t count, void *row)
{
	for (size_t i = first; i < step->count; i++) {
		struct span value;
		size_t at = 0;
		while (at < count && !word_option(step->words[i], options[at].key, &value))
			at++;
		if (at == count || !options[at].set(row, value))
			return world_fail(w, "'%.*s' is not understood", SPAN_FMT(step->words[i]));
	}
	return true;
}

static bool text_set(char *to, size_t cap, struct span value)
{
	return span_cstr(value, to, cap) == SOTTO_OK;
}

static bool number_set(uint32_t *to, struct span value)
{
	uint64_t n;

	if (span_u64(value, UINT32_MAX, &n))
		return false;
	*to = (uint32_t)n;
	return true;
}

static bool seconds_set(uint32_t *to, struct span value)
{
	uint64_t us;

	if (word_duration(value, &us))
		return false;
	*to = (uint32_t)(us / 1000000);
	return true;
}

/* -- connection --------------------------------------------------------------------------- */

struct connection_row {
	struct world *world;
	struct connection *c;
	char user[CREDENTIAL_USER_MAX], password[64];
};

static bool encrypted_set(struct connection_media *m, struct span value)
{
	if (span_eq(value, SPAN("off")))
		m->encrypted_media = ENCRYPTED_MEDIA_OFF;
	else if (span_eq(value, SPAN("srtp")))
		m->encrypted_media = ENCRYPTED_MEDIA_SRTP;
	else if (span_eq(value, SPAN("optional")))
		m->encrypted_media = ENCRYPTED_MEDIA_OPTIONAL;
	else
		return false;
	return true;
}

static bool suites_set(struct connection_media *m, struct span value)
{
	struct span name;

	for (m->suite_count = 0; span_take(&value, ',', &name);) {
		enum srtp_suite suite = srtp_suite_parse(name);
		if (suite == SRTP_SUITE_NONE || m->suite_count == SRTP_SUITE_COUNT)
			return false;
		m->suites[m->suite_count++] = suite;
	}
	return true;
}

#define ROW(ctx) ((struct connection_row *)(ctx))

static bool c_user(void *row, struct span v)
{
	return text_set(ROW(row)->user, sizeof(ROW(row)->user), v);
}

static bool c_password(void *row, struct span v)
{
	return text_set(ROW(row)->password, sizeof(ROW(row)->password), v);
}

static bool c_inbound(void *row, struct span v)
{
	return encrypted_set(&ROW(row)->c->inbound, v);
}

static bool c_outbound(void *row, struct span v)
{
	return encrypted_set(&ROW(row)->c->outbound, v);
}

static bool c_suites(void *row, struct span v)
{
	return suites_set(&ROW(row)->c->inbound, v) && suites_set(&ROW(row)->c->outbound, v);
}

static bool c_suite_choice(void *row, struct span v)
{
	ROW(row)->c->suite_choice_theirs = span_eq(v, SPAN("theirs"));
	return true;
}

static bool c_answer_profile(void *row, struct span v)
{
	ROW(row)->c->answer_profile_mirror = span_eq(v, SPAN("mirror"));
	return true;
}

static bool c_offer_profile(void *row, struct span v)
{
	ROW(row)->c->offer_profile_avp = span_eq(v, SPAN("avp"));
	return true;
}

static bool c_osrtp_decline(void *row, struct span v)
{
	ROW(row)->c->osrtp_decline_rtp = span_eq(v, SPAN("rtp"));
	return true;
}

static bool c_lenient_tag(void *row, struct span v)
{
	ROW(row)->c->lenient_tag = true;
	return v.n == 0;
}

static bool c_require_tls(void *row, struct span v)
{
	ROW(row)->c->require_tls = true;
	return v.n == 0;
}

static bool c_disabled(void *row, struct span v)
{
	ROW(row)->c->is_active = false;
	return v.n == 0;
}

static bool c_transport(void *row, struct span v)
{
	return sip_transport_parse(v, &ROW(row)->c->transport) == SOTTO_OK;
}

static bool c_host(void *row, struct span v)
{
	return text_set(ROW(row)->c->host, sizeof(ROW(row)->c->host), v);
}

static bool c_tls_name(void *row, struct span v)
{
	return text_set(ROW(row)->c->tls_name, sizeof(ROW(row)->c->tls_name), v);
}

static bool c_address(void *row, struct span v)
{
	struct connection *c = ROW(row)->c;
	struct connection_address *a = &c->addresses[c->address_count];
	struct span text = v, address;
	uint64_t bits;

	if (c->address_count == CONNECTION_ADDRESSES_MAX || !span_take(&text, '/', &address) ||
		netaddr_parse(address, &a->address))
		return false;
	a->prefix = a->address.family == IP_V4 ? 32 : 128;
	if (text.n) {
		if (span_u64(text, a->prefix, &bits))
			return false;
		a->prefix = (uint8_t)bits;
	}
	c->address_count++;
	return true;
}

static bool c_channels(void *row, struct span v)
{
	return number_set(&ROW(row)->c->channel_limit, v);
}

static bool c_timeout_1xx(void *row, struct span v)
{
	return seconds_set(&ROW(row)->c->timeout_1xx_secs, v);
}

static bool c_timeout_2xx(void *row, struct span v)
{
	return seconds_set(&ROW(row)->c->timeout_2xx_secs, v);
}

static const struct option connection_options[] = {
	{ "user", c_user },
	{ "password", c_password },
	{ "inbound", c_inbound },
	{ "outbound", c_outbound },
	{ "suites", c_suites },
	{ "suite_choice", c_suite_choice },
	{ "answer_profile", c_answer_profile },
	{ "offer_profile", c_offer_profile },
	{ "osrtp_decline", c_osrtp_decline },
	{ "lenient_tag", c_lenient_tag },
	{ "require_tls", c_require_tls },
	{ "disabled", c_disabled },
	{ "transport", c_transport },
	{ "host", c_host },
	{ "tls_name", c_tls_name },
	{ "address", c_address },
	{ "channel_limit", c_channels },
	{ "timeout_1xx", c_timeout_1xx },
	{ "timeout_2xx", c_timeout_2xx },
};

static struct connection *connection_row(struct site *s, struct span name)
{
	for (size_t i = 0; i < s->connection_count; i++)
		if (span_eq(span_of(s->connections[i].name), name))
			return &s->connections[i];
	return s->connection_count < SITE_ROWS_MAX ? &s->connections[s->connection_count++] : NULL;
}

static bool credential_put(struct site *s, const struct connection_row *row)
{
	size_t i = 0;

	while (i < s->credential_count && strcmp(s->credentials[i].user, row->user) != 0)
		i++;
	if (i == SITE_ROWS_MAX)
		return false;
	if (i == s->credential_count)
		s->credential_count++;
	memcpy(s->credentials[i].user, row->user, sizeof(row->user));
	memcpy(s->credentials[i].connection_id, row->c->id, CONNECTION_ID_MAX);
	memcpy(s->passwords[i], row->password, sizeof(row->password));
	return auth_ha1_make(&s->credentials[i].ha1, span_of(row->user), span_of(s->settings.realm),
		       span_of(row->password)) == SOTTO_OK;
}

bool site_connection(struct world *w, const struct scenario_step *step)
{
	static const char *const kinds[] = { "credential", "ip", "fqdn" };
	struct connection_row row = { .world = w };
	size_t kind = 0;

	if (step->count < 3)
		return world_fail(w, "connection NAME credential|ip|fqdn KEY=VALUE …");
	while (kind < 3 && !span_eq(step->words[2], span_of(kinds[kind])))
		kind++;
	row.c = connection_row(&w->site, step->words[1]);
	if (kind == 3 || !row.c)
		return world_fail(w, "credential, ip or fqdn; at most %d", SITE_ROWS_MAX);
	*row.c = (struct connection){ .kind = (enum connection_kind)kind, .is_active = true };
	if (!text_set(row.c->name, sizeof(row.c->name), step->words[1]) ||
		!text_set(row.c->id, sizeof(row.c->id), step->words[1]))
		return world_fail(w, "the name is too long");
	w->site.changed = true;
	if (!options_apply(w, step, 3, connection_options, ARRAY_LEN(connection_options), &row))
		return false;
	return !row.user[0] || credential_put(&w->site, &row) || world_fail(w, "too many users");
}

bool site_number(struct world *w, const struct scenario_step *step)
{
	struct site *s = &w->site;
	struct number *n = &s->numbers[s->number_count];

	if (step->count != 3 || s->number_count == SITE_ROWS_MAX)
		return world_fail(w, "number DIGITS CONNECTION; at most %d", SITE_ROWS_MAX);
	if (!text_set(n->digits, sizeof(n->digits), step->words[1]) ||
		!text_set(n->connection_id, sizeof(n->connection_id), step->words[2]))
		return world_fail(w, "too long");
	s->number_count++;
	s->changed = true;
	return true;
}

/* -- the edge's settings ------------------------------------------------------------------- */

#define SETTINGS(ctx) ((struct edge_settings *)(ctx))

static bool e_realm(void *s, struct span v)
{
	return text_set(SETTINGS(s)->realm, sizeof(SETTINGS(s)->realm), v);
}

static bool e_test(void *s, struct span v)
{
	return text_set(SETTINGS(s)->test_destination, sizeof(SETTINGS(s)->test_destination), v);
}

static bool e_calls(void *s, struct span v)
{
	return number_set(&SETTINGS(s)->calls_max, v);
}

static bool e_expires_min(void *s, struct span v)
{
	return seconds_set(&SETTINGS(s)->register_expires_min_s, v);
}

static bool e_expires_max(void *s, struct span v)
{
	return seconds_set(&SETTINGS(s)->register_expires_max_s, v);
}

static bool e_timeout_1xx(void *s, struct span v)
{
	return seconds_set(&SETTINGS(s)->timeout_1xx_s, v);
}

static bool e_timeout_2xx(void *s, struct span v)
{
	return seconds_set(&SETTINGS(s)->timeout_2xx_s, v);
}

static bool e_silence(void *s, struct span v)
{
	return seconds_set(&SETTINGS(s)->media_silence_s, v);
}

static bool e_call_max(void *s, struct span v)
{
	return seconds_set(&SETTINGS(s)->call_max_s, v);
}

static const struct option edge_options[] = {
	{ "realm", e_realm },
	{ "test_destination", e_test },
	{ "calls_max", e_calls },
	{ "expires_min", e_expires_min },
	{ "expires_max", e_expires_max },
	{ "timeout_1xx", e_timeout_1xx },
	{ "timeout_2xx", e_timeout_2xx },
	{ "media_silence", e_silence },
	{ "call_max", e_call_max },
};

bool site_edge(struct world *w, const struct scenario_step *step)
{
	if (w->edge)
		return world_fail(w, "the edge's settings stand before the first step of a call");
	return options_apply(w, step, 1, edge_options, ARRAY_LEN(edge_options), &w->site.settings);
}

void site_init(struct site *s)
{
	*s = (struct site){ 0 };
	edge_settings_default(&s->settings);
	snprintf(s->settings.realm, sizeof(s->settings.realm), "edge.example");
	snprintf(s->settings.test_destination, sizeof(s->settings.test_destination), "test");
	s->settings.media_silence_s = 0; /* a scenario that wants it says so */
}

const char *site_password(const struct site *s, struct span user)
{
	for (size_t i = 0; i < s->credential_count; i++)
		if (span_eq(span_of(s->credentials[i].user), user))
			return s->passwords[i];
	return NULL;
}

static const struct connection *connection_by_id(const struct site *s, const char *id)
{
	for (size_t i = 0; i < s->connection_count; i++)
		if (strcmp(s->connections[i].id, id) == 0)
			return &s->connections[i];
	return NULL;
}

static bool connection_has(const struct world *w, const struct connection *c, const struct phone *p)
{
	for (size_t i = 0; i < c->address_count; i++)
		if (netaddr_in(&p->seen, &c->addresses[i].address, c->addresses[i].prefix))
			return true;
	for (size_t i = 0; i < w->net.name_count; i++)
		for (size_t k = 0; k < w->net.names[i].count; k++)
			if (c->host[0] && strcmp(c->host, w->net.names[i].host) == 0 &&
				netaddr_eq_ip(&w->net.names[i].addresses[k], &p->seen))
				return true;
	return false;
}

const struct connection *site_connection_of(const struct site *s, const struct phone *p)
{
	for (size_t i = 0; i < s->credential_count; i++)
		if (strcmp(s->credentials[i].user, p->user) == 0)
			return connection_by_id(s, s->credentials[i].connection_id);
	for (size_t i = 0; i < s->connection_count; i++)
		if (connection_has(p->world, &s->connections[i], p))
			return &s->connections[i];
	return NULL;
}
