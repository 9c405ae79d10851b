/**
 * @file offer/local.h  Our own keys of one leg.
 * Pure but for the random source handed in; no allocation; any thread.
 */
#pragma once
#include "offer/offer.h"

/**
 * The transmit key of a stream under a suite: made at the first call, the same ever after, until
 * the stream's keys are forgotten.
 * @return NULL if OFFER_KEYS_MAX are in use, or `rng` is NULL and there is none yet
 */
const struct offer_key *local_key(
	struct offer_local *l, struct rng *rng, size_t stream, enum srtp_suite suite);

/**
 * Wipes the stream's keys. When an answer moves a stream to another suite: media drops what it
 * knows of the one before (rollover, window), so that its key must not come back with it.
 */
void local_forget(struct offer_local *l, size_t stream);

/** The key as it goes to media. */
void local_media_key(struct srtp_keying *out, const struct offer_key *key);

/**
 * Appends "a=crypto:…" with that key, without an MKI: there is but one, and RFC 4568 §6.1 leaves
 * MKIs to each sender, for its own keys.
 * @param flags      session parameters, of enum srtp_flag
 * @param suite_name as the peer spelled it, or empty
 */
void local_crypto_write(struct buf *b, const struct offer_key *key, uint32_t tag, unsigned flags,
	struct span suite_name);

/**
 * Notes what the leg's SDES streams came to: its later offers go on with that suite. The keys of
 * the one before are forgotten if it was left, for another or for clear: as local_forget.
 */
void local_agree(struct offer_local *l, const struct offer_streams *s);

/** After a failure nothing is left: no stream is accepted, no key stays; the reasons do. */
void streams_refuse(struct offer_streams *s);

/** True if one of the peer's keys is our own: it was reflected, and would serve twice. */
bool stream_is_reflected(const struct offer_stream *s);
