/** @file unit/srtp/srtp_test.c  Tests srtp/srtp.h with the packets that others computed. */
#include "srtp/srtp.h"

#include "base/text.h"
#include "data/srtp/aes_cm_128.h"
#include "srtp/context.h"
#include "unit/alloc_fail.h"
#include "unit/test.h"

#define CAP SRTP_PACKET_MAX

static size_t from_hex(uint8_t *out, const char *hex)
{
	CHECK(strlen(hex) / 2 <= CAP);
	CHECK_OK(hex_decode(out, strlen(hex) / 2, span_of(hex)));
	return strlen(hex) / 2;
}

static struct srtp *make(enum srtp_direction direction, const struct srtp_vector *v)
{
	uint8_t key[CAP];
	struct srtp_params params = { .suite = v->suite, .key = key };
	struct srtp *s;

	params.key_len = from_hex(key, v->key);
	CHECK_OK(srtp_create(&s, direction, &params));
	return s;
}

/** As if the packet before the vector's had gone by. */
static void advance(struct srtp *s, const struct srtp_vector *v, const uint8_t *packet)
{
	uint32_t rtp_ssrc = (uint32_t)packet[8] << 24 | (uint32_t)packet[9] << 16 |
			    (uint32_t)packet[10] << 8 | packet[11];
	uint32_t rtcp_ssrc = (uint32_t)packet[4] << 24 | (uint32_t)packet[5] << 16 |
			     (uint32_t)packet[6] << 8 | packet[7];
	uint64_t index = (uint64_t)v->roc_or_index << 16 | (uint64_t)(packet[2] << 8 | packet[3]);
	struct srtp_stream *stream =
		srtp_stream_hear(&s->streams, v->is_rtcp ? rtcp_ssrc : rtp_ssrc);

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

static void srtp_unprotect_gives_the_bytes_that_others_protected(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(srtp_vectors); i++) {
		const struct srtp_vector *v = &srtp_vectors[i];
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

static const uint8_t some_key[SRTP_KEY_SALT_MAX] = { 1, 2, 3 };

static const struct {
	const char *label;
	enum srtp_suite suite;
	size_t key_len;
	sotto_err want;
} create_rows[] = {
	{"80-bit tag",            SRTP_AES_CM_128_HMAC_SHA1_80, 30, SOTTO_OK          },
	{ "32-bit tag",           SRTP_AES_CM_128_HMAC_SHA1_32, 30, SOTTO_OK          },
	{ "one byte short",       SRTP_AES_CM_128_HMAC_SHA1_80, 29, SOTTO_EKEYLEN     },
	{ "one byte long",        SRTP_AES_CM_128_HMAC_SHA1_80, 31, SOTTO_EKEYLEN     },
	{ "no suite",             SRTP_SUITE_NONE,              0,  SOTTO_EUNSUPPORTED},
	{ "f8, which is not yet", SRTP_F8_128_HMAC_SHA1_80,     30, SOTTO_EUNSUPPORTED},
};

static void srtp_create_accepts_and_rejects(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(create_rows); i++) {
		struct srtp_params params = { .suite = create_rows[i].suite, .key = some_key };
		struct srtp *s = (struct srtp *)&params;

		ROW(create_rows[i].label);
		params.key_len = create_rows[i].key_len;
		CHECK_INT(create_rows[i].want, srtp_create(&s, SRTP_RECEIVE, &params));
		CHECK_INT(create_rows[i].want == SOTTO_OK, s != NULL);
		srtp_destroy(s);
	}
}

static void create_and_destroy(void *ctx)
{
	struct srtp_params params = { SRTP_AES_CM_128_HMAC_SHA1_80, some_key, 30 };
	struct srtp *s;
	sotto_err err = srtp_create(&s, SRTP_SEND, &params);

	(void)ctx;
	CHECK_INT(alloc_fail_hit() ? SOTTO_ENOMEM : SOTTO_OK, err);
	CHECK_INT(err == SOTTO_OK, s != NULL);
	srtp_destroy(s);
}

static void srtp_create_survives_every_failing_allocation(void **state)
{
	(void)state;
	alloc_fail_sweep(create_and_destroy, NULL);
}

/* ---- protect's refusals ---- */

static struct srtp *plain_context(enum srtp_direction direction)
{
	struct srtp_params params = { SRTP_AES_CM_128_HMAC_SHA1_80, some_key, 30 };
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
	{"least RTP",          false, 12,				     12 + SRTP_TRAILER_MAX, 0x80, SOTTO_OK      },
	{ "RTP without room",  false, 12,                                     11 + SRTP_TRAILER_MAX, 0x80, SOTTO_ENOSPACE},
	{ "RTP cut short",     false, 11,                                     CAP,                   0x80, SOTTO_ESYNTAX },
	{ "RTP of version 0",  false, 12,                                     CAP,                   0x00, SOTTO_ESYNTAX },
	{ "longest RTP",       false, SRTP_PACKET_MAX - SRTP_TRAILER_MAX,     CAP,                   0x80, SOTTO_OK      },
	{ "one longer",        false, SRTP_PACKET_MAX - SRTP_TRAILER_MAX + 1, CAP + 1,               0x80,
         SOTTO_ENOSPACE												  },
	{ "least RTCP",        true,  8,				      8 + SRTP_TRAILER_MAX,  0x80, SOTTO_OK      },
	{ "RTCP without room", true,  8,                                      7 + SRTP_TRAILER_MAX,  0x80, SOTTO_ENOSPACE},
	{ "RTCP cut short",    true,  7,				      CAP,                   0x80, SOTTO_ESYNTAX },
	{ "RTCP of version 3", true,  8,                                      CAP,                   0xc0, SOTTO_ESYNTAX },
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
	{"nothing",		       false, 0,  0x80, SOTTO_ESYNTAX},
	{ "RTP one byte short of a tag",  false, 21, 0x80, SOTTO_ESYNTAX},
	{ "RTP and a wrong tag",          false, 22, 0x80, SOTTO_EAUTH  },
	{ "RTP of version 1",             false, 22, 0x40, SOTTO_ESYNTAX},
	{ "RTCP one byte short of a tag", true,  21, 0x80, SOTTO_ESYNTAX},
	{ "RTCP, not enciphered, no tag", true,  22, 0x80, SOTTO_EAUTH  },
	{ "RTCP of version 1",            true,  22, 0x40, SOTTO_ESYNTAX},
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
		cmocka_unit_test(srtp_create_accepts_and_rejects),
		cmocka_unit_test(srtp_create_survives_every_failing_allocation),
		cmocka_unit_test(srtp_protect_accepts_and_rejects),
		cmocka_unit_test(srtp_unprotect_rejects),
		cmocka_unit_test(a_context_serves_one_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
