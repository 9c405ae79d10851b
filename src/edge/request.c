/** @file edge/request.c  One function per paragraph of RFC 3261 §8.2; a table puts them in order.
 */
#include "edge/request.h"

#include "sip/grammar.h"
#include "sip/param.h"

static bool is_dialled(enum sip_scheme s)
{
	return s == SIP_SCHEME_SIP || s == SIP_SCHEME_SIPS;
}

/** §8.2.1: a method that is no method of ours. In a dialog the call decides. */
static bool check_method(const struct sip_msg *msg, struct reply *r)
{
	if (msg->method != SIP_METHOD_OTHER)
		return true;
	*r = (struct reply){ .failure = FAILURE_method_unknown, .allow = true };
	return false;
}

/** §8.2.2.1: 416 for a scheme that we do not know; tel is a number to call. */
static bool check_scheme(const struct sip_msg *msg, struct reply *r)
{
	if (is_dialled(msg->uri.scheme) ||
		(msg->uri.scheme == SIP_SCHEME_TEL && msg->method == SIP_METHOD_INVITE))
		return true;
	*r = (struct reply){ .status = 416 };
	return false;
}

/** A registrar keeps addresses of record that can be called (RFC 4475 §3.3.4). */
static bool check_party(const struct sip_msg *msg, struct reply *r)
{
	if (msg->method != SIP_METHOD_REGISTER || is_dialled(msg->to.uri.scheme))
		return true;
	*r = (struct reply){
		.status = 400, .phrase = SPAN("Bad To Scheme"), .failure = FAILURE_message_malformed
	};
	return false;
}

/** §8.2.2.3: not for ACK, which gets no answer, nor CANCEL. */
static bool check_require(const struct sip_msg *msg, struct reply *r)
{
	if (!sip_msg_field(msg, SIP_HEADER_REQUIRE) || msg->method == SIP_METHOD_ACK ||
		msg->method == SIP_METHOD_CANCEL)
		return true;
	*r = (struct reply){ .failure = FAILURE_extension_unsupported, .unsupported = true };
	return false;
}

/** The media type before its parameters, "text/plain". */
static struct span media_type(struct span value)
{
	struct span type = SPAN_NONE;

	(void)span_take(&value, ';', &type);
	return span_trim(type);
}

/** §8.2.3, RFC 4475 §3.3.15: an INVITE whose sender takes no SDP cannot be answered: 406. */
static bool check_accept(const struct sip_msg *msg, struct reply *r)
{
	struct sip_values it = sip_msg_values(msg, SIP_HEADER_ACCEPT);
	struct span value;

	if (msg->method != SIP_METHOD_INVITE || !sip_msg_field(msg, SIP_HEADER_ACCEPT))
		return true;
	while (sip_values_next(&it, &value)) {
		struct span type = media_type(value);
		if (span_eq_nocase(type, SPAN("application/sdp")) ||
			span_eq_nocase(type, SPAN("application/*")) ||
			span_eq_nocase(type, SPAN("*/*")))
			return true;
	}
	*r = (struct reply){ .status = 406 };
	return false;
}

static bool is_optional_body(const struct sip_msg *msg)
{
	struct span value = sip_msg_value(msg, SIP_HEADER_CONTENT_DISPOSITION), handling;

	return sip_param_find(value.n ? (struct span){ value.p + media_type(value).n,
						value.n - media_type(value).n }
				      : SPAN_NONE,
		       SPAN("handling"), &handling) &&
	       span_eq_nocase(handling, SPAN("optional"));
}

static bool is_sdp(const struct sip_msg *msg)
{
	struct span type = media_type(sip_msg_value(msg, SIP_HEADER_CONTENT_TYPE));
	struct span encoding = sip_msg_value(msg, SIP_HEADER_CONTENT_ENCODING);

	return span_eq_nocase(type, SPAN("application/sdp")) &&
	       (encoding.n == 0 || span_eq_nocase(encoding, SPAN("identity")));
}

struct span message_sdp(const struct sip_msg *msg)
{
	return is_sdp(msg) ? msg->body : SPAN_NONE;
}

bool text_has_control(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

/** A protocol's name and its parameters. */
static bool is_reason(struct span value, struct span *protocol)
{
	struct span params;

	*protocol = media_type(value); /* likewise what stands before the first ';' */
	if (!sip_is_token(*protocol) || value.n >= REASON_MAX || text_has_control(value))
		return false;
	params.p = protocol->p + protocol->n;
	params.n = (size_t)(value.p + value.n - params.p);
	return !sip_params_check(params);
}

struct span message_reason(const struct sip_msg *msg)
{
	struct sip_values it = sip_msg_values(msg, SIP_HEADER_REASON);
	struct span value, protocol, best = SPAN_NONE;

	while (sip_values_next(&it, &value)) {
		if (!is_reason(value, &protocol))
			continue;
		if (span_eq_nocase(protocol, SPAN("Q.850")))
			return value;
		if (best.n == 0)
			best = value;
	}
	return best;
}

/** §8.2.3: bodies that must be understood are SDP in a call, and none elsewhere. */
static bool check_body(const struct sip_msg *msg, struct reply *r)
{
	bool wants_sdp = msg->method == SIP_METHOD_INVITE || msg->method == SIP_METHOD_UPDATE;

	if (msg->body.n == 0 || !wants_sdp || is_sdp(msg) || is_optional_body(msg))
		return true;
	*r = (struct reply){ .failure = FAILURE_body_type_unsupported, .accept = true };
	return false;
}

bool request_is_sound(const struct sip_msg *msg, struct reply *refusal)
{
	static bool (*const checks[])(const struct sip_msg *, struct reply *) = {
		check_method,
		check_scheme,
		check_party,
		check_require,
		check_accept,
		check_body,
	};

	*refusal = (struct reply){ .status = 0 };
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (!checks[i](msg, refusal))
			return false;
	return true;
}

void request_refuse_malformed(struct edge *e, const struct sip_msg *msg,
	const struct sip_fault *fault, const struct sip_hop *from, instant_t now)
{
	struct reply r = { .status = fault->status,
		.phrase = span_of(fault->reason),
		.failure = FAILURE_message_malformed };

	log_info(e->env.log, sip, "message_malformed", LOG_ADDR("peer", &from->remote),
		LOG_SPAN("transport", sip_transport_name(from->transport)),
		LOG_INT("status", fault->status), LOG_STR("why", fault->reason));
	if (fault->status)
		reply_or_log(e, 0, msg, from, &r, now);
}
