/**
 * @file store/record.h  What is kept of a call when it has ended (SPEC §5). A value: goes between
 * threads as it is. Holds no secret.
 */
#pragma once
#include "base/failure.h"
#include "base/netaddr.h"
#include "base/time.h"
#include "crypto/suite.h"
#include "sip/hop.h"
#include "store/directory.h"

#define RECORD_PARTY_MAX 128

struct leg_record {
	bool exists;
	char connection_id[CONNECTION_ID_MAX]; /* empty: the test destination */
	enum sip_transport transport;
	struct netaddr remote; /* signalling */
	char tls_version[16], tls_cipher[64], tls_peer[128];
	bool is_srtp;
	enum srtp_suite suite;
	char key_exchange[8]; /* "sdes" or "none" */
	bool keys_exposed;    /* SDES over clear signalling */
	bool media_was_weak;  /* SRTP once was without encryption or authentication */
	bool is_protected;    /* encrypted and authenticated, keys not exposed */
	unsigned sip_status;  /* final answer of this leg's INVITE */
	struct netaddr media_remote;
	uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_lost, auth_failed, replayed;
	uint32_t jitter_us;
	uint64_t clear_ms; /* time in the clear: 0 where encryption is required */
};

struct call_record {
	char call_id[48]; /* our id of the call, the same in the log */
	char from[RECORD_PARTY_MAX], to[RECORD_PARTY_MAX];
	wall_t started, answered, ended; /* answered 0: never */
	enum failure failure;
	unsigned sip_status; /* what the caller got */
	unsigned q850_cause; /* of the release; 16: normal */
	char ended_by[16];   /* "caller", "callee", "edge" */
	struct leg_record caller, callee;
};
