/** @file dialog/state.h  What one dialog keeps. Private to dialog/. */
#pragma once
#include "base/list.h"
#include "dialog/dialog.h"

enum dialog_text {
	DIALOG_CALL_ID,
	DIALOG_LOCAL_TAG,
	DIALOG_REMOTE_TAG,
	DIALOG_LOCAL_PARTY,  /* name-addr without tag */
	DIALOG_REMOTE_PARTY, /* likewise */
	DIALOG_TARGET,       /* the remote target, fit for a request line */
	DIALOG_ROUTES,       /* the route set in the order of use, a newline behind each */
	DIALOG_TEXT_COUNT
};

struct dialog_chain; /* table.c */

struct dialog {
	bool is_confirmed, is_secure;
	bool has_remote_cseq;
	uint32_t local_cseq, remote_cseq;    /* the last used; the last seen */
	unsigned max_forwards;               /* of our requests */
	struct span text[DIALOG_TEXT_COUNT]; /* on the heap, each its own */
	size_t text_n;                       /* bytes of them all */
	struct dialog_chain *chain;          /* in a table, or NULL */
	struct list in_chain;
	handle_t owner;
};

static inline struct span dialog_text(const struct dialog *d, enum dialog_text which)
{
	return d->text[which];
}

/** Replaces one text. SOTTO_ETOOBIG: over DIALOG_TEXT_MAX in all; SOTTO_ENOMEM: unchanged. */
SOTTO_MUST_USE sotto_err dialog_set_text(
	struct dialog *d, enum dialog_text which, struct span value);

/* route.c */

enum dialog_role {
	DIALOG_UAS, /* Record-Route in the order received (§12.1.1) */
	DIALOG_UAC, /* reversed (§12.1.2) */
};

/** SOTTO_ESYNTAX, SOTTO_ETOOBIG (also over DIALOG_ROUTES_MAX), SOTTO_ENOMEM: unchanged. */
SOTTO_MUST_USE sotto_err dialog_set_routes(
	struct dialog *d, const struct sip_msg *msg, enum dialog_role role);

/** From Contact. SOTTO_EMISSING: none; SOTTO_ESYNTAX: not one sip or sips URI; as above. */
SOTTO_MUST_USE sotto_err dialog_set_target(struct dialog *d, const struct sip_msg *msg);

/** Appends the sip or sips `uri` without what may not stand in a request line (§19.1.1: method,
 * headers). */
void dialog_put_request_uri(struct buf *b, const struct sip_uri *uri);
