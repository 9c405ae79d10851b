/** @file daemon/config_check.h  What the rows of the table cannot say alone. */
#pragma once
#include "daemon/config.h"

#define CONFIG_KEYS_MAX 64

/** What the walk over the file found. */
struct config_walked {
	struct config *config;
	struct config_report *report;
	const char *file;
	unsigned lines[CONFIG_KEYS_MAX]; /* of the keys, by row; 0: not there */
	unsigned list_line;              /* of the listeners; 0: not there */
	unsigned listener_line[TRANSPORT_LISTENERS_MAX];
	unsigned listener_lines[TRANSPORT_LISTENERS_MAX][CONFIG_KEYS_MAX];
	bool has_too_many;
};

/** @param line 0: none; @param key empty: the file as a whole */
void config_report_add(struct config_walked *w, unsigned line, const char *key, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

void config_set_defaults(struct config *c);

/** What is missing, contradicts itself, or follows from other keys. */
void config_check(struct config_walked *w);
