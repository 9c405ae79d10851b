/** @file base/buf.c */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void buf_put(struct buf *b, struct span s)
{
	if (s.n > b->cap - b->n) {
		b->overflow = true;
		return;
	}
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void buf_putc(struct buf *b, char c)
{
	buf_put(b, (struct span){ &c, 1 });
}

void buf_put_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_put(b, (struct span){ digits + n, sizeof(digits) - n });
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	size_t room = b->cap - b->n;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room) /* the NUL needs a byte too */
		b->overflow = true;
	else
		b->n += (size_t)n;
}
