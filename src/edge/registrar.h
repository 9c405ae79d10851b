/** @file edge/registrar.h  REGISTER (RFC 3261 §10.3): who may, what it changes, what is answered.
 */
#pragma once
#include "edge/binding.h"

/** NULL: out of memory. */
SOTTO_MUST_USE struct registrar *registrar_create(struct edge *e);
void registrar_destroy(struct registrar *r);
struct binding_table *registrar_table(struct registrar *r);

/** A REGISTER that request_is_sound let through. Authenticates it before anything else. */
void registrar_on_request(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, instant_t now);
