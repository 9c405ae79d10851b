/**
 * @file cli/agent.h  A small user agent that places one call: the engines of the edge, from the
 * other side. Without I/O: it sends by a transport port and is told what came.
 */
#pragma once
#include "base/log.h"
#include "base/timer.h"
#include "offer/offer.h"
#include "transport/transport.h"

enum agent_state {
	AGENT_IDLE,
	AGENT_CALLING,     /* INVITE sent */
	AGENT_RINGING,     /* a provisional answer has come */
	AGENT_ESTABLISHED, /* 200 and ACK */
	AGENT_ENDING,      /* our BYE or CANCEL is on its way */
	AGENT_ENDED,
};

struct agent_settings {
	struct span target;         /* request URI */
	struct span user, password; /* empty: none, and From is "sotto" */
	struct span domain;         /* of From */
	struct sip_hop hop;         /* where the INVITE goes */
	struct netaddr rtp;         /* our RTP address and port */
	struct offer_policy policy;
};

/** What became of the call. */
struct agent_result {
	unsigned status;      /* final SIP status; 0: none came */
	char reason[128];     /* its phrase */
	char warning[256];    /* text of its Warning, if any */
	enum failure failure; /* when we refused what the far side answered */
	enum agent_state state;
	bool was_cut;       /* the connection closed in mid-call */
	struct sip_hop hop; /* with the flow that was used */
};

struct agent_env {
	struct transport_port transport;
	struct timer_heap *timers;
	struct rng *rng;
	const struct log *log;
	/** Media was agreed: keys, addresses. Called again when it changes. `payload_type`: the
	 * first codec of the answer, 0 (PCMU) or 8 (PCMA); 255: neither. */
	void (*on_media)(void *ctx, const struct offer_stream *stream, uint8_t payload_type);
	/** A new state; from AGENT_ENDED on nothing follows. */
	void (*on_state)(void *ctx, enum agent_state state, instant_t now);
	void *ctx;
};

struct agent;

/** Spans of `settings` are copied. SOTTO_ENOMEM, SOTTO_ETOOBIG. */
SOTTO_MUST_USE sotto_err agent_create(
	struct agent **out, const struct agent_env *env, const struct agent_settings *settings);

/** NULL is legal. Wipes the password and the keys. */
void agent_destroy(struct agent *a);

/** Sends the INVITE. */
SOTTO_MUST_USE sotto_err agent_start(struct agent *a, instant_t now);

/** BYE or CANCEL, whichever is due; AGENT_ENDED follows, at the latest after 64*T1. */
void agent_hang_up(struct agent *a, instant_t now);

const struct agent_result *agent_result(const struct agent *a);

struct transport_events agent_transport_events(struct agent *a);
