/**
 * @file fuzz/sdp/sdp_fuzz.c  Any bytes as a session description: every span lies in the text and
 * holds no line end, every number in its bounds, and reading needs no more memory than its bound.
 */
#include <assert.h>

#include "sdp/sdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All attributes and bandwidths that there can be, with the arena's rounding per section */
#define ARENA_MAX                                            \
	(SDP_ATTRIBUTES_MAX * sizeof(struct sdp_attribute) + \
		SDP_BANDWIDTHS_MAX * sizeof(struct span) + (size_t)(SDP_MEDIA_MAX + 1) * 2 * 16)

static void check_span(const struct sdp *sdp, struct span s)
{
	if (!s.p)
		return;
	assert(s.p >= sdp->text.p && s.p + s.n <= sdp->text.p + sdp->text.n);
	assert(!s.n || (!memchr(s.p, '\n', s.n) && !memchr(s.p, '\r', s.n)));
}

static void check_attributes(const struct sdp *sdp, const struct sdp_attribute *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_span(sdp, a[i].name);
		check_span(sdp, a[i].value);
		assert(!span_has(a[i].name, ':'));
	}
}

static void check_media(const struct sdp *sdp, const struct sdp_media *m)
{
	check_span(sdp, m->kind_name);
	check_span(sdp, m->profile_name);
	check_attributes(sdp, m->attributes, m->attribute_count);
	assert(m->format_count <= SDP_FORMATS_MAX && (m->format_count || !m->port));
	for (size_t i = 0; i < m->format_count; i++) {
		check_span(sdp, m->formats[i]);
		(void)sdp_codec_name(m, m->formats[i]);
	}
	assert(m->crypto_count <= m->attribute_count);
	assert(m->direction <= SDP_INACTIVE);
	if (m->address.family &&
		netaddr_is_any(&m->address)) /* whatever is said: nothing is to be sent there */
		assert(m->direction == SDP_SENDONLY || m->direction == SDP_INACTIVE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sdp sdp;
	struct arena arena;
	sotto_err err;

	arena_init(&arena, ARENA_MAX);
	err = sdp_parse(&sdp, &arena, (struct span){ (const char *)data, size });
	assert(err != SOTTO_ENOMEM);
	assert(sdp.media_count <= SDP_MEDIA_MAX);
	check_attributes(&sdp, sdp.attributes, sdp.attribute_count);
	for (size_t i = 0; i < sdp.media_count; i++)
		check_media(&sdp, &sdp.media[i]);
	arena_deinit(&arena);
	return 0;
}
