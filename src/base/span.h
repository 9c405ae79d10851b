/** @file base/span.h  A borrowed, read-only run of bytes. Never owns, never NUL-terminated. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct span {
	const char *p;
	size_t n;
};

#define SPAN_INIT(lit)                 \
	{                              \
		(lit), sizeof(lit) - 1 \
	}
#define SPAN(lit)    ((struct span)SPAN_INIT(lit))
#define SPAN_NONE    ((struct span){ NULL, 0 })
/** For printf's "%.*s". */
#define SPAN_FMT(s)  ((int)((s).n > 4096 ? 4096 : (s).n)), ((s).p ? (s).p : "")

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

static inline struct span span_of(const char *text)
{
	return (struct span){ text, text ? strlen(text) : 0 };
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/** ASCII only, independent of the locale. */
static inline char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static inline bool span_eq_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

static inline bool span_has(struct span s, char c)
{
	return s.n > 0 && memchr(s.p, c, s.n) != NULL;
}

/** Takes the bytes before the next `sep` off the front of `*s`; false when nothing is left. */
static inline bool span_take(struct span *s, char sep, struct span *out)
{
	*out = SPAN_NONE;
	if (s->n == 0)
		return false;
	const char *at = memchr(s->p, sep, s->n);
	size_t n = at ? (size_t)(at - s->p) : s->n;
	*out = (struct span){ s->p, n };
	s->p += n + (at ? 1 : 0);
	s->n -= n + (at ? 1 : 0);
	return true;
}

/** Takes the next word off the front of `*s`: words are separated by spaces and tabs (1*WSP). */
static inline bool span_word(struct span *s, struct span *out)
{
	size_t a = 0, b;

	*out = SPAN_NONE;
	if (s->n == 0)
		return false;
	while (a < s->n && (s->p[a] == ' ' || s->p[a] == '\t'))
		a++;
	for (b = a; b < s->n && s->p[b] != ' ' && s->p[b] != '\t'; b++)
		;
	*out = (struct span){ s->p + a, b - a };
	s->p += b;
	s->n -= b;
	return out->n > 0;
}

/** Takes `prefix` off the front of `*s`, if it stands there. */
static inline bool span_strip(struct span *s, struct span prefix)
{
	if (s->n < prefix.n || (prefix.n && memcmp(s->p, prefix.p, prefix.n) != 0))
		return false;
	s->p += prefix.n;
	s->n -= prefix.n;
	return true;
}

/** Without the spaces, tabs, CRs and LFs at either end. */
static inline struct span span_trim(struct span s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == '\r' || s.p[0] == '\n')) {
		s.p++;
		s.n--;
	}
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t' || s.p[s.n - 1] == '\r' ||
			      s.p[s.n - 1] == '\n'))
		s.n--;
	return s;
}

/**
 * A decimal number that is all of `s`: digits only, no sign, at most `max`.
 *
 * @return SOTTO_OK; SOTTO_ESYNTAX: empty or not digits; SOTTO_ETOOBIG: over `max`
 */
SOTTO_MUST_USE sotto_err span_u64(struct span s, uint64_t max, uint64_t *out);

/** Copies `s` and a NUL into `out` of `cap` bytes; SOTTO_ENOSPACE if it does not fit. */
SOTTO_MUST_USE sotto_err span_cstr(struct span s, char *out, size_t cap);
