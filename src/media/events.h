/**
 * @file media/events.h  Events on their way to signalling. One MEDIA_CLOSED for each leg always has
 * room, since a handle is not used anew before it was received; others may have to wait.
 */
#pragma once
#include "base/mailbox.h"
#include "media/lease.h"
#include "media/media.h"

struct media_events {
	struct mailbox *closed, *others; /* [owned] */
};

/** `wake` (NULL: none) is called by the sending thread. SOTTO_ENOMEM. */
SOTTO_MUST_USE sotto_err media_events_init(
	struct media_events *e, uint32_t legs_max, void (*wake)(void *ctx), void *ctx);
void media_events_deinit(struct media_events *e);

/** False: no room; never for MEDIA_CLOSED. */
bool media_events_send(struct media_events *e, const struct media_event *event);

/**
 * The next event; MEDIA_CLOSED is a leg's last, and ends its lease. False: there is none.
 * Signalling's thread.
 */
bool media_events_receive(
	struct media_events *e, struct lease_table *leases, struct media_event *out);
