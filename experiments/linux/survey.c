/* SPDX-License-Identifier: MIT */
/*
 * Question: on what does all this run, inside Linux?
 * Method: what the kernel says of itself (uname, /proc, /sys) and of the thread (affinity, scheduling class, timer
 *   slack, locked memory), CPUID of each CPU, TSC offsets with their bounds, the idle states and their limits.
 * Confounders: the kernel's word is taken as it is; what cannot be read is left out.
 * Always the first step, as on metal.
 */
#include <sched.h>
#include <sys/prctl.h>
#include <sys/utsname.h>

#include "arch/linux/os.h"
#include "arch/x86/cpu/features.h"
#include "experiments/kit/experiment.h"
#include "experiments/kit/identity.h"
#include "experiments/kit/kinds.h"
#include "experiments/kit/results.h"
#include "lib/cstring.h"
#include "lib/fmt.h"

enum { TEXT_BYTES = 512, PATH_BYTES = 96 };

#define CPU_ROOT "/sys/devices/system/cpu/"

static const char *survey_prepare(struct step *step)
{
    step->total = 1;
    return NULL;
}

static void survey_batch(struct step *step)
{
    step->done = 1;
    step->complete = true;
}

static void report_file(struct step *step, const char *key, const char *path)
{
    char text[TEXT_BYTES];

    if (os_read_text(path, text, sizeof(text)))
        result_env(step, key, text);
}

static void report_kernel(struct step *step)
{
    static const char *const classes[] = {[SCHED_OTHER] = "other",
                                          [SCHED_FIFO] = "fifo",
                                          [SCHED_RR] = "rr",
                                          [SCHED_BATCH] = "batch",
                                          [SCHED_IDLE] = "idle"};
    int class = sched_getscheduler(0);
    struct sched_param param = {0};
    struct utsname name;

    uname(&name);
    result_env(step, "ring", "3");
    result_env(step, "os", name.sysname);
    result_env(step, "kernel", name.release);
    result_env(step, "kernel_build", name.version);
    report_file(step, "kernel_cmdline", "/proc/cmdline");
    report_file(step, "load", "/proc/loadavg");
    report_file(step, "clocksource", "/sys/devices/system/clocksource/clocksource0/current_clocksource");
    sched_getparam(0, &param);
    result_env(step, "sched", class >= 0 && class <= SCHED_IDLE && classes[class] ? classes[class] : "unknown");
    result_env_uint(step, "sched_priority", (uint64_t)param.sched_priority);
    result_env_uint(step, "timer_slack_ns", (uint64_t)prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    result_env(step, "memory_locked", step->machine->cpus[0]->os->memory_locked ? "yes" : "no");
}

/* CPU of the log to CPU of Linux, and where it stands. */
static void report_cpus(struct step *step)
{
    const struct machine *machine = step->machine;
    char list[TEXT_BYTES] = "";
    size_t used = 0;

    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        const struct percpu *cpu = machine->cpus[i];

        if (used < sizeof(list))
            used += fmt(list + used, sizeof(list) - used, i ? ",%u" : "%u", (unsigned)cpu->os->number);
        result_write(step, "t:%s cpu:%u apic:%u pkg:%u core:%u smt:%u type:%s", "cpu", i, cpu->apic_id,
                     cpu->place.package, cpu->place.core, cpu->place.thread,
                     cpu_core_type(machine_cpuid(machine, cpu)));
    }
    result_env(step, "linux_cpus", list);
    report_file(step, "cpus_online", CPU_ROOT "online");
    report_file(step, "cpus_isolated", CPU_ROOT "isolated");
    report_file(step, "cpus_nohz_full", CPU_ROOT "nohz_full");
    report_file(step, "smt", CPU_ROOT "smt/control");
}

static void report_power(struct step *step)
{
    char path[PATH_BYTES];
    unsigned number = (unsigned)step->machine->cpus[0]->os->number;

    report_file(step, "cpuidle_driver", CPU_ROOT "cpuidle/current_driver");
    result_env(step, "cpuidle_trace", step->machine->cpus[0]->os->idle_trace > 0 ? "yes" : "no");
    report_file(step, "cpuidle_governor", CPU_ROOT "cpuidle/current_governor_ro");
    fmt(path, sizeof(path), CPU_ROOT "cpu%u/cpufreq/scaling_driver", number);
    report_file(step, "cpufreq_driver", path);
    fmt(path, sizeof(path), CPU_ROOT "cpu%u/cpufreq/scaling_governor", number);
    report_file(step, "cpufreq_governor", path);
    fmt(path, sizeof(path), CPU_ROOT "cpu%u/power/pm_qos_resume_latency_us", number);
    report_file(step, "resume_latency_us", path);
    report_file(step, "umwait_max_time", CPU_ROOT "umwait_control/max_time");
    report_file(step, "umwait_c02", CPU_ROOT "umwait_control/enable_c02");
    report_file(step, "haltpoll_ns", "/sys/module/haltpoll/parameters/guest_halt_poll_ns");
}

/* The kernel's table of idle states, a record each, deepest last. */
static void report_states(struct step *step)
{
    const struct percpu *cpu = step->machine->cpus[0];

    for (uint32_t i = 0; i < cpu->os->idle_states; i++) {
        uint64_t exit_us, target_us, off;
        char name[32];

        os_idle_name(cpu, i, name, sizeof(name));
        os_idle_number(cpu, i, "latency", &exit_us);
        os_idle_number(cpu, i, "residency", &target_us);
        os_idle_number(cpu, i, "disable", &off);
        result_write(step, "t:%s k:%s state:%u name:%s us:%lu target_us:%lu off:%lu", "cpu", "linux_cstate", i, name,
                     exit_us, target_us, off);
    }
    if (!cpu->os->idle_states)
        result_finding(step, "no_cpuidle", CONFIDENCE_NONE,
                       "no cpuidle is to be seen in /sys: which state a sleep was in is not known");
}

static void report_processor(struct step *step)
{
    const struct cpu_snapshot *cpu = &step->machine->snapshot;
    const struct hv_info *hv = &step->machine->hv;
    char words[TEXT_BYTES] = "";
    const struct cpu_feature *feature;
    size_t used = 0;

    identity_emit(step->results->stream, step->machine);
    for (uint32_t i = 0; (feature = cpu_feature_at(i)) != NULL; i++)
        if (cpu_has(cpu, feature->field) && used < sizeof(words))
            used += fmt(words + used, sizeof(words) - used, used ? " %s" : "%s", feature->name);
    result_cpu(step, "features", words);
    result_cpu(step, "topology", topology_source_name(step->machine->topology.source));
    result_env(step, "hypervisor", hv_name(hv->kind));
    result_env(step, "hypervisor_evidence", hv->evidence);
    result_env_uint(step, "emulator", hv->emulator);
}

static void report_clock(struct step *step)
{
    const struct machine *machine = step->machine;
    const struct clock *clock = &machine->clock;

    result_write(step, "t:%s k:%s v:%lu src:%s", "cal", "tsc_hz", clock->tsc_hz, tsc_source_name(clock->source));
    result_write(step, "t:%s k:%s ref:%s v:%lu ppm:%d bound_ppm:%u", "cal", "tsc_ref", tsc_source_name(clock->source),
                 clock->tsc_hz, 0, clock->references[clock->source].bound_ppm);
    for (uint32_t i = 1; i < machine->cpu_count; i++)
        result_write(step, "t:%s k:%s cpu:%u v:%ld bound:%lu", "cal", "tsc_offset", i, machine->cpus[i]->tsc_offset,
                     machine->cpus[i]->tsc_offset_bound);
    result_write(step, "t:%s k:%s min:%lu p50:%lu n:%u", "cal", "tsc_read", clock->read_min_tsc, clock->read_p50_tsc,
                 clock->read_count);
    result_write(step, "t:%s k:%s v:%u mode:%ld p50:%ld n:%u", "cal", "tsc_step", clock->step.step_tsc,
                 clock->step.mode_tsc, clock->step.p50_tsc, clock->step.n);
}

static void survey_finish(struct step *step)
{
    report_kernel(step);
    report_processor(step);
    report_cpus(step);
    kinds_report(step);
    report_clock(step);
    report_power(step);
    report_states(step);
    identity_report_leaves(step);
    result_finding(step, "ring3", CONFIDENCE_NONE,
                   "measured inside Linux: interrupts and steal that end without a switch of threads leave no trace "
                   "and stay in the figures; what took the CPU away is rejected as preempted where the kernel counted "
                   "it");
    result_metric(step, "cpus", step->machine->cpu_count, "count");
}

static const struct experiment survey = {
    .spec = {.name = "survey"},
    .ring3 = true,
    .prepare = survey_prepare,
    .batch = survey_batch,
    .finish = survey_finish,
};
LAB_EXPERIMENT(survey);
