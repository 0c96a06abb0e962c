/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/kit/asked.c experiments/kit/entered.c experiments/kit/vitals.c experiments/kit/vitals_rows.c
// UNIT_EXTRA: experiments/after/after.c experiments/after/keys.c experiments/after/pair.c experiments/after/report.c
// UNIT_EXTRA: experiments/engine/registers.c experiments/engine/claim.c experiments/kit/gate.c
// UNIT_EXTRA: experiments/kit/row.c experiments/kit/siblings.c experiments/kit/time.c experiments/kit/timer_blur.c
// UNIT_EXTRA: experiments/kit/wait.c tests/machine/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
// UNIT_EXTRA: arch/x86/cpu/msr_save.c arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/power/evidence.c
// UNIT_EXTRA: arch/x86/power/power_model.c arch/x86/power/rapl.c arch/x86/time/apic_timer_ratio.c arch/x86/wake/nap.c
// UNIT_EXTRA: arch/x86/power/amd_ports.c arch/x86/wake/beside.c arch/x86/idle/mwait_hints.c
// UNIT_EXTRA: arch/x86/idle/known_states.c arch/x86/idle/monitor_switch.c
/*
 * `after`, its own code, on machines whose states lose caches, TLB and clock: the work is the model's, so that what is
 * lost, and in which slice, is known to the tick.
 */
#include "arch/x86/idle/mwait_hints.h"
#include "arch/x86/power/power_msr_regs.h"
#include "experiments/after/parts.h"
#include "lib/rows/reasons.h"

#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

enum {
    FLUSHED = 6,    /* from that C-state on a core's caches, and a package's, are cold */
    LINE_TSC = 200, /* what a cold line costs, */
    WALK_TSC = 60,  /* and a cold translation */
    SLOW = 2,       /* behind a flushed core the clock is so many times slower, for: */
    RAMP_TSC = 400000,
    STEP_TSC_HERE = 10, /* of each work */
};

static struct {
    uint32_t naps;              /* at the last pass */
    uint32_t cold[AFTER_WORKS]; /* lines that are */
    uint32_t far;               /* translations that are lost */
    uint64_t slow_until_tsc;
    uint32_t ramp_tsc; /* 0: the clock stays */
    uint32_t smi;      /* works, a bit each, in each of whose passes is an SMI */
    bool disturbs;     /* a first slice costs more behind every nap of the method, as cold code does */
} work;

static struct model_machine at;
static struct machine_results results;

bool after_work_prepare(struct step *step, struct after_job *job)
{
    static const uint32_t periods[AFTER_WORKS] = {1, 256, 2048, 65536, 256, 1023, 1};

    (void)step;
    job->period = periods[job->work];
    return true;
}

bool after_work_open(const struct after_job *job)
{
    (void)job;
    return true;
}

static void lose(void)
{
    bool core = at.was_core >= FLUSHED, package = at.was_package >= FLUSHED;

    if (core) {
        work.cold[AFTER_L1] = work.cold[AFTER_TLB] = 256;
        work.cold[AFTER_L2] = 2048;
        work.far = 256;
    }
    if (package)
        work.cold[AFTER_LLC] = 65536;
    if (core && work.ramp_tsc)
        work.slow_until_tsc = at.now_tsc + work.ramp_tsc;
}

static void manage(void)
{
    for (unsigned i = 0; i < MODEL_REGISTERS; i++)
        if (at.registers[at.running][i].msr == MSR_SMI_COUNT)
            at.registers[at.running][i].value++;
}

/* So many steps; the cycles that they take. */
static uint64_t go(enum after_work kind, uint32_t steps)
{
    uint32_t cold = work.cold[kind] < steps ? work.cold[kind] : steps;
    uint32_t far = kind == AFTER_TLB ? work.far < steps ? work.far : steps : 0;
    uint64_t fast_tsc = (uint64_t)steps * STEP_TSC_HERE, all_tsc;
    uint64_t left_tsc = work.slow_until_tsc > at.now_tsc ? work.slow_until_tsc - at.now_tsc : 0;
    uint64_t slow_tsc = fast_tsc * SLOW < left_tsc ? fast_tsc * SLOW : left_tsc / SLOW * SLOW;

    work.cold[kind] -= cold;
    if (kind == AFTER_TLB)
        work.far -= far;
    all_tsc = fast_tsc + slow_tsc - slow_tsc / SLOW + (uint64_t)cold * LINE_TSC + (uint64_t)far * WALK_TSC;
    model_work(all_tsc);
    return all_tsc - (slow_tsc - slow_tsc / SLOW);
}

void after_work_pass(const struct after_job *job, const uint32_t *steps, uint32_t slices, bool counts_cycles,
                     struct after_pass *pass)
{
    bool woke = work.naps != at.naps;

    work.naps = at.naps;
    if (woke)
        lose();
    if (woke && work.smi >> job->work & 1)
        manage();
    pass->begin_tsc = at.now_tsc;
    for (uint32_t i = 0; i < slices; i++) {
        uint64_t before_tsc = at.now_tsc, cycles;

        if (work.disturbs && woke && at.was_core && !i)
            model_work(3000);
        cycles = go(job->work, steps[i]);
        pass->took_tsc[i] = at.now_tsc - before_tsc;
        pass->cycles[i] = counts_cycles ? cycles : 0;
    }
}

static uint8_t hint_state(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    return mwait_hint_target(snapshot, hint).core;
}

static void no_wait(struct idle_call *call)
{
    (void)call;
}

static const struct idle_method by_hlt = {.name = "hlt", .ends = IDLE_ENDS_INTERRUPT, .wait = no_wait};
static const struct idle_method by_mwait = {.name = "mwait",
                                            .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_STORE,
                                            .need = CPUID_FEATURE(1, 0, ECX, 3),
                                            .check = mwait_hint_problem,
                                            .core_state = hint_state,
                                            .wait = no_wait};
static const struct idle_method by_spin = {
    .name = "spin", .ends = IDLE_ENDS_INTERRUPT | IDLE_ENDS_STORE, .wait = no_wait};
static const struct wake_source timer = {.name = "timer", .needs = IDLE_ENDS_INTERRUPT};
static const struct wake_source store = {.name = "store", .remote = true, .needs = IDLE_ENDS_STORE};
const struct idle_method *const __lab_methods_start[] = {&by_hlt, &by_mwait, &by_spin};
const char *const __lab_method_words[] = {"hlt", "mwait[:0..0xff]", "spin", NULL};
const struct wake_source *const __lab_sources_start[] = {&timer, &store};
const char *const __lab_source_words[] = {"timer", "store", NULL};

const struct idle_method *idle_find(const char *name)
{
    for (unsigned i = 0; i < sizeof(__lab_methods_start) / sizeof(__lab_methods_start[0]); i++)
        if (strcmp(__lab_methods_start[i]->name, name) == 0)
            return __lab_methods_start[i];
    return NULL;
}

const struct wake_source *wake_find(const char *name)
{
    return strcmp(name, "timer") == 0 ? &timer : &store;
}

void result_not_real(struct step *step, const char *how)
{
    (void)step, (void)how;
}

void result_none_kept(struct step *step, uint32_t early, uint32_t judged)
{
    result_scalar(step, "none_kept_early", early, "count");
    result_scalar(step, "none_kept", judged, "count");
}

const char result_no_wait[] = "";

static void ok(bool good, const char *name)
{
    if (!TAP_OK(good, name))
        machine_print(&results);
}

static void run(const char *model, struct model_plan plan, const char *script)
{
    memset(work.cold, 0, sizeof(work.cold));
    work.far = work.naps = 0;
    work.slow_until_tsc = 0;
    model_start(&at, model_find(model), &plan);
    TAP_OK(machine_run(&at, &after_experiment, script, &results) && !results.skipped, script);
}

static const char *finding(const char *id)
{
    char begin[64];

    snprintf(begin, sizeof(begin), "finding %s ", id);
    return machine_find(&results, begin, NULL, NULL);
}

static bool says(const char *id, const char *text)
{
    const char *line = finding(id);

    return line && strstr(line, text);
}

/* A member of a work's slice. */
static int64_t slice(const char *kind, unsigned number, const char *key)
{
    char first[32], second[32];

    snprintf(first, sizeof(first), "\"work\":\"%s\"", kind);
    snprintf(second, sizeof(second), "\"slice\":%u,", number);
    return machine_number(machine_find(&results, "{", first, second), key, -1);
}

static int64_t lost(const char *kind)
{
    int64_t sum = 0;

    for (unsigned i = 1; i <= 12; i++)
        sum += slice(kind, i, "lost");
    return sum;
}

/* C6 of a core, its package held up: private caches and the TLB, no shared cache. */
static void check_core(void)
{
    run("skylake_x", (struct model_plan){0}, "after idle=mwait:0x20 interval=200us samples=30");
    ok(lost("alu") == 0 && lost("branch") == 0 && lost("llc") == 0 && lost("code") == 0, "what is warm loses nothing");
    ok(lost("l1") == 256 * LINE_TSC && lost("l2") == 2048 * LINE_TSC, "each cold line is lost once");
    ok(slice("l1", 1, "lost") == 199 * LINE_TSC && slice("l1", 2, "lost") == 57 * LINE_TSC &&
           slice("l1", 3, "lost") == 0,
       "in the slices that touch it first");
    ok(machine_number(machine_find(&results, "{", "after_work", "\"l2\""), "slices", 0) == 5 &&
           machine_number(machine_find(&results, "{", "after_work", "\"l2\""), "p50", 0) == 2048 * LINE_TSC,
       "a work is judged until it has been everywhere, and one slice more");
    ok(lost("tlb") == 256 * (LINE_TSC + WALK_TSC), "a page costs its walk beside its line");
    ok(says("caches_lost", "high") && says("caches_lost", "(l1, l2)"), "caches_lost names the levels");
    ok(says("tlb_lost", "high") && says("tlb_lost", "7.68 us"),
       "tlb_lost says what the walks cost"); /* 256 * 60 / 2 GHz */
    ok(!finding("clock_ramp") && says("within_floor", "alu, llc, branch, code"), "the clock is not said to ramp");
    ok(machine_find(&results, "metric lost 0 tsc", NULL, NULL) && !results.not_entered, "the metric");
}

static void check_others(void)
{
    run("skylake_x", (struct model_plan){.single_cpu = 1}, "after idle=mwait:0x20 interval=3ms samples=30");
    ok(lost("llc") > 40000 * LINE_TSC && says("caches_lost", "l1, l2, llc"),
       "a package's C6: the shared cache as well");
}

static void check_warm(void)
{
    static const char *const scripts[] = {"after idle=hlt interval=1ms samples=30",
                                          "after idle=spin interval=1ms samples=30",
                                          "after idle=mwait:0x0 interval=1ms samples=30"};

    for (unsigned i = 0; i < 3; i++) {
        run("skylake_x", (struct model_plan){0}, scripts[i]);
        ok(!finding("caches_lost") && !finding("tlb_lost") && !finding("clock_ramp"), "nothing is lost in C1");
        ok(says("within_floor", "alu, l1, l2, llc, tlb, branch, code"), "and that is said");
    }
    run("skylake_x", (struct model_plan){.demoted_hint = 0x20}, "after idle=mwait:0x20 interval=200us samples=30");
    ok(!finding("caches_lost") && results.not_entered == 6 && finding("not_entered"), "a demoted C6 is told");
}

static void check_clock(void)
{
    work.ramp_tsc = RAMP_TSC;
    run("skylake_x", (struct model_plan){0}, "after idle=mwait:0x20 interval=200us samples=30 slices=10");
    ok(says("clock_ramp", "high") && says("clock_ramp", "for about 226 us (to a factor of 2)"), "a clock that rises");
    ok(slice("alu", 6, "lost") > 0 && slice("alu", 7, "lost") > 0 && slice("alu", 8, "lost") == 0, "until it has");
    ok(slice("alu", 1, "p50") == 2 * slice("alu", 1, "spin"), "half as fast");
    work.ramp_tsc = 16600000; /* longer than a pass */
    run("skylake_x", (struct model_plan){0}, "after idle=mwait:0x20 work=alu interval=200us samples=30");
    ok(says("clock_ramp", "all of the"), "or that does not rise in time");
    work.ramp_tsc = 0;
    work.disturbs = true;
    run("skylake_x", (struct model_plan){0}, "after idle=hlt interval=200us samples=30");
    ok(!finding("clock_ramp") && !finding("caches_lost") && !finding("tlb_lost"), "cold code alone is none of these");
    work.disturbs = false;
}

static void check_planted(void)
{
    run("skylake_x", (struct model_plan){0}, "after idle=hlt work=branch interval=1ms samples=30 extra=77 into=5");
    ok(slice("branch", 5, "lost") == 77 * STEP_TSC_HERE && lost("branch") == 77 * STEP_TSC_HERE,
       "planted work is found in its slice");
}

/* Works of which no pair counts. */
static void check_nothing(void)
{
    work.smi = 1 << AFTER_L2;
    run("skylake_x", (struct model_plan){0}, "after idle=hlt work=l2 interval=1ms samples=30");
    ok(machine_find(&results, "scalar none_kept 30 count", NULL, NULL) &&
           !machine_find(&results, "metric ", NULL, NULL) && machine_find(&results, "scalar smi 30 count", NULL, NULL),
       "no pair of the only work: the step fails");
    run("skylake_x", (struct model_plan){0}, "after idle=hlt interval=1ms samples=30");
    ok(says("within_floor", "alu, l1, l2, llc, tlb, branch, code") && !machine_find(&results, "fail ", NULL, NULL) &&
           machine_find(&results, "metric lost 0 tsc", NULL, NULL),
       "no pair of one work: nothing can be said of it");
    work.smi = 1 << AFTER_ALU;
    run("skylake_x", (struct model_plan){0}, "after idle=hlt interval=1ms samples=30");
    ok(machine_find(&results, "metric no_samples 0 count", NULL, NULL) &&
           !machine_find(&results, "metric lost ", NULL, NULL) && !machine_find(&results, "series lost ", NULL, NULL),
       "no pair of the first work: it lost nothing that is known");
    work.smi = 0;
}

/* Each work's loss is known by 10 ticks on each side: what lies little beyond that may be chance. */
static void check_apart(void)
{
    struct after_seen seen[AFTER_WORKS] = {0};

    for (unsigned kind = AFTER_ALU; kind <= AFTER_L1; kind++) {
        seen[kind] = (struct after_seen){.n = 40, .slices = 8, .whole = 2};
        for (unsigned i = 0; i < 8; i++)
            seen[kind].head[i] = (struct after_figure){1000, 1070, 70, 60, 80, 1, true};
    }
    seen[AFTER_L1].head[2] = (struct after_figure){1000, 1100, 100, 90, 110, 1, true};
    TAP_INT(after_judge(seen).caches, CONFIDENCE_NONE, "intervals_that_hardly_miss_each_other_say_nothing");
    seen[AFTER_L1].head[2] = (struct after_figure){1000, 1200, 200, 190, 210, 1, true};
    TAP_INT(after_judge(seen).caches, CONFIDENCE_HIGH, "those_far_apart_do");
}

int main(void)
{
    check_core();
    check_others();
    check_warm();
    check_clock();
    check_planted();
    check_nothing();
    check_apart();
    return tap_done();
}
