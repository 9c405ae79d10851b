/** @file sip/msg.c  Bytes to struct sip_msg: lines, then the headers that every message has. */
#include "sip/msg.h"

#include "sip/grammar.h"

/** A parse under way. The first fault stands; reading goes on, so that an answer can be written. */
struct reading {
	struct sip_msg *m;
	struct sip_fault *fault;
	sotto_err err;
	size_t field_cap;
	uint64_t seen;      /* bit n: a header of id n has come */
	size_t length;      /* Content-Length */
	bool length_is_bad; /* it says nothing about the body */
};

_Static_assert(SIP_HEADER_COUNT <= 64, "reading.seen has a bit for each header");

static void blame(struct reading *r, sotto_err err, const char *reason)
{
	if (r->err)
		return;
	r->err = err;
	r->fault->reason = reason;
	r->fault->status = err == SOTTO_EVERSION ? 505 : err == SOTTO_ETOOBIG ? 513 : 400;
}

/* ---- the headers that are read at once ---- */

static sotto_err read_via(struct reading *r, struct span value)
{
	struct sip_values it = { .msg = r->m, .field = r->m->field_count, .rest = value };
	struct span top;
	sotto_err err;

	if (!sip_values_next(&it, &top))
		return SOTTO_ESYNTAX;
	err = sip_via_parse(&r->m->via, top);
	if (err && !sip_via_salvage(&r->m->via, top))
		r->m->via = (struct sip_via){ .port = 0 };
	return err;
}

static sotto_err read_party(struct sip_nameaddr *party, struct span value)
{
	TRY(sip_nameaddr_parse(party, value));
	return party->is_star ? SOTTO_ESYNTAX : SOTTO_OK;
}

static sotto_err read_from(struct reading *r, struct span value)
{
	return read_party(&r->m->from, value);
}

static sotto_err read_to(struct reading *r, struct span value)
{
	return read_party(&r->m->to, value);
}

/**
 * callid is word ["@" word]. '=' and others occur in the field, and do no harm in what is only
 * compared byte by byte; ';' would, in Replaces.
 */
static sotto_err read_call_id(struct reading *r, struct span value)
{
	if (value.n == 0 || sip_span_of(value, SIP_CHAR_WORD | SIP_CHAR_VALUE) != value.n)
		return SOTTO_ESYNTAX;
	r->m->call_id = value;
	return SOTTO_OK;
}

static sotto_err read_cseq(struct reading *r, struct span value)
{
	struct span number, method;
	uint64_t v;

	if (!span_word(&value, &number) || !span_word(&value, &method) || span_trim(value).n)
		return SOTTO_ESYNTAX;
	if (span_u64(number, INT32_MAX, &v)) /* RFC 3261 §8.1.1.5: less than 2**31 */
		return SOTTO_ESYNTAX;
	if (!sip_is_token(method))
		return SOTTO_ESYNTAX;
	r->m->cseq = (struct sip_cseq){ (uint32_t)v, sip_method_parse(method), method };
	return SOTTO_OK;
}

static sotto_err read_max_forwards(struct reading *r, struct span value)
{
	uint64_t v;

	if (span_u64(value, 255, &v)) /* §20.22: 0..255 */
		return SOTTO_ESYNTAX;
	r->m->max_forwards = (unsigned)v;
	r->m->has_max_forwards = true;
	return SOTTO_OK;
}

static sotto_err read_content_length(struct reading *r, struct span value)
{
	uint64_t v;

	r->length_is_bad = true;
	if (span_u64(value, SIZE_MAX, &v))
		return SOTTO_ESYNTAX;
	r->length_is_bad = false;
	r->length = (size_t)v;
	r->m->has_content_length = true;
	return SOTTO_OK;
}

struct reader {
	sotto_err (*read)(struct reading *r, struct span value);
	bool many;     /* may come again: only the first is read here */
	bool required; /* by §8.1.1, in responses too */
	const char *bad, *again, *missing;
};

#define READER(read, many, required, name)                                            \
	{                                                                             \
		read, many, required, "Bad " name, "Duplicate " name, "Missing " name \
	}

static const struct reader *reader_of(enum sip_header_id id)
{
	static const struct reader readers[SIP_HEADER_COUNT] = {
		[SIP_HEADER_VIA] = READER(read_via, true, true, "Via"),
		[SIP_HEADER_FROM] = READER(read_from, false, true, "From"),
		[SIP_HEADER_TO] = READER(read_to, false, true, "To"),
		[SIP_HEADER_CALL_ID] = READER(read_call_id, false, true, "Call-ID"),
		[SIP_HEADER_CSEQ] = READER(read_cseq, false, true, "CSeq"),
		[SIP_HEADER_MAX_FORWARDS] = READER(read_max_forwards, false, false, "Max-Forwards"),
		[SIP_HEADER_CONTENT_LENGTH] =
			READER(read_content_length, false, false, "Content-Length"),
	};

	return readers[id].read ? &readers[id] : NULL;
}

static void read_known(struct reading *r, const struct sip_field *f)
{
	const struct reader *reader = reader_of(f->id);
	bool again = r->seen >> f->id & 1;
	sotto_err err;

	r->seen |= (uint64_t)1 << f->id;
	if (!reader || (again && reader->many))
		return;
	if (again) {
		blame(r, SOTTO_ESYNTAX, reader->again);
		r->length_is_bad |= f->id == SIP_HEADER_CONTENT_LENGTH;
		return;
	}
	err = reader->read(r, f->value);
	if (err)
		blame(r, err, reader->bad);
}

/* ---- the start line ---- */

#define VERSION "SIP/2.0"

static bool is_version(struct span s)
{
	return s.n > 4 && span_eq_nocase((struct span){ s.p, 4 }, SPAN("SIP/"));
}

static void read_status_line(struct reading *r, struct span line)
{
	struct span version = SPAN_NONE, code = SPAN_NONE;
	uint64_t status;

	span_take(&line, ' ', &version);
	if (!span_eq_nocase(version, SPAN(VERSION))) {
		blame(r, SOTTO_EVERSION, "Version Not Supported");
		return;
	}
	/* three digits; the blank before an empty phrase is forgotten by some senders */
	if (!span_take(&line, ' ', &code) || code.n != 3 || span_u64(code, 699, &status) ||
		status < 100) {
		blame(r, SOTTO_ESYNTAX, "Bad Status Line");
		return;
	}
	r->m->status = (unsigned)status;
	r->m->reason = line;
}

/**
 * Method SP Request-URI SP SIP-Version (§7.1), single blanks and nothing behind: no known sender
 * needs more (RFC 4475 §3.1.2.8 to §3.1.2.10). False if it is nothing of SIP.
 */
static bool read_request_line(struct reading *r, struct span line)
{
	struct sip_msg *m = r->m;
	struct span uri;

	m->is_request = true;
	if (!span_take(&line, ' ', &m->method_name) || !sip_is_token(m->method_name))
		return false;
	m->method = sip_method_parse(m->method_name);
	if (!span_take(&line, ' ', &uri) || uri.n == 0 || !is_version(line)) {
		blame(r, SOTTO_ESYNTAX, "Bad Request Line");
		return true;
	}
	if (!span_eq_nocase(line, SPAN(VERSION))) {
		if (span_has(line, ' '))
			blame(r, SOTTO_ESYNTAX, "Bad Request Line");
		blame(r, SOTTO_EVERSION, "Version Not Supported");
	}
	if (sip_uri_parse(&m->uri, uri))
		blame(r, SOTTO_ESYNTAX, "Bad Request-URI");
	else if (m->uri.headers.p) /* §19.1.1: not allowed there, and never to be applied */
		blame(r, SOTTO_ESYNTAX, "Headers In Request-URI");
	return true;
}

/* ---- lines ---- */

/** Takes a line and those folded under it off the front of `*rest`; the breaks become blanks. */
static struct span take_line(char **at, const char *end, bool may_fold, bool *is_sound)
{
	char *start = *at, *p = start;

	*is_sound = true;
	for (;;) {
		char *lf = memchr(p, '\n', (size_t)(end - p));
		*at = lf ? lf + 1 : start + (end - start);
		if (!lf || lf == start || lf[-1] != '\r') {
			*is_sound = false; /* a lone LF, or no end at all */
			return (struct span){ start, (size_t)(*at - start) };
		}
		if (!may_fold || *at == end || (**at != ' ' && **at != '\t')) {
			struct span line = { start, (size_t)(lf - 1 - start) };
			*is_sound = !span_has(line, '\r') && !span_has(line, '\n');
			return line;
		}
		lf[-1] = lf[0] = ' '; /* §7.3.1: a fold is a blank */
		p = *at;
	}
}

static void read_header_line(struct reading *r, struct span line, bool is_sound)
{
	struct sip_field f = { .value = line };
	struct sip_msg *m = r->m;

	f.name = (struct span){ line.p, sip_span_of(line, SIP_CHAR_TOKEN) };
	sip_skip(&f.value, f.name.n);
	sip_skip_blanks(&f.value);
	if (!is_sound || f.name.n == 0 || !span_strip(&f.value, SPAN(":"))) {
		blame(r, SOTTO_ESYNTAX, "Bad Header Line");
		return;
	}
	if (m->field_count == r->field_cap) {
		blame(r, SOTTO_ETOOBIG, "Too Many Headers");
		return;
	}
	f.value = span_trim(f.value);
	f.id = sip_header_parse(f.name);
	m->fields[m->field_count++] = f;
	read_known(r, &f);
}

/**
 * The bytes of the head without the empty line, and how many lines it has; false if it does not
 * end. The end of a datagram ends it too: RFC 4475's and 5118's own examples need it.
 */
static bool find_head(const char *p, size_t n, size_t *head, size_t *lines)
{
	const char *at = p, *end = p + n;

	*lines = 0;
	while ((at = memchr(at, '\n', (size_t)(end - at)))) {
		at++;
		++*lines;
		if (at == end || (end - at >= 2 && at[0] == '\r' && at[1] == '\n')) {
			*head = (size_t)(at - p);
			return true;
		}
	}
	return false;
}

/** False if this is no SIP message at all. */
static bool read_head(struct reading *r, char *at, const char *end)
{
	struct span line;
	bool is_sound;

	line = take_line(&at, end, false, &is_sound);
	if (!is_sound)
		return false;
	if (is_version(line))
		read_status_line(r, line);
	else if (!read_request_line(r, line))
		return false;
	while (at < end) {
		line = take_line(&at, end, true, &is_sound);
		read_header_line(r, line, is_sound);
	}
	return true;
}

/* ---- the whole ---- */

static void check_whole(struct reading *r)
{
	const struct sip_msg *m = r->m;

	for (unsigned id = 0; id < SIP_HEADER_COUNT; id++) {
		const struct reader *reader = reader_of((enum sip_header_id)id);
		if (reader && reader->required && !(r->seen >> id & 1))
			blame(r, SOTTO_EMISSING, reader->missing);
	}
	if (r->err || !m->is_request || span_eq(m->method_name, m->cseq.method_name))
		return;
	blame(r, SOTTO_ESYNTAX, "CSeq Method Mismatch"); /* §8.1.1.5 */
	if (m->method == SIP_METHOD_OTHER)
		r->fault->status = 501; /* perhaps a later RFC allows it: RFC 4475 §3.1.2.18 */
}

/** §18.3: bytes behind Content-Length are dropped; fewer than it says: 400. */
static void read_body(struct reading *r, const char *p, size_t n)
{
	if (r->length_is_bad)
		return;
	if (!r->m->has_content_length)
		r->length = n;
	if (r->length > n) {
		blame(r, SOTTO_ESYNTAX, "Body Shorter Than Content-Length");
		return;
	}
	r->m->body = (struct span){ p, r->length };
}

static sotto_err finish(struct reading *r)
{
	const struct sip_msg *m = r->m;

	/* §18.3, §17.2.1: nobody waits for an answer to a response or an ACK */
	if (!m->is_request || m->method == SIP_METHOD_ACK || !m->via.host.p)
		r->fault->status = 0;
	return r->err;
}

static sotto_err refuse(struct sip_fault *fault, sotto_err err, const char *reason)
{
	*fault = (struct sip_fault){ 0, reason };
	return err;
}

sotto_err sip_msg_parse(
	struct sip_msg *out, struct arena *arena, char *bytes, size_t n, struct sip_fault *fault)
{
	struct reading r = { .m = out, .fault = fault };
	size_t head, lines;

	*out = (struct sip_msg){ .is_request = false };
	*fault = (struct sip_fault){ 0, NULL };
	if (n > SIP_MESSAGE_MAX)
		blame(&r, SOTTO_ETOOBIG, "Message Too Large");
	while (n >= 2 && bytes[0] == '\r' && bytes[1] == '\n') { /* §7.5 */
		bytes += 2;
		n -= 2;
	}
	if (n == 0 || !find_head(bytes, n, &head, &lines))
		return refuse(fault, SOTTO_ESYNTAX, "No End Of Head");
	r.field_cap = lines - 1 < SIP_HEADERS_MAX ? lines - 1 : SIP_HEADERS_MAX;
	out->fields = arena_alloc(arena, (r.field_cap ? r.field_cap : 1) * sizeof(*out->fields));
	if (!out->fields)
		return refuse(fault, SOTTO_ENOMEM, "Out Of Memory");
	if (!read_head(&r, bytes, bytes + head))
		return refuse(fault, SOTTO_ESYNTAX, "Not A SIP Message");
	check_whole(&r);
	head += n - head >= 2 ? 2 : 0;
	read_body(&r, bytes + head, n - head);
	return finish(&r);
}
