/**
 * @file sip/param.h  ";name=value" lists, as they stand behind URIs and in header values
 * (RFC 3261 §25.1 generic-param). Read in place, never copied.
 */
#pragma once
#include "base/span.h"

#define SIP_PARAMS_MAX 64 /* parameters of one list that sip_params_check lets through */

/**
 * Takes the next parameter off the front of `*params` (";name", ";name=token", ";name=\"quoted\"").
 *
 * @param name  [out] without blanks
 * @param value [out] without blanks; quoted strings keep their quotes; p is NULL if there was no
 * '='
 * @return SOTTO_OK; SOTTO_ENOENT: nothing left; SOTTO_ESYNTAX: malformed
 */
SOTTO_MUST_USE sotto_err sip_param_next(struct span *params, struct span *name, struct span *value);

/** Finds a parameter by its name, case-insensitive; false if absent (`*value` is SPAN_NONE). */
bool sip_param_find(struct span params, struct span name, struct span *value);

/**
 * SOTTO_ESYNTAX unless all of `params` is a well-formed, possibly empty, list; SOTTO_ETOOBIG: of
 * more than SIP_PARAMS_MAX. A name given twice is let through: sip_param_find takes the first.
 */
SOTTO_MUST_USE sotto_err sip_params_check(struct span params);

/** The inside of a quoted-string, still escaped; `s` itself if it is not quoted. */
struct span sip_unquote(struct span s);
