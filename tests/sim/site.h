/**
 * @file sim/site.h  The configuration of a scenario: connections, credentials and numbers as rows,
 * kept until the edge is given a snapshot of them.
 */
#pragma once
#include "edge/edge.h"
#include "sim/scenario.h"

struct world;
struct phone;

#define SITE_ROWS_MAX 16

struct site {
	struct connection connections[SITE_ROWS_MAX];
	struct credential credentials[SITE_ROWS_MAX];
	char passwords[SITE_ROWS_MAX][64];
	struct number numbers[SITE_ROWS_MAX];
	size_t connection_count, credential_count, number_count;
	struct edge_settings settings;
	bool changed; /* since the edge last saw it */
};

void site_init(struct site *s);

/** `connection NAME KIND …`, `number DIGITS NAME`, `edge KEY=VALUE …`. */
bool site_connection(struct world *w, const struct scenario_step *step);
bool site_number(struct world *w, const struct scenario_step *step);
bool site_edge(struct world *w, const struct scenario_step *step);

/** NULL: nobody of that name. */
const char *site_password(const struct site *s, struct span user);

/** The connection of a phone: by its user name, else by its address. NULL: none. */
const struct connection *site_connection_of(const struct site *s, const struct phone *p);
