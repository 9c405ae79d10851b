/** @file base/netaddr.h  An IPv4 or IPv6 address with a port, as a plain value. */
#pragma once
#include <sys/socket.h>

#include "base/buf.h"

enum ip_family {
	IP_NONE = 0,
	IP_V4 = 4,
	IP_V6 = 6,
};

struct netaddr {
	enum ip_family family;
	uint8_t ip[16]; /* network order; the first four for IPv4, the rest zero */
	uint16_t port;  /* host order; 0: none given */
	uint32_t scope; /* IPv6 zone, else 0 */
};

#define NETADDR_TEXT_MAX 64 /* "[addr%zone]:port" and a NUL */

/** "192.0.2.1" or "2001:db8::1" or "[2001:db8::1]", no port; IPv4-mapped IPv6 becomes IPv4,
 * and a zone ("fe80::1%eth0") must be an interface that is there. SOTTO_ESYNTAX otherwise. */
SOTTO_MUST_USE sotto_err netaddr_parse_ip(struct span text, struct netaddr *out);

/** "192.0.2.1:5060", "[::1]:5060"; without a port `port` stays 0. */
SOTTO_MUST_USE sotto_err netaddr_parse(struct span text, struct netaddr *out);

/** The bare address as SDP wants it ("2001:db8::1"). */
void netaddr_write_ip(struct buf *b, const struct netaddr *a);

/** The host as SIP wants it ("[2001:db8::1]" for IPv6). */
void netaddr_write_host(struct buf *b, const struct netaddr *a);

/** Host and port: "192.0.2.1:5060", "[::1]:5060"; without the port if it is 0. */
void netaddr_write(struct buf *b, const struct netaddr *a);

/** netaddr_write into a string; returns `out`. */
const char *netaddr_text(const struct netaddr *a, char out[NETADDR_TEXT_MAX]);

bool netaddr_eq(const struct netaddr *a, const struct netaddr *b);
bool netaddr_eq_ip(const struct netaddr *a, const struct netaddr *b);
bool netaddr_is_any(const struct netaddr *a);     /* 0.0.0.0 or :: */
bool netaddr_is_private(const struct netaddr *a); /* RFC 1918, 6598, 4193, link-local, loopback */
bool netaddr_is_unicast(const struct netaddr *a); /* neither any, broadcast nor multicast */

/** True if `a` lies in `net` of `bits` leading bits (0..32 or 0..128), families equal. */
bool netaddr_in(const struct netaddr *a, const struct netaddr *net, unsigned bits);

/** To and from the kernel's form. IPv4-mapped IPv6 becomes IPv4. */
socklen_t netaddr_to_sockaddr(const struct netaddr *a, struct sockaddr_storage *out);
void netaddr_from_sockaddr(struct netaddr *out, const struct sockaddr *sa);
