/** @file cli/agent_private.h  What agent.c (the call that we make) and agent_uas.c (what is asked
 * of us meanwhile) share. */
#pragma once
#include "cli/agent.h"
#include "dialog/dialog.h"
#include "txn/txn.h"

#define AGENT_URI_MAX      256
#define AGENT_MESSAGE_MAX  8192
#define AGENT_ARENA_MAX    65536
#define AGENT_ATTEMPTS_MAX 2 /* answers to 401 and 407 */

struct agent {
	struct agent_env env;
	struct agent_result result;
	struct txn_layer *txns;
	struct dialog *dialog;
	struct arena arena; /* of the message being handled */
	struct offer_policy policy;
	struct offer_local local; /* a secret */
	struct offer_made made;
	bool has_media;
	char target[AGENT_URI_MAX], user[128];
	char password[128]; /* a secret */
	char offer[4096];   /* a secret: our SDP with its key */
	size_t offer_len;
	handle_t invite, bye, reinvite;
	uint32_t invite_cseq;
	unsigned attempts;
};

void agent_set_state(struct agent *a, enum agent_state state, instant_t now);

/** Tells the owner what was agreed. */
void agent_report_media(
	struct agent *a, const struct offer_stream *stream, const struct sdp_media *media);

void agent_write_contact(struct agent *a, struct sip_out *o);

struct txn_env agent_txn_env(struct agent *a);
