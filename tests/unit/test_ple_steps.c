/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/ple/steps.c
/*
 * experiments/ple/steps.c, the loop that is stamped, run as a program: steps are counted, none is lost between two
 * stretches, a break comes once and where it was asked for. How long a step takes is not checked.
 */
#include "tests/unit/tap.h"

#include "experiments/ple/steps.h"

enum { STEPS = 20000, BREAK_ROUNDS = 3000000 };

static uint64_t count_all(const struct ple_loop *loop)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < loop->stretch_count; i++)
        count += loop->stretches[i].count + (loop->stretches[i].long_tsc != 0);
    return count;
}

static void check_count(bool pause)
{
    struct ple_loop loop = {.pause = pause, .stretch_limit = 1, .least_count = STEPS};

    ple_steps_run(&loop, UINT64_MAX);
    TAP_INT(loop.stretch_count, 1, "one_stretch_where_no_step_is_long");
    TAP_INT(loop.stretches[0].count, STEPS, "as_many_steps_as_asked_for");
    TAP_INT(loop.stretches[0].long_tsc, 0, "the_loop_ended_it");
    TAP_OK(loop.stretches[0].tsc > STEPS, "steps_take_time");
    TAP_INT(loop.break_tsc, 0, "no_break");
}

/* A cut of nothing makes every step a long one. */
static void check_long_steps(void)
{
    struct ple_loop loop = {.pause = true, .stretch_limit = 5, .least_count = STEPS};
    bool empty = true;

    ple_steps_run(&loop, 0);
    for (uint32_t i = 0; i < loop.stretch_count; i++)
        empty = empty && !loop.stretches[i].count && !loop.stretches[i].tsc && loop.stretches[i].long_tsc;
    TAP_INT(loop.stretch_count, 5, "ends_at_the_limit_of_stretches");
    TAP_OK(empty, "nothing_but_long_steps");
}

/* The break is so long that the host's own disturbances are shorter as a rule; it is asked again if not. */
static void check_break(void)
{
    struct ple_loop loop;
    bool found = false;

    for (unsigned tries = 0; tries < 20 && !found; tries++) {
        loop = (struct ple_loop){.pause = true,
                                 .break_filler = BREAK_ROUNDS,
                                 .break_after = 50,
                                 .stretch_limit = PLE_STRETCHES_MAX,
                                 .least_count = 100};
        ple_steps_run(&loop, BREAK_ROUNDS / 4);
        found = loop.stretch_count == 1;
    }
    TAP_INT(loop.stretch_count, 1, "a_break_is_no_long_step");
    TAP_INT(loop.stretches[0].count, 100, "and_is_counted_as_a_step");
    TAP_OK(loop.break_tsc > BREAK_ROUNDS / 4, "it_is_as_long_as_its_filler");
    TAP_OK(loop.stretches[0].tsc > loop.break_tsc, "the_stretch_has_it_in_it");
    loop = (struct ple_loop){
        .pause = true, .break_filler = BREAK_ROUNDS, .break_after = 200, .stretch_limit = 1, .least_count = 100};
    ple_steps_run(&loop, UINT64_MAX);
    TAP_INT(loop.break_tsc, 0, "a_loop_that_ends_before_it_has_none");
}

/* Cut where most steps pass: whatever the host does, every step is in a stretch or ends one. */
static void check_sum(void)
{
    struct ple_loop usual = {.pause = true, .stretch_limit = 1, .least_count = STEPS};
    struct ple_loop loop = {.pause = true, .stretch_limit = PLE_STRETCHES_MAX, .least_count = STEPS, .filler = 10};

    ple_steps_run(&usual, UINT64_MAX);
    ple_steps_run(&loop, usual.stretches[0].tsc / STEPS * 20);
    TAP_OK(count_all(&loop) == STEPS || loop.stretch_count == PLE_STRETCHES_MAX, "every_step_is_accounted_for");
}

int main(void)
{
    check_count(true);
    check_count(false);
    check_long_steps();
    check_break();
    check_sum();
    return tap_done();
}
