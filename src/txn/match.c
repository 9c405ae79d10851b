/**
 * @file txn/match.c  Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3, §9.2).
 *
 * A key is a run of parts, each behind its length, so that no two lists of parts are one key.
 * Branches are compared byte by byte: nobody changes their case, and the entropy may be in it.
 */
#include "txn/machine.h"

enum key_kind {
	KEY_CLIENT = 'c',
	KEY_SERVER = 's',
	KEY_LEGACY = '2', /* RFC 2543: no cookie in the branch */
};

static void put_part(struct buf *b, struct span s)
{
	uint32_t n = (uint32_t)s.n;

	buf_put(b, (struct span){ (const char *)&n, sizeof(n) });
	buf_put(b, s);
}

static void put_part_lower(struct buf *b, struct span s)
{
	uint32_t n = (uint32_t)s.n;

	buf_put(b, (struct span){ (const char *)&n, sizeof(n) });
	for (size_t i = 0; i < s.n; i++)
		buf_putc(b, ascii_lower(s.p[i]));
}

static void put_number(struct buf *b, uint32_t v)
{
	buf_put(b, (struct span){ (const char *)&v, sizeof(v) });
}

static struct buf begin(struct txn_layer *l, enum key_kind kind)
{
	struct buf b = buf_over(l->key, sizeof(l->key));

	buf_putc(&b, (char)kind);
	return b;
}

struct span txn_client_key(struct txn_layer *l, struct span branch, struct span method)
{
	struct buf b = begin(l, KEY_CLIENT);

	put_part(&b, branch);
	put_part(&b, method);
	return buf_span(&b);
}

/** A bare cookie names nothing: such a request is matched as of RFC 2543 (§17.2.3). */
static bool has_cookie(const struct sip_via *via)
{
	struct span cookie = SPAN(SIP_BRANCH_COOKIE);
	struct span start = { via->branch.p, cookie.n };

	return via->branch.n > cookie.n && span_eq_nocase(start, cookie);
}

static struct span modern_key(
	struct txn_layer *l, const struct sip_msg *request, struct span method)
{
	struct buf b = begin(l, KEY_SERVER);

	/* §17.2.3: sent-by is part of it, since clients may choose equal branches by chance or
	 * malice */
	put_part(&b, request->via.branch);
	put_part_lower(&b, request->via.host);
	put_number(&b, request->via.port);
	put_part(&b, method);
	return buf_span(&b);
}

static struct span legacy_key(
	struct txn_layer *l, const struct sip_msg *request, struct span method, struct span to_tag)
{
	struct buf b = begin(l, KEY_LEGACY);

	put_part(&b, request->uri.text);
	put_part(&b, to_tag);
	put_part(&b, request->from.tag);
	put_part(&b, request->call_id);
	put_number(&b, request->cseq.number);
	put_part(&b, request->via.text);
	put_part(&b, method);
	return buf_span(&b);
}

static struct span key_as(struct txn_layer *l, const struct sip_msg *request, struct span method)
{
	return has_cookie(&request->via) ? modern_key(l, request, method)
					 : legacy_key(l, request, method, request->to.tag);
}

struct span txn_server_key(struct txn_layer *l, const struct sip_msg *request)
{
	return key_as(l, request, request->method_name);
}

struct txn *txn_find_client(struct txn_layer *l, const struct sip_msg *response)
{
	/* §17.1.3: the method too, since a CANCEL shares its INVITE's branch */
	struct span key = txn_client_key(l, response->via.branch, response->cseq.method_name);

	return map_find(&l->by_key, key);
}

/** The INVITE of an RFC 2543 ACK, whose To tag must be that of our final response. */
static struct txn *find_legacy_acked(struct txn_layer *l, const struct sip_msg *ack)
{
	struct span tags[] = { ack->to.tag, SPAN_NONE };

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		struct span key = legacy_key(l, ack, SPAN("INVITE"), tags[i]);
		struct txn *t = map_find(&l->by_key, key);

		if (t && span_eq(txn_message_to_tag(t), ack->to.tag))
			return t;
	}
	return NULL;
}

struct txn *txn_find_server(struct txn_layer *l, const struct sip_msg *request)
{
	if (request->method != SIP_METHOD_ACK)
		return map_find(&l->by_key, txn_server_key(l, request));
	if (!has_cookie(&request->via))
		return find_legacy_acked(l, request);
	return map_find(&l->by_key, modern_key(l, request, SPAN("INVITE")));
}

struct txn *txn_find_cancelled(struct txn_layer *l, const struct sip_msg *cancel)
{
	return map_find(&l->by_key, key_as(l, cancel, SPAN("INVITE")));
}
