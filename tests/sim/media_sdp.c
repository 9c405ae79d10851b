/** @file sim/media_sdp.c  What phones describe, and what they make of the edge's descriptions. */
#include <stdio.h>

#include "base/text.h"
#include "sdp/sdes.h"
#include "sim/world.h"

sotto_err media_shape_parse(struct media_shape *out, struct span text)
{
	static const struct {
		const char *name;
		enum media_shape_kind kind;
	} kinds[] = {
		{ "none", MEDIA_SHAPE_NONE },
		{ "plain", MEDIA_SHAPE_PLAIN },
		{ "srtp", MEDIA_SHAPE_SRTP },
		{ "osrtp", MEDIA_SHAPE_OSRTP },
		{ "savp", MEDIA_SHAPE_SAVP_ONLY },
		{ "dtls", MEDIA_SHAPE_DTLS },
		{ "t38", MEDIA_SHAPE_T38 },
	};
	struct span name;

	if (!span_take(&text, ':', &name))
		return SOTTO_ESYNTAX;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (span_eq(name, span_of(kinds[i].name))) {
			out->kind = kinds[i].kind;
			out->suites = text;
			return SOTTO_OK;
		}
	return SOTTO_ESYNTAX;
}

/* -- ours ---------------------------------------------------------------------------------- */

static void line_init(struct media_crypto_line *l, uint32_t tag, struct span name)
{
	*l = (struct media_crypto_line){ .tag = tag };
	snprintf(l->name, sizeof(l->name), "%.*s", SPAN_FMT(name));
	l->suite = srtp_suite_parse(name);
	l->key_len = l->suite == SRTP_SUITE_NONE ? 30
						 : (size_t)srtp_suite_info(l->suite)->key_len +
							   srtp_suite_info(l->suite)->salt_len;
}

static void line_key(struct media_crypto_line *l)
{
	struct buf b = buf_over(l->base64, sizeof(l->base64) - 1);

	memset(l->base64, 0, sizeof(l->base64));
	base64_write(&b, l->key, l->key_len);
}

/** Our key for that suite on this call: the same in every description, unless a new one is asked
 * for. */
static void own_key(struct media_end *m, struct call *c, struct media_crypto_line *l, bool is_new)
{
	struct media_crypto_line *kept = NULL;

	for (size_t i = 0; i < m->own.count && !kept; i++)
		if (strcmp(m->own.lines[i].name, l->name) == 0)
			kept = &m->own.lines[i];
	if (!kept && m->own.count < MEDIA_END_OFFERED_MAX) {
		kept = &m->own.lines[m->own.count++];
		*kept = *l;
		is_new = true;
	}
	if (!kept)
		return;
	if (is_new)
		rng_fill(&c->phone->world->phone_rng.rng, kept->key, kept->key_len);
	memcpy(l->key, kept->key, l->key_len);
	line_key(l);
	watch_secret(c->phone->world, c->phone, WATCH_KEY, span_of(l->base64));
}

static void crypto_write(struct buf *b, const struct media_crypto_line *l)
{
	buf_printf(b, "a=crypto:%u %s inline:%s\r\n", l->tag, l->name, l->base64);
}

static void media_agree(struct media_end *m, struct call *c, enum srtp_suite suite,
	const uint8_t *rx_key, const uint8_t *tx_key);

static void offer_crypto(
	struct media_end *m, struct call *c, struct buf *b, const struct media_shape *shape)
{
	struct span suites = shape->suites.n ? shape->suites : SPAN("AES_CM_128_HMAC_SHA1_80");
	struct span name;

	m->offered.count = 0;
	while (span_take(&suites, ',', &name) && m->offered.count < MEDIA_END_OFFERED_MAX) {
		struct media_crypto_line *l = &m->offered.lines[m->offered.count++];
		line_init(l, (uint32_t)m->offered.count, name);
		own_key(m, c, l, shape->new_key);
		crypto_write(b, l);
	}
}

/** The edge's line that we answer: of the suite asked for, else the first that we can do. */
static const struct media_crypto_line *line_choose(
	const struct media_end *m, const struct media_shape *shape)
{
	const enum srtp_suite wanted = srtp_suite_parse(shape->suites);

	for (size_t i = 0; i < m->proposed.count; i++) {
		const struct media_crypto_line *l = &m->proposed.lines[i];
		if (shape->suites.n ? l->suite == wanted : srtp_suite_info(l->suite)->is_built)
			return l;
	}
	return NULL;
}

static void answer_crypto(
	struct media_end *m, struct call *c, struct buf *b, const struct media_shape *shape)
{
	const struct media_crypto_line *theirs = line_choose(m, shape);
	struct media_crypto_line ours;
	uint64_t tag = theirs ? theirs->tag : 1;

	/* without a line to answer it is a wrong answer, sent on purpose */
	line_init(&ours, 0,
		theirs            ? span_of(theirs->name)
		: shape->suites.n ? shape->suites
				  : SPAN("AES_CM_128_HMAC_SHA1_80"));
	if (shape->tag.n && span_u64(shape->tag, UINT32_MAX, &tag))
		world_fail(c->phone->world, "tag=NUMBER");
	ours.tag = (uint32_t)tag;
	own_key(m, c, &ours, shape->new_key);
	crypto_write(b, &ours);
	if (theirs && theirs->tag == ours.tag)
		media_agree(m, c, theirs->suite, theirs->key, ours.key);
}

static const char *shape_profile(
	const struct media_end *m, const struct media_shape *s, bool answer)
{
	switch (s->kind) {
	case MEDIA_SHAPE_DTLS: return "UDP/TLS/RTP/SAVP";
	case MEDIA_SHAPE_SAVP_ONLY: return "RTP/SAVP";
	case MEDIA_SHAPE_SRTP: return answer && !m->peer_is_secure ? "RTP/AVP" : "RTP/SAVP";
	case MEDIA_SHAPE_NONE:
	case MEDIA_SHAPE_PLAIN:
	case MEDIA_SHAPE_OSRTP:
	case MEDIA_SHAPE_T38: break;
	}
	return "RTP/AVP";
}

static void codecs_write(struct buf *b, struct span codecs)
{
	static const struct {
		const char *format, *line;
	} known[] = {
		{ "0", "a=rtpmap:0 PCMU/8000\r\n" },
		{ "8", "a=rtpmap:8 PCMA/8000\r\n" },
		{ "9", "a=rtpmap:9 G722/8000\r\n" },
		{ "101", "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n" },
	};
	struct span list = codecs, one;

	while (span_take(&list, ',', &one))
		buf_printf(b, " %.*s", SPAN_FMT(one));
	buf_lit(b, "\r\n");
	while (span_take(&codecs, ',', &one))
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			if (span_eq(one, span_of(known[i].format)))
				buf_put(b, span_of(known[i].line));
}

static void audio_write(struct media_end *m, struct call *c, struct buf *b,
	const struct media_shape *shape, bool is_answer)
{
	const struct span codecs = shape->codecs.n ? shape->codecs : SPAN("0,8,101");

	buf_printf(b, "m=audio %u %s", m->rtp.port, shape_profile(m, shape, is_answer));
	codecs_write(b, codecs);
	if ((shape->kind == MEDIA_SHAPE_SRTP || shape->kind == MEDIA_SHAPE_OSRTP) && is_answer)
		answer_crypto(m, c, b, shape);
	else if (shape->kind == MEDIA_SHAPE_SRTP || shape->kind == MEDIA_SHAPE_OSRTP)
		offer_crypto(m, c, b, shape);
	else if (is_answer && shape->kind == MEDIA_SHAPE_PLAIN)
		media_agree(m, c, SRTP_SUITE_NONE, NULL, NULL);
	if (shape->kind == MEDIA_SHAPE_DTLS)
		buf_lit(b, "a=setup:actpass\r\na=fingerprint:sha-256 "
			   "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:4A:AD:B9:"
			   "B1:3F:82:18:3B:54:02:12:DF\r\n");
	if (shape->direction.n)
		buf_printf(b, "a=%.*s\r\n", SPAN_FMT(shape->direction));
}

static void port_change(struct media_end *m, struct call *c, const struct media_shape *shape)
{
	uint64_t port;

	if (!shape->port.n)
		return;
	if (span_u64(shape->port, UINT16_MAX, &port) || port % 2)
		world_fail(c->phone->world, "port=EVEN NUMBER");
	m->rtp.port = m->seen.port = (uint16_t)port;
}

void media_end_describe(struct media_end *m, struct call *c, struct buf *b,
	const struct media_shape *shape, bool is_answer)
{
	const char *family = m->rtp.family == IP_V6 ? "IP6" : "IP4";
	char text[sizeof(m->previous)], host[NETADDR_TEXT_MAX] = { 0 };
	struct buf body = buf_over(text, sizeof(text) - 1), h = buf_over(host, sizeof(host) - 1);

	port_change(m, c, shape);
	memset(text, 0, sizeof(text));
	netaddr_write_ip(&h, &m->rtp);
	if (!is_answer)
		m->offered.count = 0;
	if (shape->kind == MEDIA_SHAPE_T38)
		buf_printf(&body, "m=image %u udptl t38\r\na=T38FaxVersion:0\r\n", m->rtp.port);
	else
		audio_write(m, c, &body, shape, is_answer);
	/* RFC 3264 §8: the version rises with each change, and only then */
	if (strcmp(text, m->previous) != 0)
		m->version++;
	memcpy(m->previous, text, sizeof(text));
	buf_printf(b, "v=0\r\no=%s %u %llu IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n",
		c->phone->name, 1000 + c->number, (unsigned long long)m->version, family, host,
		family, host);
	buf_put(b, buf_span(&body));
}

/* -- the edge's ------------------------------------------------------------------------------ */

static bool same_key(const struct srtp *context, const uint8_t *old, const uint8_t *key, size_t n)
{
	return context && memcmp(old, key, n) == 0;
}

static void context_make(struct world *w, struct srtp **context, enum srtp_direction direction,
	enum srtp_suite suite, uint8_t *kept, const uint8_t *key)
{
	const struct srtp_suite_info *info = srtp_suite_info(suite);
	const struct srtp_params params = srtp_params_of(suite, key);

	if (same_key(*context, kept, key, params.key_len))
		return;
	srtp_destroy(*context);
	*context = NULL;
	memcpy(kept, key, params.key_len);
	if (srtp_create(context, direction, &params))
		world_fail(w, "no SRTP context for %s", info->name);
}

static void media_agree(struct media_end *m, struct call *c, enum srtp_suite suite,
	const uint8_t *rx_key, const uint8_t *tx_key)
{
	if (suite != m->suite || suite == SRTP_SUITE_NONE) {
		srtp_destroy(m->rx);
		srtp_destroy(m->tx);
		m->rx = m->tx = NULL;
	}
	m->suite = suite;
	if (suite == SRTP_SUITE_NONE)
		return;
	context_make(c->phone->world, &m->rx, SRTP_RECEIVE, suite, m->rx_key, rx_key);
	context_make(c->phone->world, &m->tx, SRTP_SEND, suite, m->tx_key, tx_key);
}

static void proposed_read(struct media_end *m, const struct sdp_media *audio)
{
	const struct sdp_attribute *a;

	m->proposed.count = 0;
	for (size_t i = 0; m->proposed.count < MEDIA_END_OFFERED_MAX &&
			   (a = sdp_attribute(audio->attributes, audio->attribute_count,
				    SPAN("crypto"), i)) != NULL;
		i++) {
		struct media_crypto_line *l = &m->proposed.lines[m->proposed.count];
		struct sdes_line line;
		if (sdes_parse(&line, a->value) == SOTTO_OK) {
			line_init(l, line.tag, line.suite_name);
			memcpy(l->key, line.keys[0].bytes, l->key_len);
			line_key(l);
			m->proposed.count++;
		}
		sdes_wipe(&line);
	}
}

/** The answer to our offer: clear, or the one line of ours that it chose. */
static bool answer_learn(struct media_end *m, struct call *c, const char **why)
{
	const struct media_crypto_line *theirs = &m->proposed.lines[0];

	*why = "it has more than one a=crypto line";
	if (m->proposed.count > 1)
		return false;
	if (m->proposed.count == 0) {
		*why = "the answer is RTP/SAVP without a usable a=crypto line";
		media_agree(m, c, SRTP_SUITE_NONE, NULL, NULL);
		return !m->peer_is_secure;
	}
	for (size_t i = 0; i < m->offered.count; i++) {
		const struct media_crypto_line *ours = &m->offered.lines[i];
		if (ours->tag != theirs->tag || strcmp(ours->name, theirs->name) != 0)
			continue;
		*why = "its key is ours";
		if (memcmp(ours->key, theirs->key, ours->key_len) == 0)
			return false;
		media_agree(m, c, ours->suite, theirs->key, ours->key);
		return true;
	}
	*why = "its a=crypto tag and suite are none of those offered";
	return false;
}

static const struct sdp_media *audio_find(const struct sdp *sdp)
{
	for (size_t i = 0; i < sdp->media_count; i++)
		if (sdp->media[i].kind == SDP_KIND_AUDIO && sdp->media[i].port)
			return &sdp->media[i];
	return NULL;
}

/**
 * RFC 3264 §8: on one leg the session id stays, and the version rises by one with each change and
 * only then.
 */
static bool origin_check(struct media_end *m, const struct sdp *sdp, const char **why)
{
	struct media_origin *o = &m->origin;
	struct span rest = sdp->text, line;
	struct buf body = buf_over(o->next, sizeof(o->next));
	uint64_t id, version;
	bool is_same;

	while (span_take(&rest, '\n', &line))
		if (!(line.n > 1 && line.p[0] == 'o'))
			buf_put(&body, line);
	*why = "its o= line has no numbers";
	if (span_u64(sdp->origin_id, UINT64_MAX, &id) ||
		span_u64(sdp->origin_version, UINT64_MAX, &version))
		return false;
	is_same = o->n == body.n && memcmp(o->text, o->next, body.n) == 0;
	*why = "its session id is not that of the last one";
	if (o->n && id != o->id)
		return false;
	*why = is_same ? "its version rose, and nothing changed"
		       : "it changed, and its version did not rise by one";
	if (o->n && version != o->version + !is_same)
		return false;
	o->id = id;
	o->version = version;
	o->n = body.n;
	memcpy(o->text, o->next, body.n);
	return true;
}

bool media_end_learn(struct media_end *m, struct call *c, struct span text, const char **why)
{
	struct arena arena;
	struct sdp sdp;
	const struct sdp_media *audio;
	bool ok = false;

	*why = "our parser refuses it";
	arena_init(&arena, 256 * 1024);
	if (sdp_parse(&sdp, &arena, text))
		goto out;
	if (!origin_check(m, &sdp, why))
		goto out;
	audio = audio_find(&sdp);
	*why = "it has no audio";
	ok = audio != NULL;
	if (!audio)
		goto out;
	m->remote = m->remote_rtcp = audio->address;
	m->remote.port = audio->port;
	m->remote_rtcp.port = audio->rtcp_mux ? audio->port : audio->rtcp_port;
	m->peer_is_secure = sdp_profile_is_secure(audio->profile);
	m->direction = audio->direction;
	proposed_read(m, audio);
	ok = !m->we_offered || answer_learn(m, c, why);
out:
	arena_deinit(&arena);
	return ok;
}
