/* SPDX-License-Identifier: MIT */
/* A file of its own: the image writes none of these, and its linker drops them. */
#include "lib/rows/reasons.h"

const struct reason machine_deaths[MACHINE_DEATHS] = {
    [DEATH_KVM_ERROR] = {"kvm_internal_error", "KVM could not run the machine any further"},
    [DEATH_IO_ERROR] = {"vm_io_error", "the hypervisor stopped the machine after an I/O error"},
    [DEATH_GUEST_PANICKED] = {"vm_guest_panicked", "the machine said that it panicked"},
    [DEATH_WATCHDOG] = {"vm_watchdog", "a watchdog device stopped the machine"},
    [DEATH_PAUSED] = {"vm_paused", "the machine was paused from outside"},
    [DEATH_TRIPLE_FAULT] = {"triple_fault", "the processor shut down after a triple fault"},
    [DEATH_REBOOT] = {"silent_reboot", "the machine restarted by itself"},
    [DEATH_RESET] = {"triple_fault_or_reboot", "the machine restarted by itself, or after a triple fault"},
    [DEATH_EMULATOR_PANIC] = {"emulator_panic", "the emulator gave up"},
    [DEATH_EMULATOR_END] = {"emulator_ended", "the emulator ended"},
    [DEATH_SILENCE] = {"hang", "the machine fell silent"},
};
