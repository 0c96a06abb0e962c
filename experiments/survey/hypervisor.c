/* SPDX-License-Identifier: MIT */
/* What `survey` says about the hypervisor: its name, what it offers, and whether that works. */
#include "arch/x86/hv/xen.h"
#include "experiments/survey/parts.h"
#include "lib/fmt.h"
#include "lib/infer/apic_bus.h"
#include "lib/text.h"

enum {
    TEXT_BYTES = 192,
    WRITE_TRIES = 200,
    FLAG_STABLE = 1 << 0,
    FLAG_STOPPED = 1 << 1, /* the host stopped the guest: pvclock-abi.h, PVCLOCK_GUEST_STOPPED */
};

/* The host's first write holds all time stolen before; it comes at the next VM entry, which CPUID brings about. */
static bool is_written(const struct hv_info *hv, const volatile struct steal_area *area)
{
    for (unsigned i = 0; i < WRITE_TRIES && !steal_is_written(hv, area); i++)
        (void)cpuid(0, 0);
    return steal_is_written(hv, area);
}

void survey_begin_paravirtual(const struct step *step, struct survey_paravirtual *paravirtual)
{
    const struct hv_info *hv = &step->machine->hv;

    paravirtual->clock_tsc_hz = kvm_clock_tsc_hz(hv, &paravirtual->clock_area, &paravirtual->clock);
    paravirtual->steal_offered = steal_is_told(hv);
    paravirtual->steal_counts = steal_enable(hv, &paravirtual->steal_area) &&
                                is_written(hv, &paravirtual->steal_area) &&
                                steal_ns(hv, &paravirtual->steal_area, &paravirtual->steal_ns);
}

void survey_end_paravirtual(const struct step *step, struct survey_paravirtual *paravirtual)
{
    const struct hv_info *hv = &step->machine->hv;
    uint64_t ns = paravirtual->steal_ns;

    if (paravirtual->steal_counts)
        paravirtual->steal_counts = steal_ns(hv, &paravirtual->steal_area, &paravirtual->steal_ns);
    paravirtual->steal_ns -= ns;
    steal_disable(hv);
}

/* "KVMKVMKVM at 40000000h to 40000001h": the last leaf as stated; 0 stands for base + 1. */
static void report_signatures(struct step *step)
{
    const struct hv_info *hv = &step->machine->hv;

    for (uint32_t i = 0; i < hv->signature_count; i++) {
        const struct hv_signature *s = &hv->signatures[i];
        char text[64];

        fmt(text, sizeof(text), "%s at %xh to %xh", s->text, s->base, s->highest ? s->highest : s->base + 1);
        result_env(step, "hypervisor_signature", text);
    }
}

static void report_words(struct step *step, const char *key, uint32_t bits, const char *(*name)(uint32_t bit))
{
    char words[SURVEY_WORDS_BYTES] = "";

    for (uint32_t bit = 0; bit < 32; bit++)
        if (((bits >> bit) & 1) && name(bit))
            text_list(words, sizeof(words), " ", name(bit));
    result_env(step, key, words[0] ? words : "none");
}

static void report_kvm_clock(struct step *step, const struct survey_paravirtual *paravirtual)
{
    const struct hv_info *hv = &step->machine->hv;
    char text[TEXT_BYTES];

    if (!paravirtual->clock_tsc_hz) {
        result_env(step, "kvmclock", "none");
        return;
    }
    fmt(text, sizeof(text), "TSC at %lu Hz, %ld ppm from the rate in use; stable: %s%s%s", paravirtual->clock_tsc_hz,
        clock_ppm(&step->machine->clock, TSC_SOURCE_KVMCLOCK),
        paravirtual->clock.flags & FLAG_STABLE ? "flag" : "no flag",
        kvm_has(hv, KVM_FEATURE_CLOCKSOURCE_STABLE) ? ", feature bit" : ", no feature bit",
        paravirtual->clock.flags & FLAG_STOPPED ? "; the host had stopped this CPU" : "");
    result_env(step, "kvmclock", text);
}

static void report_steal(struct step *step, const struct survey_paravirtual *paravirtual)
{
    if (paravirtual->steal_counts)
        result_env_uint(step, "steal_time_ns", paravirtual->steal_ns);
    else
        result_env(step, "steal_time", paravirtual->steal_offered ? "silent" : "not offered");
}

/* The APIC's count register runs at 1 GHz where KVM or QEMU counts for it, and on no known board. */
static void report_apic_bus(struct step *step)
{
    const struct apic_timer *timer = &step->machine->timer;
    int64_t bound_ppm;

    if (!apic_bus_is_virtual(timer->hz, timer->bound_ppb, &bound_ppm))
        return;
    result_say(step, "apic_bus", step->machine->hv.bit ? CONFIDENCE_HIGH : CONFIDENCE_MEDIUM,
               "the APIC timer counts at 1.000 GHz within %ld ppm: KVM's and QEMU's default, no known board's",
               bound_ppm);
}

/* Where stamps are exits, it is the guest's configuration that makes them so, or a host without an invariant TSC. */
static void report_xen(struct step *step)
{
    const struct hv_info *hv = &step->machine->hv;

    report_words(step, "xen_features", hv->xen_features, xen_feature_name);
    result_env_uint(step, "xen_tsc_mode", hv->xen_tsc_mode);
    if (hv->xen_tsc_emulated)
        result_say(step, "tsc_mode", CONFIDENCE_HIGH,
                   "Xen answers RDTSC itself (tsc_mode %u): each stamp is an exit; tsc_mode=\"native\" in the "
                   "guest's configuration leaves it to the processor",
                   hv->xen_tsc_mode);
}

void survey_report_hypervisor(struct step *step, const struct survey *survey)
{
    const struct hv_info *hv = &step->machine->hv;

    result_env(step, "hypervisor", hv_name(hv->kind));
    result_env(step, "hypervisor_evidence", hv->evidence);
    result_env_uint(step, "emulator", hv->emulator);
    report_signatures(step);
    report_apic_bus(step);
    if (hv->xen_base)
        report_xen(step);
    if (hv->kvm_base) {
        report_words(step, "kvm_features", hv->kvm_features, kvm_feature_name);
        report_words(step, "kvm_hints", hv->kvm_hints, kvm_hint_name);
        report_kvm_clock(step, &survey->paravirtual);
    }
    if (hv->kvm_base || hv->xen_base)
        report_steal(step, &survey->paravirtual);
}
