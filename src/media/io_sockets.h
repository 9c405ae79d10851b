/**
 * @file media/io_sockets.h  The back end that needs nothing of the system: a socket for each port,
 * one epoll, recvmmsg and sendmmsg.
 */
#pragma once
#include "media/io.h"

struct io_sockets;

/** SOTTO_ENOMEM, SOTTO_EIO. */
SOTTO_MUST_USE sotto_err io_sockets_create(struct io_sockets **out);

/** Closes every port that was entered. No thread may be in a call. NULL is legal. */
void io_sockets_destroy(struct io_sockets *s);

/** The calls; valid as long as `s`. */
struct media_io io_sockets_io(struct io_sockets *s);

/** Packets that were longer than the buffer, and those that the kernel would not send. */
struct io_sockets_drops {
	uint64_t too_long, not_sent;
};

/** On the thread that calls rx and tx. */
struct io_sockets_drops io_sockets_drops(const struct io_sockets *s);
