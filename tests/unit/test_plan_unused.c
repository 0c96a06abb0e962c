/* SPDX-License-Identifier: MIT */
/*
 * lib/script/plan: a key that counts with some choices of another key only. Where none of them is asked for it is
 * refused at its place; beside one that it counts with, and as a default, it is accepted.
 */
#include "lib/script/plan.h"
#include "tests/unit/tap.h"

enum { TEST_PENDING, TEST_CURVE, TEST_LADDER };

static const char *const by_words[] = {"timer", "ipi", NULL};
static const char *const test_words[] = {"pending", "curve", "ladder", NULL};

static const struct param_spec params[] = {
    {.key = "by", .kind = PARAM_CHOICE, .words = by_words, .fallback = "timer", .list = true},
    {.key = "test", .kind = PARAM_CHOICE, .words = test_words, .fallback = "pending,curve", .list = true},
    {.key = "trials", .kind = PARAM_COUNT, .fallback = "320", .list = true, .decider = 1, .with = 1 << TEST_LADDER},
    {.key = "gap", .kind = PARAM_TIME, .fallback = "50us", .decider = 1, .with = 1 << TEST_CURVE | 1 << TEST_LADDER},
    {.key = "samples", .kind = PARAM_COUNT, .fallback = "40"},
};

static const struct experiment_spec spec = {
    .name = "halt", .params = params, .param_count = sizeof(params) / sizeof(params[0])};

/* The number of steps, or 0 and the message. */
static size_t build(const char *text, char *message, size_t bytes)
{
    static _Alignas(16) unsigned char memory[1 << 16];
    static const struct experiment_spec *const specs[] = {&spec};
    const struct plan_limits limits = {.max_steps = 100};
    struct script_errors errors;
    struct script script;
    struct arena arena;
    struct plan plan = {0};

    arena_init(&arena, memory, sizeof(memory));
    script_errors_init(&errors);
    *message = 0;
    if (script_parse("s", text, strlen(text), &arena, &script, &errors))
        plan_build(&script, specs, 1, &limits, &arena, &plan, &errors);
    if (errors.count)
        script_error_write(&errors.at[0], message, bytes);
    return plan.step_count;
}

static void check(const char *text, size_t want_count, const char *want_message)
{
    char message[512];

    TAP_INT(build(text, message, sizeof(message)), want_count, text);
    TAP_STR(message, want_message, "its message");
}

int main(void)
{
    check("halt test=pending trials=9", 0, "s:1:19: found 'trials', expected a key that counts in this statement");
    check("halt trials=9 test=pending,curve", 0, "s:1:6: found 'trials', expected a key that counts in this statement");
    check("halt gap=1ms test=pending samples=3", 0, "s:1:6: found 'gap', expected a key that counts in this statement");
    check("halt trials=9", 0, "s:1:6: found 'trials', expected a key that counts in this statement");
    check("halt gap=1ms", 2, "");
    check("halt test=pending", 1, "");
    check("halt test=pending,ladder trials=9,10 gap=1ms", 4, "");
    check("halt test=ladder trials=9; halt test=curve samples=4 by=ipi", 2, "");
    return tap_done();
}
