/** @file unit/txn/secrets_test.c  What a transaction keeps may hold SDES keys: none are left. */
#include <malloc.h>
#include <stdlib.h>

#include "unit/txn/rig.h"

#define KEY "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

static struct rig r; /* too large for the stack */
static unsigned leaks;

void __real_free(void *p);
void __wrap_free(void *p);

/** The linker's --wrap sends every free of our own code here. */
void __wrap_free(void *p)
{
	if (p && memmem(p, malloc_usable_size(p), KEY, sizeof(KEY) - 1))
		leaks++;
	__real_free(p);
}

#define WITH_KEY                            \
	"Content-Type: application/sdp\r\n" \
	"Content-Length: 93\r\n\r\n"        \
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 " KEY "|2^31|1:1\r\n"

static void start_invite(void)
{
	static const char text[] = "INVITE sip:bob@example.com SIP/2.0\r\n"
				   "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKb\r\n"
				   "From: <sip:alice@example.com>;tag=a1\r\n"
				   "To: <sip:bob@example.com>\r\n"
				   "Call-ID: c1@here\r\n"
				   "CSeq: 7 INVITE\r\n" WITH_KEY;
	struct txn_user nobody = { 0 };
	handle_t h;

	CHECK_OK(txn_client_start(r.layer, SPAN(text), SPAN("z9hG4bKb"), SIP_METHOD_INVITE, &r.hop,
		&nobody, r.now, &h));
}

static void answer_with_key(const char *status)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"SIP/2.0 %s Reason\r\n"
		"Via: SIP/2.0/UDP 198.51.100.7:5070;branch=z9hG4bKpeer;rport=40000\r\n"
		"From: <sip:bob@example.com>;tag=b1\r\n"
		"To: <sip:alice@example.com>;tag=ours\r\n"
		"Call-ID: c2@there\r\n"
		"CSeq: 9 INVITE\r\n" WITH_KEY,
		status);
	CHECK_OK(txn_server_respond(
		r.layer, r.server, (unsigned)strtoul(status, NULL, 10), span_of(text), r.now));
}

static void messages_are_wiped_before_their_memory_goes(void **state)
{
	(void)state;
	CHECK(rig_start(&r, 0));
	leaks = 0;
	ROW("a request of ours");
	start_invite();
	rig_advance(&r, 64 * TXN_T1 + 1);
	CHECK_INT(0, txn_count(r.layer));
	CHECK_INT(0, leaks);
	ROW("a response that another takes the place of");
	rig_run(&r, "<INVITE");
	answer_with_key("183");
	answer_with_key("183");
	CHECK_INT(0, leaks);
	ROW("a response that was read again for its tag");
	rig_run(&r, "<CANCEL");
	CHECK(memmem(r.sent, r.sent_n, ";tag=ours", 9) != NULL);
	answer_with_key("200");
	ROW("the layer, and a response in it");
	rig_stop(&r);
	CHECK_INT(0, leaks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_wiped_before_their_memory_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
