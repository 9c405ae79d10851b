/** @file base/text.c */
#include "base/text.h"

static int digit64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static sotto_err decode64(uint8_t *out, size_t cap, size_t *n, struct span in)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < in.n; i++) {
		int d = digit64(in.p[i]);
		if (d < 0)
			return SOTTO_ESYNTAX;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (*n == cap)
			return SOTTO_ETOOBIG;
		out[(*n)++] = (uint8_t)(bits >> have);
	}
	/* a lone digit encodes nothing; left-over bits must be zero, or there were two spellings */
	if (have == 6 || (bits & ((1u << have) - 1)))
		return SOTTO_ESYNTAX;
	return SOTTO_OK;
}

sotto_err base64_decode(
	uint8_t *out, size_t cap, size_t *n, struct span in, enum base64_padding padding)
{
	bool must_pad = padding == BASE64_PADDED;
	size_t pad = 0;
	sotto_err err = SOTTO_ESYNTAX;

	*n = 0;
	while (pad < 2 && in.n && in.p[in.n - 1] == '=') {
		in.n--;
		pad++;
	}
	if (in.n && ((in.n + pad) % 4 == 0 || (!pad && !must_pad)))
		err = decode64(out, cap, n, in);
	if (err) {
		explicit_bzero(out, cap);
		*n = 0;
	}
	return err;
}

void base64_write(struct buf *b, const void *bytes, size_t n)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t v = (uint32_t)p[i] << 16 | (have > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
			     (have > 2 ? p[i + 2] : 0);
		for (size_t j = 0; j < 4; j++)
			buf_putc(b, j <= have ? digits[v >> (18 - 6 * j) & 63] : '=');
	}
}

void hex_write(struct buf *b, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++) {
		buf_putc(b, "0123456789abcdef"[p[i] >> 4]);
		buf_putc(b, "0123456789abcdef"[p[i] & 15]);
	}
}

static int digit16(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

sotto_err hex_decode(uint8_t *out, size_t n, struct span in)
{
	if (in.n != 2 * n)
		return SOTTO_ESYNTAX;
	for (size_t i = 0; i < n; i++) {
		int hi = digit16(in.p[2 * i]), lo = digit16(in.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return SOTTO_ESYNTAX;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return SOTTO_OK;
}
