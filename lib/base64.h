/* SPDX-License-Identifier: MIT */
/* Base64 (RFC 4648, section 4: the standard alphabet, padded, no line breaks). Any context; reentrant. */
#ifndef LAB_LIB_BASE64_H
#define LAB_LIB_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Characters that base64_encode() writes for `bytes` bytes, without the NUL. */
size_t base64_length(size_t bytes);

/*
 * Writes the text and a NUL to out. Returns its length, or 0 with out untouched when out_bytes is below
 * base64_length(bytes) + 1.
 */
size_t base64_encode(char *out, size_t out_bytes, const void *data, size_t bytes);

/*
 * Reads `length` characters. True and *decoded = bytes written to out when they are whole, canonical base64 (padding in
 * place, unused bits zero) that fits out_bytes; else false, and the contents of out are undefined.
 */
bool base64_decode(void *out, size_t out_bytes, size_t *decoded, const char *text, size_t length);

#endif
