/** @file transport/keepalive.h  Datagrams on a SIP port that are no SIP (SPEC T9). Pure. */
#pragma once
#include "base/span.h"

#define DATAGRAM_SIP_MIN 24 /* bytes: "M a:b SIP/2.0", Via and Call-ID do not fit in fewer */

/**
 * Takes blank lines off the front (RFC 3261 §7.5), and says whether anything that could be SIP is
 * left. False: CRLFs, zero bytes, "jaK", STUN and the like, which phones send to keep a NAT's
 * binding.
 */
bool datagram_may_be_sip(char **bytes, size_t *n);
