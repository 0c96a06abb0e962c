/* SPDX-License-Identifier: MIT */
/*
 * `ple test=overcommit`: slices of each lock and of the flag, waiting with PAUSE and without by turns, so that drift
 * affects all alike. With as many processors as virtual CPUs both ways are alike. Where two virtual CPUs share one, the
 * waiting CPU keeps the holder from running, until its slice is over or a PAUSE loop exits and the host runs the
 * holder.
 */
#include "arch/x86/cpu/placement.h"
#include "arch/x86/time/delay.h"
#include "experiments/kit/row.h"
#include "experiments/ple/contest.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/stats.h"

enum {
    WAYS = 2, /* without PAUSE, with */
    TALLIES = CONTEST_KINDS * WAYS,
    LIMIT_US = 1000 * 1000, /* of one wait: the slice is abandoned */
    SLICE_US = 200 * 1000,  /* of a slice that does not reach its goal */
    SLICES_TIMES = 4,       /* most slices, against those that suffice without a loss */
    NAME_BYTES = 24,
    TEXT_BYTES = 200,
};

static const char *const kind_names[] = {"ticket", "mcs", "flag"};
static const char *const way_names[] = {"spin", "pause"};

struct overcommit {
    uint32_t next; /* tally */
    uint32_t slices_max;
    struct contest_tally tallies[TALLIES];
    struct contest contest;
};

static bool set_up_tally(struct step *step, struct contest_tally *tally, uint32_t index)
{
    tally->kind = index / WAYS;
    tally->pause = index % WAYS;
    tally->limit = (uint32_t)step->plan->values[KEY_SAMPLES].count;
    tally->handed_tsc = step_alloc(step, tally->limit * sizeof(int64_t));
    if (tally->kind == CONTEST_FLAG)
        tally->late_tsc = step_alloc(step, tally->limit * sizeof(int64_t));
    return tally->handed_tsc && (tally->kind != CONTEST_FLAG || tally->late_tsc);
}

static void set_up_parties(struct step *step, struct contest *contest)
{
    uint32_t cpus = (uint32_t)step->plan->values[KEY_CPUS].count;

    contest->party_count = cpus < step->machine->cpu_count ? cpus : step->machine->cpu_count;
    for (uint32_t i = 0; i < contest->party_count; i++)
        contest->parties[i] = (struct contest_party){.contest = contest, .cpu = step->machine->cpus[i], .index = i};
}

static const char *prepare(struct step *step)
{
    struct overcommit *all;

    if (step->machine->cpu_count < 2)
        return "needs 2 CPUs";
    all = step_alloc(step, sizeof(*all));
    if (!all)
        return step_no_memory;
    step->state = all;
    for (uint32_t i = 0; i < TALLIES; i++)
        if (!set_up_tally(step, &all->tallies[i], i))
            return step_no_memory;
    set_up_parties(step, &all->contest);
    all->contest.step = step;
    all->contest.limit_tsc = delay_tsc(step->machine, LIMIT_US);
    all->contest.slice_tsc = delay_tsc(step->machine, SLICE_US);
    all->contest.rest_tsc = step_time_tsc(step, KEY_REST);
    all->slices_max = TALLIES * SLICES_TIMES * (all->tallies[0].limit / CONTEST_FLAGS + 1);
    step->total = TALLIES * all->tallies[0].limit;
    step->silence_tsc = 4 * all->contest.limit_tsc;
    return NULL;
}

/* The next tally that has not all its samples; NULL: there is none. */
static struct contest_tally *next_tally(struct overcommit *all)
{
    for (uint32_t i = 0; i < TALLIES; i++) {
        struct contest_tally *tally = &all->tallies[all->next++ % TALLIES];

        if (tally->kept < tally->limit)
            return tally;
    }
    return NULL;
}

static void batch(struct step *step)
{
    struct overcommit *all = step->state;
    uint32_t slices = 0;

    do {
        struct contest_tally *tally = next_tally(all);

        if (tally)
            contest_run(&all->contest, tally);
        step->done = slices = 0;
        for (uint32_t i = 0; i < TALLIES; i++) {
            step->done += all->tallies[i].kept;
            slices += all->tallies[i].slices;
        }
        step->complete = step->done == step->total || slices >= all->slices_max;
    } while (!step->complete && !step_should_return(step));
}

/* Who took the lock least and most often, and the rest of what a series does not show. */
static void emit_row(struct step *step, const struct contest_tally *tally, uint32_t parties)
{
    uint64_t least = UINT64_MAX, most = 0;
    struct row row;

    for (uint32_t i = 0; i < parties; i++) {
        least = tally->taken_by[i] < least ? tally->taken_by[i] : least;
        most = tally->taken_by[i] > most ? tally->taken_by[i] : most;
    }
    row_begin(&row, step, "ple_lock");
    json_add(&row.json, "lock:%s wait:%s slices:%u abandoned:%u", kind_names[tally->kind], way_names[tally->pause],
             tally->slices, tally->abandoned);
    if (tally->kind == CONTEST_FLAG)
        json_uint(&row.json, "missed", tally->missed);
    else
        json_add(&row.json, "taken:%lu handed:%lu least:%lu most:%lu", tally->taken, tally->handed, least, most);
    if (tally->kind != CONTEST_FLAG && tally->spent_tsc)
        json_uint(&row.json, "per_s", muldiv_u64(tally->taken, step->machine->clock.tsc_hz, tally->spent_tsc));
    row_end(&row, step);
}

static void emit_series(struct step *step, const char *what, const struct contest_tally *tally, int64_t *values,
                        uint32_t count)
{
    char name[NAME_BYTES];

    fmt(name, sizeof(name), "%s_%s", what, way_names[tally->pause]);
    result_series(step, &(struct series){.metric = name,
                                         .unit = "tsc",
                                         .values = values,
                                         .count = count,
                                         .has_floor = true,
                                         .floor = (int64_t)step->machine->clock.read_min_tsc,
                                         .floor_count = step->machine->clock.read_count});
}

/* The largest error of a time between two CPUs' stamps: CPU 0 has no bound of its own, any two others have two. */
static int64_t offset_bound_tsc(const struct contest *contest)
{
    uint64_t bound_tsc = 0;

    for (uint32_t i = 0; i < contest->party_count; i++)
        if (contest->parties[i].cpu->tsc_offset_bound > bound_tsc)
            bound_tsc = contest->parties[i].cpu->tsc_offset_bound;
    return (int64_t)(contest->party_count > 2 ? 2 * bound_tsc : bound_tsc);
}

/* Times between two CPUs' stamps; where their TSCs' offset is not known, only that there was no hand-over. */
static void emit_times(struct step *step, struct contest_tally *tally, int64_t bound_tsc)
{
    bool known = step->machine->clock.offsets_known;
    char text[TEXT_BYTES];

    if (known && contest_is_time(tally))
        emit_series(step, kind_names[tally->kind], tally, tally->handed_tsc, tally->kept);
    else
        stats_sort(tally->handed_tsc, tally->kept);
    if (!tally->pause || (!known && tally->kept && tally[-1].kept))
        return;
    contest_describe(kind_names[tally->kind], tally - 1, bound_tsc, text, sizeof(text));
    result_finding(step, kind_names[tally->kind], tally->kept && tally[-1].kept ? CONFIDENCE_MEASURED : CONFIDENCE_NONE,
                   text);
}

static void finish(struct step *step)
{
    struct overcommit *all = step->state;
    int64_t bound_tsc = offset_bound_tsc(&all->contest);
    struct contest_figure figure;
    uint64_t abandoned = 0;

    if (!step->machine->clock.offsets_known)
        result_finding(step, "offsets_unknown", CONFIDENCE_NONE,
                       "the TSC offset between the CPUs is not known: no hand-over times");
    for (uint32_t i = 0; i < TALLIES; i++) {
        struct contest_tally *tally = &all->tallies[i];

        emit_row(step, tally, all->contest.party_count);
        emit_times(step, tally, bound_tsc);
        if (tally->kind == CONTEST_FLAG)
            emit_series(step, "late", tally, tally->late_tsc, tally->late_kept);
        abandoned += tally->abandoned;
    }
    result_scalar(step, "cpus", all->contest.party_count, "count");
    result_scalar(step, "abandoned", (int64_t)abandoned, "count");
    if (step->machine->clock.offsets_known)
        result_scalar(step, "offset_bound", bound_tsc, "tsc");
    figure = contest_figure(&all->tallies[1], step->machine->clock.offsets_known, bound_tsc);
    if (figure.word)
        result_metric(step, figure.word, figure.value, figure.unit);
    else
        result_no_samples(step);
}

const struct ple_test_steps ple_overcommit_test = {prepare, batch, finish};
