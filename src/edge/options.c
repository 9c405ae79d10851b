/** @file edge/options.c */
#include "edge/options.h"

void options_on_request(struct edge *e, handle_t server, const struct sip_msg *msg,
	const struct sip_hop *from, struct span to_tag, instant_t now)
{
	/* §11.2 would have us answer as an INVITE would be: that tells a scanner our numbers */
	struct reply ok = { .status = 200, .allow = true, .accept = true, .to_tag = to_tag };

	if (to_tag.n || directory_by_source(e->directory, &from->remote))
		reply_or_log(e, server, msg, from, &ok, now);
	else
		reply_to_stranger(e, server, msg, from, &ok, now);
}
