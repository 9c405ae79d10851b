/**
 * @file daemon/row_json.h  The store's rows as JSON objects and back, by the same column tables.
 */
#pragma once
#include <jansson.h>

#include "store/column.h"
#include "store/store.h"

/** All columns of `object` as a new JSON object; NULL: out of memory. */
SOTTO_MUST_USE json_t *row_to_json(const struct column *columns, size_t n, const void *object);

/**
 * Sets the member of `object` that `name` stands for.
 * @param why [out] "inbound_media: found "x", allowed: off, srtp, optional"
 * @return SOTTO_OK; SOTTO_ENOENT: no such column; SOTTO_EINVAL: not allowed
 */
SOTTO_MUST_USE sotto_err row_set_json(const struct column *columns, size_t n, void *object,
	const char *name, const json_t *value, struct buf *why);

/** "192.0.2.0/24:5070": IP, then bits, then port, where they are not the whole and none. */
void connection_address_write(struct buf *b, const struct connection_address *a);

/** SOTTO_ESYNTAX. IPv6 with a port stands in brackets. */
SOTTO_MUST_USE sotto_err connection_address_parse(struct span text, struct connection_address *out);
