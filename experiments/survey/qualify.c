/* SPDX-License-Identifier: MIT */
/* What qualifies every figure of the log, in words: `survey` says it first. */
#include "arch/x86/cpu/features.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/idle/errata.h"
#include "arch/x86/idle/monitor_switch.h"
#include "arch/x86/time/sync.h"
#include "experiments/survey/parts.h"

#define MSR_IA32_ARCH_CAPABILITIES     0x10A
#define ARCH_CAPABILITIES_IGN_UMONITOR (UINT64_C(1) << 29)
#define MSR_IA32_MCU_OPT_CTRL          0x123

enum { PERIODIC_LIMIT_PPM = 100000, BOUND_POOR_PPM = 1000 };

/* Whether a monitor can be trusted, before any figure of it. */
static void report_monitor(struct step *step)
{
    const struct cpu_snapshot *cpu = &step->machine->snapshot;
    uint64_t capabilities = 0, control = 0;

    if (cpu_has(cpu, CPUID_ARCH_CAPABILITIES) && msr_read(MSR_IA32_ARCH_CAPABILITIES, &capabilities) &&
        (capabilities & ARCH_CAPABILITIES_IGN_UMONITOR))
        msr_read(MSR_IA32_MCU_OPT_CTRL, &control);
    if (errata_umonitor_ignored(control))
        result_finding(step, "umonitor_ignored", CONFIDENCE_NONE,
                       "IA32_MCU_OPT_CTRL[6]: UMONITOR is a no-op, UMWAIT returns at once");
    if (cpu_has(cpu, CPUID_WAITPKG))
        result_cpu_uint(step, "monitor_mitg_no", cpu_has(cpu, CPUID_MONITOR_MITG_NO));
    if (!hv_is_guest(&step->machine->hv) && !cpu_has(cpu, CPUID_MONITOR) && monitor_switch_read(cpu) == MONITOR_OFF)
        result_say(step, "monitor_off", CONFIDENCE_NONE, "firmware has switched MONITOR and MWAIT off (%s)",
                   monitor_switch_name(cpu));
    if (errata_flush_before_monitor(cpu))
        result_finding(step, "monitor_clflush", CONFIDENCE_NONE,
                       "erratum MONITOR_CLFLUSH: the line is flushed before each MONITOR");
    if (errata_monitor_loses_stores(cpu))
        result_finding(step, "monitor_lost", CONFIDENCE_NONE,
                       "erratum MONITOR_LOST: a store may not end MWAIT on this model");
}

/* What may hang the machine or stop its timer, before any experiment comes near it. */
static void report_hazards(struct step *step)
{
    const struct cpu_snapshot *cpu = &step->machine->snapshot;
    uint64_t pending = 0;

    if (hv_is_guest(&step->machine->hv))
        return;
    if (errata_rapid_c6(cpu))
        result_finding(step, "rapid_c6", CONFIDENCE_NONE,
                       "erratum RAPID_C6: with Hyper-Threading on, rapid C3 and C6 may hang this model: leave cstate, "
                       "breakeven and deep hints out, or turn Hyper-Threading off");
    if (errata_ryzen_idle(cpu))
        result_finding(step, "ryzen_idle", CONFIDENCE_NONE,
                       "erratum RYZEN_IDLE: this model may freeze in deep idle; in the BIOS: power supply idle control "
                       "'typical current'");
    if (errata_has_amd_e400(cpu) && msr_read(MSR_AMD_INT_PENDING, &pending) && (pending & AMD_INT_PENDING_C1E))
        result_finding(step, "c1e_amd", CONFIDENCE_NONE,
                       "erratum AMD_E400: C1E is on, so the APIC timer stops when all cores halt: a wake by timer may "
                       "be late or lost; turn C1E off in the BIOS");
}

/* How well the TSC's frequency is known, and whose word on it is not believed, or believed although it is wrong. */
static void report_frequency(struct step *step)
{
    const struct clock *clock = &step->machine->clock;
    const struct tsc_reference *used = &clock->references[clock->source],
                               *said = &clock->references[clock->disbelieved],
                               *against = &clock->references[clock->against_wish];

    if (clock->source == TSC_SOURCE_NONE)
        result_finding(step, "tsc_unknown", CONFIDENCE_NONE,
                       "no source tells the TSC frequency: 1 GHz is assumed, ns are meaningless");
    if (used->bound_ppm > BOUND_POOR_PPM)
        result_say(
            step, "tsc_imprecise", CONFIDENCE_NONE,
            "the TSC's frequency is known to %u ppm only, by the %s: all ns may be off by as much; tsc_hz= states it",
            used->bound_ppm, tsc_source_name(clock->source));
    if (clock->disbelieved && !step->machine->hv.emulator)
        result_say(step, "tsc_stated_wrong", CONFIDENCE_NONE,
                   "%s states a TSC of %lu Hz, %ld ppm from the one in use: a measured clock contradicts it",
                   tsc_source_name(clock->disbelieved), said->hz, clock_ppm(clock, clock->disbelieved));
    if (clock->against_wish)
        result_say(
            step, "tsc_wish_wrong", CONFIDENCE_NONE,
            "tsc_hz=%lu is believed, but the %s says %lu Hz with a bound of %u ppm: all ns are off by that ratio",
            clock->tsc_hz, tsc_source_name(clock->against_wish), against->hz, against->bound_ppm);
}

/* The first CPU whose IA32_TSC_ADJUST is another one's than CPU 0's. */
static void report_adjust(struct step *step)
{
    const struct machine *machine = step->machine;
    uint32_t i = 1;

    if (tsc_adjust_kind(machine) != TSC_ADJUST_DIFFERS)
        return;
    while (machine->cpus[i]->tsc_adjust == machine->cpus[0]->tsc_adjust)
        i++;
    result_say(step, "tsc_adjust", CONFIDENCE_NONE,
               "firmware set TSC_ADJUST of CPU %u to %ld and CPU 0's to %ld: that is an offset of %ld ticks%s", i,
               machine->cpus[i]->tsc_adjust, machine->cpus[0]->tsc_adjust,
               machine->cpus[i]->tsc_adjust - machine->cpus[0]->tsc_adjust,
               machine->tsc_adjust_equal ? "; all have CPU 0's now" : "; tsc_adjust=equal takes it away");
}

/* What the command line asked for and this machine does not have. */
static void report_wishes(struct step *step)
{
    const struct machine *machine = step->machine;

    if (machine->apic_wish == APIC_MODE_XAPIC && machine->apic.x2apic)
        result_finding(step, "wish_unmet", CONFIDENCE_NONE,
                       "apic=xapic was asked for; the machine was handed over in x2APIC mode and stays in it");
    if (machine->apic_wish == APIC_MODE_X2APIC && !machine->apic.x2apic)
        result_finding(step, "wish_unmet", CONFIDENCE_NONE,
                       "apic=x2apic was asked for; the CPU has no x2APIC mode (CPUID.01H:ECX[21])");
    if (machine->wants_deadline && machine->timer.one_shot != APIC_TIMER_DEADLINE)
        result_finding(
            step, "wish_unmet", CONFIDENCE_NONE,
            "timer=deadline was asked for; the CPU has no TSC-deadline mode, or it is untrue: one-shot mode is used");
}

/* What the firmware was still at when it handed the machine over. */
static void report_left_over(struct step *step)
{
    const struct apic *apic = &step->machine->apic;
    uint32_t pic = step->machine->pic_in_service;

    if (pic || apic->found_in_service || apic->found_requested)
        result_say(
            step, "left_over", CONFIDENCE_NONE,
            "firmware left interrupts: in service %u of the 8259s and %u of the local APIC, pending %u; all were "
            "ended",
            pic, apic->found_in_service, apic->found_requested);
    if (apic_thermal_is_smi(apic))
        result_finding(step, "thermal_smi", CONFIDENCE_NONE,
                       "the firmware handles heat by an SMI on each CPU (LVT thermal): it stays so, and may interrupt "
                       "any measurement on a hot machine");
}

/* Errors from before this boot. */
static void report_machine_checks(struct step *step)
{
    const struct machine_check_list *found = &step->machine->machine_checks.found;

    for (uint32_t i = 0; i < found->count && i < MACHINE_CHECKS_MAX; i++) {
        const struct machine_check_bank *bank = &found->banks[i];

        result_write(step, "t:%s at:%s cpu:%u cpus:%u bank:%u status:%lx addr:%lx misc:%lx", "mce", "boot",
                     bank->cpu->index, bank->cpus, bank->bank, bank->status, bank->addr, bank->misc);
    }
    if (found->count)
        result_say(step, "mce_found", CONFIDENCE_NONE,
                   "%u machine check banks held errors from before this boot (records mce); they were cleared",
                   found->count);
}

/* The CPU on which LFENCE serialises least: that is what a stamp can count on. */
static void report_lfence(struct step *step)
{
    const struct machine *machine = step->machine;
    enum lfence_kind worst = machine->cpus[0]->lfence;

    for (uint32_t i = 1; i < machine->cpu_count; i++)
        if (machine->cpus[i]->lfence > worst)
            worst = machine->cpus[i]->lfence;
    result_cpu(step, "lfence", lfence_kind_name(worst));
    if (worst == LFENCE_NO)
        result_finding(step, "lfence_weak", CONFIDENCE_NONE,
                       "MSRC001_1029[1] does not stay set: LFENCE does not serialise, stamps may move");
}

void survey_report_qualities(struct step *step)
{
    const struct machine *machine = step->machine;
    const struct clock *clock = &machine->clock;

    if (machine->hv.emulator)
        result_finding(step, "emulated", CONFIDENCE_NONE, "an emulator runs this: times show function, not hardware");
    if (!clock->invariant)
        result_finding(step, "tsc_not_invariant", CONFIDENCE_NONE,
                       "CPUID.80000007H:EDX[8] is clear: the TSC may change its rate or stop");
    report_frequency(step);
    if (machine->cpu_count > 1 && !clock->offsets_known)
        result_finding(step, "tsc_unstable", CONFIDENCE_NONE,
                       "the TSC offset between CPUs is not constant or could not be measured");
    else if (!clock->synchronised)
        result_finding(step, "tsc_offset", CONFIDENCE_NONE,
                       "the TSCs are not synchronised: stamps of two CPUs are corrected by the offset");
    if (machine->timer.periodic_error_ppm > PERIODIC_LIMIT_PPM)
        result_say(step, "apic_periodic", CONFIDENCE_NONE, "ticks of the APIC timer, 8 periods of 1 ms: %s",
                   apic_periodic_name(machine->timer.periodic));
    if (!cpu_has(&machine->snapshot, CPUID_NX))
        result_finding(step, "nx_off", CONFIDENCE_NONE,
                       "the processor has no NX, or it cannot be switched on: a jump into data does not fault");
    report_adjust(step);
    report_wishes(step);
    report_left_over(step);
    report_machine_checks(step);
    report_lfence(step);
    survey_report_deadline(step);
    report_monitor(step);
    report_hazards(step);
    survey_report_watchdog(step);
}
