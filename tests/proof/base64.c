/* SPDX-License-Identifier: MIT */
#include "lib/base64.h"

#include "tests/proof/proof.h"

enum { BYTES_MAX = 7, TEXT_MAX = 8 };

/* `bytes` bytes of any values come back; a smaller buffer than the text needs is not touched: there is none. */
static void encode(size_t bytes)
{
    size_t length = (bytes + 2) / 3 * 4, room = nondet_size(), decoded;
    uint8_t *in = malloc(bytes), *out = malloc(bytes);
    char *text = malloc(length + 1);

    assert(base64_length(bytes) == length);
    assert(room > length || base64_encode(NULL, room, in, bytes) == 0);
    assert(base64_encode(text, length + 1, in, bytes) == length && text[length] == '\0');
    assert(base64_decode(out, bytes, &decoded, text, length));
    assert(decoded == bytes);
    for (size_t i = 0; i < bytes; i++)
        assert(in[i] == out[i]);
}

void prove_encode(void)
{
    for (size_t bytes = 0; bytes <= BYTES_MAX; bytes++)
        encode(bytes);
}

/* Any `length` characters, into `room` bytes: what is taken is the one text of its bytes. */
static void decode(size_t length, size_t room)
{
    char *text = malloc(length), again[TEXT_MAX + 1];
    uint8_t *out = malloc(room);
    size_t decoded;

    if (!base64_decode(out, room, &decoded, text, length))
        return;
    assert(decoded <= room && base64_length(decoded) == length);
    assert(base64_encode(again, sizeof(again), out, decoded) == length);
    for (size_t i = 0; i < length; i++)
        assert(again[i] == text[i]);
}

void prove_decode(void)
{
    for (size_t length = 0; length <= TEXT_MAX; length++)
        for (size_t room = 0; room <= length / 4 * 3; room++)
            decode(length, room);
}
