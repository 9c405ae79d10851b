/** @file transport/keepalive.c */
#include "transport/keepalive.h"

/** The first byte of a method or of "SIP/2.0": a token character (RFC 3261 §25.1). */
static bool is_token_char(char c)
{
	char lower = ascii_lower(c);

	return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-.!%*_+`'~", c) != NULL);
}

bool datagram_may_be_sip(char **bytes, size_t *n)
{
	while (*n && (**bytes == '\r' || **bytes == '\n')) {
		(*bytes)++;
		(*n)--;
	}
	return *n >= DATAGRAM_SIP_MIN && is_token_char(**bytes);
}
