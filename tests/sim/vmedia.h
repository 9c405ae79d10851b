/**
 * @file sim/vmedia.h  The real packet pipeline over a virtual packet network: a media_io without
 * sockets, and the media_port without a thread that the edge is given.
 */
#pragma once
#include "media/media.h"

struct world;
struct vmedia;

struct vmedia *vmedia_create(struct world *w);
void vmedia_destroy(struct vmedia *v);
struct media_port vmedia_port(struct vmedia *v);

/** A packet reaches the edge's address `to`. */
void vmedia_deliver(struct vmedia *v, const struct netaddr *from, const struct netaddr *to,
	const uint8_t *bytes, size_t n);

/** When the pipeline next has something to do by itself, and let it. */
instant_t vmedia_next(const struct vmedia *v);
void vmedia_run(struct vmedia *v, instant_t now);

/** Legs that are open. */
size_t vmedia_legs(const struct vmedia *v);
