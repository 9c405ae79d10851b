/** @file unit/store/store_test.c */
#include "store/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "store/check.h"
#include "unit/alloc_fail.h"
#include "unit/store/folder.h"
#include "unit/test.h"

/* a row of a table: clang-format 14 tears bare ones apart */
#define LINE(...)           \
	{                   \
		__VA_ARGS__ \
	}

#define WAL_MAX (4u << 20)

struct fixture {
	struct folder folder;
	struct store *s;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	folder_make(&f->folder);
	CHECK_OK(store_open(&f->s, f->folder.store, SPAN("example.org"), NULL));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->s);
	folder_remove(&f->folder);
	free(f);
	return 0;
}

static void reopen(struct fixture *f)
{
	store_close(f->s);
	CHECK_OK(store_open(&f->s, f->folder.store, SPAN("example.org"), NULL));
}

static struct connection named(const char *name, enum connection_kind kind)
{
	struct connection c = { .kind = kind, .is_active = true };

	snprintf(c.name, sizeof(c.name), "%s", name);
	return c;
}

static void add_source(struct connection *c, const char *ip, uint8_t bits)
{
	struct connection_address *a = &c->addresses[c->address_count++];

	CHECK_OK(netaddr_parse(span_of(ip), &a->address));
	a->prefix = bits;
}

/** Every member differs from its zero. */
static struct connection full_connection(void)
{
	struct connection c = named("full \"quoted\" é", CONNECTION_FQDN);

	c.inbound.encrypted_media = ENCRYPTED_MEDIA_SRTP;
	c.inbound.suites[0] = SRTP_AES_CM_128_HMAC_SHA1_80;
	c.inbound.suites[1] = SRTP_AES_CM_128_HMAC_SHA1_32;
	c.inbound.suite_count = 2;
	c.outbound.encrypted_media = ENCRYPTED_MEDIA_OPTIONAL;
	c.outbound.suites[0] = SRTP_AES_CM_128_HMAC_SHA1_32;
	c.outbound.suite_count = 1;
	c.suite_choice_theirs = c.answer_profile_mirror = c.offer_profile_avp = true;
	c.osrtp_decline_rtp = c.lenient_tag = c.require_tls = true;
	c.transport = SIP_TRANSPORT_TLS;
	snprintf(c.host, sizeof(c.host), "sip.example.com");
	c.port = 65535;
	snprintf(c.tls_name, sizeof(c.tls_name), "tls.example.com");
	add_source(&c, "192.0.2.1:5070", 24);
	add_source(&c, "[2001:db8::1]:5071", 64);
	c.timeout_1xx_secs = UINT32_MAX;
	c.timeout_2xx_secs = 2;
	c.channel_limit = 3;
	return c;
}

static void check_same_connection(const struct connection *want, const struct connection *got)
{
	CHECK_SPAN(want->id, span_of(got->id));
	CHECK_SPAN(want->name, span_of(got->name));
	CHECK_INT(want->kind, got->kind);
	CHECK_INT(want->is_active, got->is_active);
	CHECK(memcmp(&want->inbound, &got->inbound, sizeof(want->inbound)) == 0);
	CHECK(memcmp(&want->outbound, &got->outbound, sizeof(want->outbound)) == 0);
	CHECK_INT(want->suite_choice_theirs, got->suite_choice_theirs);
	CHECK_INT(want->answer_profile_mirror, got->answer_profile_mirror);
	CHECK_INT(want->offer_profile_avp, got->offer_profile_avp);
	CHECK_INT(want->osrtp_decline_rtp, got->osrtp_decline_rtp);
	CHECK_INT(want->lenient_tag, got->lenient_tag);
	CHECK_INT(want->require_tls, got->require_tls);
	CHECK_INT(want->transport, got->transport);
	CHECK_SPAN(want->host, span_of(got->host));
	CHECK_INT(want->port, got->port);
	CHECK_SPAN(want->tls_name, span_of(got->tls_name));
	CHECK_INT(want->timeout_1xx_secs, got->timeout_1xx_secs);
	CHECK_INT(want->timeout_2xx_secs, got->timeout_2xx_secs);
	CHECK_INT(want->channel_limit, got->channel_limit);
	CHECK_INT(want->address_count, got->address_count);
	for (size_t i = 0; i < want->address_count; i++) {
		CHECK(netaddr_eq(&want->addresses[i].address, &got->addresses[i].address));
		CHECK_INT(want->addresses[i].prefix, got->addresses[i].prefix);
	}
}

static void connection_comes_back_as_it_was_stored(void **state)
{
	struct fixture *f = *state;
	struct connection c = full_connection(), plain = named("plain", CONNECTION_CREDENTIAL);
	struct directory *d;

	CHECK_OK(store_connection_put(f->s, &c, true));
	CHECK_OK(store_connection_put(f->s, &plain, true));
	CHECK(strncmp(c.id, "cc_", 3) == 0 && strlen(c.id) == 23);
	reopen(f);
	CHECK_OK(store_directory(f->s, &d));
	CHECK_INT(2, directory_count(d).connections);
	check_same_connection(&c, directory_connection(d, span_of(c.id)));
	check_same_connection(&plain, directory_connection(d, span_of(plain.id)));
	directory_release(d);
}

static void connection_is_replaced_as_a_whole(void **state)
{
	struct fixture *f = *state;
	struct connection c = full_connection(), after;
	struct directory *d;

	CHECK_OK(store_connection_put(f->s, &c, true));
	after = named("other", CONNECTION_IP);
	memcpy(after.id, c.id, sizeof(c.id));
	add_source(&after, "198.51.100.1", 32);
	CHECK_OK(store_connection_put(f->s, &after, false));
	CHECK_OK(store_directory(f->s, &d));
	check_same_connection(&after, directory_connection(d, span_of(c.id)));
	directory_release(d);
	snprintf(after.id, sizeof(after.id), "cc_unknown");
	snprintf(after.name, sizeof(after.name), "third");
	CHECK_INT(SOTTO_ENOENT, store_connection_put(f->s, &after, false));
	CHECK_SPAN("no connection has the id cc_unknown", span_of(store_why(f->s)));
}

static void ambiguity_is_refused_with_a_reason_and_without_a_trace(void **state)
{
	struct fixture *f = *state;
	struct connection a = named("a", CONNECTION_IP), b = named("a", CONNECTION_IP);
	struct directory *d;

	add_source(&a, "192.0.2.1", 24);
	CHECK_OK(store_connection_put(f->s, &a, true));
	ROW("name");
	add_source(&b, "198.51.100.1", 32);
	CHECK_INT(SOTTO_EEXIST, store_connection_put(f->s, &b, true));
	CHECK_SPAN("name: another connection is called \"a\" already", span_of(store_why(f->s)));
	CHECK_SPAN("", span_of(b.id));
	ROW("source");
	snprintf(b.name, sizeof(b.name), "b");
	add_source(&b, "192.0.2.200", 24);
	CHECK_INT(SOTTO_EEXIST, store_connection_put(f->s, &b, true));
	CHECK_SPAN("address: connection \"a\" has the source 192.0.2.200/24 already",
		span_of(store_why(f->s)));
	ROW("a narrower source is another one");
	b.addresses[1].prefix = 25;
	CHECK_OK(store_connection_put(f->s, &b, true));
	CHECK_OK(store_directory(f->s, &d));
	CHECK_INT(2, directory_count(d).connections);
	directory_release(d);
}

static void credentials_are_kept_as_digests_only(void **state)
{
	struct fixture *f = *state;
	struct connection a = named("a", CONNECTION_CREDENTIAL);
	struct connection b = named("b", CONNECTION_CREDENTIAL);
	struct auth_ha1 want;
	struct directory *d;
	char wal[100], *bytes = malloc(WAL_MAX);
	size_t n;
	FILE *file;

	CHECK_OK(store_connection_put(f->s, &a, true));
	CHECK_OK(store_connection_put(f->s, &b, true));
	CHECK_OK(store_credential_put(f->s, span_of(a.id), SPAN("alice"), SPAN("0pen-5esame")));
	CHECK_INT(SOTTO_EEXIST,
		store_credential_put(f->s, span_of(b.id), SPAN("alice"), SPAN("0pen-5esame")));
	CHECK_SPAN("user: another connection has the user \"alice\" already",
		span_of(store_why(f->s)));
	CHECK_INT(SOTTO_ENOENT,
		store_credential_put(f->s, SPAN("cc_x"), SPAN("bob"), SPAN("0pen-5esame")));
	CHECK_SPAN("no connection has the id cc_x", span_of(store_why(f->s)));
	ROW("a new password");
	CHECK_OK(store_credential_put(f->s, span_of(a.id), SPAN("alice"), SPAN("5esame-0pen")));
	CHECK_OK(auth_ha1_make(&want, SPAN("alice"), SPAN("example.org"), SPAN("5esame-0pen")));
	CHECK_OK(store_directory(f->s, &d));
	CHECK(memcmp(&want, &directory_credential(d, SPAN("alice"))->ha1, sizeof(want)) == 0);
	directory_release(d);
	snprintf(wal, sizeof(wal), "%s-wal", f->folder.store);
	file = fopen(wal, "rb");
	CHECK(file != NULL);
	n = fread(bytes, 1, WAL_MAX, file);
	fclose(file);
	CHECK(memmem(bytes, n, "alice", 5) != NULL);
	CHECK(memmem(bytes, n, "sesame", 6) == NULL && memmem(bytes, n, "0pen", 4) == NULL);
	free(bytes);
	CHECK_OK(store_credential_remove(f->s, SPAN("alice")));
	CHECK_INT(SOTTO_ENOENT, store_credential_remove(f->s, SPAN("alice")));
	CHECK_SPAN("no credential has the user alice", span_of(store_why(f->s)));
}

static void numbers_belong_to_one_connection(void **state)
{
	struct fixture *f = *state;
	struct connection a = named("a", CONNECTION_CREDENTIAL);
	struct directory *d;

	CHECK_OK(store_connection_put(f->s, &a, true));
	CHECK_OK(store_number_put(f->s, SPAN("+15551234"), span_of(a.id)));
	CHECK_INT(SOTTO_EEXIST, store_number_put(f->s, SPAN("15551234"), span_of(a.id)));
	CHECK_SPAN("number: 15551234 belongs to a connection already", span_of(store_why(f->s)));
	CHECK_INT(SOTTO_ENOENT, store_number_put(f->s, SPAN("100"), SPAN("cc_x")));
	CHECK_OK(store_directory(f->s, &d));
	CHECK_SPAN("15551234", span_of(directory_number(d, SPAN("+15551234"))->digits));
	directory_release(d);
	CHECK_OK(store_number_remove(f->s, SPAN("+15551234")));
	CHECK_INT(SOTTO_ENOENT, store_number_remove(f->s, SPAN("+15551234")));
	CHECK_SPAN("no connection has the number 15551234", span_of(store_why(f->s)));
}

static void a_connection_takes_its_users_and_numbers_with_it(void **state)
{
	struct fixture *f = *state;
	struct connection a = named("a", CONNECTION_CREDENTIAL);
	struct directory *d;

	CHECK_OK(store_connection_put(f->s, &a, true));
	CHECK_OK(store_credential_put(f->s, span_of(a.id), SPAN("alice"), SPAN("0pen-5esame")));
	CHECK_OK(store_number_put(f->s, SPAN("100"), span_of(a.id)));
	CHECK_OK(store_connection_remove(f->s, span_of(a.id)));
	CHECK_INT(SOTTO_ENOENT, store_connection_remove(f->s, span_of(a.id)));
	CHECK_OK(store_directory(f->s, &d));
	CHECK_INT(0, directory_count(d).connections);
	CHECK_INT(0, directory_count(d).credentials);
	CHECK_INT(0, directory_count(d).numbers);
	directory_release(d);
}

static void fill(char *out, size_t cap, char c)
{
	memset(out, c, cap - 1);
	out[cap - 1] = '\0';
}

static struct leg_record full_leg(void)
{
	struct leg_record l = { .exists = true,
		.connection_id = "cc_1",
		.transport = SIP_TRANSPORT_TLS,
		.tls_version = "TLSv1.3",
		.is_srtp = true,
		.suite = SRTP_AES_CM_128_HMAC_SHA1_80,
		.key_exchange = "sdes",
		.keys_exposed = true,
		.is_protected = true,
		.sip_status = 200,
		.rx_packets = 1,
		.tx_packets = 2,
		.rx_bytes = INT64_MAX,
		.tx_bytes = 4,
		.rx_lost = 5,
		.auth_failed = 6,
		.replayed = 7,
		.jitter_us = UINT32_MAX,
		.clear_ms = 9 };

	CHECK_OK(netaddr_parse(SPAN("[2001:db8::1]:5061"), &l.remote));
	CHECK_OK(netaddr_parse(SPAN("192.0.2.1:30000"), &l.media_remote));
	fill(l.tls_cipher, sizeof(l.tls_cipher), 'c');
	fill(l.tls_peer, sizeof(l.tls_peer), 'p');
	return l;
}

static struct call_record full_record(void)
{
	struct call_record r = { .call_id = "call-1",
		.started = 1700000000000,
		.answered = 1700000001000,
		.ended = 1700000002000,
		.failure = FAILURE_srtp_required_not_offered,
		.sip_status = 488,
		.q850_cause = 88,
		.ended_by = "caller",
		.caller = full_leg() };

	fill(r.from, sizeof(r.from), 'f');
	fill(r.to, sizeof(r.to), 't');
	return r;
}

static void check_same_leg(const struct leg_record *want, const struct leg_record *got)
{
	CHECK_INT(want->exists, got->exists);
	CHECK_SPAN(want->connection_id, span_of(got->connection_id));
	CHECK_INT(want->transport, got->transport);
	CHECK(netaddr_eq(&want->remote, &got->remote));
	CHECK_SPAN(want->tls_version, span_of(got->tls_version));
	CHECK_SPAN(want->tls_cipher, span_of(got->tls_cipher));
	CHECK_SPAN(want->tls_peer, span_of(got->tls_peer));
	CHECK_INT(want->is_srtp, got->is_srtp);
	CHECK_INT(want->suite, got->suite);
	CHECK_SPAN(want->key_exchange, span_of(got->key_exchange));
	CHECK_INT(want->keys_exposed, got->keys_exposed);
	CHECK_INT(want->is_protected, got->is_protected);
	CHECK_INT(want->sip_status, got->sip_status);
	CHECK(netaddr_eq(&want->media_remote, &got->media_remote));
	CHECK_INT(want->rx_packets, got->rx_packets);
	CHECK_INT(want->tx_packets, got->tx_packets);
	CHECK_INT(want->rx_bytes, got->rx_bytes);
	CHECK_INT(want->tx_bytes, got->tx_bytes);
	CHECK_INT(want->rx_lost, got->rx_lost);
	CHECK_INT(want->auth_failed, got->auth_failed);
	CHECK_INT(want->replayed, got->replayed);
	CHECK_INT(want->jitter_us, got->jitter_us);
	CHECK_INT(want->clear_ms, got->clear_ms);
}

static void check_record(void *ctx, const struct call_record *got)
{
	const struct call_record *want = ctx;

	CHECK_SPAN(want->call_id, span_of(got->call_id));
	CHECK_SPAN(want->from, span_of(got->from));
	CHECK_SPAN(want->to, span_of(got->to));
	CHECK_INT(want->started, got->started);
	CHECK_INT(want->answered, got->answered);
	CHECK_INT(want->ended, got->ended);
	CHECK_INT(want->failure, got->failure);
	CHECK_INT(want->sip_status, got->sip_status);
	CHECK_INT(want->q850_cause, got->q850_cause);
	CHECK_SPAN(want->ended_by, span_of(got->ended_by));
	check_same_leg(&want->caller, &got->caller);
	check_same_leg(&want->callee, &got->callee);
}

static void record_comes_back_as_it_was_stored(void **state)
{
	struct fixture *f = *state;
	struct call_record r = full_record(), bare = { .call_id = "bare" };
	uint64_t n;

	ROW("everything set but the callee");
	CHECK_OK(store_record_add(f->s, &r));
	CHECK_INT(SOTTO_EEXIST, store_record_add(f->s, &r));
	reopen(f);
	CHECK_OK(store_record_list(f->s, 1, check_record, &r));
	ROW("nothing set");
	CHECK_OK(store_record_add(f->s, &bare));
	CHECK_OK(store_record_list(f->s, 1, check_record, &bare));
	CHECK_OK(store_record_count(f->s, &n));
	CHECK_INT(2, n);
}

struct order {
	int next;
};

static void check_order(void *ctx, const struct call_record *r)
{
	struct order *o = ctx;
	char want[48];

	snprintf(want, sizeof(want), "call-%d", --o->next);
	CHECK_SPAN(want, span_of(r->call_id));
}

static void check_on_thread(struct store *s, void *ctx)
{
	struct order *o = ctx;
	uint64_t n;

	CHECK_OK(store_record_count(s, &n));
	CHECK_INT(o->next, n);
}

static void thread_writes_records_in_the_order_of_sending(void **state)
{
	struct fixture *f = *state;
	struct call_record r = full_record();
	struct order o = { .next = 500 }; /* several batches */

	CHECK_OK(store_start(f->s));
	for (int i = 0; i < o.next; i++) {
		snprintf(r.call_id, sizeof(r.call_id), "call-%d", i);
		CHECK_OK(store_send_record(f->s, &r));
	}
	CHECK_OK(store_send(f->s, check_on_thread, &o)); /* after all of them */
	reopen(f);
	CHECK_OK(store_record_list(f->s, 1000, check_order, &o));
	CHECK_INT(0, o.next);
}

static void one_bad_record_costs_only_itself(void **state)
{
	struct fixture *f = *state;
	struct call_record r = full_record();
	uint64_t n;

	for (int i = 0; i < 10; i++) {
		snprintf(r.call_id, sizeof(r.call_id), "call-%d", i == 5 ? 0 : i);
		CHECK_OK(store_send_record(f->s, &r));
	}
	reopen(f); /* without a thread, closing writes what waits */
	CHECK_OK(store_record_count(f->s, &n));
	CHECK_INT(9, n);
}

static void a_full_queue_refuses(void **state)
{
	struct fixture *f = *state;
	struct call_record r = { 0 };
	int i = 0;

	for (; i < 4096; i++) {
		snprintf(r.call_id, sizeof(r.call_id), "call-%d", i);
		CHECK_OK(store_send_record(f->s, &r));
	}
	CHECK_INT(SOTTO_ELIMIT, store_send_record(f->s, &r));
	CHECK_INT(SOTTO_ELIMIT, store_send(f->s, check_on_thread, NULL));
}

static void values_out_of_bounds_are_refused_with_a_sentence(void **state)
{
	static const struct {
		const char *label, *user, *password, *want;
	} users[] = {
		LINE("no user", "", "12345678", "user: 1 to 63 bytes"),
		LINE("a user with a space", "a b", "12345678",
			"user: allowed: letters, digits and -_.!~*'()&=+$"),
		LINE("a user with a colon", "a:b", "12345678",
			"user: allowed: letters, digits and -_.!~*'()&=+$"),
		LINE("a user of 64 bytes",
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			"12345678", "user: 1 to 63 bytes"),
		LINE("a short password", "a", "1234567", "password: 8 to 128 bytes"),
		LINE("a password with a newline", "a", "1234567\n8",
			"password: without control characters"),
	};
	static const struct {
		const char *label, *digits, *want;
	} numbers[] = {
		LINE("no number", "", "number: 1 to 31 digits"),
		LINE("only a plus", "+", "number: 1 to 31 digits"),
		LINE("a letter", "12a", "number: digits only, after an optional +"),
		LINE("two plus", "++1", "number: digits only, after an optional +"),
		LINE("32 digits", "12345678901234567890123456789012", "number: 1 to 31 digits"),
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		ROW(users[i].label);
		CHECK_INT(
			SOTTO_EINVAL, store_credential_put(f->s, SPAN("cc_x"),
					      span_of(users[i].user), span_of(users[i].password)));
		CHECK_SPAN(users[i].want, span_of(store_why(f->s)));
	}
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		ROW(numbers[i].label);
		CHECK_INT(SOTTO_EINVAL,
			store_number_put(f->s, span_of(numbers[i].digits), SPAN("cc_x")));
		CHECK_SPAN(numbers[i].want, span_of(store_why(f->s)));
	}
	ROW("31 digits");
	CHECK_INT(SOTTO_ENOENT,
		store_number_put(f->s, SPAN("+1234567890123456789012345678901"), SPAN("cc_x")));
}

static void connections_that_make_no_sense_are_refused(void **state)
{
	struct fixture *f = *state;
	struct connection c;
	struct {
		const char *label, *want;
		struct connection c;
	} rows[8] = {
		LINE("no name", "name: 1 to 63 bytes without control characters",
			named("", CONNECTION_CREDENTIAL)),
		LINE("a name with an escape", "name: 1 to 63 bytes without control characters",
			named("a\033[1m", CONNECTION_CREDENTIAL)),
		LINE("ip without address", "an ip connection needs an address at least",
			named("a", CONNECTION_IP)),
		LINE("fqdn without host",
			"an fqdn connection needs a host, a DNS name such as sip.example.com",
			named("a", CONNECTION_FQDN)),
		LINE("credential with an address",
			"a credential connection has no address and no host: its devices register",
			named("a", CONNECTION_CREDENTIAL)),
		LINE("an address of nobody",
			"address: 224.0.0.1 is no address of one host, so it could not be called",
			named("a", CONNECTION_IP)),
		LINE("a suite twice", "inbound suites: AES_CM_128_HMAC_SHA1_80 stands there twice",
			named("a", CONNECTION_CREDENTIAL)),
		LINE("wss", "transport: allowed: udp, tcp, tls", named("a", CONNECTION_CREDENTIAL)),
	};

	add_source(&rows[4].c, "192.0.2.1", 32);
	add_source(&rows[5].c, "224.0.0.1", 32);
	rows[6].c.inbound.suites[0] = rows[6].c.inbound.suites[1] = SRTP_AES_CM_128_HMAC_SHA1_80;
	rows[6].c.inbound.suite_count = 2;
	rows[7].c.transport = SIP_TRANSPORT_WSS;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].label);
		c = rows[i].c;
		CHECK_INT(SOTTO_EINVAL, store_connection_put(f->s, &c, true));
		CHECK_SPAN(rows[i].want, span_of(store_why(f->s)));
	}
}

static void hosts_are_names_or_addresses(void **state)
{
	static const struct {
		const char *host;
		bool want;
	} rows[] = { { "sip.example.com", true }, { "localhost", true }, { "192.0.2.1", true },
		{ "2001:db8::1", true }, { "_sip._tls.example.com", true }, { "a.", true },
		{ "", false }, { ".", false }, { "a..b", false }, { "-a", false }, { "a b", false },
		{ "sip:a", false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", false },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", true } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ROW(rows[i].host);
		CHECK_INT(rows[i].want, host_is_valid(span_of(rows[i].host)));
	}
}

static void file_is_for_its_owner_only(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	char wal[100];

	CHECK_INT(0, stat(f->folder.store, &st));
	CHECK_INT(0600, st.st_mode & 0777);
	snprintf(wal, sizeof(wal), "%s-wal", f->folder.store);
	CHECK_INT(0, stat(wal, &st));
	CHECK_INT(0600, st.st_mode & 0777);
	CHECK_INT(0, chmod(f->folder.store, 0644));
	reopen(f);
	CHECK_INT(0, stat(f->folder.store, &st));
	CHECK_INT(0600, st.st_mode & 0777);
}

static void open_and_use(void *ctx)
{
	struct folder *folder = ctx;
	struct connection c = named("a", CONNECTION_CREDENTIAL);
	struct call_record r = { .call_id = "x" };
	struct directory *d = NULL;
	struct store *s;

	if (store_open(&s, folder->store, SPAN("example.org"), NULL) == SOTTO_OK) {
		sotto_err err = store_connection_put(s, &c, true);
		CHECK(err == SOTTO_OK || err == SOTTO_EEXIST);
		CHECK(store_send_record(s, &r) != SOTTO_ELIMIT);
		if (store_directory(s, &d) == SOTTO_OK)
			directory_release(d);
	}
	store_close(s);
}

static void store_survives_every_failed_allocation(void **state)
{
	struct folder folder;

	(void)state;
	folder_make(&folder);
	alloc_fail_sweep(open_and_use, &folder);
	folder_remove(&folder);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(connection_comes_back_as_it_was_stored),
		TEST(connection_is_replaced_as_a_whole),
		TEST(ambiguity_is_refused_with_a_reason_and_without_a_trace),
		TEST(credentials_are_kept_as_digests_only),
		TEST(numbers_belong_to_one_connection),
		TEST(a_connection_takes_its_users_and_numbers_with_it),
		TEST(record_comes_back_as_it_was_stored),
		TEST(thread_writes_records_in_the_order_of_sending),
		TEST(one_bad_record_costs_only_itself),
		TEST(a_full_queue_refuses),
		TEST(values_out_of_bounds_are_refused_with_a_sentence),
		TEST(connections_that_make_no_sense_are_refused),
		cmocka_unit_test(hosts_are_names_or_addresses),
		TEST(file_is_for_its_owner_only),
		cmocka_unit_test(store_survives_every_failed_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
