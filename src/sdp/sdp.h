/**
 * @file sdp/sdp.h  Session descriptions (RFC 8866), read as an index over the text.
 * Pure: no I/O, no clock. Spans point into the caller's text.
 */
#pragma once
#include "base/arena.h"
#include "base/netaddr.h"

#define SDP_TEXT_MAX       16384 /* bytes */
#define SDP_MEDIA_MAX      16    /* m-lines */
#define SDP_ATTRIBUTES_MAX 512   /* a-lines in all */
#define SDP_FORMATS_MAX    64    /* formats of one m-line */
#define SDP_BANDWIDTHS_MAX 64    /* b-lines in all */

enum sdp_kind {
	SDP_KIND_AUDIO,
	SDP_KIND_VIDEO,
	SDP_KIND_IMAGE,
	SDP_KIND_APPLICATION,
	SDP_KIND_TEXT,
	SDP_KIND_MESSAGE,
	SDP_KIND_OTHER,
};

enum sdp_profile {
	SDP_PROFILE_RTP_AVP,
	SDP_PROFILE_RTP_AVPF,
	SDP_PROFILE_RTP_SAVP,
	SDP_PROFILE_RTP_SAVPF,
	SDP_PROFILE_UDP_TLS_RTP_SAVP,
	SDP_PROFILE_UDP_TLS_RTP_SAVPF,
	SDP_PROFILE_UDPTL, /* T.38 */
	SDP_PROFILE_OTHER,
};

enum sdp_direction {
	SDP_SENDRECV,
	SDP_SENDONLY,
	SDP_RECVONLY,
	SDP_INACTIVE,
};

struct sdp_attribute {
	struct span name;  /* "rtpmap" */
	struct span value; /* p NULL: a flag */
};

struct sdp_media {
	struct span text; /* the whole m-section */
	enum sdp_kind kind;
	struct span kind_name;
	uint16_t port; /* 0: refused */
	enum sdp_profile profile;
	struct span profile_name;
	struct span formats[SDP_FORMATS_MAX];
	size_t format_count;
	bool has_connection;    /* its own c=, else the session's is copied in */
	struct netaddr address; /* of c= (its port is `port`); family IP_NONE: none, or a name */
	struct netaddr rtcp_address; /* of a=rtcp, else of c=; its port is `rtcp_port` */
	struct sdp_attribute *attributes;
	size_t attribute_count;
	struct span *bandwidths; /* b= values */
	size_t bandwidth_count;
	enum sdp_direction
		direction;    /* the section's, else the session's, else sendrecv; 0.0.0.0 is
				 hold (RFC 3264 §8.4): a sendrecv with it reads as sendonly */
	uint16_t rtcp_port;   /* a=rtcp, else port + 1; 0: none */
	bool rtcp_mux;        /* RFC 5761 */
	size_t crypto_count;  /* a=crypto lines */
	bool has_fingerprint; /* its own or the session's */
};

struct sdp {
	struct span text;
	struct span origin_user, origin_id, origin_version;
	struct span name;                 /* s= */
	struct span info;                 /* i= */
	struct sdp_attribute *attributes; /* the session's */
	size_t attribute_count;
	struct span *bandwidths;
	size_t bandwidth_count;
	struct sdp_media media[SDP_MEDIA_MAX];
	size_t media_count;
};

/**
 * Parses. Liberal where the field is: LF for CRLF, missing t= or s=, unknown lines skipped.
 * @return SOTTO_OK; SOTTO_ESYNTAX; SOTTO_EMISSING (v= or o=, or an m-line in use without any c=);
 *         SOTTO_ETOOBIG: over a maximum above; SOTTO_ENOMEM: arena exhausted
 */
SOTTO_MUST_USE sotto_err sdp_parse(struct sdp *out, struct arena *arena, struct span text);

/** The n-th (from 0) attribute of that name, in any case, in a section; NULL if absent. */
const struct sdp_attribute *sdp_attribute(
	const struct sdp_attribute *list, size_t count, struct span name, size_t n);

/** "audio" …, "RTP/SAVP" …, "sendrecv" …; empty for OTHER. */
struct span sdp_kind_name(enum sdp_kind kind);
struct span sdp_profile_name(enum sdp_profile profile);
struct span sdp_direction_name(enum sdp_direction d);

/** The other way round: OTHER, or false, if it is none of them. Case is ignored. */
enum sdp_kind sdp_kind_parse(struct span name);
enum sdp_profile sdp_profile_parse(struct span name);
bool sdp_direction_parse(struct span name, enum sdp_direction *out);

/** As the other side sees it: sendonly ⇄ recvonly. */
enum sdp_direction sdp_direction_reverse(enum sdp_direction d);

bool sdp_profile_is_rtp(enum sdp_profile p);    /* any of the six */
bool sdp_profile_is_secure(enum sdp_profile p); /* SAVP(F), with or without DTLS */
bool sdp_profile_is_dtls(enum sdp_profile p);

/** Codec name ("PCMU") of a payload type by a=rtpmap or the static table (RFC 3551); empty:
 * unknown. */
struct span sdp_codec_name(const struct sdp_media *m, struct span format);
