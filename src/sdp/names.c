/** @file sdp/names.c  The words of SDP: kinds of media, profiles, directions, static codecs. */
#include "sdp/sdp.h"

static const struct span kinds[] = {
	[SDP_KIND_AUDIO] = SPAN_INIT("audio"),
	[SDP_KIND_VIDEO] = SPAN_INIT("video"),
	[SDP_KIND_IMAGE] = SPAN_INIT("image"),
	[SDP_KIND_APPLICATION] = SPAN_INIT("application"),
	[SDP_KIND_TEXT] = SPAN_INIT("text"),
	[SDP_KIND_MESSAGE] = SPAN_INIT("message"),
	[SDP_KIND_OTHER] = { NULL, 0 },
};

static const struct {
	struct span name;
	bool is_rtp, is_secure, is_dtls;
} profiles[] = {
	[SDP_PROFILE_RTP_AVP] = { SPAN_INIT("RTP/AVP"), true, false, false },
	[SDP_PROFILE_RTP_AVPF] = { SPAN_INIT("RTP/AVPF"), true, false, false },
	[SDP_PROFILE_RTP_SAVP] = { SPAN_INIT("RTP/SAVP"), true, true, false },
	[SDP_PROFILE_RTP_SAVPF] = { SPAN_INIT("RTP/SAVPF"), true, true, false },
	[SDP_PROFILE_UDP_TLS_RTP_SAVP] = { SPAN_INIT("UDP/TLS/RTP/SAVP"), true, true, true },
	[SDP_PROFILE_UDP_TLS_RTP_SAVPF] = { SPAN_INIT("UDP/TLS/RTP/SAVPF"), true, true, true },
	[SDP_PROFILE_UDPTL] = { SPAN_INIT("udptl"), false, false, false },
	[SDP_PROFILE_OTHER] = { { NULL, 0 }, false, false, false },
};

static const struct span directions[] = {
	[SDP_SENDRECV] = SPAN_INIT("sendrecv"),
	[SDP_SENDONLY] = SPAN_INIT("sendonly"),
	[SDP_RECVONLY] = SPAN_INIT("recvonly"),
	[SDP_INACTIVE] = SPAN_INIT("inactive"),
};

struct span sdp_kind_name(enum sdp_kind kind)
{
	return kinds[kind];
}

struct span sdp_profile_name(enum sdp_profile profile)
{
	return profiles[profile].name;
}

struct span sdp_direction_name(enum sdp_direction d)
{
	return directions[d];
}

enum sdp_kind sdp_kind_parse(struct span name)
{
	for (unsigned i = 0; i < SDP_KIND_OTHER; i++)
		if (span_eq_nocase(name, kinds[i]))
			return (enum sdp_kind)i;
	return SDP_KIND_OTHER;
}

enum sdp_profile sdp_profile_parse(struct span name)
{
	for (unsigned i = 0; i < SDP_PROFILE_OTHER; i++)
		if (span_eq_nocase(name, profiles[i].name))
			return (enum sdp_profile)i;
	return SDP_PROFILE_OTHER;
}

bool sdp_direction_parse(struct span name, enum sdp_direction *out)
{
	for (unsigned i = 0; i < ARRAY_LEN(directions); i++)
		if (span_eq_nocase(name, directions[i])) {
			*out = (enum sdp_direction)i;
			return true;
		}
	return false;
}

enum sdp_direction sdp_direction_reverse(enum sdp_direction d)
{
	if (d == SDP_SENDONLY)
		return SDP_RECVONLY;
	return d == SDP_RECVONLY ? SDP_SENDONLY : d;
}

bool sdp_profile_is_rtp(enum sdp_profile p)
{
	return profiles[p].is_rtp;
}

bool sdp_profile_is_secure(enum sdp_profile p)
{
	return profiles[p].is_secure;
}

bool sdp_profile_is_dtls(enum sdp_profile p)
{
	return profiles[p].is_dtls;
}

/* RFC 3551 §6, tables 4 and 5 */
static const struct {
	uint8_t payload_type;
	struct span name;
} static_codecs[] = {
	{ 0, SPAN_INIT("PCMU") },
	{ 3, SPAN_INIT("GSM") },
	{ 4, SPAN_INIT("G723") },
	{ 5, SPAN_INIT("DVI4") },
	{ 6, SPAN_INIT("DVI4") },
	{ 7, SPAN_INIT("LPC") },
	{ 8, SPAN_INIT("PCMA") },
	{ 9, SPAN_INIT("G722") },
	{ 10, SPAN_INIT("L16") },
	{ 11, SPAN_INIT("L16") },
	{ 12, SPAN_INIT("QCELP") },
	{ 13, SPAN_INIT("CN") },
	{ 14, SPAN_INIT("MPA") },
	{ 15, SPAN_INIT("G728") },
	{ 16, SPAN_INIT("DVI4") },
	{ 17, SPAN_INIT("DVI4") },
	{ 18, SPAN_INIT("G729") },
	{ 25, SPAN_INIT("CelB") },
	{ 26, SPAN_INIT("JPEG") },
	{ 28, SPAN_INIT("nv") },
	{ 31, SPAN_INIT("H261") },
	{ 32, SPAN_INIT("MPV") },
	{ 33, SPAN_INIT("MP2T") },
	{ 34, SPAN_INIT("H263") },
};

static struct span static_codec(struct span format)
{
	uint64_t pt;

	if (span_u64(format, 127, &pt))
		return SPAN_NONE;
	for (size_t i = 0; i < ARRAY_LEN(static_codecs); i++)
		if (static_codecs[i].payload_type == pt)
			return static_codecs[i].name;
	return SPAN_NONE;
}

/* a=rtpmap:<payload type> <encoding name>/<clock rate>[/<parameters>] (RFC 8866 §6.6) */
static bool maps(const struct sdp_attribute *a, struct span format, struct span *name)
{
	struct span rest = a->value, pt, codec;

	return span_eq_nocase(a->name, SPAN("rtpmap")) && span_word(&rest, &pt) &&
	       span_eq(pt, format) && span_word(&rest, &codec) && span_take(&codec, '/', name);
}

struct span sdp_codec_name(const struct sdp_media *m, struct span format)
{
	struct span name;

	/* one pass: it is asked for each format, and the peer says how many lines there are */
	for (size_t i = 0; i < m->attribute_count; i++)
		if (maps(&m->attributes[i], format, &name))
			return name;
	return static_codec(format);
}

const struct sdp_attribute *sdp_attribute(
	const struct sdp_attribute *list, size_t count, struct span name, size_t n)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq_nocase(list[i].name, name) && n-- == 0)
			return &list[i];
	return NULL;
}
