/**
 * @file edge/admit.h  Whose request is this (SPEC §4)? Decided before anything is counted, kept or
 * looked up. Who is not known gets the same challenge whatever is wrong.
 */
#pragma once
#include "edge/reply.h"

struct admission { /* in the directory that was asked */
	const struct connection *connection;
	const struct credential *credential; /* NULL: by source address */
};

enum admit_by {
	ADMIT_ANY,    /* digest, else source address */
	ADMIT_DIGEST, /* registrations: an address is no user */
};

/**
 * @param refusal [out] what to answer, if false is returned: a challenge, 400, 403
 */
bool admit_request(struct edge *e, const struct sip_msg *msg, const struct sip_hop *from,
	enum admit_by by, instant_t now, struct admission *out, struct reply *refusal);

/** Whether a request within a dialog is that connection's by digest or source address. */
bool admit_is_of(struct edge *e, const struct directory *d, const struct connection *c,
	const struct sip_msg *msg, const struct sip_hop *from, instant_t now);
