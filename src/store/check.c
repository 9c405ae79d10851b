/** @file store/check.c */
#include "store/check.h"

#include "store/names.h"

/** No control characters: the text goes into logs, tables and headers. */
static bool is_plain_text(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((uint8_t)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

bool host_is_valid(struct span host)
{
	struct netaddr ip;
	size_t label = 0;

	if (host.n == 0 || host.n >= CONNECTION_HOST_MAX)
		return false;
	if (netaddr_parse_ip(host, &ip) == SOTTO_OK)
		return true;
	for (size_t i = 0; i < host.n; i++) {
		char c = ascii_lower(host.p[i]);
		bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
		if (c == '.' ? label == 0 : !is_word && !(c == '-' && label > 0))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > 63) /* RFC 1035 §2.3.4 */
			return false;
	}
	return true;
}

static sotto_err check_media(const struct connection_media *m, const char *side, struct buf *why)
{
	for (size_t i = 0; i < m->suite_count; i++) {
		const struct srtp_suite_info *info = srtp_suite_info(m->suites[i]);
		if (m->suites[i] == SRTP_SUITE_NONE || !info->is_built) {
			buf_printf(why, "%s suites: number %zu is not in this build", side, i + 1);
			return SOTTO_EINVAL;
		}
		for (size_t k = 0; k < i; k++) {
			if (m->suites[k] == m->suites[i]) {
				buf_printf(
					why, "%s suites: %s stands there twice", side, info->name);
				return SOTTO_EINVAL;
			}
		}
	}
	return SOTTO_OK;
}

static sotto_err check_address(const struct connection_address *a, struct buf *why)
{
	unsigned bits = a->address.family == IP_V4 ? 32 : 128;

	if (a->address.family == IP_NONE || a->prefix > bits) {
		buf_printf(why, "address: the prefix of an %s address has at most %u bits",
			bits == 32 ? "IPv4" : "IPv6", bits);
		return SOTTO_EINVAL;
	}
	if (!netaddr_is_unicast(&a->address)) {
		buf_lit(why, "address: ");
		netaddr_write_ip(why, &a->address);
		buf_lit(why, " is no address of one host, so it could not be called");
		return SOTTO_EINVAL;
	}
	return SOTTO_OK;
}

static sotto_err refuse(struct buf *why, const char *text)
{
	buf_put(why, span_of(text));
	return SOTTO_EINVAL;
}

/** What each kind must have, and must not have. */
static sotto_err check_kind(const struct connection *c, struct buf *why)
{
	switch (c->kind) {
	case CONNECTION_CREDENTIAL:
		if (c->address_count || c->host[0])
			return refuse(why, "a credential connection has no address and no host: "
					   "its devices register");
		return SOTTO_OK;
	case CONNECTION_IP:
		if (c->address_count == 0)
			return refuse(why, "an ip connection needs an address at least");
		if (c->host[0])
			return refuse(why, "an ip connection has no host: use kind fqdn");
		return SOTTO_OK;
	case CONNECTION_FQDN:
		if (!host_is_valid(span_of(c->host)))
			return refuse(why, "an fqdn connection needs a host, a DNS name such as "
					   "sip.example.com");
		return SOTTO_OK;
	}
	return refuse(why, "kind: allowed: credential, ip, fqdn");
}

sotto_err connection_check(const struct connection *c, struct buf *why)
{
	if (!is_plain_text(span_of(c->name)))
		return refuse(why, "name: 1 to 63 bytes without control characters");
	if (c->transport == SIP_TRANSPORT_WSS)
		return refuse(why, "transport: allowed: udp, tcp, tls");
	if (c->tls_name[0] && !host_is_valid(span_of(c->tls_name)))
		return refuse(why, "tls_name: neither a DNS name nor an address");
	if (c->address_count > CONNECTION_ADDRESSES_MAX ||
		c->inbound.suite_count > SRTP_SUITE_COUNT ||
		c->outbound.suite_count > SRTP_SUITE_COUNT)
		return refuse(why, "too many addresses or suites");
	TRY(check_kind(c, why));
	for (size_t i = 0; i < c->address_count; i++)
		TRY(check_address(&c->addresses[i], why));
	TRY(check_media(&c->inbound, "inbound", why));
	return check_media(&c->outbound, "outbound", why);
}

sotto_err credential_check(struct span user, struct span password, struct buf *why)
{
	/* RFC 3261 §25.1: what a user part may hold without escapes, less what confuses digest */
	static const char marks[] = "-_.!~*'()&=+$";

	if (user.n == 0 || user.n >= CREDENTIAL_USER_MAX)
		return refuse(why, "user: 1 to 63 bytes");
	for (size_t i = 0; i < user.n; i++) {
		char c = ascii_lower(user.p[i]);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr(marks, c))
			return refuse(why, "user: allowed: letters, digits and -_.!~*'()&=+$");
		if (c == 0)
			return refuse(why, "user: allowed: letters, digits and -_.!~*'()&=+$");
	}
	if (password.n < 8 || password.n > STORE_PASSWORD_MAX)
		return refuse(why, "password: 8 to 128 bytes");
	if (!is_plain_text(password))
		return refuse(why, "password: without control characters");
	return SOTTO_OK;
}

sotto_err number_check(struct span digits, struct buf *why)
{
	span_strip(&digits, SPAN("+"));
	for (size_t i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return refuse(why, "number: digits only, after an optional +");
	if (digits.n == 0 || digits.n >= NUMBER_MAX)
		return refuse(why, "number: 1 to 31 digits");
	return SOTTO_OK;
}
