/* SPDX-License-Identifier: MIT */
/*
 * The archive: runs in one SQLite file, so that a figure can be followed over months. The logs stay the source: the
 * archive holds what can be asked of many logs at once, and can be made anew from them.
 */
#ifndef LAB_TOOL_DB_ARCHIVE_H
#define LAB_TOOL_DB_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>

#include <sqlite3.h>

#include "run/tool/model/model.h"

/*
 * Version of the tables, kept in the file (PRAGMA user_version). A newer one is refused, an older one brought up to
 * date.
 */
#define ARCHIVE_VERSION 2

/* Whose file it is (PRAGMA application_id): "IDLb". */
#define ARCHIVE_APPLICATION 0x49444c62U

enum archive_added { ARCHIVE_NEW, ARCHIVE_KNOWN, ARCHIVE_REPLACED, ARCHIVE_ERROR };

/*
 * Opens the file; to `write`, makes it where it is missing or an empty database. Another program's database and a
 * corrupt one are refused, unchanged. Returns NULL with a message in error.
 */
sqlite3 *archive_open(const char *path, bool write, char *error, size_t error_bytes);

/*
 * Adds one run in one transaction, or in the caller's where one is open; a run that is there already stays as it is,
 * unless it came from a log with loss and now comes whole. `whole`: its log lost nothing.
 */
enum archive_added archive_add(sqlite3 *db, struct model *model, struct model_run *run, const char *log_name,
                               bool whole);

#endif
