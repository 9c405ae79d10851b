/** @file crypto/keying.c */
#include "crypto/keying.h"

#include "crypto/hmac_sha1.h"

static bool same_more(const struct srtp_keying *a, const struct srtp_keying *b)
{
	bool same = a->more_count == b->more_count;

	for (size_t i = 0; same && i < a->more_count; i++)
		same = a->more[i].mki == b->more[i].mki &&
		       secret_eq(a->more[i].bytes, b->more[i].bytes, sizeof(a->more[i].bytes));
	return same;
}

bool srtp_keying_eq(const struct srtp_keying *a, const struct srtp_keying *b)
{
	return a->suite == b->suite && a->mki_len == b->mki_len && a->mki == b->mki &&
	       a->flags == b->flags && a->kdr == b->kdr &&
	       secret_eq(a->bytes, b->bytes, sizeof(a->bytes)) && same_more(a, b);
}

bool srtp_keying_protects(const struct srtp_keying *k)
{
	return srtp_suite_protects(k->suite) && k->flags == 0;
}

bool srtp_keying_authenticates(const struct srtp_keying *k, bool is_rtcp)
{
	return srtp_suite_info(k->suite)->auth != SRTP_AUTH_NULL &&
	       (is_rtcp || !(k->flags & SRTP_UNAUTHENTICATED_RTP));
}
