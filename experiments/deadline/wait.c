/* SPDX-License-Identifier: MIT */
/*
 * The waits of `deadline`: first those of the rows, by turns, then the probe's.
 *
 * The window itself is the idle method's (arch/x86/idle). On step->cpu, interrupts off.
 */
#include "experiments/deadline/parts.h"

#include "arch/x86/time/tsc.h"
#include "lib/stats.h"

enum {
    LEAD_TRIES = 32,
    ROWS_SHARE = 4, /* one part in this many of the budget is kept for the probe */
};

struct one_wait {
    int64_t slept_tsc;     /* from the stamp before to the stamp after */
    int64_t overshoot_tsc; /* from the limit to the stamp after; negative: it ended before */
    uint64_t at_tsc;       /* the limit */
    bool limited;          /* CF */
};

static struct one_wait wait_once(struct step *step, struct deadline *deadline, uint64_t ticks_tsc)
{
    struct idle_call *call = &deadline->call;
    bool relative = deadline->method->relative_limit;
    uint64_t limit_tsc;

    call->watch_was = percpu_count(call->watch);
    call->limited = 0;
    __atomic_store_n(&step->waiting, 1, __ATOMIC_RELAXED);
    call->limit_tsc = relative ? ticks_tsc : tsc_now() + (uint64_t)deadline->lead_tsc + ticks_tsc;
    deadline->wait(call);
    __atomic_store_n(&step->waiting, 0, __ATOMIC_RELAXED);
    limit_tsc = relative ? call->before_tsc + ticks_tsc : call->limit_tsc;
    return (struct one_wait){.slept_tsc = (int64_t)(call->after_tsc - call->before_tsc),
                             .overshoot_tsc = (int64_t)(call->after_tsc - limit_tsc),
                             .at_tsc = limit_tsc,
                             .limited = call->limited != 0};
}

int64_t deadline_wait_once(struct step *step, struct deadline *deadline, uint64_t ticks_tsc)
{
    return wait_once(step, deadline, ticks_tsc).slept_tsc;
}

/* An absolute limit counts from the stamp before the wait, not from the reading that it was computed from. */
static void measure_lead(struct step *step, struct deadline *deadline)
{
    int64_t lead_tsc = INT64_MAX;

    for (unsigned i = 0; i < LEAD_TRIES && !deadline->method->relative_limit; i++) {
        struct one_wait wait = wait_once(step, deadline, 0);
        int64_t one_tsc = (int64_t)(deadline->call.before_tsc - wait.at_tsc);

        if (one_tsc < lead_tsc)
            lead_tsc = one_tsc;
    }
    deadline->lead_tsc = lead_tsc == INT64_MAX || lead_tsc < 0 ? 0 : lead_tsc;
}

void deadline_calibrate(struct step *step, struct deadline *deadline)
{
    const uint64_t *watch = deadline->call.watch;

    deadline->ready = true;
    deadline->call.watch = &step->cpu->wake_count;
    deadline->call.limit_tsc = deadline->method->relative_limit ? 0 : UINT64_MAX;
    calibrate_empty(step, deadline->method, deadline->wait == deadline->method->wait_masked, &deadline->call,
                    &deadline->empty);
    deadline->call.watch = watch;
    measure_lead(step, deadline);
}

static void row_wait(struct step *step, struct deadline *deadline)
{
    uint32_t index = deadline->wait_count % deadline->points;
    struct steps_row *row = &deadline->rows[index];
    struct one_wait wait = wait_once(step, deadline, row->asked_tsc);
    bool early = wait.overshoot_tsc < 0 && !wait.limited;

    deadline->slept_tsc[index * deadline->samples + row->n] = wait.slept_tsc;
    row->n++;
    row->limited += wait.limited;
    row->early += early;
    step->rejected += early;
    deadline->wait_count++;
    if (wait.overshoot_tsc >= 0) {
        deadline->at_tsc[deadline->overshoot_count] = wait.at_tsc;
        deadline->overshoot_tsc[deadline->overshoot_count++] = wait.overshoot_tsc;
    }
}

void deadline_sum_rows(struct deadline *deadline)
{
    for (uint32_t i = 0; i < deadline->points; i++) {
        struct steps_row *row = &deadline->rows[i];
        int64_t *slept_tsc = &deadline->slept_tsc[i * deadline->samples];

        if (!row->n)
            continue;
        stats_sort(slept_tsc, row->n);
        row->min_tsc = slept_tsc[0];
        row->p50_tsc = slept_tsc[row->n / 2];
        row->max_tsc = slept_tsc[row->n - 1];
    }
}

/* The probe's limits lie above the floor and below the cap: so the clock alone shapes what is found between them. */
static void begin_probe(struct deadline *deadline)
{
    struct steps_cap cap;
    uint64_t low_tsc, high_tsc;

    deadline->probing = true;
    deadline_sum_rows(deadline);
    cap = steps_cap(deadline->rows, deadline->points);
    low_tsc = 2 * (uint64_t)steps_floor(deadline->rows, deadline->points);
    high_tsc = low_tsc + PROBE_SPAN;
    if (cap.tsc && high_tsc > (uint64_t)cap.tsc - (uint64_t)cap.tsc / 8)
        high_tsc = (uint64_t)cap.tsc - (uint64_t)cap.tsc / 8;
    if (!low_tsc || high_tsc <= low_tsc)
        return;
    deadline->probe_low_tsc = low_tsc;
    deadline->probe_high_tsc = high_tsc;
}

static void probe_wait(struct step *step, struct deadline *deadline)
{
    uint32_t own = deadline->call.argument, state = 0;
    struct one_wait wait;

    if (deadline->has_states) {
        state = deadline->probe_count % STATES;
        deadline->call.argument = state;
    }
    wait = wait_once(step, deadline, prng_range(&deadline->prng, deadline->probe_low_tsc, deadline->probe_high_tsc));
    deadline->call.argument = own;
    deadline->probe_count++;
    if (wait.overshoot_tsc < 0) {
        step->rejected++;
        return;
    }
    deadline->probe_slept_tsc[state][deadline->probe_kept[state]] = wait.slept_tsc;
    deadline->probe_overshoot_tsc[state][deadline->probe_kept[state]++] = wait.overshoot_tsc;
}

void deadline_take_waits(struct step *step, struct deadline *deadline)
{
    uint32_t waits = deadline->points * deadline->samples;
    uint64_t rows_end_tsc = step->end_tsc;

    if (step->end_tsc != UINT64_MAX)
        rows_end_tsc -= (step->end_tsc - step->begin_tsc) / ROWS_SHARE;
    do {
        if (!deadline->probing) {
            row_wait(step, deadline);
            if (deadline->wait_count == waits || tsc_now() >= rows_end_tsc)
                begin_probe(deadline);
        } else if (deadline->probe_high_tsc && waits + deadline->probe_count < step->total) {
            probe_wait(step, deadline);
        } else {
            step->complete = true;
        }
        step->done = deadline->wait_count + deadline->probe_count;
    } while (!step->complete && !step_should_return(step));
}
