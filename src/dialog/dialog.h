/**
 * @file dialog/dialog.h  The state of one dialog (RFC 3261 §12) and the table that finds it.
 * No I/O, no clock. A dialog owns copies of what it needs; messages may go away.
 */
#pragma once
#include "base/map.h"
#include "sip/hop.h"
#include "sip/msg.h"
#include "sip/write.h"

#define DIALOG_ROUTES_MAX 32   /* Record-Route values that we keep */
#define DIALOG_TEXT_MAX   8192 /* bytes of all that one dialog keeps; above: SOTTO_ETOOBIG */

struct dialog;

/**
 * As UAS, from a request that begins a dialog (§12.1.1).
 * @param local_tag [in, copied] ours
 * @return SOTTO_OK; SOTTO_EMISSING: no Contact; SOTTO_ESYNTAX: Contact or Record-Route is no sip or
 *         sips URI; SOTTO_ETOOBIG: over the limits above; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err dialog_create_uas(struct dialog **out, const struct sip_msg *request,
	struct span local_tag, const struct sip_hop *from);

/**
 * As UAC, before anything has been heard: enough to write the first request (§8.1.1).
 * @param local, remote  [in, copied] name-addr without tag: From and To
 * @param target         [in, copied] request URI
 * @return SOTTO_OK; SOTTO_ESYNTAX: `target` is no URI; SOTTO_ETOOBIG; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err dialog_create_uac(struct dialog **out, struct span call_id,
	struct span local, struct span local_tag, struct span remote, struct span target);

/**
 * As UAC, for another answerer of the INVITE that `of` stands for: the same but for what was learnt
 * from answers, so that dialog_on_response can take the fork's. Its requests count on from there.
 * Until a Contact comes, the target is that of `of`.
 */
SOTTO_MUST_USE sotto_err dialog_create_fork(struct dialog **out, const struct dialog *of);

/** NULL is legal. Takes it out of its table. */
void dialog_destroy(struct dialog *d);

/**
 * UAC: takes tag, target and route set from a 1xx with tag or a 2xx (§12.1.2, §13.2.2.4). A 2xx
 * recomputes the route set and confirms.
 * @return SOTTO_OK; SOTTO_EMISSING: no tag or no Contact in a 2xx; SOTTO_ESTATE: another remote tag
 *         than an earlier response's (a fork: see dialog_create_fork); SOTTO_ESYNTAX,
 *         SOTTO_ETOOBIG, SOTTO_ENOMEM as above. Other responses are ignored. A 1xx without Contact
 *         leaves the dialled URI as target.
 */
SOTTO_MUST_USE sotto_err dialog_on_response(struct dialog *d, const struct sip_msg *response);

/** UAS: our 2xx went out. */
void dialog_confirm(struct dialog *d);
bool dialog_is_confirmed(const struct dialog *d);

/** Begun with a sips request URI, as UAS also over TLS: all of it stays on TLS (§12.1.1, §12.1.2).
 */
bool dialog_is_secure(const struct dialog *d);

/**
 * An in-dialog request: checks and moves the remote CSeq (§12.2.2; ACK and CANCEL do not move it),
 * and takes a new target from INVITE, UPDATE (target refresh), after the caller has authenticated
 * it.
 * @return SOTTO_OK; SOTTO_ESTATE: CSeq is lower than one seen: answer 500; SOTTO_ESYNTAX: bad
 *         Contact: 400; SOTTO_ETOOBIG, SOTTO_ENOMEM. On failure nothing has changed.
 */
SOTTO_MUST_USE sotto_err dialog_on_request(struct dialog *d, const struct sip_msg *request);

/** A 2xx to our target refresh request brings a new Contact (§12.2.1.2). */
SOTTO_MUST_USE sotto_err dialog_refresh_target(struct dialog *d, const struct sip_msg *msg);

/**
 * Begins a request within the dialog (§12.2.1.1): request line, Via (caller's text), Max-Forwards
 * 70 (or as set), Route, From, To, Call-ID, CSeq. ACK takes `cseq` of its INVITE; other methods the
 * next number, which is returned in `*cseq`. The caller adds Contact and the rest.
 */
void dialog_write_request(struct dialog *d, struct sip_out *o, enum sip_method method,
	struct span via, uint32_t *cseq);

/** For the requests that follow; 70 until it is called. A B2BUA hands on what it received, less one
 * (RFC 7332 §5). */
void dialog_set_max_forwards(struct dialog *d, unsigned max_forwards);

struct span dialog_call_id(const struct dialog *d);
struct span dialog_local_tag(const struct dialog *d);
struct span dialog_remote_tag(const struct dialog *d); /* empty until known */
struct span dialog_remote_target(const struct dialog *d);
struct span dialog_local_party(const struct dialog *d); /* our From or To without tag */
struct span dialog_remote_party(const struct dialog *d);

/** The first Route URI, or the remote target: where requests go if the flow is gone. */
struct span dialog_next_hop_uri(const struct dialog *d);

/** Dialogs by Call-ID and our own tag (which is unique): forks of one INVITE differ in our memory.
 */
struct dialog_table;
SOTTO_MUST_USE struct dialog_table *dialog_table_create(struct rng *rng, size_t max);
void dialog_table_destroy(struct dialog_table *t);

/** `owner` is handed back by find. SOTTO_EEXIST, SOTTO_ELIMIT, SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err dialog_table_add(struct dialog_table *t, struct dialog *d, handle_t owner);
void dialog_table_remove(struct dialog_table *t, struct dialog *d);

/**
 * The dialog of an in-dialog request or of a response, by Call-ID, local and remote tag (a remote
 * tag that is not known yet matches any). NULL: none (481).
 */
struct dialog *dialog_table_find(
	const struct dialog_table *t, const struct sip_msg *msg, handle_t *owner);
size_t dialog_table_count(const struct dialog_table *t);
