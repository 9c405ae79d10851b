/**
 * @file sim/media_end.h  A phone's side of one call's media: what it described and was told, its
 * SRTP contexts, and the packets that it sent and got.
 */
#pragma once
#include "crypto/suite.h"
#include "sdp/sdp.h"
#include "srtp/srtp.h"

struct world;
struct call;

#define MEDIA_END_OFFERED_MAX 16
#define MEDIA_END_PAYLOAD     160
#define MEDIA_END_SENT_MAX    4096 /* packets kept, to be played again */
#define MEDIA_END_TONE_MAX    16000

/** One a=crypto line of ours or the peer's. */
struct media_crypto_line {
	uint32_t tag;
	char name[48];
	enum srtp_suite suite;
	uint8_t key[SRTP_KEY_SALT_MAX];
	size_t key_len;
	char base64[96];
};

struct media_crypto_set {
	struct media_crypto_line lines[MEDIA_END_OFFERED_MAX];
	size_t count;
};

struct media_sent {
	uint8_t *bytes;
	size_t n;
};

/** The edge's last description: its o= line, and the rest of it. */
struct media_origin {
	uint64_t id, version;
	size_t n; /* 0: none yet */
	char text[8192], next[8192];
};

struct media_end {
	struct netaddr rtp, seen;           /* ours: as described, and as packets come from it */
	struct netaddr remote, remote_rtcp; /* from the edge's description */
	uint64_t version;                   /* of our o= line */
	char previous[4096];                /* our description without o=, to know if it changed */
	struct media_crypto_set own;        /* the key of each suite, as long as the call lasts */
	struct media_crypto_set offered;    /* ours, until the answer comes */
	struct media_crypto_set proposed;   /* the edge's, until we answer */
	struct media_origin origin;
	bool peer_is_secure; /* the edge's profile is RTP/SAVP */
	bool we_offered;
	enum srtp_suite suite; /* agreed; NONE: clear */
	uint8_t rx_key[SRTP_KEY_SALT_MAX], tx_key[SRTP_KEY_SALT_MAX];
	struct srtp *rx, *tx;
	enum sdp_direction direction; /* as the edge described itself last */
	uint32_t ssrc, rtcp_ssrc, timestamp;
	uint16_t seq;
	uint32_t serial; /* of the next packet's content */
	struct media_sent sent[MEDIA_END_SENT_MAX];
	size_t sent_count;
	uint64_t got, got_rtcp, got_own; /* genuine packets of the other side; our own, come back */
	uint64_t got_dropped;            /* replays and doubles of the network, refused by SRTP */
	uint64_t bad;                    /* packets that must not have come */
	int16_t tone[MEDIA_END_TONE_MAX];
	size_t tone_count;
	uint8_t *seen_serials; /* a bit for each phone, call and serial: at most once */
};

void media_end_init(
	struct media_end *m, struct call *c, const struct netaddr *rtp, const struct netaddr *seen);
void media_end_deinit(struct media_end *m);

enum media_shape_kind {
	MEDIA_SHAPE_NONE,
	MEDIA_SHAPE_PLAIN,
	MEDIA_SHAPE_SRTP,      /* RTP/SAVP and a=crypto */
	MEDIA_SHAPE_OSRTP,     /* RTP/AVP and a=crypto (RFC 8643) */
	MEDIA_SHAPE_SAVP_ONLY, /* RTP/SAVP without a=crypto */
	MEDIA_SHAPE_DTLS,
	MEDIA_SHAPE_T38,
};

/** What an `offer=` or `answer=` says. */
struct media_shape {
	enum media_shape_kind kind;
	struct span suites; /* "NAME,NAME"; empty: AES_CM_128_HMAC_SHA1_80, or as offered */
	struct span codecs; /* "0,8"; empty: 0,8,101 */
	struct span direction;
	struct span port; /* of our media from now on */
	struct span tag;  /* another tag than the right one */
	bool new_key;
};

/** "plain", "srtp", "srtp:A,B", "osrtp:A", "savp", "dtls", "t38", "none". SOTTO_ESYNTAX. */
SOTTO_MUST_USE sotto_err media_shape_parse(struct media_shape *out, struct span text);

/** Writes our description; `answer`: to what the edge described last. */
void media_end_describe(struct media_end *m, struct call *c, struct buf *b,
	const struct media_shape *shape, bool is_answer);

/** The edge's description has come. False, with a reason, if it cannot be used. */
bool media_end_learn(struct media_end *m, struct call *c, struct span text, const char **why);

/** Sends one genuine packet: content, header, SRTP if agreed. */
bool media_end_send(struct media_end *m, struct call *c);
bool media_end_send_rtcp(struct media_end *m, struct call *c);

/** The n-th last packet sent, again, byte for byte. */
bool media_end_replay(struct media_end *m, struct call *c, size_t n_th_last);

/** A packet that must be refused: `is_clear`: well-formed but not protected; else protected with
 * another key. */
void media_end_forge(
	struct media_end *m, struct call *c, const struct netaddr *from, bool is_clear);

/** By the settings of the phone's connection, whatever was agreed. */
bool media_end_must_encrypt(const struct call *c);

/** A packet from the edge. */
void media_end_receive(struct media_end *m, struct call *c, const struct netaddr *from,
	const uint8_t *bytes, size_t n, bool is_rtcp);
