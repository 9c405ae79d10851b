/** @file base/text.h  base64 (RFC 4648 §4) and hexadecimal, both strict. */
#pragma once
#include "base/buf.h"

/** Whether the '=' at the end must be there: SDES in the field leaves them out. */
enum base64_padding {
	BASE64_PADDED,
	BASE64_PADDING_OPTIONAL,
};

/**
 * Decodes all of `in` into `out` of `cap` bytes.
 * @return SOTTO_OK; SOTTO_ESYNTAX: malformed, empty, or non-zero trailing bits;
 *         SOTTO_ETOOBIG: more than `cap` bytes. On failure `out` is wiped and `*n` is 0.
 */
SOTTO_MUST_USE sotto_err base64_decode(
	uint8_t *out, size_t cap, size_t *n, struct span in, enum base64_padding padding);

/** Appends the padded form. */
void base64_write(struct buf *b, const void *bytes, size_t n);

/** Appends 2n lower-case digits. */
void hex_write(struct buf *b, const void *bytes, size_t n);

/** Exactly `n` bytes from 2n digits of either case; SOTTO_ESYNTAX otherwise. */
SOTTO_MUST_USE sotto_err hex_decode(uint8_t *out, size_t n, struct span in);
