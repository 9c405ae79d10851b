/** @file sdp/sdes.c  Reads and writes a=crypto (RFC 4568 §9). */
#include "sdp/sdes.h"

#include "base/text.h"

#define LIFETIME_MAX (1ull << 48) /* SRTP packets under one master key (RFC 3711 §9.2) */
#define KDR_MAX      24           /* RFC 4568 §6.3.1 */
#define WSH_MIN      64           /* RFC 4568 §6.3.6 */

/* VCHAR and WSP: what the generic grammar can hold at all (§9.1). */
static bool is_printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 0x20 || s.p[i] > 0x7e) && s.p[i] != '\t')
			return false;
	return true;
}

/* 1*(ALPHA / DIGIT / "_"): names of suites and key methods */
static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return s.n > 0;
}

/* RFC 4568 §6.1, §6.3: leading zeroes MUST NOT be used. SOTTO_ETOOBIG: digits, but over `max`. */
static sotto_err number_parse(struct span s, uint64_t max, uint64_t *out)
{
	*out = 0;
	if (s.n > 1 && s.p[0] == '0')
		return SOTTO_ESYNTAX;
	return span_u64(s, max, out);
}

/* Takes what stands before the next '|'; unlike span_take it yields an empty last field too. */
static bool field_take(struct span *rest, struct span *out)
{
	const char *bar;

	if (!rest->p)
		return false;
	bar = rest->n ? memchr(rest->p, '|', rest->n) : NULL;
	if (!bar) {
		*out = *rest;
		*rest = SPAN_NONE;
		return true;
	}
	*out = (struct span){ rest->p, (size_t)(bar - rest->p) };
	*rest = (struct span){ bar + 1, rest->n - out->n - 1 };
	return true;
}

/* RFC 4568 §6.1: positive, not beyond the suite's maximum, or the whole line is invalid */
static sotto_err lifetime_parse(uint64_t *out, struct span s)
{
	uint64_t exponent;

	if (span_strip(&s, SPAN("2^"))) {
		if (number_parse(s, 48, &exponent))
			return SOTTO_ESYNTAX;
		*out = 1ull << exponent;
		return SOTTO_OK;
	}
	if (number_parse(s, LIFETIME_MAX, out) || *out == 0)
		return SOTTO_ESYNTAX;
	return SOTTO_OK;
}

static sotto_err mki_parse(struct sdes_key *key, struct span s)
{
	struct span value;
	uint64_t len;
	sotto_err err;

	if (!span_has(s, ':') || !span_take(&s, ':', &value))
		return SOTTO_ESYNTAX;
	/* RFC 4568 §6.1: a length above 128 makes the line invalid; 0 holds no value */
	if (s.n > 3 || number_parse(s, SDES_MKI_LEN_MAX, &len) || len == 0)
		return SOTTO_ESYNTAX;
	err = number_parse(value, len >= 8 ? UINT64_MAX : (1ull << (8 * len)) - 1, &key->mki);
	if (err == SOTTO_ETOOBIG)
		return len > 8 ? SOTTO_EUNSUPPORTED : SOTTO_ESYNTAX; /* valid, but 64 bits are
									enough for anybody's */
	if (err || key->mki == 0) /* "a positive decimal integer" */
		return SOTTO_ESYNTAX;
	key->mki_len = (uint32_t)len;
	return SOTTO_OK;
}

static sotto_err bytes_parse(struct sdes_key *key, struct span s, size_t want)
{
	/* Padding is left out by some in the field, and left out of the count by RFC 4568 §6.1. */
	sotto_err err = base64_decode(
		key->bytes, sizeof(key->bytes), &key->len, s, BASE64_PADDING_OPTIONAL);

	if (err == SOTTO_ETOOBIG)
		return SOTTO_EKEYLEN;
	TRY(err);
	return key->len == want ? SOTTO_OK : SOTTO_EKEYLEN;
}

/* key-method ":" key-salt ["|" lifetime] ["|" mki] */
static sotto_err key_parse(struct sdes_key *key, struct span s, size_t want)
{
	struct span method, field[3];
	size_t n = 0;

	if (!span_has(s, ':') || !span_take(&s, ':', &method) || !is_name(method))
		return SOTTO_ESYNTAX;
	if (!span_eq_nocase(method, SPAN("inline")))
		return SOTTO_EUNSUPPORTED;
	while (n < ARRAY_LEN(field) && field_take(&s, &field[n]))
		n++;
	if (s.p || n == 0)
		return SOTTO_ESYNTAX;
	TRY(bytes_parse(key, field[0], want));
	if (n == 1)
		return SOTTO_OK;
	if (n == 2 && span_has(field[1], ':')) /* §6.1: a lifetime never has a colon, an MKI has */
		return mki_parse(key, field[1]);
	TRY(lifetime_parse(&key->lifetime, field[1]));
	/* "…|2^31|": an empty MKI after a lifetime is sent in the field and means none */
	return n == 3 && field[2].n ? mki_parse(key, field[2]) : SOTTO_OK;
}

/* RFC 4568 §6.1: several keys MUST all have an MKI, of one length; equal values name no key. */
static sotto_err keys_check(const struct sdes_key *keys, size_t count)
{
	for (size_t i = 0; count > 1 && i < count; i++) {
		if (keys[i].mki_len == 0 || keys[i].mki_len != keys[0].mki_len)
			return SOTTO_ESYNTAX;
		for (size_t j = 0; j < i; j++)
			if (keys[j].mki == keys[i].mki)
				return SOTTO_ESYNTAX;
	}
	return SOTTO_OK;
}

/* key-param *(";" key-param) */
static sotto_err keys_parse(
	struct sdes_key keys[SDES_KEYS_MAX], size_t *count, struct span s, size_t want)
{
	struct span one;
	bool more = true;

	while (more) {
		more = span_has(s, ';');
		if (!span_take(&s, ';', &one))
			return SOTTO_ESYNTAX;
		if (*count == SDES_KEYS_MAX)
			return SOTTO_ETOOBIG;
		TRY(key_parse(&keys[*count], one, want));
		(*count)++;
	}
	return keys_check(keys, *count);
}

/* Session parameters: how a name is followed by a value, if at all (RFC 4568 §6.3). */
static sotto_err kdr_parse(struct sdes_line *out, struct span value)
{
	uint64_t v;

	if (number_parse(value, KDR_MAX, &v))
		return SOTTO_ESYNTAX;
	out->kdr = (uint8_t)v;
	return SOTTO_OK;
}

static sotto_err fec_order_parse(struct sdes_line *out, struct span value)
{
	(void)out; /* nothing here applies FEC: either order is as good */
	return span_eq_nocase(value, SPAN("FEC_SRTP")) || span_eq_nocase(value, SPAN("SRTP_FEC"))
		       ? SOTTO_OK
		       : SOTTO_ESYNTAX;
}

static sotto_err fec_key_parse(struct sdes_line *out, struct span value)
{
	const struct srtp_suite_info *suite = srtp_suite_info(out->suite);
	struct sdes_key keys[SDES_KEYS_MAX] = { 0 };
	size_t count = 0;
	sotto_err err =
		keys_parse(keys, &count, value, (size_t)suite->key_len + (size_t)suite->salt_len);

	explicit_bzero(keys, sizeof(keys)); /* checked, not kept: no FEC stream is relayed */
	return err;
}

static sotto_err wsh_parse(struct sdes_line *out, struct span value)
{
	uint64_t v;
	sotto_err err = number_parse(value, UINT16_MAX, &v);

	if (err == SOTTO_ETOOBIG) /* only a hint: more than we can hold is as much as we can */
		v = UINT16_MAX;
	else if (err || v < WSH_MIN)
		return SOTTO_ESYNTAX;
	out->wsh = (uint16_t)v;
	return SOTTO_OK;
}

static const struct {
	struct span name; /* with its '=' if it takes a value */
	unsigned bit;
	sotto_err (*value)(struct sdes_line *out, struct span value);
} params[] = {
	{ SPAN_INIT("KDR="), SDES_KDR, kdr_parse },
	{ SPAN_INIT("UNENCRYPTED_SRTP"), SDES_UNENCRYPTED_SRTP, NULL },
	{ SPAN_INIT("UNENCRYPTED_SRTCP"), SDES_UNENCRYPTED_SRTCP, NULL },
	{ SPAN_INIT("UNAUTHENTICATED_SRTP"), SDES_UNAUTHENTICATED_SRTP, NULL },
	{ SPAN_INIT("FEC_ORDER="), SDES_FEC_ORDER, fec_order_parse },
	{ SPAN_INIT("FEC_KEY="), SDES_FEC_KEY, fec_key_parse },
	{ SPAN_INIT("WSH="), SDES_WSH, wsh_parse },
};

static sotto_err param_parse(struct sdes_line *out, struct span word)
{
	const char *equals = memchr(word.p, '=', word.n);
	size_t name_len = equals ? (size_t)(equals - word.p) + 1 : word.n;
	struct span name = { word.p, name_len };
	struct span value = { word.p + name_len, word.n - name_len };

	for (size_t i = 0; i < ARRAY_LEN(params); i++) {
		if (!span_eq_nocase(name, params[i].name))
			continue;
		out->params |= params[i].bit;
		return params[i].value ? params[i].value(out, value) : SOTTO_OK;
	}
	if (word.p[0] != '-')
		return SOTTO_EUNSUPPORTED; /* §6.3.7: mandatory: the line MUST NOT be accepted */
	if (word.n == 1 || word.p[1] == '-')
		return SOTTO_ESYNTAX;
	out->params |= SDES_UNKNOWN_OPTIONAL;
	return SOTTO_OK;
}

static sotto_err tag_parse(uint32_t *tag, struct span s)
{
	uint64_t v;

	if (s.n > 9) /* §9.1: 1*9DIGIT, and leading zeroes are digits here */
		return SOTTO_ESYNTAX;
	TRY(span_u64(s, 999999999, &v));
	*tag = (uint32_t)v;
	return SOTTO_OK;
}

static sotto_err line_parse(struct sdes_line *out, struct span value)
{
	const struct srtp_suite_info *suite;
	struct span tag, name, keys, word;

	if (value.n > SDES_LINE_MAX)
		return SOTTO_ETOOBIG;
	if (!is_printable(value))
		return SOTTO_ESYNTAX;
	if (!span_word(&value, &tag) || tag_parse(&out->tag, tag))
		return SOTTO_ESYNTAX;
	if (!span_word(&value, &name) || !is_name(name))
		return SOTTO_ESYNTAX;
	out->suite_name = name;
	if (!span_word(&value, &keys))
		return SOTTO_ESYNTAX;
	out->suite = srtp_suite_parse(name);
	if (out->suite == SRTP_SUITE_NONE)
		return SOTTO_EUNSUPPORTED;
	suite = srtp_suite_info(out->suite);
	TRY(keys_parse(out->keys, &out->key_count, keys,
		(size_t)suite->key_len + (size_t)suite->salt_len));
	while (span_word(&value, &word))
		TRY(param_parse(out, word));
	return SOTTO_OK;
}

sotto_err sdes_parse(struct sdes_line *out, struct span value)
{
	sotto_err err;

	*out = (struct sdes_line){ 0 };
	err = line_parse(out, value);
	if (err) {
		uint32_t tag = out->tag;
		struct span name = out->suite_name;

		sdes_wipe(out); /* half a key is still a secret */
		out->tag = tag;
		out->suite_name = name;
	}
	return err;
}

static void key_write(struct buf *b, const struct sdes_key *key)
{
	buf_lit(b, "inline:");
	base64_write(b, key->bytes, key->len); /* padded: linphone refuses it otherwise */
	if (key->lifetime && !(key->lifetime & (key->lifetime - 1)))
		buf_printf(b, "|2^%d", __builtin_ctzll(key->lifetime));
	else if (key->lifetime)
		buf_printf(b, "|%llu", (unsigned long long)key->lifetime);
	if (key->mki_len)
		buf_printf(b, "|%llu:%u", (unsigned long long)key->mki, key->mki_len);
}

void sdes_write(struct buf *b, const struct sdes_line *line)
{
	struct span table = span_of(srtp_suite_info(line->suite)->name);

	buf_put_u64(b, line->tag);
	buf_putc(b, ' ');
	buf_put(b, line->suite_name.n ? line->suite_name : table);
	for (size_t i = 0; i < line->key_count; i++) {
		buf_putc(b, i ? ';' : ' ');
		key_write(b, &line->keys[i]);
	}
	if (line->params & SDES_KDR)
		buf_printf(b, " KDR=%u", line->kdr);
	if (line->params & SDES_UNENCRYPTED_SRTP)
		buf_lit(b, " UNENCRYPTED_SRTP");
	if (line->params & SDES_UNENCRYPTED_SRTCP)
		buf_lit(b, " UNENCRYPTED_SRTCP");
	if (line->params & SDES_UNAUTHENTICATED_SRTP)
		buf_lit(b, " UNAUTHENTICATED_SRTP");
	if (line->params & SDES_WSH)
		buf_printf(b, " WSH=%u", line->wsh);
}

void sdes_wipe(struct sdes_line *line)
{
	explicit_bzero(line, sizeof(*line));
}
