/**
 * @file fuzz/edge/message_fuzz.c  Any bytes from a known trunk, in messages that "\n\n\n" divides:
 * whatever it says, the edge stands, and nothing is left when it has stopped.
 */
#include "unit/edge/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void say(struct rig *r, const struct sip_hop *from, struct span text)
{
	static char bytes[SIP_MESSAGE_MAX];

	if (text.n == 0 || text.n > sizeof(bytes))
		return;
	memcpy(bytes, text.p, text.n);
	r->in.on_message(r->in.ctx, bytes, text.n, from, r->now);
	rig_wait(r, 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rig r;
	struct sip_hop from = rig_hop(SIP_TRANSPORT_UDP, "192.0.2.50:5060", 0);
	struct span rest = { (const char *)data, size };
	struct edge_counts n;

	rig_init(&r);
	r.is_patient = true;
	if (rig_start(&r))
		abort();
	while (rest.n) {
		const char *at = memmem(rest.p, rest.n, "\n\n\n", 3);
		size_t len = at ? (size_t)(at - rest.p) : rest.n;

		say(&r, &from, (struct span){ rest.p, len });
		len += at ? 3 : 0;
		rest = (struct span){ rest.p + len, rest.n - len };
	}
	edge_stop(r.edge, r.now);
	for (size_t i = 0; i < r.media_count; i++)
		if (!r.media[i].is_open)
			rig_media_event(&r, i, MEDIA_CLOSED);
	rig_wait(&r, 3 * 64 * TXN_T1 + 1);
	n = edge_count(r.edge);
	if (n.calls || n.dialogs || n.transactions || r.record_count != r.calls_started)
		abort();
	rig_deinit(&r);
	return 0;
}
