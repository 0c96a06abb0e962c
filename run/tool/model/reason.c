/* SPDX-License-Identifier: MIT */
#include "run/tool/model/reason.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/rows/reasons.h"
#include "run/tool/model/join.h"
#include "run/tool/model/record_json.h"

/* "#UD, invalid opcode"; "" for a vector without a name (SDM volume 3, table 6-1). */
static const char *exception_name(int64_t vector)
{
    static const char *const names[] = {
        [0] = "#DE, divide error",
        [1] = "#DB, debug",
        [2] = "NMI",
        [3] = "#BP, breakpoint",
        [4] = "#OF, overflow",
        [5] = "#BR, bound range exceeded",
        [6] = "#UD, invalid opcode",
        [7] = "#NM, device not available",
        [8] = "#DF, double fault",
        [10] = "#TS, invalid TSS",
        [11] = "#NP, segment not present",
        [12] = "#SS, stack fault",
        [13] = "#GP, general protection",
        [14] = "#PF, page fault",
        [16] = "#MF, x87 error",
        [17] = "#AC, alignment check",
        [18] = "#MC, machine check",
        [19] = "#XM, SIMD error",
        [20] = "#VE, virtualisation exception",
        [21] = "#CP, control protection",
    };
    bool known = vector >= 0 && vector < (int64_t)(sizeof(names) / sizeof(names[0]));
    return known && names[vector] ? names[vector] : "";
}

/* The step's first fault record that has a vector, or NULL. */
static const json_t *find_fault(const struct model_run *run, const struct model_step *step)
{
    for (size_t i = 0; i < run->kept_count; i++) {
        const json_t *record = run->kept[i];
        if (strcmp(model_string(record, "t", "?"), "fault") == 0 && json_object_get(record, "vec") &&
            model_int(record, "step", -1) == step->id)
            return record;
    }
    return NULL;
}

static void write_fault(char *text, const struct model_run *run, const struct model_step *step)
{
    const json_t *fault = find_fault(run, step);
    int64_t vector;
    int at;

    if (!fault) {
        snprintf(text, REASON_CHARS, "%s", step_ends[STEP_FAULT].meaning);
        return;
    }
    vector = model_int(fault, "vec", -1);
    at = snprintf(text, REASON_CHARS, "exception %" PRId64 " (%s) on CPU %" PRId64 " at %.20sh, error code %.20sh",
                  vector, exception_name(vector), model_int(fault, "cpu", 0), model_string(fault, "rip", "?"),
                  model_string(fault, "err", "?"));
    if (vector == 14)
        snprintf(text + at, REASON_CHARS - (size_t)at, ", address %.20sh", model_string(fault, "cr2", "?"));
}

/* No sample was kept: then the rejects say why. */
static void write_rejects(char *text, const struct model_step *step)
{
    int at = snprintf(text, REASON_CHARS, "no sample was kept");
    for (size_t i = 0; i < step->reject_count && at < REASON_CHARS; i++) {
        size_t reject = reason_find(sample_rejects, REJECT_COUNT, step->rejects[i].reason);
        if (reject > REJECT_NONE && reject < REJECT_WARMUP)
            at += snprintf(text + at, REASON_CHARS - (size_t)at, "; %s %" PRIu64 " times (%s)",
                           sample_rejects[reject].meaning, step->rejects[i].count, sample_rejects[reject].word);
    }
}

static void write_death(char *text, const struct model_join *join)
{
    size_t death = reason_find(machine_deaths, MACHINE_DEATHS, join->why);
    const char *meaning = death < MACHINE_DEATHS ? machine_deaths[death].meaning : "the machine died";
    snprintf(text, REASON_CHARS, "%s (%.30s)%s%.160s%s", meaning, join->why, join->note[0] ? ": " : "", join->note,
             join->next > 0 ? "; a fresh machine went on" : "");
}

static void write_failure(char *text, const struct model_run *run, const struct model_step *step)
{
    const char *detail = step->verdict.detail;
    size_t end = reason_find(step_ends, STEP_ENDS, step->end);
    const struct model_join *join = model_join_of(run, step);
    if (join)
        write_death(text, join);
    else if (end == STEP_FAULT)
        write_fault(text, run, step);
    else if (end == STEP_LOST_WAKE || end == STEP_HANG) /* the verdict only repeats the word: "hang 1 count" */
        snprintf(text, REASON_CHARS, "%s", step_ends[end].meaning);
    else if (strncmp(detail, "kept 0", strlen("kept 0")) == 0)
        write_rejects(text, step);
    else
        snprintf(text, REASON_CHARS, "%.200s", detail[0] ? detail : "it does not say why");
}

const char *reason_of(char *text, const struct model_run *run, const struct model_step *step)
{
    text[0] = '\0';
    if (step->verdict.seen && step->verdict.skip)
        snprintf(text, REASON_CHARS, "%.200s", step->verdict.detail);
    else if (step->verdict.seen && !step->verdict.ok)
        write_failure(text, run, step);
    else if (!step->verdict.seen && step->begun && !step->end[0])
        snprintf(text, REASON_CHARS, "it began and never ended");
    else if (!step->verdict.seen)
        snprintf(text, REASON_CHARS, "%s", step->begun ? "its verdict is missing" : "it never ran");
    else if (strcmp(step->end, step_ends[STEP_BUDGET].word) == 0)
        snprintf(text, REASON_CHARS, "its time was up after %" PRIu64 " of %" PRIu64 " samples", step->n,
                 step->planned_n);
    return text;
}

const char *reason_notes(char *text, const struct model_step *step)
{
    snprintf(text, REASON_CHARS, "%s%.8s%s%s%.8s%s", step->not_entered[0] ? ", " : "", step->not_entered,
             step->not_entered[0] ? " not entered" : "", step->core[0] ? ", " : "", step->core,
             step->core[0] ? "-core" : "");
    return text;
}
