/**
 * @file unit/edge/rig.h  The edge between fake ports: what it sends, opens and records is kept, and
 * peers speak to it in text. No sockets, a false clock, a seeded generator.
 */
#pragma once
#include "auth/digest_client.h"
#include "edge/edge.h"
#include "sip/write.h"
#include "txn/txn.h"
#include "unit/test.h"

#define RIG_SENT_MAX  256
#define RIG_MEDIA_MAX 128

/** One message that the edge sent. */
struct rig_sent {
	struct sip_hop hop;
	char *bytes;
	size_t n;
	struct sip_msg msg;
	struct arena arena;
};

struct rig_media {
	handle_t handle;
	uint64_t owner;
	bool is_open;
	struct media_leg_params params;
	size_t sets;
	bool was_ever_open_to_clear; /* a set without must_encrypt */
	bool had_half_a_pair;        /* a set with one key of the two */
	enum media_peer linked;
	handle_t peer;
};

struct rig {
	struct edge *edge;
	struct transport_events in;
	struct timer_heap timers;
	struct rng_seeded rng;
	struct log log;
	struct edge_settings settings;
	instant_t now;
	struct rig_sent sent[RIG_SENT_MAX];
	size_t sent_count, taken;
	struct rig_media media[RIG_MEDIA_MAX];
	size_t media_count;
	bool media_is_exhausted;
	bool is_patient;    /* what is sent beyond RIG_SENT_MAX is dropped, and no failure */
	handle_t dead_flow; /* sends fail with ECLOSED, security says gone */
	uint64_t resolve_cookie;
	char resolve_host[128];
	struct call_record record; /* the last */
	size_t record_count, calls_started;
	char log_text[1 << 16];
	size_t log_n;
	void (*wrap)(void *ctx, struct edge_env *env); /* puts something before the ports; NULL */
	void *wrap_ctx;
};

/** Connections, by id: alice, bob, sue (SRTP both ways), off (inactive): credentials with the
 * password "secret"; trunk (192.0.2.50, UDP), tls (192.0.2.60, TLS), strict (192.0.2.70, SRTP),
 * narrow (192.0.2.80, two channels);
 * pbx (fqdn, TLS). Numbers: 100 alice, 200 bob, 300 trunk, 400 sue, 500 pbx, 600 tls, 700 off,
 * 800 strict; 999 is the test destination. */
void rig_init(struct rig *r);
void rig_deinit(struct rig *r);
/** SOTTO_ENOMEM as edge_create. */
sotto_err rig_start(struct rig *r);

struct sip_hop rig_hop(enum sip_transport t, const char *address, handle_t flow);
void rig_say(struct rig *r, const struct sip_hop *from, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** Lets time pass, timers firing at their own time. */
void rig_wait(struct rig *r, ms_t d);

/** The next message that the edge sent; fails the test if there is none. */
struct rig_sent *rig_take(struct rig *r);
/** The same, which must be a response of that status, or a request of that method. */
struct rig_sent *rig_take_status(struct rig *r, unsigned status);
struct rig_sent *rig_take_method(struct rig *r, const char *method);
/** Nothing more was sent. */
void rig_take_nothing(struct rig *r);
/** Forgets what was sent. */
void rig_skip(struct rig *r);
bool rig_has(const struct rig_sent *s, const char *text);

/** A peer's answer to a request of the edge. `extra`: whole header lines. */
void rig_respond(struct rig *r, const struct rig_sent *to, unsigned status, const char *extra,
	const char *sdp);

/** A user agent's side of a dialog. */
struct rig_party {
	struct sip_hop hop;
	char call_id[64], local[256], remote[256], target[256];
	unsigned cseq, branch;
	bool is_sips;
};
void rig_party(
	struct rig_party *p, const char *call_id, const char *user, const struct sip_hop *hop);
/** A request to `to` outside of a dialog, or inside once `remote` has a tag. */
void rig_request(struct rig *r, struct rig_party *p, const char *method, const char *uri,
	const char *extra, const char *sdp);
/** INVITE to a number. */
void rig_invite(
	struct rig *r, struct rig_party *p, const char *number, const char *extra, const char *sdp);
/** The caller learns the dialog from a response with a To tag. */
void rig_learn(struct rig_party *p, const struct rig_sent *response);
/** The callee's party, from the INVITE that it got. */
void rig_called(struct rig_party *p, const struct rig_sent *invite, const struct sip_hop *hop);
/** In-dialog: ACK with the CSeq of the INVITE, others with the next one. */
void rig_in_dialog(struct rig *r, struct rig_party *p, const char *method, const char *sdp);

/** REGISTER with digest; fails the test unless 200. */
void rig_register(struct rig *r, const char *user, const char *contact, const struct sip_hop *hop);
/** Sends a request, and again with credentials when it gets 401. */
void rig_request_as(struct rig *r, struct rig_party *p, const char *user, const char *password,
	const char *method, const char *uri, const char *extra, const char *sdp);

/** Every port that was opened. */
struct rig_media *rig_media(struct rig *r, size_t i);
void rig_media_event(struct rig *r, size_t i, enum media_event_kind kind);
/** Nothing lives any more once 64*T1 are over. */
void rig_check_empty(struct rig *r);

extern const char *const rig_sdp_clear, *const rig_sdp_srtp, *const rig_sdp_hold;
/** rig_sdp_srtp as an answer to what we offer over UDP, where the suite stands fourth. */
extern const char *const rig_sdp_srtp_answer;
