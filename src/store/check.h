/**
 * @file store/check.h  Whether a row makes sense, before it is stored: each refusal is a sentence
 * that names the field and what is allowed.
 */
#pragma once
#include "base/buf.h"
#include "store/directory.h"

#define STORE_PASSWORD_MAX 128 /* bytes */

/** @param why [out] a sentence, on failure. @return SOTTO_OK; SOTTO_EINVAL */
SOTTO_MUST_USE sotto_err connection_check(const struct connection *c, struct buf *why);
SOTTO_MUST_USE sotto_err credential_check(struct span user, struct span password, struct buf *why);
SOTTO_MUST_USE sotto_err number_check(struct span digits, struct buf *why);

/** A DNS name or an IP address, 1..127 bytes. */
bool host_is_valid(struct span host);
