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

static const char *prepare(struct run *run)
{
    struct search *search = run_alloc(run, sizeof *search);

    if (!search)
        return run_no_memory;
    run->state = search;
    search->window = run->step->values[KEY_TEST].choice == TEST_WINDOW;
    search->limit_tsc = run_time_tsc(run, KEY_LOOP);
    ple_looper_init(run, &search->looper);
    run->total = PLE_LOOPS_MAX;
    run->silence_tsc = search->limit_tsc + search->looper.rest_tsc * 2 * PLE_RESTS;
    return NULL;
}

static bool ask(const struct search *search, struct ple_loop *next)
{
    if (search->window)
        return ple_window_next(search->loops, search->count, search->limit_tsc, next);
    return ple_gap_next(search->loops, search->count, search->limit_tsc, next);
}

static void batch(struct run *run)
{
    struct search *search = run->state;

    do {
        struct ple_loop *next = &search->loops[search->count];

        if (!ask(search, next)) {
            run->complete = true;
            return;
        }
        ple_looper_run(run, &search->looper, next);
        run->done = ++search->count;
    } while (!run_should_return(run));
}

static void finish(struct run *run)
{
    const struct search *search = run->state;

    if (search->window)
        ple_report_window(run, search->loops, search->count);
    else
        ple_report_gap(run, search->loops, search->count);
}

const struct ple_test_steps ple_search_test = {prepare, batch, finish};
