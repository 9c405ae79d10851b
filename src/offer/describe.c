/** @file offer/describe.c */
#include "offer/describe.h"

#include "base/map.h"

/*
 * Attributes that never cross from leg to leg (SPEC §4): each names something of one leg alone. A
 * name that ends in '*' stands for all that begin so. `mid`, `group`, `bundle-only` and `msid` tie
 * m-lines and WebRTC tracks of one leg together, where we open one port for each; a bundle that
 * crossed would promise one port for all. Capability negotiation (RFC 5939, RFC 3407) can hide
 * a=crypto inside its own attributes, keys included. Preconditions (RFC 3312) and source filters
 * (RFC 4570) speak of the sender's own network.
 */
static const struct span never[] = {
	SPAN_INIT("crypto"),
	SPAN_INIT("key-mgmt"),
	SPAN_INIT("fingerprint"),
	SPAN_INIT("setup"),
	SPAN_INIT("connection"),
	SPAN_INIT("tls-id"),
	SPAN_INIT("dtls-id"),
	SPAN_INIT("zrtp-hash"),
	SPAN_INIT("candidate"),
	SPAN_INIT("remote-candidates"),
	SPAN_INIT("end-of-candidates"),
	SPAN_INIT("ice-*"),
	SPAN_INIT("alt"),
	SPAN_INIT("rtcp"),
	SPAN_INIT("rtcp-mux"),
	SPAN_INIT("rtcp-mux-only"),
	SPAN_INIT("ssrc"),
	SPAN_INIT("ssrc-group"),
	SPAN_INIT("mid"),
	SPAN_INIT("group"),
	SPAN_INIT("bundle-only"),
	SPAN_INIT("msid"),
	SPAN_INIT("msid-semantic"),
	SPAN_INIT("identity"),
	SPAN_INIT("source-filter"),
	SPAN_INIT("direction"),
	SPAN_INIT("nortpproxy"),
	SPAN_INIT("curr"),
	SPAN_INIT("des"),
	SPAN_INIT("conf"),
	SPAN_INIT("acap"),
	SPAN_INIT("tcap"),
	SPAN_INIT("pcfg"),
	SPAN_INIT("acfg"),
	SPAN_INIT("lcfg"),
	SPAN_INIT("rmcap"),
	SPAN_INIT("omcap"),
	SPAN_INIT("mscap"),
	SPAN_INIT("mfcap"),
	SPAN_INIT("bcap"),
	SPAN_INIT("ccap"),
	SPAN_INIT("icap"),
	SPAN_INIT("secap"),
	SPAN_INIT("sescap"),
	SPAN_INIT("csup"),
	SPAN_INIT("creq"),
	SPAN_INIT("sqn"),
	SPAN_INIT("cdsc"),
	SPAN_INIT("cpar*"),
};

/* Attributes whose value begins with a payload type. */
static const struct span by_format[] = {
	SPAN_INIT("rtpmap"),
	SPAN_INIT("fmtp"),
	SPAN_INIT("rtcp-fb"),
};

static bool name_matches(struct span name, struct span pattern)
{
	if (pattern.n && pattern.p[pattern.n - 1] == '*') {
		pattern.n--;
		if (name.n > pattern.n)
			name.n = pattern.n;
	}
	return span_eq_nocase(name, pattern);
}

static bool is_in(struct span name, const struct span *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (name_matches(name, list[i]))
			return true;
	return false;
}

/* "crypto :1 …" is not on the list above; the far party may read it more liberally than we do. */
static bool is_printable_word(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return name.n > 0;
}

static bool may_cross(struct span name)
{
	enum sdp_direction d;

	return is_printable_word(name) && !is_in(name, never, ARRAY_LEN(never)) &&
	       !sdp_direction_parse(name, &d);
}

static bool formats_have(const struct formats *f, struct span pt)
{
	for (size_t i = 0; i < f->count; i++)
		if (span_eq(f->pt[i], pt))
			return true;
	return false;
}

static bool media_has(const struct sdp_media *m, struct span pt)
{
	for (size_t i = 0; i < m->format_count; i++)
		if (span_eq(m->formats[i], pt))
			return true;
	return false;
}

/* Rides with a codec, and is none by itself. */
static bool is_companion(struct span codec)
{
	return span_eq_nocase(codec, SPAN("telephone-event")) || span_eq_nocase(codec, SPAN("CN"));
}

/* `names`: the codec of each format of `m`. Found once, since a policy asks for many. */
static void formats_add(struct formats *f, const struct sdp_media *m,
	const struct span names[SDP_FORMATS_MAX], struct span codec)
{
	for (size_t i = 0; i < m->format_count; i++)
		if (span_eq_nocase(names[i], codec) && !formats_have(f, m->formats[i]))
			f->pt[f->count++] = m->formats[i];
}

void formats_filter(
	struct formats *out, const struct sdp_media *m, const struct offer_policy *policy)
{
	struct span names[SDP_FORMATS_MAX];

	out->count = 0;
	if (policy->codec_count == 0 || m->kind != SDP_KIND_AUDIO) {
		memcpy(out->pt, m->formats, sizeof(out->pt));
		out->count = m->format_count;
		return;
	}
	for (size_t i = 0; i < m->format_count; i++)
		names[i] = sdp_codec_name(m, m->formats[i]);
	for (size_t i = 0; i < policy->codec_count; i++)
		if (!is_companion(policy->codecs[i]))
			formats_add(out, m, names, policy->codecs[i]);
	if (out->count == 0)
		return;
	formats_add(out, m, names, SPAN("telephone-event"));
	formats_add(out, m, names, SPAN("CN"));
}

void formats_keep(struct formats *f, const struct sdp_media *m)
{
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++)
		if (media_has(m, f->pt[i]))
			f->pt[n++] = f->pt[i];
	f->count = n;
}

void formats_keep_own(struct formats *f, const struct sdp_media *m)
{
	bool has_codec = false;
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++) {
		struct span codec = sdp_codec_name(m, f->pt[i]);

		if (!has_codec && (span_eq_nocase(codec, SPAN("PCMU")) ||
					  span_eq_nocase(codec, SPAN("PCMA")))) {
			f->pt[n++] = f->pt[i];
			has_codec = true;
		} else if (span_eq_nocase(codec, SPAN("telephone-event"))) {
			f->pt[n++] = f->pt[i];
		}
	}
	f->count = has_codec ? n : 0;
}

static void connection_write(struct buf *b, const struct netaddr *a)
{
	buf_put(b, a->family == IP_V6 ? SPAN("IN IP6 ") : SPAN("IN IP4 "));
	netaddr_write_ip(b, a);
}

static void bandwidths_write(struct buf *b, const struct span *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_lit(b, "b=");
		buf_put(b, list[i]);
		buf_lit(b, "\r\n");
	}
}

static void attribute_copy(struct describe *d, const struct sdp_attribute *a)
{
	buf_lit(&d->body, "a=");
	buf_put(&d->body, a->name);
	if (a->value.p) {
		buf_putc(&d->body, ':');
		buf_put(&d->body, a->value);
	}
	buf_lit(&d->body, "\r\n");
	d->copied++;
}

void describe_begin(struct describe *d, const struct offer_local *local, struct span info,
	const struct sdp *source)
{
	d->body = buf_over(d->text, sizeof(d->text));
	d->copied = 0;
	d->first = (struct netaddr){ .family = IP_NONE };
	for (size_t i = 0; i < OFFER_STREAMS_MAX && d->first.family == IP_NONE; i++)
		d->first = local->rtp[i];
	buf_lit(&d->body, "s=-\r\n");
	if (info.n) {
		buf_lit(&d->body, "i=");
		buf_put(&d->body, info);
		buf_lit(&d->body, "\r\n");
	}
	buf_lit(&d->body, "c=");
	connection_write(&d->body, &d->first);
	buf_lit(&d->body, "\r\n");
	if (source)
		bandwidths_write(&d->body, source->bandwidths, source->bandwidth_count);
	buf_lit(&d->body, "t=0 0\r\n");
	for (size_t i = 0; source && i < source->attribute_count; i++)
		if (may_cross(source->attributes[i].name))
			attribute_copy(d, &source->attributes[i]);
}

static void media_line_write(struct describe *d, struct span kind, uint16_t port,
	struct span profile, const struct span *formats, size_t count)
{
	struct buf *b = &d->body;

	buf_lit(b, "m=");
	buf_put(b, kind);
	buf_putc(b, ' ');
	buf_put_u64(b, port);
	buf_putc(b, ' ');
	buf_put(b, profile);
	for (size_t i = 0; i < count; i++) {
		buf_putc(b, ' ');
		buf_put(b, formats[i]);
	}
	buf_lit(b, "\r\n");
}

void describe_refused(struct describe *d, struct span kind, struct span profile,
	const struct span *formats, size_t count)
{
	static const struct span any = SPAN_INIT("0"); /* RFC 8866 §5.14: at least one */

	media_line_write(d, kind, 0, profile, count ? formats : &any, count ? count : 1);
}

/* a=fmtp of a payload type that is not used any more stays behind; so does feedback (RFC 4585)
 * where the profile has none. */
static bool belongs(const struct sdp_attribute *a, const struct formats *f, bool has_feedback)
{
	bool is_feedback = span_eq_nocase(a->name, SPAN("rtcp-fb"));
	struct span rest = a->value, pt;

	if (!has_feedback && (is_feedback || span_eq_nocase(a->name, SPAN("rtcp-rsize"))))
		return false;
	if (!is_in(a->name, by_format, ARRAY_LEN(by_format)))
		return true;
	return span_word(&rest, &pt) &&
	       (formats_have(f, pt) || (is_feedback && span_eq(pt, SPAN("*"))));
}

void describe_stream(struct describe *d, const struct sdp_media *source, enum sdp_profile profile,
	const struct formats *f, const struct netaddr *rtp, bool codecs_only)
{
	bool has_feedback = profile == SDP_PROFILE_RTP_AVPF || profile == SDP_PROFILE_RTP_SAVPF;

	media_line_write(
		d, source->kind_name, rtp->port, sdp_profile_name(profile), f->pt, f->count);
	if (!netaddr_eq_ip(rtp, &d->first)) {
		buf_lit(&d->body, "c=");
		connection_write(&d->body, rtp);
		buf_lit(&d->body, "\r\n");
	}
	if (!codecs_only)
		bandwidths_write(&d->body, source->bandwidths, source->bandwidth_count);
	for (size_t i = 0; i < source->attribute_count; i++) {
		const struct sdp_attribute *a = &source->attributes[i];

		if (codecs_only && !is_in(a->name, by_format, ARRAY_LEN(by_format)))
			continue;
		if (may_cross(a->name) && belongs(a, f, has_feedback))
			attribute_copy(d, a);
	}
}

void describe_direction(struct describe *d, enum sdp_direction direction)
{
	buf_lit(&d->body, "a=");
	buf_put(&d->body, sdp_direction_name(direction));
	buf_lit(&d->body, "\r\n");
}

static enum failure description_write(struct describe *d, struct buf *b, struct offer_local *local)
{
	char head_text[256];
	struct buf head = buf_over(head_text, sizeof(head_text));
	uint64_t hash = siphash(local->hash_secret, buf_span(&d->body));
	uint64_t version = local->version + (local->version == 0 || hash != local->text_hash);

	if (d->body.overflow)
		return FAILURE_internal_error;
	if (d->copied > DESCRIBE_COPIED_MAX)
		return FAILURE_sdp_malformed;
	buf_lit(&head, "v=0\r\no=- ");
	buf_put_u64(&head, local->session_id);
	buf_putc(&head, ' ');
	buf_put_u64(&head, version);
	buf_putc(&head, ' ');
	connection_write(&head, &d->first);
	buf_lit(&head, "\r\n");
	/* what is too long for a reader as we are ourselves is not written either */
	if (head.overflow || head.n + d->body.n > SDP_TEXT_MAX ||
		head.n + d->body.n > b->cap - b->n) {
		b->overflow = true;
		return FAILURE_internal_error;
	}
	buf_put(b, buf_span(&head));
	buf_put(b, buf_span(&d->body));
	local->version = version;
	local->text_hash = hash;
	return FAILURE_none;
}

enum failure describe_end(struct describe *d, struct buf *b, struct offer_local *local)
{
	enum failure f = description_write(d, b, local);

	explicit_bzero(d, sizeof(*d)); /* the text has our keys */
	return f;
}

static unsigned direction_bits(enum sdp_direction d)
{
	switch (d) {
	case SDP_SENDRECV: return 3;
	case SDP_SENDONLY: return 1;
	case SDP_RECVONLY: return 2;
	case SDP_INACTIVE: return 0;
	}
	return 0;
}

enum sdp_direction direction_answer(enum sdp_direction offered, enum sdp_direction far)
{
	static const enum sdp_direction of_bits[] = { SDP_INACTIVE, SDP_SENDONLY, SDP_RECVONLY,
		SDP_SENDRECV };

	/* RFC 3264 §6.1: we may send only what the peer receives, and receive what it sends */
	return of_bits[direction_bits(far) & direction_bits(sdp_direction_reverse(offered))];
}
