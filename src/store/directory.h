/**
 * @file store/directory.h  The configuration that calls read: connections, credentials, numbers. An
 * immutable snapshot, reference counted; a call keeps the one it began with (DESIGN, Memory).
 */
#pragma once
#include "auth/digest_server.h"
#include "offer/policy.h"
#include "sip/hop.h"

#define CONNECTION_ID_MAX         32 /* bytes with the NUL, of the maxima here */
#define CONNECTION_NAME_MAX       64
#define CONNECTION_HOST_MAX       128
#define CONNECTION_ADDRESSES_MAX  64 /* source addresses of one ip connection */
#define CREDENTIAL_USER_MAX       64
#define NUMBER_MAX                32 /* digits, with or without '+', and the NUL */

/* rows of one snapshot */
#define DIRECTORY_CONNECTIONS_MAX 16384
#define DIRECTORY_CREDENTIALS_MAX 65536
#define DIRECTORY_NUMBERS_MAX     262144

enum connection_kind {
	CONNECTION_CREDENTIAL, /* user and password, REGISTER */
	CONNECTION_IP,   /* a list of source addresses; calls go to the first that is one host */
	CONNECTION_FQDN, /* we dial a DNS name */
};

struct connection_address {
	struct netaddr address; /* port: where we call; 0: the transport's */
	uint8_t prefix; /* leading bits that count for requests from there: 32, 128 for one host */
};

/** One direction's settings (SPEC §2.3): inbound = we call the customer, outbound = the customer
 * calls. */
struct connection_media {
	enum encrypted_media encrypted_media;
	enum srtp_suite suites[SRTP_SUITE_COUNT]; /* count 0: the default order */
	size_t suite_count;
};

struct connection {
	char id[CONNECTION_ID_MAX];
	char name[CONNECTION_NAME_MAX];
	enum connection_kind kind;
	bool is_active;
	struct connection_media inbound, outbound;
	bool suite_choice_theirs, answer_profile_mirror, offer_profile_avp, osrtp_decline_rtp;
	bool lenient_tag, require_tls;
	enum sip_transport transport;       /* ip, fqdn: how we reach them */
	char host[CONNECTION_HOST_MAX];     /* fqdn: the name */
	uint16_t port;                      /* fqdn: 0: the transport's */
	char tls_name[CONNECTION_HOST_MAX]; /* expected certificate name; empty: host */
	struct connection_address addresses[CONNECTION_ADDRESSES_MAX]; /* ip, fqdn */
	size_t address_count;
	uint32_t timeout_1xx_secs, timeout_2xx_secs; /* 0: the edge's */
	uint32_t channel_limit;                      /* 0: none */
};

/** A user who may authenticate for a connection. */
struct credential {
	char user[CREDENTIAL_USER_MAX];
	struct auth_ha1 ha1; /* under the realm of the store */
	char connection_id[CONNECTION_ID_MAX];
};

struct number {
	char digits[NUMBER_MAX]; /* as it is called, without '+' */
	char connection_id[CONNECTION_ID_MAX];
};

/** What a snapshot is built from: copied, so the arrays may go away. */
struct directory_rows {
	const struct connection *connections;
	size_t connection_count;
	const struct credential *credentials;
	size_t credential_count;
	const struct number *numbers;
	size_t number_count;
};

struct directory;

/** SOTTO_EEXIST: two of one id, user or number, or two connections with one source prefix;
 * SOTTO_ENOENT: a row's connection is not there; SOTTO_ELIMIT: over a maximum above; SOTTO_EINVAL:
 * a prefix longer than its address; SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err directory_create(
	struct directory **out, const struct directory_rows *rows, struct rng *rng);

/** Any thread. */
struct directory *directory_retain(struct directory *d);
void directory_release(struct directory *d);

/** Pointers live as long as the caller's reference. NULL: none. */
const struct connection *directory_connection(const struct directory *d, struct span id);
const struct credential *directory_credential(const struct directory *d, struct span user);
/** Digits with or without a leading '+'. */
const struct number *directory_number(const struct directory *d, struct span digits);
/** The ip or fqdn connection with the most specific prefix that `source` lies in. */
const struct connection *directory_by_source(
	const struct directory *d, const struct netaddr *source);

struct directory_counts {
	size_t connections, credentials, numbers;
};
struct directory_counts directory_count(const struct directory *d);

/** By index below its count, in the order of the rows. */
const struct connection *directory_connection_at(const struct directory *d, size_t i);
const struct credential *directory_credential_at(const struct directory *d, size_t i);
const struct number *directory_number_at(const struct directory *d, size_t i);

#define DIRECTORY_SOURCE_KEY_LEN 18

/** Two prefixes that hold the same addresses have the same key: family, bits, masked address. */
void source_key_write(
	uint8_t key[DIRECTORY_SOURCE_KEY_LEN], const struct netaddr *a, unsigned bits);
