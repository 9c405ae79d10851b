/** @file srtp/context.h  What a context holds. For this folder, and for tests that compare it bit
 * for bit. */
#pragma once
#include "srtp/stream.h"
#include "srtp/transform.h"

#define SRTP_CHUNK      64 /* packets: their frames lie on the stack between two passes */
#define SRTCP_INDEX_LEN 4  /* bytes behind the payload: the E flag and 31 bits of index */
#define SRTCP_E_FLAG    UINT32_C(0x80000000)

/**
 * How session keys come from a master key. Of AES-192 there are two ways in the field: RFC 6188's,
 * and that of libsrtp before 2.7, which takes key and salt for an AES-256 key and a shorter salt.
 */
enum srtp_derivation { SRTP_DERIVATION_RFC, SRTP_DERIVATION_OLD_LIBSRTP, SRTP_DERIVATION_COUNT };

/** What came of a master key in one of these ways. A secret. */
struct srtp_derived {
	struct aes_ctr prf;
	uint8_t salt[SRTP_SALT_MAX];
	/* With a key derivation rate the keys of an index block and of the one beside it are held:
	 * r and r + 1 never share a place, so that late packets cost nothing. Else only the first.
	 */
	struct srtp_keys rtp[2], rtcp[2];
};

/** A master key in force. A secret. */
struct srtp_master_state {
	uint8_t mki[SRTP_MKI_MAX];
	struct srtp_derived derived[SRTP_DERIVATION_COUNT];
	uint64_t sent, sent_rtcp; /* packets under this key */
};

struct srtp {
	enum srtp_direction direction;
	struct srtp_kind rtp, rtcp;
	uint8_t kdr, mki_len;
	uint8_t master_count, current;   /* current: the one that we send with */
	uint8_t derivation_count;        /* that may be in use */
	bool derivation_is_known;        /* receiving: a packet has passed */
	enum srtp_derivation derivation; /* the one in use */
	struct srtp_streams streams;
	struct srtp_master_state masters[SRTP_MASTERS_MAX];
};

static inline const struct srtp_kind *srtp_kind_of(const struct srtp *s, bool is_rtcp)
{
	return is_rtcp ? &s->rtcp : &s->rtp;
}

/** Puts the session keys for the frame's index into the frame, derived if need be. */
SOTTO_MUST_USE sotto_err srtp_frame_keys(const struct srtp *s, struct srtp_frame *f);

/** Where the parts of the trailer lie, behind `body` bytes of header and payload. */
void srtp_frame_layout(const struct srtp *s, struct srtp_frame *f, size_t body);
