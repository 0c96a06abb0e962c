/* SPDX-License-Identifier: MIT */
/*
 * The forms of `export`, one file each. Each reads log `name`, writes to `out`, sets *code to what `check` would exit
 * with, and returns false, having said why on stderr, where the log cannot be read.
 */
#ifndef LAB_TOOL_EXPORT_FORMS_H
#define LAB_TOOL_EXPORT_FORMS_H

#include <stdbool.h>
#include <stdio.h>

#include "run/tool/log/load.h"

bool export_jsonl(const char *name, FILE *out, enum tool_exit *code);
bool export_csv(const char *name, FILE *out, enum tool_exit *code);
bool export_hlog(const char *name, FILE *out, enum tool_exit *code);
bool export_hgrm(const char *name, FILE *out, enum tool_exit *code);
bool export_junit(const char *name, FILE *out, enum tool_exit *code);
bool export_host(const char *name, FILE *out, enum tool_exit *code);
bool export_kcidb(const char *name, FILE *out, enum tool_exit *code);

#endif
