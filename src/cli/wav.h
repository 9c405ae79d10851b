/**
 * @file cli/wav.h  WAV files of 16-bit mono at 8,000 Hz, which is what G.711 carries.
 * Blocking file access: for the command line, not for the daemon.
 */
#pragma once
#include "base/buf.h"

#define WAV_RATE        8000
#define WAV_SAMPLES_MAX (WAV_RATE * 600) /* ten minutes */

/**
 * @param samples [out] heap, the caller frees; NULL on failure
 * @param why     [out] one sentence on failure; may be NULL
 * @return SOTTO_OK; SOTTO_EIO: cannot be read; SOTTO_EUNSUPPORTED: not PCM 16-bit mono at 8,000 Hz;
 *         SOTTO_ESYNTAX: no WAV; SOTTO_ETOOBIG: over WAV_SAMPLES_MAX; SOTTO_ENOMEM
 */
SOTTO_MUST_USE sotto_err wav_read(
	const char *path, int16_t **samples, size_t *count, struct buf *why);

/** SOTTO_EIO: cannot be written; `why` says the rest. */
SOTTO_MUST_USE sotto_err wav_write(
	const char *path, const int16_t *samples, size_t count, struct buf *why);

/** wav_read on bytes in memory, for any origin: `data` is the PCM inside. No allocation. */
SOTTO_MUST_USE sotto_err wav_parse(struct span file, struct span *data);
