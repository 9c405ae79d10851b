/** @file sip/escape.c  "%HH" in URIs (RFC 3261 §19.1.2). */
#include "sip/grammar.h"
#include "sip/uri.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/** The byte at the front of `*s`, decoded; -1: a broken escape. */
static int take_byte(struct span *s)
{
	int high, low;

	if (s->p[0] != '%') {
		sip_skip(s, 1);
		return (uint8_t)s->p[-1];
	}
	if (s->n < 3)
		return -1;
	high = hex_digit(s->p[1]);
	low = hex_digit(s->p[2]);
	if (high < 0 || low < 0)
		return -1;
	sip_skip(s, 3);
	return high << 4 | low;
}

sotto_err sip_unescape(struct span in, char *out, size_t cap, size_t *n)
{
	*n = 0;
	for (size_t done = 0; in.n; done++) {
		int c = take_byte(&in);
		if (c < 0 || done == cap) {
			*n = 0;
			return c < 0 ? SOTTO_ESYNTAX : SOTTO_ENOSPACE;
		}
		out[done] = (char)c;
		*n = done + 1;
	}
	return SOTTO_OK;
}

void sip_write_user(struct buf *b, struct span user)
{
	for (size_t i = 0; i < user.n; i++) {
		uint8_t c = (uint8_t)user.p[i];
		if (sip_char_is(user.p[i], SIP_CHAR_USER) && c != '#') {
			buf_putc(b, user.p[i]);
			continue;
		}
		buf_putc(b, '%');
		buf_putc(b, "0123456789ABCDEF"[c >> 4]);
		buf_putc(b, "0123456789ABCDEF"[c & 15]);
	}
}
