/** @file daemon/config_value.c  The types of values: what is allowed, and reading them. */
#include "daemon/config_keys.h"

static void write_duration(struct buf *b, uint32_t s)
{
	if (s && s % 3600 == 0)
		buf_printf(b, "%uh", s / 3600);
	else if (s && s % 60 == 0)
		buf_printf(b, "%um", s / 60);
	else
		buf_printf(b, "%us", s);
}

static void write_words(struct buf *b, const struct name *names)
{
	for (size_t i = 0; names[i].text; i++)
		buf_printf(b, "%s%s", i ? ", " : "", names[i].text);
}

void config_value_write_allowed(struct buf *b, const struct config_key *k)
{
	switch (k->type) {
	case CONFIG_TEXT: buf_printf(b, "1 to %u characters", k->max); break;
	case CONFIG_PATH: buf_printf(b, "a path of 1 to %zu bytes", k->size - 1); break;
	case CONFIG_BOOL: buf_lit(b, "true, false"); break;
	case CONFIG_NUMBER: buf_printf(b, "a whole number from %u to %u", k->min, k->max); break;
	case CONFIG_DURATION:
		buf_lit(b, "a time from ");
		write_duration(b, k->min);
		buf_lit(b, " to ");
		write_duration(b, k->max);
		buf_lit(b, ", such as 90s, 5m or 1h");
		break;
	case CONFIG_WORD: write_words(b, k->names); break;
	case CONFIG_PORTS:
		buf_printf(b, "two ports from %u to %u, the first even, such as 30000-39999",
			k->min, k->max);
		break;
	case CONFIG_ADDRESS:
		buf_lit(b, "an IP address with or without a port, such as 192.0.2.1:5060 or "
			   "[2001:db8::1]:5060");
		break;
	case CONFIG_IP:
		buf_lit(b, "an IP address without a port, such as 192.0.2.1 or 2001:db8::1");
		break;
	}
}

static sotto_err set_text(const struct config_key *k, char *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((uint8_t)text.p[i] < ' ' || text.p[i] == 0x7f)
			return SOTTO_ESYNTAX;
	if (text.n == 0 || (k->type == CONFIG_TEXT && text.n > k->max))
		return SOTTO_ESYNTAX;
	return span_cstr(text, out, k->size) ? SOTTO_ESYNTAX : SOTTO_OK;
}

static sotto_err set_path(
	const struct config_key *k, char *out, struct span text, struct span folder)
{
	char joined[2 * CONFIG_PATH_MAX];
	struct buf b = buf_over(joined, sizeof(joined));

	if (text.n == 0)
		return SOTTO_ESYNTAX;
	if (text.p[0] != '/' && folder.n) {
		buf_put(&b, folder);
		buf_putc(&b, '/');
	}
	buf_put(&b, text);
	return buf_err(&b) ? SOTTO_ESYNTAX : set_text(k, out, buf_span(&b));
}

static sotto_err read_number(const struct config_key *k, struct span text, uint32_t *out)
{
	uint64_t v;

	if (span_u64(text, k->max, &v) || v < k->min)
		return SOTTO_ESYNTAX;
	*out = (uint32_t)v;
	return SOTTO_OK;
}

/** "90", "90s", "5m", "1h". */
static sotto_err read_duration(const struct config_key *k, struct span text, uint32_t *out)
{
	static const struct {
		char letter;
		uint32_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	uint32_t seconds = 1;
	uint64_t v;

	for (size_t i = 0; i < ARRAY_LEN(units) && text.n; i++) {
		if (text.p[text.n - 1] == units[i].letter) {
			seconds = units[i].seconds;
			text.n--;
			break;
		}
	}
	if (span_u64(text, k->max / seconds, &v) || v * seconds < k->min)
		return SOTTO_ESYNTAX;
	*out = (uint32_t)v * seconds;
	return SOTTO_OK;
}

/** RTP takes the even port of a pair (RFC 3550 §11), so the range begins with one. */
static sotto_err read_ports(const struct config_key *k, struct span text, struct config_ports *out)
{
	struct span first;
	uint64_t a, b;

	if (!span_take(&text, '-', &first) || span_u64(span_trim(first), k->max, &a) ||
		span_u64(span_trim(text), k->max, &b))
		return SOTTO_ESYNTAX;
	if (a < k->min || a % 2 || b <= a)
		return SOTTO_ESYNTAX;
	*out = (struct config_ports){ (uint16_t)a, (uint16_t)b };
	return SOTTO_OK;
}

static sotto_err set_plain(const struct config_key *k, void *member, struct span text)
{
	struct config_ports ports = { 0 };
	struct netaddr address = { 0 };
	uint32_t number = 0;
	int word = 0;

	switch (k->type) {
	case CONFIG_BOOL:
		*(bool *)member = span_eq(text, SPAN("true"));
		return *(bool *)member || span_eq(text, SPAN("false")) ? SOTTO_OK : SOTTO_ESYNTAX;
	case CONFIG_NUMBER: TRY(read_number(k, text, &number)); break;
	case CONFIG_DURATION: TRY(read_duration(k, text, &number)); break;
	case CONFIG_WORD:
		if (name_parse(k->names, text, &word))
			return SOTTO_ESYNTAX;
		memcpy(member, &word, sizeof(word)); /* enums are ints wide */
		return SOTTO_OK;
	case CONFIG_PORTS:
		TRY(read_ports(k, text, &ports));
		memcpy(member, &ports, sizeof(ports));
		return SOTTO_OK;
	case CONFIG_ADDRESS:
	case CONFIG_IP:
		if (k->type == CONFIG_IP ? netaddr_parse_ip(text, &address)
					 : netaddr_parse(text, &address))
			return SOTTO_ESYNTAX;
		memcpy(member, &address, sizeof(address));
		return SOTTO_OK;
	case CONFIG_TEXT:
	case CONFIG_PATH: return SOTTO_EINVAL; /* config_value_set has them */
	}
	memcpy(member, &number, sizeof(number));
	return SOTTO_OK;
}

sotto_err config_value_set(
	const struct config_key *k, void *object, struct span text, struct span folder)
{
	void *member = (char *)object + k->offset;

	if (k->type == CONFIG_TEXT)
		return set_text(k, member, text);
	if (k->type == CONFIG_PATH)
		return set_path(k, member, text, folder);
	return set_plain(k, member, text);
}
