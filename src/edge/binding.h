/**
 * @file edge/binding.h  Registered contacts, by user, by connection and by flow. A binding belongs
 * to the flow that it was registered by and goes with it (SPEC T9, RFC 5626 §4.2).
 */
#pragma once
#include "edge/core.h"

#define BINDING_CONTACT_MAX 512  /* bytes of a contact URI */
#define BINDING_TEXT_MAX    1024 /* bytes of all that a binding keeps as text */
#define BINDING_Q_MAX       1000 /* q=1.000 */

struct binding_user;
struct binding_flow;

/** What is registered. */
struct binding_values {
	struct span contact;  /* URI */
	struct span instance; /* +sip.instance as received, with its quotes; empty: none */
	struct span call_id;
	uint32_t cseq;
	uint16_t q; /* 0..BINDING_Q_MAX */
	uint32_t expires_s;
};

struct binding {
	struct list of_user, of_flow;
	struct binding_user *user;
	struct binding_flow *flow; /* NULL: UDP */
	struct binding_table *table;
	struct timer expiry;
	struct sip_hop hop;
	struct binding_values v; /* its spans point into `text` */
	instant_t expires_at;
	uint64_t order; /* the higher the later */
	char text[];
};

struct binding_table {
	struct edge *edge;
	struct map users;       /* by user part */
	struct map connections; /* by id: groups of users */
	struct map flows;       /* by handle */
	size_t count;
	uint64_t order;
};

void binding_table_init(struct binding_table *t, struct edge *e);
void binding_table_deinit(struct binding_table *t);

/** NULL: he is not registered. One who has moved to another connection loses his bindings here. */
struct binding_user *binding_user_find(struct binding_table *t, const struct credential *who);
/**
 * The same, made if there is none. An entry without bindings must be given back with
 * binding_user_release.
 */
SOTTO_MUST_USE sotto_err binding_user_get(
	struct binding_table *t, const struct credential *who, struct binding_user **out);
/** Forgets an entry that has no bindings. */
void binding_user_release(struct binding_table *t, struct binding_user *u);
struct list *binding_user_list(struct binding_user *u); /* of struct binding, by of_user */
size_t binding_user_count(const struct binding_user *u);

/** Makes a binding that is not yet entered: SOTTO_ENOMEM, SOTTO_ETOOBIG. */
SOTTO_MUST_USE sotto_err binding_create(struct binding_table *t, struct binding **out,
	const struct binding_values *v, const struct sip_hop *hop, instant_t now);
/** Enters it. Cannot fail. */
void binding_enter(struct binding *b, struct binding_user *u);
/** Takes it out of every list, if it is in any, and frees it. The user's entry stays. */
void binding_destroy(struct binding *b);

void binding_flow_gone(struct binding_table *t, handle_t flow);

/**
 * Where a call to a connection goes: highest q, then the latest (RFC 3261 §16.6, one branch).
 * Users that `d` no longer gives to that connection do not count.
 * @param is_secure only flows over TLS
 */
const struct binding *binding_best(const struct binding_table *t, const struct directory *d,
	struct span connection_id, bool is_secure);
