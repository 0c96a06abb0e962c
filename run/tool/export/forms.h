/* SPDX-License-Identifier: MIT */
/* The forms of `export`, one file each. export.c reads the log for them. */
#ifndef LAB_TOOL_EXPORT_FORMS_H
#define LAB_TOOL_EXPORT_FORMS_H

#include <stdio.h>

#include "run/tool/log/load.h"

struct export_form {
    const char *option;
    const char *head;         /* written before the log is read; may be NULL */
    void (*begin)(FILE *out); /* writes more of it; may be NULL */
    /* While the log is read, with the output as their context (load.h); may be NULL. */
    void (*on_record)(void *out, const struct log_item *item);
    /* With what raw_open() made of the output, which raw_close() ends and frees; NULL: no memory. */
    void *(*raw_open)(FILE *out);
    void (*on_raw)(void *context, struct model *model, struct model_step *step, uint64_t index,
                   const struct sample *samples, size_t count);
    void (*raw_close)(void *context);
    void (*write)(FILE *out, struct model *model);                        /* once the whole log was read; may be NULL */
    void (*write_as)(FILE *out, struct model *model, const char *origin); /* the same, with who says it */
};

/*
 * One text as a cell of a CSV file: in quotes where it has a comma, a quote or a newline, and behind an apostrophe
 * where a spreadsheet would take it for a formula (=, +, -, @).
 */
void export_cell(FILE *out, const char *text);

extern const struct export_form EXPORT_JSONL, EXPORT_CSV, EXPORT_HLOG, EXPORT_HGRM, EXPORT_JUNIT, EXPORT_KCIDB,
    EXPORT_HOST, EXPORT_TURBOSTAT;

#endif
