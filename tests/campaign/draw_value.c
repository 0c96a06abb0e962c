/* SPDX-License-Identifier: MIT */
/* A value for a key, by what its descriptor says that it takes. */
#define _GNU_SOURCE
#include "tests/campaign/draw_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/script/plan_value.h"
#include "lib/script/words.h"

enum {
    VALUE_ROOM = 120,
    COUNT_UNBOUNDED = 1000000,
    TIME_MIN_NS = 1000,
    TIME_MAX_NS = 4000000, /* what a step waits for, if it may be short */
    WORDS_MAX = 64,
};

static void add(char *to, const char *text)
{
    size_t used = strlen(to);

    snprintf(to + used, DRAW_VALUE_BYTES - used, "%s", text);
}

/* Log-uniform, zero included where it is allowed. */
static uint64_t number(struct draw *draw, uint64_t low, uint64_t high)
{
    if (low == 0 && draw_once_in(draw, 4))
        return 0;
    low = low ? low : 1;
    return high <= low ? low : prng_log_range(&draw->prng, low, high);
}

static void add_count(struct draw *draw, char *to, uint64_t low, uint64_t high)
{
    char text[32];

    snprintf(text, sizeof(text), draw_once_in(draw, 8) ? "0x%" PRIx64 : "%" PRIu64, number(draw, low, high));
    add(to, text);
}

static void add_time(struct draw *draw, char *to, uint64_t low, uint64_t high, bool ticks)
{
    uint64_t value = number(draw, low, high);
    char text[32];

    if (ticks && draw_once_in(draw, 4))
        snprintf(text, sizeof(text), "%" PRIu64 "tsc", value);
    else if (value % 1000000 == 0 && value)
        snprintf(text, sizeof(text), "%" PRIu64 "ms", value / 1000000);
    else if (value >= 1000 && draw_once_in(draw, 2))
        snprintf(text, sizeof(text), "%" PRIu64 ".%03" PRIu64 "us", value / 1000, value % 1000);
    else
        snprintf(text, sizeof(text), "%" PRIu64 "ns", value);
    add(to, text);
}

static void bounds(const struct param_spec *spec, uint64_t most, uint64_t *low, uint64_t *high)
{
    *low = spec->min;
    *high = spec->max && spec->max < most ? spec->max : most;
    if (*high < *low)
        *high = *low;
}

/* "0..0xff" or "c01|c02" behind a method's colon. */
static void add_argument(struct draw *draw, char *to, const struct script_token *form)
{
    const char *dots = memmem(form->text, form->bytes, "..", 2);
    size_t count = 1, chosen, from = 0;
    char text[40];

    if (dots) {
        uint64_t low = strtoull(form->text, NULL, 0), high = strtoull(dots + 2, NULL, 0);

        snprintf(text, sizeof(text), "0x%" PRIx64, prng_range(&draw->prng, low, high));
        add(to, text);
        return;
    }
    for (size_t i = 0; i < form->bytes; i++)
        count += form->text[i] == '|';
    for (chosen = prng_below(&draw->prng, count); chosen; from++)
        chosen -= form->text[from] == '|';
    snprintf(text, sizeof(text), "%.*s", (int)strcspn(form->text + from, "|]"), form->text + from);
    add(to, text);
}

static void add_method(struct draw *draw, char *to, const char *word)
{
    char stem[40];
    bool needed;
    struct script_token form = plan_argument_form(word, &needed);

    snprintf(stem, sizeof(stem), "%.*s", (int)words_stem_bytes(word), word);
    add(to, stem);
    if (form.bytes && (needed || draw_once_in(draw, 2))) {
        add(to, ":");
        add_argument(draw, to, &form);
    }
}

static const char *one_of_list(struct draw *draw, const char *const *words)
{
    size_t count = 0;

    while (words[count] && count < WORDS_MAX)
        count++;
    return words[prng_below(&draw->prng, count)];
}

static void add_interval(struct draw *draw, char *to, const struct param_spec *spec)
{
    static const char *const shapes[] = {"uniform:", "log:", ""};
    uint64_t low, high, middle;
    char text[20];

    bounds(spec, TIME_MAX_NS, &low, &high);
    low = low ? low : TIME_MIN_NS;
    if (draw_once_in(draw, 2)) {
        add_time(draw, to, low, high, spec->ticks);
        return;
    }
    middle = prng_range(&draw->prng, low, high);
    snprintf(text, sizeof(text), "%s", DRAW_ONE_OF(draw, shapes));
    add(to, text);
    add_time(draw, to, low, middle, false);
    add(to, "..");
    add_time(draw, to, middle, high, false);
    if (!text[0]) {
        snprintf(text, sizeof(text), "/%s%u", draw_once_in(draw, 2) ? "log" : "lin",
                 2 + (unsigned)prng_below(&draw->prng, 2));
        add(to, text);
    }
}

static void add_cpu(struct draw *draw, char *to, const struct param_spec *spec)
{
    static const char *const places[] = {"self", "sibling", "package", "remote", NULL};

    if (draw_once_in(draw, 2))
        add_count(draw, to, 0, draw->smp);
    else
        add(to, one_of_list(draw, spec->words ? spec->words : places));
}

/* One of the words that the default joins by +, or the default. */
static void add_text(struct draw *draw, char *to, const struct param_spec *spec)
{
    char text[VALUE_ROOM];
    size_t parts = 1;
    char *at = text;

    snprintf(text, sizeof(text), "%s", spec->fallback ? spec->fallback : "x");
    for (const char *c = text; *c; c++)
        parts += *c == '+';
    for (size_t skip = parts > 1 ? prng_below(&draw->prng, parts) : 0; skip; skip--)
        at = strchr(at, '+') + 1;
    if (parts > 1)
        at[strcspn(at, "+")] = '\0';
    add(to, at);
}

static void add_item(struct draw *draw, char *to, const struct param_spec *spec)
{
    uint64_t low, high;

    switch (spec->kind) {
    case PARAM_FLAG:
        add(to, draw_once_in(draw, 2) ? "yes" : "no");
        break;
    case PARAM_COUNT:
        bounds(spec, COUNT_UNBOUNDED, &low, &high);
        if (spec->words && draw_once_in(draw, 3))
            add(to, one_of_list(draw, spec->words));
        else
            add_count(draw, to, low, high);
        break;
    case PARAM_TIME:
        bounds(spec, TIME_MAX_NS, &low, &high);
        add_time(draw, to, low, high, spec->ticks);
        break;
    case PARAM_CHOICE:
        add(to, one_of_list(draw, spec->words));
        break;
    case PARAM_METHOD:
        add_method(draw, to, one_of_list(draw, spec->words));
        break;
    case PARAM_INTERVAL:
        add_interval(draw, to, spec);
        break;
    case PARAM_CPU:
        add_cpu(draw, to, spec);
        break;
    case PARAM_TEXT:
        add_text(draw, to, spec);
        break;
    }
}

void draw_value(struct draw *draw, char to[DRAW_VALUE_BYTES], const struct param_spec *spec)
{
    to[0] = '\0';
    add_item(draw, to, spec);
    if (spec->list && draw_once_in(draw, 6)) {
        add(to, ",");
        add_item(draw, to, spec);
    }
}

void draw_small_value(struct draw *draw, char to[DRAW_VALUE_BYTES], const struct param_spec *spec, uint64_t most)
{
    uint64_t low, high;

    bounds(spec, most, &low, &high);
    to[0] = '\0';
    if (spec->kind == PARAM_TIME)
        add_time(draw, to, high / 4 > low ? high / 4 : low, high, false);
    else
        add_count(draw, to, low, high);
}
