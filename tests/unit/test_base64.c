/* SPDX-License-Identifier: MIT */
/* lib/base64.c against the vectors of RFC 4648, section 10, and by round trips. */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/base64.h"

static const char *const RFC_4648[][2] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static const char *const WRONG[] = {
    "Zm9!Zm9v", "Zm!vZm9v", "Z!9vZm9v", "!m9vZm9v", "Zg=",      "Zg",       "Z",    "Zg===",
    "=Zg=",     "Z===",     "Zh==",     "Zm9=",     "Zg==Zm9v", "Zm9v!m9v", "Zm 9", "Zm9\xff",
};

static void check_rfc_vectors(void)
{
    for (size_t i = 0; i < sizeof(RFC_4648) / sizeof(RFC_4648[0]); i++) {
        char text[16];
        char bytes[16] = "";
        size_t decoded = 99;

        TAP_INT(base64_encode(text, sizeof(text), RFC_4648[i][0], strlen(RFC_4648[i][0])), strlen(RFC_4648[i][1]),
                "rfc_4648_length");
        TAP_STR(text, RFC_4648[i][1], "rfc_4648_text");
        TAP_OK(base64_decode(bytes, sizeof(bytes), &decoded, text, strlen(text)) && decoded == strlen(RFC_4648[i][0]) &&
                   strcmp(bytes, RFC_4648[i][0]) == 0,
               "rfc_4648_back");
    }
}

static bool round_trips_hold(void)
{
    for (int round = 0; round < 5000; round++) {
        unsigned char in[100];
        unsigned char out[100];
        char text[140];
        size_t bytes = (size_t)rand() % sizeof(in);
        size_t decoded;

        for (size_t i = 0; i < bytes; i++)
            in[i] = (unsigned char)rand();
        if (base64_encode(text, base64_length(bytes) + 1, in, bytes) != base64_length(bytes) ||
            !base64_decode(out, bytes, &decoded, text, strlen(text)) || decoded != bytes || memcmp(in, out, bytes) != 0)
            return false;
        if (bytes && base64_decode(out, bytes - 1, &decoded, text, strlen(text)))
            return false;
    }
    return true;
}

int main(void)
{
    char text[8] = "kept";
    char bytes[16];
    char *two = malloc(2);
    size_t decoded;

    srand(3);
    TAP_OK(!base64_decode(two, 2, &decoded, "Zm9vZm9v", 8), "no_room_for_a_whole_group");
    free(two);
    check_rfc_vectors();
    TAP_OK(round_trips_hold(), "round_trips");
    TAP_INT(base64_encode(text, 4, "foo", 3), 0, "no_room_for_the_nul");
    TAP_STR(text, "kept", "nothing_written_without_room");
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
        TAP_OK(!base64_decode(bytes, sizeof(bytes), &decoded, WRONG[i], strlen(WRONG[i])), "wrong_text_is_refused");
    return tap_done();
}
