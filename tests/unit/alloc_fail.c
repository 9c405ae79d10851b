/** @file unit/alloc_fail.c  The linker's --wrap sends our allocations here. */
#include "unit/alloc_fail.h"

#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);

static size_t countdown; /* 0: off */
static bool hit;

static bool must_fail(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	hit = true;
	return true;
}

void *__wrap_malloc(size_t n)
{
	return must_fail() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return must_fail() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return must_fail() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = __wrap_malloc(n);

	return copy ? memcpy(copy, s, n) : NULL;
}

void alloc_fail_at(size_t nth)
{
	countdown = nth;
	hit = false;
}

bool alloc_fail_hit(void)
{
	return hit;
}

void alloc_fail_sweep(void (*run)(void *ctx), void *ctx)
{
	for (size_t nth = 1;; nth++) {
		alloc_fail_at(nth);
		run(ctx);
		if (!hit)
			break;
	}
	alloc_fail_at(0);
}
