/* SPDX-License-Identifier: MIT */
/* lib/json.c: exact texts, escapes, limits, misuse. */
#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/json.h"

static void check_all_kinds(void)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json;

    json_begin(&json, buf, sizeof(buf));
    json_str(&json, "t", "x");
    json_int(&json, "i", INT64_MIN);
    json_uint(&json, "u", UINT64_MAX);
    json_hex(&json, "h", 0xbeef, 8);
    json_hex(&json, "w", UINT64_MAX, 1);
    json_bool(&json, "y", true);
    json_bool(&json, "n", false);
    json_null_value(&json, "z");
    json_array_begin(&json, "q");
    json_array_begin(&json, NULL);
    json_str(&json, NULL, "p50");
    json_int(&json, NULL, -5);
    json_null_value(&json, NULL);
    json_array_end(&json);
    json_array_begin(&json, NULL);
    json_array_end(&json);
    json_array_end(&json);
    json_object_begin(&json, "r");
    json_uint(&json, "smi", 2);
    json_uint(&json, "nmi", 3);
    json_object_end(&json);
    TAP_STR(json_end(&json),
            "{\"t\":\"x\",\"i\":-9223372036854775808,\"u\":18446744073709551615,\"h\":\"0000beef\","
            "\"w\":\"ffffffffffffffff\",\"y\":true,\"n\":false,\"z\":null,"
            "\"q\":[[\"p50\",-5,null],[]],\"r\":{\"smi\":2,\"nmi\":3}}",
            "all_kinds");
}

static void check_escapes(void)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json;
    static const char RAW[] = "\"\\\n\r\t\x01\x1f\x7f\x80\xff a/b";

    json_begin(&json, buf, sizeof(buf));
    json_str(&json, "k\"", RAW);
    TAP_STR(json_end(&json), "{\"k\\\"\":\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\\u007f\\u0080\\u00ff a/b\"}", "escapes");
    TAP_INT(json_escaped_length(RAW, sizeof(RAW) - 1), 44, "escaped_length");
    json_begin(&json, buf, sizeof(buf));
    json_str_n(&json, "k", "a\0b", 3);
    TAP_STR(json_end(&json), "{\"k\":\"a\\u0000b\"}", "nul_inside_a_counted_text");
}

/* Of every length around the limit: whole, or NULL; json_room tells which beforehand. */
static void check_limit(void)
{
    char value[JSON_OBJECT_MAX + 1];
    char buf[JSON_OBJECT_BYTES];
    bool exact = true;
    bool told = true;

    memset(value, 'v', sizeof(value));
    for (size_t length = 0; length < sizeof(value); length++) {
        struct json json;
        const char *text;
        size_t room;

        json_begin(&json, buf, sizeof(buf));
        room = json_room(&json);
        json_str_n(&json, "k", value, length);
        text = json_end(&json);
        exact &= (text != NULL) == (length + sizeof("{\"k\":\"\"}") - 1 <= JSON_OBJECT_MAX);
        exact &= !text || strlen(text) == length + sizeof("{\"k\":\"\"}") - 1;
        told &= (text != NULL) == (length + sizeof("\"k\":\"\"") - 1 <= room);
    }
    TAP_OK(exact, "200_characters_fit_and_201_do_not");
    TAP_OK(told, "room_is_what_still_fits");
}

static void check_small_buffer(void)
{
    char buf[12] = "............";
    struct json json;

    json_begin(&json, buf, 8);
    json_int(&json, "a", 1);
    TAP_STR(json_end(&json), "{\"a\":1}", "fills_its_buffer");
    TAP_OK(buf[8] == '.', "nothing_behind_the_buffer");
    json_begin(&json, buf, 7);
    json_int(&json, "a", 1);
    TAP_OK(json_end(&json) == NULL, "one_byte_less_is_refused");
    TAP_INT(json_room(&json), 0, "its_room_for_the_closing_bracket_was_not_given_away");
    json_begin(&json, buf, 0);
    TAP_OK(json_end(&json) == NULL, "no_buffer_is_refused");
}

static void check_sticky_and_mark(void)
{
    char long_text[300];
    char buf[JSON_OBJECT_BYTES];
    struct json json;
    struct json mark;

    memset(long_text, 'x', sizeof(long_text));
    json_begin(&json, buf, sizeof(buf));
    json_int(&json, "a", 1);
    mark = json;
    json_str_n(&json, "b", long_text, sizeof(long_text));
    json_int(&json, "c", 2);
    TAP_INT(json_room(&json), 0, "no_room_after_an_error");
    TAP_OK(json_end(&json) == NULL, "overflow_sticks");
    json = mark;
    json_int(&json, "d", 3);
    TAP_STR(json_end(&json), "{\"a\":1,\"d\":3}", "a_copy_takes_back_what_came_after");
}

/* A list that takes items until one does not fit can always be closed, however much room is left. */
static void check_reserve(void)
{
    static const char filler[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    char buf[JSON_OBJECT_BYTES];
    bool closes = true, full = false;

    for (size_t length = 0; length < sizeof(filler); length++) {
        struct json json, mark;
        const char *text;

        json_begin(&json, buf, sizeof(buf));
        json_str_n(&json, "f", filler, length);
        json_array_begin(&json, "q");
        do {
            mark = json;
            json_int(&json, NULL, 123456);
        } while (!json.failed);
        json = mark;
        json_array_end(&json);
        text = json_end(&json);
        closes &= text != NULL;
        full |= text && strlen(text) == JSON_OBJECT_MAX;
    }
    TAP_OK(closes && full, "a_list_that_is_full_can_be_closed");
}

static void check_misuse(void)
{
    char buf[JSON_OBJECT_BYTES];
    struct json json;

    json_begin(&json, buf, sizeof(buf));
    json_object_begin(&json, "o");
    json_array_end(&json);
    TAP_OK(json_end(&json) == NULL, "an_object_closed_as_an_array");
    json_begin(&json, buf, sizeof(buf));
    json_array_begin(&json, "a");
    json_object_end(&json);
    TAP_OK(json_end(&json) == NULL, "an_array_closed_as_an_object");
    json_begin(&json, buf, sizeof(buf));
    json_array_begin(&json, "a");
    TAP_OK(json_end(&json) == NULL, "open_array_at_the_end");
    json_begin(&json, buf, sizeof(buf));
    json_array_end(&json);
    TAP_OK(json_end(&json) == NULL, "array_end_without_begin");
    json_begin(&json, buf, sizeof(buf));
    json_object_end(&json);
    TAP_OK(json_end(&json) == NULL, "object_end_without_begin");
    json_begin(&json, buf, sizeof(buf));
    json_int(&json, NULL, 1);
    TAP_OK(json_end(&json) == NULL, "member_without_key");
    json_begin(&json, buf, sizeof(buf));
    json_array_begin(&json, "a");
    json_int(&json, "k", 1);
    json_array_end(&json);
    TAP_OK(json_end(&json) == NULL, "item_with_key");
    json_begin(&json, buf, sizeof(buf));
    for (int level = 0; level < 2 * JSON_DEPTH_MAX; level++)
        json_array_begin(&json, level ? NULL : "a");
    for (int level = 0; level < 2 * JSON_DEPTH_MAX; level++)
        json_array_end(&json);
    TAP_OK(json_end(&json) == NULL, "nested_too_deep");
    for (int levels = JSON_DEPTH_MAX - 1; levels <= JSON_DEPTH_MAX; levels++) {
        json_begin(&json, buf, sizeof(buf));
        for (int level = 0; level < levels; level++)
            json_array_begin(&json, level ? NULL : "a");
        for (int level = 0; level < levels; level++)
            json_array_end(&json);
        TAP_OK((json_end(&json) != NULL) == (levels < JSON_DEPTH_MAX), "the_deepest_and_one_more");
    }
    json_begin(&json, buf, sizeof(buf));
    json_object_begin(&json, "a");
    TAP_OK(json_end(&json) == NULL, "open_object_at_the_end");
    json_begin(&json, buf, sizeof(buf));
    json_end(&json);
    TAP_OK(json_end(&json) == NULL, "ended_twice");
}

int main(void)
{
    check_all_kinds();
    check_escapes();
    check_limit();
    check_small_buffer();
    check_sticky_and_mark();
    check_reserve();
    check_misuse();
    return tap_done();
}
