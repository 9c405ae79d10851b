/**
 * @file transport/flow.h  One TCP or TLS connection that carries SIP: from bytes to whole messages,
 * and back (RFC 3261 §18.3; RFC 5626 §3.5.1, §4.4.1). For transport/sip_server.c, which owns them.
 *
 * A flow calls its owner from the loop only, never from within a function of this file. After
 * on_over it is the owner's to close. flow_close detaches at once; the memory goes after the turn.
 */
#pragma once
#include "base/log.h"
#include "io/tcp.h"
#include "io/tls.h"
#include "sip/frame.h"
#include "sip/hop.h"

#define FLOW_PENDING_MAX (256 * 1024) /* bytes that wait for a connection to be made */
#define FLOW_KEY_MAX     160          /* bytes of flow_key */

struct flow;

/** One for all flows of a server; it outlives them. */
struct flow_owner {
	struct loop *loop;
	const struct log *log; /* may be NULL */
	ms_t connect_ms, handshake_ms, message_ms, first_ms;
	/** One whole message, to be handled within the call. The flow may be closed in it. */
	void (*on_message)(void *ctx, struct flow *f, char *bytes, size_t n);
	/** It is over, and flow_close is due; once. */
	void (*on_over)(void *ctx, struct flow *f);
	void *ctx;
};

enum flow_state {
	FLOW_CONNECTING,
	FLOW_HANDSHAKING, /* TLS */
	FLOW_OPEN,
	FLOW_FAILING, /* on_over comes at the end of the turn */
	FLOW_OVER,    /* on_over was called */
	FLOW_CLOSED,  /* has no owner */
};

struct flow {
	/* for the owner */
	handle_t handle;
	uint16_t listener;
	enum sip_transport transport;
	struct netaddr remote, local; /* local: IP_NONE until it is connected */
	char key[FLOW_KEY_MAX];       /* by which it may be found for new requests */
	size_t key_len;               /* 0: it may not */
	/* for flow.c */
	const struct flow_owner *owner;
	enum flow_state state;
	bool is_ours;     /* we connected */
	bool has_spoken;  /* a whole message has come */
	bool must_drain;  /* what we said last should arrive */
	const char *over; /* why it is over, for the log */
	struct tcp_conn *tcp;
	struct tls_session *tls; /* NULL: none, or not yet */
	struct tls_context *tls_context;
	char tls_name[TLS_NAME_MAX + 1];
	struct timer timer;    /* handshake, first message, slow message */
	struct loop_task task; /* failing; then burial */
	struct sip_frame frame;
	char *in; /* received and not whole yet */
	size_t in_n, in_cap;
	char *pending; /* to be sent once it is open */
	size_t pending_n;
};

/**
 * Adopts an accepted connection.
 * @param context [in] TLS: the server's; NULL: plain TCP
 * @return SOTTO_OK; else `conn` is closed: SOTTO_ENOMEM, SOTTO_EIO
 */
SOTTO_MUST_USE sotto_err flow_accept(struct flow **out, const struct flow_owner *owner,
	struct tcp_conn *conn, struct tls_context *context);

/**
 * Connects to hop->remote.
 * @param context [in] TLS: the client's; NULL: plain TCP
 * @param from    [in] our address, or NULL
 * @return SOTTO_OK; SOTTO_ENOMEM, SOTTO_EIO
 */
SOTTO_MUST_USE sotto_err flow_connect(struct flow **out, const struct flow_owner *owner,
	const struct sip_hop *hop, struct tls_context *context, const struct netaddr *from);

/**
 * Sends a message, or keeps it until the flow is open.
 * @return SOTTO_OK; SOTTO_ELIMIT: its queue is full; SOTTO_ECLOSED: it is over or about to be
 */
SOTTO_MUST_USE sotto_err flow_send(struct flow *f, struct span message);

/** False unless it is an open TLS connection. */
bool flow_tls_info(const struct flow *f, struct tls_info *out);

/** Has on_over come at the end of the turn. `why` is a literal for the log. */
void flow_fail(struct flow *f, const char *why);

/** NULL is legal. */
void flow_close(struct flow *f);

/** What finds a connection to `hop` again: transport, address and TLS name. Returns its length. */
size_t flow_key(char out[FLOW_KEY_MAX], const struct sip_hop *hop);
