/** @file cli/wav.c  RIFF chunks (Microsoft/IBM Multimedia Programming Interface 1.0). */
#include "cli/wav.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define WAV_HEADER 44
#define FILE_MAX   (WAV_SAMPLES_MAX * 2 + 65536)

static uint32_t le32(const char *p)
{
	const uint8_t *u = (const uint8_t *)p;

	return (uint32_t)u[0] | (uint32_t)u[1] << 8 | (uint32_t)u[2] << 16 | (uint32_t)u[3] << 24;
}

static uint16_t le16(const char *p)
{
	const uint8_t *u = (const uint8_t *)p;

	return (uint16_t)(u[0] | u[1] << 8);
}

static sotto_err check_format(struct span chunk)
{
	if (chunk.n < 16)
		return SOTTO_ESYNTAX;
	if (le16(chunk.p) != 1 || le16(chunk.p + 2) != 1 || le32(chunk.p + 4) != WAV_RATE ||
		le16(chunk.p + 14) != 16)
		return SOTTO_EUNSUPPORTED;
	return SOTTO_OK;
}

sotto_err wav_parse(struct span file, struct span *data)
{
	bool has_format = false;

	*data = SPAN_NONE;
	if (file.n < 12 || memcmp(file.p, "RIFF", 4) != 0 || memcmp(file.p + 8, "WAVE", 4) != 0)
		return SOTTO_ESYNTAX;
	file.p += 12;
	file.n -= 12;
	while (file.n >= 8) {
		size_t size = le32(file.p + 4), rest = file.n - 8;
		struct span chunk = { file.p + 8, size < rest ? size : rest };
		if (memcmp(file.p, "fmt ", 4) == 0) {
			TRY(check_format(chunk));
			has_format = true;
		} else if (memcmp(file.p, "data", 4) == 0) {
			if (!has_format)
				return SOTTO_ESYNTAX;
			chunk.n &= ~(size_t)1;
			if (chunk.n / 2 > WAV_SAMPLES_MAX)
				return SOTTO_ETOOBIG;
			*data = chunk;
			return SOTTO_OK;
		}
		if (size >= rest)
			break;
		size += size & 1; /* chunks are padded to an even size */
		if (size > rest)
			break;
		file.p += 8 + size;
		file.n -= 8 + size;
	}
	return SOTTO_ESYNTAX;
}

static sotto_err explain(struct buf *why, const char *path, sotto_err err, const char *text)
{
	if (why)
		buf_printf(why, "%s: %s", path, text);
	return err;
}

static sotto_err read_whole(const char *path, char *bytes, size_t *n, struct buf *why)
{
	FILE *f = fopen(path, "rb");
	bool failed;

	if (!f)
		return explain(why, path, SOTTO_EIO, strerror(errno));
	*n = fread(bytes, 1, FILE_MAX, f);
	failed = ferror(f) != 0;
	fclose(f);
	return failed ? explain(why, path, SOTTO_EIO, "cannot be read") : SOTTO_OK;
}

sotto_err wav_read(const char *path, int16_t **samples, size_t *count, struct buf *why)
{
	char *bytes = malloc(FILE_MAX);
	struct span data;
	size_t n = 0;
	sotto_err err;

	*samples = NULL;
	*count = 0;
	if (!bytes)
		return explain(why, path, SOTTO_ENOMEM, "out of memory");
	err = read_whole(path, bytes, &n, why);
	if (err)
		goto out;
	err = wav_parse((struct span){ bytes, n }, &data);
	if (err) {
		(void)explain(why, path, err,
			err == SOTTO_EUNSUPPORTED ? "only 16-bit mono PCM at 8000 Hz can be sent"
			: err == SOTTO_ETOOBIG    ? "longer than ten minutes"
						  : "is no WAV file");
		goto out;
	}
	*samples = malloc(data.n ? data.n : 1);
	if (!*samples) {
		err = explain(why, path, SOTTO_ENOMEM, "out of memory");
		goto out;
	}
	*count = data.n / 2;
	for (size_t i = 0; i < *count; i++)
		(*samples)[i] = (int16_t)le16(data.p + 2 * i);
out:
	free(bytes);
	return err;
}

static void put_le(char *p, uint32_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (char)(v >> (8 * i));
}

static void write_header(char h[WAV_HEADER], size_t data_bytes)
{
	memcpy(h, "RIFF....WAVEfmt ", 16);
	put_le(h + 4, (uint32_t)(WAV_HEADER - 8 + data_bytes), 4);
	put_le(h + 16, 16, 4);
	put_le(h + 20, 1, 2);
	put_le(h + 22, 1, 2);
	put_le(h + 24, WAV_RATE, 4);
	put_le(h + 28, WAV_RATE * 2, 4);
	put_le(h + 32, 2, 2);
	put_le(h + 34, 16, 2);
	memcpy(h + 36, "data", 4);
	put_le(h + 40, (uint32_t)data_bytes, 4);
}

sotto_err wav_write(const char *path, const int16_t *samples, size_t count, struct buf *why)
{
	char header[WAV_HEADER], le[2];
	FILE *f = fopen(path, "wb");
	bool ok;

	if (!f)
		return explain(why, path, SOTTO_EIO, strerror(errno));
	write_header(header, count * 2);
	ok = fwrite(header, sizeof(header), 1, f) == 1;
	for (size_t i = 0; ok && i < count; i++) {
		put_le(le, (uint16_t)samples[i], 2);
		ok = fwrite(le, sizeof(le), 1, f) == 1;
	}
	if (fclose(f) != 0 || !ok)
		return explain(why, path, SOTTO_EIO, "cannot be written");
	return SOTTO_OK;
}
