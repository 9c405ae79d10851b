/**
 * @file media/media.h  What signalling asks of media, and what it hears back. The edge sees only
 * this interface: behind it stands a media worker's thread, or, in the simulator, the same engine
 * without one. All values; packets never cross it.
 *
 * A leg is one port pair. Two legs that are linked relay to each other.
 */
#pragma once
#include "base/handle.h"
#include "base/netaddr.h"
#include "base/time.h"
#include "crypto/keying.h"

#define MEDIA_LEGS_MAX 65536

/** How long to wait for packets (SPEC §2.5). */
#define MEDIA_LEARN_WINDOW \
	SECONDS(10) /* plain RTP: the source may be learned this long after a set */

/** What a leg must know; each set replaces the whole. Holds secrets: wipe it after use. */
struct media_leg_params {
	/* From SDP; IP_NONE: not known yet, learn. One that is a media port of our own counts as
	   not known: packets would go round for ever */
	struct netaddr remote_rtp, remote_rtcp;
	bool rtcp_mux;
	bool may_send;     /* towards the peer: SDP direction, not on hold */
	bool may_receive;  /* what comes is forwarded */
	bool must_encrypt; /* no clear packet goes out or comes in, whatever rx and tx say */
	/* clear packets leave only with neither rx nor tx: half a pair of keys sends nothing */
	struct srtp_keying rx, tx;
	bool symmetric; /* learn the peer's address from its packets (authenticated ones under SRTP;
			   where rx does not authenticate only the SDP's address counts); false:
			   packets from another IP address are dropped on a clear leg */
	uint8_t payload_type; /* what a test destination sends: 0 PCMU, 8 PCMA */
	uint32_t clock_rate;  /* of RTP timestamps, for the jitter; 0: 8000 */
	uint8_t dscp;         /* 0..63; 46 is EF */
	ms_t silence;         /* no packet from the peer for this long: MEDIA_SILENT; 0: never */
};

enum media_peer {
	MEDIA_PEER_NONE, /* what comes is counted and dropped */
	MEDIA_PEER_LEG,  /* relayed to another leg, and back: links are mutual */
	MEDIA_PEER_TEST, /* one second of tone, then what comes goes back: 440 Hz, or 880 Hz with
			    SRTP */
};

struct media_leg_stats {
	uint64_t rx_packets, rx_bytes; /* RTP that passed */
	uint64_t tx_packets, tx_bytes;
	uint64_t rx_rtcp, tx_rtcp;
	uint64_t rx_lost; /* by sequence numbers */
	uint64_t rx_auth_failed, rx_replayed, rx_malformed;
	uint64_t rx_unexpected_source; /* dropped: not the latched or described address */
	uint64_t rx_clear_dropped;     /* clear packets on a leg that must encrypt */
	uint64_t clear_ms;             /* time in which a clear packet was sent or accepted */
	uint32_t jitter_us;            /* RFC 3550 §6.4.1 */
	struct netaddr source;         /* where its packets came from at last */
};

enum media_event_kind {
	MEDIA_SILENT, /* told once per silence */
	MEDIA_CLOSED, /* the last event of a leg; stats are final */
};

struct media_event {
	enum media_event_kind kind;
	handle_t leg;
	uint64_t owner; /* as given to open */
	struct media_leg_stats stats;
};

struct media_open {
	struct netaddr bind; /* local address of the port pair; its port is ignored */
	uint64_t owner;      /* handed back in events */
};

/** Implemented by media/worker.h's client and by the simulator. Called on the signalling thread. */
struct media_port {
	void *ctx;
	/**
	 * Takes a free pair of ports (RTP even, RTCP the next) and opens it.
	 * @param local [out] `bind` with the RTP port
	 * @return SOTTO_OK; SOTTO_ELIMIT: none is free, or too many legs; SOTTO_EIO; SOTTO_ENOMEM
	 */
	sotto_err (*open)(
		void *ctx, const struct media_open *req, handle_t *leg, struct netaddr *local);
	/** SOTTO_ENOENT: no such leg; SOTTO_ELIMIT: the worker's mailbox is full. */
	sotto_err (*set)(void *ctx, handle_t leg, const struct media_leg_params *params);
	/** `peer` only with MEDIA_PEER_LEG. */
	sotto_err (*link)(void *ctx, handle_t leg, enum media_peer kind, handle_t peer);
	/** Ports are free again after MEDIA_CLOSED, which always follows. */
	void (*close)(void *ctx, handle_t leg);
};
