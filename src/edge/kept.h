/**
 * @file edge/kept.h  What is kept of a request until its final answer: the headers that an answer
 * repeats. Never the body, which may hold keys.
 */
#pragma once
#include "edge/reply.h"

struct kept_request;

/** SOTTO_ENOMEM; SOTTO_ETOOBIG. */
SOTTO_MUST_USE sotto_err kept_create(struct kept_request **out, struct edge *e, handle_t server,
	const struct sip_msg *msg, const struct sip_hop *from);

/** NULL is legal. */
void kept_destroy(struct kept_request *k);

handle_t kept_server(const struct kept_request *k);
uint32_t kept_cseq(const struct kept_request *k);

/** As reply_send. */
SOTTO_MUST_USE sotto_err kept_reply(
	struct edge *e, const struct kept_request *k, const struct reply *r, instant_t now);
