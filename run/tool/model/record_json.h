/* SPDX-License-Identifier: MIT */
/*
 * The JSON of a record. Integers of the format go up to 2^64 - 1, jansson's to 2^63 - 1: larger ones come as strings of
 * their digits.
 */
#ifndef LAB_TOOL_MODEL_RECORD_JSON_H
#define LAB_TOOL_MODEL_RECORD_JSON_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* Parses one object. Returns a new reference, or NULL with *error filled. */
json_t *record_json(const char *json, size_t bytes, json_error_t *error);

/* Integer or text member `name`, or `otherwise`. */
int64_t model_int(const json_t *object, const char *name, int64_t otherwise);
const char *model_string(const json_t *object, const char *name, const char *otherwise);

#endif
