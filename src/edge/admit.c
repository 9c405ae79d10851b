/** @file edge/admit.c */
#include "edge/admit.h"

static struct reply challenge(bool is_stale)
{
	return (struct reply){ .status = 401, .challenge = true, .is_stale = is_stale };
}

static enum auth_verdict check_digest(struct edge *e, const struct directory *d,
	const struct sip_msg *msg, instant_t now, const struct credential **who)
{
	struct sip_credentials c;
	sotto_err err = auth_server_credentials(e->auth, msg, &c);
	const struct credential *credential;
	enum auth_verdict verdict;

	*who = NULL;
	if (err)
		return err == SOTTO_ENOENT ? AUTH_ABSENT : AUTH_MALFORMED;
	credential = directory_credential(d, c.username);
	verdict = auth_server_check(e->auth, &c, msg->method_name, msg->uri.text,
		credential ? &credential->ha1 : NULL, now);
	if (verdict == AUTH_OK)
		*who = credential;
	return verdict;
}

static void log_refusal(struct edge *e, const struct sip_msg *msg, const struct sip_hop *from,
	const char *event, enum failure why)
{
	log_info(e->env.log, sip, event, LOG_SPAN("method", msg->method_name),
		LOG_SPAN("from", msg->from.uri.text), LOG_ADDR("peer", &from->remote),
		LOG_SPAN("transport", sip_transport_name(from->transport)),
		LOG_STR("failure", failure_info(why)->name));
}

/** By address, where no credentials were sent. */
static bool admit_source(struct edge *e, const struct sip_msg *msg, const struct sip_hop *from,
	enum admit_by by, struct admission *out, struct reply *refusal)
{
	out->connection = by == ADMIT_ANY ? directory_by_source(e->directory, &from->remote) : NULL;
	if (out->connection)
		return true;
	log_debug(e->env.log, sip, "challenged", LOG_SPAN("method", msg->method_name),
		LOG_ADDR("peer", &from->remote));
	*refusal = challenge(false);
	return false;
}

static bool admit_credentials(struct edge *e, const struct sip_msg *msg, const struct sip_hop *from,
	enum admit_by by, instant_t now, struct admission *out, struct reply *refusal)
{
	switch (check_digest(e, e->directory, msg, now, &out->credential)) {
	case AUTH_OK:
		out->connection =
			directory_connection(e->directory, span_of(out->credential->connection_id));
		break;
	case AUTH_ABSENT: return admit_source(e, msg, from, by, out, refusal);
	case AUTH_STALE: *refusal = challenge(true); return false;
	case AUTH_WRONG:
		log_refusal(e, msg, from, "authentication_failed", FAILURE_auth_failed);
		*refusal = challenge(false);
		return false;
	case AUTH_MALFORMED:
		*refusal = (struct reply){ .failure = FAILURE_message_malformed };
		return false;
	}
	if (out->connection)
		return true;
	*refusal = challenge(false); /* a credential without its connection is nobody's */
	return false;
}

bool admit_request(struct edge *e, const struct sip_msg *msg, const struct sip_hop *from,
	enum admit_by by, instant_t now, struct admission *out, struct reply *refusal)
{
	*out = (struct admission){ NULL, NULL };
	*refusal = (struct reply){ .status = 0 };
	if (!admit_credentials(e, msg, from, by, now, out, refusal))
		return false;
	if (out->connection->is_active)
		return true;
	log_refusal(e, msg, from, "request_refused", FAILURE_connection_disabled);
	*refusal = (struct reply){ .failure = FAILURE_connection_disabled };
	return false;
}

bool admit_is_of(struct edge *e, const struct directory *d, const struct connection *c,
	const struct sip_msg *msg, const struct sip_hop *from, instant_t now)
{
	const struct credential *who;

	if (check_digest(e, d, msg, now, &who) == AUTH_OK)
		return strcmp(who->connection_id, c->id) == 0;
	return directory_by_source(d, &from->remote) == c;
}
