/** @file edge/call/media.h  A leg's media: commands from what was agreed. */
#pragma once
#include "edge/call/leg.h"

/** Opens the leg's ports; from then on it passes nothing, and never a clear packet that it must
 * not. */
SOTTO_MUST_USE enum failure leg_media_open(struct leg *l, bool must_encrypt);

/** Puts l->media.streams in force. */
SOTTO_MUST_USE sotto_err leg_media_apply(struct leg *l);

/** Relays between the two; or answers by itself (`b` NULL). */
SOTTO_MUST_USE sotto_err leg_media_link(struct leg *a, struct leg *b);

/** Harmless if it is not open. MEDIA_CLOSED follows. */
void leg_media_close(struct leg *l);

/** Wipes every key and description of the leg. */
void leg_media_wipe(struct leg *l);
