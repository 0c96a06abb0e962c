/* SPDX-License-Identifier: MIT */
/*
 * Question: on what does all this run, and what of the idle path exits to a hypervisor?
 * Method: report what was found at boot: processor, raw CPUID, topology, firmware tables, memory types, hypervisor,
 *   clocks with their disagreement, TSC offsets with their bounds, timers, the watchdog. Then measure for some
 *   hundredths of a second: what CPUID, RDTSC, PAUSE, a pending HLT, arming the timer, the ICR and an EOI cost against
 *   a multiplication and a load, which no hypervisor sees (probe.c); gaps in a loop of time stamps; whether WAITPKG
 *   waits. Nothing runs whose CPUID bit is clear.
 * Expected: on bare metal nothing exits; under VMX and SVM CPUID does, and arming; the others by the host's settings.
 * Confounders: a busy host (each verdict needs floor and median to agree); a hypervisor that finishes exits early; an
 *   emulator, which has no exits; an interrupt whose delivery exits by itself hides whether HLT does.
 * Sources: SDM volume 3, 26.1.2 and 26.1.3 (instructions that exit); APM volume 2, 15.9; lib/infer/intercept.c for the
 *   limits.
 * Always the first step: every figure of the log is worth what this page says.
 */
#include "experiments/survey/parts.h"

#include "arch/x86/cpu/features.h"

static const char *survey_prepare(struct step *step)
{
    step->total = 1;
    return NULL;
}

static void survey_batch(struct step *step)
{
    struct survey *survey = step->state;

    survey_begin_paravirtual(step, &survey->paravirtual);
    survey_measure_costs(step, &survey->costs);
    survey_measure_gaps(step, &survey->gaps);
    if (cpu_has(&step->machine->snapshot, CPUID_WAITPKG)) {
        waitpkg_begin(&step->cpu->msr_saves, 0);
        survey->waitpkg = waitpkg_prove();
        msr_restore(&step->cpu->msr_saves);
    }
    survey_end_paravirtual(step, &survey->paravirtual);
    step->done = 1;
    step->complete = true;
}

static void survey_finish(struct step *step)
{
    const struct survey *survey = step->state;

    survey_report_identity(step);
    survey_report_hypervisor(step, survey);
    survey_report_clocks(step);
    survey_report_cstates(step);
    survey_report_qualities(step);
    survey_report_costs(step, survey);
    result_metric(step, "cpus", step->machine->cpu_count, "count");
}

static uint64_t survey_memory_bytes(const struct plan_step *plan)
{
    (void)plan;
    return sizeof(struct survey);
}

static const struct experiment survey = {
    .spec = {.name = "survey", .memory_bytes = survey_memory_bytes},
    .state_bytes = sizeof(struct survey),
    .prepare = survey_prepare,
    .batch = survey_batch,
    .finish = survey_finish,
};
LAB_EXPERIMENT(survey);
