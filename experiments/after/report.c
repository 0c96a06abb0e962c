/* SPDX-License-Identifier: MIT */
/* The results of `after`: a row for each slice of each work, what each work lost in all, and what that means. */
#include "experiments/after/parts.h"
#include "experiments/kit/asked.h"
#include "experiments/kit/row.h"
#include "lib/fixed.h"
#include "lib/fmt.h"
#include "lib/rows/reasons.h"
#include "lib/stats.h"
#include "lib/text.h"
#include "lib/units.h"

enum { PPM = 1000000, LIST_BYTES = 48 };

/* The core's clock in that slice behind the method, in ppm of that behind spin. 0: APERF cannot be read. */
static uint32_t clock_against_spin(const struct after_job *job, const struct after_figure *figure, uint32_t first)
{
    int64_t cycles[WAYS];

    for (unsigned way = 0; way < WAYS; way++)
        cycles[way] = stats_sort_median(job->cycles[way] + first, job->kept);
    if (!cycles[WAY_SPIN] || !figure->method_tsc)
        return 0;
    return (uint32_t)muldiv_u64((uint64_t)cycles[WAY_METHOD] * PPM, (uint64_t)figure->spin_tsc,
                                (uint64_t)cycles[WAY_SPIN] * (uint64_t)figure->method_tsc);
}

/* Slice by slice; then each column is the sum of those up to it. The medians of cycles come first: they sort. */
static void look(const struct step *step, struct after_job *job, struct after_seen *seen, int64_t *scratch)
{
    const struct after *after = step->state;
    uint32_t step_tsc = step->machine->clock.step.step_tsc;
    uint64_t end_tsc = job->kept ? (uint64_t)stats_sort_median(job->lead_tsc, job->kept) : 0;

    seen->n = job->kept;
    seen->slices = after->slices;
    seen->whole = job->whole;
    for (uint32_t i = 0; job->kept && i < after->slices; i++) {
        int64_t *spin = job->took_tsc[WAY_SPIN] + i * after->samples;
        int64_t *method = job->took_tsc[WAY_METHOD] + i * after->samples;

        seen->slice[i] = after_figure_of(spin, method, job->kept, step_tsc, scratch);
        seen->clock_ppm[i] = clock_against_spin(job, &seen->slice[i], i * after->samples);
        end_tsc += (uint64_t)seen->slice[i].method_tsc;
        seen->end_tsc[i] = end_tsc;
        for (uint32_t pair = 0; i && pair < job->kept; pair++) {
            spin[pair] += (spin - after->samples)[pair];
            method[pair] += (method - after->samples)[pair];
        }
        seen->head[i] = after_figure_of(spin, method, job->kept, step_tsc, scratch);
    }
}

static void add_interval(struct json *json, const char *key, const struct after_figure *figure)
{
    if (!figure->has_interval)
        return;
    json_array_begin(json, key);
    json_int(json, NULL, figure->low_tsc);
    json_int(json, NULL, figure->high_tsc);
    json_array_end(json);
}

static void report_slices(struct step *step, enum after_work work, const struct after_seen *seen)
{
    for (uint32_t i = 0; i < seen->slices; i++) {
        const struct after_figure *figure = &seen->slice[i];
        struct row row;

        row_begin(&row, step, "after");
        json_add(&row.json, "work:%s slice:%u at:%lu spin:%ld p50:%ld lost:%ld", after_work_names[work], i + 1,
                 seen->end_tsc[i], figure->spin_tsc, figure->method_tsc, figure->lost_tsc);
        add_interval(&row.json, "lost_ci", figure);
        json_add(&row.json, "floor:%ld", figure->floor_tsc);
        if (seen->clock_ppm[i])
            json_add(&row.json, "clock:%u", seen->clock_ppm[i]);
        row_end(&row, step);
    }
}

/* A slow clock costs all the time, what is cold costs once. */
static void report_work(struct step *step, enum after_work work, const struct after_seen *seen)
{
    uint32_t last = work == AFTER_ALU ? seen->slices - 1 : after_head(seen);
    const struct after_figure *figure = &seen->head[last];
    struct row row;

    row_begin(&row, step, "after_work");
    json_add(&row.json, "work:%s slices:%u n:%u p50:%ld", after_work_names[work], last + 1, seen->n, figure->lost_tsc);
    add_interval(&row.json, "p50_ci", figure);
    json_add(&row.json, "floor:%ld", figure->floor_tsc);
    row_end(&row, step);
}

/* What the first work lost in all slices, pair by pair: the step's distribution. */
static void report_lost(struct step *step, const struct after *after, const struct after_seen *seen)
{
    const struct after_job *job = &after->job[0];
    const struct after_figure *figure = &seen[job->work].head[after->slices - 1];
    int64_t *lost = job->took_tsc[WAY_METHOD] + (after->slices - 1) * after->samples;
    const int64_t *spin = job->took_tsc[WAY_SPIN] + (after->slices - 1) * after->samples;

    for (uint32_t i = 0; i < job->kept; i++)
        lost[i] -= spin[i];
    result_series(step, &(struct series){.metric = "lost",
                                         .unit = "tsc",
                                         .values = lost,
                                         .count = job->kept,
                                         .has_floor = true,
                                         .floor = figure->floor_tsc,
                                         .floor_count = job->kept});
    result_metric(step, "lost", figure->lost_tsc, "tsc");
}

static void write_time(const struct step *step, int64_t ticks_tsc, char text[UNITS_TIME_BYTES])
{
    units_write_time((uint64_t)tsc_to_ns(ticks_tsc, step->machine->clock.tsc_hz), text);
}

static void list_works(uint32_t works, char text[LIST_BYTES])
{
    text[0] = '\0';
    for (unsigned work = 0; work < AFTER_WORKS; work++)
        if (works >> work & 1)
            text_list(text, LIST_BYTES, ", ", after_work_names[work]);
}

static void say(struct step *step, const struct after_answer *answer)
{
    char lost[UNITS_TIME_BYTES], until[UNITS_TIME_BYTES], list[LIST_BYTES];

    if (answer->clock) {
        write_time(step, answer->clock_lost_tsc, lost);
        write_time(step, (int64_t)answer->ramp_tsc, until);
        result_say(step, "clock_ramp", answer->clock,
                   answer->never
                       ? "the core's clock is slower behind the wake for all of the %s that were timed: %s are "
                         "lost until then"
                       : "the core's clock is slower behind the wake, for about %s (to a factor of 2): %s are "
                         "lost",
                   until, lost);
    }
    if (answer->caches) {
        write_time(step, answer->cache_lost_tsc, lost);
        list_works(answer->levels, list);
        result_say(
            step, "caches_lost", answer->caches,
            "lines that were warm are cold behind the wake (%s): up to %s more than the clock explains until all "
            "were there again",
            list, lost);
    }
    if (answer->tlb) {
        write_time(step, answer->tlb_lost_tsc, lost);
        result_say(step, "tlb_lost", answer->tlb,
                   "translations are lost behind the wake: 256 lines in as many pages take %s more than in four", lost);
    }
    if (answer->silent) {
        list_works(answer->silent, list);
        result_say(step, "within_floor", CONFIDENCE_NONE,
                   "of these works nothing can be said: the pairs are too few, or the loss is within what two passes "
                   "behind spin differ by: %s",
                   list);
    }
}

/* Why pairs were left out. False: most waits were none. */
static bool report_rejects(struct step *step, const struct after *after)
{
    for (unsigned i = REJECT_NONE + 1; i < REJECT_COUNT; i++)
        if (after->rejects[i])
            result_scalar(step, sample_rejects[i].word, after->rejects[i], "count");
    if (2 * after->rejects[REJECT_SPURIOUS] <= step->done)
        return true;
    result_finding(step, "returns_early", CONFIDENCE_NONE,
                   "most waits ended before their wake, and nothing explains why");
    result_fail(step, "spurious", after->rejects[REJECT_SPURIOUS], "count");
    return false;
}

void after_finish(struct step *step)
{
    struct after *after = step->state;
    struct after_seen *seen = step_alloc(step, AFTER_WORKS * sizeof(*seen));
    int64_t *scratch = step_alloc(step, sizeof(*scratch) * after->samples);
    struct after_answer answer;

    if (after->unreal) {
        result_not_real(step, result_no_wait);
        return;
    }
    if (!report_rejects(step, after))
        return;
    if (!after->rejects[REJECT_NONE]) {
        result_none_kept(step, after->rejects[REJECT_EARLY], step->rejected);
        return;
    }
    if (!seen || !scratch) {
        result_finding(step, "no_memory", CONFIDENCE_NONE, step_no_memory);
        return;
    }
    for (uint32_t i = 0; i < after->job_count; i++) {
        struct after_job *job = &after->job[i];
        struct after_seen *own = &seen[job->work];

        if (!job->kept)
            continue;
        look(step, job, own, scratch);
        report_slices(step, job->work, own);
        report_work(step, job->work, own);
    }
    if (after->job[0].kept)
        report_lost(step, after, seen);
    else
        result_no_samples(step);
    answer = after_judge(seen);
    for (uint32_t i = 0; i < after->job_count; i++)
        if (!after->job[i].kept)
            answer.silent |= UINT32_C(1) << after->job[i].work;
    say(step, &answer);
    asked_report(step, &after->nap[WAY_METHOD], after->want, &after->evidence, after->evidence_sum,
                 after->slept_sum_tsc);
}
