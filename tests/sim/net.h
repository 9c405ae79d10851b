/**
 * @file sim/net.h  The virtual network: datagrams that are lost, late, doubled and overtaken,
 * connections that close, and names. Behind it stands the edge's transport_port.
 */
#pragma once
#include "transport/transport.h"

struct world;
struct phone;

#define NET_DROPS_MAX 32
#define NET_NAMES_MAX 16

/** Of one direction between a phone and the edge; streams are spared loss and doubling. */
struct net_conditions {
	unsigned loss, duplicate; /* percent */
	uint64_t delay_min_us, delay_max_us;
	bool reorder;     /* else a later datagram never overtakes an earlier one */
	instant_t latest; /* the last arrival so far */
};

/** A connection between a phone and the edge. */
struct net_flow {
	struct net_flow *next;
	handle_t handle;
	enum sip_transport transport;
	struct phone *phone; /* NULL: nobody listens there; it will fail */
	struct netaddr remote;
	uint16_t listener;
	bool is_open;
};

struct net_name {
	char host[128];
	struct netaddr addresses[TRANSPORT_ADDRESSES_MAX];
	size_t count;
};

/** A message to be lost on purpose. */
struct net_drop {
	struct phone *phone;
	bool is_from_phone;
	char label[32];
	unsigned left;
};

struct net {
	struct world *world;
	struct transport_listener listeners[TRANSPORT_LISTENERS_MAX];
	size_t listener_count;
	struct handle_table handles;
	struct net_flow *flows;
	struct net_name names[NET_NAMES_MAX];
	size_t name_count;
	struct net_drop drops[NET_DROPS_MAX];
	size_t drop_count;
};

void net_init(struct net *n, struct world *w);
void net_deinit(struct net *n);
struct transport_port net_transport(struct net *n);

/** One SIP message from a phone: over its connection, or as a datagram to `listener`. */
void net_from_phone(struct net *n, struct phone *p, size_t listener, struct span message);

/** Closes the phone's connection, if it has one; the edge hears of it. */
void net_disconnect(struct net *n, struct phone *p);

/** The listener for a phone of that transport and address family, or -1. */
int net_listener(const struct net *n, enum sip_transport transport, enum ip_family family);

/** The listener that advertises `address` for `transport`, or -1. */
int net_listener_at(
	const struct net *n, enum sip_transport transport, const struct netaddr *address);

/** 1:1 NAT (SPEC T1): the media address that the world sees, and the one that it stands for. */
struct netaddr net_outside(const struct net *n, const struct netaddr *inside);
struct netaddr net_inside(const struct net *n, const struct netaddr *outside);

/** When a datagram arrives: up to two instants in `at`; 0: lost. */
unsigned net_transit(struct world *w, struct net_conditions *c, instant_t at[2]);

/** A drop rule that never found its message, or NULL. */
const struct net_drop *net_unused_drop(const struct net *n);

/** "INVITE", "200": how steps and the ladder name a message. */
void net_label(struct span message, char out[32]);
