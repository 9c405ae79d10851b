/** @file sim/watch.c */
#include "sim/watch.h"

#include <stdio.h>

#include "sdp/sdes.h"
#include "sim/world.h"

#define WATCH_TEXT_MIN 6 /* shorter texts stand anywhere by chance */

static const char *const kind_names[] = { "address", "Call-ID", "tag", "branch", "SRTP key",
	"password" };

static bool has(struct span hay, const char *needle)
{
	return hay.n && memmem(hay.p, hay.n, needle, strlen(needle)) != NULL;
}

void watch_secret(
	struct world *w, const struct phone *phone, enum watch_kind kind, struct span text)
{
	struct watch *t = &w->watch;
	struct watch_secret *s = &t->secrets[t->count];

	if (text.n < WATCH_TEXT_MIN || text.n >= sizeof(s->text) || t->count == WATCH_SECRETS_MAX)
		return;
	for (size_t i = 0; i < t->count; i++)
		if (t->secrets[i].phone == phone && span_eq(span_of(t->secrets[i].text), text))
			return;
	s->kind = kind;
	s->phone = phone;
	memcpy(s->text, text.p, text.n);
	t->count++;
}

static void keys_learn(struct world *w, const struct phone *phone, struct span body)
{
	struct span line, at;

	while (span_take(&body, '\n', &line)) {
		const char *key = line.n ? memmem(line.p, line.n, "inline:", 7) : NULL;
		if (!key)
			continue;
		at = (struct span){ key + 7, (size_t)(line.p + line.n - key - 7) };
		span_take(&at, '|', &line);
		watch_secret(w, phone, WATCH_KEY, span_trim(line));
	}
}

void watch_learn(struct world *w, const struct phone *phone, const struct sip_msg *msg)
{
	watch_secret(w, phone, WATCH_CALL_ID, msg->call_id);
	watch_secret(w, phone, WATCH_TAG, msg->from.tag);
	watch_secret(w, phone, WATCH_TAG, msg->to.tag);
	watch_secret(w, phone, WATCH_BRANCH, msg->via.branch);
	keys_learn(w, phone, msg->body);
}

/** RFC 3261 §20.14: Content-Length is there and true, over UDP too. */
static void length_check(
	struct world *w, const struct phone *p, const struct sip_msg *msg, struct span raw)
{
	const char *end = memmem(raw.p, raw.n, "\r\n\r\n", 4);
	size_t body = end ? raw.n - (size_t)(end + 4 - raw.p) : 0;

	if (!end || !msg->has_content_length || msg->body.n != body)
		world_fail(w, "%s got a message whose Content-Length is missing or wrong", p->name);
}

/** What a request must carry (RFC 3261 §8.1.1), and an answer that makes a dialog (§12.1.1). */
static void headers_check(struct world *w, const struct phone *p, const struct sip_msg *msg)
{
	const bool is_invite = msg->cseq.method == SIP_METHOD_INVITE;
	const bool needs_contact =
		is_invite && (msg->is_request || (msg->status >= 200 && msg->status < 300));

	if (msg->is_request && !msg->has_max_forwards)
		world_fail(w, "%s got a request without Max-Forwards", p->name);
	if (needs_contact && !sip_msg_field(msg, SIP_HEADER_CONTACT))
		world_fail(w, "%s got an INVITE or its 2xx without Contact", p->name);
	if (!msg->is_request && msg->status > 100 && !msg->to.tag.n)
		world_fail(w, "%s got %u without a To tag", p->name, msg->status);
	if (msg->body.n && !sip_msg_field(msg, SIP_HEADER_CONTENT_TYPE))
		world_fail(w, "%s got a body without Content-Type", p->name);
}

static void leaks_check(struct world *w, const struct phone *p, struct span raw)
{
	for (size_t i = 0; i < w->watch.count; i++) {
		const struct watch_secret *s = &w->watch.secrets[i];
		if (s->phone != p && has(raw, s->text))
			world_fail(w, "%s got a message that tells a %s of %s's leg: %s", p->name,
				kind_names[s->kind], s->phone->name, s->text);
	}
}

void watch_message(
	struct world *w, const struct phone *phone, const struct sip_msg *msg, struct span raw)
{
	length_check(w, phone, msg, raw);
	headers_check(w, phone, msg);
	leaks_check(w, phone, raw);
}

void watch_log(struct world *w, struct span line)
{
	for (size_t i = 0; i < w->watch.count; i++) {
		const struct watch_secret *s = &w->watch.secrets[i];
		if ((s->kind == WATCH_KEY || s->kind == WATCH_PASSWORD) && has(line, s->text))
			world_fail(
				w, "the log tells a %s of %s", kind_names[s->kind], s->phone->name);
	}
}
