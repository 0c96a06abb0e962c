/* SPDX-License-Identifier: MIT */
/* `ple test=gap` and `test=window`: the loops that lib/infer asks for, one after another. */
#include "experiments/ple/parts.h"
#include "lib/infer/ple_gap.h"
#include "lib/infer/ple_window.h"

struct search {
    bool window; /* else the gap */
    uint64_t limit_tsc;
    struct ple_looper looper;
    uint32_t count;
    struct ple_loop loops[PLE_LOOPS_MAX];
};

static const char *prepare(struct step *step)
{
    struct search *search = step_alloc(step, sizeof(*search));

    if (!search)
        return step_no_memory;
    step->state = search;
    search->window = step->plan->values[KEY_TEST].choice == TEST_WINDOW;
    search->limit_tsc = step_time_tsc(step, KEY_LOOP);
    ple_looper_init(step, &search->looper);
    step->total = PLE_LOOPS_MAX;
    step->silence_tsc = search->limit_tsc + search->looper.rest_tsc * 2 * PLE_RESTS;
    return NULL;
}

static bool ask(const struct search *search, struct ple_loop *next)
{
    if (search->window)
        return ple_window_next(search->loops, search->count, search->limit_tsc, next);
    return ple_gap_next(search->loops, search->count, search->limit_tsc, next);
}

static void batch(struct step *step)
{
    struct search *search = step->state;

    do {
        struct ple_loop *next = &search->loops[search->count];

        if (!ask(search, next)) {
            step->complete = true;
            return;
        }
        ple_looper_run(step, &search->looper, next);
        step->done = ++search->count;
    } while (!step_should_return(step));
}

static void finish(struct step *step)
{
    const struct search *search = step->state;

    if (search->window)
        ple_report_window(step, search->loops, search->count);
    else
        ple_report_gap(step, search->loops, search->count);
}

const struct ple_test_steps ple_search_test = {prepare, batch, finish};
