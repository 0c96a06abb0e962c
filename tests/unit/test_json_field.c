/* SPDX-License-Identifier: MIT */
/* lib/json_field.c: members by name, numbers, words, texts with escapes, items of lists; and what is no JSON. */
#include "lib/json_field.h"

#include "tests/unit/tap.h"

static const char object[] = "{ \"n\":17,\"text\":\"a\\\"b\\\\\\n\\u00e9z\" , \"in\":{\"n\":5,\"deep\":[1,{\"n\":6}]},"
                             "\"list\":[ 1, \"two, three\", [4,5] ,{\"n\":6} ],\"word\":\"yes\",\"end\":true}";

static bool span_is(struct json_span span, const char *text)
{
    return text ? span.text && span.bytes == strlen(text) && memcmp(span.text, text, span.bytes) == 0 : !span.text;
}

static struct json_span field(const char *text, const char *key)
{
    return json_field(text, strlen(text), key);
}

static void test_fields(void)
{
    TAP_OK(span_is(field(object, "n"), "17"), "a number, not that of an object inside");
    TAP_OK(span_is(field(object, "in"), "{\"n\":5,\"deep\":[1,{\"n\":6}]}"),
           "an object with commas and brackets in it");
    TAP_OK(span_is(field(object, "end"), "true"), "the last one");
    TAP_OK(span_is(field(object, "deep"), NULL), "not one of an object inside");
    TAP_OK(span_is(field(object, "nn"), NULL) && span_is(field(object, "wor"), NULL), "a longer name, a shorter one");
    TAP_OK(span_is(field(object, "z\" , \"in"), NULL), "a quote behind a backslash ends no text");
    TAP_OK(span_is(field("{\"a\":1,\"a\":2}", "a"), "1"), "the first of two");
    TAP_OK(span_is(field(" {}", "a"), NULL) && span_is(field("[\"a\",1]", "a"), NULL) && span_is(field("", "a"), NULL),
           "no member, no object, nothing");
    TAP_OK(span_is(field("{\"a\" 1}", "a"), NULL) && span_is(field("{\"a\":1", "a"), NULL) &&
               span_is(field("{\"a", "a"), NULL) && span_is(field("{\"a\":\"b", "a"), NULL),
           "cut or broken ones");
}

static void test_numbers(void)
{
    uint64_t value = 3;

    TAP_OK(json_field_u64(object, strlen(object), "n", &value) && value == 17, "a number");
    TAP_OK(!json_field_u64(object, strlen(object), "word", &value) && value == 17, "a word is none");
    TAP_OK(json_span_u64((struct json_span){"18446744073709551615", 20}, &value) && value == UINT64_MAX, "the largest");
    TAP_OK(!json_span_u64((struct json_span){"18446744073709551616", 20}, &value) &&
               !json_span_u64((struct json_span){"18446744073709551619", 20}, &value) &&
               !json_span_u64((struct json_span){"184467440737095516150", 21}, &value),
           "larger ones do not fit");
    TAP_OK(!json_span_u64((struct json_span){"-1", 2}, &value) &&
               !json_span_u64((struct json_span){"1e3", 3}, &value) &&
               !json_span_u64((struct json_span){"", 0}, &value) && !json_span_u64((struct json_span){NULL, 0}, &value),
           "signs, exponents, nothing");
}

static void test_texts(void)
{
    char text[16] = "kept", small[5] = "....";

    TAP_OK(json_field_text(object, strlen(object), "text", text, sizeof(text)), "a text");
    TAP_STR(text, "a\"b\\ ?z", "without its escapes");
    TAP_OK(json_field_text(object, strlen(object), "text", small, 4) && small[4] == '\0', "as much as fits");
    TAP_STR(small, "a\"b", "is kept");
    TAP_OK(!json_field_text(object, strlen(object), "n", text, sizeof(text)) && !text[0], "a number is no text");
    TAP_OK(json_field_is(object, strlen(object), "word", "yes"), "a word");
    TAP_OK(!json_field_is(object, strlen(object), "word", "ye") &&
               !json_field_is(object, strlen(object), "word", "yess") &&
               !json_field_is(object, strlen(object), "word", "yet") &&
               !json_field_is(object, strlen(object), "n", "17"),
           "no other one");
}

static void test_items(void)
{
    static const char *const items[] = {"1", "\"two, three\"", "[4,5]", "{\"n\":6}"};
    struct json_span list = field(object, "list"), item;
    size_t at = 0, count = 0;

    while (json_item(list, &at, &item)) {
        TAP_OK(count < 4 && span_is(item, items[count]), "an item of a list");
        count++;
    }
    TAP_INT(count, 4, "all of them");
    at = 0;
    TAP_OK(!json_item((struct json_span){",1,2]", 5}, &at, &item), "a list begins with its bracket");
    at = 2;
    TAP_OK(!json_item((struct json_span){"[1[2]", 5}, &at, &item), "a comma stands between two items");
    at = 0;
    TAP_OK(!json_item((struct json_span){"[]", 2}, &at, &item), "an empty one has none");
    at = 0;
    TAP_OK(!json_item((struct json_span){NULL, 0}, &at, &item), "what is not there neither");
}

int main(void)
{
    test_fields();
    test_numbers();
    test_texts();
    test_items();
    return tap_done();
}
