/**
 * @file edge/registrar.c
 *
 * A REGISTER is read whole, then its bindings are made, then they are entered: the last step cannot
 * fail, so that it happens as a whole or not at all (RFC 3261 §10.3).
 */
#include "edge/registrar.h"

#include <stdlib.h>
#include <time.h>

#include "edge/admit.h"
#include "sip/param.h"

struct registrar {
	struct binding_table table;
};

/** One Contact of the request. */
struct wanted {
	struct binding_values v; /* expires_s 0: to be removed */
	bool has_old;            /* it replaces or removes one */
	struct binding *made;
};

struct registration {
	struct edge *e;
	struct binding_table *table;
	const struct sip_msg *msg;
	const struct sip_hop *from;
	struct binding_user *user; /* NULL: nothing is registered */
	struct wanted wanted[EDGE_BINDINGS_PER_USER];
	size_t count;
	bool is_star;
	struct reply refusal;
};

struct registrar *registrar_create(struct edge *e)
{
	struct registrar *r = calloc(1, sizeof(*r));

	if (r)
		binding_table_init(&r->table, e);
	return r;
}

void registrar_destroy(struct registrar *r)
{
	if (!r)
		return;
	binding_table_deinit(&r->table);
	free(r);
}

struct binding_table *registrar_table(struct registrar *r)
{
	return &r->table;
}

static bool refuse(struct registration *g, unsigned status, struct span phrase)
{
	g->refusal = (struct reply){ .status = status, .phrase = phrase };
	return false;
}

/* ---- reading ---- */

static struct binding *next_binding(struct binding_user *u, struct list *at)
{
	struct list *all = binding_user_list(u);

	at = at ? at->next : all->next;
	return at == all ? NULL : container_of(at, struct binding, of_user);
}

/** §10.3 step 7: URI equality; the same device is the same instance (RFC 5626 §6). */
static bool is_same(const struct binding *b, const struct wanted *w, const struct sip_uri *uri)
{
	struct sip_uri old;

	if (w->v.instance.n && b->v.instance.n)
		return span_eq(w->v.instance, b->v.instance);
	return !sip_uri_parse(&old, b->v.contact) && sip_uri_eq(&old, uri);
}

static struct binding *find_old(
	struct registration *g, const struct wanted *w, const struct sip_uri *uri)
{
	struct binding *b = g->user ? next_binding(g->user, NULL) : NULL;

	for (; b; b = next_binding(g->user, &b->of_user))
		if (is_same(b, w, uri))
			return b;
	return NULL;
}

/** §10.3 steps 6 and 7: an older request than the binding's, out of order, changes nothing. */
static bool is_late(const struct registration *g, const struct binding *b)
{
	return span_eq(b->v.call_id, g->msg->call_id) && g->msg->cseq.number <= b->v.cseq;
}

static uint16_t read_q(struct span params)
{
	struct span q;
	unsigned value = 0, unit = BINDING_Q_MAX;

	if (!sip_param_find(params, SPAN("q"), &q) || q.n == 0 || q.n > 5)
		return BINDING_Q_MAX;
	for (size_t i = 0; i < q.n; i++) {
		if (q.p[i] == '.' && i == 1)
			continue;
		if (q.p[i] < '0' || q.p[i] > '9' || (i == 0 && q.p[i] > '1'))
			return BINDING_Q_MAX; /* malformed: as if it were not there */
		value += (unsigned)(q.p[i] - '0') * unit;
		unit /= 10;
	}
	return (uint16_t)(value > BINDING_Q_MAX ? BINDING_Q_MAX : value);
}

/** §10.3 step 7: the Contact's, else the header's, else ours; §20.19: malformed is as 3600. */
static uint32_t read_expires(const struct registration *g, struct span params)
{
	uint32_t most = g->e->settings.register_expires_max_s, v;
	struct span text;
	uint64_t n;

	if (sip_param_find(params, SPAN("expires"), &text))
		v = span_u64(text, UINT32_MAX, &n) ? 3600 : (uint32_t)n;
	else if (sip_msg_u32(g->msg, SIP_HEADER_EXPIRES, &v))
		v = sip_msg_field(g->msg, SIP_HEADER_EXPIRES) ? 3600 : most;
	return v > most ? most : v;
}

static bool check_expires(struct registration *g, uint32_t expires_s)
{
	if (expires_s == 0 || expires_s >= g->e->settings.register_expires_min_s)
		return true;
	return refuse(g, 423, SPAN_NONE); /* §10.3 step 7, §21.4.17 */
}

static bool read_contact(struct registration *g, const struct sip_nameaddr *contact)
{
	struct wanted *w = &g->wanted[g->count];
	struct span instance = SPAN_NONE;
	const struct binding *old;

	if (contact->uri.scheme != SIP_SCHEME_SIP && contact->uri.scheme != SIP_SCHEME_SIPS)
		return refuse(g, 400, SPAN("Bad Contact Scheme"));
	if (g->count == EDGE_BINDINGS_PER_USER)
		return refuse(g, 403, SPAN("Too Many Contacts"));
	(void)sip_param_find(contact->params, SPAN("+sip.instance"), &instance);
	w->v = (struct binding_values){
		.contact = contact->uri.text,
		.instance = instance,
		.call_id = g->msg->call_id,
		.cseq = g->msg->cseq.number,
		.q = read_q(contact->params),
		.expires_s = read_expires(g, contact->params),
	};
	if (!check_expires(g, w->v.expires_s))
		return false;
	old = find_old(g, w, &contact->uri);
	w->has_old = old != NULL;
	if (old && is_late(g, old))
		return refuse(g, 500, SPAN("CSeq Out Of Order"));
	g->count++;
	return true;
}

/** §10.3 step 6: "*" stands alone, and with Expires: 0. */
static bool check_star(struct registration *g, size_t contacts)
{
	struct binding *b = g->user ? next_binding(g->user, NULL) : NULL;
	uint32_t expires;

	if (contacts != 1 || sip_msg_u32(g->msg, SIP_HEADER_EXPIRES, &expires) || expires != 0)
		return refuse(g, 400, SPAN("Bad Contact"));
	for (; b; b = next_binding(g->user, &b->of_user))
		if (is_late(g, b))
			return refuse(g, 500, SPAN("CSeq Out Of Order"));
	return true;
}

static bool read_contacts(struct registration *g)
{
	struct sip_values it = sip_msg_values(g->msg, SIP_HEADER_CONTACT);
	struct sip_nameaddr contact;
	struct span value;
	size_t contacts = 0;

	while (sip_values_next(&it, &value)) {
		contacts++;
		if (sip_nameaddr_parse(&contact, value))
			return refuse(g, 400, SPAN("Bad Contact"));
		g->is_star |= contact.is_star;
		if (!g->is_star && !read_contact(g, &contact))
			return false;
	}
	return !g->is_star || check_star(g, contacts);
}

/* ---- changing ---- */

static void undo(struct registration *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->wanted[i].made)
			binding_destroy(g->wanted[i].made);
}

static bool check_room(struct registration *g)
{
	size_t have = g->user ? binding_user_count(g->user) : 0, more = 0;

	for (size_t i = 0; i < g->count; i++)
		more += g->wanted[i].v.expires_s && !g->wanted[i].has_old;
	if (have + more > EDGE_BINDINGS_PER_USER)
		return refuse(g, 403, SPAN("Too Many Contacts"));
	if (g->table->count + more > EDGE_BINDINGS_MAX) {
		g->refusal = (struct reply){ .failure = FAILURE_edge_busy };
		return false;
	}
	return true;
}

static bool make_bindings(struct registration *g, instant_t now)
{
	for (size_t i = 0; i < g->count; i++) {
		struct wanted *w = &g->wanted[i];
		sotto_err err = w->v.expires_s
					? binding_create(g->table, &w->made, &w->v, g->from, now)
					: SOTTO_OK;
		if (!err)
			continue;
		undo(g);
		return refuse(g, err == SOTTO_ETOOBIG ? 400 : 500, SPAN_NONE);
	}
	return true;
}

/** What a Contact replaces or removes: of two alike in one request, the earlier too. */
static void remove_same(struct registration *g, const struct wanted *w)
{
	struct binding *b = next_binding(g->user, NULL), *next;
	struct sip_uri uri;

	if (sip_uri_parse(&uri, w->v.contact))
		return;
	for (; b; b = next) {
		next = next_binding(g->user, &b->of_user);
		if (is_same(b, w, &uri))
			binding_destroy(b);
	}
}

static void enter_bindings(struct registration *g)
{
	for (size_t i = 0; i < g->count; i++) {
		remove_same(g, &g->wanted[i]);
		if (g->wanted[i].made)
			binding_enter(g->wanted[i].made, g->user);
	}
}

static void remove_all(struct registration *g)
{
	struct binding *b;

	while ((b = next_binding(g->user, NULL)))
		binding_destroy(b);
}

/* ---- answering ---- */

/** §20.17. */
static void put_date(struct sip_out *o, wall_t wall)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(wall / 1000);
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		sip_out_headerf(o, SIP_HEADER_DATE, "%s, %02d %s %04d %02d:%02d:%02d GMT",
			days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
			tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_contact(struct sip_out *o, const struct binding *b, instant_t now)
{
	char text[BINDING_TEXT_MAX + 128];
	struct buf v = buf_over(text, sizeof(text));
	ms_t left = instant_diff(now, b->expires_at);

	buf_putc(&v, '<');
	buf_put(&v, b->v.contact);
	buf_printf(&v, ">;expires=%lld", (long long)(left > 0 ? left / 1000 : 0));
	if (b->v.q != BINDING_Q_MAX)
		buf_printf(&v, ";q=0.%03u", b->v.q);
	if (b->v.instance.n) {
		buf_lit(&v, ";+sip.instance=");
		buf_put(&v, b->v.instance);
	}
	sip_out_header(o, SIP_HEADER_CONTACT, buf_span(&v));
}

/** §10.3 step 8: all bindings there are, each with what is left of it; SHOULD: Date. */
static void put_bindings(struct sip_out *o, const void *ctx, instant_t now)
{
	const struct registration *g = ctx;
	struct binding *b = g->user ? next_binding(g->user, NULL) : NULL;

	for (; b; b = next_binding(g->user, &b->of_user))
		put_contact(o, b, now);
	put_date(o, g->e->env.wall(g->e->env.wall_ctx));
}

static void put_min_expires(struct sip_out *o, const void *ctx, instant_t now)
{
	const struct edge *e = ctx;

	(void)now;
	sip_out_header_u64(o, SIP_HEADER_MIN_EXPIRES, e->settings.register_expires_min_s);
}

/* ---- the whole ---- */

/** §10.3 step 4: a user registers himself, nobody else. */
static bool is_own(const struct sip_msg *msg, const struct credential *who)
{
	char user[CREDENTIAL_USER_MAX];
	size_t n;

	return !sip_unescape(msg->to.uri.user, user, sizeof(user), &n) &&
	       span_eq((struct span){ user, n }, span_of(who->user));
}

static bool change(struct registration *g, const struct credential *who, instant_t now)
{
	g->user = binding_user_find(g->table, who);
	if (!read_contacts(g))
		return false;
	if (g->is_star) {
		if (g->user)
			remove_all(g);
		return true;
	}
	if (!check_room(g))
		return false;
	if (g->count && binding_user_get(g->table, who, &g->user))
		return refuse(g, 500, SPAN_NONE);
	if (!make_bindings(g, now))
		return false;
	enter_bindings(g);
	return true;
}

static void log_change(const struct registration *g, const struct credential *who)
{
	log_info(g->e->env.log, registrar, "registered", LOG_STR("user", who->user),
		LOG_STR("connection", who->connection_id),
		LOG_INT("bindings", g->user ? binding_user_count(g->user) : 0),
		LOG_SPAN("transport", sip_transport_name(g->from->transport)),
		LOG_ADDR("peer", &g->from->remote));
}

static void answer(struct registration *g, handle_t server, const struct credential *who,
	bool is_done, instant_t now)
{
	struct reply ok = { .status = 200, .more = put_bindings, .ctx = g };

	if (is_done) {
		log_change(g, who);
		reply_or_log(g->e, server, g->msg, g->from, &ok, now);
		return;
	}
	if (reply_status(&g->refusal) == 423) {
		g->refusal.more = put_min_expires;
		g->refusal.ctx = g->e;
	}
	log_info(g->e->env.log, registrar, "registration_refused", LOG_STR("user", who->user),
		LOG_INT("status", reply_status(&g->refusal)), LOG_ADDR("peer", &g->from->remote));
	reply_or_log(g->e, server, g->msg, g->from, &g->refusal, now);
}

void registrar_on_request(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now)
{
	struct registration g = { .e = e, .table = &e->registrar->table, .msg = msg, .from = from };
	struct admission who;
	struct reply refusal;

	if (!admit_request(e, msg, from, ADMIT_DIGEST, now, &who, &refusal)) {
		reply_to_stranger(e, server, msg, from, &refusal, now);
		return;
	}
	if (!is_own(msg, who.credential)) {
		refusal = (struct reply){ .status = 403 };
		reply_or_log(e, server, msg, from, &refusal, now);
		return;
	}
	answer(&g, server, who.credential, change(&g, who.credential, now), now);
	if (g.user)
		binding_user_release(g.table, g.user);
}
