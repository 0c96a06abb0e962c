/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/cstate/notes.c experiments/cstate/evidence.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
/* What `cstate` says of a package that stays awake and of a timer that hides its latency: at which figures, and else
 * not. */
#include "experiments/cstate/parts.h"
#include "experiments/kit/siblings.h"
#include "tests/unit/tap.h"

enum { SLEPT_TSC = 1000000 };

static struct machine machine;
static struct percpu cpu;
static struct step step;
static struct cstate cstate;
static struct cstate_cell cells[2];
static int64_t latencies[2];
static const struct power_model power_model;
static int limit_depth;
static char said[256]; /* the findings' names, each with a blank behind it */

void result_finding(struct step *of, const char *id, enum confidence confidence, const char *text)
{
    (void)of, (void)text;
    strcat(strcat(said, id), confidence == CONFIDENCE_LOW ? "(low) " : " ");
}

bool siblings_note(struct step *of, const struct beside *beside)
{
    (void)of, (void)beside;
    return false;
}

bool siblings_note_package(struct step *of, const struct beside *beside)
{
    (void)of, (void)beside;
    return false;
}

int power_limit_depth(const struct power_model *model, uint64_t pkg_cst_config_control)
{
    (void)model, (void)pkg_cst_config_control;
    return limit_depth;
}

uint64_t step_tsc(const struct step *of, uint64_t ns)
{
    (void)of;
    return ns / 1000;
}

/* A core that slept in C6 all the time, by a timer; the package's counter says so much. */
static const char *package(int depth, uint64_t package_tsc)
{
    limit_depth = depth;
    cells[0].residency_tsc[RESIDENCY_PC6] = package_tsc;
    said[0] = '\0';
    cstate_notes(&cstate);
    return said;
}

static const char *wakes(int64_t timer_tsc, int64_t ipi_tsc)
{
    latencies[0] = timer_tsc;
    latencies[1] = ipi_tsc;
    said[0] = '\0';
    cstate_notes(&cstate);
    return said;
}

int main(void)
{
    machine.snapshot.vendor = CPU_VENDOR_INTEL;
    step = (struct step){.machine = &machine, .cpu = &cpu};
    cells[0] = (struct cstate_cell){.source = NAP_TIMER, .kept = 1, .tried = 1, .latency_tsc = &latencies[0]};
    cells[0].slept_tsc = cells[0].residency_tsc[RESIDENCY_CC6] = SLEPT_TSC;
    cells[1] = (struct cstate_cell){.source = NAP_IPI, .kept = 1, .tried = 1, .latency_tsc = &latencies[1]};
    cstate = (struct cstate){.step = &step,
                             .model = &power_model,
                             .arat = true,
                             .has_cst = true,
                             .counters = 1 << RESIDENCY_CC6 | 1 << RESIDENCY_PC6,
                             .counters_set = 1 << RESIDENCY_CC6 | 1 << RESIDENCY_PC6,
                             .others = NAP_OTHERS_SAME,
                             .cells = cells,
                             .cell_count = 2,
                             .state_count = 1,
                             .states = {{.want = 6}}};
    TAP_STR(package(3, 0), "package_limited ", "a limit below C6 forbids it");
    TAP_STR(package(6, 0), "package_held(low) ", "one at C6 does not: it was held, or its counters are dead");
    TAP_STR(package(6, SLEPT_TSC / 30), "package_held ", "one that moves a little is not dead");
    TAP_STR(package(6, SLEPT_TSC), "", "it was not where a counter has it");
    TAP_STR(wakes(499, 1000), "", "less by less than what blurs it is not half");
    TAP_STR(wakes(900, 1000), "", "a little shorter is not hidden");
    TAP_STR(wakes(300, 1000), "timer_hides_latency(low) ", "less than half is");
    cstate.arat = false;
    TAP_STR(wakes(900, 1000), "no_arat ", "a timer that may stop is said");
    return tap_done();
}
