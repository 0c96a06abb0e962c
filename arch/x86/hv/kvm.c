/* SPDX-License-Identifier: MIT */
#include "arch/x86/hv/kvm.h"

#include "arch/x86/insn.h"

enum {
    COPY_TRIES = 1000, /* the host writes an area in less than a microsecond, and rarely */
};

const char *kvm_feature_name(uint32_t bit)
{
    static const char *const names[32] = {
        [KVM_FEATURE_CLOCKSOURCE] = "clocksource",
        [KVM_FEATURE_NOP_IO_DELAY] = "nop-io-delay",
        [KVM_FEATURE_MMU_OP] = "mmu-op",
        [KVM_FEATURE_CLOCKSOURCE2] = "clocksource2",
        [KVM_FEATURE_ASYNC_PF] = "async-pf",
        [KVM_FEATURE_STEAL_TIME] = "steal-time",
        [KVM_FEATURE_PV_EOI] = "pv-eoi",
        [KVM_FEATURE_PV_UNHALT] = "pv-unhalt",
        [KVM_FEATURE_PV_TLB_FLUSH] = "pv-tlb-flush",
        [KVM_FEATURE_ASYNC_PF_VMEXIT] = "async-pf-vmexit",
        [KVM_FEATURE_PV_SEND_IPI] = "pv-ipi",
        [KVM_FEATURE_POLL_CONTROL] = "poll-control",
        [KVM_FEATURE_PV_SCHED_YIELD] = "pv-sched-yield",
        [KVM_FEATURE_ASYNC_PF_INT] = "async-pf-int",
        [KVM_FEATURE_MSI_EXT_DEST_ID] = "msi-ext-dest-id",
        [KVM_FEATURE_HC_MAP_GPA_RANGE] = "map-gpa-range",
        [KVM_FEATURE_MIGRATION_CONTROL] = "migration-control",
        [KVM_FEATURE_CLOCKSOURCE_STABLE] = "clocksource-stable",
    };
    return bit < 32 ? names[bit] : NULL;
}

const char *kvm_hint_name(uint32_t bit)
{
    return bit == KVM_HINT_REALTIME ? "realtime" : NULL;
}

/*
 * The host turns ticks into ns by ((ticks << shift) * mul) >> 32, so Hz = 10^9 * 2^32 / mul, shifted the other way.
 * 10^9 * 2^32 is 4.3e18 and fits; a shift that would push bits out makes no sense for any real frequency. The real
 * frequency is within 2^-31 of the result, because mul has its top bit set in all that KVM writes.
 */
uint64_t pvclock_tsc_hz(uint32_t tsc_to_system_mul, int8_t tsc_shift)
{
    uint64_t scaled;

    if (tsc_to_system_mul == 0 || tsc_shift < -31 || tsc_shift > 31)
        return 0;
    scaled = (UINT64_C(1000000000) << 32) / tsc_to_system_mul;
    if (tsc_shift >= 0)
        return scaled >> tsc_shift;
    if (scaled > (UINT64_MAX >> -tsc_shift))
        return 0;
    return scaled << -tsc_shift;
}

/* The host makes the version odd, writes, makes it even: a copy between two equal even versions is whole. */
bool pvclock_copy(const volatile struct pvclock_time *area, struct pvclock_time *copy)
{
    for (int i = 0; i < COPY_TRIES; i++) {
        uint32_t version = area->version;
        lfence();
        copy->version = version;
        copy->tsc_timestamp = area->tsc_timestamp;
        copy->system_time_ns = area->system_time_ns;
        copy->tsc_to_system_mul = area->tsc_to_system_mul;
        copy->tsc_shift = area->tsc_shift;
        copy->flags = area->flags;
        lfence();
        if (version != 0 && (version & 1) == 0 && area->version == version)
            return true;
        pause();
    }
    return false;
}

bool kvm_steal_ns(const volatile struct kvm_steal_time *area, uint64_t *steal_ns)
{
    for (int i = 0; i < COPY_TRIES; i++) {
        uint32_t version = area->version;
        uint64_t value;

        lfence();
        value = area->steal_ns;
        lfence();
        if ((version & 1) == 0 && area->version == version) {
            *steal_ns = value;
            return true;
        }
        pause();
    }
    return false;
}
