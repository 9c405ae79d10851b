/** @file sdp/sdp.c  Reads a session description (RFC 8866 §5) into an index over its text. */
#include "sdp/sdp.h"

struct line {
	const char *start; /* of the line in the text */
	char type;         /* the letter before '=' */
	struct span value;
};

/* What a session's and an m-line's section have in common. */
struct section {
	struct span text;
	struct sdp_attribute *attributes;
	size_t attribute_count;
	struct span *bandwidths;
	size_t bandwidth_count;
	bool has_connection;
	bool is_held; /* c= says that nothing is to be sent there */
	struct netaddr address;
};

struct parser {
	struct sdp *sdp;
	struct arena *arena;
	struct section session;
	size_t attribute_count; /* in all */
	size_t bandwidth_count;
};

/* A line we would copy to another leg must not hide a second one, nor end a C string. */
static bool is_clean(struct span s)
{
	return !s.n || (!memchr(s.p, '\r', s.n) && !memchr(s.p, 0, s.n));
}

/*
 * Takes the next line that is not blank. RFC 8866 §5: CRLF ends a line, and LF alone SHOULD be
 * accepted. *found is false at the end.
 */
static sotto_err line_take(struct span *rest, struct line *out, bool *found)
{
	struct span s;

	*found = false;
	while (span_take(rest, '\n', &s)) {
		while (s.n && s.p[s.n - 1] == '\r')
			s.n--;
		if (s.n == 0)
			continue;
		if (s.n < 2 || s.p[1] != '=' || !is_clean(s))
			return SOTTO_ESYNTAX;
		*out = (struct line){ s.p, s.p[0], { s.p + 2, s.n - 2 } };
		*found = true;
		return SOTTO_OK;
	}
	return SOTTO_OK;
}

static struct sdp_attribute attribute_split(struct span value)
{
	struct sdp_attribute a = { value, SPAN_NONE };
	const char *colon = value.n ? memchr(value.p, ':', value.n) : NULL;

	if (colon) {
		a.name.n = (size_t)(colon - value.p);
		a.value = (struct span){ colon + 1, value.n - a.name.n - 1 };
	}
	return a;
}

static bool ends_with_nocase(struct span s, struct span tail)
{
	return s.n >= tail.n && span_eq_nocase((struct span){ s.p + s.n - tail.n, tail.n }, tail);
}

/* A zone names an interface of the sender's: it means nothing here. */
static sotto_err address_parse(struct span host, struct netaddr *out)
{
	return span_has(host, '%') ? SOTTO_ESYNTAX : netaddr_parse_ip(host, out);
}

/* c=<nettype> <addrtype> <address>[/ttl[/count]] (RFC 8866 §5.7); the first of several counts */
static sotto_err connection_parse(struct section *s, struct span value)
{
	struct span net, type, address, host;

	if (!span_word(&value, &net) || !span_word(&value, &type) || !span_word(&value, &address))
		return SOTTO_ESYNTAX;
	if (s->has_connection)
		return SOTTO_OK;
	s->has_connection = true;
	if (!span_take(&address, '/', &host) || !span_eq_nocase(net, SPAN("IN")))
		return SOTTO_OK;
	if (address_parse(host, &s->address)) {
		s->address = (struct netaddr){ .family = IP_NONE };    /* a name: not looked up */
		s->is_held = ends_with_nocase(host, SPAN(".invalid")); /* RFC 6157 §5.1 */
		return SOTTO_OK;
	}
	s->is_held = netaddr_is_any(&s->address);
	return SOTTO_OK;
}

static sotto_err section_count(struct span text, size_t *attributes, size_t *bandwidths)
{
	struct line line;
	bool found;

	*attributes = *bandwidths = 0;
	for (;;) {
		TRY(line_take(&text, &line, &found));
		if (!found)
			return SOTTO_OK;
		*attributes += line.type == 'a';
		*bandwidths += line.type == 'b';
	}
}

static sotto_err section_alloc(struct parser *p, struct section *s)
{
	size_t attributes, bandwidths;

	TRY(section_count(s->text, &attributes, &bandwidths));
	p->attribute_count += attributes;
	p->bandwidth_count += bandwidths;
	if (p->attribute_count > SDP_ATTRIBUTES_MAX || p->bandwidth_count > SDP_BANDWIDTHS_MAX)
		return SOTTO_ETOOBIG;
	if (attributes) {
		s->attributes = arena_alloc(p->arena, attributes * sizeof(*s->attributes));
		if (!s->attributes)
			return SOTTO_ENOMEM;
	}
	if (bandwidths) {
		s->bandwidths = arena_alloc(p->arena, bandwidths * sizeof(*s->bandwidths));
		if (!s->bandwidths)
			return SOTTO_ENOMEM;
	}
	return SOTTO_OK;
}

/* The lines that a section of either level may have; the rest is its caller's, or skipped. */
static sotto_err section_parse(struct parser *p, struct section *s)
{
	struct span rest = s->text;
	struct line line;
	bool found;

	TRY(section_alloc(p, s));
	for (;;) {
		TRY(line_take(&rest, &line, &found));
		if (!found)
			return SOTTO_OK;
		if (line.type == 'c')
			TRY(connection_parse(s, line.value));
		else if (line.type == 'a')
			s->attributes[s->attribute_count++] = attribute_split(line.value);
		else if (line.type == 'b')
			s->bandwidths[s->bandwidth_count++] = line.value;
	}
}

/*
 * o=<username> <sess-id> <sess-version> <nettype> <addrtype> <address> (RFC 8866 §5.2). Some put
 * blanks into the user name, so the five others are counted from the end.
 */
static sotto_err origin_parse(struct sdp *sdp, struct span value)
{
	struct span rest = value, word, last[5] = { { NULL, 0 } };
	size_t words = 0;

	while (span_word(&rest, &word)) {
		memmove(last, last + 1, 4 * sizeof(last[0]));
		last[4] = word;
		words++;
	}
	if (words < 6)
		return SOTTO_ESYNTAX;
	sdp->origin_user = span_trim((struct span){ value.p, (size_t)(last[0].p - value.p) });
	sdp->origin_id = last[0];
	sdp->origin_version = last[1];
	return SOTTO_OK;
}

static sotto_err session_lines(struct sdp *sdp, struct span rest)
{
	bool found, has_version = false, has_origin = false;
	struct line line;

	for (;;) {
		TRY(line_take(&rest, &line, &found));
		if (!found)
			break;
		if (!has_version && line.type != 'v')
			return SOTTO_EMISSING; /* RFC 8866 §5.1: v= is the first line */
		if (line.type == 'v') {
			if (!span_eq(span_trim(line.value), SPAN("0")))
				return SOTTO_ESYNTAX;
			has_version = true;
		} else if (line.type == 'o') {
			TRY(origin_parse(sdp, line.value));
			has_origin = true;
		} else if (line.type == 's') {
			sdp->name = line.value;
		} else if (line.type == 'i') {
			sdp->info = line.value;
		}
	}
	return has_version && has_origin ? SOTTO_OK : SOTTO_EMISSING;
}

static sotto_err session_parse(struct parser *p)
{
	struct sdp *sdp = p->sdp;

	TRY(session_lines(sdp, p->session.text));
	TRY(section_parse(p, &p->session));
	sdp->attributes = p->session.attributes;
	sdp->attribute_count = p->session.attribute_count;
	sdp->bandwidths = p->session.bandwidths;
	sdp->bandwidth_count = p->session.bandwidth_count;
	return SOTTO_OK;
}

/* m=<media> <port>[/<number>] <proto> <fmt> … (RFC 8866 §5.14) */
static sotto_err media_line_parse(struct sdp_media *m, struct span value)
{
	struct span port, number, format;
	uint64_t v;

	if (!span_word(&value, &m->kind_name) || !span_word(&value, &port) ||
		!span_word(&value, &m->profile_name))
		return SOTTO_ESYNTAX;
	if (!span_take(&port, '/', &number) || span_u64(number, UINT16_MAX, &v))
		return SOTTO_ESYNTAX;
	m->port = (uint16_t)v;
	m->kind = sdp_kind_parse(m->kind_name);
	m->profile = sdp_profile_parse(m->profile_name);
	while (span_word(&value, &format)) {
		if (m->format_count == SDP_FORMATS_MAX)
			return SOTTO_ETOOBIG;
		m->formats[m->format_count++] = format;
	}
	/* a refused line without formats says all that it has to say */
	return m->format_count || m->port == 0 ? SOTTO_OK : SOTTO_ESYNTAX;
}

static bool section_has(const struct section *s, struct span name)
{
	return sdp_attribute(s->attributes, s->attribute_count, name, 0) != NULL;
}

static bool section_direction(const struct section *s, enum sdp_direction *out)
{
	for (size_t i = 0; i < s->attribute_count; i++)
		if (sdp_direction_parse(s->attributes[i].name, out))
			return true;
	return false;
}

/* RFC 3264 §8.4: 0.0.0.0 asks for silence, whatever the direction says of it. */
static enum sdp_direction hold(enum sdp_direction d)
{
	return d == SDP_SENDRECV || d == SDP_SENDONLY ? SDP_SENDONLY : SDP_INACTIVE;
}

/* a=rtcp:<port> [IN IP4|IP6 <address>] (RFC 3605 §2.1); a malformed one is as none */
static void rtcp_parse(struct sdp_media *m, const struct section *s)
{
	const struct sdp_attribute *a =
		sdp_attribute(s->attributes, s->attribute_count, SPAN("rtcp"), 0);
	struct span rest, port, net, type, host;
	struct netaddr address;
	uint64_t v;

	m->rtcp_address = m->address;
	m->rtcp_port = m->port && m->port < UINT16_MAX ? (uint16_t)(m->port + 1) : 0;
	if (a) {
		rest = a->value;
		if (span_word(&rest, &port) && !span_u64(port, UINT16_MAX, &v))
			m->rtcp_port = (uint16_t)v;
		if (span_word(&rest, &net) && span_word(&rest, &type) && span_word(&rest, &host) &&
			!address_parse(host, &address))
			m->rtcp_address = address;
	}
	m->rtcp_address.port = m->rtcp_port;
}

static sotto_err media_parse(struct parser *p, struct sdp_media *m, struct span text)
{
	struct section s = { .text = text };
	const struct section *c = &s;
	struct span rest = text;
	struct line line;
	bool found;

	m->text = text;
	TRY(line_take(&rest, &line, &found)); /* the m= line itself */
	TRY(media_line_parse(m, line.value));
	TRY(section_parse(p, &s));
	m->attributes = s.attributes;
	m->attribute_count = s.attribute_count;
	m->bandwidths = s.bandwidths;
	m->bandwidth_count = s.bandwidth_count;
	if (!s.has_connection)
		c = &p->session;
	m->has_connection = c->has_connection;
	if (!m->has_connection && m->port)
		return SOTTO_EMISSING; /* RFC 8866 §5.7 */
	m->address = c->address;
	m->address.port = m->port;
	if (!section_direction(&s, &m->direction))
		section_direction(&p->session, &m->direction);
	if (c->is_held)
		m->direction = hold(m->direction);
	rtcp_parse(m, &s);
	m->rtcp_mux = section_has(&s, SPAN("rtcp-mux"));
	while (sdp_attribute(s.attributes, s.attribute_count, SPAN("crypto"), m->crypto_count))
		m->crypto_count++;
	m->has_fingerprint = section_has(&s, SPAN("fingerprint")) ||
			     section_has(&p->session, SPAN("fingerprint"));
	return SOTTO_OK;
}

/* The session's section, then one from each m= line to the next. */
static sotto_err sections_find(struct sdp *sdp, struct span *session, struct span *media)
{
	struct span rest = sdp->text, *open = session;
	const char *end = sdp->text.p + sdp->text.n;
	struct line line;
	bool found;

	*session = sdp->text;
	for (;;) {
		TRY(line_take(&rest, &line, &found));
		if (!found)
			return SOTTO_OK;
		if (line.type != 'm')
			continue;
		if (sdp->media_count == SDP_MEDIA_MAX)
			return SOTTO_ETOOBIG;
		open->n = (size_t)(line.start - open->p);
		open = &media[sdp->media_count++];
		*open = (struct span){ line.start, (size_t)(end - line.start) };
	}
}

static sotto_err parse(struct sdp *out, struct arena *arena, struct span text)
{
	struct parser p = { .sdp = out, .arena = arena };
	struct span media[SDP_MEDIA_MAX];

	if (text.n > SDP_TEXT_MAX)
		return SOTTO_ETOOBIG;
	if (text.n == 0)
		return SOTTO_EMISSING;
	out->text = text;
	TRY(sections_find(out, &p.session.text, media));
	TRY(session_parse(&p));
	for (size_t i = 0; i < out->media_count; i++)
		TRY(media_parse(&p, &out->media[i], media[i]));
	return SOTTO_OK;
}

sotto_err sdp_parse(struct sdp *out, struct arena *arena, struct span text)
{
	sotto_err err;

	memset(out, 0, sizeof(*out));
	err = parse(out, arena, text);
	if (err)
		memset(out, 0, sizeof(*out));
	return err;
}
