/** @file base/time.c  The system's clocks. */
#include "base/time.h"

#include <time.h>

instant_t clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (instant_t)ts.tv_sec * 1000000 + (instant_t)ts.tv_nsec / 1000;
}

wall_t clock_wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (wall_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
