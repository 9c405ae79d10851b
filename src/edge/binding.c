/** @file edge/binding.c */
#include "edge/binding.h"

#include <stdlib.h>

/** The users of one connection. */
struct binding_group {
	char connection_id[CONNECTION_ID_MAX];
	struct list users;
};

struct binding_user {
	char user[CREDENTIAL_USER_MAX];
	struct list bindings;
	size_t count;
	struct binding_group *group;
	struct list of_group;
};

struct binding_flow {
	handle_t flow;
	struct list bindings;
};

void binding_table_init(struct binding_table *t, struct edge *e)
{
	*t = (struct binding_table){ .edge = e };
	map_init(&t->users, e->env.rng, EDGE_BINDINGS_MAX);
	map_init(&t->connections, e->env.rng, EDGE_BINDINGS_MAX);
	map_init(&t->flows, e->env.rng, EDGE_BINDINGS_MAX);
}

static struct span flow_key(const handle_t *flow)
{
	return (struct span){ (const char *)flow, sizeof(*flow) };
}

static void empty_user(struct binding_user *u)
{
	list_each(at, &u->bindings) binding_destroy(container_of(at, struct binding, of_user));
}

static void drop_user(void *value, void *ctx)
{
	struct binding_user *u = value;

	empty_user(u);
	binding_user_release(ctx, u);
}

void binding_table_deinit(struct binding_table *t)
{
	map_each(&t->users, drop_user, t);
	map_deinit(&t->users);
	map_deinit(&t->connections);
	map_deinit(&t->flows);
}

/* ---- users and their connections ---- */

static void release_group(struct binding_table *t, struct binding_group *g)
{
	if (!list_is_empty(&g->users))
		return;
	map_remove(&t->connections, span_of(g->connection_id));
	free(g);
}

static sotto_err get_group(
	struct binding_table *t, const char *connection_id, struct binding_group **out)
{
	struct binding_group *g = map_find(&t->connections, span_of(connection_id));
	sotto_err err;

	*out = g;
	if (g)
		return SOTTO_OK;
	g = calloc(1, sizeof(*g));
	if (!g)
		return SOTTO_ENOMEM;
	list_init(&g->users);
	memcpy(g->connection_id, connection_id, strlen(connection_id));
	err = map_add(&t->connections, span_of(g->connection_id), g);
	if (err)
		free(g);
	else
		*out = g;
	return err;
}

static sotto_err add_user(
	struct binding_table *t, const struct credential *who, struct binding_user **out)
{
	struct binding_user *u = calloc(1, sizeof(*u));
	sotto_err err;

	if (!u)
		return SOTTO_ENOMEM;
	list_init(&u->bindings);
	list_init(&u->of_group);
	memcpy(u->user, who->user, sizeof(u->user));
	err = get_group(t, who->connection_id, &u->group);
	if (!err) {
		list_add(&u->group->users, &u->of_group);
		err = map_add(&t->users, span_of(u->user), u);
	}
	if (err) {
		list_remove(&u->of_group);
		if (u->group)
			release_group(t, u->group);
		free(u);
		return err;
	}
	*out = u;
	return SOTTO_OK;
}

sotto_err binding_user_get(
	struct binding_table *t, const struct credential *who, struct binding_user **out)
{
	*out = binding_user_find(t, who);
	return *out ? SOTTO_OK : add_user(t, who, out);
}

struct binding_user *binding_user_find(struct binding_table *t, const struct credential *who)
{
	struct binding_user *u = map_find(&t->users, span_of(who->user));

	if (!u || strcmp(u->group->connection_id, who->connection_id) == 0)
		return u;
	empty_user(u);
	binding_user_release(t, u);
	return NULL;
}

void binding_user_release(struct binding_table *t, struct binding_user *u)
{
	if (u->count)
		return;
	map_remove(&t->users, span_of(u->user));
	list_remove(&u->of_group);
	release_group(t, u->group);
	free(u);
}

struct list *binding_user_list(struct binding_user *u)
{
	return &u->bindings;
}

size_t binding_user_count(const struct binding_user *u)
{
	return u->count;
}

/* ---- one binding ---- */

static void release_flow(struct binding_table *t, struct binding_flow *f)
{
	if (!list_is_empty(&f->bindings))
		return;
	map_remove(&t->flows, flow_key(&f->flow));
	free(f);
}

static sotto_err get_flow(struct binding_table *t, handle_t flow, struct binding_flow **out)
{
	struct binding_flow *f = map_find(&t->flows, flow_key(&flow));
	sotto_err err;

	*out = f;
	if (f)
		return SOTTO_OK;
	f = calloc(1, sizeof(*f));
	if (!f)
		return SOTTO_ENOMEM;
	f->flow = flow;
	list_init(&f->bindings);
	err = map_add(&t->flows, flow_key(&f->flow), f);
	if (err)
		free(f);
	else
		*out = f;
	return err;
}

static void remove_and_tell(struct binding *b, const char *event)
{
	struct binding_table *t = b->table;
	struct binding_user *u = b->user;

	log_info(t->edge->env.log, registrar, event, LOG_STR("user", u->user),
		LOG_SPAN("contact", b->v.contact), LOG_ADDR("peer", &b->hop.remote));
	binding_destroy(b);
	binding_user_release(t, u);
}

static void on_expiry(struct timer *timer, instant_t now)
{
	(void)now;
	remove_and_tell(container_of(timer, struct binding, expiry), "binding_expired");
}

static struct span put_text(char **at, struct span s)
{
	struct span copy = { *at, s.n };

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

sotto_err binding_create(struct binding_table *t, struct binding **out,
	const struct binding_values *v, const struct sip_hop *hop, instant_t now)
{
	size_t n = v->contact.n + v->instance.n + v->call_id.n;
	struct binding *b;
	sotto_err err;
	char *at;

	*out = NULL;
	if (v->contact.n > BINDING_CONTACT_MAX || n > BINDING_TEXT_MAX)
		return SOTTO_ETOOBIG;
	b = calloc(1, sizeof(*b) + n);
	if (!b)
		return SOTTO_ENOMEM;
	*b = (struct binding){ .table = t, .hop = *hop, .v = *v, .order = ++t->order };
	list_init(&b->of_user);
	list_init(&b->of_flow);
	at = b->text;
	b->v.contact = put_text(&at, v->contact);
	b->v.instance = put_text(&at, v->instance);
	b->v.call_id = put_text(&at, v->call_id);
	b->expires_at = instant_add(now, SECONDS(v->expires_s));
	err = timer_set(t->edge->env.timers, &b->expiry, b->expires_at, on_expiry);
	if (!err && hop->flow)
		err = get_flow(t, hop->flow, &b->flow);
	if (err) {
		binding_destroy(b);
		return err;
	}
	if (b->flow)
		list_add(&b->flow->bindings, &b->of_flow);
	*out = b;
	return SOTTO_OK;
}

void binding_enter(struct binding *b, struct binding_user *u)
{
	b->user = u;
	list_add(&u->bindings, &b->of_user);
	u->count++;
	b->table->count++;
}

void binding_destroy(struct binding *b)
{
	struct binding_table *t = b->table;

	timer_stop(t->edge->env.timers, &b->expiry);
	list_remove(&b->of_flow);
	if (b->flow)
		release_flow(t, b->flow);
	list_remove(&b->of_user);
	if (b->user) {
		b->user->count--;
		t->count--;
	}
	free(b);
}

void binding_flow_gone(struct binding_table *t, handle_t flow)
{
	struct binding_flow *f = map_find(&t->flows, flow_key(&flow));

	if (!f)
		return;
	while (!list_is_empty(&f->bindings)) {
		struct binding *b = container_of(f->bindings.next, struct binding, of_flow);
		bool is_last = b->of_flow.next == &f->bindings;
		remove_and_tell(b, "binding_flow_gone");
		if (is_last)
			return; /* `f` went with it */
	}
}

/* ---- look-up ---- */

static bool is_better(const struct binding *b, const struct binding *best)
{
	if (!best || b->v.q != best->v.q)
		return !best || b->v.q > best->v.q;
	return b->order > best->order;
}

static bool is_users(const struct directory *d, const struct binding_user *u)
{
	const struct credential *c = directory_credential(d, span_of(u->user));

	return c && strcmp(c->connection_id, u->group->connection_id) == 0;
}

const struct binding *binding_best(const struct binding_table *t, const struct directory *d,
	struct span connection_id, bool is_secure)
{
	const struct binding_group *g = map_find(&t->connections, connection_id);
	const struct binding *best = NULL;

	for (struct list *u = g ? g->users.next : NULL; u && u != &g->users; u = u->next) {
		const struct binding_user *user = container_of(u, struct binding_user, of_group);
		if (!is_users(d, user))
			continue;
		for (struct list *at = user->bindings.next; at != &user->bindings; at = at->next) {
			const struct binding *b = container_of(at, struct binding, of_user);
			if (is_secure && !sip_transport_is_secure(b->hop.transport))
				continue;
			if (is_better(b, best))
				best = b;
		}
	}
	return best;
}
