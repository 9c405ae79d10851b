/**
 * @file store/schema.h  The tables, as steps from one version of the file to the next. A step that
 * has been released is never changed: a new one is added.
 */
#pragma once
#include "store/db.h"

#define SCHEMA_APPLICATION_ID 0x534f5454 /* "SOTT", in the file's header */

/** The version that this program reads and writes. */
unsigned schema_version(void);

/**
 * Brings the file up to schema_version, each step in one transaction.
 * @return SOTTO_OK; SOTTO_EVERSION: a newer program made it; SOTTO_EREFUSED: a database, but not
 *         ours; SOTTO_ESTORE. Reasons are logged.
 */
SOTTO_MUST_USE sotto_err schema_migrate(struct db *db, const char *path);
