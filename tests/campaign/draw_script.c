/* SPDX-License-Identifier: MIT */
/*
 * Scripts from the grammar: experiments, keys and values are those that the image declares, and the image's own check
 * says what is good. What says how long a step takes is kept small.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/campaign/draw.h"
#include "tests/campaign/draw_value.h"
#include "tests/docs/plans.h"

enum {
    TRIES = 400,
    STATEMENTS_MAX = 4,
    SAMPLES_MOST = 40,
    STEPS_MOST = 12,
    WORDS_ROOM = 700, /* of a script on the command line: it must fit into the ISO image's block */
    SELFTEST_ONCE_IN = 25,
};

static const uint64_t ns_per_s = 1000000000, budget_most_ns = 300000000, memory_most_bytes = 4 * 1024 * 1024;

/* The keys that say how long or how much, which every statement gives; NULL where `key` is none of them. */
static uint64_t small_limit(const struct param_spec *spec)
{
    if (!strcmp(spec->key, "budget") || !strcmp(spec->key, "time"))
        return budget_most_ns;
    if (!strcmp(spec->key, "samples") || !strcmp(spec->key, "n") || !strcmp(spec->key, "rounds"))
        return SAMPLES_MOST;
    return 0;
}

/* What asks for a failure. */
static bool asks_for_failure(const char *experiment, const char *key, const char *value)
{
    return !strcmp(experiment, "selftest") || !strcmp(key, "lose") || (!strcmp(key, "force") && strcmp(value, "no"));
}

static void add(char *script, const char *text)
{
    size_t used = strlen(script);

    snprintf(script + used, DRAW_SCRIPT_BYTES - used, "%s", text);
}

/* One statement; whether it makes sense is for plans_check(). *failure: it asks for one. */
static void draw_statement(struct draw *draw, char *script, bool *failure)
{
    const struct experiment_spec *spec;
    size_t count = 0;

    while (plans_experiment(count))
        count++;
    do
        spec = &plans_experiment(prng_below(&draw->prng, count))->spec;
    while (!strcmp(spec->name, "selftest") && !draw_once_in(draw, SELFTEST_ONCE_IN));
    add(script, spec->name);
    for (size_t i = 0; i < spec->param_count; i++) {
        const struct param_spec *param = &spec->params[i];
        uint64_t small = small_limit(param);
        char value[DRAW_VALUE_BYTES];

        if (param->fallback && !small && !draw_once_in(draw, 4))
            continue;
        if (small)
            draw_small_value(draw, value, param, small);
        else
            draw_value(draw, value, param);
        add(script, !draw->through_grub && draw_once_in(draw, 12) ? "  " : " ");
        add(script, param->key);
        add(script, "=");
        add(script, value);
        *failure = *failure || asks_for_failure(spec->name, param->key, value);
    }
}

/* A good statement that is short enough, appended to a good script; false: none was found. */
static bool add_statement(struct draw *draw, char *script, uint64_t limit_ns)
{
    char tried[DRAW_SCRIPT_BYTES], message[SCRIPT_ERROR_LINE_BYTES];
    struct plan plan;

    for (unsigned i = 0; i < TRIES; i++) {
        bool failure = false;

        strcpy(tried, script);
        if (script[0])
            add(tried, draw->script_in_words || draw_once_in(draw, 3) ? "; " : "\n");
        draw_statement(draw, tried, &failure);
        if (strlen(tried) < WORDS_ROOM && plans_check(tried, &plan, message) && plan.total_ns <= limit_ns &&
            plan.step_count <= STEPS_MOST && plan.memory_bytes <= memory_most_bytes) {
            strcpy(script, tried);
            draw->wild = draw->wild || failure;
            return true;
        }
    }
    return false;
}

/* What the lab puts in front, as experiments/engine/script_load.c does, and the script behind it. */
static void print_whole(const struct draw *draw, char *whole, size_t room)
{
    const char *rest = draw->script;
    size_t word = strcspn(rest, " \n;");

    if (word == 6 && !memcmp(rest, "survey", word))
        rest += word + (rest[word] != '\0');
    snprintf(whole, room, "survey%s%s%s\n%s", draw->wants_quiet ? "; quiet" : "",
             draw->selftest ? "; selftest plant=" : "", draw->selftest ? draw->selftest : "", rest);
}

/* Which may name a script that the image carries. */
static bool is_one_word(const char *script)
{
    return !script[strspn(script, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

void draw_script(struct draw *draw)
{
    uint64_t limit_ns = (draw->quick ? 1 : 4) * ns_per_s;
    unsigned statements = 1 + (unsigned)prng_below(&draw->prng, draw->quick ? 2 : STATEMENTS_MAX);
    char message[SCRIPT_ERROR_LINE_BYTES], spoilt[DRAW_SCRIPT_BYTES];
    char whole[DRAW_SCRIPT_BYTES + 80];
    struct plan plan;

    for (unsigned i = 0; i < statements; i++)
        add_statement(draw, draw->script, limit_ns);
    print_whole(draw, whole, sizeof(whole));
    if (!plans_check(whole, &plan, message)) {
        fprintf(stderr, "draw: %s\n%s\n", whole, message);
        return;
    }
    for (size_t i = 0; i < plan.step_count && i < DRAW_STEPS_MAX; i++)
        strcpy(draw->steps[draw->step_count++], plan.steps[i].name);
    draw->estimate_ns = plan.total_ns;
    if (!draw_once_in(draw, 5))
        return;
    for (unsigned i = 0; i < TRIES; i++) {
        strcpy(spoilt, draw->script);
        if (draw_spoil(draw, spoilt) && !is_one_word(spoilt) && !plans_check(spoilt, NULL, draw->script_error)) {
            strcpy(draw->script, spoilt);
            return;
        }
    }
    draw->script_error[0] = '\0';
}
