/** @file media/g711.h  G.711: 14- and 13-bit samples in 8 bits, as PCMU and PCMA (RFC 3551
 * §4.5.14). */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define G711_RATE 8000 /* samples a second */

enum g711_law {
	G711_MU = 0, /* the numbers are the static payload types */
	G711_A = 8,
};

uint8_t g711_encode(enum g711_law law, int16_t sample);
int16_t g711_decode(enum g711_law law, uint8_t code);
