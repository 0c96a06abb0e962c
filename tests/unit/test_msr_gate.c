/* SPDX-License-Identifier: MIT */
// UNIT_EXTRA: arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c
// UNIT_EXTRA: arch/x86/power/msr_gate.c arch/x86/cpu/msr_save.c arch/x86/power/power_model.c arch/x86/cpu/cpuid.c
// UNIT_EXTRA: arch/x86/cpu/features.c arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/power/amd_ports.c
// UNIT_EXTRA: tests/machine/model.c tests/machine/model_[ns]*.c tests/machine/models.c arch/x86/cpu/topology.c
/*
 * The gate in front of register writes, against the machine model: what passes, what does not, and that all comes back.
 */
#include "arch/x86/power/msr_gate.h"

#include "arch/x86/cpu/msr.h"
#include "arch/x86/power/power_model.h"
#include "tests/machine/model.h"
#include "tests/unit/tap.h"

enum { POWER_CTL = 0x1fc, CST = 0xe2, C1E = 2, PREWAKE = 1 << 30, C1_DEMOTE = 1 << 26, PKG_DEMOTE = 1 << 29 };

static struct model_machine at;
static struct msr_saves saves;

static struct msr_gate begin(const char *model, const struct model_plan *plan)
{
    model_start(&at, model_find(model), plan);
    saves.count = 0;
    return (struct msr_gate){.snapshot = &at.machine.snapshot, .guest = plan->hypervisor};
}

static enum msr_change_end change(const struct msr_gate *gate, uint32_t msr, uint64_t mask, uint64_t value)
{
    struct msr_wish wish = {.msr = msr, .mask = mask, .value = value, .why = "test"};

    return msr_gate_change(gate, &saves, &wish).end;
}

static void check_change_and_back(void)
{
    struct msr_gate gate = begin("ice_lake_x", &(struct model_plan){0});

    TAP_INT(change(&gate, POWER_CTL, PREWAKE, PREWAKE), MSR_CHANGED, "prewake_changed");
    TAP_INT(model_register(&at, POWER_CTL), PREWAKE, "prewake_written");
    TAP_INT(change(&gate, POWER_CTL, PREWAKE, PREWAKE), MSR_SAME, "same_is_no_write");
    TAP_INT(change(&gate, POWER_CTL, C1E, C1E), MSR_CHANGED, "c1e_changed");
    TAP_INT(change(&gate, CST, C1_DEMOTE, 0), MSR_CHANGED, "demotion_changed");
    TAP_INT(msr_restore(&saves), 0, "all_restored");
    TAP_INT(model_register(&at, POWER_CTL), 0, "power_ctl_is_back");
    TAP_INT(model_register(&at, CST), 0x1e000002, "cst_control_is_back");
}

/* A register that answers when it is changed, and no longer when it should go back. */
static void check_lost(void)
{
    struct msr_gate gate = begin("ice_lake_x", &(struct model_plan){0});

    TAP_INT(change(&gate, POWER_CTL, PREWAKE, PREWAKE), MSR_CHANGED, "changed_before_it_is_lost");
    model_start(&at, model_find("zen3"), &(struct model_plan){0});
    TAP_INT(msr_restore(&saves), 1, "one_could_not_be_put_back");
    TAP_INT(saves.lost, 1, "and_is_remembered");
    TAP_INT(msr_restore(&saves), 0, "it_is_tried_once");
    TAP_INT(saves.lost, 1, "and_remembered_until_it_is_told");
}

/* A sleeper puts back what its method has changed, and leaves what the step had changed before. */
static void check_mark(void)
{
    struct msr_gate gate = begin("ice_lake_x", &(struct model_plan){0});

    change(&gate, POWER_CTL, PREWAKE, PREWAKE);
    change(&gate, CST, C1_DEMOTE, 0);
    TAP_INT(msr_restore_to(&saves, 1), 0, "from_a_mark_on");
    TAP_INT(model_register(&at, CST), 0x1e000002, "the_later_change_is_put_back");
    TAP_INT(model_register(&at, POWER_CTL), PREWAKE, "the_earlier_one_stays");
    TAP_INT(msr_restore(&saves), 0, "until_all_are");
    TAP_INT(model_register(&at, POWER_CTL), 0, "put_back");
}

/* The write of the old value is taken, and yet the register keeps the new one. */
static void check_stuck(void)
{
    struct msr_gate gate = begin("skylake_x", &(struct model_plan){0});

    TAP_INT(change(&gate, CST, 0xf, 2), MSR_CHANGED, "changed_before_it_sticks");
    at.plan.limit_sticks = true;
    TAP_INT(msr_restore(&saves), 1, "what_does_not_go_back_is_seen");
}

static void check_refusals(void)
{
    struct msr_gate gate = begin("skylake_x", &(struct model_plan){.limit_locked = true});

    TAP_INT(change(&gate, POWER_CTL, PREWAKE, PREWAKE), MSR_NOT_LISTED, "no_prewake_before_icx");
    TAP_INT(change(&gate, 0x1a0, 1, 1), MSR_NOT_LISTED, "a_register_that_is_not_listed");
    TAP_INT(change(&gate, CST, 0xf, 3), MSR_LOCKED, "the_lock_holds_the_limit");
    TAP_INT(change(&gate, CST, C1_DEMOTE, 0), MSR_CHANGED, "the_lock_does_not_hold_demotion");
    TAP_INT(change(&gate, CST, PKG_DEMOTE, PKG_DEMOTE), MSR_CHANGED, "package_demotion_where_the_manual_has_it");
    gate = begin("haswell", &(struct model_plan){0});
    TAP_INT(change(&gate, CST, PKG_DEMOTE, PKG_DEMOTE), MSR_NOT_LISTED, "and_not_on_a_haswell_client");
    gate = begin("skylake_x", &(struct model_plan){.limit_sticks = true});
    TAP_INT(change(&gate, CST, 0xf, 3), MSR_REFUSED, "a_value_that_does_not_stay");
    TAP_INT(saves.count, 0, "and_leaves_nothing_to_restore");
    gate = begin("goldmont_d", &(struct model_plan){0});
    TAP_INT(change(&gate, CST, C1_DEMOTE, C1_DEMOTE), MSR_NOT_LISTED, "no_demotion_bits_on_atom");
    gate = begin("zen3", &(struct model_plan){0});
    TAP_INT(change(&gate, POWER_CTL, C1E, C1E), MSR_NOT_LISTED, "no_intel_register_on_amd");
    TAP_INT(at.writes, 0, "nothing_was_written");
}

static void check_guest_and_dry_run(void)
{
    struct msr_gate gate = begin("ice_lake_x", &(struct model_plan){.hypervisor = true});
    struct msr_wish wish = {.msr = POWER_CTL, .mask = PREWAKE, .value = PREWAKE, .why = "test"};
    struct msr_outcome outcome;

    TAP_INT(change(&gate, POWER_CTL, C1E, C1E), MSR_GUEST, "nothing_under_a_hypervisor");
    gate.guest_writes = true;
    TAP_INT(change(&gate, POWER_CTL, C1E, C1E), MSR_CHANGED, "but_what_was_asked_for");
    gate = begin("ice_lake_x", &(struct model_plan){0});
    gate.dry_run = true;
    outcome = msr_gate_change(&gate, &saves, &wish);
    TAP_INT(outcome.end, MSR_DRY, "dry_run");
    TAP_INT(outcome.wanted, PREWAKE, "dry_run_says_the_new_value");
    TAP_INT(at.writes + saves.count, 0, "dry_run_writes_nothing");
}

/*
 * Each counter that the model has is on the list of its processor, at the number that the model's own table has, and
 * nothing else is.
 */
static void check_counters(void)
{
    for (unsigned i = 0; i < MODEL_COUNT; i++) {
        const struct model *model = &MODELS[i];
        const struct power_model *power;
        unsigned wanted = 0, found = 0, listed = 0;
        char name[64];

        begin(model->name, &(struct model_plan){0});
        power = power_model_of(&at.machine.snapshot);
        snprintf(name, sizeof(name), "counters_of_%s", model->name);
        if (!TAP_OK(!power == model->amd, name) || !power)
            continue;
        for (unsigned k = 0; k < MODEL_COUNTERS; k++) {
            wanted += model->counters[k].msr != 0;
            for (unsigned c = 0; c < RESIDENCY_COUNT && model->counters[k].msr; c++)
                found += (power->counters >> c & 1) && residency_msr(power, c) == model->counters[k].msr &&
                         residency_depth(c) == model->counters[k].depth;
        }
        for (unsigned c = 0; c < RESIDENCY_COUNT; c++)
            listed += power->counters >> c & 1;
        TAP_INT(found, wanted, name);
        TAP_INT(listed, wanted, name);
    }
}

/*
 * The whole register, with what turbostat calls its limit: four as published of machines, whose model is for two
 * the one that fits; the last two by turbostat's table.
 */
static void check_real_limits(void)
{
    static const struct {
        uint8_t model;
        uint64_t value;
        int depth;
        const char *name;
    } rows[] = {
        {0x2a, 0x1e008403, 6, "Sandy Bridge, pc6: locked, demotion and its end on"},
        {0x5e, 0x7e008006, 8, "Skylake (Xeon E3 v5), pc8"},
        {0x5e, 0x1e008008, LIMIT_NONE, "Skylake, unlimited"},
        {0x7e, 0x74008008, LIMIT_NONE, "Ice Lake, unlimited"},
        {0x55, 0x00008000, 0, "a server whose firmware forbids all, pc0"},
        {0x55, 0x00008403, 6, "Skylake-X, pc6r"},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cpu_snapshot cpu = {.vendor = CPU_VENDOR_INTEL, .family = 6, .model = rows[i].model};

        TAP_INT(power_limit_depth(power_model_of(&cpu), rows[i].value), rows[i].depth, rows[i].name);
    }
}

static void check_limits(void)
{
    static const uint8_t servers[] = {0x3f, 0x4f, 0x56};
    const struct power_model *power;

    begin("skylake_x", &(struct model_plan){0});
    power = power_model_of(&at.machine.snapshot);
    TAP_INT(power_limit_depth(power, 0x8402), 6, "skylake_x_limit_2");
    TAP_INT(power_limit_depth(power, 7), LIMIT_NONE, "skylake_x_limit_7");
    TAP_INT(power_limit_depth(power, 5), LIMIT_RESERVED, "skylake_x_limit_5");
    begin("alder_lake", &(struct model_plan){0});
    power = power_model_of(&at.machine.snapshot);
    TAP_INT(power_limit_depth(power, 8), LIMIT_NONE, "alder_lake_limit_8");
    TAP_INT(power_limit_depth(power, 6), 8, "alder_lake_limit_6");
    for (unsigned i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        struct cpu_snapshot cpu = {.vendor = CPU_VENDOR_INTEL, .family = 6, .model = servers[i]};

        power = power_model_of(&cpu);
        TAP_INT(power_limit_depth(power, 2), 6, "a server's limit 2 is C6 without retention, not the client's C3");
        TAP_INT(power_limit_depth(power, 3), 6, "its limit 3 is C6 with retention");
        TAP_INT(power_limit_depth(power, 7), LIMIT_NONE, "its limit 7 is none, not the client's C9");
        TAP_INT(power_limit_depth(power, 4), LIMIT_RESERVED, "its limit 4 is reserved");
    }
}

static void check_others(void)
{
    struct cpu_snapshot amd = {.vendor = CPU_VENDOR_AMD, .family = 6, .model = 0x55};

    TAP_OK(!power_model_of(&amd), "another vendor's processor of these numbers is not in the table");
}

int main(void)
{
    check_others();
    check_change_and_back();
    check_lost();
    check_mark();
    check_stuck();
    check_refusals();
    check_guest_and_dry_run();
    check_counters();
    check_limits();
    check_real_limits();
    return tap_done();
}
