/** @file unit/srtp/srtp_test.c  Tests srtp/srtp.h with the packets that others computed. */
#include "srtp/srtp.h"

#include "base/text.h"
#include "data/srtp/packets.h"
#include "data/srtp/rfc.h"
#include "rtp/bytes.h"
#include "srtp/context.h"
#include "unit/alloc_fail.h"
#include "unit/test.h"

#define CAP SRTP_PACKET_MAX

static const uint8_t some_key[SRTP_KEY_SALT_MAX] = { 1, 2, 3 };

static size_t from_hex(uint8_t *out, const char *hex)
{
	CHECK(strlen(hex) / 2 <= CAP);
	CHECK_OK(hex_decode(out, strlen(hex) / 2, span_of(hex)));
	return strlen(hex) / 2;
}

static struct srtp *make(enum srtp_direction direction, const struct srtp_vector *v)
{
	uint8_t key[CAP] = { 0 }, mki[CAP] = { 0 };
	struct srtp_params params = srtp_params_of(v->suite, key);
	struct srtp *s;

	CHECK_INT(params.key_len, from_hex(key, v->key));
	params.mki_len = from_hex(mki, v->mki);
	params.masters[0].mki = mki;
	params.flags = v->flags;
	CHECK_OK(srtp_create(&s, direction, &params));
	return s;
}

/** As if the packet before the vector's had gone by. */
static void advance(struct srtp *s, const struct srtp_vector *v, const uint8_t *packet)
{
	uint64_t index = (uint64_t)v->roc_or_index << 16 | read_u16(packet + 2);
	struct srtp_stream *stream =
		srtp_stream_hear(&s->streams, read_u32(packet + (v->is_rtcp ? 4 : 8)));

	if (v->is_rtcp && v->roc_or_index)
		stream->rtcp = srtp_window_after(v->roc_or_index - 1);
	else if (!v->is_rtcp && index)
		stream->rtp = srtp_window_after(index - 1);
}

static void srtp_protect_gives_the_bytes_that_others_computed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(srtp_vectors); i++) {
		const struct srtp_vector *v = &srtp_vectors[i];
		uint8_t packet[CAP] = { 0 }, want[CAP] = { 0 };
		struct srtp_item item = { .packet = packet, .cap = CAP, .is_rtcp = v->is_rtcp };
		size_t want_len = from_hex(want, v->wire);

		ROW(v->label);
		item.srtp = make(SRTP_SEND, v);
		item.len = from_hex(packet, v->plain);
		advance(item.srtp, v, packet);
		srtp_protect(&item, 1);
		CHECK_OK(item.status);
		CHECK_INT(want_len, item.len);
		CHECK(memcmp(want, packet, want_len) == 0);
		srtp_destroy(item.srtp);
	}
}

static void unprotects(const struct srtp_vector *vectors, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct srtp_vector *v = &vectors[i];
		uint8_t packet[CAP] = { 0 }, again[CAP], want[CAP] = { 0 };
		struct srtp_item item = { .packet = packet, .cap = CAP, .is_rtcp = v->is_rtcp };
		size_t want_len = from_hex(want, v->plain), wire_len;

		ROW(v->label);
		item.srtp = make(SRTP_RECEIVE, v);
		item.len = wire_len = from_hex(packet, v->wire);
		memcpy(again, packet, CAP);
		advance(item.srtp, v, packet);
		srtp_unprotect(&item, 1);
		CHECK_OK(item.status);
		CHECK_INT(want_len, item.len);
		CHECK(memcmp(want, packet, want_len) == 0);

		item.packet = again; /* RFC 3711 §3.3.2 */
		item.len = wire_len;
		srtp_unprotect(&item, 1);
		CHECK_INT(SOTTO_EREPLAY, item.status);
		srtp_destroy(item.srtp);
	}
}

static void srtp_unprotect_gives_the_bytes_that_others_protected(void **state)
{
	(void)state;
	unprotects(srtp_vectors, ARRAY_LEN(srtp_vectors));
}

/** Its tags are right under its own derivation only: so the tag decides. */
static void srtp_unprotect_reads_aes_192_of_older_libsrtp_too(void **state)
{
	(void)state;
	unprotects(srtp_old_192_vectors, ARRAY_LEN(srtp_old_192_vectors));
}

/** RFC 7714 prints session keys: they take the place of what was derived. */
static struct srtp *make_gcm(enum srtp_direction direction, size_t i)
{
	uint8_t key[32];
	size_t key_len = from_hex(key, rfc_gcm_vectors[i].key);
	struct srtp_params params = srtp_params_of(
		key_len == 16 ? SRTP_AEAD_AES_128_GCM : SRTP_AEAD_AES_256_GCM, some_key);
	struct srtp_keys *k[2];
	struct srtp *s;

	params.flags =
		rfc_gcm_vectors[i].is_clear ? SRTP_UNENCRYPTED_RTP | SRTP_UNENCRYPTED_RTCP : 0;
	CHECK_OK(srtp_create(&s, direction, &params));
	k[0] = s->masters[0].derived[0].rtp;
	k[1] = s->masters[0].derived[0].rtcp;
	for (size_t j = 0; j < 2; j++) {
		CHECK_OK(s->rtp.cipher->init(k[j], key, key_len));
		from_hex(k[j]->salt, RFC_GCM_SALT);
	}
	return s;
}

static void srtp_gives_the_packets_of_rfc_7714(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rfc_gcm_vectors); i++) {
		const struct srtp_vector v = { .is_rtcp = rfc_gcm_vectors[i].is_rtcp,
			.roc_or_index = rfc_gcm_vectors[i].roc_or_index };
		uint8_t packet[CAP] = { 0 }, plain[CAP] = { 0 }, wire[CAP] = { 0 };
		size_t plain_len = from_hex(plain, rfc_gcm_vectors[i].plain);
		size_t wire_len = from_hex(wire, rfc_gcm_vectors[i].wire);
		struct srtp_item item = { .srtp = make_gcm(SRTP_SEND, i),
			.packet = packet,
			.len = plain_len,
			.cap = CAP,
			.is_rtcp = v.is_rtcp };

		ROW(rfc_gcm_vectors[i].label);
		memcpy(packet, plain, plain_len);
		advance(item.srtp, &v, packet);
		srtp_protect(&item, 1);
		CHECK_OK(item.status);
		CHECK_INT(wire_len, item.len);
		CHECK(memcmp(wire, packet, wire_len) == 0);
		srtp_destroy(item.srtp);

		item.srtp = make_gcm(SRTP_RECEIVE, i);
		srtp_unprotect(&item, 1);
		CHECK_OK(item.status);
		CHECK_INT(plain_len, item.len);
		CHECK(memcmp(plain, packet, plain_len) == 0);
		srtp_destroy(item.srtp);
	}
}

static const struct {
	const char *label;
	struct srtp_params params;
	sotto_err want;
} create_rows[] = {
	{ "one byte short",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .key_len = 29, .master_count = 1 },
		SOTTO_EKEYLEN },
	{ "one byte long",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .key_len = 31, .master_count = 1 },
		SOTTO_EKEYLEN },
	{ "no suite", { .suite = SRTP_SUITE_NONE, .master_count = 1 }, SOTTO_EUNSUPPORTED },
	{ "no key", { .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .key_len = 30 }, SOTTO_EINVAL },
	{ "two keys without MKIs",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80, .key_len = 30, .master_count = 2 },
		SOTTO_EINVAL },
	{ "as many keys as there may be",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.key_len = 30,
			.master_count = SRTP_MASTERS_MAX,
			.mki_len = 1 },
		SOTTO_OK },
	{ "one more",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.key_len = 30,
			.master_count = SRTP_MASTERS_MAX + 1,
			.mki_len = 1 },
		SOTTO_EINVAL },
	{ "the longest MKI",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.key_len = 30,
			.master_count = 1,
			.mki_len = SRTP_MKI_MAX },
		SOTTO_OK },
	{ "a longer one",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.key_len = 30,
			.master_count = 1,
			.mki_len = SRTP_MKI_MAX + 1 },
		SOTTO_EINVAL },
	{ "the highest key derivation rate",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.key_len = 30,
			.master_count = 1,
			.kdr = SRTP_KDR_MAX },
		SOTTO_OK },
	{ "a higher one",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.key_len = 30,
			.master_count = 1,
			.kdr = SRTP_KDR_MAX + 1 },
		SOTTO_EINVAL },
	{ "HMAC, unauthenticated",
		{ .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
			.key_len = 30,
			.master_count = 1,
			.flags = SRTP_UNAUTHENTICATED_RTP },
		SOTTO_OK },
	{ "an AEAD, unauthenticated",
		{ .suite = SRTP_AEAD_AES_128_GCM,
			.key_len = 28,
			.master_count = 1,
			.flags = SRTP_UNAUTHENTICATED_RTP },
		SOTTO_EUNSUPPORTED },
};

static void srtp_create_accepts_and_rejects(void **state)
{
	static const uint8_t mki[SRTP_MASTERS_MAX][SRTP_MKI_MAX] = { { 1 }, { 2 }, { 3 }, { 4 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(create_rows); i++) {
		struct srtp_params params = create_rows[i].params;
		struct srtp *s = (struct srtp *)&params;

		ROW(create_rows[i].label);
		for (size_t j = 0; j < SRTP_MASTERS_MAX; j++)
			params.masters[j] = (struct srtp_master){ some_key, mki[j] };
		CHECK_INT(create_rows[i].want, srtp_create(&s, SRTP_RECEIVE, &params));
		CHECK_INT(create_rows[i].want == SOTTO_OK, s != NULL);
		srtp_destroy(s);
	}
}

static void srtp_create_knows_every_suite(void **state)
{
	(void)state;
	for (unsigned i = SRTP_SUITE_NONE + 1; i < SRTP_SUITE_COUNT; i++) {
		struct srtp_params params = srtp_params_of((enum srtp_suite)i, some_key);
		struct srtp *s;

		ROW(srtp_suite_info((enum srtp_suite)i)->name);
		CHECK_OK(srtp_create(&s, SRTP_SEND, &params));
		srtp_destroy(s);
	}
}

/** An MKI of a line is a number; in the packets it is big-endian (RFC 4568 §6.1). */
static void srtp_create_keyed_takes_what_a_line_says(void **state)
{
	struct srtp_keying keying = { .suite = SRTP_AES_CM_128_HMAC_SHA1_80,
		.bytes = { 1 },
		.mki = 0x0102,
		.mki_len = 3,
		.more = { { .bytes = { 2 }, .mki = 0x0506 } },
		.more_count = 1,
		.flags = SRTP_UNENCRYPTED_RTCP,
		.kdr = 24 };
	struct srtp *s;

	(void)state;
	CHECK_OK(srtp_create_keyed(&s, SRTP_RECEIVE, &keying));
	CHECK_INT(2, s->master_count);
	CHECK(memcmp(s->masters[0].mki, "\0\1\2", 3) == 0);
	CHECK(memcmp(s->masters[1].mki, "\0\5\6", 3) == 0);
	CHECK(s->rtcp.is_clear && !s->rtp.is_clear);
	CHECK_INT(24, s->kdr);
	srtp_destroy(s);
	keying.mki_len = SRTP_MKI_MAX;
	CHECK_OK(srtp_create_keyed(&s, SRTP_RECEIVE, &keying));
	CHECK_INT(1, s->masters[0].mki[SRTP_MKI_MAX - 2]);
	srtp_destroy(s);
	keying.mki_len = SRTP_MKI_MAX + 1;
	CHECK_INT(SOTTO_EINVAL, srtp_create_keyed(&s, SRTP_RECEIVE, &keying));
	keying.mki_len = 1;
	keying.more_count = SRTP_MASTERS_MAX;
	CHECK_INT(SOTTO_EINVAL, srtp_create_keyed(&s, SRTP_RECEIVE, &keying));
	CHECK(s == NULL);
}

static void create_and_destroy(void *ctx)
{
	struct srtp_params params = srtp_params_of(*(enum srtp_suite *)ctx, some_key);
	struct srtp *s;
	sotto_err err = srtp_create(&s, SRTP_SEND, &params);

	CHECK_INT(alloc_fail_hit() ? SOTTO_ENOMEM : SOTTO_OK, err);
	CHECK_INT(err == SOTTO_OK, s != NULL);
	srtp_destroy(s);
}

static void srtp_create_survives_every_failing_allocation(void **state)
{
	enum srtp_suite suites[] = { SRTP_AES_192_CM_HMAC_SHA1_80, SRTP_AEAD_AES_256_GCM,
		SRTP_F8_128_HMAC_SHA1_80, SRTP_NULL_HMAC_SHA1_80, SRTP_AES_CM_128_NULL_AUTH };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		alloc_fail_sweep(create_and_destroy, &suites[i]);
}

/* ---- protect's refusals ---- */

static struct srtp *plain_context(enum srtp_direction direction)
{
	struct srtp_params params = srtp_params_of(SRTP_AES_CM_128_HMAC_SHA1_80, some_key);
	struct srtp *s;

	CHECK_OK(srtp_create(&s, direction, &params));
	return s;
}

static const struct {
	const char *label;
	bool is_rtcp;
	size_t len, cap;
	uint8_t first;
	sotto_err want;
} protect_rows[] = {
	{ "least RTP", false, 12, 12 + SRTP_TRAILER_MAX, 0x80, SOTTO_OK },
	{ "RTP without room", false, 12, 11 + SRTP_TRAILER_MAX, 0x80, SOTTO_ENOSPACE },
	{ "RTP cut short", false, 11, CAP, 0x80, SOTTO_ESYNTAX },
	{ "RTP of version 0", false, 12, CAP, 0x00, SOTTO_ESYNTAX },
	{ "longest RTP", false, SRTP_PACKET_MAX - SRTP_TRAILER_MAX, CAP, 0x80, SOTTO_OK },
	{ "one longer", false, SRTP_PACKET_MAX - SRTP_TRAILER_MAX + 1, CAP + 1, 0x80,
		SOTTO_ENOSPACE },
	{ "least RTCP", true, 8, 8 + SRTP_TRAILER_MAX, 0x80, SOTTO_OK },
	{ "RTCP without room", true, 8, 7 + SRTP_TRAILER_MAX, 0x80, SOTTO_ENOSPACE },
	{ "RTCP cut short", true, 7, CAP, 0x80, SOTTO_ESYNTAX },
	{ "RTCP of version 3", true, 8, CAP, 0xc0, SOTTO_ESYNTAX },
};

static void srtp_protect_accepts_and_rejects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(protect_rows); i++) {
		uint8_t packet[CAP + 1] = { protect_rows[i].first, 200 };
		struct srtp_item item = {
			.srtp = plain_context(SRTP_SEND),
			.packet = packet,
			.len = protect_rows[i].len,
			.cap = protect_rows[i].cap,
			.is_rtcp = protect_rows[i].is_rtcp,
		};
		struct srtp before = *item.srtp;

		ROW(protect_rows[i].label);
		srtp_protect(&item, 1);
		CHECK_INT(protect_rows[i].want, item.status);
		CHECK_INT(protect_rows[i].want != SOTTO_OK,
			memcmp(&before, item.srtp, sizeof(before)) == 0);
		srtp_destroy(item.srtp);
	}
}

static const struct {
	const char *label;
	bool is_rtcp;
	size_t len;
	uint8_t first;
	sotto_err want;
} unprotect_rows[] = {
	{ "nothing", false, 0, 0x80, SOTTO_ESYNTAX },
	{ "RTP one byte short of a tag", false, 21, 0x80, SOTTO_ESYNTAX },
	{ "RTP and a wrong tag", false, 22, 0x80, SOTTO_EAUTH },
	{ "RTP of version 1", false, 22, 0x40, SOTTO_ESYNTAX },
	{ "RTCP one byte short of a tag", true, 21, 0x80, SOTTO_ESYNTAX },
	{ "RTCP, not enciphered, no tag", true, 22, 0x80, SOTTO_EAUTH },
	{ "RTCP of version 1", true, 22, 0x40, SOTTO_ESYNTAX },
};

static void srtp_unprotect_rejects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unprotect_rows); i++) {
		uint8_t packet[CAP] = { unprotect_rows[i].first, 200 };
		struct srtp_item item = {
			.srtp = plain_context(SRTP_RECEIVE),
			.packet = packet,
			.len = unprotect_rows[i].len,
			.cap = CAP,
			.is_rtcp = unprotect_rows[i].is_rtcp,
		};

		ROW(unprotect_rows[i].label);
		srtp_unprotect(&item, 1);
		CHECK_INT(unprotect_rows[i].want, item.status);
		CHECK_INT(unprotect_rows[i].len, item.len);
		srtp_destroy(item.srtp);
	}
}

static void a_context_serves_one_direction(void **state)
{
	struct srtp *send = plain_context(SRTP_SEND), *receive = plain_context(SRTP_RECEIVE);
	uint8_t packet[CAP] = { 0x80 };
	struct srtp_item item = { .srtp = send, .packet = packet, .len = 40, .cap = CAP };

	(void)state;
	srtp_unprotect(&item, 1);
	CHECK_INT(SOTTO_EINVAL, item.status);
	item.srtp = receive;
	srtp_protect(&item, 1);
	CHECK_INT(SOTTO_EINVAL, item.status);
	srtp_destroy(send);
	srtp_destroy(receive);
	srtp_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(srtp_protect_gives_the_bytes_that_others_computed),
		cmocka_unit_test(srtp_unprotect_gives_the_bytes_that_others_protected),
		cmocka_unit_test(srtp_unprotect_reads_aes_192_of_older_libsrtp_too),
		cmocka_unit_test(srtp_gives_the_packets_of_rfc_7714),
		cmocka_unit_test(srtp_create_accepts_and_rejects),
		cmocka_unit_test(srtp_create_knows_every_suite),
		cmocka_unit_test(srtp_create_keyed_takes_what_a_line_says),
		cmocka_unit_test(srtp_create_survives_every_failing_allocation),
		cmocka_unit_test(srtp_protect_accepts_and_rejects),
		cmocka_unit_test(srtp_unprotect_rejects),
		cmocka_unit_test(a_context_serves_one_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
