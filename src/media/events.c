/** @file media/events.c */
#include "media/events.h"

#include <assert.h>

#define OTHERS_MAX 1024

static size_t power_of_two(size_t n)
{
	size_t p = 1;

	while (p < n)
		p *= 2;
	return p;
}

sotto_err media_events_init(
	struct media_events *e, uint32_t legs_max, void (*wake)(void *ctx), void *ctx)
{
	const size_t size = sizeof(struct media_event);

	*e = (struct media_events){
		.closed = mailbox_create(size, power_of_two(legs_max), wake, ctx),
		.others = mailbox_create(size, OTHERS_MAX, wake, ctx),
	};
	if (e->closed && e->others)
		return SOTTO_OK;
	media_events_deinit(e);
	return SOTTO_ENOMEM;
}

void media_events_deinit(struct media_events *e)
{
	mailbox_destroy(e->closed);
	mailbox_destroy(e->others);
	*e = (struct media_events){ 0 };
}

bool media_events_send(struct media_events *e, const struct media_event *event)
{
	bool is_sent;

	if (event->kind != MEDIA_CLOSED)
		return mailbox_send(e->others, event) == SOTTO_OK;
	is_sent = mailbox_send(e->closed, event) == SOTTO_OK;
	assert(is_sent);
	return is_sent;
}

bool media_events_receive(
	struct media_events *e, struct lease_table *leases, struct media_event *out)
{
	while (mailbox_receive(e->others, out))
		if (lease_find(leases, out->leg)) /* else it was overtaken by the leg's end */
			return true;
	if (!mailbox_receive(e->closed, out))
		return false;
	lease_give(leases, out->leg);
	return true;
}
