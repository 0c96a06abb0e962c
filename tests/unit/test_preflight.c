/* SPDX-License-Identifier: MIT */
/*
 * `preflight` on model machines: what is set up there is found, what is not there cannot be told, and nothing is
 * written.
 */
// UNIT_EXTRA: experiments/preflight/*.c arch/x86/cpu/cpuid.c arch/x86/cpu/features.c arch/x86/power/power_model.c
// UNIT_EXTRA: arch/x86/cpu/msr_save.c arch/x86/idle/mwait_hints.c arch/x86/idle/known_states.c arch/x86/wake/nap.c arch/x86/wake/beside.c arch/x86/power/rapl.c arch/x86/power/amd_ports.c
// UNIT_EXTRA: tests/machine/*.c experiments/engine/registers.c experiments/engine/claim.c experiments/kit/row.c experiments/kit/time.c
// UNIT_EXTRA: arch/x86/cpu/microcode.c arch/x86/cpu/placement.c arch/x86/cpu/topology.c arch/x86/idle/errata*.c arch/x86/idle/monitor_switch.c
// UNIT_EXTRA: experiments/kit/vitals.c experiments/kit/vitals_rows.c
#include "experiments/preflight/parts.h"
#include "tests/machine/machine_run.h"
#include "tests/unit/tap.h"

static struct model_machine machine;
static struct machine_results results;
static uint64_t took_tsc; /* the last step, on the machine's clock */

static void expect(const char *what, const char *is, const char *title)
{
    char with[64];
    const char *row;

    snprintf(with, sizeof(with), "\"what\":\"%s\"", what);
    row = machine_find(&results, "{", "\"row\":\"preflight\"", with);
    if (!TAP_OK(row && machine_is(row, "is", is), title))
        machine_print(&results);
}

static void run_model(const struct model *model, const struct model_plan *plan)
{
    model_start(&machine, model, plan);
    took_tsc = machine.now_tsc;
    TAP_OK(machine_run(&machine, &preflight_experiment, "preflight time=1ms", &results), model->name);
    took_tsc = machine.now_tsc - took_tsc;
    TAP_INT(machine.writes, 0, "nothing is written");
}

/* A row by its answer and CPUs; cpus 0: of all. */
static void expect_cpus(const char *what, const char *is, unsigned cpu, unsigned cpus, const char *title)
{
    char with1[96], with2[64] = "";
    const char *row;

    snprintf(with1, sizeof(with1), "\"what\":\"%s\",\"is\":\"%s\"", what, is);
    if (cpus)
        snprintf(with2, sizeof(with2), "\"cpu\":%u,\"cpus\":%u", cpu, cpus);
    row = machine_find(&results, "{", with1, with2);
    if (!TAP_OK(row && (cpus || !strstr(row, "\"cpus\"")), title))
        machine_print(&results);
}

static void set_on(uint32_t cpu, uint32_t msr, uint64_t value)
{
    unsigned i = 0;

    while (machine.registers[cpu][i].msr && machine.registers[cpu][i].msr != msr)
        i++;
    machine.registers[cpu][i] = (struct model_register){msr, value, 0};
}

/* Two packages of two CPUs, set up otherwise: each differing answer is a line of its own that names its CPUs. */
static void check_other_cpus(void)
{
    model_start(&machine, model_find("skylake_x"), &(struct model_plan){0});
    for (uint32_t i = 0; i < MODEL_CPUS; i++)
        set_on(i, 0x8b, UINT64_C(0x2006e05) << 32);
    for (uint32_t i = 2; i < MODEL_CPUS; i++) {
        set_on(i, 0xe2, 0x1e008003);
        set_on(i, 0x1fc, 2);
    }
    set_on(3, 0x8b, UINT64_C(0x2006d05) << 32);
    set_on(1, 0x179, 2);
    set_on(1, 0x401, 0);
    set_on(1, 0x405, UINT64_C(1) << 63);
    TAP_OK(machine_run(&machine, &preflight_experiment, "preflight time=1ms", &results), "two");
    expect_cpus("hypervisor", "ok", 0, 0, "what all say is one line");
    expect_cpus("pkg_limit", "ok", 0, 2, "the first package's limit");
    expect_cpus("pkg_lock", "spoils", 2, 2, "the second one's lock");
    expect_cpus("c1e", "spoils", 2, 2, "the second one's C1E promotion");
    expect_cpus("microcode", "ok", 0, 3, "the same microcode on three");
    expect_cpus("microcode", "ok", 3, 1, "and another one on the fourth");
    expect_cpus("mce", "spoils", 1, 1, "a bank of one core");
    expect_cpus("smi", "ok", 0, 1, "SMIs are counted on CPU 0");
    TAP_OK(machine_find(&results, "metric spoils 4 ", NULL, NULL) != NULL, "each spoils once");
}

static void set_register(struct model *model, uint32_t msr, uint64_t value)
{
    unsigned i = 0;

    while (i + 1 < MODEL_REGISTERS && model->registers[i].msr && model->registers[i].msr != msr)
        i++;
    model->registers[i] = (struct model_register){msr, value, 0};
}

static void run_as(struct model *model, uint32_t signature)
{
    model->signature = signature;
    run_model(model, &(struct model_plan){0});
}

static void expect_no(const char *what, const char *title)
{
    char with[64];

    snprintf(with, sizeof(with), "\"what\":\"%s\"", what);
    TAP_OK(!machine_find(&results, "{", "\"row\":\"preflight\"", with), title);
}

static void expect_value(const char *what, const char *is, unsigned value, const char *title)
{
    char with1[96], with2[32];

    snprintf(with1, sizeof(with1), "\"what\":\"%s\",\"is\":\"%s\"", what, is);
    snprintf(with2, sizeof(with2), "\"v\":\"%x\"", value);
    if (!TAP_OK(machine_find(&results, "{", with1, with2) != NULL, title))
        machine_print(&results);
}

/* Errors that were in the banks at boot, and cleared there, are not forgotten. */
static void check_found(void)
{
    struct machine_check_list *found = &machine.machine.machine_checks.found;

    model_start(&machine, model_find("skylake_x"), &(struct model_plan){0});
    *found = (struct machine_check_list){.count = 1, .banks = {{.cpu = &machine.cpus[1], .bank = 7}}};
    set_on(1, 0x179, 2);
    set_on(1, 0x401, 0);
    TAP_OK(machine_run(&machine, &preflight_experiment, "preflight time=1ms", &results), "found at boot");
    expect_cpus("mce", "spoils", 1, 1, "by the CPU that saw it");
    expect_value("mce", "spoils", 0x80, "bank 7");
    *found = (struct machine_check_list){0};
}

/* Bank 33's status register is another one on Intel, and a machine with so many has its error elsewhere. */
static void check_many_banks(void)
{
    model_start(&machine, model_find("skylake_x"), &(struct model_plan){0});
    set_on(1, 0x179, 40);
    set_on(1, 0x401, 0);
    set_on(1, 0x485, UINT64_C(1) << 63);
    TAP_OK(machine_run(&machine, &preflight_experiment, "preflight time=1ms", &results), "40 banks");
    expect_cpus("mce", "ok", 1, 1, "banks from 32 on are not asked");
}

/* Limits of servers: C6 is the deepest package state, whatever counters are tried. */
static void check_servers(void)
{
    static const uint32_t signatures[] = {0x206d7, 0x306e4, 0x306f2, 0x406f1, 0x50663};
    struct model intel = *model_find("skylake_x");

    for (unsigned i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        set_register(&intel, 0xe2, 3);
        run_as(&intel, signatures[i]);
        expect("pkg_limit", "ok", "C6 with retention limits nothing");
        set_register(&intel, 0xe2, 2);
        run_as(&intel, signatures[i]);
        expect("pkg_limit", "ok", "nor does C6 without");
        set_register(&intel, 0xe2, 1);
        run_as(&intel, signatures[i]);
        expect("pkg_limit", "spoils", "C2 does");
    }
}

static void check_conversion(void)
{
    static const uint32_t signatures[] = {0x406f1, 0x50663, 0x50657};
    struct model intel = *model_find("skylake_x");

    for (unsigned i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        set_register(&intel, 0xe2, 0x10003);
        run_as(&intel, signatures[i]);
        expect("c1_conversion", "spoils", "HLT and MWAIT(C1) become C6");
        set_register(&intel, 0xe2, 0xfeff8003);
        run_as(&intel, signatures[i]);
        expect("c1_conversion", "spoils", "with other bits set, too");
        set_register(&intel, 0xe2, 0xfefe8003);
        run_as(&intel, signatures[i]);
        expect("c1_conversion", "ok", "they do not");
    }
    set_register(&intel, 0xe2, 0x10003);
    run_as(&intel, 0x306f2);
    expect_no("c1_conversion", "Haswell-X: the manual does not name the bit");
    run_as(&intel, 0x606a6);
    expect_no("c1_conversion", "nor on Ice Lake-X");
}

static void overfill(struct step *step)
{
    preflight_experiment.batch(step);
    for (uint64_t i = 0; i < PREFLIGHT_ROWS_MAX; i++)
        preflight_add(step->state, "smi_ever", PREFLIGHT_OK, UINT64_C(1) << 40 | i);
}

/* More different answers than there are rows. */
static void check_overfill(void)
{
    struct experiment experiment = preflight_experiment;
    const char *row;

    TAP_OK(!machine_find(&results, "finding preflight_lost", NULL, NULL), "where all fit, none is lost");
    experiment.batch = overfill;
    model_start(&machine, model_find("skylake_x"), &(struct model_plan){0});
    TAP_OK(machine_run(&machine, &experiment, "preflight time=1ms", &results), "too many answers");
    row = machine_find(&results, "finding preflight_lost", "64 are kept", NULL);
    if (!TAP_OK(row != NULL, "it says how many were lost"))
        machine_print(&results);
}

static void check_watchdogs(void)
{
    struct acpi_info *acpi = &machine.machine.acpi;

    model_start(&machine, model_find("skylake_x"), &(struct model_plan){0});
    machine.tco = TCO_COUNTS;
    *acpi = (struct acpi_info){.table_count = 2, .tables = {{.signature = "APIC"}, {.signature = "SPMI"}}};
    TAP_OK(machine_run(&machine, &preflight_experiment, "preflight time=1ms", &results), "watchdogs");
    expect("tco", "spoils", "the chipset's watchdog counts");
    expect("bmc", "unknown", "a BMC is listed");
    model_start(&machine, model_find("skylake_x"), &(struct model_plan){0});
    machine.tco = TCO_HALTED;
    *acpi = (struct acpi_info){.table_count = 1, .tables = {{.signature = "APIC"}}};
    TAP_OK(machine_run(&machine, &preflight_experiment, "preflight time=1ms", &results), "none");
    expect("tco", "ok", "it is halted");
    expect("bmc", "ok", "no BMC is listed");
}

/* Errata have a line only where they may be, and it says whether they bite. */
static void check_errata(void)
{
    struct model intel = *model_find("skylake_x"), amd = *model_find("zen2");

    expect_no("rapid_c6", "no line about rapid C6 elsewhere");
    intel.signature = 0x106a5;
    run_model(&intel, &(struct model_plan){.shape = {.threads = 2}});
    expect("rapid_c6", "spoils", "Nehalem-EP whose CPUs share a core");
    run_model(&intel, &(struct model_plan){0});
    expect("rapid_c6", "ok", "Nehalem-EP without threads");
    run_as(&intel, 0x206f2);
    expect_no("rapid_c6", "Westmere-EX is not listed");

    amd.power_eax = 0;
    run_as(&amd, 0x100f42);
    expect("c1e_amd", "unknown", "family 10h without the register");
    expect("arat", "spoils", "family 10h: the timer may stop");
    set_register(&amd, 0xc0010055, 0x08000000);
    run_as(&amd, 0x100f42);
    expect("c1e_amd", "spoils", "family 10h with C1E on");
    set_register(&amd, 0xc0010055, 0x10000000);
    run_as(&amd, 0x60fb1);
    expect("c1e_amd", "spoils", "K8 with C1E on, by the other bit");
    set_register(&amd, 0xc0010055, 0x07ffffff);
    run_as(&amd, 0x100f42);
    expect("c1e_amd", "ok", "family 10h with C1E off");

    run_as(&amd, 0x730f01);
    expect("arat", "ok", "family 16h: the timer runs although CPUID does not say so");
    expect_no("ryzen_idle", "family 16h has no line about Ryzen");
    set_register(&amd, 0xc0010292, UINT64_C(1) << 32);
    run_as(&amd, 0x800f11);
    expect("ryzen_idle", "unknown", "a Ryzen 1000 with C6 on");
    set_register(&amd, 0xc0010292, 0);
    set_register(&amd, 0xc0010296, 0x080808);
    run_as(&amd, 0x800f11);
    expect("ryzen_idle", "ok", "a Ryzen 1000 with C6 off");
}

/* The revision of each CPU is its own. */
static void check_deadline(void)
{
    struct model intel = *model_find("skylake_x");

    intel.has_deadline = true;
    set_register(&intel, 0x8b, UINT64_C(0x19) << 32);
    run_as(&intel, 0x306c3);
    expect("deadline_microcode", "spoils", "i5-4690 with revision 19h");
    set_register(&intel, 0x8b, UINT64_C(0x22) << 32);
    run_as(&intel, 0x306c3);
    expect("deadline_microcode", "ok", "and with 22h");
    run_as(&intel, 0x50657);
    expect_no("deadline_microcode", "Cascade Lake needs none");
}

/* E2h of real machines: what the processor does on its own, by model. */
static void check_demotion(void)
{
    struct model intel = *model_find("skylake_x"), atom = *model_find("silvermont");

    run_as(&intel, 0x50657);
    expect_value("demotion", "spoils", 3, "to C3 and C1, as most firmware leaves it");
    expect_value("undemotion", "ok", 3, "and back");
    expect_value("pkg_demotion", "ok", 0, "not of the package");
    set_register(&intel, 0xe2, 0x74000003);
    run_as(&intel, 0x50657);
    expect_value("demotion", "spoils", 2, "to C1 only");
    expect_value("undemotion", "ok", 2, "from C1 only");
    expect_value("pkg_demotion", "spoils", 3, "of the package, and undone");
    set_register(&intel, 0xe2, 0x40000003);
    run_as(&intel, 0x50657);
    expect_value("pkg_demotion", "ok", 2, "of the package's undemotion alone nothing comes");
    set_register(&intel, 0xe2, 0x60000003);
    run_as(&intel, 0x806f8);
    expect_value("demotion", "ok", 0, "Sapphire Rapids without demotion of cores");
    expect_value("pkg_demotion", "unknown", 3, "the package's bits are not documented there");
    run_as(&intel, 0x306e4);
    expect_no("demotion", "Ivy Bridge-EP: the manual reserves the bits");
    run_model(&atom, &(struct model_plan){0});
    expect_value("demotion", "ok", 0, "Silvermont has a register for it");
    set_register(&atom, 0x669, 1);
    run_model(&atom, &(struct model_plan){0});
    expect_value("demotion", "spoils", 1, "of the module");
    expect_no("pkg_demotion", "and none for packages");
}

static void check_monitor_off(void)
{
    struct model intel = *model_find("skylake_x"), amd = *model_find("zen2");

    expect_no("monitor_off", "no line where there is MONITOR");
    intel.no_monitor = true;
    set_register(&intel, 0x1a0, 0x850089 & ~UINT64_C(0x40000));
    run_model(&intel, &(struct model_plan){0});
    expect("monitor_off", "spoils", "switched off by the firmware");
    set_register(&intel, 0x1a0, 0x850089 | UINT64_C(0x40000));
    run_model(&intel, &(struct model_plan){0});
    expect("monitor_off", "unknown", "not listed, and not switched off");
    run_model(&amd, &(struct model_plan){0});
    expect_no("monitor_off", "no line where there is MONITOR");
    amd.no_monitor = true;
    set_register(&amd, 0xc0010015, 0x200);
    run_model(&amd, &(struct model_plan){0});
    expect("monitor_off", "spoils", "AMD: switched off by the firmware");
}

int main(void)
{
    const struct model_plan none = {0}, guest = {.hypervisor = true}, locked = {.limit_locked = true};
    struct model bad = *model_find("skylake_x");

    run_model(&bad, &none);
    TAP_INT(took_tsc / (1000 * 1000 * MODEL_TICKS_PER_NS), 1, "it watches for 1 ms of the machine's own time");
    expect("smi", "ok", "no SMI came");
    expect("hypervisor", "ok", "a bare machine");
    expect("c1e", "ok", "C1E promotion is off");
    expect("states", "ok", "all states of the table are listed");
    expect("heat_core", "unknown", "no thermal register here");
    expect("pkg_lock", "ok", "not locked");
    expect("pkg_limit", "ok", "a limit at the deepest package state is none");
    expect("hwp", "unknown", "HWP ranges freely");
    run_model(&bad, &locked);
    expect("pkg_lock", "spoils", "a locked limit");
    expect("pkg_limit", "spoils", "a limit of C0 and C1");
    run_model(&bad, &guest);
    expect("hypervisor", "spoils", "a hypervisor");
    expect("c1e", "unknown", "no model-specific register of a guest is asked");
    expect("pkg_limit", "unknown", "nor that one");
    expect("demotion", "unknown", "nor its demotion bits");
    set_register(&bad, 0x770, 0);
    run_model(&bad, &none);
    expect_no("hwp", "a request to HWP while that is off says nothing");
    set_register(&bad, 0x1fc, 2);
    set_register(&bad, 0x179, 3);
    set_register(&bad, 0x401, 0);
    set_register(&bad, 0x405, UINT64_C(0x8000000000000001));
    set_register(&bad, 0x409, 0);
    bad.mwait_edx = 0x20;
    run_model(&bad, &none);
    expect("c1e", "spoils", "C1E promotion is on");
    expect("mce", "spoils", "a bank with an error");
    expect("states", "spoils", "C6 is taken away");
    run_model(model_find("haswell"), &none);
    expect("c1e", "spoils", "C1E promotion on Haswell's model");
    expect("states", "unknown", "no C8 to C10: taken away, or a desktop");
    bad = *model_find("zen2");
    run_model(&bad, &none);
    expect("port_base", "ok", "AMD: a port base");
    expect("cc6", "ok", "AMD: core C6 is on");
    expect("pc6", "unknown", "AMD: a register that is not there");
    expect("turbo", "unknown", "AMD: a register that is not there");
    set_register(&bad, 0xc0010296, 0x4000);
    run_model(&bad, &none);
    expect("cc6", "ok", "AMD: CC6 for the port that firmware calls C2 is enough");
    set_register(&bad, 0xc0010296, 0x400040);
    run_model(&bad, &none);
    expect("cc6", "spoils", "AMD: CC6 for the two other ports is not");
    set_register(&bad, 0xc0010073, 0xfffc);
    run_model(&bad, &none);
    expect("port_base", "spoils", "AMD: a base whose ports pass the end of the I/O space is none");
    set_register(&bad, 0xc0010015, UINT64_C(1) << 25);
    set_register(&bad, 0xc0010292, 0);
    set_register(&bad, 0xc0010073, 0);
    run_model(&bad, &none);
    expect("turbo", "ok", "AMD: boost is off");
    expect("pc6", "spoils", "AMD: package C6 is off");
    expect("port_base", "spoils", "AMD: no port");
    check_other_cpus();
    check_found();
    check_many_banks();
    check_servers();
    check_conversion();
    check_overfill();
    check_watchdogs();
    check_errata();
    check_deadline();
    check_demotion();
    check_monitor_off();
    return tap_done();
}
