/** @file dialog/dialog.c  A dialog's life and what messages do to it (RFC 3261 §12.1, §12.2). */
#include <stdlib.h>

#include "dialog/state.h"
#include "sip/param.h"

sotto_err dialog_set_text(struct dialog *d, enum dialog_text which, struct span value)
{
	struct span *old = &d->text[which];
	char *copy;

	if (value.n > DIALOG_TEXT_MAX || d->text_n - old->n + value.n > DIALOG_TEXT_MAX)
		return SOTTO_ETOOBIG;
	copy = malloc(value.n + 1);
	if (!copy)
		return SOTTO_ENOMEM;
	if (value.n)
		memcpy(copy, value.p, value.n);
	copy[value.n] = 0;
	d->text_n = d->text_n - old->n + value.n;
	free((char *)(uintptr_t)old->p);
	*old = (struct span){ copy, value.n };
	return SOTTO_OK;
}

static struct dialog *new_dialog(void)
{
	struct dialog *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	list_init(&d->in_chain);
	d->max_forwards = 70; /* §8.1.1.6 */
	return d;
}

/** A From or To value without its tag, always in brackets. */
static sotto_err set_party(struct dialog *d, enum dialog_text which, const struct sip_nameaddr *a)
{
	struct span params = a->params, name, value;
	char text[DIALOG_TEXT_MAX];
	struct buf b = buf_over(text, sizeof(text));

	if (a->display.n) {
		buf_put(&b, a->display);
		buf_putc(&b, ' ');
	}
	buf_putc(&b, '<');
	buf_put(&b, a->uri.text);
	buf_putc(&b, '>');
	while (!sip_param_next(&params, &name, &value)) {
		if (span_eq_nocase(name, SPAN("tag")))
			continue;
		buf_putc(&b, ';');
		buf_put(&b, name);
		if (value.p) {
			buf_putc(&b, '=');
			buf_put(&b, value);
		}
	}
	return b.overflow ? SOTTO_ETOOBIG : dialog_set_text(d, which, buf_span(&b));
}

/** §12.1.1 */
static sotto_err begin_uas(struct dialog *d, const struct sip_msg *request, struct span local_tag,
	const struct sip_hop *from)
{
	TRY(dialog_set_text(d, DIALOG_CALL_ID, request->call_id));
	TRY(dialog_set_text(d, DIALOG_LOCAL_TAG, local_tag));
	/* no tag: a peer of RFC 2543, which counts as an empty one */
	TRY(dialog_set_text(d, DIALOG_REMOTE_TAG, request->from.tag));
	TRY(set_party(d, DIALOG_LOCAL_PARTY, &request->to));
	TRY(set_party(d, DIALOG_REMOTE_PARTY, &request->from));
	TRY(dialog_set_target(d, request));
	TRY(dialog_set_routes(d, request, DIALOG_UAS));
	d->remote_cseq = request->cseq.number;
	d->has_remote_cseq = true;
	d->is_secure =
		sip_transport_is_secure(from->transport) && request->uri.scheme == SIP_SCHEME_SIPS;
	return SOTTO_OK;
}

sotto_err dialog_create_uas(struct dialog **out, const struct sip_msg *request,
	struct span local_tag, const struct sip_hop *from)
{
	struct dialog *d = new_dialog();
	sotto_err err;

	*out = NULL;
	if (!d)
		return SOTTO_ENOMEM;
	err = begin_uas(d, request, local_tag, from);
	if (err) {
		dialog_destroy(d);
		return err;
	}
	*out = d;
	return SOTTO_OK;
}

static sotto_err begin_uac(struct dialog *d, struct span call_id, struct span local,
	struct span local_tag, struct span remote, struct span target)
{
	struct sip_uri uri;

	TRY(sip_uri_parse(&uri, target));
	TRY(dialog_set_text(d, DIALOG_CALL_ID, call_id));
	TRY(dialog_set_text(d, DIALOG_LOCAL_TAG, local_tag));
	TRY(dialog_set_text(d, DIALOG_LOCAL_PARTY, local));
	TRY(dialog_set_text(d, DIALOG_REMOTE_PARTY, remote));
	TRY(dialog_set_text(d, DIALOG_TARGET, target));
	d->is_secure = uri.scheme == SIP_SCHEME_SIPS;
	return SOTTO_OK;
}

sotto_err dialog_create_uac(struct dialog **out, struct span call_id, struct span local,
	struct span local_tag, struct span remote, struct span target)
{
	struct dialog *d = new_dialog();
	sotto_err err;

	*out = NULL;
	if (!d)
		return SOTTO_ENOMEM;
	err = begin_uac(d, call_id, local, local_tag, remote, target);
	if (err) {
		dialog_destroy(d);
		return err;
	}
	*out = d;
	return SOTTO_OK;
}

sotto_err dialog_create_fork(struct dialog **out, const struct dialog *of)
{
	TRY(dialog_create_uac(out, of->text[DIALOG_CALL_ID], of->text[DIALOG_LOCAL_PARTY],
		of->text[DIALOG_LOCAL_TAG], of->text[DIALOG_REMOTE_PARTY],
		of->text[DIALOG_TARGET]));
	(*out)->local_cseq = of->local_cseq; /* §12.2.1.1: above that of the common INVITE */
	(*out)->is_secure = of->is_secure;
	return SOTTO_OK;
}

void dialog_destroy(struct dialog *d)
{
	if (!d)
		return;
	dialog_table_remove(NULL, d);
	for (size_t i = 0; i < DIALOG_TEXT_COUNT; i++)
		free((char *)(uintptr_t)d->text[i].p);
	free(d);
}

/** §12.1.2: tag, target and route set. A 1xx may come without Contact; the dialled URI stays. */
static sotto_err learn(struct dialog *d, const struct sip_msg *response, bool is_final)
{
	sotto_err err = dialog_set_target(d, response);

	if (err && (is_final || err != SOTTO_EMISSING))
		return err;
	TRY(dialog_set_routes(d, response, DIALOG_UAC));
	if (!d->text[DIALOG_REMOTE_TAG].p)
		TRY(dialog_set_text(d, DIALOG_REMOTE_TAG, response->to.tag));
	return SOTTO_OK;
}

sotto_err dialog_on_response(struct dialog *d, const struct sip_msg *response)
{
	bool is_final = response->status >= 200;
	struct span known = d->text[DIALOG_REMOTE_TAG];

	if (response->status <= 100 || response->status >= 300)
		return SOTTO_OK; /* 100 makes no dialog, a refusal ends it: the caller's matter */
	if (!response->to.tag.p)
		return is_final ? SOTTO_EMISSING : SOTTO_OK;
	if (known.p && !span_eq(known, response->to.tag))
		return SOTTO_ESTATE;
	if (d->is_confirmed)
		return SOTTO_OK; /* a repeat, or an answer to a later request: the routes stay */
	TRY(learn(d, response, is_final)); /* §13.2.2.4: a 2xx computes the route set anew */
	d->is_confirmed = is_final;
	return SOTTO_OK;
}

void dialog_confirm(struct dialog *d)
{
	d->is_confirmed = true;
}

bool dialog_is_confirmed(const struct dialog *d)
{
	return d->is_confirmed;
}

bool dialog_is_secure(const struct dialog *d)
{
	return d->is_secure;
}

sotto_err dialog_on_request(struct dialog *d, const struct sip_msg *request)
{
	bool has_contact = sip_msg_field(request, SIP_HEADER_CONTACT) != NULL;

	/* §12.2.2: those two carry the number of the INVITE that they belong to */
	if (request->method == SIP_METHOD_ACK || request->method == SIP_METHOD_CANCEL)
		return SOTTO_OK;
	if (d->has_remote_cseq && request->cseq.number < d->remote_cseq)
		return SOTTO_ESTATE;
	if (has_contact &&
		(request->method == SIP_METHOD_INVITE || request->method == SIP_METHOD_UPDATE))
		TRY(dialog_set_target(d, request));
	d->remote_cseq = request->cseq.number;
	d->has_remote_cseq = true;
	return SOTTO_OK;
}

sotto_err dialog_refresh_target(struct dialog *d, const struct sip_msg *msg)
{
	return dialog_set_target(d, msg);
}

void dialog_set_max_forwards(struct dialog *d, unsigned max_forwards)
{
	d->max_forwards = max_forwards;
}

struct span dialog_call_id(const struct dialog *d)
{
	return d->text[DIALOG_CALL_ID];
}

struct span dialog_local_tag(const struct dialog *d)
{
	return d->text[DIALOG_LOCAL_TAG];
}

struct span dialog_remote_tag(const struct dialog *d)
{
	return d->text[DIALOG_REMOTE_TAG];
}

struct span dialog_remote_target(const struct dialog *d)
{
	return d->text[DIALOG_TARGET];
}

struct span dialog_local_party(const struct dialog *d)
{
	return d->text[DIALOG_LOCAL_PARTY];
}

struct span dialog_remote_party(const struct dialog *d)
{
	return d->text[DIALOG_REMOTE_PARTY];
}
