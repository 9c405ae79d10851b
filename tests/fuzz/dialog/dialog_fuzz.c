/**
 * @file fuzz/dialog/dialog_fuzz.c  Two messages of any bytes around one dialog: what it keeps stays
 * within its bounds, a failure leaves what was known, and what it writes is a request again.
 */
#include <assert.h>
#include <stdio.h>

#include "dialog/dialog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX 16384

struct parsed {
	struct sip_msg msg;
	struct arena arena;
	char text[INPUT_MAX];
	bool ok;
};

static void parse(struct parsed *p, const uint8_t *data, size_t n)
{
	struct sip_fault fault;

	memcpy(p->text, data, n);
	arena_init(&p->arena, 65536);
	p->ok = !sip_msg_parse(&p->msg, &p->arena, p->text, n, &fault);
}

/** Bytes of the dialog's make, with a body, must parse; or be refused by the writer itself. */
static void write_and_read(struct dialog *d, enum sip_method method)
{
	static char text[4 * DIALOG_TEXT_MAX];
	struct span message;
	struct sip_fault fault;
	struct arena arena;
	struct sip_msg msg;
	struct sip_out o;
	uint32_t cseq = 1;

	sip_out_init(&o, text, sizeof(text));
	dialog_write_request(d, &o, method, SPAN("SIP/2.0/UDP me;branch=z9hG4bK2"), &cseq);
	sip_out_body(&o, SPAN_NONE, SPAN_NONE);
	if (sip_out_done(&o, &message))
		return;
	arena_init(&arena, 65536);
	assert(!sip_msg_parse(&msg, &arena, text, message.n, &fault));
	assert(msg.method == method && msg.cseq.number == cseq);
	assert(span_eq(msg.from.tag, dialog_local_tag(d)));
	assert(span_eq(msg.to.tag, dialog_remote_tag(d)));
	assert(span_eq(msg.call_id, dialog_call_id(d)));
	arena_deinit(&arena);
}

static size_t kept(const struct dialog *d)
{
	return dialog_call_id(d).n + dialog_local_tag(d).n + dialog_remote_tag(d).n +
	       dialog_remote_target(d).n + dialog_local_party(d).n + dialog_remote_party(d).n;
}

static void use(struct dialog *d, const struct sip_msg *msg)
{
	char before[DIALOG_TEXT_MAX];
	struct span target = dialog_remote_target(d);
	size_t n = target.n;

	assert(n <= sizeof(before));
	memcpy(before, target.p, n);
	if (msg->is_request ? dialog_on_request(d, msg) : dialog_on_response(d, msg)) {
		if (msg->is_request)
			assert(span_eq(dialog_remote_target(d), (struct span){ before, n }));
	}
	assert(kept(d) <= DIALOG_TEXT_MAX);
	assert(dialog_next_hop_uri(d).n > 0);
	write_and_read(d, SIP_METHOD_BYE);
	write_and_read(d, SIP_METHOD_ACK);
}

static void find(struct dialog *d, const struct sip_msg *msg)
{
	struct rng_seeded rng;
	struct dialog_table *t;
	handle_t owner;

	rng_seeded_init(&rng, 1);
	t = dialog_table_create(&rng.rng, 2);
	assert(t && !dialog_table_add(t, d, 7));
	if (dialog_table_find(t, msg, &owner))
		assert(owner == 7 && span_eq(msg->call_id, dialog_call_id(d)));
	dialog_table_destroy(t);
}

static struct dialog *begin(const struct sip_msg *first)
{
	static const struct sip_hop hop = { .transport = SIP_TRANSPORT_TLS };
	struct dialog *d = NULL;

	if (first->is_request ? dialog_create_uas(&d, first, SPAN("ours"), &hop)
			      : dialog_create_uac(&d, first->call_id, SPAN("<sip:a@h>"),
					SPAN("ours"), SPAN("<sip:b@h>"), SPAN("sip:b@h")))
		assert(!d);
	return d;
}

/** The input: two messages, the second behind the first NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parsed first, second;
	const uint8_t *cut = size ? memchr(data, 0, size) : NULL;
	size_t n = cut ? (size_t)(cut - data) : size;
	struct dialog *d;

	if (size > INPUT_MAX)
		return 0;
	parse(&first, data, n);
	parse(&second, data + n + (cut != NULL), size - n - (cut != NULL));
	d = first.ok ? begin(&first.msg) : NULL;
	if (d) {
		use(d, &first.msg);
		if (second.ok) {
			find(d, &second.msg);
			use(d, &second.msg);
		}
	}
	dialog_destroy(d);
	arena_deinit(&first.arena);
	arena_deinit(&second.arena);
	return 0;
}
