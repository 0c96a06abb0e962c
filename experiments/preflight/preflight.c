/* SPDX-License-Identifier: MIT */
/*
 * Question: what will spoil the figures before they are taken?
 * Method: read what the processor says of itself on every CPU, once, and CPU 0's SMI counter twice. Each line is one
 *   of: ok, will spoil, cannot tell; one for all CPUs that say the same. Nothing is written. The words, what a line
 *   spoils and what to do about it, are the host tool's: `idlelab cstates LOG`.
 * Expected: all lines ok on a quiet, well set up machine; under a hypervisor most cannot tell.
 * Confounders: a CPU that serves as the watchdog is not asked; an SMI source with a period longer than the watch is not
 *   seen.
 * Sources: SDM volume 3, 15 and 16, volume 4; AMD PPR; Linux, tools/power/x86/turbostat; intel/wult's notices.
 */
#include "experiments/preflight/parts.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_msr_regs.h"
#include "arch/x86/cpu/smp.h"
#include "experiments/kit/row.h"
#include "lib/cstring.h"
#include "lib/fmt.h"

enum { KEY_TIME, KEY_COUNT };
enum { LIST_BYTES = 300 };

static const struct param_spec preflight_params[KEY_COUNT] = {
    /* how long the SMI counter is watched */
    [KEY_TIME] = {"time", PARAM_TIME, NULL, "500ms", 1000, UINT64_C(100000000000), .unnamed = true},
};

static void ask(void *argument)
{
    struct preflight *page = argument;

    preflight_platform(page);
    preflight_idle(page);
    preflight_errata(page);
}

static const char *preflight_prepare(struct step *step)
{
    struct preflight *page = step->state;

    step->total = 1;
    page->machine = step->machine;
    page->guest = hv_is_guest(&step->machine->hv);
    page->watch_tsc = step_time_tsc(step, KEY_TIME);
    return NULL;
}

/*
 * A guest's registers are not read at all, and the rest is the same on every CPU. False: a CPU did not answer, the
 * batch must end.
 */
static bool ask_all(struct step *step, struct preflight *page)
{
    page->cpu = page->count = page->lost = 0;
    ask(page);
    while (!page->guest && ++page->cpu < step->machine->cpu_count) {
        if (!smp_call(step->machine, step->machine->cpus[page->cpu], ask, page))
            return false;
        step_pet(step);
    }
    return true;
}

static void preflight_batch(struct step *step)
{
    struct preflight *page = step->state;

    if (!page->begin_tsc) {
        page->begin_tsc = step_now_tsc();
        page->has_smi = !page->guest && preflight_cpuid(page)->vendor == CPU_VENDOR_INTEL &&
                        msr_read(MSR_SMI_COUNT, &page->smi_before);
    }
    while (page->has_smi && step_now_tsc() - page->begin_tsc < page->watch_tsc) {
        if (step_should_return(step))
            return;
        pause();
    }
    if (page->has_smi)
        msr_read(MSR_SMI_COUNT, &page->smi_after);
    step->complete = ask_all(step, page);
    step->done = step->complete;
}

static void report_row(struct step *step, const struct preflight *page, const struct preflight_row *line)
{
    struct row row;

    row_begin(&row, step, "preflight");
    json_add(&row.json, "what:%s is:%s v:%lx", line->key, preflight_states[line->state].word, line->value);
    if (line->cpus < page->cpu) /* not all that were asked */
        json_add(&row.json, "cpu:%u cpus:%u", line->cpu, line->cpus);
    row_end(&row, step);
}

/* Lists all lines that will spoil figures, in one sentence; returns their number. */
static uint32_t list_spoilers(struct step *step, const struct preflight *page)
{
    char list[LIST_BYTES] = "will spoil figures:";
    uint32_t count = 0;

    for (uint32_t i = 0; i < page->count; i++) {
        size_t used = strlen(list);

        if (page->rows[i].state != PREFLIGHT_SPOILS)
            continue;
        fmt(list + used, sizeof(list) - used, " %s", page->rows[i].key);
        count++;
    }
    if (count)
        result_finding(step, "preflight", CONFIDENCE_NONE, list);
    return count;
}

static void preflight_finish(struct step *step)
{
    const struct preflight *page = step->state;

    for (uint32_t i = 0; i < page->count; i++)
        report_row(step, page, &page->rows[i]);
    if (page->lost)
        result_say(step, "preflight_lost", CONFIDENCE_NONE,
                   "%u answers of CPUs differ from all others and found no line left: %u are kept", page->lost,
                   page->count);
    result_metric(step, "spoils", list_spoilers(step, page), "count");
}

const struct experiment preflight_experiment = {
    .spec = {.name = "preflight", .params = preflight_params, .param_count = KEY_COUNT},
    .state_bytes = sizeof(struct preflight),
    .prepare = preflight_prepare,
    .batch = preflight_batch,
    .finish = preflight_finish,
};
LAB_EXPERIMENT(preflight_experiment);
