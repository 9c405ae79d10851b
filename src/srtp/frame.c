/** @file srtp/frame.c  What sending and receiving share: where a packet's parts lie, and the
 * session keys of its index. */
#include "srtp/context.h"

/** What to derive for RTP, and for RTCP. */
struct labels {
	enum srtp_label key, auth, salt;
};

static const struct labels rtp_labels = { SRTP_LABEL_RTP_KEY, SRTP_LABEL_RTP_AUTH,
	SRTP_LABEL_RTP_SALT };
static const struct labels rtcp_labels = { SRTP_LABEL_RTCP_KEY, SRTP_LABEL_RTCP_AUTH,
	SRTP_LABEL_RTCP_SALT };

void srtp_frame_layout(const struct srtp *s, struct srtp_frame *f, size_t body)
{
	size_t index_len = f->is_rtcp ? SRTCP_INDEX_LEN : 0;

	if (f->kind->auth->is_aead) {
		f->tag_at = body;
		f->index_at = body + f->kind->tag_len;
		f->mki_at = f->index_at + index_len;
		f->end = f->mki_at + s->mki_len;
	} else {
		f->index_at = body;
		f->mki_at = body + index_len;
		f->tag_at = f->mki_at + s->mki_len;
		f->end = f->tag_at + f->kind->tag_len;
		f->signed_len = f->mki_at; /* RFC 3711 §3.1: the MKI is not signed */
	}
}

static sotto_err auth_derive(const struct srtp_kind *kind, struct srtp_derived *d,
	struct srtp_keys *k, enum srtp_label label)
{
	uint8_t key[SRTP_AUTH_KEY_MAX];
	sotto_err err = srtp_derive(&d->prf, d->salt, label, k->r, key, kind->auth->key_len);

	if (!err)
		err = kind->auth->init(k, key, kind->auth->key_len);
	explicit_bzero(key, sizeof(key));
	return err;
}

static sotto_err keys_derive(const struct srtp_kind *kind, struct srtp_derived *d,
	struct srtp_keys *k, const struct labels *labels)
{
	uint8_t key[SRTP_KEY_SALT_MAX];
	sotto_err err = srtp_derive(&d->prf, d->salt, labels->salt, k->r, k->salt, sizeof(k->salt));

	if (!err)
		err = srtp_derive(&d->prf, d->salt, labels->key, k->r, key, kind->key_len);
	if (!err)
		err = kind->cipher->init(k, key, kind->key_len);
	explicit_bzero(key, sizeof(key));
	return err ? err : auth_derive(kind, d, k, labels->auth);
}

sotto_err srtp_frame_keys(const struct srtp *s, struct srtp_frame *f)
{
	uint64_t r = s->kdr ? f->index >> s->kdr : 0;
	struct srtp_keys *k = &(f->is_rtcp ? f->derived->rtcp : f->derived->rtp)[r & 1];

	f->keys = k;
	if (k->is_set && k->r == r)
		return SOTTO_OK;
	k->r = r;
	k->is_set = false; /* RFC 3711 §4.3.1 */
	TRY(keys_derive(f->kind, f->derived, k, f->is_rtcp ? &rtcp_labels : &rtp_labels));
	k->is_set = true;
	return SOTTO_OK;
}
