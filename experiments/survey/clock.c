/* SPDX-License-Identifier: MIT */
/* What `survey` says about the clocks: the TSC with every reference, offsets, timers. */
#include "experiments/survey/parts.h"

#include "arch/x86/time/sync.h"

static void report_references(struct step *step)
{
    const struct clock *clock = &step->machine->clock;

    for (unsigned source = 1; source < TSC_SOURCE_COUNT; source++) {
        const struct tsc_reference *reference = &clock->references[source];

        if (reference->hz)
            result_write(step, "t:%s k:%s ref:%s v:%lu ppm:%ld bound_ppm:%u", "cal", "tsc_ref", tsc_source_name(source),
                         reference->hz, clock_ppm(clock, source), reference->bound_ppm);
    }
}

static void report_offsets(struct step *step)
{
    for (uint32_t i = 1; i < step->machine->cpu_count; i++) {
        const struct percpu *cpu = step->machine->cpus[i];

        result_write(step, "t:%s k:%s cpu:%u v:%ld bound:%lu", "cal", "tsc_offset", i, cpu->tsc_offset,
                     cpu->tsc_offset_bound);
    }
}

/* What firmware left in IA32_TSC_ADJUST, and of whom it is not zero. */
static void report_adjust(struct step *step)
{
    result_env(step, "tsc_adjust", tsc_adjust_kind_name(tsc_adjust_kind(step->machine)));
    for (uint32_t i = 0; i < step->machine->cpu_count; i++) {
        int64_t value = step->machine->cpus[i]->tsc_adjust;

        if (value)
            result_write(step, "t:%s k:%s cpu:%u v:%ld", "cal", "tsc_adjust", i, value);
    }
}

static void report_timer(struct step *step)
{
    const struct apic_timer *timer = &step->machine->timer;
    const struct deadline_check *check = &timer->check;

    result_write(step, "t:%s k:%s v:%lu mode:%s bound_ppb:%u", "cal", "apic_timer_hz", timer->hz,
                 timer->one_shot == APIC_TIMER_DEADLINE ? "deadline" : "oneshot", timer->bound_ppb);
    if (check->cpus)
        result_write(step, "t:%s k:%s cpus:%u untrue:%u early:%u late:%u lost:%u us:%lu", "cal", "deadline_check",
                     check->cpus, check->untrue, check->tries.early, check->tries.late, check->tries.lost,
                     check->took_us);
    if (timer->periodic_error_ppm != UINT64_MAX)
        result_write(step, "t:%s k:%s v:%lu src:%s", "cal", "apic_timer_periodic_ppm", timer->periodic_error_ppm,
                     "tsc");
}

void survey_report_clocks(struct step *step)
{
    const struct machine *machine = step->machine;
    const struct clock *clock = &machine->clock;

    result_write(step, "t:%s k:%s v:%lu src:%s", "cal", "tsc_hz", clock->tsc_hz, tsc_source_name(clock->source));
    report_references(step);
    report_offsets(step);
    report_adjust(step);
    result_write(step, "t:%s k:%s min:%lu p50:%lu n:%u", "cal", "tsc_read", clock->read_min_tsc, clock->read_p50_tsc,
                 clock->read_count);
    result_write(step, "t:%s k:%s v:%u mode:%ld p50:%ld n:%u", "cal", "tsc_step", clock->step.step_tsc,
                 clock->step.mode_tsc, clock->step.p50_tsc, clock->step.n);
    report_timer(step);
    result_env(step, "apic", machine->apic.x2apic ? "x2apic" : "xapic");
    result_env(step, "apic_found", machine->apic.found_x2apic ? "x2apic" : machine->apic.found_on ? "xapic" : "off");
    result_write(step, "t:%s k:%s pic:%u in_service:%u requested:%u thermal:%x", "cal", "left_over",
                 machine->pic_in_service, machine->apic.found_in_service, machine->apic.found_requested,
                 machine->apic.thermal);
    if (machine->acpi.dmar.present)
        result_env_uint(step, "dmar_flags", machine->acpi.dmar.flags);
    result_env_uint(step, "cpus_start_us", machine->smp_start_us);
}
