/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: experiments/policy/measure.c experiments/kit/entered.c experiments/kit/siblings.c experiments/kit/time.c
// UNIT_EXTRA: arch/x86/power/evidence.c arch/x86/power/power_model.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c
// UNIT_EXTRA: arch/x86/cpu/msr_save.c arch/x86/cpu/topology.c arch/x86/wake/nap.c arch/x86/wake/beside.c
// UNIT_EXTRA: arch/x86/power/amd_ports.c
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c tests/machine/model.c
// UNIT_EXTRA: tests/machine/model_[ns]*.c tests/machine/models.c
/* `policy table=measured` on machines with threads: what it takes for C6's latency is C6's, or it says so. */
#include "arch/x86/idle/mwait_hints.h"
#include "arch/x86/wake/nap.h"
#include "experiments/policy/parts.h"
#include "tests/machine/model.h"
#include "tests/unit/tap.h"

enum { FAR_TSC = 2 * 1000 * 1000 * MODEL_TICKS_PER_NS, DRIVER_NS = 12345 };

static struct model_machine at;
static struct policy policy;
static struct policy_lane lane;
static struct policy_cpu cpu;
static struct step step;
static char said[2][200];     /* sibling_shallow, not_entered */
static unsigned put_to_sleep; /* times that the siblings were */
static bool one_stays;        /* a sibling does not come back */
static int64_t driver_ns = DRIVER_NS;

static uint8_t hint_state(const struct cpu_snapshot *snapshot, uint32_t hint)
{
    return mwait_hint_target(snapshot, hint).core;
}

static const struct idle_method by_mwait = {.name = "mwait", .core_state = hint_state};

/* What the image does with instructions. */
void sleepers_start(struct sleepers *sleepers, struct machine *machine, const struct percpu *but1,
                    const struct percpu *but2)
{
    (void)machine, (void)but1, (void)but2;
    put_to_sleep++;
    at.others_sleep = true;
    at.others_state = (struct nap_state){NAP_MWAIT, sleepers->argument};
}

bool sleepers_stop(struct sleepers *sleepers)
{
    (void)sleepers;
    at.others_sleep = false;
    return !one_stays;
}

void policy_enter(struct policy_cpu *who, struct policy_lane *of, uint32_t state, bool tick_stopped,
                  struct policy_sleep *sleep)
{
    struct nap nap = {.machine = &at.machine,
                      .cpu = who->cpu,
                      .by = NAP_TIMER,
                      .others = NAP_OTHERS_HLT,
                      .sleepers = {.beside = who->cpu},
                      .state = {NAP_MWAIT, policy.driver.states[state].argument}};
    struct sample sample;

    (void)of, (void)tick_stopped;
    msr_change(&who->cpu->msr_saves, 0x1fc, 2); /* as a method's begin() may */
    nap_take(&nap, FAR_TSC, &sample);
    *sleep = (struct policy_sleep){.event = true,
                                   .before_tsc = sample.before_tsc,
                                   .event_tsc = sample.event_tsc,
                                   .first_tsc = sample.after_tsc,
                                   .after_tsc = sample.after_tsc};
}

uint64_t policy_tsc_to_ns(const struct policy *of, uint64_t ticks_tsc)
{
    (void)of;
    return ticks_tsc / MODEL_TICKS_PER_NS;
}

void step_pet(struct step *of)
{
    (void)of;
}

void apic_timer_setup(const struct apic *apic, enum apic_timer_mode mode, uint8_t vector)
{
    (void)apic, (void)mode, (void)vector;
}

void apic_timer_stop(const struct apic *apic, const struct apic_timer *timer)
{
    (void)apic, (void)timer;
}

void result_say(struct step *of, const char *id, enum confidence confidence, const char *format, ...)
{
    (void)of, (void)confidence;
    snprintf(said[strcmp(id, "not_entered") == 0], sizeof(said[0]), "%s", format);
}

/* POLL, C1, C6 of a Skylake-X whose CPU 0 measures. */
static void measure(const struct model_plan *plan)
{
    struct idle_table *table = &policy.driver.table;

    model_start(&at, model_find("skylake_x"), plan);
    memset(said, 0, sizeof(said));
    memset(&policy, 0, sizeof(policy));
    put_to_sleep = 0;
    step = (struct step){.machine = &at.machine, .cpu = &at.cpus[0]};
    cpu = (struct policy_cpu){.policy = &policy, .cpu = &at.cpus[0]};
    policy.step = &step;
    policy.cpus = &cpu;
    policy.lanes = &lane;
    policy.cpu_count = 1;
    table->count = 3;
    table->poll_mask = 1;
    for (uint32_t i = 1; i < 3; i++) {
        policy.driver.states[i] = (struct idle_driver_state){&by_mwait, i == 1 ? 0x00 : 0x20, true};
        table->exit_latency_ns[i] = table->target_residency_ns[i] = driver_ns;
    }
    policy_table_measure(&policy);
    policy_note_states(&step, &policy);
}

static bool is_c6(void)
{
    int64_t ns = policy.driver.table.exit_latency_ns[2];

    return ns >= 60000 && ns < 70000;
}

/* Three times C6's latency and C1's own; a driver's figure of a deeper state is raised where it would fall behind. */
static void check_residencies(void)
{
    const struct idle_table *table = &policy.driver.table;

    measure(&(struct model_plan){0});
    TAP_INT(table->target_residency_ns[1], table->exit_latency_ns[1], "C1's residency is its latency");
    TAP_INT(table->target_residency_ns[2], 3 * table->exit_latency_ns[2], "C6's is three of them");
    driver_ns = 100;
    measure(&(struct model_plan){.demoted_hint = 0x20});
    TAP_INT(table->exit_latency_ns[2], 100, "the driver's figure");
    TAP_INT(table->target_residency_ns[2], table->target_residency_ns[1], "with a residency that does not fall");
    driver_ns = DRIVER_NS;
}

static void check_around(void)
{
    measure(&(struct model_plan){.shape = {.threads = 2}});
    TAP_INT(put_to_sleep, 1, "siblings sleep for C6 alone");
    TAP_OK(!policy.stuck, "and come back");
    TAP_INT(at.cpus[0].msr_saves.count, 0, "what a method changed is put back");
    TAP_INT(model_register(&at, 0x1fc), 0, "as it was");
    measure(&(struct model_plan){.shape = {.threads = 2}, .hypervisor = true});
    TAP_INT(put_to_sleep, 0, "a guest's do not");
    one_stays = true;
    measure(&(struct model_plan){.shape = {.threads = 2}});
    TAP_OK(policy.stuck, "one that does not come back is told");
    one_stays = false;
}

int main(void)
{
    measure(&(struct model_plan){.shape = {.threads = 2}});
    TAP_OK(is_c6() && !said[1][0], "the sibling sleeps as deep: C6's latency");
    TAP_OK(policy.driver.table.exit_latency_ns[1] < 1200, "C1's is C1's");
    TAP_OK(strstr(said[0], "no deeper than"), "a step of one CPU of two threads says so of its own loop");
    measure(&(struct model_plan){.shape = {.threads = 2, .unstarted = 2}});
    TAP_INT(policy.driver.table.exit_latency_ns[2], DRIVER_NS,
            "a sibling in firmware's HLT: the driver's figure stays");
    TAP_OK(said[1][0] && said[0][0], "and the step says both");
    measure(&(struct model_plan){0});
    TAP_OK(is_c6() && !said[0][0] && !said[1][0], "without threads nothing is to say");
    measure(&(struct model_plan){.demoted_hint = 0x20});
    TAP_OK(policy.driver.table.exit_latency_ns[2] == DRIVER_NS && said[1][0] && !said[0][0], "a hint that ends in C1");
    check_residencies();
    check_around();
    return tap_done();
}
