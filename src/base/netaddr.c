/** @file base/netaddr.c */
#include "base/netaddr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>

/** An IPv4 address in IPv6's clothes is one: else it would pass by every rule for IPv4. */
static void unmap(struct netaddr *a)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

	if (a->family != IP_V6 || memcmp(a->ip, mapped, sizeof(mapped)) != 0)
		return;
	memmove(a->ip, a->ip + sizeof(mapped), 4);
	memset(a->ip + 4, 0, sizeof(a->ip) - 4);
	a->family = IP_V4;
	a->scope = 0;
}

/** The zone behind '%': an interface of this host. */
static bool parse_zone(struct span name, uint32_t *scope)
{
	char text[IF_NAMESIZE];

	if (span_cstr(name, text, sizeof(text)))
		return false;
	*scope = if_nametoindex(text);
	return *scope != 0;
}

static sotto_err parse_v6(struct span text, struct netaddr *out)
{
	char s[INET6_ADDRSTRLEN];
	struct span zone = text, addr = text;

	if (span_has(text, '%')) {
		span_take(&zone, '%', &addr);
		if (!parse_zone(zone, &out->scope))
			return SOTTO_ESYNTAX;
	}
	if (span_cstr(addr, s, sizeof(s)) || inet_pton(AF_INET6, s, out->ip) != 1)
		return SOTTO_ESYNTAX;
	out->family = IP_V6;
	unmap(out);
	return SOTTO_OK;
}

static sotto_err parse_ip(struct span text, struct netaddr *out)
{
	char s[INET_ADDRSTRLEN];

	if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		return parse_v6((struct span){ text.p + 1, text.n - 2 }, out);
	if (span_has(text, ':'))
		return parse_v6(text, out);
	if (span_cstr(text, s, sizeof(s)) || inet_pton(AF_INET, s, out->ip) != 1)
		return SOTTO_ESYNTAX;
	out->family = IP_V4;
	return SOTTO_OK;
}

sotto_err netaddr_parse_ip(struct span text, struct netaddr *out)
{
	struct netaddr a = { .family = IP_NONE };
	sotto_err err =
		memchr(text.p ? text.p : "", 0, text.n) ? SOTTO_ESYNTAX : parse_ip(text, &a);

	*out = err ? (struct netaddr){ .family = IP_NONE } : a;
	return err;
}

sotto_err netaddr_parse(struct span text, struct netaddr *out)
{
	struct span host = text, port = SPAN_NONE;
	uint64_t v = 0;

	*out = (struct netaddr){ .family = IP_NONE };
	if (text.n && text.p[0] == '[') {
		const char *end = memchr(text.p, ']', text.n);
		if (!end)
			return SOTTO_ESYNTAX;
		host = (struct span){ text.p, (size_t)(end - text.p) + 1 };
		port = (struct span){ end + 1, text.n - host.n };
		if (port.n && !span_strip(&port, SPAN(":")))
			return SOTTO_ESYNTAX;
		if (host.n != text.n && port.n == 0)
			return SOTTO_ESYNTAX;
	} else if (span_has(text, ':')) {
		port = text;
		span_take(&port, ':', &host);
		if (span_has(port, ':')) {
			host = text; /* a bare IPv6 address */
			port = SPAN_NONE;
		} else if (port.n == 0) {
			return SOTTO_ESYNTAX;
		}
	}
	if (port.n)
		TRY(span_u64(port, 65535, &v));
	TRY(netaddr_parse_ip(host, out));
	out->port = (uint16_t)v;
	return SOTTO_OK;
}

void netaddr_write_ip(struct buf *b, const struct netaddr *a)
{
	char s[INET6_ADDRSTRLEN] = "";

	inet_ntop(a->family == IP_V6 ? AF_INET6 : AF_INET, a->ip, s, sizeof(s));
	buf_put(b, span_of(s));
}

void netaddr_write_host(struct buf *b, const struct netaddr *a)
{
	if (a->family == IP_V6)
		buf_putc(b, '[');
	netaddr_write_ip(b, a);
	if (a->family == IP_V6)
		buf_putc(b, ']');
}

void netaddr_write(struct buf *b, const struct netaddr *a)
{
	netaddr_write_host(b, a);
	if (a->port) {
		buf_putc(b, ':');
		buf_put_u64(b, a->port);
	}
}

const char *netaddr_text(const struct netaddr *a, char out[NETADDR_TEXT_MAX])
{
	struct buf b = buf_over(out, NETADDR_TEXT_MAX - 1);

	if (a->family == IP_NONE)
		buf_lit(&b, "-");
	else
		netaddr_write(&b, a);
	out[b.n] = 0;
	return out;
}

bool netaddr_eq_ip(const struct netaddr *a, const struct netaddr *b)
{
	return a->family == b->family && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool netaddr_eq(const struct netaddr *a, const struct netaddr *b)
{
	return a->port == b->port && netaddr_eq_ip(a, b);
}

bool netaddr_is_any(const struct netaddr *a)
{
	static const uint8_t zero[16];

	return memcmp(a->ip, zero, sizeof(zero)) == 0;
}

bool netaddr_in(const struct netaddr *a, const struct netaddr *net, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8, most = a->family == IP_V4 ? 32 : 128;

	if (a->family != net->family || a->family == IP_NONE || bits > most)
		return false;
	if (memcmp(a->ip, net->ip, whole) != 0)
		return false;
	return rest == 0 || ((a->ip[whole] ^ net->ip[whole]) >> (8 - rest)) == 0;
}

static bool in_any(
	const struct netaddr *a, const char *const nets[], const unsigned bits[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct netaddr net;
		if (netaddr_parse_ip(span_of(nets[i]), &net) == SOTTO_OK &&
			netaddr_in(a, &net, bits[i]))
			return true;
	}
	return false;
}

bool netaddr_is_private(const struct netaddr *a)
{
	static const char *const nets[] = { "10.0.0.0", "172.16.0.0", "192.168.0.0", "100.64.0.0",
		"169.254.0.0", "127.0.0.0", "fc00::", "fe80::", "::1" };
	static const unsigned bits[] = { 8, 12, 16, 10, 16, 8, 7, 10, 128 };

	return in_any(a, nets, bits, ARRAY_LEN(nets));
}

bool netaddr_is_unicast(const struct netaddr *a)
{
	static const char *const nets[] = { "0.0.0.0", "224.0.0.0", "255.255.255.255",
		"ff00::", "::" };
	static const unsigned bits[] = { 8, 4, 32, 8, 128 };

	return a->family != IP_NONE && !in_any(a, nets, bits, ARRAY_LEN(nets));
}

socklen_t netaddr_to_sockaddr(const struct netaddr *a, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	if (a->family == IP_V6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)out;
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(a->port);
		in6->sin6_scope_id = a->scope;
		memcpy(&in6->sin6_addr, a->ip, 16);
		return sizeof(*in6);
	}
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)out;
	in->sin_family = AF_INET;
	in->sin_port = htons(a->port);
	memcpy(&in->sin_addr, a->ip, 4);
	return sizeof(*in);
}

void netaddr_from_sockaddr(struct netaddr *out, const struct sockaddr *sa)
{
	*out = (struct netaddr){ .family = IP_NONE };
	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;
		out->family = IP_V4;
		out->port = ntohs(in->sin_port);
		memcpy(out->ip, &in->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)sa;
		out->family = IP_V6;
		out->port = ntohs(in6->sin6_port);
		out->scope = in6->sin6_scope_id;
		memcpy(out->ip, &in6->sin6_addr, 16);
		unmap(out);
	}
}
