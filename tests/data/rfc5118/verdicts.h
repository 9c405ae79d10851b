/** @file data/rfc5118/verdicts.h  The verdict for every message of RFC 5118. */
#pragma once
#include "data/torture.h"

static const struct torture_verdict rfc5118_verdicts[] = {
	{"ipv6-good",                      "4.1",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,   "well formed"           },
	{ "ipv6-bad",		      "4.2",  SOTTO_ESYNTAX, 400, "Bad Request-URI", TORTURE_PARSER, 400,
         "an IPv6 address without brackets"											    },
	{ "port-ambiguous",                "4.3",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,
         "5070 is the last group of the address, no port"									      },
	{ "port-unambiguous",              "4.4",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,   "port 5070"             },
	{ "via-received-param-with-delim", "4.5",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,
         "liberal: received=[…] breaks the grammar and must be read"                                                                 },
	{ "via-received-param-no-delim",   "4.5",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,
         "the form to send"													    },
	{ "ipv6-in-sdp",                   "4.6",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,   "IN IP6 in SDP"         },
	{ "mult-ip-in-header",             "4.7",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,
         "Vias of both families"												       },
	{ "mult-ip-in-sdp",                "4.8",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,   "media of both families"},
	{ "ipv4-mapped-ipv6",              "4.9",  SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,   "::ffff:192.0.2.2"      },
	{ "ipv6-bug-abnf-3-colons",        "4.10", SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,
         "liberal: three colons, as the grammar of RFC 3261 has them by mistake"                                                       },
	{ "ipv6-correct-abnf-2-colons",    "4.10", SOTTO_OK,      0,   NULL,              TORTURE_PARSER, 0,
         "the same address, correctly"												 },
};
