/** @file rtp/bytes.h  Numbers in network order, at any alignment. */
#pragma once
#include <stdint.h>

static inline uint16_t read_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t read_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void write_u16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void write_u32(uint8_t *p, uint32_t v)
{
	write_u16(p, (uint16_t)(v >> 16));
	write_u16(p + 2, (uint16_t)v);
}
