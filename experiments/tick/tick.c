/* SPDX-License-Identifier: MIT */
/*
 * Question: what does an idle system's tick cost: wakes, timer armings and exits a second, on each CPU?
 * Method: every CPU idles in HLT and is woken by its own local APIC timer, all at the same moments. mode=periodic lets
 *   the timer repeat itself; oneshot arms it again at each tick, as a kernel with nohz=off does; tickless arms it for
 *   the next event alone (event=). Wakes, armings and HLTs are counted, so that the host's counters can be compared
 *   with them. Each tick leaves its stamp: `jitter` is the distance from the last one less the period, `late` that from
 *   the moment when it was due, sign kept. What is not spent between the stamp before HLT and the tick's stamp is time
 *   stolen from idle. The first `training` ticks are shown apart: a host may adapt.
 * Expected: HZ wakes a second. Re-armed, each costs an arming and an HLT, so two exits of a virtual CPU: 2 * CPUs * HZ
 *   a second for the host; repeated by the timer an HLT, and an EOI where that exits too. KVM gives periodic timers no
 *   period below its min_timer_period_us (200 us), and lets a deadline fire early by what it has learnt to lose on the
 *   way (lapic_timer_advance).
 * Confounders: in one-shot mode due times are known to the cost of arming alone; the bound of the count register's
 *   frequency (drift); ticks of all CPUs at once compete for the host; a tick that the host delays past the next one is
 *   merged with it.
 * Sources: SDM volume 3, 10.5.4 (timer modes), 10.8.5 (EOI).
 */
#include "experiments/tick/parts.h"

#include "arch/x86/cpu/smp.h"
#include "arch/x86/time/apic_timer.h"
#include "arch/x86/time/delay.h"
#include "arch/x86/time/tsc.h"
#include "experiments/kit/calibrate.h"
#include "lib/fixed.h"
#include "lib/rows/reasons.h"

enum {
    LEAD_US = 2000,                  /* from handing out the work to the first period's beginning */
    STRETCH_NS = 1900 * 1000 * 1000, /* a batch lasts two seconds */
    EVENT_MAX_NS = 1000 * 1000 * 1000,
    FLOOR_TRIES = 8,
    TICKS_MAX = 200 * 1000, /* of one CPU */
    SERIES_BYTES = sizeof(struct tick_wake) + 2 * sizeof(int64_t) + sizeof(uint64_t),
};

static const char *const mode_words[] = {"periodic", "oneshot", "tickless", NULL};
static const char *const cpus_words[] = {"all", NULL};

static const struct param_spec tick_params[KEY_COUNT] = {
    /* ticks a second */
    [KEY_HZ] = {"hz", PARAM_COUNT, NULL, "1000", 2, 20000, .list = true},
    /* repeated by the timer, armed at each tick, or armed for the next event */
    [KEY_MODE] = {"mode", PARAM_CHOICE, mode_words, "periodic,oneshot,tickless", 0, 0, .list = true},
    /* how many CPUs tick, from CPU 0 on */
    [KEY_CPUS] = {"cpus", PARAM_CPU, cpus_words, "all", 1, CPU_MAX, .list = true},
    /* tickless: from one event to the next */
    [KEY_EVENT] = {"event", PARAM_TIME, NULL, "100ms", 50000, EVENT_MAX_NS, .list = true, .unnamed = true},
    /* length of the step */
    [KEY_TIME] = {"time", PARAM_TIME, NULL, "1s", 1000000, UINT64_C(3600000000000), .unnamed = true},
    /* first ticks of each CPU that `late` leaves out */
    [KEY_TRAINING] = {"training", PARAM_COUNT, NULL, "64", 0, 100000, .unnamed = true},
    /* significant digits of the histograms */
    [KEY_DIGITS] = {"digits", PARAM_COUNT, NULL, "2", 2, 3, .unnamed = true},
};

/* From one tick to the next, in ns. */
static uint64_t period_ns(const struct plan_step *plan)
{
    if (plan->values[KEY_MODE].choice == TICK_TICKLESS)
        return plan_time_ns(plan, "event", 0);
    return UINT64_C(1000000000) / plan->values[KEY_HZ].count;
}

static uint64_t ticks_due(const struct plan_step *plan)
{
    uint64_t time_ns = plan_time_ns(plan, "time", 0);

    if (plan->values[KEY_MODE].choice == TICK_TICKLESS)
        return time_ns / plan_time_ns(plan, "event", 1);
    return muldiv_u64(time_ns, plan->values[KEY_HZ].count, 1000000000);
}

static const char *tick_check(const struct plan_step *plan)
{
    if (!ticks_due(plan))
        return "not one tick falls into the step (time=)";
    return ticks_due(plan) > TICKS_MAX ? "more than 200000 ticks of a CPU (time=)" : NULL;
}

/* At least: how many CPUs there are is not known here. */
static uint64_t tick_memory_bytes(const struct plan_step *plan)
{
    const struct plan_cpu *cpus = &plan->values[KEY_CPUS].cpu;
    uint64_t count = cpus->place == PLAN_CPU_NUMBER ? cpus->number : 1;

    return sizeof(struct tick) + count * (sizeof(struct tick_lane) + ticks_due(plan) * SERIES_BYTES);
}

/* NULL, or why the timer cannot do it. */
static const char *check_timer(const struct step *step, const struct tick *tick)
{
    const struct apic_timer *timer = &step->machine->timer;
    bool counts = tick->mode == TICK_PERIODIC || timer->one_shot != APIC_TIMER_DEADLINE;

    if (!counts)
        return NULL;
    if (!timer->hz)
        return SKIP_NO_COUNT;
    if (tick->mode == TICK_PERIODIC && !apic_timer_may_repeat(timer))
        return "no APIC timer is as slow as this one seems: tsc_hz= is wrong";
    if (muldiv_u64(tick->period_tsc, timer->count_per_tsc_q32, FIXED_Q32_ONE) > UINT32_MAX)
        return "the timer's count register does not hold so long a period";
    return NULL;
}

static const char *make_lanes(struct step *step, struct tick *tick)
{
    struct machine *machine = step->machine;

    tick->lanes = step_alloc(step, tick->lane_count * sizeof(*tick->lanes));
    for (uint32_t i = 0; tick->lanes && i < tick->lane_count; i++) {
        struct tick_lane *lane = &tick->lanes[i];

        lane->machine = machine;
        lane->cpu = machine->cpus[i];
        lane->step = i ? NULL : step;
        lane->hlt = idle_find("hlt");
        lane->mode = tick->mode;
        lane->period_tsc = tick->period_tsc;
        lane->count = apic_timer_count(&machine->timer, tick->period_tsc);
        lane->kept_max = tick->due;
        lane->wakes = step_alloc(step, tick->due * sizeof(*lane->wakes));
        if (!lane->wakes)
            return step_no_memory;
    }
    return tick->lanes ? NULL : step_no_memory;
}

static const char *tick_prepare(struct step *step)
{
    struct tick *tick = step->state;
    const struct plan_cpu *cpus = &step->plan->values[KEY_CPUS].cpu;
    const char *problem;
    uint64_t all;

    tick->mode = (enum tick_mode)step->plan->values[KEY_MODE].choice;
    tick->hz = (uint32_t)step->plan->values[KEY_HZ].count;
    tick->event_ns = plan_time_ns(step->plan, "event", 0);
    tick->period_tsc =
        tick->mode == TICK_TICKLESS ? step_tsc(step, tick->event_ns) : step->machine->clock.tsc_hz / tick->hz;
    tick->due = (uint32_t)ticks_due(step->plan);
    tick->lane_count = cpus->place == PLAN_CPU_NUMBER ? cpus->number : step->machine->cpu_count;
    if (tick->lane_count > step->machine->cpu_count)
        return "cpus= asks for more CPUs than run";
    problem = check_timer(step, tick);
    if (!problem)
        problem = make_lanes(step, tick);
    if (problem)
        return problem;
    all = (uint64_t)tick->due * tick->lane_count;
    tick->values = step_alloc(step, all * sizeof(*tick->values));
    tick->scratch = step_alloc(step, all * sizeof(*tick->scratch));
    tick->at_tsc = step_alloc(step, all * sizeof(*tick->at_tsc));
    step->total = tick->due;
    step->silence_tsc = tick->period_tsc + delay_tsc(step->machine, LEAD_US);
    return tick->values && tick->scratch && tick->at_tsc ? NULL : step_no_memory;
}

static void take_stretch(struct step *step, struct tick *tick, uint32_t due)
{
    uint64_t begin_tsc = tsc_now() + delay_tsc(step->machine, LEAD_US);

    for (uint32_t i = 0; i < tick->lane_count; i++) {
        struct tick_lane *lane = &tick->lanes[i];

        lane->begin_tsc = begin_tsc + (uint64_t)lane->cpu->tsc_offset;
        lane->due = due;
        if (i)
            smp_run(step->machine, lane->cpu, tick_take_stretch, lane);
    }
    tick_take_stretch(&tick->lanes[0]);
    for (uint32_t i = 1; i < tick->lane_count; i++)
        smp_join(tick->lanes[i].cpu);
}

/* Once: what exits to a hypervisor, and the floor. Few samples, because a host counts these HLTs too. */
static void calibrate(struct step *step, struct tick *tick)
{
    struct tick_lane *lane = &tick->lanes[0];
    struct empty_path one;

    tick_probe_exits(step, &tick->exits);
    lane->call.watch = &lane->cpu->wake_count;
    for (unsigned i = 0; i < FLOOR_TRIES; i++) {
        bool kept = calibrate_empty_once(step, lane->hlt->wait, &lane->call, &one);

        tick->floor_hlts += one.waits;
        if (!kept)
            continue;
        if (!tick->floor_count++ || one.plain.min_tsc < tick->floor_tsc)
            tick->floor_tsc = one.plain.min_tsc;
    }
}

static void tick_batch(struct step *step)
{
    struct tick *tick = step->state;
    uint64_t most = STRETCH_NS / period_ns(step->plan);
    uint32_t left = tick->due - tick->taken;
    uint32_t due = left < most ? left : (uint32_t)most;

    if (!tick->taken)
        calibrate(step, tick);
    __atomic_store_n(&step->waiting, 1, __ATOMIC_RELAXED);
    take_stretch(step, tick, due);
    __atomic_store_n(&step->waiting, 0, __ATOMIC_RELAXED);
    step_pet(step);
    step->rejected = 0;
    for (uint32_t i = 0; i < tick->lane_count; i++)
        step->rejected += (uint32_t)tick->lanes[i].counts[TICK_MISSED];
    tick->taken += due;
    step->done = tick->taken;
    step->complete = tick->taken == tick->due;
}

static const struct experiment tick = {
    .spec = {.name = "tick",
             .params = tick_params,
             .param_count = KEY_COUNT,
             .check = tick_check,
             .memory_bytes = tick_memory_bytes},
    .state_bytes = sizeof(struct tick),
    .prepare = tick_prepare,
    .batch = tick_batch,
    .finish = tick_finish,
};
LAB_EXPERIMENT(tick);
