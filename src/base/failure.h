/**
 * @file base/failure.h  Every reason why a call or a registration fails: one stable name, the SIP
 * status, the Q.850 cause, one sentence of what happened and one of what to change. The same name
 * stands in the log, the metric, the call record, the API and the page (SPEC §2.4).
 */
#pragma once
#include "base/span.h"

/** X(name, SIP status, Q.850 cause, what happened, what to change) */
#define FAILURES(X)                                                                                \
	X(none, 0, 0, "no failure", "")                                                            \
	X(srtp_required_not_offered, 488, 88,                                                      \
		"SRTP is required on this connection, and the offer has no a=crypto line",         \
		"switch SRTP (SDES) on in the device, or encrypted_media off here")                \
	X(srtp_profile_without_crypto, 488, 88,                                                    \
		"the offer says RTP/SAVP but has no usable a=crypto line",                         \
		"let the device send a=crypto lines, or offer RTP/AVP")                            \
	X(srtp_no_common_suite, 488, 88, "no offered crypto suite is allowed on this connection",  \
		"allow one of the offered suites here, or another suite in the device")            \
	X(srtp_line_unusable, 488, 88,                                                             \
		"no a=crypto line of the peer is usable: key, parameter or syntax is wrong",       \
		"correct the key length, base64 or session parameters in the device")              \
	X(srtp_parameter_unsupported, 488, 88,                                                     \
		"every a=crypto line asks for a session parameter that is not allowed here, or "   \
		"for what this version does not have",                                             \
		"switch SRTP session parameters off in the device, or allow a suite that "         \
		"protects as little on this connection")                                           \
	X(srtp_answer_missing, 488, 88,                                                            \
		"SRTP was offered and is required, and the answer has no a=crypto line",           \
		"switch SRTP on in the answering device, or encrypted_media off here")             \
	X(srtp_answer_uninvited, 488, 88, "the answer has an a=crypto line, and none was offered", \
		"let the device offer SRTP only, or switch encrypted_media on here")               \
	X(srtp_answer_bad_tag, 488, 88, "the answer's a=crypto tag or suite was not in our offer", \
		"correct the answering device, or allow lenient_tag here")                         \
	X(srtp_keys_exposed, 488, 88,                                                              \
		"SDES keys came over signalling that is not TLS, and require_tls is on",           \
		"let the device use TLS, or switch require_tls off")                               \
	X(dtls_not_built, 488, 88, "the offer wants DTLS-SRTP, which this version does not have",  \
		"offer SDES (a=crypto) in RTP/SAVP")                                               \
	X(t38_on_encrypted_leg, 488, 88, "T.38 fax cannot run on a leg that must be encrypted",    \
		"use audio fax (G.711), or switch encrypted_media off for this connection")        \
	X(far_legs_failed_encryption, 503, 88,                                                     \
		"no far party accepted the encryption that its connection demands",                \
		"see the far legs' own failures")                                                  \
	X(no_common_codec, 488, 88, "no offered codec is left after the connection's codec list",  \
		"allow one of the offered codecs")                                                 \
	X(sdp_malformed, 488, 88, "the session description cannot be read",                        \
		"correct the SDP that the device sends")                                           \
	X(sdp_no_audio, 488, 88, "the offer has no audio stream that can be relayed",              \
		"offer an m=audio line with RTP")                                                  \
	X(answer_without_audio, 488, 88, "the answer refuses every audio stream that was offered", \
		"let the answering device accept one of the offered codecs")                       \
	X(stream_not_relayed, 488, 88,                                                             \
		"the stream is not relayed: it is no RTP, a second one, or refused by the far "    \
		"party",                                                                           \
		"offer one m=audio line with RTP")                                                 \
	X(sdp_missing, 488, 88, "a session description was due and none came",                     \
		"let the device send its offer or answer")                                         \
	X(body_type_unsupported, 415, 79, "the body is of a type that is not understood",          \
		"send application/sdp")                                                            \
	X(media_ports_exhausted, 503, 34, "no media port is free", "widen the media port range")   \
	X(media_silent, 487, 31, "no media came for longer than the connection allows",            \
		"look for a firewall or NAT between the device and the edge's media ports")        \
	X(auth_required, 401, 21, "no credentials were sent",                                      \
		"set user and password in the device")                                             \
	X(auth_failed, 403, 21, "the credentials are wrong, or nobody is known by that name",      \
		"check user and password in the device")                                           \
	X(source_unknown, 403, 21, "the request belongs to no connection",                         \
		"add the source address to an ip connection, or use credentials")                  \
	X(connection_disabled, 403, 21, "the connection is switched off", "switch it on")          \
	X(number_unknown, 404, 1, "no connection has this number",                                 \
		"add the number to a connection")                                                  \
	X(destination_not_allowed, 403, 21, "the connection may not call this destination",        \
		"add an outbound voice profile that allows it")                                    \
	X(not_registered, 480, 20, "nobody is registered for this number's connection",            \
		"let the device register")                                                         \
	X(flow_gone, 480, 20, "the device's connection is gone, and we do not dial back",          \
		"let the device register again")                                                   \
	X(sips_needs_tls, 480, 20, "a sips call cannot reach a party that has no TLS",             \
		"let the device register over TLS")                                                \
	X(route_unreachable, 503, 38, "the far party's address cannot be reached",                 \
		"check the address and the network")                                               \
	X(far_timeout, 408, 102, "the far party did not answer in time",                           \
		"check that the far party is up")                                                  \
	X(no_answer, 480, 19, "nobody answered within the ringing time", "raise timeout_2xx_secs") \
	X(ack_missing, 408, 102, "the caller never acknowledged the answer",                       \
		"look for a NAT or proxy that loses the ACK")                                      \
	X(caller_cancelled, 487, 31, "the caller gave up before an answer", "")                    \
	X(far_refused, 0, 0, "the far party refused the call", "see the far party's answer")       \
	X(channel_limit, 403, 34, "the connection has its full number of calls",                   \
		"raise channel_limit")                                                             \
	X(edge_busy, 503, 42, "the edge has its full number of calls", "raise the limits")         \
	X(edge_stopping, 503, 38, "the edge is being stopped", "")                                 \
	X(call_too_long, 487, 31, "the call reached the maximum duration", "raise it")             \
	X(method_unknown, 501, 79, "the method is not known", "")                                  \
	X(extension_unsupported, 420, 79, "an extension is required that is not supported", "")    \
	X(loop_detected, 482, 25, "the request has been here before", "check the routes")          \
	X(too_many_hops, 483, 25, "Max-Forwards has reached zero", "check the routes")             \
	X(message_malformed, 400, 95, "the message breaks the grammar of SIP",                     \
		"correct the sender")                                                              \
	X(internal_error, 500, 41, "the edge could not handle the request", "see the edge's log")

enum failure {
#define X(name, status, cause, text, remedy) FAILURE_##name,
	FAILURES(X)
#undef X
		FAILURE_COUNT
};

struct failure_info {
	const char *name;
	unsigned sip_status; /* 0: as the far party said */
	unsigned q850_cause; /* 0: none */
	const char *text;
	const char *remedy; /* empty: nothing to change */
};

/** The row of `f`; the row of `internal_error` for a number that is none. */
const struct failure_info *failure_info(enum failure f);
