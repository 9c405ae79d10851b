/** @file media/g711.c  ITU-T G.711 by its segments: no tables to initialise. */
#include "media/g711.h"

#define MU_BIAS 132 /* on the 16-bit scale: 33 on the 14-bit one */
#define MU_CLIP 32635

/** The place of the highest bit of `v` above bit `low`; 0..7. */
static int segment(int v, int low)
{
	int s = 0;

	while (s < 7 && v >> (low + 1 + s))
		s++;
	return s;
}

static uint8_t mu_encode(int sample)
{
	int sign = sample < 0 ? 0x80 : 0, v = sample < 0 ? -sample : sample, seg;

	if (v > MU_CLIP)
		v = MU_CLIP;
	v += MU_BIAS;
	seg = segment(v, 7);
	return (uint8_t) ~(sign | seg << 4 | ((v >> (seg + 3)) & 0x0f));
}

static int mu_decode(uint8_t code)
{
	int c = ~code & 0xff, seg = c >> 4 & 7;
	int v = (((c & 0x0f) << 3) + MU_BIAS) << seg;

	return c & 0x80 ? MU_BIAS - v : v - MU_BIAS;
}

static uint8_t a_encode(int sample)
{
	/* the negative side mirrors the positive one through -1, in 13 bits */
	int sign = sample < 0 ? 0 : 0x80, v = (sample < 0 ? ~sample : sample) >> 3, seg;

	seg = segment(v, 4);
	v = seg < 2 ? v >> 1 : v >> seg;
	return (uint8_t)((sign | seg << 4 | (v & 0x0f)) ^ 0x55);
}

static int a_decode(uint8_t code)
{
	int c = code ^ 0x55, seg = c >> 4 & 7;
	int v = (c & 0x0f) << 4 | 8;

	if (seg)
		v = (v + 0x100) << (seg - 1);
	return c & 0x80 ? v : -v;
}

uint8_t g711_encode(enum g711_law law, int16_t sample)
{
	return law == G711_A ? a_encode(sample) : mu_encode(sample);
}

int16_t g711_decode(enum g711_law law, uint8_t code)
{
	return (int16_t)(law == G711_A ? a_decode(code) : mu_decode(code));
}
