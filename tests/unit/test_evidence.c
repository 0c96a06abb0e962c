/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: arch/x86/power/evidence.c arch/x86/power/power_model.c arch/x86/cpu/msr_save.c arch/x86/cpu/cpuid.c
// UNIT_EXTRA: arch/x86/cpu/features.c arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/power/amd_ports.c
// UNIT_EXTRA: tests/machine/model.c tests/machine/model_[ns]*.c tests/machine/models.c
// UNIT_EXTRA: arch/x86/cpu/topology.c
/*
 * The evidence beside a wait on model machines: each counter by its own name and register, and none that the processor
 * has not.
 */
#include "arch/x86/power/evidence.h"

#include "arch/x86/power/power_model.h"
#include "tests/machine/model.h"
#include "tests/unit/tap.h"

enum { NAP_MS = 10, TICKS_PER_MS = MODEL_TICKS_PER_NS * 1000 * 1000 };

static struct model_machine at;
static struct evidence evidence;
static uint64_t moved[EVIDENCE_COUNT];

/* One long sleep of all CPUs in that state, and what each counter made of it. */
static void sleep_on(const struct model *model, uint32_t hint)
{
    struct nap_state state = {NAP_MWAIT, hint};
    struct sample sample;
    struct nap nap = {.machine = &at.machine, .cpu = &at.cpus[0]};

    model_start(&at, model, &(struct model_plan){0});
    evidence = (struct evidence){0};
    memset(moved, 0, sizeof(moved));
    evidence_begin(&evidence, &at.machine, &at.cpus[0]);
    nap_open_state(&nap, &state, NAP_TIMER, NAP_OTHERS_SAME);
    evidence_read(&evidence, moved);
    nap_take(&nap, NAP_MS * TICKS_PER_MS, &sample);
    evidence_since(&evidence, moved);
}

static void sleep_in(const char *model, uint32_t hint)
{
    sleep_on(model_find(model), hint);
}

static bool has_slept(enum evidence_counter counter)
{
    return evidence_has(&evidence, counter) && moved[counter] > TICKS_PER_MS;
}

static void check_names(void)
{
    static const char *const names[EVIDENCE_COUNT] = {"smi", "aperf", "mperf", "core_cycles", "ref_cycles", "cc1",
                                                      "cc3", "cc6",   "cc7",   "mc6",         "pc2",        "pc3",
                                                      "pc6", "pc7",   "pc8",   "pc9",         "pc10"};

    for (unsigned i = 0; i < EVIDENCE_COUNT; i++)
        TAP_STR(evidence_name(i), names[i], names[i]);
}

/* 3FAh is another thing on each of the two. */
static void check_package(void)
{
    sleep_in("silvermont", 0x60);
    TAP_OK(has_slept(EVIDENCE_PC6) && !evidence_has(&evidence, EVIDENCE_PC7),
           "Silvermont counts package C6 at 3FAh, and has no C7");
    TAP_OK(has_slept(EVIDENCE_CC6) && evidence_has(&evidence, EVIDENCE_CC1) && !moved[EVIDENCE_CC1],
           "and core C6 and C1 where others do");
    TAP_OK(!evidence_has(&evidence, EVIDENCE_PC2) && !evidence_has(&evidence, EVIDENCE_CC3),
           "what it has not is left out");
    TAP_OK(has_slept(EVIDENCE_MC6), "and its modules' C6");
    sleep_in("alder_lake", 0x40);
    TAP_OK(has_slept(EVIDENCE_PC8) && !moved[EVIDENCE_PC10] && !evidence_has(&evidence, EVIDENCE_PC9) &&
               !evidence_has(&evidence, EVIDENCE_MC6),
           "Alder Lake counts package C8; it has no counter of C9, nor of modules");
    sleep_in("alder_lake", 0x60);
    TAP_OK(has_slept(EVIDENCE_PC10) && !moved[EVIDENCE_PC8], "and C10");
    sleep_in("haswell", 0x32);
    TAP_OK(has_slept(EVIDENCE_PC7) && has_slept(EVIDENCE_CC7) && !moved[EVIDENCE_PC6],
           "Haswell counts package C7 there");
    sleep_in("zen3", 0);
    TAP_OK(evidence_has(&evidence, EVIDENCE_MPERF) && !(evidence.readable >> EVIDENCE_CC1), "AMD has no residencies");
}

/* Knights Landing counts every 1024th clock: so do its APERF and MPERF. */
static void check_coarse_clock(void)
{
    struct model knl = *model_find("haswell");
    uint64_t aperf, mperf;

    sleep_on(&knl, 0x32);
    aperf = moved[EVIDENCE_APERF], mperf = moved[EVIDENCE_MPERF];
    knl.signature = 0x50671;
    knl.clock_shift = 10;
    sleep_on(&knl, 0x32);
    TAP_OK(mperf > 1024 && moved[EVIDENCE_MPERF] > mperf / 2 && moved[EVIDENCE_MPERF] < mperf * 2, "MPERF in clocks");
    TAP_OK(moved[EVIDENCE_APERF] > aperf / 2 && moved[EVIDENCE_APERF] < aperf * 2, "APERF in clocks");
}

/* SDM volume 4, the tables of Silvermont, Airmont, Goldmont and Xeon Phi; Linux, arch/x86/events/intel/cstate.c. */
static void check_registers(void)
{
    static const struct {
        uint8_t model;
        enum residency counter;
        uint32_t msr;
    } facts[] = {
        {0x37, RESIDENCY_PC6, 0x3fa}, {0x4d, RESIDENCY_PC6, 0x3fa}, {0x4c, RESIDENCY_PC6, 0x3fa},
        {0x5c, RESIDENCY_PC6, 0x3f9}, {0x57, RESIDENCY_CC6, 0x3ff}, {0x55, RESIDENCY_PC6, 0x3f9},
        {0x4d, RESIDENCY_CC1, 0x660}, {0x4c, RESIDENCY_CC1, 0x660}, {0x5c, RESIDENCY_CC1, 0x660},
        {0x57, RESIDENCY_PC2, 0x60d}, {0x3c, RESIDENCY_PC7, 0x3fa}, {0x9c, RESIDENCY_PC10, 0x632},
    };

    for (unsigned i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct cpu_snapshot snapshot = {.vendor = CPU_VENDOR_INTEL, .family = 6, .model = facts[i].model};
        const struct power_model *model = power_model_of(&snapshot);
        char name[48];

        snprintf(name, sizeof(name), "model %02x: %s", facts[i].model, residency_name(facts[i].counter));
        TAP_INT(residency_counters(model) >> facts[i].counter & 1, 1, name);
        TAP_INT(residency_msr(model, facts[i].counter), facts[i].msr, name);
    }
    TAP_INT(residency_counters(NULL) >> RESIDENCY_PC7 & 1, 0, "3FAh of an unknown model is not tried");
}

int main(void)
{
    check_names();
    check_package();
    check_coarse_clock();
    check_registers();
    return tap_done();
}
