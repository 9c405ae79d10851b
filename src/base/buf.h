/**
 * @file base/buf.h  A bounded writer over the caller's memory.
 * An overflow is remembered, not reported by each call: write everything, then ask once.
 */
#pragma once
#include "base/span.h"

struct buf {
	char *p;
	size_t n, cap;
	bool overflow;
};

static inline struct buf buf_over(char *p, size_t cap)
{
	return (struct buf){ .p = p, .cap = cap };
}

static inline struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->n };
}

void buf_put(struct buf *b, struct span s);
void buf_putc(struct buf *b, char c);
void buf_put_u64(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** A literal. */
#define buf_lit(b, lit) buf_put((b), SPAN(lit))

/** SOTTO_ENOSPACE if anything written since the start did not fit. */
SOTTO_MUST_USE static inline sotto_err buf_err(const struct buf *b)
{
	return b->overflow ? SOTTO_ENOSPACE : SOTTO_OK;
}
