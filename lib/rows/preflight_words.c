/* SPDX-License-Identifier: MIT */
#include "lib/rows/preflight_words.h"

#include "lib/cstring.h"

#define NOT_READABLE "the register cannot be read here"

static const struct preflight_words WORDS[] = {
    {"hypervisor", "bare machine",
     "a hypervisor or emulator is there: every figure is the host's, not the processor's. Boot from a stick.", ""},
    {"cpus_out", "all CPUs run",
     "so many CPUs (hex) were not started: they are as the firmware left them, and may keep their cores and packages "
     "out of "
     "deep states. survey says which and why.",
     ""},
    {"tsc_invariant", "TSC runs at one rate",
     "the TSC may change its rate or stop in deep states: no time across a sleep can be trusted.", ""},
    {"arat", "timer runs in all states (ARAT)",
     "the APIC timer may stop in states deeper than C1: take their figures by ipi and store only.", ""},
    {"rapid_c6", "rapid C3/C6 are safe",
     "rapid C3/C6 may hang this model while Hyper-Threading is on (erratum RAPID_C6). In the BIOS: Hyper-Threading "
     "off, or leave cstate, breakeven and deep hints out.",
     ""},
    {"ryzen_idle", "deep idle is safe", "",
     "this model may freeze in deep idle, by its power supply and BIOS (erratum RYZEN_IDLE). In the BIOS: power supply "
     "idle control 'typical current', or global C-state control off."},
    {"c1e_amd", "timer runs in HLT (no AMD C1E)",
     "C1E is on: the APIC timer stops when all cores halt, and wakes by timer are late or lost (erratum AMD_E400). In "
     "the BIOS: C1E off.",
     NOT_READABLE "."},
    {"deadline_microcode", "TSC-deadline by microcode",
     "the TSC-deadline timer is broken below that microcode revision (erratum TSC_DEADLINE): one-shot mode is taken. "
     "Update the BIOS.",
     "no revision can be read: the TSC-deadline timer may be broken (erratum TSC_DEADLINE)."},
    {"monitor_off", "MONITOR and MWAIT",
     "IA32_MISC_ENABLE[18] is clear, or AMD's MSRC001_0015[9] set: MONITOR and MWAIT are switched off. In the BIOS: "
     "MONITOR/MWAIT enabled.",
     "CPUID lists no MONITOR, and no register says why."},
    {"x2apic", "interrupt controller", "", ""},
    {"microcode", "microcode revision", "", "no revision can be read: figures of two boots may not compare."},
    {"amx", "AMX tiles", "",
     "this processor has AMX: tiles that the firmware left in use keep a core out of C6. If C6 is not entered, this "
     "may be why."},
    {"smi", "no SMI while it was watched",
     "system management interrupts came: each stops all CPUs for up to milliseconds. In the BIOS: legacy USB off, no "
     "hardware monitoring, no SMI-based fan control.",
     "no counter of SMIs can be read: use `noise` to find gaps."},
    {"smi_ever", "SMIs since power-on", "", ""},
    {"tco", "chipset's watchdog (TCO) stands still",
     "the chipset's watchdog (TCO) counts: the firmware feeds it by SMIs, or it resets the machine in a long run. In "
     "the BIOS: watchdog off.",
     "whether the chipset has a watchdog that counts is not known (AMD's and others' are not read)."},
    {"bmc", "no BMC is listed", "",
     "there is a BMC (ACPI table SPMI): if its watchdog runs, it resets the machine in a long run. Ask it beforehand: "
     "ipmitool mc watchdog get."},
    {"mce", "no error in the machine check banks",
     "banks hold errors: failing memory or links retry, and retries are outliers. Mend the machine first.",
     "the banks cannot be read here."},
    {"heat_core", "core not throttled",
     "the core is throttled now: by heat, PROCHOT or a power limit. Cool the machine, lift the power limit in the "
     "BIOS.",
     "it has been throttled since the log was cleared, or " NOT_READABLE ": it may be again."},
    {"heat_package", "package not throttled",
     "the package is throttled now: by heat, PROCHOT or a power limit. Cool the machine, lift the power limit in the "
     "BIOS.",
     "it has been throttled since the log was cleared, or " NOT_READABLE ": it may be again."},
    {"states", "all states of this model are listed",
     "CPUID.05H lists no state deeper than C1, and this model has some: the BIOS has taken them away. In the BIOS: "
     "C-states, C6 and package C-states enabled.",
     "CPUID.05H leaves out states that kernels know of this model: the BIOS has taken them away, or this product lacks "
     "them. Or no table of this model is known."},
    {"pkg_limit", "no package limit",
     "the package may not go deeper than the limit in MSR E2h: latencies and energy are those of shallow package "
     "states. In the BIOS: package C-state limit 'auto' or 'no limit'.",
     NOT_READABLE ", or its meaning on this model is not known."},
    {"pkg_lock", "package limit can be changed",
     "the BIOS has locked MSR E2h: its limit cannot be changed. In the BIOS: CFG lock off.", NOT_READABLE "."},
    {"demotion", "cores are not demoted",
     "the processor demotes requests for deep states by itself, to C3 (1), C1 (2) or both (3), where it expects short "
     "waits: figures of deep states may be shallow ones'. demotion=off in the script, or in the BIOS: C1 auto demotion "
     "off.",
     NOT_READABLE "."},
    {"undemotion", "undemotion of C3 (1), C1 (2)", "", NOT_READABLE "."},
    {"pkg_demotion", "package is not demoted",
     "the processor demotes package states by itself (1; 2: and undoes it): the package may stay shallow although all "
     "cores sleep. demotion=off in the script, or in the BIOS: package C-state demotion off.",
     NOT_READABLE ", or bit 29 of MSR E2h is set and not documented for this model."},
    {"c1_conversion", "C1 is not made C6",
     "automatic C-state conversion is on (E2h[16]): the processor makes C6 of HLT and of MWAIT for C1, and C1's "
     "figures "
     "are C6's. In the BIOS: autonomous core C-state off.",
     NOT_READABLE "."},
    {"c1e", "C1 is C1",
     "C1E promotion is on: a request for C1 becomes C1E, slower and at a lower clock. c1e=off in the script, or in the "
     "BIOS.",
     NOT_READABLE "."},
    {"prewake", "no wake ahead of the timer",
     "the processor wakes ahead of its own timer: latencies by timer hide the state's. Judge by ipi and store, or "
     "prewake=off.",
     NOT_READABLE "."},
    {"feature_ctl", "feature control", "", NOT_READABLE "."},
    {"turbo", "clock without turbo", "",
     "turbo is on: the clock follows heat and load, and latencies in ns with it. freq= holds it, or turbo off in the "
     "BIOS."},
    {"hwp", "clock held by HWP", "",
     "the processor chooses its clock between two limits: latencies in ns follow it. freq= holds it."},
    {"epb", "energy bias", "",
     "the energy bias leans to saving: the processor may demote less and clock lower. In the BIOS: performance or "
     "balanced."},
    {"port_base", "C-state ports",
     "no I/O port asks for a C-state: only C1 can be reached. In the BIOS: global C-state control enabled.",
     NOT_READABLE "."},
    {"cc6", "core C6 enabled",
     "core C6 is off for C2 (the port base + 1): deep requests end in CC1. In the BIOS: global C-state control "
     "enabled.",
     NOT_READABLE "."},
    {"pc6", "package C6 enabled", "package C6 is off: the package never powers down. In the BIOS: DF C-states enabled.",
     NOT_READABLE "."},
};

const struct preflight_words *preflight_words(const char *what)
{
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
        if (strcmp(WORDS[i].what, what) == 0)
            return &WORDS[i];
    return NULL;
}
